//! Extensions. Their members belong to them and are not listed.

use serde::{Deserialize, Serialize};

/// An extension.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Extension {
    /// The schema that its objects stand in.
    pub schema: String,
    /// The installed version.
    pub version: String,
    /// The comment; usually the extension's own.
    pub comment: Option<String>,
}
