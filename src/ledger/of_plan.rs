//! The records of a plan: what its execution writes, by whatever hand.

use jiff::Timestamp;

use super::record::{
    Approver, Direction, Genesis, PlanRecord, RecordedPolicy, RecordedRevision, Stage,
};
use crate::digest::Digest;
use crate::graph;
use crate::plan::{self, Plan};
use crate::revision::RevisionId;

/// Who executes, and when.
#[derive(Debug, Clone, Copy)]
pub struct Execution<'a> {
    /// User and host, or the job.
    pub runner: &'a str,
    /// The run, as in `application_name`.
    pub run: &'a str,
    /// The time of its start.
    pub at: Timestamp,
}

impl Genesis {
    /// The first entry of a ledger that `plan` begins.
    pub fn of(plan: &Plan, execution: Execution<'_>) -> Self {
        Self {
            target_id: plan.target.target_id,
            environment: plan.environment.clone(),
            database: plan.target.database.clone(),
            system_identifier: plan.target.system_identifier.clone(),
            at: execution.at,
            by: execution.runner.to_owned(),
        }
    }
}

impl PlanRecord {
    /// The entry for `plan`, whose exact bytes have the digest `digest`.
    pub fn of(
        plan: &Plan,
        digest: Digest,
        approvals: Vec<Approver>,
        signers: Option<Digest>,
        execution: Execution<'_>,
    ) -> Self {
        Self {
            plan: digest,
            environment: plan.environment.clone(),
            from: texts(&plan.transition.from),
            to: texts(&plan.transition.to),
            author: plan.author.clone(),
            approvals,
            policy: RecordedPolicy {
                approvals: plan.policy.approvals,
                author_signature: plan.policy.author_signature,
            },
            located: plan.located.clone(),
            drift: plan.drift_afterwards(),
            signers,
            runner: execution.runner.to_owned(),
            run: execution.run.to_owned(),
            at: execution.at,
        }
    }
}

impl Stage {
    /// The entry for one stage of a plan.
    pub fn of(
        plan: &Plan,
        digest: Digest,
        stage: &plan::Stage,
        recovered: bool,
        execution: Execution<'_>,
    ) -> Self {
        let before = match stage.number.checked_sub(2) {
            Some(at) => &plan.stages[at as usize].heads_after,
            None => &plan.transition.from,
        };
        // What is adopted did not run here: the record tells of no text.
        let completes = !stage.version_rows.is_empty() && plan.located.is_none();
        let completed =
            plan.revisions.iter().filter(|revision| completes && revision.id == stage.revision);
        Self {
            plan: digest,
            stage: stage.number,
            of: u32::try_from(plan.stages.len()).unwrap_or(u32::MAX),
            direction: match plan.transition.direction {
                graph::Direction::Downgrade => Direction::Down,
                graph::Direction::Upgrade | graph::Direction::Stamp => Direction::Up,
            },
            revisions: completed
                .map(|revision| RecordedRevision {
                    id: revision.id.to_string(),
                    text: revision.text,
                    sql: revision.sql,
                })
                .collect(),
            heads_before: texts(before),
            heads_after: texts(&stage.heads_after),
            fingerprint: stage.fingerprint_after,
            recovered,
            at: execution.at,
            run: execution.run.to_owned(),
        }
    }
}

fn texts(ids: &[RevisionId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}
