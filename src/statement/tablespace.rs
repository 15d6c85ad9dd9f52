//! The tablespaces that a statement names.
//!
//! In: a statement's text. Out: their names, as the catalog has them. What a function computes, or
//! `set_config` sets, is not seen.

use super::kind::Kind;
use super::name::Cursor;
use super::token::TokenKind;

/// A tablespace that a statement names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedTablespace {
    /// Its name.
    pub name: String,
    /// Whether the server wants it to be there. It does not for what is only written down for sessions and
    /// calls to come.
    pub needed: bool,
}

/// The settings whose values are tablespaces.
const SETTINGS: [&str; 2] = ["default_tablespace", "temp_tablespaces"];

/// Those that a statement names.
pub(super) fn named(sql: &str, kind: Kind) -> Vec<NamedTablespace> {
    let mut names = Vec::new();
    let mut cursor = Cursor::new(sql);
    let mut before = cursor.peek();
    let mut depth = 0_usize;
    while let Some(token) = cursor.advance() {
        let follows = |words: &[&str]| {
            before.is_some_and(|before| words.iter().any(|word| cursor.is_word(before, word)))
        };
        if cursor.is_word(token, "tablespace") && clause_may_begin(kind, depth, &follows) {
            names.extend(cursor.name().map(|name| NamedTablespace { name, needed: true }));
        } else if SETTINGS.iter().any(|setting| cursor.is_word(token, setting))
            && follows(&["set", "local", "session"])
            && !matches!(kind, Kind::Update | Kind::Insert | Kind::Merge)
        {
            let values = values(&mut cursor).into_iter();
            names.extend(values.map(|name| NamedTablespace { name, needed: kind == Kind::Set }));
        } else if depth == 0 && begins_a_query(kind, |word| cursor.is_word(token, word)) {
            break;
        }
        depth += usize::from(token.is_mark(b'('));
        depth -= usize::from(token.is_mark(b')') && depth > 0);
        before = Some(token);
    }
    names
}

/// Whether `TABLESPACE name` may stand at a place, which `follows` one of some words, or not: there are columns
/// of that name too.
fn clause_may_begin(kind: Kind, depth: usize, follows: &impl Fn(&[&str]) -> bool) -> bool {
    match kind {
        Kind::AlterTable | Kind::AlterIndex | Kind::AlterMaterializedView | Kind::AlterDatabase => {
            follows(&["set", "in", "index"])
        }
        Kind::ReindexIndex
        | Kind::ReindexTable
        | Kind::ReindexSchema
        | Kind::ReindexDatabase
        | Kind::ReindexSystem
        | Kind::Reindex => depth == 1,
        Kind::CreateTable
        | Kind::CreateIndex
        | Kind::CreateIndexConcurrently
        | Kind::CreateMaterializedView
        | Kind::CreateSchema
        | Kind::CreateDatabase => {
            if depth > 0 {
                follows(&["index"])
            } else {
                !follows(&["table", "view", "exists"])
            }
        }
        _ => false,
    }
}

/// Whether a word begins the part of a CREATE that may speak of any column.
fn begins_a_query(kind: Kind, is_word: impl Fn(&str) -> bool) -> bool {
    match kind {
        Kind::CreateTable | Kind::CreateMaterializedView => is_word("as"),
        Kind::CreateIndex | Kind::CreateIndexConcurrently => is_word("where"),
        _ => false,
    }
}

