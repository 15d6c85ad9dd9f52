//! enact through its library: a command in, a plan compiled and applied.
//!
//! The revisions here make nothing, so the plan's rehearsal is known beforehand and is written down
//! instead of observed: everything else (reading the target, the path, the plan's bytes, the
//! preflight, the executor) is what the binary runs. The binary itself is compared in `meeting`.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use enact::apply::{self, Options, StampRequest};
use enact::approval::{ApprovedPlan, Revoked, Signers, Trust};
use enact::catalog::{Ignore, InventoryDiff};
use enact::compile;
use enact::diagnostic::Refusal;
use enact::graph::{Direction, HistoryEntry, RevisionGraph, Transition};
use enact::plan::compile::{Circumstances, Rehearsal, RehearsedStage, compile};
use enact::plan::draft::draft;
use enact::plan::file::PlanFile;
use enact::plan::observation::{Known, Observation};
use enact::plan::target::TargetIdentity;
use enact::workspace::Environment;
use jiff::Timestamp;
use uuid::Uuid;

use crate::postgres::TestDatabase;

/// Upgrades or downgrades; the error is enact's refusal.
pub(crate) async fn run(
    database: &TestDatabase,
    graph: &RevisionGraph,
    direction: Direction,
    selector: &str,
) -> Result<(), Refusal> {
    let target = compile::observe(&database.session).await?;
    let heads = target.heads()?;
    let transition = match direction {
        Direction::Upgrade => graph.upgrade(&heads, selector)?,
        Direction::Downgrade => graph.downgrade(&heads, selector)?,
        Direction::Stamp => return stamp(database, graph, selector).await,
    };
    if transition.moves.is_empty() {
        return Ok(());
    }
    let plan = planned(graph, &transition, target, selector)?;
    let environment = Environment::default();
    let (signers, revoked) = (Signers::default(), Revoked::default());
    let trust = Trust { signers: &signers, revoked: &revoked, policy: &environment.policy() };
    let approved = ApprovedPlan::approve(plan, &[], &trust, Timestamp::now())?;
    let options = Options {
        environment: "dev",
        lock_wait: Duration::from_mins(1),
        runner: "carol@desk",
        run: "compared",
        now: Timestamp::now(),
        interrupted: &AtomicBool::new(false),
        progress: &(),
    };
    apply::apply(&database.session, None, &approved, &options, &mut apply::Resume::default())
        .await?;
    Ok(())
}

async fn stamp(
    database: &TestDatabase,
    graph: &RevisionGraph,
    selector: &str,
) -> Result<(), Refusal> {
    let request = StampRequest {
        environment: "dev",
        selectors: &[selector],
        purge: false,
        reason: "a walk",
        runner: "carol@desk",
        now: Timestamp::now(),
        proposed_target_id: Uuid::new_v4(),
        lock_wait: Duration::from_mins(1),
    };
    apply::stamp(&database.session, graph, &request).await.map(|_| ())
}

fn planned(
    graph: &RevisionGraph,
    transition: &Transition,
    target: compile::ObservedTarget,
    selector: &str,
) -> Result<PlanFile, Refusal> {
    let stages = draft(graph, transition, &BTreeSet::default())?;
    let rehearsed = |statements: usize| RehearsedStage {
        steps: vec![Observation::empty(Known::Observed); statements],
        diff: InventoryDiff::default(),
    };
    let rehearsal = Rehearsal {
        before: target.catalog.inventory(),
        stages: stages.iter().map(|stage| rehearsed(stage.statements.len())).collect(),
    };
    let environment = Environment::default();
    let now = Timestamp::now();
    let identity = &target.identity;
    let known = target.chain.genesis().map(|genesis| genesis.target_id);
    let circumstances = Circumstances {
        environment: "dev".to_owned(),
        author: "carol".to_owned(),
        created: now,
        not_after: now + environment.policy().plan_ttl,
        target: TargetIdentity {
            target_id: known.unwrap_or_else(Uuid::new_v4),
            system_identifier: identity.system_identifier.clone(),
            database_oid: identity.database_oid,
            database: identity.database.clone(),
            server_major: identity.server_major,
        },
        ledger: target.ledger(),
        requested: selector.to_owned(),
        policy: environment.plan_policy(),
        observation: target.observation,
        ignore: Ignore::default(),
        located: None,
        divergence: Vec::new(),
        drift: Vec::new(),
    };
    compile(graph, transition, &stages, circumstances, &rehearsal, Vec::new()).map(PlanFile::encode)
}

/// The rows of `alembic_version`, sorted.
pub(crate) async fn rows(database: &TestDatabase) -> Vec<String> {
    let heads = compile::observe_heads(&database.session).await.unwrap();
    heads.iter().map(ToString::to_string).collect()
}

/// The lines of `enact current`, sorted.
pub(crate) async fn current(database: &TestDatabase, graph: &RevisionGraph) -> Vec<String> {
    let heads = compile::observe_heads(&database.session).await.unwrap();
    let current = graph.current(&heads).unwrap();
    let mut lines: Vec<String> = graph
        .history(&heads)
        .iter()
        .filter(|entry| current.iter().any(|revision| revision.id == entry.id))
        .map(HistoryEntry::current_line)
        .collect();
    lines.sort();
    lines
}

/// The lines of `enact heads`, sorted.
pub(crate) fn heads(graph: &RevisionGraph) -> Vec<String> {
    let entries = graph.history(&enact::graph::Heads::new());
    let mut lines: Vec<String> =
        entries.iter().filter(|entry| entry.head).map(HistoryEntry::head_line).collect();
    lines.sort();
    lines
}
