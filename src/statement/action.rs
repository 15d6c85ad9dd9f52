//! What statements do: the vocabulary of rules and plans.
//!
//! In: nothing. Out: [`Action`] and its parts, which `reading` and `lower` make.

use super::name::QualifiedName;

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
