//! Text that a build service may read for commands.
//!
//! The runner of GitHub takes a line that begins with `::`, after spaces, and `##[command]` anywhere in a line; that of Azure takes
//! `##vso[`. Names of packages and of entries stand in such lines, in every format that goes to a log.
//! Source: `actions/runner`, `src/Runner.Common/ActionCommand.cs`, as of 2026-11.

use crate::model::text::is_safe;

/// Text for people: the characters that make a command are written as escapes, as [`SafeText`](crate::model::text::SafeText) does.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let words = line.trim_start();
        let indent = line.get(..line.len().saturating_sub(words.len())).unwrap_or_default();
        out.push_str(indent);
        match words.strip_prefix("::") {
            Some(rest) => {
                out.push_str("\\u{3a}\\u{3a}");
                out.push_str(rest);
            }
            None => out.push_str(words),
        }
    }
    replaced(&out, "\\u{5b}")
}

/// JSON: the bracket of a command is written as an escape, which a reader turns back. It can only stand inside a string, and so can a
/// character that steers a terminal.
pub(super) fn json(text: &str) -> String {
    replaced(&escaped(text), "\\u005b")
}

fn escaped(text: &str) -> String {
    let steers = |c: char| c != '\n' && !is_safe(c);
    if !text.contains(steers) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) {
            let mut units = [0; 2];
            out.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}

fn replaced(text: &str, bracket: &str) -> String {
    text.replace("##[", &format!("##{bracket}")).replace("##vso[", &format!("##vso{bracket}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_steer_a_terminal_are_escaped_in_json() {
        let said = "a\u{202e}b\u{e0041}c\u{85}\n";
        let text = serde_json::to_string_pretty(&[said]).unwrap();
        let safe = json(&text);
        assert!(safe.is_ascii(), "{safe}");
        assert_eq!(serde_json::from_str::<[String; 1]>(&safe).unwrap(), [said]);
    }

    #[test]
    fn what_a_runner_takes_for_a_command_is_escaped() {
        assert_eq!(plain("a\n  ::add-mask::x\nb::c\n"), "a\n  \\u{3a}\\u{3a}add-mask::x\nb::c\n");
        assert_eq!(plain("x ##[error]y"), "x ##\\u{5b}error]y");
        assert_eq!(plain("###[x] ##vso[y]"), "###\\u{5b}x] ##vso\\u{5b}y]");
        assert_eq!(plain("# [x] src/a[0].py"), "# [x] src/a[0].py");
    }

    #[test]
    fn json_says_the_same_after_it_is_read() {
        let text = serde_json::to_string("x##[error]y ##vso[z] \\##[").unwrap();
        let safe = json(&text);
        assert!(!safe.contains("##[") && !safe.contains("##vso["), "{safe}");
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), "x##[error]y ##vso[z] \\##[");
    }
}
