//! Event triggers.

use serde::{Deserialize, Serialize};

/// An event trigger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EventTrigger {
    /// The event: `ddl_command_end`.
    pub event: String,
    /// The commands that it is for, sorted; empty for all.
    pub tags: Vec<String>,
    /// The function, which takes no arguments.
    pub function: String,
    /// `disabled`, `replica` or `always`, where it does not simply fire.
    pub enabled: Option<String>,
    /// The comment.
    pub comment: Option<String>,
}
