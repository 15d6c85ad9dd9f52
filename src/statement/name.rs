//! Names as PostgreSQL reads them, and the one reader of tokens that the small grammars share.
//!
//! In: a statement's text. Out: [`QualifiedName`]s, folded and unescaped, and a [`Cursor`] that
//! walks over a statement's tokens.

use std::fmt;

use super::token::{Lexer, Token, TokenKind};

/// The name of an object, as the catalog has it: unquoted parts in lower case, quoted ones
/// without their quotes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QualifiedName {
    /// The schema, where the text names one.
    pub schema: Option<String>,
    /// The object's own name.
    pub name: String,
}

impl QualifiedName {
    /// Takes the last two of `parts`: a database before them can only be the current one.
    pub(super) fn of_parts(mut parts: Vec<String>) -> Option<Self> {
        let name = parts.pop()?;
        Some(Self { schema: parts.pop(), name })
    }
}

impl fmt::Display for QualifiedName {
    /// Writes the name as SQL, with quotes where they are needed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{}.", quoted(schema))?;
        }
        f.write_str(&quoted(&self.name))
    }
}

/// `name` as an identifier in SQL: in quotes, unless it is plain lower case and not a word that
/// the grammar reserves.
pub fn quoted(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && RESERVED.binary_search(&name).is_err();
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// `text` as a string in SQL, whatever `standard_conforming_strings` says.
pub fn literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if text.contains('\\') {
        format!("E'{}'", doubled.replace('\\', "\\\\"))
    } else {
        format!("'{doubled}'")
    }
}

/// The words that cannot name a table unquoted, sorted: the categories "reserved" and "reserved
/// (can be function or type)" of PostgreSQL 14 to 18 (`pg_get_keywords()`).
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];

/// Walks over the tokens of one statement that the server sees.
#[derive(Clone)]
pub(super) struct Cursor<'a> {
    sql: &'a str,
    rest: Lexer<'a>,
    next: Option<Token>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(sql: &'a str) -> Self {
        let mut cursor = Self { sql, rest: Lexer::new(sql), next: None };
        cursor.advance();
        cursor
    }

    pub(super) fn peek(&self) -> Option<Token> {
        self.next
    }

    pub(super) fn advance(&mut self) -> Option<Token> {
        let token = self.next;
        self.next = self.rest.find(|token| !token.is_trivia());
        token
    }

    pub(super) fn text(&self, token: Token) -> &'a str {
        &self.sql[token.range()]
    }

    /// Whether `token` is the unquoted word `word`.
    pub(super) fn is_word(&self, token: Token, word: &str) -> bool {
        token.kind == TokenKind::Word && self.text(token).eq_ignore_ascii_case(word)
    }

    /// Steps over `word`, if it comes next.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let found = self.next.is_some_and(|token| self.is_word(token, word));
        if found {
            self.advance();
        }
        found
    }

    /// Steps over `phrase`, if all of it comes next.
    pub(super) fn words(&mut self, phrase: &str) -> bool {
        let before = self.clone();
        let found = phrase.split(' ').all(|word| self.word(word));
        if !found {
            *self = before;
        }
        found
    }

    /// Steps over the character `mark`, if it comes next.
    pub(super) fn mark(&mut self, mark: u8) -> bool {
        let found = self.next.is_some_and(|token| token.is_mark(mark));
        if found {
            self.advance();
        }
        found
    }

    /// Steps over `( … )`, if it comes next.
    pub(super) fn parenthesised(&mut self) -> bool {
        if !self.mark(b'(') {
            return false;
        }
        let mut depth = 1_usize;
        while let Some(token) = self.advance() {
            match token.kind {
                TokenKind::Mark(b'(') => depth += 1,
                TokenKind::Mark(b')') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        true
    }

    /// Reads `[[database.]schema.]name`.
    pub(super) fn qualified_name(&mut self) -> Option<QualifiedName> {
        let mut parts = Vec::new();
        loop {
            let token = self.next?;
            parts.push(identifier(token.kind, self.text(token))?);
            self.advance();
            if !self.mark(b'.') {
                return QualifiedName::of_parts(parts);
            }
        }
    }

    /// Reads one name, which no reserved word is without quotes.
    pub(super) fn name(&mut self) -> Option<String> {
        let token = self.next?;
        let name = identifier(token.kind, self.text(token))?;
        let is_reserved =
            token.kind == TokenKind::Word && RESERVED.binary_search(&name.as_str()).is_ok();
        if is_reserved {
            return None;
        }
        self.advance();
        Some(name)
    }

    /// Reads names with commas between them; `None` if one is not a name.
    pub(super) fn qualified_names(&mut self) -> Option<Vec<QualifiedName>> {
        let mut names = Vec::new();
        loop {
            names.push(self.qualified_name()?);
            if !self.mark(b',') {
                return Some(names);
            }
        }
    }
}

/// The identifier that a token stands for: folded to lower case (ASCII only, as the server does
/// with UTF-8), or unescaped.
pub(super) fn identifier(kind: TokenKind, text: &str) -> Option<String> {
    match kind {
        TokenKind::Word => Some(text.to_ascii_lowercase()),
        TokenKind::QuotedName => Some(text[1..text.len() - 1].replace("\"\"", "\"")),
        TokenKind::UnicodeName => unicode(&text[3..text.len() - 1].replace("\"\"", "\"")),
        _ => None,
    }
}

/// Replaces `\XXXX`, `\+XXXXXX` and `\\`; `None` where an escape is malformed. Another escape
/// character (`UESCAPE`) is not looked for: such a name reads as it is written.
fn unicode(text: &str) -> Option<String> {
    let mut name = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        name.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let digits = if let Some(after) = rest.strip_prefix('\\') {
            name.push('\\');
            rest = after;
            continue;
        } else if let Some(after) = rest.strip_prefix('+') {
            rest = after;
            6
        } else {
            4
        };
        let code = u32::from_str_radix(rest.get(..digits)?, 16).ok()?;
        name.push(char::from_u32(code)?);
        rest = &rest[digits..];
    }
    name.push_str(rest);
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sql: &str) -> Option<QualifiedName> {
        Cursor::new(sql).qualified_name()
    }

    fn shown(sql: &str) -> String {
        read(sql).unwrap().to_string()
    }

    #[test]
    fn names_fold_and_unescape_as_the_server_does() {
        assert_eq!(shown("Cats"), "cats");
        assert_eq!(shown(r#"Public /* x */ . "My ""Cat""" "#), r#"public."My ""Cat""""#);
        assert_eq!(shown(r#"db.s.U&"d\0061t\+000061""#), "s.data");
        assert_eq!(read("'text'"), None);
        assert_eq!(read(r#"U&"\zzzz""#), None);
    }

    #[test]
    fn strings_are_quoted_whatever_they_hold() {
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal(r"it's \ one"), r"E'it''s \\ one'");
    }

    #[test]
    fn quotes_are_written_where_they_are_needed() {
        assert!(RESERVED.is_sorted());
        assert_eq!(shown("\"order\""), "\"order\"");
        assert_eq!(shown("\"ÉCOLE\""), "\"ÉCOLE\"");
        assert_eq!(shown("\"name\""), "name");
    }
}
