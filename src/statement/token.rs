//! PostgreSQL's lexical rules, over bytes.
//!
//! In: text. Out: [`Token`]s that lie end to end over all of it, so that nothing is lost. The rules
//! are those of the server's and psql's scanners (`scan.l`, `psqlscan.l`, 14 to 18) with
//! `standard_conforming_strings` on. Linear, without recursion, without copying.

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// White space.
    Space,
    /// `-- …` up to the end of the line.
    LineComment,
    /// `/* … */`, nested.
    BlockComment,
    /// A keyword or an unquoted identifier.
    Word,
    /// `"…"`.
    QuotedName,
    /// `U&"…"`.
    UnicodeName,
    /// `'…'`, also with `B`, `X`, `N` or `U&` before it.
    Text,
    /// `E'…'`, and its continuation on a later line.
    EscapedText,
    /// `$tag$ … $tag$`.
    DollarText,
    /// A number, with whatever letters run on from it.
    Number,
    /// `$1`.
    Parameter,
    /// A run of operator characters, cut where a comment starts; `::` and `:=`.
    Operator,
    /// Any other single character: `( ) [ ] , ; . : \ {`, or one that no rule knows.
    Mark(u8),
    /// A quote or comment whose end is missing; reaches to the end of the text.
    Unterminated(Unterminated),
}

/// What has no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unterminated {
    Text,
    Name,
    DollarText,
    Comment,
}

/// One token and where it stands, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Token {
    pub(super) fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// Whether the server sees the token at all.
    pub(super) fn is_trivia(self) -> bool {
        matches!(self.kind, TokenKind::Space | TokenKind::LineComment | TokenKind::BlockComment)
    }

    /// Whether the token is a string constant in any of its forms, or the start of one.
    pub(super) fn is_text(self) -> bool {
        matches!(
            self.kind,
            TokenKind::Text
                | TokenKind::EscapedText
                | TokenKind::DollarText
                | TokenKind::Unterminated(Unterminated::Text | Unterminated::DollarText)
        )
    }

    pub(super) fn is_mark(self, mark: u8) -> bool {
        self.kind == TokenKind::Mark(mark)
    }
}

