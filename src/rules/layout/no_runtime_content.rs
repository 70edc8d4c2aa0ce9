//! layout/no-runtime-content: a layer in which no runtime finds anything.

use crate::{
    environment::{layout, package::Package},
    model::entry_path::EntryPath,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::wrapped_root;

pub(super) static RULE: Rule =
    Rule { page: &pages::layout::NO_RUNTIME_CONTENT, check: Check::Package(check) };

/// Folders that something looks into, and folders that are meant to be opened by absolute path.
const LEGAL_TOPS: [&str; 12] = [
    "python",
    "nodejs",
    "java",
    "ruby",
    "dotnetcore",
    "dotnet",
    "bin",
    "lib",
    "extensions",
    "share",
    "etc",
    "opt",
];

fn check(package: &Package, findings: &mut Findings) {
    let mut files = package.files().map(|(_, entry)| &entry.path).peekable();
    if !package.is_layer() || files.peek().is_none() {
        return;
    }
    let legal = |top: &str| LEGAL_TOPS.contains(&top) || top == "bootstrap";
    // backslashes are archive/backslash-path: the folders are there, only not for Linux
    let unread = |path: &EntryPath| legal(path.top()) || path.as_str().contains('\\');
    // a program at the root is named by its path: it wraps the runtime
    let wraps =
        package.files().any(|(_, entry)| entry.path.parent().is_empty() && entry.mode.others_execute());
    if wraps
        || files.any(unread)
        || !layout::groups(package).is_empty()
        || wrapped_root::wrapper(package).is_some()
    {
        return;
    }
    let mut tops: Vec<String> = package.files().map(|(_, entry)| entry.path.top().to_owned()).collect();
    tops.sort();
    tops.dedup();
    let shown = tops.iter().take(4).cloned().collect::<Vec<_>>().join(", ");
    findings
        .at(package.place())
        .subject("content")
        .say("no runtime looks at anything in this layer")
        .because(format!("it holds {shown} at its root; layers are read below python/, nodejs/, java/lib/, ruby/, lib/, bin/ and extensions/"))
        .fix("move the content below the folder of its runtime; what is opened by absolute path belongs in share/ or etc/")
        .report();
}
