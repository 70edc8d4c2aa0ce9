//! The programs that Lambda starts by itself, and what the kernel makes of the first line of a script.

use crate::{
    archive::Scratch,
    data::{programs, runtimes::Family, search_paths::Root},
};

use super::{deployment::Deployment, filesystem::Provider};

/// The kernel reads no more of a file to find its interpreter.
const FIRST_BYTES: usize = 256;

/// Beginnings of machine code, of whatever platform.
const MACHINE_CODE: [&[u8]; 5] =
    [b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xce\xfa\xed\xfe"];

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Why Lambda starts a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Starts {
    /// It is the runtime.
    Bootstrap,
    /// It lies in `/opt/extensions`.
    Extension,
    /// `AWS_LAMBDA_EXEC_WRAPPER` names it.
    Wrapper,
}

/// A program that Lambda starts.
#[derive(Clone, Copy, Debug)]
pub struct Started<'a> {
    /// Why.
    pub why: Starts,
    /// The file.
    pub file: Provider<'a>,
}

/// How a file begins that is no machine code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// `#!` and what follows it.
    Script(Line),
    /// `#!` stands behind something that is hardly seen.
    Behind(&'static str),
    /// Neither `#!` nor machine code.
    Neither,
}

/// The interpreter line of a script as the kernel takes it apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The interpreter, without a carriage return at its end.
    pub interpreter: String,
    /// Everything behind it, as one argument.
    pub argument: String,
    /// Whether the line ends with a carriage return, which belongs to its last word.
    pub carriage_return: bool,
}

impl Line {
    /// What `env` is to look for, if the line names `env`: the word, and whether it can be one program.
    pub fn by_env(&self) -> Option<&str> {
        matches!(self.interpreter.as_str(), "/usr/bin/env" | "/bin/env").then_some(self.argument.as_str())
    }
}

impl<'a> Deployment<'a> {
    /// The programs that Lambda starts, of what is at hand.
    pub fn started(&self) -> Vec<Started<'a>> {
        let mut all = Vec::new();
        if self.runtime.is_some_and(|runtime| runtime.family == Family::Provided) {
            let own = self.task.find("bootstrap").filter(|one| one.entry.is_file());
            let file = own.or_else(|| self.opt.find("bootstrap").filter(|one| one.entry.is_file()));
            all.extend(file.map(|file| Started { why: Starts::Bootstrap, file }));
        } else {
            all.extend(self.wrapper().map(|file| Started { why: Starts::Wrapper, file }));
        }
        let extensions = self.opt.names_in("extensions");
        let files = extensions.iter().filter_map(|name| self.opt.find(&format!("extensions/{name}")));
        let files = files.filter(|one| one.entry.is_file());
        all.extend(files.map(|file| Started { why: Starts::Extension, file }));
        all
    }

    fn wrapper(&self) -> Option<Provider<'a>> {
        let path = self.variable("AWS_LAMBDA_EXEC_WRAPPER")?;
        let found = match (path.strip_prefix("/opt/"), path.strip_prefix("/var/task/")) {
            (Some(path), _) => self.opt.find(path),
            (_, Some(path)) => self.task.find(path),
            (None, None) => None,
        };
        found.filter(|one| one.entry.is_file())
    }

    /// Whether there is a program at an absolute path. Nothing when that is not known.
    pub fn has_program(&self, path: &str) -> Option<bool> {
        if path.contains("/../") {
            return None;
        }
        match (path.strip_prefix("/opt/"), path.strip_prefix("/var/task/")) {
            (Some(path), _) => self.has_file(Root::Opt, path, self.is_complete()),
            (_, Some(path)) => self.has_file(Root::Task, path, self.code.is_some()),
            (None, None) => programs::is_at(self.runtime?, path),
        }
    }

    /// Whether the search path of programs has one of this name. Nothing when that is not known.
    pub fn has_program_named(&self, name: &str) -> Option<bool> {
        let runtime = self.runtime.filter(|_| self.variable("PATH").is_none())?;
        if self.opt.is_file(&format!("bin/{name}")) {
            return Some(true);
        }
        if programs::is_on_path(runtime, name)? {
            return Some(true);
        }
        // a layer that is not at hand may bring it; a layer alone is attached with others
        (self.is_complete() && !self.is_layer_alone()).then_some(false)
    }

    fn has_file(&self, root: Root, path: &str, is_known: bool) -> Option<bool> {
        let tree = self.tree(root);
        if tree.is_file(path) {
            return Some(true);
        }
        // a link of a folder on the way may lead there
        let by_link =
            path.match_indices('/').any(|(at, _)| path.get(..at).is_some_and(|folder| tree.is_file(folder)));
        (is_known && !by_link && !self.is_layer_alone()).then_some(false)
    }
}

