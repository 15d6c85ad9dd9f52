//! Languages that routines are written in.

use serde::{Deserialize, Serialize};

/// A language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Language {
    /// Whether any role may write in it.
    pub trusted: bool,
    /// The function that calls routines.
    pub handler: Option<String>,
    /// The function that runs DO.
    pub inline: Option<String>,
    /// The function that checks new routines.
    pub validator: Option<String>,
    /// The comment.
    pub comment: Option<String>,
}
