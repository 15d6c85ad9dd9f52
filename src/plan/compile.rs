//! Putting a plan together: the draft, what was seen of the target, and what the shadow showed.
//!
//! Pure: the same revisions, circumstances and rehearsal give the same bytes.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::catalog::{Ignore, Inventory, InventoryDiff, ObjectId, Replacement};
use crate::diagnostic::{Code, Finding, Refusal, Severity};
use crate::digest::Digest;
use crate::graph::{Direction, RevisionGraph, Transition};
use crate::revision::RevisionId;
use crate::statement;

use super::draft::DraftStage;
use super::impact::{Impact, impacts};
use super::loss::losses;
use super::observation::Observation;
use super::target::{LedgerPosition, TargetIdentity, TargetObservation};
use super::{
    Change, Drift, Effect, FORMAT_VERSION, Fingerprints, Located, Mode, Plan, PlanFinding,
    PlannedRevision, PlannedTransition, Policy, Stage, Step,
};

/// Everything a plan says that does not follow from the revisions: it can be taken from a live
/// target, or from a plan that is compiled again.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// The environment.
    pub environment: String,
    /// Who compiles.
    pub author: String,
    /// When.
    pub created: Timestamp,
    /// Until when the plan may be applied.
    pub not_after: Timestamp,
    /// The database.
    pub target: TargetIdentity,
    /// Where its ledger stands.
    pub ledger: LedgerPosition,
    /// The revision argument.
    pub requested: String,
    /// What the environment asks for.
    pub policy: Policy,
    /// What was seen of the database.
    pub observation: TargetObservation,
    /// Which of its objects do not count.
    pub ignore: Ignore,
    /// Where it differs from what its revisions make; where it is adopted, will differ.
    pub drift: Vec<Drift>,
    /// How it was located, where it is adopted.
    pub located: Option<Located>,
    /// The SQL that led the shadow from what the revisions make to what the database has.
    pub divergence: Vec<Vec<String>>,
}

impl Circumstances {
    /// The circumstances that a plan states, to compile it again.
    pub fn of(plan: &Plan) -> Self {
        Self {
            environment: plan.environment.clone(),
            author: plan.author.clone(),
            created: plan.created,
            not_after: plan.not_after,
            target: plan.target.clone(),
            ledger: plan.ledger,
            requested: plan.transition.requested.clone(),
            policy: plan.policy.clone(),
            observation: plan.observation.clone(),
            ignore: plan.ignore.clone(),
            drift: plan.drift.clone(),
            located: plan.located.clone(),
            divergence: plan.divergence.clone(),
        }
    }
}

/// What the shadow showed.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    /// The schema that the shadow had before: what the revisions applied so far make, or what the
    /// database has.
    pub before: Inventory,
    /// One a stage.
    pub stages: Vec<RehearsedStage>,
}

/// What the shadow showed of one stage.
#[derive(Debug, Clone)]
pub struct RehearsedStage {
    /// What each statement was seen to do.
    pub steps: Vec<Observation>,
    /// What the stage did to the schema.
    pub diff: InventoryDiff,
}

/// Puts the plan together.
///
/// # Errors
/// `ignored-object`, if a stage changes an object that does not count; `drift-in-the-way`, if it
/// changes one that the target has otherwise.
pub fn compile(
    graph: &RevisionGraph,
    transition: &Transition,
    draft: &[DraftStage],
    mut circumstances: Circumstances,
    rehearsal: &Rehearsal,
    findings: Vec<Finding>,
) -> Result<Plan, Refusal> {
    keep_touched_relations(&mut circumstances.observation, rehearsal);
    let mut target = before(&circumstances, rehearsal);
    let fingerprint_before = target.fingerprint();
    let mut stages = Vec::with_capacity(draft.len());
    let mut next_step = 1;
    let mut impacts = impacts(rehearsal.stages.iter().flat_map(|stage| &stage.steps)).into_iter();
    for (number, (drafted, rehearsed)) in (1..).zip(draft.iter().zip(&rehearsal.stages)) {
        let revision = format!("revision `{}` changes", drafted.revision);
        refuse_hidden(&revision, rehearsed.diff.0.keys(), &circumstances.ignore)?;
        target = target
            .patched(&rehearsed.diff)
            .map_err(|objects| drift_in_the_way(&drafted.revision, objects))?;
        let in_file = circumstances.located.is_none();
        let target_seen = (&circumstances.observation, in_file);
        let steps = steps(drafted, rehearsed, next_step, &mut impacts, target_seen);
        next_step += u32::try_from(steps.len()).unwrap_or(u32::MAX);
        let policy = &circumstances.policy;
        let alone = drafted.mode == Mode::Alone;
        stages.push(Stage {
            number,
            revision: drafted.revision.clone(),
            mode: drafted.mode,
            // A concurrent build blocks nobody while it waits, and a cut one leaves an invalid
            // index: it may wait (postgres.md §4).
            lock_timeout_ms: if alone { 0 } else { policy.lock_timeout_ms },
            statement_timeout_ms: if alone { 0 } else { policy.statement_timeout_ms },
            steps,
            version_rows: drafted.version_rows.clone(),
            heads_after: drafted.heads_after.iter().cloned().collect(),
            effects: effects(&rehearsed.diff),
            fingerprint_after: target.fingerprint(),
        });
    }
    Ok(Plan {
        format_version: FORMAT_VERSION,
        environment: circumstances.environment,
        author: circumstances.author,
        created: circumstances.created,
        not_after: circumstances.not_after,
        target: circumstances.target,
        ledger: circumstances.ledger,
        transition: PlannedTransition {
            direction: transition.direction,
            requested: circumstances.requested,
            from: transition.from.iter().cloned().collect(),
            to: transition.to.iter().cloned().collect(),
        },
        fingerprints: Fingerprints { before: fingerprint_before, after: target.fingerprint() },
        policy: circumstances.policy,
        observation: circumstances.observation,
        ignore: circumstances.ignore,
        drift: circumstances.drift,
        located: circumstances.located,
        divergence: circumstances.divergence,
        findings: findings.into_iter().map(plan_finding).collect(),
        revisions: planned_revisions(graph, transition)?,
        stages,
    })
}

