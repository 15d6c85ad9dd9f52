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
    /// Whether something is put into it, by this statement or by later ones; otherwise something is only
    /// taken out.
    pub receives: bool,
}

/// The settings whose values are tablespaces.
const SETTINGS: [&str; 2] = ["default_tablespace", "temp_tablespaces"];

/// Those that a statement names.
pub(super) fn named(sql: &str, kind: Kind) -> Vec<NamedTablespace> {
    match kind {
        // They speak of the tablespace itself.
        Kind::CreateTablespace | Kind::AlterTablespace | Kind::DropTablespace => return Vec::new(),
        _ => {}
    }
    let mut cursor = Cursor::new(sql);
    let mut names = Vec::new();
    // REINDEX has it among its options. Elsewhere, what may stand before a column's name is not before
    // the clause.
    let is_option = cursor.word("reindex");
    // A column may be called like a setting.
    let changes_rows = matches!(kind, Kind::Update | Kind::Insert | Kind::Merge);
    let mut may_begin = false;
    let (mut sets, mut takes_out) = (false, false);
    while let Some(token) = cursor.advance() {
        if may_begin && cursor.is_word(token, "tablespace") {
            let name = cursor.name();
            names.extend(name.map(|name| NamedTablespace { name, receives: !takes_out }));
        }
        if sets && !changes_rows && SETTINGS.iter().any(|setting| cursor.is_word(token, setting)) {
            let values = values(&mut cursor).into_iter();
            names.extend(values.map(|name| NamedTablespace { name, receives: true }));
        }
        let is_before_a_name = [b'(', b',', b'.'].iter().any(|mark| token.is_mark(*mark));
        may_begin = is_option || !is_before_a_name;
        takes_out = cursor.is_word(token, "in");
        sets = ["set", "local", "session"].iter().any(|word| cursor.is_word(token, word));
    }
    names
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
        let sql = "ALTER TABLE ALL IN TABLESPACE a SET TABLESPACE b";
        assert_eq!(of(sql), ["a", "b"]);
        let receive = named(sql, Kind::of(sql)).into_iter().map(|named| named.receives);
        assert_eq!(receive.collect::<Vec<_>>(), [false, true]);
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
