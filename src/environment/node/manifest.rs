//! `package.json` as Node.js reads it.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use serde_json::Value;

use crate::inspect::distributions::LARGEST;

use super::files::{At, Files, folder};

/// Whether files ending in `.js` are ES modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `"type": "module"`
    Module,
    /// `"type": "commonjs"`
    CommonJs,
    /// It does not say.
    Unsaid,
}

/// What Node.js takes from a `package.json`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Manifest {
    pub(super) path: String,
    pub(super) name: Option<String>,
    pub(super) main: Option<String>,
    pub(super) kind: Kind,
    pub(super) exports: Option<Value>,
    pub(super) imports: Option<Value>,
}

/// What lies at the place of a `package.json`.
#[derive(Clone, Debug)]
pub(super) enum Read {
    /// One that can be read.
    Known(Rc<Manifest>),
    /// Nothing, or a file that may not be read.
    Absent,
    /// One that stops every load that needs it.
    Broken {
        /// Its path.
        path: String,
        /// The parser's words.
        why: String,
    },
    /// It is not at hand, or Node.js may or may not read it.
    Unknown,
}

/// Reads each `package.json` once.
#[derive(Debug)]
pub(super) struct Manifests<'d, 'a> {
    files: Rc<Files<'d, 'a>>,
    major: u16,
    read: RefCell<HashMap<String, Read>>,
}

impl<'d, 'a> Manifests<'d, 'a> {
    pub(super) fn new(files: Rc<Files<'d, 'a>>, major: u16) -> Self {
        Self { files, major, read: RefCell::new(HashMap::new()) }
    }

    /// The `package.json` of a folder.
    pub(super) fn of(&self, folder: &str) -> Read {
        let path = if folder == "/" { "/package.json".to_owned() } else { format!("{folder}/package.json") };
        if let Some(read) = self.read.borrow().get(&path) {
            return read.clone();
        }
        let read = self.load(&path);
        self.read.borrow_mut().insert(path, read.clone());
        read
    }

    fn load(&self, path: &str) -> Read {
        match self.files.at(path) {
            At::Folder | At::Nothing => Read::Absent,
            At::Unknown => Read::Unknown,
            At::File(one) if !one.entry.mode.others_read() => Read::Absent,
            At::File(one) if one.entry.size.0 > LARGEST => Read::Unknown,
            At::File(one) => match Files::read(one) {
                Some(bytes) => parse(path, &bytes, self.major),
                None => Read::Unknown,
            },
        }
    }

    /// The nearest `package.json` upward from a file, not beyond a `node_modules` folder.
    pub(super) fn scope(&self, file: &str) -> Read {
        let mut at = folder(file);
        loop {
            if at.ends_with("/node_modules") {
                return Read::Absent;
            }
            match self.of(at) {
                Read::Absent if at != "/" => at = folder(at),
                other => return other,
            }
        }
    }
}

/// Node.js 16 looks only for the keys it needs, 22 and later read the outermost level only: where they differ, unknown.
fn parse(path: &str, bytes: &[u8], major: u16) -> Read {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    match serde_json::from_str::<Value>(&text) {
        Ok(Value::Object(object)) => Read::Known(Rc::new(manifest(path, object))),
        Ok(_) if major >= 22 => broken(path, "it is no object"),
        Ok(Value::Null) => Read::Unknown,
        Ok(_) => Read::Known(Rc::new(manifest(path, serde_json::Map::new()))),
        Err(error) if stops(&text, &error, major) => broken(path, &error.to_string()),
        Err(_) => Read::Unknown,
    }
}

fn broken(path: &str, why: &str) -> Read {
    Read::Broken { path: path.to_owned(), why: why.to_owned() }
}

/// Whether a text that is no JSON stops Node.js for sure.
fn stops(text: &str, error: &serde_json::Error, major: u16) -> bool {
    let words = error.to_string();
    // what only this parser refuses: depth, lone surrogates, large numbers
    if words.contains("recursion") || words.contains("hex escape") || words.contains("number") {
        return false;
    }
    match major {
        ..18 => false,
        18..22 => true,
        _ => error.is_eof() || depth_at(text, error.line(), error.column()) <= 1,
    }
}

/// How many objects and lists are open at a place.
fn depth_at(text: &str, line: usize, column: usize) -> u32 {
    let before = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
    let (mut depth, mut in_string, mut escaped) = (0_u32, false, false);
    for byte in text.bytes().take(before.saturating_add(column).saturating_sub(1)) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth = depth.saturating_add(1),
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    depth
}

fn manifest(path: &str, mut object: serde_json::Map<String, Value>) -> Manifest {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let kind = match object.get("type").and_then(Value::as_str) {
        Some("module") => Kind::Module,
        Some("commonjs") => Kind::CommonJs,
        _ => Kind::Unsaid,
    };
    Manifest {
        path: path.to_owned(),
        name: text(object.get("name")),
        main: text(object.get("main")).filter(|main| !main.is_empty()),
        kind,
        exports: object.remove("exports").filter(|value| !value.is_null()),
        imports: object.remove("imports").filter(Value::is_object),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_broken(text: &str, major: u16) -> Option<bool> {
        match parse("/var/task/package.json", text.as_bytes(), major) {
            Read::Known(_) => Some(false),
            Read::Broken { .. } => Some(true),
            Read::Absent | Read::Unknown => None,
        }
    }

    /// As seen with Node.js 16.20, 18.20, 20.20, 22.23 and 24.21.
    #[test]
    fn what_stops_node() {
        for text in [
            "",
            "{\"name\": \"a\"",
            "{\"name\":\"a\",}",
            "{\n// c\n\"name\":\"a\"}",
            "{'a': 1}",
            "<<<<<<< HEAD\n{}",
            "{} x",
        ] {
            assert_eq!((is_broken(text, 18), is_broken(text, 22)), (Some(true), Some(true)), "{text}");
            assert_eq!(is_broken(text, 16), None, "{text}");
        }
        for text in ["{\"x\":{\"y\": foo}}", "{\"x\":[1,2,]}"] {
            assert_eq!((is_broken(text, 20), is_broken(text, 22)), (Some(true), None), "{text}");
        }
        assert_eq!((is_broken("[]", 20), is_broken("[]", 22)), (Some(false), Some(true)));
        assert_eq!(is_broken("\u{feff}{}", 24), Some(false));
        assert_eq!(is_broken("{\"a\": \"\\ud800\"}", 24), None);
        assert_eq!(is_broken(&"[".repeat(1000), 20), None);
    }
}
