//! Which tables' rows a statement adds, changes or deletes, as its text says.
//!
//! In: a statement's text and kind. Out: [`RowChanges`]. Besides the plain forms these are ON CONFLICT
//! DO UPDATE, the branches of MERGE, and the queries after WITH that change data.

use super::kind::Kind;
use super::name::{Cursor, QualifiedName};
use super::token::TokenKind;

/// The tables that a statement names as those whose rows it changes, in the order of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowChanges {
    /// Rows are added to these.
    pub inserted: Vec<QualifiedName>,
    /// Rows of these get other values.
    pub updated: Vec<QualifiedName>,
    /// Rows of these are deleted.
    pub deleted: Vec<QualifiedName>,
}

impl RowChanges {
    /// Reads the statement `sql` of kind `kind`; kinds that are no query change no row by their text.
    pub(super) fn of(sql: &str, kind: Kind) -> Self {
        let mut changes = Self::default();
        if !matches!(
            kind,
            Kind::Select
                | Kind::Insert
                | Kind::Update
                | Kind::Delete
                | Kind::Merge
                | Kind::Values
                | Kind::Table
                | Kind::CreateTable
        ) {
            return changes;
        }
        let mut cursor = Cursor::new(sql);
        let mut merged = None;
        while cursor.peek().is_some() {
            if cursor.words("insert into") {
                changes.inserted.extend(cursor.qualified_name());
            } else if cursor.words("merge into") {
                merged = relation(&mut cursor);
            } else if cursor.words("delete from") {
                changes.deleted.extend(relation(&mut cursor));
            } else if cursor.words("do update") {
                changes.updated.extend(changes.inserted.last().cloned());
            } else if cursor.words("then update") {
                changes.updated.extend(merged.clone());
            } else if cursor.words("then delete") {
                changes.deleted.extend(merged.clone());
            } else if let Some(table) = updated(&mut cursor) {
                changes.updated.push(table);
            } else {
                cursor.advance();
            }
        }
        changes
    }
}

/// `[ONLY] name` or `ONLY (name)`.
fn relation(cursor: &mut Cursor<'_>) -> Option<QualifiedName> {
    if cursor.word("only") {
        cursor.mark(b'(');
    }
    cursor.qualified_name()
}

/// `UPDATE [ONLY] name [*] [[AS] alias] SET`, which is neither FOR UPDATE nor a column of that name.
fn updated(cursor: &mut Cursor<'_>) -> Option<QualifiedName> {
    let mut ahead = cursor.clone();
    if !ahead.word("update") {
        return None;
    }
    let table = relation(&mut ahead)?;
    ahead.mark(b')');
    if ahead.peek().is_some_and(|token| token.kind == TokenKind::Operator) {
        ahead.advance();
    }
    if !ahead.word("set") {
        ahead.word("as");
        ahead.advance();
        if !ahead.word("set") {
            return None;
        }
    }
    *cursor = ahead;
    Some(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `+` added, `~` changed, `-` deleted.
    fn read(sql: &str) -> String {
        let changes = RowChanges::of(sql, Kind::of(sql));
        let signed = |sign, names: &[QualifiedName]| {
            names.iter().map(|name| format!("{sign}{name}")).collect::<Vec<_>>()
        };
        [
            signed('+', &changes.inserted),
            signed('~', &changes.updated),
            signed('-', &changes.deleted),
        ]
        .concat()
        .join(" ")
    }

    #[test]
    fn plain_forms_name_their_table() {
        for (sql, expected) in [
            ("INSERT INTO s.t VALUES (1)", "+s.t"),
            ("UPDATE ONLY (t) SET a = 1", "~t"),
            ("update \"T\" * as x set a = 1", "~\"T\""),
            ("DELETE FROM ONLY t USING u", "-t"),
            ("SELECT 1 FROM t FOR UPDATE OF t", ""),
        ] {
            assert_eq!(read(sql), expected, "{sql}");
        }
    }

    #[test]
    fn what_stands_deeper_is_read_too() {
        for (sql, expected) in [
            ("INSERT INTO t AS x VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2", "+t ~t"),
            ("INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING", "+t"),
            ("WITH d AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT * FROM d", "+u -t"),
            ("WITH u AS (UPDATE t x SET a = 1 RETURNING *) SELECT * FROM u FOR UPDATE", "~t"),
            (
                "WITH i AS (INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 1 RETURNING *) \
              INSERT INTO u TABLE i",
                "+t +u ~t",
            ),
            ("CREATE TABLE n AS WITH d AS (DELETE FROM t RETURNING *) TABLE d", "-t"),
            ("MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE", "-t"),
            (
                "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN UPDATE SET b = 1 \
              WHEN NOT MATCHED BY SOURCE THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1)",
                "~t -t",
            ),
            ("MERGE INTO t USING u ON t.a = u.a WHEN NOT MATCHED THEN INSERT VALUES (1)", ""),
        ] {
            assert_eq!(read(sql), expected, "{sql}");
        }
    }

    #[test]
    fn definitions_change_no_rows() {
        for sql in [
            "CREATE RULE r AS ON DELETE TO v DO INSTEAD DELETE FROM t",
            "CREATE FUNCTION f() RETURNS void BEGIN ATOMIC DELETE FROM t; END",
            "CREATE TABLE t (a int REFERENCES u ON UPDATE SET NULL ON DELETE SET NULL)",
            "EXPLAIN DELETE FROM t",
        ] {
            assert_eq!(read(sql), "", "{sql}");
        }
    }
}
