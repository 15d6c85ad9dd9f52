//! Indexes that are not behind constraints.

use serde::{Deserialize, Serialize};

/// An index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Index {
    /// The table or materialized view, which stands in the same schema.
    pub table: String,
    /// The whole definition: method, keys, classes, collations, INCLUDE, predicate, parameters.
    pub definition: String,
    /// Whether it refuses equal keys.
    pub unique: bool,
    /// Whether a concurrent build did not finish, or a partition's part is missing.
    pub invalid: bool,
    /// The partitioned index that it is a part of.
    pub partition_of: Option<String>,
    /// Whether CLUSTER uses it.
    pub clustered: bool,
    /// Statistics targets of expressions: `column number: target`.
    pub statistics: Vec<String>,
    /// The comment.
    pub comment: Option<String>,
}
