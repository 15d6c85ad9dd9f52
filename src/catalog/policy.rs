//! Row-level security policies.

use serde::{Deserialize, Serialize};

/// A row-level security policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Restrictive rather than permissive.
    pub restrictive: bool,
    /// `all`, `select`, `insert`, `update` or `delete`.
    pub command: String,
    /// The roles that it is for, sorted.
    pub roles: Vec<String>,
    /// The condition for rows that are there.
    pub using: Option<String>,
    /// The condition for rows that are written.
    pub check: Option<String>,
    /// The comment.
    pub comment: Option<String>,
}
