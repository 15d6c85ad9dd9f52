//! Range types, each with its multirange type.

use serde::{Deserialize, Serialize};

/// A range type. Its constructors and its multirange type belong to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Range {
    /// The type that it ranges over.
    pub subtype: String,
    /// The operator class, where it is not the type's own.
    pub operator_class: Option<String>,
    /// The collation, where it is not that of the type.
    pub collation: Option<String>,
    /// The function that gives equal ranges one form.
    pub canonical: Option<String>,
    /// The function that gives the distance of two values.
    pub difference: Option<String>,
    /// The multirange type's qualified name.
    pub multirange: String,
    /// The comment.
    pub comment: Option<String>,
}
