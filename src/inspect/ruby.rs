//! What a Ruby file requires before anything else in it runs: the block of lines that it begins with.

/// The longest file that is read.
const LONGEST: usize = 4 << 20;

/// One `require` or `require_relative`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Require {
    /// As written.
    pub feature: String,
    /// Whether it starts from the folder of the file.
    pub is_relative: bool,
    /// Line, counted from 1.
    pub line: u32,
}

/// The requires at the beginning of a file. The first line that is anything else ends them: what runs there may change where Ruby looks.
pub fn requires(bytes: &[u8]) -> Vec<Require> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes.get(..LONGEST).unwrap_or(bytes));
    let mut found = Vec::new();
    for (line, number) in text.lines().zip(1_u32..) {
        let line = line.trim_end();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match require(line, number) {
            Some(one) => found.push(one),
            None => break,
        }
    }
    found
}

/// A line that is a `require` and nothing else.
fn require(line: &str, number: u32) -> Option<Require> {
    let (is_relative, rest) = match line.strip_prefix("require_relative") {
        Some(rest) => (true, rest),
        None => (false, line.strip_prefix("require")?),
    };
    let argument = rest.trim_start();
    let (argument, closing) = match argument.strip_prefix('(') {
        Some(inner) => (inner.trim_start(), ")"),
        None if rest.starts_with(char::is_whitespace) => (argument, ""),
        None => return None,
    };
    let quote = argument.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let (feature, after) = argument.get(1..)?.split_once(quote)?;
    let after = after.trim_start().strip_prefix(closing)?.trim_start();
    let is_plain =
        !feature.is_empty() && !feature.contains(['#', '\\']) && (after.is_empty() || after.starts_with('#'));
    is_plain.then(|| Require { feature: feature.to_owned(), is_relative, line: number })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(text: &str) -> Vec<String> {
        requires(text.as_bytes()).into_iter().map(|one| one.feature).collect()
    }

    #[test]
    fn only_the_first_block_counts() {
        let text = "# frozen_string_literal: true\n\nrequire 'json'\nrequire(\"stripe\") # pay\nrequire_relative 'lib/a'\n$LOAD_PATH << 'x'\nrequire 'later'\n";
        assert_eq!(features(text), ["json", "stripe", "lib/a"]);
        assert_eq!(
            requires(text.as_bytes())[2],
            Require { feature: "lib/a".to_owned(), is_relative: true, line: 5 }
        );
    }

    #[test]
    fn what_is_conditional_or_computed_does_not_count() {
        for text in [
            "require 'a' if ENV['A']",
            "require 'a' rescue nil",
            "begin\nrequire 'a'\nrescue LoadError\nend",
            "require \"#{x}\"",
            "require name",
            "required 'a'",
            "require('a'",
            "require 'a",
            "=begin\nrequire 'a'\n=end",
            "load 'a'\nrequire 'b'",
        ] {
            assert!(features(text).is_empty(), "{text}");
        }
    }
}
