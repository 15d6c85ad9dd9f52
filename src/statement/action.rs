//! What a statement does, as far as its text tells: the vocabulary of rules and plans.
//!
//! In: a statement's text and kind. Out: an [`Action`]. Where the grammar is small, the names are
//! read from the tokens and are exact; the changes of ALTER TABLE come from sqlparser's tree
//! (`lower`). Nothing here is an error: what cannot be read is [`Action::Unrecognised`], and
//! PostgreSQL judges it on the shadow.

use super::index;
use super::keyword::Kind;
use super::lower;
use super::name::{Cursor, QualifiedName};
use super::token::TokenKind;

/// What a statement does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Makes a table, also by CREATE TABLE … AS.
    CreateTable {
        /// The table.
        name: QualifiedName,
        /// Whether the table may have been there before.
        if_not_exists: bool,
    },
    /// Drops tables.
    DropTable {
        /// The tables.
        names: Vec<QualifiedName>,
        /// Whether they may be missing.
        if_exists: bool,
        /// Whether what depends on them goes too.
        cascade: bool,
    },
    /// Changes a table.
    AlterTable {
        /// The table.
        name: QualifiedName,
        /// The changes, in the order of the text.
        changes: Vec<TableChange>,
    },
    /// Builds an index.
    CreateIndex {
        /// The index; PostgreSQL chooses a name where the text has none.
        name: Option<QualifiedName>,
        /// Its table.
        table: QualifiedName,
        /// Whether it is unique.
        unique: bool,
        /// Whether it is built without blocking writes.
        concurrently: bool,
        /// Whether it may have been there before.
        if_not_exists: bool,
    },
    /// Drops indexes.
    DropIndex {
        /// The indexes.
        names: Vec<QualifiedName>,
        /// Whether reads and writes go on meanwhile.
        concurrently: bool,
        /// Whether they may be missing.
        if_exists: bool,
        /// Whether what depends on them goes too.
        cascade: bool,
    },
    /// Rebuilds indexes.
    Reindex {
        /// The index, for REINDEX INDEX.
        index: Option<QualifiedName>,
        /// The table, for REINDEX TABLE.
        table: Option<QualifiedName>,
        /// Whether writes go on meanwhile.
        concurrently: bool,
    },
    /// Makes a type or a domain.
    CreateType(QualifiedName),
    /// Makes or replaces a view, or makes a materialised one.
    CreateView(QualifiedName),
    /// Makes or replaces a function or procedure.
    CreateFunction(QualifiedName),
    /// Adds rows.
    Insert {
        /// To this table.
        table: QualifiedName,
    },
    /// Changes rows.
    Update {
        /// Of this table.
        table: QualifiedName,
        /// Whether only some of them.
        has_where: bool,
    },
    /// Deletes rows.
    Delete {
        /// Of this table.
        table: QualifiedName,
        /// Whether only some of them.
        has_where: bool,
    },
    /// Empties tables.
    Truncate {
        /// The tables.
        tables: Vec<QualifiedName>,
        /// Whether the tables that refer to them are emptied too.
        cascade: bool,
    },
    /// Runs code whose effects do not stand in the statement: DO and CALL.
    Opaque,
    /// Something that the kind says well enough.
    Other,
    /// A statement that could not be read.
    Unrecognised,
}

/// One change of ALTER TABLE.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableChange {
    /// ADD COLUMN.
    AddColumn {
        /// The column.
        column: String,
        /// Whether it says NOT NULL.
        not_null: bool,
        /// What existing rows get.
        fill: Fill,
        /// Constraints written with the column.
        constraints: Vec<ConstraintKind>,
    },
    /// DROP COLUMN.
    DropColumn {
        /// The column.
        column: String,
        /// Whether what depends on it goes too.
        cascade: bool,
    },
    /// ALTER COLUMN … TYPE.
    AlterType {
        /// The column.
        column: String,
        /// Whether an expression converts the values.
        using: bool,
    },
    /// ALTER COLUMN … SET NOT NULL.
    SetNotNull {
        /// The column.
        column: String,
    },
    /// ADD constraint.
    AddConstraint {
        /// Its name, where the text has one.
        name: Option<String>,
        /// What it demands.
        kind: ConstraintKind,
        /// How it comes to hold.
        start: ConstraintStart,
    },
    /// VALIDATE CONSTRAINT.
    ValidateConstraint {
        /// Its name.
        name: String,
    },
    /// DROP CONSTRAINT.
    DropConstraint {
        /// Its name.
        name: String,
    },
    /// RENAME COLUMN.
    RenameColumn {
        /// The old name.
        from: String,
        /// The new name.
        to: String,
    },
    /// RENAME TO.
    RenameTable {
        /// The new name.
        to: String,
    },
    /// A change that was read and that no rule or plan asks about.
    Other,
    /// A change that could not be read.
    Unrecognised,
}

