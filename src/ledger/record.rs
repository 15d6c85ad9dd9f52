//! What an entry says: the format of the ledger's payloads.
//!
//! In and out: compact JSON with fixed field order, tagged by `kind`. Unknown and doubled fields
//! are refused. Nothing secret stands here, and no row of anybody's data. 64-bit numbers are text.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::digest::Digest;
use crate::plan::{AcceptedDrift, Located};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Record {
    /// The ledger's first entry.
    Genesis(Genesis),
    /// A plan was accepted for execution.
    Plan(PlanRecord),
    /// A stage of a plan took effect.
    Stage(Stage),
    /// Heads were declared without running anything.
    Stamp(Stamp),
}

/// Names the target once and for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Genesis {
    /// The target's id; every entry's hash covers it.
    pub target_id: Uuid,
    /// The environment's name.
    pub environment: String,
    /// The database's name at that time.
    pub database: String,
    /// The cluster's system identifier at that time, in decimal digits; none where the server
    /// does not tell.
    pub system_identifier: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The database role that wrote it.
    pub by: String,
}

/// A plan that is about to be executed, and who allowed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanRecord {
    /// The plan's digest; a plan stands in a ledger once.
    pub plan: Digest,
    /// The environment it was made for.
    pub environment: String,
    /// The heads it starts from.
    pub from: Vec<String>,
    /// The heads it leads to.
    pub to: Vec<String>,
    /// The author it names.
    pub author: String,
    /// Who approved it, with which keys.
    pub approvals: Vec<Approver>,
    /// What was asked of it.
    pub policy: RecordedPolicy,
    /// How it is known that the database is where the plan says, where nobody had tracked it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub located: Option<Located>,
    /// Where the database differs from what its revisions make, once the plan is applied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drift: Vec<AcceptedDrift>,
    /// The digest of the signers file that the approvals were judged by; none where nobody judged.
    pub signers: Option<Digest>,
    /// Who executed it: user and host, or the job.
    pub runner: String,
    /// The run, as in `application_name`.
    pub run: String,
    /// When.
    pub at: Timestamp,
}

/// A person who approved, and the key's fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approver {
    /// The principal in the signers file.
    pub person: String,
    /// `SHA256:…`
    pub key: String,
}

/// The policy that a plan was judged by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedPolicy {
    /// How many approvals were needed.
    pub approvals: u16,
    /// Whether the author's signature was.
    pub author_signature: bool,
}

/// Which way a stage went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Towards the heads.
    Up,
    /// Towards the base.
    Down,
}

/// A stage that took effect, in the transaction of its effect or after a probe of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// The plan that it belongs to.
    pub plan: Digest,
    /// Its number in the plan.
    pub stage: u32,
    /// How many stages the plan has.
    pub of: u32,
    /// Which way.
    pub direction: Direction,
    /// The revisions that it completed.
    pub revisions: Vec<RecordedRevision>,
    /// The heads before it.
    pub heads_before: Vec<String>,
    /// The heads after it.
    pub heads_after: Vec<String>,
    /// The catalog's fingerprint after it, as the plan says.
    pub fingerprint: Digest,
    /// Whether its effect was found by a probe after an interruption.
    pub recovered: bool,
    /// When.
    pub at: Timestamp,
    /// The run, as in `application_name`.
    pub run: String,
}

/// A revision as it was applied or taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedRevision {
    /// Its id.
    pub id: String,
    /// The digest of its file.
    pub text: Digest,
    /// The digest of the SQL that ran for it.
    pub sql: Digest,
}

/// Heads that were declared, not reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stamp {
    /// The heads before.
    pub from: Vec<String>,
    /// The heads after.
    pub to: Vec<String>,
    /// Why, in a person's words.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
}

impl Record {
    /// The payload's bytes.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("records hold only text, numbers and lists")
    }

    /// Reads a payload; the error says what is wrong with it, without the payload's content.
    pub(super) fn decode(payload: &[u8]) -> Result<Self, serde_json::Error> {
        // Nearly every entry is a stage, and its tag stands first: without it, the fields can be
        // read straight into their places. Whatever is otherwise takes the long way.
        if let Some(fields) = payload.strip_prefix(br#"{"kind":"stage","#) {
            let object: Vec<u8> = [b"{", fields].concat();
            if let Ok(stage) = serde_json::from_slice(&object) {
                return Ok(Self::Stage(stage));
            }
        }
        serde_json::from_slice(payload)
    }
}
