//! What a statement does, as far as its text tells.
//!
//! In: a statement's text and kind. Out: an [`Action`]. Where the grammar is small, the names are
//! read from the tokens and are exact; the changes of ALTER TABLE come from sqlparser's tree
//! (`lower`). Nothing here is an error: what cannot be read is [`Action::Unrecognised`], and
//! PostgreSQL judges it on the shadow.

use super::action::Action;
use super::index;
use super::kind::Kind;
use super::lower;
use super::name::{Cursor, QualifiedName};
use super::token::TokenKind;

impl Action {
    /// Reads the statement `sql` of kind `kind`.
    pub(super) fn of(sql: &str, kind: Kind) -> Self {
        known(sql, kind).unwrap_or(Self::Unrecognised)
    }
}

fn known(sql: &str, kind: Kind) -> Option<Action> {
    Some(match kind {
        Kind::CreateTable => {
            let (name, if_not_exists) = created(sql, "table")?;
            Action::CreateTable { name, if_not_exists }
        }
        Kind::CreateIndex | Kind::CreateIndexConcurrently => {
            let index = index::create(sql)?;
            Action::CreateIndex {
                name: index.name,
                table: index.table?,
                unique: index.unique,
                concurrently: kind == Kind::CreateIndexConcurrently,
                if_not_exists: index.if_not_exists,
            }
        }
        Kind::ReindexIndex
        | Kind::ReindexTable
        | Kind::ReindexSchema
        | Kind::ReindexDatabase
        | Kind::ReindexSystem => {
            let reindex = index::reindex(sql, kind)?;
            Action::Reindex {
                index: reindex.name,
                table: reindex.table,
                concurrently: index::reindexes_concurrently(sql),
            }
        }
        Kind::DropTable | Kind::DropIndex | Kind::DropIndexConcurrently => dropped(sql, kind)?,
        Kind::CreateType => Action::CreateType(created(sql, "type")?.0),
        Kind::CreateDomain => Action::CreateType(created(sql, "domain")?.0),
        Kind::CreateView | Kind::CreateMaterializedView => {
            Action::CreateView(created(sql, "view")?.0)
        }
        Kind::CreateFunction => Action::CreateFunction(created(sql, "function")?.0),
        Kind::CreateProcedure => Action::CreateFunction(created(sql, "procedure")?.0),
        Kind::AlterTable => lower::alter_table(sql)?,
        Kind::Insert | Kind::Update | Kind::Delete => rows(sql, kind)?,
        Kind::Truncate => truncate(sql)?,
        Kind::Do | Kind::Call => Action::Opaque,
        Kind::Other => return None,
        _ => Action::Other,
    })
}

/// `CREATE … <object> [IF NOT EXISTS] name`, and whether it says IF NOT EXISTS.
fn created(sql: &str, object: &str) -> Option<(QualifiedName, bool)> {
    let mut cursor = Cursor::new(sql);
    while !cursor.word(object) {
        cursor.advance()?;
    }
    let if_not_exists = cursor.words("if not exists");
    Some((cursor.qualified_name()?, if_not_exists))
}

/// `DROP TABLE|INDEX [CONCURRENTLY] [IF EXISTS] name, … [CASCADE|RESTRICT]`, to the end.
fn dropped(sql: &str, kind: Kind) -> Option<Action> {
    let mut cursor = Cursor::new(sql);
    cursor.words(kind.name());
    let if_exists = cursor.words("if exists");
    let names = cursor.qualified_names()?;
    let cascade = cursor.word("cascade");
    if !cascade {
        cursor.word("restrict");
    }
    if cursor.peek().is_some() {
        return None;
    }
    Some(match kind {
        Kind::DropTable => Action::DropTable { names, if_exists, cascade },
        _ => Action::DropIndex {
            names,
            concurrently: kind == Kind::DropIndexConcurrently,
            if_exists,
            cascade,
        },
    })
}

