//! What was done to a target, as a chain of hashes that nobody can quietly change.
//!
//! In: the entries of a target's ledger, and heads of it that signed plans witnessed or people kept.
//! Out: a verified [`Chain`], or the first entry that is wrong and how. The chain alone shows edits,
//! removals, insertions and reorderings; that its end was cut, or all of it written anew, only a
//! [`Witness`] shows.

mod record;
mod of_plan;
mod chain;
mod state;
mod witness;

use uuid::Uuid;

pub use chain::Chain;
pub use of_plan::Execution;
pub use record::{
    Approver, Direction, Genesis, PlanRecord, Record, RecordedPolicy, RecordedRevision, Stage,
    Stamp,
};
pub use state::AppliedRevision;
pub use witness::{Checkpoint, NotACheckpoint, Witness};

use crate::digest::Digest;

/// What every entry's hash starts with, then [`VERSION`].
pub const TAG: &str = "enact-ledger-entry";

/// The version of the hash's layout.
pub const VERSION: u8 = 1;

/// Makes the schema `enact`. Run in the transaction of the first entry; fails if the schema is
/// there. The trigger is a seat belt: the owner can remove it, and a superuser step around it.
pub const SCHEMA_SQL: &str = include_str!("schema.sql");

/// The key of the advisory lock that keeps runners apart: "enac", "t", version 1.
pub const LOCK_KEY: (i32, i32) = (0x656e_6163, 0x7400_0001);

/// [`Entry::hash_of`] in SQL, over `target_id`, an expression of type uuid, and columns `seq bigint, prev
/// bytea, payload bytea`: for the script that writes the ledger without enact.
pub fn hash_sql(target_id: &str) -> String {
    format!(
        "sha256('{TAG}'::bytea || '\\x{VERSION:02x}'::bytea || uuid_send({target_id})\n    \
         || int8send(seq) || prev || int8send(length(payload)::bigint) || payload)"
    )
}

/// One row of `enact.ledger`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its number: 0, 1, 2, … without gaps.
    pub seq: u64,
    /// The hash of the entry before it; 32 zero bytes for the first.
    pub prev: Digest,
    /// The exact bytes of its [`Record`].
    pub payload: Vec<u8>,
    /// [`Entry::hash_of`] all the others.
    pub hash: Digest,
}

/// Where a ledger ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The last entry's number.
    pub seq: u64,
    /// The last entry's hash.
    pub hash: Digest,
}

impl Entry {
    /// The entry that says `record`, to follow `head`; the first one follows nothing.
    pub fn following(head: Option<Head>, target_id: Uuid, record: &Record) -> Self {
        let (seq, prev) = head.map_or((0, Self::before_first()), |head| (head.seq + 1, head.hash));
        let payload = record.encode();
        Self { hash: Self::hash_of(target_id, seq, prev, &payload), seq, prev, payload }
    }

    /// The hash of an entry: SHA-256 over tag, version byte, target id (16 bytes), number (8 bytes,
    /// big-endian), previous hash (32 bytes), payload length (8 bytes, big-endian) and payload.
    /// [`hash_sql`] computes the same.
    pub fn hash_of(target_id: Uuid, seq: u64, prev: Digest, payload: &[u8]) -> Digest {
        let mut bytes = Vec::with_capacity(TAG.len() + 65 + payload.len());
        bytes.extend_from_slice(TAG.as_bytes());
        bytes.push(VERSION);
        bytes.extend_from_slice(target_id.as_bytes());
        bytes.extend_from_slice(&seq.to_be_bytes());
        bytes.extend_from_slice(prev.as_bytes());
        bytes.extend_from_slice(&(payload.len() as u64).to_be_bytes());
        bytes.extend_from_slice(payload);
        Digest::of(bytes)
    }

    /// What the first entry has for the hash of the one before it.
    pub fn before_first() -> Digest {
        Digest::from_bytes(&[0; 32]).expect("32 bytes are a digest")
    }

    /// This entry as the place where a ledger ends.
    pub fn head(&self) -> Head {
        Head { seq: self.seq, hash: self.hash }
    }
}