/// The plan names the sizes of what it locks, and of nothing else: a plan is read by people.
fn keep_touched_relations(observation: &mut TargetObservation, rehearsal: &Rehearsal) {
    let touched: BTreeSet<&str> = rehearsal
        .stages
        .iter()
        .flat_map(|stage| &stage.steps)
        .flat_map(|step| &step.locks)
        .map(|lock| lock.relation.as_str())
        .collect();
    observation.relations.retain(|size| touched.contains(size.relation.as_str()));
}

/// The target's schema before the plan: that of the shadow, and what no shadow was given.
fn before(circumstances: &Circumstances, rehearsal: &Rehearsal) -> Inventory {
    let mut inventory = rehearsal.before.clone().without(&circumstances.ignore);
    let adopts = circumstances.located.is_some();
    let is_touched =
        |object| rehearsal.stages.iter().any(|stage| stage.diff.0.contains_key(object));
    for drift in &circumstances.drift {
        // What differs after a repair is told as it is then; the shadow shows how it was before.
        if !(adopts && is_touched(&drift.object)) {
            inventory.set(drift.object.clone(), drift.digest);
        }
    }
    inventory
}

/// What a stage does, object by object, in the objects' order.
pub fn effects(diff: &InventoryDiff) -> Vec<Effect> {
    diff.0
        .iter()
        .map(|(object, &Replacement { before, after })| Effect {
            object: object.clone(),
            change: match (before, after) {
                (None, _) => Change::Created,
                (_, None) => Change::Dropped,
                _ => Change::Altered,
            },
            before,
            after,
        })
        .collect()
}

/// What revisions do must not go unobserved. `doing` begins the sentence that the object ends.
///
/// # Errors
/// `ignored-object`, with every object that a pattern hides.
pub fn refuse_hidden<'a>(
    doing: &str,
    objects: impl IntoIterator<Item = &'a ObjectId>,
    ignore: &Ignore,
) -> Result<(), Refusal> {
    let hidden = objects.into_iter().filter_map(|object| Some((object, ignore.hiding(object)?)));
    Refusal::unless_empty(
        hidden.map(|(object, pattern)| hidden_object(doing, object, pattern)).collect(),
    )
}

/// The finding about one object of the revisions that `pattern` hides.
pub fn hidden_object(doing: &str, object: &ObjectId, pattern: &str) -> Finding {
    Finding::error(
        Code::IgnoredObject,
        format!("{doing} {object}, which the pattern `{pattern}` leaves out"),
    )
    .help("narrow the pattern, in `ignore` of `enact.toml` or `--ignore`, to what is not the revisions'")
}

fn drift_in_the_way(revision: &RevisionId, objects: Vec<ObjectId>) -> Refusal {
    let findings = objects
        .into_iter()
        .map(|object| {
            Finding::error(
                Code::DriftInTheWay,
                format!(
                    "revision `{revision}` changes {object}, which is not what its revisions make"
                ),
            )
            .help("bring the object back to what its revisions make, or write a revision for it")
        })
        .collect();
    Refusal::of(findings)
        .unwrap_or_else(|| Refusal::new(Code::DriftInTheWay, "drift stands in the way"))
}

fn steps(
    drafted: &DraftStage,
    rehearsed: &RehearsedStage,
    first: u32,
    impacts: &mut impl Iterator<Item = Impact>,
    (target, in_file): (&TargetObservation, bool),
) -> Vec<Step> {
    (first..)
        .zip(drafted.statements.iter().zip(&rehearsed.steps))
        .zip(impacts)
        .map(|((number, (statement, observed)), impact)| Step {
            number,
            kind: statement.kind().name().to_owned(),
            line: in_file.then(|| u32::try_from(statement.line()).unwrap_or(u32::MAX)),
            sql: statement.sql().split('\n').map(str::to_owned).collect(),
            sha256: Digest::of(statement.sql()),
            loses: losses(statement, &observed.known, &impact, target),
            observed: observed.clone(),
        })
        .collect()
}

fn planned_revisions(
    graph: &RevisionGraph,
    transition: &Transition,
) -> Result<Vec<PlannedRevision>, Refusal> {
    let revisions = match transition.direction {
        Direction::Stamp => graph.applied(&transition.to)?,
        Direction::Upgrade | Direction::Downgrade => {
            let steps = transition.moves.iter();
            steps.filter_map(|step| graph.get(step.revision.as_str())).collect()
        }
    };
    revisions
        .into_iter()
        .map(|revision| {
            Ok(PlannedRevision {
                id: revision.id.clone(),
                message: revision.message.clone(),
                file: revision.source().name().to_string(),
                text: revision.text_digest(),
                sql: statement::sql_digest(&statement::read(revision.source(), revision.up())?),
                reversible: revision.down().is_some(),
            })
        })
        .collect()
}

fn plan_finding(finding: Finding) -> PlanFinding {
    PlanFinding {
        name: finding.name().to_owned(),
        place: finding.place.as_ref().map(ToString::to_string),
        message: finding.message,
        help: finding.help,
        allowed: (finding.severity == Severity::Note).then(|| finding.notes.join("; ")),
    }
}
