//! How deeply a source may be nested, told from its characters before the parser recurses into it.
//!
//! The parser descends recursively and has no bound of its own. Here an upper bound of its depth is counted: open brackets, and inside
//! each the operators and keywords that a further expression or statement may follow. Where the meaning of a character cannot be told
//! without parsing (a `/` after `}`), nothing is taken for closed any more, so the bound stays one.

/// Bytes of stack that reading a module may take.
pub const STACK: usize = 512 << 20;

/// Levels that fit into [`STACK`]: the parser takes at most 4 KiB for one (measured: 2.2 KiB), walking the tree as much again.
const DEEPEST: u64 = 60_000;

/// Brackets inside one another. Below this, looking ahead for arrow functions (quadratic in depth) costs nothing that is noticed.
const MOST_OPEN: usize = 1000;

/// The sum over all brackets of how many are open around them, where that is more than people or bundlers write.
const MOST_WORK: u64 = 20_000_000;

/// Words, strings and other characters that a source may be made of. A tree takes up to 48 bytes for each (measured).
const MOST_TOKENS: u64 = 5_000_000;

/// Words that an expression or a statement follows.
const PREFIXES: [&[u8]; 17] = [
    b"typeof", b"void", b"delete", b"await", b"yield", b"new", b"if", b"for", b"while", b"with", b"do",
    b"else", b"async", b"class", b"extends", b"import", b"throw",
];

/// Words after which a `/` begins a regular expression.
const BEFORE_REGEX: [&[u8]; 13] = [
    b"return",
    b"typeof",
    b"case",
    b"do",
    b"else",
    b"in",
    b"instanceof",
    b"new",
    b"void",
    b"delete",
    b"throw",
    b"default",
    b"extends",
];

/// What the last token was, as far as a following `/` asks.
#[derive(Clone, Copy, PartialEq)]
enum Last {
    /// An operator, `(`, `,`, a keyword: a regular expression follows.
    Operator,
    /// A name, a number, `]`, a string: a division follows.
    Value,
    /// `}`, `++`, a word that may be both.
    Either,
}

struct Frame {
    /// Tokens in it that may be open at the same time.
    own: u64,
    /// Those that a `;` does not close.
    kept: u64,
    /// The parenthesis belongs to `if`, `while`, `for` or `with`: an expression begins after it.
    head: bool,
    /// It is `${` of a template.
    template: bool,
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    frames: Vec<Frame>,
    /// The sum of what the frames count.
    sum: u64,
    last: Last,
    /// The last word was `if`, `while`, `for` or `with`.
    head_word: bool,
    /// The last token was a `.`: what follows is a name, whatever it spells.
    dot: bool,
    /// Something could not be told: from here on nothing is closed.
    lost: bool,
    work: u64,
    tokens: u64,
    deepest: u64,
}

/// Whether the parser can read a source within [`STACK`], and in memory that every machine has.
pub(super) fn is_bounded(text: &str) -> bool {
    let root = Frame { own: 0, kept: 0, head: false, template: false };
    let mut scan = Scan {
        text: text.as_bytes(),
        at: 0,
        frames: vec![root],
        sum: 0,
        last: Last::Operator,
        head_word: false,
        dot: false,
        lost: false,
        work: 0,
        tokens: 0,
        deepest: 0,
    };
    while scan.at < scan.text.len() {
        scan.step();
        if scan.is_too_much() {
            return false;
        }
    }
    true
}

