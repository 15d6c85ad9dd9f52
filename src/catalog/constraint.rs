//! Constraints of tables, with what is to be known of the index behind one.

use serde::{Deserialize, Serialize};

/// A constraint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Constraint {
    /// What it is.
    #[serde(rename = "type")]
    pub constraint_type: ConstraintType,
    /// The definition, as ALTER TABLE would take it.
    pub definition: String,
    /// Whether rows from before it are unchecked.
    pub not_valid: bool,
    /// Whether a transaction may put it off.
    pub deferrable: bool,
    /// Whether transactions put it off unless they say otherwise.
    pub initially_deferred: bool,
    /// Whether it comes from a parent table.
    pub inherited: bool,
    /// Whether the index behind it is not valid.
    pub index_invalid: bool,
    /// Storage parameters of the index behind it, sorted.
    pub index_options: Vec<String>,
    /// Whether CLUSTER uses the index behind it.
    pub clustered: bool,
    /// Whether some of a foreign key's triggers are disabled, so that it is not enforced.
    pub disabled: bool,
    /// The comment.
    pub comment: Option<String>,
}

/// What a constraint asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ConstraintType {
    /// A condition of each row.
    #[default]
    Check,
    /// The table's key.
    #[serde(rename = "primary key")]
    PrimaryKey,
    /// No two rows alike.
    Unique,
    /// No two rows in conflict.
    Exclusion,
    /// A row in another table.
    #[serde(rename = "foreign key")]
    ForeignKey,
    /// A value in each row, where more is to be said of it than the column does (PostgreSQL 18 and
    /// later).
    #[serde(rename = "not null")]
    NotNull,
}
