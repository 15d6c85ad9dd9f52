//! Triggers.

use serde::{Deserialize, Serialize};

/// A trigger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Trigger {
    /// The definition, as CREATE TRIGGER would take it.
    pub definition: String,
    /// `disabled`, `replica` or `always`, where it does not simply fire.
    pub enabled: Option<String>,
    /// Whether it comes from a parent table.
    pub inherited: bool,
    /// The comment.
    pub comment: Option<String>,
}
