//! What somebody meant who wrote a runtime that Lambda does not have.

use super::runtimes::{Runtime, all};

/// The identifier that somebody who wrote this probably meant: `python312`, `node22` and `python3.12.1` are understood before
/// typing errors are guessed.
pub fn nearest(id: &str) -> Option<&'static str> {
    let wanted = plain(id);
    same_version(&wanted).or_else(|| newest_that_starts(&wanted)).or_else(|| mistyped(&wanted))
}

/// Without case and separators, with the `x` of `nodejs22.x` left out: the digits are what tells runtimes apart.
fn plain(id: &str) -> String {
    let text: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
    let text = text.to_ascii_lowercase();
    let text = text.strip_suffix('x').unwrap_or(&text);
    match text.strip_prefix("node") {
        Some(rest) if !rest.starts_with("js") => format!("nodejs{rest}"),
        _ => text.to_owned(),
    }
}

/// Every runtime under its plain name. The first Node.js runtime had no version in its name and would stand for all of them.
fn names() -> impl DoubleEndedIterator<Item = (String, &'static Runtime)> {
    all().iter().filter(|runtime| runtime.id != "nodejs").map(|runtime| (plain(&runtime.id), runtime))
}

/// The longest name that the text begins with: what follows is a patch version or an operating system.
fn same_version(wanted: &str) -> Option<&'static str> {
    let whole = |name: &str| {
        name == wanted || (wanted.starts_with(name) && name.ends_with(|c: char| c.is_ascii_digit()))
    };
    let longest = names().filter(|(name, _)| whole(name)).max_by_key(|(name, _)| name.len());
    longest.map(|(_, runtime)| runtime.id.as_str())
}

/// `python3` means the newest whose life is announced; `python3.1` is what a YAML number makes of 3.10.
fn newest_that_starts(wanted: &str) -> Option<&'static str> {
    if wanted.len() < 4 {
        return None;
    }
    let round = format!("{wanted}0");
    let named =
        |(name, _): &(String, &Runtime)| *name == round && wanted.ends_with(|c: char| c.is_ascii_digit());
    let announced =
        |(name, runtime): &(String, &Runtime)| name.starts_with(wanted) && runtime.deprecated.is_some();
    let found = names().find(named).or_else(|| names().rev().find(announced));
    found.map(|(_, runtime)| runtime.id.as_str())
}

/// The name with the fewest typing errors; of equally near ones the newest, which stands last in the table.
fn mistyped(wanted: &str) -> Option<&'static str> {
    names()
        .rev()
        .map(|(name, runtime)| (strsim::damerau_levenshtein(wanted, &name), name.len(), runtime))
        .min_by_key(|(distance, ..)| *distance)
        .filter(|(distance, length, _)| *distance <= wanted.len().min(*length) / 3)
        .map(|(_, _, runtime)| runtime.id.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found() {
        for (written, meant) in [
            ("python312", Some("python3.12")),
            ("pyton3.12", Some("python3.12")),
            ("python3.12.1", Some("python3.12")),
            ("python3.11.2", Some("python3.11")),
            ("python3.1", Some("python3.10")),
            ("python3", Some("python3.14")),
            ("Python3.13", Some("python3.13")),
            ("nodejs22", Some("nodejs22.x")),
            ("node22", Some("nodejs22.x")),
            ("Node.js 22.x", Some("nodejs22.x")),
            ("node", Some("nodejs24.x")),
            ("java17.al2", Some("java17")),
            ("dotnet8.0", Some("dotnet8")),
            ("provided.al", Some("provided.al2023")),
            ("al2023", None),
            ("cobol", None),
            ("", None),
        ] {
            assert_eq!(nearest(written), meant, "{written}");
        }
    }
}
