//! Extended statistics: what is to be counted, not what was.

use serde::{Deserialize, Serialize};

/// A statistics object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Statistics {
    /// The qualified name of the table.
    pub table: String,
    /// The definition, as CREATE STATISTICS would take it.
    pub definition: String,
    /// The statistics target, where it is set.
    pub target: Option<i32>,
    /// The comment.
    pub comment: Option<String>,
}
