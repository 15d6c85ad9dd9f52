//! Heads of a ledger that something outside the database has seen.
//!
//! In: a verified [`Chain`], the heads that plans in git expected when people signed them, and the
//! checkpoints that people kept. Out: whether the chain still goes through all of them. It tells what
//! the chain alone cannot: a cut end, a ledger written anew, a database restored to an earlier time.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use uuid::Uuid;

use super::{Chain, Head};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::digest::Digest;

/// A head, and what saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// What saw it, as people know it: "plan `…`".
    pub by: String,
    /// The head.
    pub head: Head,
}

/// A position of one target's ledger, to keep outside the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Checkpoint {
    /// The target's id.
    pub target_id: Uuid,
    /// The number of the newest entry.
    #[serde(with = "crate::plan::number")]
    pub seq: u64,
    /// Its hash.
    pub hash: Digest,
}

/// As `apply` prints it, and as `ledger verify --checkpoint` takes it: the hash covers the target.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

impl FromStr for Witness {
    type Err = NotACheckpoint;

    fn from_str(text: &str) -> Result<Self, NotACheckpoint> {
        let (seq, hash) = text.trim().split_once(':').ok_or(NotACheckpoint)?;
        let seq = seq.parse().map_err(|_| NotACheckpoint)?;
        let hash = hash.parse().map_err(|_| NotACheckpoint)?;
        Ok(Self { by: "the checkpoint".to_owned(), head: Head { seq, hash } })
    }
}

/// A text that is no checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotACheckpoint;

impl fmt::Display for NotACheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a checkpoint is `<number>:<hash>`, as `enact apply` prints it")
    }
}

impl std::error::Error for NotACheckpoint {}

impl Chain {
    /// Where the ledger stands, to be kept elsewhere; nothing, where it is empty.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        let (genesis, head) = self.genesis().zip(self.head())?;
        Some(Checkpoint { target_id: genesis.target_id, seq: head.seq, hash: head.hash })
    }

    /// Checks that the chain goes through every witnessed head.
    ///
    /// # Errors
    /// `ledger-rewound`, once for every head that it does not go through.
    pub fn goes_through(&self, witnesses: &[Witness]) -> Result<(), Refusal> {
        let findings = witnesses
            .iter()
            .filter_map(|witness| {
                let message = self.objection(witness)?;
                Some(Finding::error(Code::LedgerRewound, message).help(
                    "if the database was restored, find out from when; if not, find out who rewrote the ledger",
                ))
            })
            .collect();
        Refusal::unless_empty(findings)
    }

    fn objection(&self, Witness { by, head }: &Witness) -> Option<String> {
        let seen = format!("{by} saw entry {}", head.seq);
        match (self.hash(head.seq), self.head()) {
            (Some(hash), _) if hash == head.hash => None,
            (Some(hash), _) => Some(format!(
                "{seen} with hash {}, and now its hash is {hash}: the ledger was written anew, or is \
                 another database's",
                head.hash
            )),
            (None, Some(end)) => Some(format!(
                "{seen}, and the ledger ends at entry {}: its end was cut, or the database restored",
                end.seq
            )),
            (None, None) => Some(format!("{seen}, and the ledger is empty")),
        }
    }
}
