//! Byte code without a source: whether the runtime's Python takes it.

use crate::{
    archive::Scratch,
    data::python_client,
    environment::{filesystem::Provider, package::Package},
};

/// Bytes that tell the version.
const MAGIC: usize = 4;

/// The first four bytes of byte code that is of another version than a language's. Nothing when it fits or cannot be read.
pub(super) fn foreign_magic(code: &Provider<'_>, language: &str) -> Option<Vec<u8>> {
    foreign_magic_of(code.package, code.index, language, &mut Scratch::default())
}

/// The same of an entry of a package.
pub fn foreign_magic_of(
    package: &Package,
    index: usize,
    language: &str,
    scratch: &mut Scratch,
) -> Option<Vec<u8>> {
    let [low, high] = python_client::magic(language)?.to_le_bytes();
    let prefix = package.archive.read_prefix(index, MAGIC, scratch).ok()?;
    let magic = prefix.get(..MAGIC).unwrap_or(prefix);
    (magic != [low, high, b'\r', b'\n']).then(|| magic.to_vec())
}