impl Started<'_> {
    /// How it begins; nothing for machine code and for what cannot be read.
    pub fn beginning(&self) -> Option<Beginning> {
        let mut scratch = Scratch::default();
        let bytes = self.file.package.archive.read_prefix(self.file.index, FIRST_BYTES, &mut scratch).ok()?;
        beginning(bytes.get(..FIRST_BYTES).unwrap_or(bytes))
    }

    /// Its path in the execution environment.
    pub fn mounted(&self) -> String {
        self.file.package.mounted(self.file.entry.path.as_str())
    }
}

fn beginning(bytes: &[u8]) -> Option<Beginning> {
    if MACHINE_CODE.iter().any(|magic| bytes.starts_with(magic)) {
        return None;
    }
    if let Some(rest) = bytes.strip_prefix(b"#!") {
        return Some(Beginning::Script(line(rest)));
    }
    let unmarked = bytes.strip_prefix(MARK).unwrap_or(bytes);
    let has_line = unmarked.trim_ascii_start().starts_with(b"#!");
    Some(match (has_line, unmarked.len() < bytes.len()) {
        (true, true) => Beginning::Behind("a byte order mark"),
        (true, false) => Beginning::Behind("white space"),
        (false, _) => Beginning::Neither,
    })
}

fn line(bytes: &[u8]) -> Line {
    let end = bytes.iter().position(|byte| matches!(byte, b'\n' | 0)).unwrap_or(bytes.len());
    let text = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default());
    let is_blank = |c: char| matches!(c, ' ' | '\t');
    let (text, carriage_return) = match text.trim_end_matches(is_blank).strip_suffix('\r') {
        Some(text) => (text.to_owned(), true),
        None => (text.trim_end_matches(is_blank).to_owned(), false),
    };
    let text = text.trim_start_matches(is_blank);
    let (interpreter, argument) = text.split_once(is_blank).unwrap_or((text, ""));
    Line {
        interpreter: interpreter.to_owned(),
        argument: argument.trim_matches(is_blank).to_owned(),
        carriage_return,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(text: &str) -> Line {
        match beginning(text.as_bytes()) {
            Some(Beginning::Script(line)) => line,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_line_is_taken_apart_as_the_kernel_does() {
        let plain = script("#!/bin/sh\nexit\r\n");
        assert_eq!((plain.interpreter.as_str(), plain.carriage_return), ("/bin/sh", false));
        let env = script("#! /usr/bin/env\tbash -e \r\n");
        assert_eq!((env.by_env(), env.carriage_return), (Some("bash -e"), true));
        assert_eq!(script("#!/bin/sh").interpreter, "/bin/sh");
        assert_eq!(script("#!").interpreter, "");
    }

    #[test]
    fn other_beginnings_are_told_apart() {
        assert_eq!(beginning(b"\x7fELF\x02"), None);
        assert_eq!(beginning(b""), Some(Beginning::Neither));
        assert_eq!(beginning(b"echo hi"), Some(Beginning::Neither));
        assert_eq!(beginning(b"\xef\xbb\xbf#!/bin/sh\n"), Some(Beginning::Behind("a byte order mark")));
        assert_eq!(beginning(b"\n#!/bin/sh\n"), Some(Beginning::Behind("white space")));
    }
}
