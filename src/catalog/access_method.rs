//! Access methods of tables and indexes.

use serde::{Deserialize, Serialize};

/// An access method.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccessMethod {
    /// `table` or `index`.
    #[serde(rename = "type")]
    pub method_type: String,
    /// The handler function.
    pub handler: String,
    /// The comment.
    pub comment: Option<String>,
}
