//! Places as SARIF writes them: relative, percent-encoded, inside the repository.

use crate::model::{place::Place, text::SafeText};

/// The file that a finding is said of when it has neither a package nor a line: where such a thing would be mended.
const NOWHERE: &str = "layerlint.toml";

/// `dist/layer.zip/python/x.so`: the package, and the entry as if the package were a folder.
pub(super) fn of(place: &Place) -> String {
    let whole = match (place.label(), place.entry_path()) {
        (Some(label), Some(entry)) => {
            format!("{}/{}", file(label.path.as_str()), inside(&entry.shown()))
        }
        (Some(label), None) => file(label.path.as_str()),
        (None, _) => place.source_span().map(|span| file(span.file.as_str())).unwrap_or_default(),
    };
    let whole = whole.trim_matches('/');
    if whole.is_empty() { NOWHERE.to_owned() } else { whole.to_owned() }
}

/// A file of the repository. What lies above the start of the run has no address there: the way up is cut off.
pub(super) fn file(path: &str) -> String {
    let parts = path.split('/').filter(|part| !part.is_empty()).skip_while(|part| *part == "..");
    joined(parts)
}

/// An entry relative to its package.
pub(super) fn inside(entry: &SafeText) -> String {
    joined(entry.split('/').filter(|part| !part.is_empty()))
}

fn joined<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    parts.map(component).collect::<Vec<_>>().join("/")
}

/// An entry named `../../src/app.py` would be resolved to a file of the repository: its dots are put in brackets.
fn component(part: &str) -> String {
    match part {
        "." | ".." => format!("%28{part}%29"),
        part => encoded(part),
    }
}

/// Percent-encodes what RFC 3986 does not allow in a path, and `!`, `(`, `)`, `'` that some readers stumble over.
fn encoded(part: &str) -> String {
    let mut out = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'@' | b'=' | b',')
        {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::place::{PackageLabel, ReportPath},
        triage::sample::{entry, label, span},
    };

    #[test]
    fn an_entry_is_a_path_below_its_package() {
        assert_eq!(of(&entry("deps", "python/a b/ü.so")), "dist/deps.zip/python/a%20b/%C3%BC.so");
        assert_eq!(of(&Place::package(&label("deps"))), "dist/deps.zip");
        assert_eq!(of(&Place::source(span("conf/x.toml", "a", 0..1))), "conf/x.toml");
    }

    #[test]
    fn an_entry_cannot_point_out_of_its_package() {
        assert_eq!(of(&entry("deps", "../../src/app.py")), "dist/deps.zip/%28..%29/%28..%29/src/app.py");
        assert_eq!(of(&entry("deps", "/etc/passwd")), "dist/deps.zip/etc/passwd");
        assert_eq!(of(&entry("deps", "https://x")), "dist/deps.zip/https%3A/x");
    }

    #[test]
    fn no_place_is_empty_and_none_is_above_the_start() {
        let up = PackageLabel { name: "x".into(), path: ReportPath::new("../../x.zip") };
        assert_eq!(of(&Place::package(&up.into())), "x.zip");
        let nothing = PackageLabel { name: ".".into(), path: ReportPath::new(".") };
        assert_eq!(of(&Place::package(&nothing.into())), NOWHERE);
    }
}
