//! How deeply a source may be nested, told from its tokens before it is parsed: a tree of a million levels costs gigabytes, and taking
//! it down again overflows every stack.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// Open brackets inside one another; Python itself refuses more than 200.
const DEEPEST: usize = 1000;

/// Levels of a tree: operators, calls and names in a row that each nest what stands before or behind them.
const MOST_LEVELS: usize = 20_000;

/// Words, strings and other characters that a source may be made of. A tree takes up to 94 bytes for each (measured).
const MOST_TOKENS: usize = 2_000_000;

/// Whether the tree of a source is of a size that people write. What is wrongly bracketed may be told too early.
pub(super) fn is_bounded(text: &str) -> bool {
    let mut tokens = lexer::lex(text, Mode::Module);
    let mut levels = Levels::default();
    for _ in 0..MOST_TOKENS {
        let token = tokens.next_token();
        if token == TokenKind::EndOfFile {
            return true;
        }
        levels.take(token);
        if levels.are_too_many() {
            return false;
        }
    }
    false
}

/// The levels that the tree may have at a token, never fewer than it has.
#[derive(Default)]
struct Levels {
    blocks: usize,
    /// Brackets that are open, with what is in a row before each of them.
    open: Vec<(TokenKind, usize)>,
    /// What is in a row since the last separator of the innermost bracket.
    row: usize,
    /// The rows before all open brackets.
    below: usize,
    /// Of the statement: a comma inside of its parameters ends none.
    lambdas: usize,
}

impl Levels {
    fn are_too_many(&self) -> bool {
        let rows = [self.below, self.row, self.lambdas, self.open.len()];
        let all = rows.into_iter().fold(self.blocks, usize::saturating_add);
        self.open.len() > DEEPEST || all > MOST_LEVELS
    }

    fn take(&mut self, token: TokenKind) {
        use TokenKind as T;
        match token {
            T::Indent => self.blocks = self.blocks.saturating_add(1),
            T::Dedent => self.blocks = self.blocks.saturating_sub(1),
            T::Lpar => self.enter(T::Rpar),
            T::Lsqb => self.enter(T::Rsqb),
            T::Lbrace => self.enter(T::Rbrace),
            T::Rpar | T::Rsqb | T::Rbrace => self.leave(token),
            T::Comma => self.row = 0,
            T::Newline | T::Semi if self.open.is_empty() => (self.row, self.lambdas) = (0, 0),
            T::Lambda => self.lambdas = self.lambdas.saturating_add(1),
            T::Not | T::Await | T::Yield | T::If | T::Else | T::Dot | T::Tilde => self.continue_row(),
            one if one.as_binary_operator().is_some() => self.continue_row(),
            _ => {}
        }
    }

    fn continue_row(&mut self) {
        self.row = self.row.saturating_add(1);
    }

    fn enter(&mut self, closing: TokenKind) {
        self.open.push((closing, self.row));
        self.below = self.below.saturating_add(self.row);
        self.row = 0;
    }

    /// A bracket that closes another kind closes none: the parser may pass over it.
    fn leave(&mut self, closing: TokenKind) {
        if let Some((_, before)) = self.open.pop_if(|(expected, _)| *expected == closing) {
            self.below = self.below.saturating_sub(before);
            // what follows may call or index it
            self.row = before.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::STACK, *};

    /// What stands before, what is repeated, and what stands behind it.
    const SHAPES: [(&str, &str, &str); 24] = [
        ("a", ".b", ""),
        ("a", "()", ""),
        ("a", "[0, 1]", ""),
        ("a", "/b", ""),
        ("a", "|b", ""),
        ("a", "<<b", ""),
        ("a", "**b", ""),
        ("", "not\t", "a"),
        ("(", "not\n", "a)"),
        ("(", "~\\\n", "a)"),
        ("(", "await\n", "a)"),
        ("(", "lambda a, b:\n", "a)"),
        ("(a", " if b\nelse c", ")"),
        ("x = ", "- # )\n(", "1"),
        ("match a:\n case b", ".c", ": pass\n"),
        ("", "f(')', ", "a"),
        ("", "f( # )\n", "a"),
        ("", "f(a ], ", "a"),
        ("", "[\")\", {'}': (", "a"),
        ("", "f'{", "a"),
        ("f'{a", ":{a", "}'"),
        ("", "(\n", "a"),
        ("", "-", "a"),
        ("a", "(b)[c].d", ""),
    ];

    #[test]
    fn a_tree_without_an_end_is_not_made() {
        for (before, unit, behind) in SHAPES {
            let text = format!("{before}{}{behind}", unit.repeat(300_000));
            assert!(!is_bounded(&text), "{before}{unit}");
        }
        let deep: String = (0..MOST_LEVELS).map(|_| "\u{0c}if a:\n ").collect();
        assert!(is_bounded(&deep), "what does not go deeper is no block");
        assert!(!is_bounded(&"a\n".repeat(MOST_TOKENS)), "a tree of gigabytes");
    }

    #[test]
    fn what_is_just_within_the_bound_fits_into_the_stack() {
        let run = || {
            for (before, unit, behind) in SHAPES {
                let most =
                    (1..40).rev().map(|step| step * 500).find(|times| is_bounded(&unit.repeat(*times)));
                let text = format!("{before}{}{behind}", unit.repeat(most.unwrap_or_default()));
                let _ = super::super::read(text.as_bytes(), (3, 12));
            }
        };
        std::thread::Builder::new().stack_size(STACK).spawn(run).unwrap().join().unwrap();
    }

    #[test]
    fn what_people_write_is_read() {
        let rows: String =
            (0..50_000).map(|at| format!("    ('a.b', -{at}, not f(x)[{at}].y, lambda z: z),\n")).collect();
        assert!(
            !is_bounded(&format!("ROWS = [\n{rows}]\n")),
            "so many functions in one statement are nobody's"
        );
        let rows: String = (0..50_000).map(|at| format!("    ('a.b', -{at}, not f(x)[{at}].y),\n")).collect();
        assert!(is_bounded(&format!("ROWS = [\n{rows}]\n")));
        let lines: String =
            (0..50_000).map(|at| format!("a.b.c[{at}] = -x // 2 if y else [z for z in w]\n")).collect();
        assert!(is_bounded(&lines));
        let text = format!("DATA = '{}'\n", "+/).(".repeat(200_000));
        assert!(is_bounded(&text), "the inside of a string nests nothing");
    }
}
