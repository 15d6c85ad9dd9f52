//! Subscriptions of logical replication.

use serde::{Deserialize, Serialize};

/// A subscription, without its connection string: that holds a password.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Subscription {
    /// Whether it is to replicate.
    pub enabled: bool,
    /// The publications, sorted.
    pub publications: Vec<String>,
    /// The replication slot, if it has one.
    pub slot: Option<String>,
    /// `synchronous_commit` of its workers.
    pub synchronous_commit: String,
    /// Whether values come in binary form.
    pub binary: bool,
    /// Whether transactions come before their end: `on`, or `parallel` (PostgreSQL 16 and later).
    pub streaming: Option<String>,
    /// Whether prepared transactions come as such (PostgreSQL 15 and later).
    pub two_phase: bool,
    /// Whether an error ends it (PostgreSQL 15 and later).
    pub disable_on_error: bool,
    /// Whether changes that the publisher got from elsewhere are left out (PostgreSQL 16 and later).
    pub without_origin: bool,
    /// Whether its owner may be without a password (PostgreSQL 16 and later).
    pub without_password: bool,
    /// Whether changes are made as its owner (PostgreSQL 16 and later).
    pub run_as_owner: bool,
    /// Whether its slot follows to standbys (PostgreSQL 17 and later).
    pub failover: bool,
    /// The comment.
    pub comment: Option<String>,
}
