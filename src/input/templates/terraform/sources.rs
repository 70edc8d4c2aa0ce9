//! Where the `.tf` files beside a plan declare its resources: plans have no lines.

use std::{
    collections::HashMap,
    ops::Range,
    path::{Path, PathBuf},
};

use hcl_edit::{
    Span,
    expr::Expression,
    structure::{Block, BlockLabel, Body},
};

use crate::{
    input::{document::lines::Lines, places::shown, templates::Inventory},
    model::place::SourceSpan,
};

/// Files of one folder that are read.
const MOST_FILES: usize = 500;

/// Bytes of one file.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Modules inside one another.
const DEEPEST: usize = 8;

/// A block and its arguments.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    pub(super) at: SourceSpan,
    pub(super) places: Vec<(String, SourceSpan)>,
}

/// Blocks by module, type and name: `(module.shop, aws_lambda_function, orders)`.
#[derive(Debug, Default)]
pub(super) struct Sources {
    blocks: HashMap<(String, String, String), Declared>,
}

impl Sources {
    /// Reads the folder of a root module and the local modules that it calls.
    pub(super) fn beside(folder: &Path, inventory: &mut Inventory<'_>) -> Self {
        let mut sources = Self::default();
        sources.read(folder, "", DEEPEST, inventory);
        sources
    }

    /// Where a resource is declared; modules are named without the indices of their instances.
    pub(super) fn find(&self, module: &str, kind: &str, name: &str) -> Option<&Declared> {
        self.blocks.get(&(without_indices(module), kind.to_owned(), name.to_owned()))
    }

    fn read(&mut self, folder: &Path, module: &str, depth: usize, inventory: &mut Inventory<'_>) {
        let Some(left) = depth.checked_sub(1) else { return };
        for path in files(folder) {
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let file = shown(&path);
            // what is wrong with a file is said where the files themselves are asked for
            let Ok(body) = text.parse::<Body>() else { continue };
            inventory.show_text(&file, &text);
            let lines = Lines::of(&text);
            for block in body.blocks() {
                let locate = |span: Option<Range<usize>>| lines.span(&file, &text, &span.unwrap_or(0..0));
                self.block(block, module, &locate);
                if let Some((name, source)) = local_module(block) {
                    let inner = join(module, &name);
                    self.read(&folder.join(source), &inner, left, inventory);
                }
            }
        }
    }

    fn block(&mut self, block: &Block, module: &str, locate: &impl Fn(Option<Range<usize>>) -> SourceSpan) {
        let labels: Vec<&str> = block.labels.iter().map(BlockLabel::as_str).collect();
        let (kind, name) = match (block.ident.as_str(), labels.as_slice()) {
            ("resource", [kind, name]) => ((*kind).to_owned(), *name),
            ("data", [kind, name]) => (format!("data.{kind}"), *name),
            _ => return,
        };
        let header = block.ident.span().map(|span| span.start..span.end);
        let declared = Declared { at: locate(header), places: places(block, locate) };
        self.blocks.insert((module.to_owned(), kind, name.to_owned()), declared);
    }
}

/// Where the arguments of a block are, and the members of those that are lists.
fn places(block: &Block, locate: &impl Fn(Option<Range<usize>>) -> SourceSpan) -> Vec<(String, SourceSpan)> {
    let mut found = Vec::new();
    for attribute in block.body.attributes() {
        let name = attribute.key.as_str();
        found.push((name.to_owned(), locate(attribute.value.span())));
        if let Expression::Array(list) = &attribute.value {
            let members = list.iter().enumerate();
            found.extend(members.map(|(at, one)| (format!("{name}.{at}"), locate(one.span()))));
        }
    }
    found
}

/// `module "shop" { source = "./modules/shop" }`
fn local_module(block: &Block) -> Option<(String, PathBuf)> {
    if block.ident.as_str() != "module" {
        return None;
    }
    let name = block.labels.first()?.as_str().to_owned();
    let source = block.body.get_attribute("source")?.value.as_str()?;
    source.starts_with('.').then(|| (name, PathBuf::from(source)))
}

/// The files of a module.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let look = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(look).into_iter().flatten().filter_map(Result::ok);
    let names = entries.map(|entry| entry.file_name());
    let mut found: Vec<PathBuf> = names
        .filter(|name| name.to_str().is_some_and(|name| name.ends_with(".tf")))
        .map(|name| folder.join(name))
        .filter(|path| std::fs::metadata(path).is_ok_and(|data| data.is_file() && data.len() <= LONGEST))
        .take(MOST_FILES)
        .collect();
    found.sort();
    found
}

fn join(module: &str, name: &str) -> String {
    if module.is_empty() { format!("module.{name}") } else { format!("{module}.module.{name}") }
}

/// `module.shop["a.b"].module.x[0]` as `module.shop.module.x`.
pub(super) fn without_indices(address: &str) -> String {
    let mut depth = 0usize;
    let mut quoted = false;
    address
        .chars()
        .filter(|c| {
            match c {
                '"' if depth > 0 => quoted = !quoted,
                '[' if !quoted => {
                    depth = depth.saturating_add(1);
                    return false;
                }
                ']' if !quoted => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_lose_their_indices() {
        for (address, plain) in [
            ("module.shop[\"a.b]\"].module.x[0]", "module.shop.module.x"),
            ("aws_lambda_function.orders", "aws_lambda_function.orders"),
        ] {
            assert_eq!(without_indices(address), plain);
        }
    }
}