/// `TRUNCATE [TABLE] [ONLY] name [*], …`.
fn truncate(sql: &str) -> Option<Action> {
    let mut cursor = Cursor::new(sql);
    cursor.word("truncate");
    cursor.word("table");
    let mut tables = Vec::new();
    loop {
        cursor.word("only");
        tables.push(cursor.qualified_name()?);
        if cursor.peek().is_some_and(|token| token.kind == TokenKind::Operator) {
            cursor.advance();
        }
        if !cursor.mark(b',') {
            break;
        }
    }
    let mut cascade = false;
    while let Some(token) = cursor.advance() {
        cascade |= cursor.is_word(token, "cascade");
    }
    Some(Action::Truncate { tables, cascade })
}

/// The table of INSERT, UPDATE or DELETE, also after WITH, and whether a WHERE stands outside
/// parentheses.
fn rows(sql: &str, kind: Kind) -> Option<Action> {
    let mut cursor = Cursor::new(sql);
    // Past `WITH name AS ( … )`; a query may be named like the verb, but then AS or `(` follows.
    let table = loop {
        if cursor.parenthesised() {
            continue;
        }
        if cursor.word(kind.name()) {
            cursor.word(if kind == Kind::Insert { "into" } else { "from" });
            cursor.word("only");
            match cursor.qualified_name() {
                Some(name) if name.name != "as" => break name,
                _ => continue,
            }
        }
        cursor.advance()?;
    };
    let mut has_where = false;
    while cursor.peek().is_some() {
        if cursor.parenthesised() {
            continue;
        }
        has_where |= cursor.word("where");
        cursor.advance();
    }
    Some(match kind {
        Kind::Insert => Action::Insert { table },
        Kind::Update => Action::Update { table, has_where },
        _ => Action::Delete { table, has_where },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sql: &str) -> Action {
        Action::of(sql, Kind::of(sql))
    }

    fn name(text: &str) -> QualifiedName {
        Cursor::new(text).qualified_name().unwrap()
    }

    #[test]
    fn a_created_table_has_its_name_whatever_follows() {
        for (sql, shown, if_not_exists) in [
            ("CREATE TABLE t (LIKE u INCLUDING ALL)", "t", false),
            ("create unlogged table if not exists A.\"B\" as select 1", "a.\"B\"", true),
            ("CREATE TABLE p PARTITION OF t DEFAULT", "p", false),
        ] {
            let name = name(shown);
            assert_eq!(read(sql), Action::CreateTable { name, if_not_exists }, "{sql}");
        }
    }

    #[test]
    fn drops_list_all_their_names() {
        assert_eq!(
            read("drop table if exists a, b.c cascade"),
            Action::DropTable {
                names: vec![name("a"), name("b.c")],
                if_exists: true,
                cascade: true
            }
        );
        assert_eq!(
            read("DROP INDEX i RESTRICT"),
            Action::DropIndex {
                names: vec![name("i")],
                concurrently: false,
                if_exists: false,
                cascade: false
            }
        );
        assert_eq!(read("DROP TABLE a b"), Action::Unrecognised);
        assert_eq!(read("DROP TABLE"), Action::Unrecognised);
    }

    #[test]
    fn rows_are_changed_with_or_without_a_where() {
        let table = name("t");
        for (sql, has_where) in [
            ("UPDATE t SET a = (SELECT b FROM u WHERE u.id = t.id)", false),
            ("WITH update AS (SELECT 1) UPDATE ONLY t SET a = 1 WHERE b", true),
            ("update t set a = 1 from u where u.id = t.id", true),
        ] {
            let table = table.clone();
            assert_eq!(read(sql), Action::Update { table, has_where }, "{sql}");
        }
        let has_where = false;
        assert_eq!(read("DELETE FROM t"), Action::Delete { table, has_where });
        assert_eq!(read("INSERT INTO s.t SELECT 1"), Action::Insert { table: name("s.t") });
    }

    #[test]
    fn truncate_lists_its_tables() {
        assert_eq!(
            read("TRUNCATE TABLE ONLY a, b * RESTART IDENTITY CASCADE"),
            Action::Truncate { tables: vec![name("a"), name("b")], cascade: true }
        );
    }
}
