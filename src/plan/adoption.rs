//! How it is known where a database is that nobody has tracked.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::revision::RevisionId;

/// What a schema was compared with, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Located {
    /// The fingerprint of the database's schema, as it was found.
    pub fingerprint: Digest,
    /// Every set of heads that makes this schema, the oldest first. Where there is none, the database
    /// is repaired.
    pub exact: Vec<Vec<RevisionId>>,
    /// Where there is none, those that come nearest, the nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nearest: Vec<Near>,
    /// How many sets of heads it was compared with.
    pub candidates: u32,
    /// Patterns of objects that did not count.
    pub ignored: Vec<String>,
    /// Whether the repair has online forms where there are any, in stages that are committed one by one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub online: bool,
}

/// A set of heads that makes nearly the schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Near {
    /// The heads.
    pub heads: Vec<RevisionId>,
    /// How many objects differ.
    pub objects: u32,
    /// How many of them are in the database as a later revision makes them.
    pub behind: u32,
}
