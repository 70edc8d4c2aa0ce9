//! A text that was pasted from a log, made plain: no colours, no JSON around it, one kind of quote and of blank.

use serde_json::Value;

/// Bytes of a pasted text that are looked at.
const LONGEST: usize = 256 << 10;

/// Objects inside of texts of objects that are opened.
const DEEPEST: usize = 3;

/// Keys of JSON logs whose values are joined as a log shows them: the kind of an error before its words.
const KINDS: [&str; 4] = ["errorType", "error_type", "code", "name"];
const WORDS: [&str; 4] = ["errorMessage", "error_message", "message", "msg"];

/// The pasted text, and behind it every text that JSON in it holds.
pub(super) fn unwrapped(pasted: &str) -> String {
    let end = pasted.char_indices().map(|(at, _)| at).take_while(|at| *at <= LONGEST).last().unwrap_or(0);
    let pasted = if pasted.len() > LONGEST { pasted.get(..end).unwrap_or_default() } else { pasted };
    let text = without_colours(pasted);
    let mut out = text.clone();
    open(&text, DEEPEST, &mut out);
    // a piece of JSON that was cut cannot be parsed: its escapes are undone
    out.push('\n');
    out.push_str(
        &text.replace("\\\"", "\"").replace("\\n", "\n").replace("\\t", " ").replace("\\u0027", "'"),
    );
    out
}

/// Lower case, with quotes and blanks of one kind.
pub(super) fn plain(text: &str) -> String {
    let quote = |c: char| matches!(c, '`' | '\'' | '"' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}');
    let quoted = text.replace(quote, "'");
    quoted.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Leaves out the escape sequences of terminals.
fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\u{1b}' {
            out.push(c);
            continue;
        }
        if rest.next() == Some('[') {
            // up to the letter that ends the sequence
            let _ = rest.by_ref().find(char::is_ascii_alphabetic);
        }
    }
    out
}

/// Adds what the JSON objects of a text hold.
fn open(text: &str, depth: usize, out: &mut String) {
    if depth == 0 {
        return;
    }
    for line in text.lines().chain([text]) {
        let Some(json) = line.find('{').and_then(|at| line.get(at..)) else { continue };
        let Some(Ok(value)) = serde_json::Deserializer::from_str(json).into_iter::<Value>().next() else {
            continue;
        };
        gather(&value, depth, out);
    }
}

fn gather(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::String(text) => {
            out.push('\n');
            out.push_str(text);
            open(text, depth.saturating_sub(1), out);
        }
        Value::Array(list) => list.iter().for_each(|one| gather(one, depth, out)),
        Value::Object(map) => {
            let of = |keys: &[&str]| keys.iter().find_map(|key| map.get(*key).and_then(Value::as_str));
            if let (Some(kind), Some(words)) = (of(&KINDS), of(&WORDS)) {
                out.push_str(&format!("\n{kind}: {words}"));
            }
            map.values().for_each(|one| gather(one, depth, out));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_colours_and_quotes_are_taken_off() {
        let text = unwrapped("\u{1b}[31mx {\"errorType\":\"A\",\"errorMessage\":\"b \\\"c\\\"\"}\u{1b}[0m");
        assert!(plain(&text).contains("a: b 'c'"), "{text}");
        assert_eq!(plain("No module\u{a0} named \u{2018}X\u{2019}"), "no module named 'x'");
        // JSON in JSON, and a piece that was cut
        let text = unwrapped(r#"{"message":"{\"errorMessage\":\"inner\"}"}"#);
        assert!(text.contains("\ninner"));
        assert!(unwrapped(r#"...essage\":\"No module named 'x'\nRequire"#).contains("No module named 'x'\n"));
        assert!(unwrapped(&"{\"a\":".repeat(100_000)).len() > 100);
    }
}
