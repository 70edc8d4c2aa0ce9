//! runtime/handler-malformed: a handler that the service refuses or that the runtime's client cannot take apart.

use crate::{
    data::{runtimes::Family, texts},
    environment::{
        deployment::Deployment,
        python::handler::{self, Malformed as PythonFault},
    },
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::node::shown;

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::HANDLER_MALFORMED, check: Check::Deployment(check) };

/// Characters that the API takes.
const LONGEST: usize = 128;

/// What is wrong with a handler.
struct Malformed {
    what: &'static str,
    lambda: String,
    because: &'static str,
    fix: String,
}

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let (Some(runtime), Some(handler), Some(place)) =
        (deployment.runtime, deployment.handler, deployment.place())
    else {
        return;
    };
    let own = || match runtime.family {
        Family::Nodejs => node(handler),
        Family::Python => python(handler),
        Family::Ruby => ruby(handler),
        Family::Java => java(handler),
        Family::Dotnet => dotnet(handler),
        Family::Go | Family::Provided | Family::Custom => None,
    };
    if let Some(malformed) = refused(handler).or_else(own) {
        findings
            .at(place)
            .subject("handler")
            .say(format!("the handler {} {}", shown(handler), malformed.what))
            .lambda_says(malformed.lambda)
            .because(malformed.because)
            .fix(malformed.fix)
            .report();
    }
}

/// What the API takes for no runtime.
fn refused(handler: &str) -> Option<Malformed> {
    if handler.chars().any(char::is_whitespace) {
        return Some(Malformed {
            what: "has white space in it",
            lambda: texts::HANDLER_HAS_SPACE.fill(&[("handler", handler)]),
            because: "the API refuses the function before anything is loaded",
            fix: format!("set the handler to {}", shown(&handler.split_whitespace().collect::<String>())),
        });
    }
    (handler.chars().count() > LONGEST).then(|| Malformed {
        what: "has more than 128 characters",
        lambda: texts::HANDLER_TOO_LONG.fill(&[("handler", handler)]),
        because: "the API refuses the function before anything is loaded",
        fix: "move the file nearer to the root of the function, or give it a shorter name".to_owned(),
    })
}

/// `folder/file.name`: no `..` anywhere, and a dot in the last part.
fn node(handler: &str) -> Option<Malformed> {
    if handler.contains("..") {
        return Some(Malformed {
            what: "leads upward",
            lambda: texts::NODE_RELATIVE_HANDLER.fill(&[("handler", handler)]),
            because: "Lambda's client refuses every handler with two dots in a row",
            fix: "name the file from the root of the function: src/app.handler".to_owned(),
        });
    }
    let last = handler.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    (!last.contains('.')).then(|| Malformed {
        what: "names a file and no function",
        lambda: texts::NODE_BAD_HANDLER.template.to_owned(),
        because: "Lambda's client takes the last part apart at its first dot, and there is none",
        fix: format!("set the handler to {}.handler, or to what the file exports", shown(handler)),
    })
}

/// `folder/module.name`, taken apart at its last dot.
fn python(handler: &str) -> Option<Malformed> {
    let plain = handler.trim_start_matches("/var/task").trim_start_matches(['.', '/']);
    let (what, lambda, because, fix) = match handler::parse(handler).err()? {
        PythonFault::Refused => return None,
        PythonFault::NoDot => (
            "names a module and no function",
            texts::PYTHON_BAD_HANDLER.fill(&[("handler", handler)]),
            "Lambda's client takes it apart at its last dot, and there is none",
            format!("{}.handler, or to what the module defines", shown(plain)),
        ),
        PythonFault::NoModule => (
            "names no module",
            texts::PYTHON_EMPTY_MODULE.template.to_owned(),
            "nothing stands before its last dot",
            format!("app.{}, with the name of the file for app", shown(plain)),
        ),
        PythonFault::Relative => (
            "begins with a path where a module is asked for",
            texts::PYTHON_RELATIVE_HANDLER
                .fill(&[("module", &handler.rsplit_once('.').unwrap_or((handler, "")).0.replace('/', "."))]),
            "each slash becomes a dot, and a module that begins with a dot is a relative import",
            shown(plain).to_string(),
        ),
        PythonFault::NoSymbol => (
            "names a module and no function",
            texts::PYTHON_HANDLER_MISSING.fill(&[("symbol", ""), ("module", handler.trim_end_matches('.'))]),
            "nothing stands behind its last dot",
            format!("{}.handler, or to what the module defines", shown(plain.trim_end_matches('.'))),
        ),
    };
    Some(Malformed { what, lambda, because, fix: format!("set the handler to {fix}") })
}

/// `FILE.METHOD` or `FILE.CLASS.METHOD`.
fn ruby(handler: &str) -> Option<Malformed> {
    // Ruby's split leaves empty parts at the end out
    let parts: Vec<&str> = handler.trim_end_matches('.').split('.').collect();
    if let (2 | 3, Some(&"")) = (parts.len(), parts.first()) {
        return Some(Malformed {
            what: "names no file",
            lambda: texts::RUBY_CANNOT_LOAD.fill(&[("file", "")]),
            because: "nothing stands before its first dot",
            fix: format!("set the handler to {}", shown(handler.trim_start_matches(['.', '/']))),
        });
    }
    (!matches!(parts.len(), 2 | 3)).then(|| Malformed {
        what: "is neither FILE.METHOD nor FILE.CLASS.METHOD",
        lambda: texts::RUBY_INVALID_HANDLER.fill(&[("parts", &format!("{parts:?}"))]),
        because: "Lambda's client takes it apart at its dots and asks for two or three parts; modules are joined by ::",
        fix: "set the handler to app.handler, or to app.Module::Class.method".to_owned(),
    })
}

/// `package.Class` or `package.Class::method`.
fn java(handler: &str) -> Option<Malformed> {
    let (class, method) = handler.rsplit_once("::").map_or((handler, None), |(a, b)| (a, Some(b)));
    (class.is_empty() || method == Some("")).then(|| Malformed {
        what: "names no class or no method",
        lambda: texts::JAVA_INVALID_HANDLER.fill(&[("handler", handler)]),
        because: "Lambda's client takes it apart at its last ::, and a part of it is empty",
        fix: "set the handler to com.example.Handler or com.example.Handler::method".to_owned(),
    })
}

/// `Assembly::Type::Method`, or the name of an executable assembly.
fn dotnet(handler: &str) -> Option<Malformed> {
    if !handler.contains(':') {
        return None;
    }
    let mut parts = handler.splitn(3, "::");
    let (lambda, because) = match (parts.next(), parts.next(), parts.next()) {
        (Some(assembly), Some(class), Some(method)) => {
            let named = [("assembly", assembly), ("type", class), ("method", method)];
            let (lacks, _) = named.iter().find(|(_, text)| text.is_empty())?;
            (
                texts::DOTNET_HANDLER_LACKS.fill(&[("handler", handler), ("part", lacks)]),
                "one of its three parts is empty",
            )
        }
        _ => (
            texts::DOTNET_INVALID_HANDLER.fill(&[("handler", handler)]),
            "a handler with a colon has to have three parts that are joined by ::",
        ),
    };
    Some(Malformed {
        what: "is not ASSEMBLY::TYPE::METHOD",
        lambda,
        because,
        fix: "set the handler to Orders::Orders.Function::FunctionHandler, or to the name of an executable assembly"
            .to_owned(),
    })
}