/// What the rows that exist get in a new column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fill {
    /// NULL.
    Null,
    /// A default without function calls: kept in the catalog, no row is written.
    Constant,
    /// A default that calls these functions; one of them volatile, and every row is written.
    Calls(Vec<String>),
    /// A value of each row's own: identity, serial, or a stored generated column.
    EachRow,
    /// An expression that was not understood.
    Unknown,
}

/// What a constraint demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConstraintKind {
    /// CHECK.
    Check,
    /// FOREIGN KEY.
    ForeignKey,
    /// UNIQUE.
    Unique,
    /// PRIMARY KEY.
    PrimaryKey,
    /// EXCLUDE.
    Exclude,
}

impl ConstraintKind {
    /// The keywords that make one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Check => "CHECK",
            Self::ForeignKey => "FOREIGN KEY",
            Self::Unique => "UNIQUE",
            Self::PrimaryKey => "PRIMARY KEY",
            Self::Exclude => "EXCLUDE",
        }
    }
}

/// How a constraint that is added comes to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConstraintStart {
    /// Every row is checked, or an index built, under the statement's lock.
    AtOnce,
    /// NOT VALID: only new rows are checked.
    NotValid,
    /// USING INDEX: an index that exists vouches for the rows.
    UsingIndex,
}

impl Action {
    /// Reads the statement `sql` of kind `kind`.
    pub(super) fn of(sql: &str, kind: Kind) -> Self {
        read(sql, kind).unwrap_or(Self::Unrecognised)
    }
}

fn read(sql: &str, kind: Kind) -> Option<Action> {
    Some(match kind {
        Kind::CreateTable => {
            let (name, if_not_exists) = created(sql, "table")?;
            Action::CreateTable {
                name,
                if_not_exists,
            }
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
        Kind::DropTable => Action::DropTable {
            names,
            if_exists,
            cascade,
        },
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
        if cursor
            .peek()
            .is_some_and(|token| token.kind == TokenKind::Operator)
        {
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
            (
                "create unlogged table if not exists A.\"B\" as select 1",
                "a.\"B\"",
                true,
            ),
            ("CREATE TABLE p PARTITION OF t DEFAULT", "p", false),
        ] {
            let name = name(shown);
            assert_eq!(
                read(sql),
                Action::CreateTable {
                    name,
                    if_not_exists
                },
                "{sql}"
            );
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
            (
                "UPDATE t SET a = (SELECT b FROM u WHERE u.id = t.id)",
                false,
            ),
            (
                "WITH update AS (SELECT 1) UPDATE ONLY t SET a = 1 WHERE b",
                true,
            ),
            ("update t set a = 1 from u where u.id = t.id", true),
        ] {
            let table = table.clone();
            assert_eq!(read(sql), Action::Update { table, has_where }, "{sql}");
        }
        let has_where = false;
        assert_eq!(read("DELETE FROM t"), Action::Delete { table, has_where });
        assert_eq!(
            read("INSERT INTO s.t SELECT 1"),
            Action::Insert { table: name("s.t") }
        );
    }

    #[test]
    fn truncate_lists_its_tables() {
        assert_eq!(
            read("TRUNCATE TABLE ONLY a, b * RESTART IDENTITY CASCADE"),
            Action::Truncate {
                tables: vec![name("a"), name("b")],
                cascade: true
            }
        );
    }
}
