//! Domains.

use serde::{Deserialize, Serialize};

/// A domain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Domain {
    /// The type that it is over, with its modifier.
    #[serde(rename = "type")]
    pub data_type: String,
    /// The collation, where it is not that of the base type.
    pub collation: Option<String>,
    /// Whether NULL is refused.
    pub not_null: bool,
    /// The default's expression.
    pub default: Option<String>,
    /// The checks, by name.
    pub constraints: Vec<DomainConstraint>,
    /// The comment.
    pub comment: Option<String>,
}

/// A check of a domain.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DomainConstraint {
    /// The name.
    pub name: String,
    /// The definition: `CHECK (…)`, with `NOT VALID` where it is not.
    pub definition: String,
    /// The comment.
    pub comment: Option<String>,
}
