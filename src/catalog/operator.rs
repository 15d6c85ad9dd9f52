//! Operators, and what tells index methods about them: families and classes.

use serde::{Deserialize, Serialize};

/// An operator.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Operator {
    /// The type on the left; none for a prefix operator.
    pub left: Option<String>,
    /// The type on the right.
    pub right: String,
    /// The function with its argument types.
    pub function: String,
    /// The operator that takes the operands the other way round: `OPERATOR(public.<)`.
    pub commutator: Option<String>,
    /// The operator that gives the opposite.
    pub negator: Option<String>,
    /// The function that estimates how many rows are chosen.
    pub restrict: Option<String>,
    /// The function that estimates how many rows a join has.
    pub join: Option<String>,
    /// Whether hash joins may use it.
    pub hashes: bool,
    /// Whether merge joins may use it.
    pub merges: bool,
    /// The comment.
    pub comment: Option<String>,
}

/// An operator family.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OperatorFamily {
    /// The members that belong to no class, as ALTER OPERATOR FAMILY would add them.
    pub members: Vec<String>,
    /// The comment.
    pub comment: Option<String>,
}

/// An operator class.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OperatorClass {
    /// The type that it is for.
    #[serde(rename = "type")]
    pub data_type: String,
    /// Whether it is the type's class, unless another is asked for.
    pub default: bool,
    /// The family's qualified name.
    pub family: String,
    /// The type that the index holds, where it is another.
    pub storage: Option<String>,
    /// The operators and functions, as CREATE OPERATOR CLASS would take them.
    pub members: Vec<String>,
    /// The comment.
    pub comment: Option<String>,
}
