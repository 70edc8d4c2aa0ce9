//! Secrets in the output of commands: presigned addresses and the values of environment variables are covered before a line is shown.
//!
//! It looks at characters, not at a tree, so that it works on a text that is broken.

/// The key whose text is a secret: an address that lets everybody download for ten minutes.
const SECRET: &str = "Location";

/// Keys whose map holds secrets: environment variables.
const SECRETS: [&str; 2] = ["Variables", "Environment"];

/// What makes a text secret wherever it stands.
const SIGNED: [&str; 2] = ["X-Amz-", "x-amz-"];

/// The text with its secrets covered, byte for byte, so that places stay where they are.
pub(crate) fn covered(text: &str) -> String {
    let mut veil = Veil { out: String::with_capacity(text.len()), key: None, inside: None, depth: 0 };
    let mut rest = text;
    while let Some(at) = rest.find(['"', '{', '}', '[', ']', ',']) {
        let (before, from) = rest.split_at(at);
        veil.out.push_str(before);
        rest = match from.strip_prefix('"') {
            Some(behind) => veil.string(behind),
            None => veil.mark(from),
        };
    }
    veil.out.push_str(rest);
    veil.out
}

struct Veil<'t> {
    out: String,
    /// The key whose value comes next.
    key: Option<&'t str>,
    /// The depth of the map of secrets that this is inside of.
    inside: Option<usize>,
    depth: usize,
}

impl<'t> Veil<'t> {
    /// A bracket or a comma; gives what is behind it.
    fn mark(&mut self, from: &'t str) -> &'t str {
        let (mark, behind) = from.split_at(1);
        match mark {
            "{" | "[" => {
                self.depth = self.depth.saturating_add(1);
                if self.inside.is_none() && self.key.is_some_and(|key| SECRETS.contains(&key)) {
                    self.inside = Some(self.depth);
                }
            }
            "}" | "]" => {
                if self.inside == Some(self.depth) {
                    self.inside = None;
                }
                self.depth = self.depth.saturating_sub(1);
            }
            _ => {}
        }
        self.key = None;
        self.out.push_str(mark);
        behind
    }

    /// A string, of which `behind` is what follows its first quote; gives what is behind the string.
    fn string(&mut self, behind: &'t str) -> &'t str {
        let end = end_of_string(behind);
        let (content, rest) = behind.split_at(end);
        let after = rest.strip_prefix('"').unwrap_or(rest);
        self.out.push('"');
        if after.trim_start().starts_with(':') {
            self.key = Some(content);
            self.out.push_str(content);
        } else if self.is_secret(content) {
            self.out.push_str(&"*".repeat(content.len()));
        } else {
            self.out.push_str(content);
        }
        if rest.starts_with('"') {
            self.out.push('"');
        }
        after
    }

    fn is_secret(&self, content: &str) -> bool {
        self.inside.is_some() || self.key == Some(SECRET) || SIGNED.iter().any(|mark| content.contains(mark))
    }
}

/// The length of a string up to its closing quote, or to the end of the line where it has none.
fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\n' => return at,
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at,
            _ => {}
        }
    }
    text.len()
}

/// The same of YAML, whose blocks are told by how far in they stand.
pub(crate) fn covered_yaml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut block = None;
    for line in text.split_inclusive('\n') {
        let inner = line.trim_start().trim_start_matches("- ");
        let indent = line.len().saturating_sub(line.trim_start().len());
        let key = inner.split(':').next().unwrap_or_default();
        block = block.filter(|start| indent > *start || inner.is_empty());
        let opens = SECRETS.contains(&key);
        let is_secret = block.is_some() || opens || key == SECRET;
        let has_key = opens || block.is_none() || inner.contains(": ");
        let clear = line.find(':').filter(|_| has_key).map_or(0, |at| at.saturating_add(1));
        if is_secret || SIGNED.iter().any(|mark| line.contains(mark)) {
            cover(line, clear, &mut out);
        } else {
            out.push_str(line);
        }
        block = block.or(opens.then_some(indent));
    }
    out
}

/// A line of which only the beginning and the white space stay.
fn cover(line: &str, clear: usize, out: &mut String) {
    let (shown, hidden) = line.split_at_checked(clear).unwrap_or(("", line));
    out.push_str(shown);
    for character in hidden.chars() {
        match character {
            ' ' | '\t' | '\r' | '\n' => out.push(character),
            other => out.push_str(&"*".repeat(other.len_utf8())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{covered, covered_yaml};

    #[test]
    fn blocks_of_variables_are_covered_in_place() {
        let text = "Configuration:
  Environment:
    Variables:
      TOKEN: hunter2
      LONG: |
        hunter2 ä
      FLOW: {a: hunter2}

      \"hunter2
  Handler: app.handler
  Code:
    Location: https://x/hunter2
  - Environment: {Variables: {A: hunter2,
      hunter2}}
  More: https://x/?X-Amz-Signature=hunter2
  Last: shown
";
        let shown = covered_yaml(text);
        assert!(!shown.contains("hunter2"), "{shown}");
        assert_eq!(shown.len(), text.len());
        for clear in ["      TOKEN: ", "  Handler: app.handler\n", "    Location: *", "  Last: shown\n"] {
            assert!(shown.contains(clear), "{clear}: {shown}");
        }
    }

    #[test]
    fn addresses_and_variables_are_covered_in_place() {
        let text = r#"{"Code": {"Location": "https://x/?a=1"}, "Environment": {"Variables": {"TOKEN": "aä\"b"}}, "Handler": "a.b"}"#;
        let shown = covered(text);
        assert_eq!(shown.len(), text.len());
        assert!(shown.contains(r#""Location": "**************""#), "{shown}");
        assert!(shown.contains(r#""TOKEN": "******""#), "{shown}");
        assert!(shown.contains(r#""Handler": "a.b""#), "{shown}");
    }

    #[test]
    fn signed_addresses_are_covered_everywhere() {
        let shown = covered(r#"["https://b.s3.amazonaws.com/k?X-Amz-Signature=abc", "plain"]"#);
        assert!(!shown.contains("abc") && shown.contains("plain"), "{shown}");
    }

    #[test]
    fn a_broken_text_gives_nothing_away() {
        for text in [
            "{\"Location\": \"https://x/secret\n, \"Handler\": \"a\"",
            "{\"Variables\": {\"A\": \"secret\", \"B\": \"secret",
            "{\"Variables\": {\"A\" : [\"secret\"], ,",
        ] {
            let shown = covered(text);
            assert!(!shown.contains("secret"), "{shown}");
            assert_eq!(shown.len(), text.len());
        }
    }
}
