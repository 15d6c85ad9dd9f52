//! Conversions between encodings.

use serde::{Deserialize, Serialize};

/// A conversion.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conversion {
    /// The encoding that it is from.
    pub source: String,
    /// The encoding that it is to.
    pub target: String,
    /// The function.
    pub function: String,
    /// Whether it is the one for these encodings, unless another is asked for.
    pub default: bool,
    /// The comment.
    pub comment: Option<String>,
}
