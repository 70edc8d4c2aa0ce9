//! Names of packages in commands: what a stranger called a file does not become a command when somebody pastes the fix.

use crate::model::entry_path::EntryPath;

/// What starts another command inside of a word; no fix of a rule has it.
const SUBSTITUTIONS: [&str; 3] = ["`", "$(", "${"];

/// What is told instead of a command that a shell would take apart at a name.
pub(super) const INSTEAD: &str =
    "rename what has blanks or signs of a shell in its name, then run layerlint again for the command";

/// Whether a fix holds a name of these paths that a shell would take apart.
pub(super) fn is_taken_apart<'p>(fix: &str, mut paths: impl Iterator<Item = &'p EntryPath>) -> bool {
    SUBSTITUTIONS.iter().any(|one| fix.contains(one))
        || paths.any(|path| {
            let whole = quoted(path.as_str());
            let rest = if whole.starts_with('\'') { &fix.replace(&whole, "") } else { fix };
            names(path).any(|name| is_unsafe(name) && rest.contains(name))
        })
}

/// A name for a shell: what is not plain goes into quotes.
pub(super) fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '+' | '@');
    if name.chars().all(plain) { name.to_owned() } else { format!("'{}'", name.replace('\'', "'\\''")) }
}

/// Each part of a path, and what stands before the first dot or dash of it.
fn names(path: &EntryPath) -> impl Iterator<Item = &str> {
    path.components().flat_map(|part| {
        let stem = part.split('.').next().unwrap_or(part);
        [part, stem, stem.split('-').next().unwrap_or(stem)]
    })
}

fn is_unsafe(name: &str) -> bool {
    let sign = |c: char| c.is_whitespace() || "$`;|&<>()'\"\\*?!#~".contains(c);
    name.contains(sign) || name.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(fix: &str, path: &str) -> bool {
        is_taken_apart(fix, [EntryPath::new(path)].iter())
    }

    #[test]
    fn plain_names_stand_in_commands() {
        for (fix, path) in [
            ("strip --strip-debug python/a/_x.so", "python/a/_x.so"),
            ("patchelf --set-rpath '$ORIGIN' lib/liba.so", "lib/liba.so"),
            ("find . -name '*.md' -exec rm {} +", "app/(group)/page.md"),
            ("zip -d package.zip 'my key.pem'", "my key.pem"),
        ] {
            assert!(!refused(fix, path), "{fix}");
        }
    }

    #[test]
    fn names_that_are_commands_do_not() {
        for (fix, path) in [
            ("strip --strip-debug lib/$(id).so", "lib/$(id).so"),
            ("strip --strip-debug lib/a;id;.so", "lib/a;id;.so"),
            ("cd a&id && zip -r ../package.zip .", "a&id/python/x.py"),
            ("rm a /etc/passwd", "a /etc/passwd"),
            ("pip install --target python a|id", "python/a|id.cpython-312-x86_64-linux-gnu.so"),
            ("pip install `id`", "python/x.py"),
            ("zip -d package.zip -x", "-x"),
        ] {
            assert!(refused(fix, path), "{fix}");
        }
    }
}
