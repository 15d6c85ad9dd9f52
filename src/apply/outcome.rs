//! What an apply did.

use serde::Serialize;

use crate::catalog::ObjectId;
use crate::digest::Digest;
use crate::ledger::Checkpoint;

/// What an apply did; `exit 0` in every case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The plan.
    pub plan: Digest,
    /// The stages that this run committed.
    pub stages: Vec<u32>,
    /// Those of them that an earlier run had begun, and this one finished or found finished.
    pub recovered: Vec<u32>,
    /// The stages that earlier runs had committed.
    pub before: Vec<u32>,
    /// The run that applied all of it while this one waited for the lock.
    pub applied_by: Option<String>,
    /// The rows of `alembic_version` afterwards.
    pub heads: Vec<String>,
    /// The fingerprint of the schema afterwards, as it was read.
    pub fingerprint: Digest,
    /// Objects that the plan leaves out, and that are gone since this run began: a CASCADE took them
    /// along, or somebody dropped them meanwhile.
    pub gone: Vec<ObjectId>,
    /// Where the ledger stands afterwards. Whoever cuts it later is found out by this.
    pub checkpoint: Checkpoint,
}
