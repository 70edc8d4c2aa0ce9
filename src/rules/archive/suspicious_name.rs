//! archive/suspicious-name: names that attack whoever prints or compares them.

use std::collections::BTreeMap;

use crate::{
    archive::{
        anomaly::{AnomalyKind, LimitBreach},
        entry::Entry,
    },
    environment::package::Package,
    model::severity::Severity,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::SUSPICIOUS_NAME, check: Check::Package(check) };

/// The longest name of one file that Linux takes, in bytes.
const LONGEST_COMPONENT: usize = 255;

/// The flag that says that a name is UTF-8.
const UTF8: u16 = 1 << 11;

/// What is wrong with a name.
struct Oddity {
    subject: &'static str,
    what: &'static str,
    why: &'static str,
    severity: Severity,
}

const fn oddity(subject: &'static str, what: &'static str, why: &'static str) -> Oddity {
    Oddity { subject, what, why, severity: Severity::Warning }
}

const COMMAND: Oddity = oddity(
    "command",
    "the name breaks the line and begins a workflow command",
    "a build log that prints it obeys what stands behind `::`",
);
const CONTROL: Oddity = oddity(
    "control",
    "the name holds control characters",
    "a terminal or a log that prints it obeys them: colours, a moved cursor, a hidden line",
);
const BIDI: Oddity = oddity(
    "bidi",
    "the name holds characters that turn the direction of text",
    "what is shown is not what is there: `exe.txt` may be `txt.exe`",
);
const INVISIBLE: Oddity = oddity(
    "invisible",
    "the name holds characters of no width",
    "two names look the same and are not, and a search for the one that is seen misses it",
);
const INVALID: Oddity = oddity(
    "encoding",
    "the name is not UTF-8",
    "each reader decodes it by its own table, so the file gets a different name with each",
);
const UNICODE_PATH: Oddity = oddity(
    "unicode-path",
    "an extra field gives the entry another name",
    "readers that know the field 0x7075 lay the file down under that name, others do not",
);
const HTML: Oddity =
    oddity("html", "the name holds an HTML tag", "a page that lists the files without escaping them runs it");
const LONG: Oddity =
    oddity("component", "one part of the path is longer than 255 bytes", "no file system of Linux takes it");
const NAMELESS: Oddity = oddity(
    "nameless",
    "the file has no name",
    "some readers refuse the whole archive, others make up a name or leave the file out",
);
const FLAG: Oddity = Oddity {
    severity: Severity::Info,
    ..oddity(
        "flag",
        "the name is UTF-8 and does not say so",
        "readers that keep to the standard decode it as code page 437 and lay down another name",
    )
};

fn check(package: &Package, findings: &mut Findings) {
    let mut by_subject: BTreeMap<&str, (&Oddity, Vec<usize>)> = BTreeMap::new();
    for (index, entry) in package.archive.entries().iter().enumerate() {
        if let Some(odd) = odd(entry) {
            by_subject.entry(odd.subject).or_insert_with(|| (odd, Vec::new())).1.push(index);
        }
    }
    for (subject, (odd, entries)) in by_subject {
        let Some(draft) = findings.at_entries(package, &entries, "the same") else { continue };
        draft
            .subject(subject)
            .say(odd.what)
            .no_worse_than(odd.severity)
            .because(odd.why)
            .fix("rename the file, and zip with UTF-8 names: 7z a -tzip -mcu=on package.zip .")
            .report();
    }
    long(package, findings);
}

/// Paths beyond the limit. It is one of the scanner, so that it can be raised.
fn long(package: &Package, findings: &mut Findings) {
    let breaches: Vec<(usize, LimitBreach)> = package
        .anomalies()
        .filter_map(|anomaly| match anomaly.kind {
            AnomalyKind::LimitReached(breach) if breach.name == "name-length" => {
                Some((anomaly.entry?, breach))
            }
            _ => None,
        })
        .collect();
    let entries: Vec<usize> = breaches.iter().map(|(index, _)| *index).collect();
    let Some(worst) = breaches.iter().map(|(_, breach)| *breach).max_by_key(|breach| breach.actual) else {
        return;
    };
    let Some(draft) = findings.at_entries(package, &entries, "the same") else { return };
    draft
        .subject("path")
        .say(format!("the path has {} bytes, more than the {} that are expected", worst.actual, worst.limit))
        .because("Linux takes paths of 4,096 bytes at the most")
        .fix(format!("shorten it; if it is meant: --limit name-length={}", worst.actual))
        .report();
}

/// The worst that is wrong with the name of an entry.
fn odd(entry: &Entry) -> Option<&'static Oddity> {
    let bytes = entry.name_bytes();
    // a folder `./` is the root itself
    if entry.is_file() && entry.path.as_str().is_empty() {
        return Some(&NAMELESS);
    }
    if entry.unicode_name.as_ref().is_some_and(|other| *other.bytes != *bytes || !other.valid) {
        return Some(&UNICODE_PATH);
    }
    let Ok(name) = std::str::from_utf8(bytes) else { return Some(&INVALID) };
    if name.is_ascii() {
        return odd_in_ascii(name);
    }
    let command = odd_in_ascii(name);
    let from_zip = entry.crc.is_some();
    command
        .or_else(|| name.chars().any(is_bidi).then_some(&BIDI))
        .or_else(|| is_invisible(name).then_some(&INVISIBLE))
        .or_else(|| (from_zip && entry.flags & UTF8 == 0 && entry.unicode_name.is_none()).then_some(&FLAG))
}

fn odd_in_ascii(name: &str) -> Option<&'static Oddity> {
    let line_break = |c: char| matches!(c, '\n' | '\r');
    let command = name.split(line_break).skip(1).any(|line| line.trim_start().starts_with("::"));
    if command {
        return Some(&COMMAND);
    }
    // a NUL is archive/unsafe-path
    if name.chars().any(|c| c.is_control() && c != '\0') {
        return Some(&CONTROL);
    }
    if is_tag(name) {
        return Some(&HTML);
    }
    name.split('/').any(|part| part.len() > LONGEST_COMPONENT).then_some(&LONG)
}

fn is_tag(name: &str) -> bool {
    let opens = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!');
    name.contains('>') && name.split('<').skip(1).any(|rest| opens(rest.trim_start_matches('/')))
}

fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// Joiners belong into words of some scripts and into emoji; between ASCII they only hide.
fn is_invisible(name: &str) -> bool {
    let hidden = |c: char| {
        matches!(
            c,
            '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{e0000}'..='\u{e007f}'
        )
    };
    let joiner = |c: char| matches!(c, '\u{200c}' | '\u{200d}');
    name.chars().any(hidden) || (name.chars().any(joiner) && name.chars().all(|c| c.is_ascii() || joiner(c)))
}