/// Reads tokens one after the other.
#[derive(Clone)]
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Whether a quote now would continue an `E'…'`: only white space with a line break and line
    /// comments stood since.
    continues: Continuation,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Continuation {
    No,
    /// An escaped string has ended on this line.
    SameLine,
    /// … and a line break came since.
    NextLine,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self::starting_at(text, 0)
    }

    /// Reads from the byte offset `at`, which must be where a token starts.
    pub(super) fn starting_at(text: &'a str, at: usize) -> Self {
        Self { bytes: text.as_bytes(), at, continues: Continuation::No }
    }

    fn peek(&self, ahead: usize) -> u8 {
        // NUL stands for the end; no rule below matches it.
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn run(&self, from: usize, belongs: impl Fn(u8) -> bool) -> usize {
        self.bytes[from..]
            .iter()
            .position(|&b| !belongs(b))
            .map_or(self.bytes.len(), |length| from + length)
    }

    /// The kind of the token at `self.at`, and where it ends.
    fn token_here(&self) -> (TokenKind, usize) {
        let (at, next) = (self.at, self.peek(1));
        match self.bytes[at] {
            b if is_space(b) => (TokenKind::Space, self.run(at, is_space)),
            b'\'' if self.continues == Continuation::NextLine => self.escaped(at + 1),
            b'\'' => self.quoted(at + 1, b'\'', TokenKind::Text, Unterminated::Text),
            b'e' | b'E' if next == b'\'' => self.escaped(at + 2),
            b'n' | b'N' if next == b'\'' => {
                self.quoted(at + 2, b'\'', TokenKind::Text, Unterminated::Text)
            }
            b'b' | b'B' | b'x' | b'X' if next == b'\'' => self.bits(at + 2),
            b'u' | b'U' if next == b'&' && self.peek(2) == b'\'' => {
                self.quoted(at + 3, b'\'', TokenKind::Text, Unterminated::Text)
            }
            b'u' | b'U' if next == b'&' && self.peek(2) == b'"' => {
                self.quoted(at + 3, b'"', TokenKind::UnicodeName, Unterminated::Name)
            }
            b if is_word_start(b) => (TokenKind::Word, self.run(at, is_word)),
            b'"' => self.quoted(at + 1, b'"', TokenKind::QuotedName, Unterminated::Name),
            b'-' if next == b'-' => (TokenKind::LineComment, self.run(at, |b| b != b'\n')),
            b'/' if next == b'*' => self.block_comment(),
            b'0'..=b'9' => (TokenKind::Number, self.number(at)),
            b'.' if next.is_ascii_digit() => (TokenKind::Number, self.number(at)),
            b'$' if next.is_ascii_digit() => {
                (TokenKind::Parameter, self.run(at + 1, |b| b.is_ascii_digit()))
            }
            b'$' => self.dollar(),
            b':' if matches!(next, b':' | b'=') => (TokenKind::Operator, at + 2),
            b if is_operator(b) => (TokenKind::Operator, self.operator()),
            b => (TokenKind::Mark(b), at + 1),
        }
    }

    /// Up to the closing `quote`; a doubled one stands for itself.
    fn quoted(
        &self,
        mut at: usize,
        quote: u8,
        kind: TokenKind,
        missing: Unterminated,
    ) -> (TokenKind, usize) {
        loop {
            at = self.run(at, |b| b != quote);
            match (self.bytes.get(at), self.bytes.get(at + 1)) {
                (None, _) => return (TokenKind::Unterminated(missing), at),
                (_, Some(&next)) if next == quote => at += 2,
                _ => return (kind, at + 1),
            }
        }
    }

    /// A bit string, in which a doubled quote means nothing.
    fn bits(&self, at: usize) -> (TokenKind, usize) {
        match self.run(at, |b| b != b'\'') {
            end if end == self.bytes.len() => (TokenKind::Unterminated(Unterminated::Text), end),
            end => (TokenKind::Text, end + 1),
        }
    }

    /// As [`Self::quoted`], where a backslash also takes the byte after it.
    fn escaped(&self, mut at: usize) -> (TokenKind, usize) {
        loop {
            at = self.run(at, |b| b != b'\'' && b != b'\\');
            match (self.bytes.get(at), self.bytes.get(at + 1)) {
                (None, _) | (Some(b'\\'), None) => {
                    let end = self.bytes.len();
                    return (TokenKind::Unterminated(Unterminated::Text), end);
                }
                (Some(b'\\'), _) | (_, Some(b'\'')) => at += 2,
                _ => return (TokenKind::EscapedText, at + 1),
            }
        }
    }

    fn block_comment(&self) -> (TokenKind, usize) {
        let (mut at, mut depth) = (self.at + 2, 1_usize);
        while depth > 0 {
            at = self.run(at, |b| b != b'*' && b != b'/');
            match (self.bytes.get(at), self.bytes.get(at + 1)) {
                (None, _) => return (TokenKind::Unterminated(Unterminated::Comment), at),
                (Some(b'*'), Some(b'/')) => (at, depth) = (at + 2, depth - 1),
                (Some(b'/'), Some(b'*')) => (at, depth) = (at + 2, depth + 1),
                _ => at += 1,
            }
        }
        (TokenKind::BlockComment, at)
    }

    /// A number with the letters that run on from it, so that `1e+5`, `0x1F` and `1_000` are one.
    fn number(&self, at: usize) -> usize {
        let end = self.run(at, |b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.');
        let exponent = matches!(self.bytes[end - 1], b'e' | b'E')
            && matches!(self.bytes.get(end), Some(b'+' | b'-'))
            && self.bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if exponent { self.run(end + 1, |b| b.is_ascii_digit()) } else { end }
    }

    /// A dollar-quoted string, or a lone `$`.
    fn dollar(&self) -> (TokenKind, usize) {
        let name = self.at + 1;
        let opened = self.run(name, |b| b != b'$' && is_word(b));
        let starts_well = opened == name || is_word_start(self.bytes[name]);
        if self.bytes.get(opened) != Some(&b'$') || !starts_well {
            return (TokenKind::Mark(b'$'), name);
        }
        let delimiter = &self.bytes[self.at..=opened];
        let mut at = opened + 1;
        loop {
            at = self.run(at, |b| b != b'$');
            if at == self.bytes.len() {
                return (TokenKind::Unterminated(Unterminated::DollarText), at);
            }
            if self.bytes[at..].starts_with(delimiter) {
                return (TokenKind::DollarText, at + delimiter.len());
            }
            at += 1;
        }
    }

    fn operator(&self) -> usize {
        let end = self.run(self.at, is_operator);
        let comment = |pair: &[u8]| pair == b"--" || pair == b"/*";
        self.bytes[self.at..end].windows(2).position(comment).map_or(end, |length| self.at + length)
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let start = self.at;
        if start >= self.bytes.len() {
            return None;
        }
        let (kind, end) = self.token_here();
        self.at = end;
        self.continues = match (kind, self.continues) {
            (TokenKind::EscapedText, _) => Continuation::SameLine,
            (TokenKind::Space, Continuation::SameLine)
                if self.bytes[start..end].contains(&b'\n') =>
            {
                Continuation::NextLine
            }
            (TokenKind::Space | TokenKind::LineComment, unchanged) => unchanged,
            _ => Continuation::No,
        };
        Some(Token { kind, start, end })
    }
}

fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

fn is_word_start(b: u8) -> bool {
    b.is_ascii_alphabetic() || b == b'_' || b >= 0x80
}

fn is_word(b: u8) -> bool {
    is_word_start(b) || b.is_ascii_digit() || b == b'$'
}

fn is_operator(b: u8) -> bool {
    matches!(
        b,
        b'~' | b'!'
            | b'@'
            | b'#'
            | b'^'
            | b'&'
            | b'|'
            | b'`'
            | b'?'
            | b'+'
            | b'-'
            | b'*'
            | b'/'
            | b'%'
            | b'<'
            | b'>'
            | b'='
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(sql: &str) -> Vec<&str> {
        Lexer::new(sql)
            .filter(|token| !token.is_trivia())
            .map(|token| &sql[token.range()])
            .collect()
    }

    fn last(sql: &str) -> TokenKind {
        Lexer::new(sql).last().unwrap().kind
    }

    #[test]
    fn quotes_follow_the_server() {
        assert_eq!(texts(r"'a''b\' x"), [r"'a''b\'", "x"]);
        assert_eq!(texts(r"E'a\'b' x"), [r"E'a\'b'", "x"]);
        assert_eq!(texts(r"name'a\'"), ["name", r"'a\'"]);
        assert_eq!(texts(r#"U&'\' u&"a""b" x"#), [r"U&'\'", r#"u&"a""b""#, "x"]);
        assert_eq!(texts("$a$ $b$ $$ $a$x"), ["$a$ $b$ $$ $a$", "x"]);
        assert_eq!(texts("a$b$ $1$$;$$"), ["a$b$", "$1", "$$;$$"]);
        assert_eq!(texts("$é$;$é$ $1a$"), ["$é$;$é$", "$1", "a$"]);
    }

    #[test]
    fn an_escaped_string_goes_on_after_a_line_break() {
        assert_eq!(texts("E'a' -- c\n 'b\\' ;' x"), ["E'a'", "'b\\' ;'", "x"]);
        assert_eq!(texts("E'a' 'b\\' ;"), ["E'a'", "'b\\'", ";"]);
        assert_eq!(texts("E'a' /* */\n'b\\' ;"), ["E'a'", "'b\\'", ";"]);
    }

    #[test]
    fn comments_nest_and_cut_operators() {
        assert_eq!(texts("a /* /* ; */ ' */ b"), ["a", "b"]);
        assert_eq!(texts("1 +--;\n2 */* x */3"), ["1", "+", "2", "*", "3"]);
        assert_eq!(texts("a <-1 1e-5 1..2"), ["a", "<-", "1", "1e-5", "1..2"]);
    }

    #[test]
    fn a_letter_that_belongs_to_a_string_is_one_token_with_it() {
        assert_eq!(texts("B'1' b '1'"), ["B'1'", "b", "'1'"]);
        assert_eq!(texts("x'f''\\' n'a''b'"), ["x'f'", "'\\'", "n'a''b'"]);
        assert_eq!(texts("a::b a:=b a[1:b]").len(), 3 + 3 + 6);
    }

    #[test]
    fn what_has_no_end_says_what_it_is() {
        let missing = |what| TokenKind::Unterminated(what);
        assert_eq!(last("'a''"), missing(Unterminated::Text));
        assert_eq!(last(r"E'\'"), missing(Unterminated::Text));
        assert_eq!(last(r"E'\"), missing(Unterminated::Text));
        assert_eq!(last("\"a\"\""), missing(Unterminated::Name));
        assert_eq!(last("$a$ $A$"), missing(Unterminated::DollarText));
        assert_eq!(last("/* /* */"), missing(Unterminated::Comment));
    }

    proptest! {
        #[test]
        fn tokens_lie_end_to_end(text in any::<String>()) {
            let mut at = 0;
            for token in Lexer::new(&text) {
                prop_assert_eq!(token.start, at);
                prop_assert!(token.end > at);
                prop_assert!(text.is_char_boundary(token.end));
                at = token.end;
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