impl Scan<'_> {
    fn is_too_much(&self) -> bool {
        self.deepest > DEEPEST
            || self.work > MOST_WORK
            || self.tokens > MOST_TOKENS
            || self.frames.len() > MOST_OPEN
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.text.get(self.at.saturating_add(ahead)).copied().unwrap_or_default()
    }

    fn skip(&mut self, count: usize) {
        self.at = self.at.saturating_add(count);
    }

    fn step(&mut self) {
        let blank = matches!(self.byte(0), b' ' | b'\t' | b'\r' | b'\n');
        self.tokens = self.tokens.saturating_add(u64::from(!blank));
        match self.byte(0) {
            // what is a string and what is not cannot be told any more: everything counts
            b'"' | b'\'' | b'`' | b'/' | b'\\' | 0x80.. | b')' | b']' | b'}' | b';' | b',' if self.lost => {
                self.skip(1);
            }
            b' ' | b'\t' | b'\r' | b'\n' => self.skip(1),
            b'"' | b'\'' => self.string(self.byte(0)),
            b'`' => self.template(),
            b'/' => self.slash(),
            b'(' | b'[' | b'{' => self.open(false),
            b')' | b']' | b'}' => self.close(),
            b';' | b',' => self.separator(),
            b'\\' => self.lose(),
            b'<' if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(b"<!--")) => self.lose(),
            b'-' if self.is_closing_comment() => self.lose(),
            byte if is_word(byte) => self.word(),
            0x80.. => self.foreign(),
            byte => self.operator(byte),
        }
    }

    /// `-->` is a comment at the beginning of a line, and two operators elsewhere.
    fn is_closing_comment(&self) -> bool {
        let before = self.text.get(..self.at).unwrap_or_default();
        let last = before.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t'));
        self.text.get(self.at..).is_some_and(|rest| rest.starts_with(b"-->"))
            && matches!(last, None | Some(b'\n' | b'\r' | b'/' | 0x80..))
    }

    /// A byte beyond ASCII is part of a name, or white space: which of them is not told.
    fn foreign(&mut self) {
        self.lost |= self.head_word;
        self.last = Last::Either;
        self.skip(1);
    }

    fn lose(&mut self) {
        self.lost = true;
        self.skip(1);
    }

    /// Something that may be open at the same time as all that is counted.
    fn nest(&mut self, kept: bool) {
        if let Some(frame) = self.frames.last_mut() {
            let count = if kept { &mut frame.kept } else { &mut frame.own };
            *count = count.saturating_add(1);
        }
        self.sum = self.sum.saturating_add(1);
        self.deepest = self.deepest.max(self.sum);
    }

    fn open(&mut self, template: bool) {
        self.nest(true);
        let head = self.head_word && self.byte(0) == b'(';
        if self.lost {
            self.nest(true);
        } else {
            self.frames.push(Frame { own: 0, kept: 0, head, template });
        }
        if self.frames.len() > 64 {
            self.work = self.work.saturating_add(u64::try_from(self.frames.len()).unwrap_or(u64::MAX));
        }
        self.last = Last::Operator;
        self.head_word = false;
        self.dot = false;
        self.skip(1);
    }

    fn close(&mut self) {
        let parenthesis = self.byte(0) == b')';
        let bracket = self.byte(0) == b']';
        self.skip(1);
        self.head_word = false;
        if self.lost {
            return;
        }
        if self.frames.len() < 2 {
            self.lost = true;
            return;
        }
        let Some(frame) = self.frames.pop() else { return };
        self.sum = self.sum.saturating_sub(frame.own.saturating_add(frame.kept)).saturating_sub(1);
        if let Some(outer) = self.frames.last_mut() {
            outer.kept = outer.kept.saturating_sub(1);
        }
        self.last = match (parenthesis, bracket) {
            (true, _) if frame.head => Last::Operator,
            (true, _) | (_, true) => Last::Value,
            _ => Last::Either,
        };
        if frame.template {
            self.template_rest();
        }
    }

    fn separator(&mut self) {
        if !self.lost
            && let Some(frame) = self.frames.last_mut()
        {
            self.sum = self.sum.saturating_sub(frame.own);
            frame.own = 0;
        }
        self.last = Last::Operator;
        self.head_word = false;
        self.skip(1);
    }

    fn word(&mut self) {
        let start = self.at;
        while is_word(self.byte(0)) {
            self.skip(1);
        }
        let word = self.text.get(start..self.at).unwrap_or_default();
        let property = std::mem::take(&mut self.dot);
        let head = matches!(word, b"if" | b"while" | b"for" | b"with");
        self.head_word = !property && (head || (self.head_word && word == b"await"));
        if !property && PREFIXES.contains(&word) {
            self.nest(matches!(word, b"else" | b"do"));
        }
        self.last = match word {
            _ if property => Last::Value,
            b"yield" | b"await" | b"of" | b"let" | b"async" => Last::Either,
            _ if BEFORE_REGEX.contains(&word) => Last::Operator,
            _ => Last::Value,
        };
    }

    fn operator(&mut self, byte: u8) {
        let twice = byte == self.byte(1) && matches!(byte, b'+' | b'-');
        if matches!(byte, b'!' | b'~' | b'+' | b'-' | b'?' | b'=' | b':' | b'*' | b'<' | b'|' | b'&' | b'@') {
            self.nest(false);
        }
        // `for await (`, `a.b?.(`: what stands between a word and its parenthesis ends the word
        self.head_word = false;
        // `1./2` divides
        self.last = if twice || byte == b'.' { Last::Either } else { Last::Operator };
        self.dot = byte == b'.' && self.byte(1) != b'.';
        self.skip(if twice { 2 } else { 1 });
    }

    fn slash(&mut self) {
        match (self.byte(1), self.last) {
            (b'/', _) => self.line_comment(),
            (b'*', _) => self.block_comment(),
            (_, Last::Value) => self.operator(b'/'),
            (_, Last::Operator) => self.regex(),
            (_, Last::Either) => self.lose(),
        }
    }

    fn line_comment(&mut self) {
        while self.at < self.text.len() && self.byte(0) != b'\n' {
            // the other ends of a line: a carriage return, U+2028, U+2029
            if self.byte(0) == b'\r'
                || (self.byte(0) == 0xe2 && self.byte(1) == 0x80 && self.byte(2) & 0xfe == 0xa8)
            {
                return;
            }
            self.skip(1);
        }
    }

    fn block_comment(&mut self) {
        self.skip(2);
        while self.at < self.text.len() && !(self.byte(0) == b'*' && self.byte(1) == b'/') {
            self.skip(1);
        }
        self.skip(2);
    }

    /// A string that does not end on its line ends the parse with an error there.
    fn string(&mut self, quote: u8) {
        self.skip(1);
        while self.at < self.text.len() && self.byte(0) != quote {
            if self.byte(0) == b'\n' {
                self.lost = true;
                break;
            }
            self.skip(if self.byte(0) == b'\\' { 2 } else { 1 });
        }
        self.skip(1);
        self.last = Last::Value;
        self.head_word = false;
    }

    fn template(&mut self) {
        self.skip(1);
        self.template_rest();
    }

    fn template_rest(&mut self) {
        while self.at < self.text.len() {
            match self.byte(0) {
                b'`' => break,
                b'$' if self.byte(1) == b'{' => {
                    self.skip(1);
                    return self.open(true);
                }
                b'\\' => self.skip(2),
                _ => self.skip(1),
            }
        }
        self.skip(1);
        self.last = Last::Value;
        self.head_word = false;
    }

    fn regex(&mut self) {
        self.skip(1);
        let mut class = false;
        while self.at < self.text.len() && (class || self.byte(0) != b'/') {
            match self.byte(0) {
                b'\n' => {
                    self.lost = true;
                    break;
                }
                b'[' => class = true,
                b']' => class = false,
                _ => {}
            }
            self.skip(if self.byte(0) == b'\\' { 2 } else { 1 });
        }
        self.skip(1);
        self.last = Last::Value;
        self.head_word = false;
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte == b'#'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_bounded() {
        let chain = "if (a) { b } else ".repeat(500) + "c";
        let sum = vec!["a"; 5000].join(" + ");
        let nested = "(".repeat(200) + &")".repeat(200);
        let statements = "const a = b ? c : d;\n".repeat(100_000);
        for text in
            [chain, sum, nested, statements, "a = /[/(({]/; b = a / 2 / 3 ; c = `${`${d}`}`".to_owned()]
        {
            assert!(is_bounded(&text), "{}", text.get(..40).unwrap_or(&text));
        }
    }

    #[test]
    fn what_would_exhaust_the_stack_is_not() {
        let units = [
            "(",
            "[",
            "{",
            "!",
            "a=>",
            "a?",
            "if(a)",
            "if(a);else ",
            "new ",
            "`${",
            "({a=",
            "a:",
            "(function(){",
        ];
        for unit in units {
            assert!(!is_bounded(&unit.repeat(100_000)), "{unit}");
        }
        // closing brackets that are none: in strings, comments, templates and regular expressions
        for unit in ["(')',", "(/*)*/", "[`]`,", "[/]]]/,", "(a//)\n,", "{}/(/[')','/'", "(\")\",'\\')',"] {
            assert!(!is_bounded(&unit.repeat(100_000)), "{unit}");
        }
    }
}
