//! What kind of statement a text is, from its leading keywords.
//!
//! In: a statement's text. Out: its [`Kind`]. It needs no parser, so that a statement that no
//! parser reads still has a name.

use super::kind::{Kind, VERBS};
use super::token::{Lexer, Token, TokenKind};

/// Words that may stand before what names the object, and do not change the kind.
const ADORNMENTS: &[(&str, &[&str])] = &[
    (
        "CREATE",
        &[
            "OR",
            "REPLACE",
            "GLOBAL",
            "LOCAL",
            "TEMP",
            "TEMPORARY",
            "UNLOGGED",
            "UNIQUE",
            "RECURSIVE",
            "CONSTRAINT",
            "DEFAULT",
            "TRUSTED",
            "PROCEDURAL",
        ],
    ),
    ("ALTER", &["PROCEDURAL"]),
    ("DROP", &["PROCEDURAL"]),
    ("SET", &["LOCAL", "SESSION"]),
];

/// How many words after the verb are looked at: `CREATE OR REPLACE TRUSTED PROCEDURAL LANGUAGE`
/// has five, and the longest object four.
const LEADING: usize = 8;

impl Kind {
    /// The kind of the one statement `sql`.
    pub fn of(sql: &str) -> Self {
        let mut tokens = Lexer::new(sql).filter(|token| !token.is_trivia());
        let Some(first) = tokens.next() else {
            return Self::Other;
        };
        if first.is_mark(b'(') {
            return Self::Select;
        }
        let verb = &sql[first.range()];
        if verb.eq_ignore_ascii_case("with") {
            return after_with(sql, tokens);
        }
        // British spelling is a keyword of its own.
        if verb.eq_ignore_ascii_case("analyse") {
            return Self::Analyze;
        }
        let Some(&(verb, objects)) = VERBS.iter().find(|(v, _)| v.eq_ignore_ascii_case(verb))
        else {
            return Self::Other;
        };
        let mut words = [""; LEADING];
        let count = read_words(sql, tokens, &mut words);
        object(verb, objects, &words[..count])
    }
}

/// The kind of the statement `verb words…`.
fn object(verb: &str, objects: &[(&str, Kind)], words: &[&str]) -> Kind {
    let adornments =
        ADORNMENTS.iter().find(|(v, _)| *v == verb).map_or(&[][..], |&(_, adornments)| adornments);
    let adorned = words
        .iter()
        .take_while(|word| adornments.iter().any(|a| a.eq_ignore_ascii_case(word)))
        .count();
    // `SET SESSION AUTHORIZATION` needs the word that `SET SESSION ROLE` does without.
    (0..=adorned)
        .rev()
        .find_map(|from| {
            objects
                .iter()
                .find(|(object, _)| !object.is_empty() && starts_with(&words[from..], object))
        })
        .or_else(|| objects.iter().find(|(object, _)| object.is_empty()))
        .map_or(Kind::Other, |&(_, kind)| kind)
}

/// Fills `words` with the unquoted words that come next, past an option list such as that of
/// `REINDEX (VERBOSE) TABLE`. Returns how many there are.
fn read_words<'a>(
    sql: &'a str,
    tokens: impl Iterator<Item = Token>,
    words: &mut [&'a str; LEADING],
) -> usize {
    let (mut count, mut in_options) = (0, false);
    for token in tokens {
        match token.kind {
            TokenKind::Mark(b'(') if count == 0 => in_options = true,
            TokenKind::Mark(b')') => in_options = false,
            _ if in_options => {}
            TokenKind::Word if count < LEADING => {
                words[count] = &sql[token.range()];
                count += 1;
            }
            _ => break,
        }
    }
    count
}

/// The kind of a statement after `WITH`: the first of these verbs outside parentheses that does
/// not stand where a query's name does.
fn after_with(sql: &str, tokens: impl Iterator<Item = Token>) -> Kind {
    let (mut depth, mut named) = (0_usize, true);
    for token in tokens {
        match token.kind {
            TokenKind::Mark(b'(') => depth += 1,
            TokenKind::Mark(b')') => depth = depth.saturating_sub(1),
            TokenKind::Word if depth == 0 => {
                let word = &sql[token.range()];
                let verbs = [
                    ("insert", Kind::Insert),
                    ("update", Kind::Update),
                    ("delete", Kind::Delete),
                    ("merge", Kind::Merge),
                    ("select", Kind::Select),
                    ("values", Kind::Values),
                    ("table", Kind::Table),
                ];
                let verb = verbs.iter().find(|(v, _)| v.eq_ignore_ascii_case(word));
                match verb {
                    Some(&(_, kind)) if !named => return kind,
                    _ => named = word.eq_ignore_ascii_case("recursive"),
                }
                continue;
            }
            _ => {}
        }
        named = depth == 0 && token.is_mark(b',');
    }
    Kind::Select
}

fn starts_with(words: &[&str], phrase: &str) -> bool {
    let mut words = words.iter();
    phrase
        .split_ascii_whitespace()
        .all(|part| words.next().is_some_and(|word| word.eq_ignore_ascii_case(part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back_as_its_kind() {
        for &kind in Kind::ALL {
            assert_eq!(Kind::of(kind.name()), kind);
            assert_eq!(Kind::of(&kind.name().to_lowercase()), kind);
        }
    }

    #[test]
    fn adornments_comments_and_options_do_not_hide_the_kind() {
        for (sql, kind) in [
            ("create /* x */ or replace function f()", Kind::CreateFunction),
            ("CREATE OR REPLACE TRUSTED PROCEDURAL LANGUAGE l", Kind::CreateLanguage),
            ("CREATE UNIQUE INDEX CONCURRENTLY ON t (a)", Kind::CreateIndexConcurrently),
            ("CREATE INDEX \"concurrently\" ON t (a)", Kind::CreateIndex),
            ("CREATE LOCAL TEMP TABLE t ()", Kind::CreateTable),
            ("CREATE CONSTRAINT TRIGGER t", Kind::CreateTrigger),
            ("CREATE DEFAULT CONVERSION c", Kind::CreateConversion),
            ("ALTER DEFAULT PRIVILEGES GRANT SELECT", Kind::AlterDefaultPrivileges),
            ("CREATE USER mapping_owner", Kind::CreateUser),
            ("REINDEX (VERBOSE, CONCURRENTLY) TABLE t", Kind::ReindexTable),
            ("SET LOCAL lock_timeout = 1", Kind::Set),
            ("SET SESSION SESSION AUTHORIZATION x", Kind::SetSessionAuthorization),
            ("SET LOCAL ROLE x", Kind::SetRole),
            ("SET SESSION TRANSACTION READ ONLY", Kind::SetTransaction),
            ("(SELECT 1) UNION SELECT 2", Kind::Select),
            ("ANALYSE t", Kind::Analyze),
            ("selectx 1", Kind::Other),
        ] {
            assert_eq!(Kind::of(sql), kind, "{sql}");
        }
    }

    #[test]
    fn a_with_is_what_it_does_in_the_end() {
        for (sql, kind) in [
            ("WITH a AS (SELECT 1) SELECT * FROM a", Kind::Select),
            (
                "WITH RECURSIVE a(x) AS (DELETE FROM t RETURNING x) INSERT INTO u TABLE a",
                Kind::Insert,
            ),
            ("WITH merge AS (SELECT 1), update AS (SELECT 2) DELETE FROM t", Kind::Delete),
            ("WITH a AS MATERIALIZED (VALUES (1)) UPDATE t SET b = 1", Kind::Update),
        ] {
            assert_eq!(Kind::of(sql), kind, "{sql}");
        }
    }
}
