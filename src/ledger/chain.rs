//! Whether a ledger is whole.
//!
//! In: entries as they stand in the database, by number. Out: a [`Chain`], or the first entry that
//! is wrong. After that entry nothing can be trusted, so nothing more is said.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::record::{Genesis, Record};
use super::{Entry, Head};
use crate::diagnostic::{Code, Refusal};
use crate::digest::Digest;

/// A whole ledger of one target; it may be empty. Only [`Chain::verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    links: Vec<Link>,
}

/// A verified entry.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Link {
    hash: Digest,
    record: Record,
}

impl Chain {
    /// Verifies `entries`, which must come in the order of their numbers. Without `target_id` the
    /// first entry is believed; with it, a ledger that came from another target is told.
    ///
    /// # Errors
    /// `ledger-broken`, `ledger-foreign` or `ledger-unreadable`, naming the first bad entry.
    pub fn verify(entries: &[Entry], target_id: Option<Uuid>) -> Result<Self, Refusal> {
        let mut links: Vec<Link> = Vec::with_capacity(entries.len());
        let mut told = Told::default();
        let mut own_id = None;
        for entry in entries {
            let head =
                links.last().map(|last| Head { seq: links.len() as u64 - 1, hash: last.hash });
            follows(entry, head)?;
            let record = Record::decode(&entry.payload);
            let id = match (own_id, &record) {
                (Some(id), _) => id,
                (None, Ok(Record::Genesis(genesis))) => genesis.target_id,
                (None, Ok(_)) => {
                    return Err(broken(0, "it does not name the target, as the first must"));
                }
                (None, Err(error)) => target_id.ok_or_else(|| unreadable(0, error))?,
            };
            own_id = Some(id);
            if Entry::hash_of(id, entry.seq, entry.prev, &entry.payload) != entry.hash {
                return Err(broken(
                    entry.seq,
                    "its content is not what its hash was made of, so it was edited",
                ));
            }
            let record = record.map_err(|error| unreadable(entry.seq, &error))?;
            if let Err(why) = told.hear(&record) {
                return Err(broken(entry.seq, why));
            }
            is_of(target_id, &record)?;
            links.push(Link { hash: entry.hash, record });
        }
        Ok(Self { links })
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.links.len()
    }

    /// Whether nothing was ever recorded.
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// Where the ledger ends.
    pub fn head(&self) -> Option<Head> {
        let seq = self.links.len().checked_sub(1)?;
        Some(Head { seq: seq as u64, hash: self.links[seq].hash })
    }

    /// Checks that the target is the environment's own. A database whose first entry names another
    /// one must not be changed under this one's, perhaps laxer, policy.
    ///
    /// # Errors
    /// `wrong-environment`.
    pub fn check_environment(&self, environment: &str) -> Result<(), Refusal> {
        let Some(genesis) = self.genesis().filter(|genesis| genesis.environment != environment)
        else {
            return Ok(());
        };
        let owner = genesis.environment.escape_debug();
        Err(Refusal::new(
            Code::WrongEnvironment,
            format!("the database belongs to `{owner}`, not to `{environment}`"),
        )
        .note("the first entry of its ledger says so")
        .help(format!("check the connection settings of `{environment}`")))
    }

    /// What the first entry says.
    pub fn genesis(&self) -> Option<&Genesis> {
        match &self.links.first()?.record {
            Record::Genesis(genesis) => Some(genesis),
            _ => None,
        }
    }

    /// What the entries say, in order; the first has number 0.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.links.iter().map(|link| &link.record)
    }

    /// The hash of entry `seq`, if the ledger is so long.
    pub fn hash(&self, seq: u64) -> Option<Digest> {
        Some(self.links.get(usize::try_from(seq).ok()?)?.hash)
    }
}

/// Checks number and link of `entry` after `head`.
fn follows(entry: &Entry, head: Option<Head>) -> Result<(), Refusal> {
    let expected = head.map_or(0, |head| head.seq + 1);
    if entry.seq > expected {
        let last = entry.seq - 1;
        let which = if last == expected {
            format!("entry {expected} is missing")
        } else {
            format!("entries {expected} to {last} are missing")
        };
        return Err(refusal(format!("the ledger is broken: {which}")));
    }
    if entry.seq < expected {
        return Err(broken(entry.seq, "it stands twice, or out of order"));
    }
    match head {
        None if entry.prev != Entry::before_first() => Err(broken(
            0,
            "something stood before it: the ledger's beginning was cut off",
        )),
        Some(head) if entry.prev != head.hash => Err(broken(
            entry.seq,
            "it does not follow the entry before it: one of them was replaced, or some between them removed",
        )
        .note(format!("entry {} has hash {}", head.seq, head.hash))
        .note(format!("entry {} follows {}", entry.seq, entry.prev))),
        _ => Ok(()),
    }
}

/// Checks that a genesis is of the target that is meant.
fn is_of(target_id: Option<Uuid>, record: &Record) -> Result<(), Refusal> {
    match (target_id, record) {
        (Some(expected), Record::Genesis(genesis)) if expected != genesis.target_id => {
            Err(Refusal::new(
                Code::LedgerForeign,
                format!(
                    "the ledger belongs to target {}, not to {expected}",
                    genesis.target_id
                ),
            )
            .note(format!(
                "it was begun for environment `{}`, database `{}`, at {}",
                genesis.environment.escape_debug(),
                genesis.database.escape_debug(),
                genesis.at
            ))
            .help("this database is probably a copy or a restore of another: check what `--env` and `--url` name"))
        }
        _ => Ok(()),
    }
}

/// What the entries so far have told, against stories that cannot be.
#[derive(Default)]
struct Told {
    begun: bool,
    plans: BTreeSet<Digest>,
    stages: BTreeSet<(Digest, u32)>,
}

impl Told {
    fn hear(&mut self, record: &Record) -> Result<(), &'static str> {
        match record {
            Record::Genesis(_) if self.begun => Err("it begins the ledger a second time"),
            Record::Genesis(_) => {
                self.begun = true;
                Ok(())
            }
            Record::Plan(plan) if !self.plans.insert(plan.plan) => {
                Err("it tells of a plan that was recorded before")
            }
            Record::Stage(stage) if !self.plans.contains(&stage.plan) => {
                Err("it tells of a stage whose plan was not recorded")
            }
            Record::Stage(stage) if !self.stages.insert((stage.plan, stage.stage)) => {
                Err("it tells of a stage that was recorded before")
            }
            Record::Plan(_) | Record::Stage(_) | Record::Stamp(_) => Ok(()),
        }
    }
}

fn broken(seq: u64, why: &str) -> Refusal {
    refusal(format!("the ledger is broken at entry {seq}: {why}"))
}

fn refusal(message: String) -> Refusal {
    Refusal::new(Code::LedgerBroken, message).help(
        "find out who can write to `enact.ledger`, and compare with the plans and approvals in git",
    )
}

fn unreadable(seq: u64, error: &serde_json::Error) -> Refusal {
    Refusal::new(
        Code::LedgerUnreadable,
        format!("entry {seq} of the ledger is whole, but not in a known form"),
    )
    .note(format!("at line {}, column {} of its payload", error.line(), error.column()))
    .help("use the enact that wrote it, or a later one")
}
