//! Publications for logical replication.

use serde::{Deserialize, Serialize};

/// A publication.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Publication {
    /// Whether it is for all tables.
    pub all_tables: bool,
    /// The schemas whose tables it is for, by name (PostgreSQL 15 and later).
    pub schemas: Vec<String>,
    /// The tables that it is for, by name.
    pub tables: Vec<PublishedTable>,
    /// What is published: `insert`, `update`, `delete`, `truncate`.
    pub publish: Vec<String>,
    /// Whether changes of partitions are those of the partitioned table.
    pub via_root: bool,
    /// Whether stored generated columns are published (PostgreSQL 18 and later).
    pub generated_columns: bool,
    /// The comment.
    pub comment: Option<String>,
}

/// A table of a publication.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PublishedTable {
    /// The qualified name.
    pub name: String,
    /// The columns in their order; empty for all (PostgreSQL 15 and later).
    pub columns: Vec<String>,
    /// The condition for rows (PostgreSQL 15 and later).
    pub filter: Option<String>,
}
