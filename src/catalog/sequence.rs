//! Sequences. Where one stands is data, and not here.

use serde::{Deserialize, Serialize};

/// A sequence. That of an identity column is part of its column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sequence {
    /// Whether it is lost in a crash (PostgreSQL 15 and later).
    pub unlogged: bool,
    /// `smallint`, `integer` or `bigint`.
    #[serde(rename = "type")]
    pub data_type: String,
    /// The first value.
    pub start: i64,
    /// The step.
    pub increment: i64,
    /// The least value.
    pub minimum: i64,
    /// The greatest value.
    pub maximum: i64,
    /// How many values a session takes at a time.
    pub cache: i64,
    /// Whether it starts again at the end.
    pub cycle: bool,
    /// The column that it goes with, for instance `public.cats.id`.
    pub owned_by: Option<String>,
    /// The comment.
    pub comment: Option<String>,
}
