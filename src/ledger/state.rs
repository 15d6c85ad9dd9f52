//! What a ledger says is applied, and with which text.
//!
//! In: a verified [`Chain`]. Out: each revision's last state, so that a file that was edited after
//! it was applied can be told.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Chain;
use super::record::{Direction, Record};
use crate::digest::Digest;

/// A revision as it was last applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedRevision {
    /// The digest of its file.
    pub text: Digest,
    /// The digest of the SQL that ran for it.
    pub sql: Digest,
    /// When.
    pub at: Timestamp,
    /// By which plan.
    pub plan: Digest,
}

impl Chain {
    /// The revisions that stages applied and none took back, by id. A stamp runs nothing, so it
    /// changes nothing here: ask only about revisions that the target's heads contain.
    pub fn applied_revisions(&self) -> BTreeMap<String, AppliedRevision> {
        let mut applied = BTreeMap::new();
        for record in self.records() {
            let Record::Stage(stage) = record else {
                continue;
            };
            for revision in &stage.revisions {
                match stage.direction {
                    Direction::Up => {
                        let state = AppliedRevision {
                            text: revision.text,
                            sql: revision.sql,
                            at: stage.at,
                            plan: stage.plan,
                        };
                        applied.insert(revision.id.clone(), state);
                    }
                    Direction::Down => {
                        applied.remove(&revision.id);
                    }
                }
            }
        }
        applied
    }
}
