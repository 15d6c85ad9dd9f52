//! Schemas.

use serde::{Deserialize, Serialize};

/// A schema.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Schema {
    /// The comment, unless it is the one that every new database carries on `public`.
    pub comment: Option<String>,
}
