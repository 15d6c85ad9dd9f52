//! Enum types.

use serde::{Deserialize, Serialize};

/// An enum type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Enum {
    /// The labels in their order.
    pub labels: Vec<String>,
    /// The comment.
    pub comment: Option<String>,
}
