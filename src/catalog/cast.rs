//! Casts between two types.

use serde::{Deserialize, Serialize};

/// A cast.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cast {
    /// The type that it is from.
    pub source: String,
    /// The type that it is to.
    pub target: String,
    /// `function`, `inout`, or `binary` where nothing is to be done.
    pub method: String,
    /// The function with its argument types.
    pub function: Option<String>,
    /// When it is done unasked: `assignment` or `implicit`; none if never.
    pub context: Option<String>,
    /// The comment.
    pub comment: Option<String>,
}
