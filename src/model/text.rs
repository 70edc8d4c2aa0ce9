//! Text from outside, made harmless once.
//!
//! Entry names, policy strings and file contents are chosen by whoever made the package. They reach a terminal, a log that a
//! build service reads for commands, HTML and Markdown. [`SafeText`] is the only way for them to be shown: it holds no control
//! character, no line separator, no bidirectional override and no invisible character.

use std::{borrow::Borrow, fmt, ops::Deref};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Text in which every character that could steer a terminal or a log is written as `\u{..}`.
///
/// Making it from text that is already safe changes nothing, so it can be applied at every edge.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SafeText(String);

impl SafeText {
    /// Escapes what is not safe to show.
    pub fn new(text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        if text.chars().all(is_safe) {
            return Self(text.to_owned());
        }
        Self(text.chars().map(escaped).collect())
    }

    /// Escapes bytes of unknown encoding: what is not UTF-8 is written as `\xNN`.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut out = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            out.extend(chunk.valid().chars().map(escaped));
            for byte in chunk.invalid() {
                out.push_str(&format!("\\x{byte:02x}"));
            }
        }
        Self(out)
    }

    /// The escaped text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// At most `most` characters; what was cut is shown as `...`.
    #[must_use]
    pub fn shortened(&self, most: usize) -> Self {
        match self.0.char_indices().nth(most) {
            None => self.clone(),
            Some((at, _)) => Self(format!("{}...", self.0.get(..at).unwrap_or_default())),
        }
    }
}

fn escaped(c: char) -> String {
    if is_safe(c) { c.to_string() } else { format!("\\u{{{:x}}}", u32::from(c)) }
}

/// Whether a character can be shown as it is.
pub fn is_safe(c: char) -> bool {
    !c.is_control() && !is_invisible(c)
}

/// Bidirectional controls, zero-width characters, line and paragraph separators, the byte order mark, tag characters.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Deref for SafeText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for SafeText {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<T: AsRef<str>> From<T> for SafeText {
    fn from(text: T) -> Self {
        Self::new(text)
    }
}

impl Serialize for SafeText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SafeText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(String::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_or_a_log_is_escaped() {
        assert_eq!(SafeText::new("a\u{1b}[31mb").as_str(), "a\\u{1b}[31mb");
        assert_eq!(SafeText::new("x\n::error::y").as_str(), "x\\u{a}::error::y");
        assert_eq!(SafeText::new("exe\u{202e}gnp").as_str(), "exe\\u{202e}gnp");
        assert_eq!(SafeText::from_bytes(b"ok\xff\x1b").as_str(), "ok\\xff\\u{1b}");
    }

    #[test]
    fn safe_text_is_left_alone_and_escaping_twice_changes_nothing() {
        assert_eq!(SafeText::new("naïve/文件.py").as_str(), "naïve/文件.py");
        let once = SafeText::new("a\u{0}b");
        assert_eq!(SafeText::new(once.as_str()), once);
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(SafeText::new("文件文件").shortened(2).as_str(), "文件...");
        assert_eq!(SafeText::new("ab").shortened(2).as_str(), "ab");
    }
}
