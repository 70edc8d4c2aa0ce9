//! runtime/bad-interpreter: programs that Lambda starts and the kernel cannot, because of what their beginning names.

use crate::{
    data::{
        programs,
        runtimes::{Os, Runtime},
        texts,
    },
    environment::{
        deployment::Deployment,
        programs::{Beginning, Line, Started, Starts},
    },
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::node::shown;

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::BAD_INTERPRETER, check: Check::Deployment(check) };

/// What is wrong with the beginning of a program.
struct Fault {
    what: String,
    lambda: String,
    because: String,
    fix: String,
}

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    for started in deployment.started() {
        let fault = match started.beginning() {
            Some(Beginning::Script(line)) => of_line(deployment, &started, &line),
            Some(Beginning::Behind(what)) => Some(behind(&started, what)),
            Some(Beginning::Neither) => neither(&started),
            // machine code that names a loader is another rule's
            None => None,
        };
        let Some(fault) = fault else { continue };
        findings
            .at(started.file.package.entry_place(started.file.index))
            .say(fault.what)
            .lambda_says(fault.lambda)
            .because(fault.because)
            .fix(fault.fix)
            .report();
    }
}

fn name(started: &Started<'_>) -> &'static str {
    match started.why {
        Starts::Bootstrap => "the bootstrap",
        Starts::Extension => "the extension",
        Starts::Wrapper => "the exec wrapper",
    }
}

/// The words of whoever starts it: Lambda itself, or the shell that runs the wrapper.
fn refused(deployment: &Deployment<'_>, started: &Started<'_>, interpreter: &str) -> String {
    let path = started.mounted();
    let is_new = deployment.runtime.and_then(|runtime| runtime.os) == Some(Os::Al2023);
    match started.why {
        Starts::Bootstrap | Starts::Extension => texts::EXEC_NO_SUCH_FILE.fill(&[("path", &path)]),
        Starts::Wrapper if is_new => texts::REQUIRED_FILE_NOT_FOUND.fill(&[("path", &path)]),
        Starts::Wrapper => texts::BAD_INTERPRETER.fill(&[("path", &path), ("interpreter", interpreter)]),
    }
}

/// A script whose first line is one.
fn of_line(deployment: &Deployment<'_>, started: &Started<'_>, line: &Line) -> Option<Fault> {
    if line.carriage_return {
        return Some(carriage_return(deployment, started, line));
    }
    let Some(argument) = line.by_env() else {
        let is_there = deployment.has_program(&line.interpreter);
        return (is_there == Some(false)).then(|| missing(deployment, started, &line.interpreter));
    };
    // env takes options and settings of variables before the program
    let is_plain = !argument.is_empty() && !argument.starts_with('-') && !argument.contains('=');
    if !is_plain {
        return None;
    }
    if argument.contains([' ', '\t']) {
        return Some(several_words(started, argument));
    }
    let is_there = if argument.contains('/') {
        deployment.has_program(argument)
    } else {
        deployment.has_program_named(argument)
    };
    (is_there == Some(false)).then(|| not_on_path(deployment, started, argument))
}

fn carriage_return(deployment: &Deployment<'_>, started: &Started<'_>, line: &Line) -> Fault {
    let lambda = match (line.by_env(), line.argument.is_empty()) {
        (Some(program), false) => texts::ENV_NOT_FOUND.fill(&[("program", &format!("{program}\\r"))]),
        (_, true) => refused(deployment, started, &format!("{}^M", line.interpreter)),
        // the shell takes the carriage return for an option
        (None, false) => texts::EXIT_STATUS.fill(&[("status", "2")]),
    };
    Fault {
        what: format!("the first line of {} ends with a carriage return", name(started)),
        lambda,
        because: "it was saved with the line ends of Windows, and the carriage return belongs to the last word of the line"
            .to_owned(),
        fix: format!("sed -i 's/\\r$//' {0} && echo '{0} text eol=lf' >> .gitattributes", file(started)),
    }
}

fn missing(deployment: &Deployment<'_>, started: &Started<'_>, interpreter: &str) -> Fault {
    Fault {
        what: format!("{} is a script of {}, which is not there", name(started), shown(interpreter)),
        lambda: refused(deployment, started, interpreter),
        because: absence(deployment, interpreter),
        fix: replacement(deployment.runtime, interpreter),
    }
}

fn absence(deployment: &Deployment<'_>, interpreter: &str) -> String {
    if interpreter.starts_with("/opt/") || interpreter.starts_with("/var/task/") {
        return "neither the function nor a layer brings it".to_owned();
    }
    match deployment.runtime {
        Some(runtime) => {
            format!("{runtime} has bash, sed, awk and its own language in /var/lang/bin, and little else")
        }
        None => "no runtime has it".to_owned(),
    }
}

/// What the line should say.
fn replacement(runtime: Option<&'static Runtime>, interpreter: &str) -> String {
    let program = interpreter.rsplit('/').next().unwrap_or(interpreter);
    if runtime.is_some_and(|runtime| programs::is_at(runtime, &format!("/bin/{program}")) == Some(true)) {
        return format!("begin it with #!/bin/{program}");
    }
    let own = runtime.filter(|runtime| programs::is_on_path(runtime, program) == Some(true));
    if let Some(path) = own.and_then(programs::own_interpreter) {
        return format!("begin it with #!{path}");
    }
    let is_shell = program.ends_with("sh") && program != "pwsh";
    if is_shell {
        return "write it for bash, and begin it with #!/bin/bash".to_owned();
    }
    "compile it to a program that needs nothing, or ship the interpreter in bin/ of a layer and name it by its path in /opt/bin"
        .to_owned()
}

fn several_words(started: &Started<'_>, argument: &str) -> Fault {
    let program = argument.split_whitespace().next().unwrap_or_default();
    Fault {
        what: format!("{} asks env for a program with a blank in its name", name(started)),
        lambda: texts::ENV_NOT_FOUND.fill(&[("program", argument)]),
        because: "the kernel hands everything behind the interpreter over as one word".to_owned(),
        fix: format!("begin it with #!/usr/bin/env {program}, and set options in the script: set -e"),
    }
}

fn not_on_path(deployment: &Deployment<'_>, started: &Started<'_>, program: &str) -> Fault {
    Fault {
        what: format!("{} is a script of {}, which is not there", name(started), shown(program)),
        lambda: texts::ENV_NOT_FOUND.fill(&[("program", program)]),
        because: absence(deployment, program),
        fix: replacement(deployment.runtime, program),
    }
}

/// The interpreter line is not where it is looked for. Of extensions that are no programs at all another rule speaks.
fn behind(started: &Started<'_>, what: &str) -> Fault {
    Fault {
        what: format!("{} has {what} before its interpreter line", name(started)),
        lambda: texts::EXEC_FORMAT_ERROR.fill(&[("path", &started.mounted())]),
        because: "#! counts as the first two bytes of the file alone".to_owned(),
        fix: format!("sed -i '1s/^\\xEF\\xBB\\xBF//; /./,$!d' {}", file(started)),
    }
}

/// A shell runs a wrapper without a line; what is no program in `extensions/` is told by where it lies.
fn neither(started: &Started<'_>) -> Option<Fault> {
    (started.why == Starts::Bootstrap).then(|| Fault {
        what: "the bootstrap is neither machine code nor a script with an interpreter line".to_owned(),
        lambda: texts::EXEC_FORMAT_ERROR.fill(&[("path", &started.mounted())]),
        because:
            "the kernel starts machine code, and files that begin with #! and the path of an interpreter"
                .to_owned(),
        fix: "begin it with #!/bin/sh, or build the program again if this is not it".to_owned(),
    })
}

fn file(started: &Started<'_>) -> String {
    started.file.entry.path.shown().to_string()
}
