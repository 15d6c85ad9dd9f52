//! Rewrite rules. That which makes a view is the view.

use serde::{Deserialize, Serialize};

/// A rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// The definition, as CREATE RULE would take it.
    pub definition: String,
    /// `disabled`, `replica` or `always`, where it does not simply apply.
    pub enabled: Option<String>,
    /// The comment.
    pub comment: Option<String>,
}