/// What a setting is set to: names, also as strings. An empty string is the database's own.
fn values(cursor: &mut Cursor<'_>) -> Vec<String> {
    let mut names = Vec::new();
    let is_equals = cursor.peek().is_some_and(|token| cursor.text(token) == "=");
    if is_equals {
        cursor.advance();
    } else if !cursor.word("to") {
        return names;
    }
    loop {
        match cursor.peek() {
            Some(token) if token.kind == TokenKind::Text => {
                cursor.advance();
                names.push(cursor.text(token).trim_matches('\'').replace("''", "'"));
            }
            _ => names.extend(cursor.name()),
        }
        if !cursor.mark(b',') {
            names.retain(|name| !name.is_empty());
            return names;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sql: &str) -> Vec<String> {
        named(sql, Kind::of(sql)).into_iter().map(|named| named.name).collect()
    }

    #[test]
    fn tablespaces_stand_after_their_word_where_a_clause_may() {
        let sql = "CREATE TABLE t (id int PRIMARY KEY USING INDEX TABLESPACE \"On Disk\") TABLESPACE Fast";
        assert_eq!(of(sql), ["On Disk", "fast"]);
        assert_eq!(of("ALTER TABLE t SET TABLESPACE fast"), ["fast"]);
        assert_eq!(of("ALTER TABLE ALL IN TABLESPACE a SET TABLESPACE b"), ["a", "b"]);
        let sql = "ALTER TABLE t ADD UNIQUE (a) USING INDEX TABLESPACE fast";
        assert_eq!(of(sql), ["fast"]);
        let sql = "CREATE TABLE t PARTITION OF p DEFAULT TABLESPACE fast";
        assert_eq!(of(sql), ["fast"]);
        let sql = "CREATE MATERIALIZED VIEW v TABLESPACE fast AS SELECT tablespace x FROM t";
        assert_eq!(of(sql), ["fast"]);
        assert_eq!(of("CREATE INDEX ON t (a) TABLESPACE fast WHERE a > 1"), ["fast"]);
        assert_eq!(of("REINDEX (TABLESPACE fast, VERBOSE) TABLE t"), ["fast"]);
        assert_eq!(of("REINDEX (VERBOSE, TABLESPACE fast) INDEX CONCURRENTLY i"), ["fast"]);
        for sql in [
            "CREATE TABLE t (tablespace text, b int)",
            "CREATE TABLE t (a int, tablespace text)",
            "SELECT t.tablespace x FROM t",
            "SELECT 'TABLESPACE fast'",
            "UPDATE t SET tablespace = 1",
            "ALTER TABLE t RENAME tablespace TO place",
            "CREATE TABLESPACE fast LOCATION '/x'",
            "ALTER TABLE t ADD COLUMN tablespace text",
            "ALTER TABLE t ADD tablespace text, ALTER COLUMN tablespace TYPE int",
            "CREATE TABLE t AS SELECT a FROM b ORDER BY tablespace NULLS LAST",
            "CREATE TABLE public.tablespace (a int)",
            "CREATE TABLE t (a int, EXCLUDE USING gist (tablespace WITH =))",
            "CREATE INDEX ON t (tablespace DESC)",
            "CREATE VIEW v AS SELECT tablespace x FROM t",
        ] {
            assert_eq!(of(sql), <[&str; 0]>::default(), "{sql}");
        }
    }

    #[test]
    fn settings_name_tablespaces_too() {
        assert_eq!(of("SET default_tablespace = 'On Disk'"), ["On Disk"]);
        assert_eq!(of("SET LOCAL default_tablespace TO Fast"), ["fast"]);
        assert_eq!(of("SET SESSION temp_tablespaces = a, \"B\", 'c''d'"), ["a", "B", "c'd"]);
        assert_eq!(of("ALTER ROLE keeper SET default_tablespace = fast"), ["fast"]);
        let function = "CREATE FUNCTION f() RETURNS int SET default_tablespace TO fast RETURN 1";
        assert_eq!(of(function), ["fast"]);
        assert!(!named(function, Kind::of(function))[0].needed);
        assert!(named("SET default_tablespace = fast", Kind::Set)[0].needed);
        for sql in [
            "SET default_tablespace = ''",
            "SET default_tablespace TO DEFAULT",
            "SELECT default_tablespace = fast FROM t",
            "RESET default_tablespace",
            "UPDATE t SET default_tablespace = fast",
        ] {
            assert_eq!(of(sql), <[&str; 0]>::default(), "{sql}");
        }
    }
}
