//! Where the bytes of a relation lie, where that is not the database's own tablespace.
//!
//! PostgreSQL docs, "Tablespaces". It is as often the matter of those who run a database as rights are:
//! what they move is told of, and is no drift.

use serde::{Deserialize, Serialize};

/// Where a table, a materialized view, an index or a constraint's index lies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tablespace {
    /// The tablespace, as SQL has the name.
    pub name: String,
}
