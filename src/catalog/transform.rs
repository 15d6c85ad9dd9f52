//! Transforms between a type and a language.

use serde::{Deserialize, Serialize};

/// A transform.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Transform {
    /// The type.
    #[serde(rename = "type")]
    pub data_type: String,
    /// The language.
    pub language: String,
    /// The function from SQL, with its argument types.
    pub from_sql: Option<String>,
    /// The function to SQL, with its argument types.
    pub to_sql: Option<String>,
    /// The comment.
    pub comment: Option<String>,
}
