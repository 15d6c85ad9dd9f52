//! Composite types that stand by themselves.

use serde::{Deserialize, Serialize};

/// A composite type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Composite {
    /// The attributes in their order.
    pub attributes: Vec<Attribute>,
    /// The comment.
    pub comment: Option<String>,
}

/// An attribute of a composite type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Attribute {
    /// The name.
    pub name: String,
    /// The type with its modifier.
    #[serde(rename = "type")]
    pub data_type: String,
    /// The collation, where it is not that of the type.
    pub collation: Option<String>,
    /// The comment.
    pub comment: Option<String>,
}
