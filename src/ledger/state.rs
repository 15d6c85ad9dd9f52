//! What a ledger says is applied, and with which text.
//!
//! In: a verified [`Chain`]. Out: each revision's last state, so that a file that was edited after
//! it was applied can be told.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Chain;
use super::record::{Direction, Record};
use crate::digest::Digest;
use crate::plan::AcceptedDrift;

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
    /// The rows of `alembic_version` that the last entry leaves; nothing, if none tells of any. A database that
    /// is being taken over is nowhere before the last stage.
    pub fn heads(&self) -> Option<BTreeSet<String>> {
        let adopting = self.records().filter_map(|record| match record {
            Record::Plan(plan) => plan.located.as_ref().map(|_| plan.plan),
            _ => None,
        });
        let adopting: BTreeSet<Digest> = adopting.collect();
        let told = self.records().filter_map(|record| match record {
            Record::Stage(stage) if stage.stage < stage.of && adopting.contains(&stage.plan) => {
                None
            }
            Record::Stage(stage) => Some(&stage.heads_after),
            Record::Stamp(stamp) => Some(&stamp.to),
            Record::Genesis(_) | Record::Plan(_) => None,
        });
        told.last().map(|heads| heads.iter().cloned().collect())
    }

    /// The differences between database and revisions that the newest plan has listed.
    pub fn accepted_drift(&self) -> &[AcceptedDrift] {
        let plans = self.records().filter_map(|record| match record {
            Record::Plan(plan) => Some(plan.drift.as_slice()),
            _ => None,
        });
        plans.last().unwrap_or_default()
    }

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
