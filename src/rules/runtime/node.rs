//! What the rules about Node.js share: places and words for faults on the start path.

use crate::{
    data::runtimes::Runtime,
    environment::{
        deployment::Deployment,
        node::{Fault, Spot},
    },
    model::{place::Place, text::SafeText},
};

/// Files of a chain that are named.
const SHOWN: usize = 4;

/// From this major version on some errors of Node.js read differently.
const NEW_WORDS: u16 = 22;

/// Whether the runtime is one whose errors read the old way.
pub(super) fn has_old_words(deployment: &Deployment<'_>) -> bool {
    deployment.runtime.and_then(Runtime::major).is_some_and(|major| major < NEW_WORDS)
}

/// The faults on the start path of a function; none when it cannot be followed.
pub(super) fn faults<'s, 'a>(deployment: &'s Deployment<'a>) -> &'s [Fault<'a>] {
    deployment.node_start().map(|start| start.faults.as_slice()).unwrap_or_default()
}

/// Where a fault stands: the entry that is loaded.
pub(super) fn place(spot: &Spot<'_>) -> Place {
    spot.package.entry_place(spot.index)
}

/// How the file came to be loaded, from the handler's file down; nothing for the handler's file itself.
pub(super) fn route(spot: &Spot<'_>) -> Option<String> {
    if spot.chain.is_empty() {
        return None;
    }
    let mut files: Vec<&str> = spot.chain.iter().rev().map(String::as_str).collect();
    if files.len() > SHOWN {
        files.splice(SHOWN / 2..files.len().saturating_sub(SHOWN / 2), ["..."]);
    }
    files.push(&spot.path);
    Some(format!("loaded at start by way of {}", files.join(" -> ")))
}

/// A reason with the way that leads to it.
pub(super) fn because(reason: &str, spot: &Spot<'_>) -> String {
    match route(spot) {
        Some(route) => format!("{reason}; {route}"),
        None => reason.to_owned(),
    }
}

/// A specifier or a name inside a message: harmless, and short enough for one line.
pub(super) fn shown(text: &str) -> SafeText {
    SafeText::new(text).shortened(80)
}

/// The installed package that a file lies in: `axios` of `/opt/nodejs/node_modules/axios/index.js`.
pub(super) fn package_of(path: &str) -> Option<&str> {
    let (_, inside) = path.rsplit_once("/node_modules/")?;
    let parts = if inside.starts_with('@') { 2 } else { 1 };
    let end = inside.match_indices('/').nth(parts - 1).map(|(at, _)| at)?;
    inside.get(..end)
}
