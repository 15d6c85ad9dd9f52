//! Subscriptions to publications. How to connect is a secret, and not here.

use serde::{Deserialize, Serialize};

/// A subscription.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Subscription {
    /// The publications, sorted.
    pub publications: Vec<String>,
    /// Whether it receives.
    pub enabled: bool,
    /// The replication slot; none for NONE.
    pub slot: Option<String>,
    /// The `synchronous_commit` of its workers.
    pub synchronous_commit: String,
    /// Whether values come in their binary form.
    pub binary: bool,
    /// `on` or `parallel`, where transactions are sent before they end.
    pub streaming: Option<String>,
    /// Whether transactions are prepared (PostgreSQL 15 and later).
    pub two_phase: bool,
    /// Whether an error disables it (PostgreSQL 15 and later).
    pub disable_on_error: bool,
    /// Whether a password is not asked for (PostgreSQL 16 and later).
    pub password_optional: bool,
    /// Whether its workers have its owner's rights (PostgreSQL 16 and later).
    pub run_as_owner: bool,
    /// Which changes come, where it is not `any` (PostgreSQL 16 and later).
    pub origin: Option<String>,
    /// Whether standbys keep its slot (PostgreSQL 17 and later).
    pub failover: bool,
    /// The comment.
    pub comment: Option<String>,
}
