//! How deeply a source may be nested, told from its characters before it is parsed: a tree of a million levels costs gigabytes.

/// Open brackets inside one another; Python itself refuses more than 200.
const DEEPEST: usize = 1000;

/// Words and operators in a row that each nest what follows.
const LONGEST_CHAIN: usize = 20_000;

/// Whether the tree of a source is of a size that people write. Brackets in strings count too, so a bound may be told too early.
pub(super) fn is_bounded(text: &str) -> bool {
    let mut depth = 0usize;
    let mut chain = 0usize;
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth = depth.saturating_add(1),
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'-' | b'+' | b'~' | b'*' => chain = chain.saturating_add(1),
            _ => {}
        }
        // what separates statements and elements ends a chain
        if matches!(byte, b',' | b';') || (byte == b'\n' && depth == 0) {
            chain = 0;
        }
        if depth > DEEPEST || chain > LONGEST_CHAIN {
            return false;
        }
    }
    longest_run_of_words(text) <= LONGEST_CHAIN
}

/// The most words of one line that each nest what follows.
fn longest_run_of_words(text: &str) -> usize {
    let count = |line: &str| {
        ["not ", "lambda", " else ", "await "].iter().map(|word| line.matches(word).count()).sum::<usize>()
    };
    text.lines().map(count).max().unwrap_or_default()
}
