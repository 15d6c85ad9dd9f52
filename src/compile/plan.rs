//! `plan` and its repetition.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use crate::catalog::{
    Catalog, CatalogDiff, Ignore, LinkedCatalog, ObjectDiff, ObjectId, is_given_by_others,
};
use crate::database::{Session, read_catalog, read_linked_catalog};
use crate::diagnostic::{Code, Finding, Refusal, Severity};
use crate::graph::{Direction, Heads, RevisionGraph, Transition};
use crate::lint;
use crate::plan::compile::{Circumstances, compile};
use crate::plan::draft::{Boundary, draft};
use crate::plan::file::PlanFile;
use crate::plan::target::TargetIdentity;
use crate::plan::{Change, Drift, Plan, Policy};
use crate::shadow::{Installation, Server};
use crate::statement;

use super::adopt;
use super::divergence::{Diverged, diverge};
use super::grounds::{Grounds, Tried};
use super::hidden::refuse_dropping;
use super::observe::{ObservedTarget, edited_revisions, observe};
use super::rights;
use super::tablespaces;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct PlanRequest<'a> {
    /// The environment.
    pub environment: &'a str,
    /// What it asks for.
    pub policy: Policy,
    /// How long the plan may be applied, from now.
    pub ttl: jiff::SignedDuration,
    /// Who compiles.
    pub author: &'a str,
    /// Up or down.
    pub direction: Direction,
    /// The revision argument.
    pub selector: &'a str,
    /// Objects that do not count, on neither side of any comparison.
    pub ignore: &'a Ignore,
    /// Whether drift is listed rather than refused.
    pub allow_drift: bool,
    /// Now.
    pub now: Timestamp,
    /// The id that the target gets, if it has none.
    pub proposed_target_id: Uuid,
}

/// Compiles a plan for the target of `session`; `None` where there is nothing to do.
///
/// # Errors
/// Those of looking at the target; the graph's for the selector; `revision-edited`; `irreversible`;
/// `ignored-object`; `drift` without `allow_drift`, `drift-in-the-way` with it; `statement-failed`, `cannot-verify`
/// on the shadow; `shadow-missing`, `shadow-version`.
pub async fn plan(
    session: &Session,
    graph: &RevisionGraph,
    request: &PlanRequest<'_>,
) -> Result<Option<PlanFile>, Refusal> {
    let mut target = observe(session).await?;
    let left_out = target.catalog.leave_out(request.ignore);
    target.chain.check_environment(request.environment)?;
    let heads = target.heads()?;
    let transition = match request.direction {
        Direction::Downgrade => graph.downgrade(&heads, request.selector)?,
        Direction::Upgrade | Direction::Stamp => graph.upgrade(&heads, request.selector)?,
    };
    if transition.moves.is_empty() {
        return Ok(None);
    }
    let mut findings = edited_revisions(graph, &target.chain, &heads)?;
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        findings.retain(|finding| finding.severity == Severity::Error);
        return Err(Refusal::of(findings)
            .unwrap_or_else(|| Refusal::new(Code::RevisionEdited, "a revision was edited")));
    }
    // Before the slow part: what the text alone can refuse.
    let stages = draft(graph, &transition, &BTreeSet::new())?;
    findings.extend(lint_findings(graph, &transition)?);
    tablespaces::are_there(session, Some(graph), &stages).await?;

    let installation = Installation::find(Some(target.identity.server_major))?;
    let ignore = request.ignore;
    let grounds =
        Grounds::of(&installation, &target.observation, &target.identity.database, graph, ignore);
    let shadow = grounds.at(&heads).await?;
    let mut made = {
        let session = shadow.session(grounds.database).await?;
        read_catalog(&session).await?
    };
    made.leave_out(ignore);
    let drift = drift(&made, &target.catalog, target.observation.own_tablespace.as_deref());
    let accepted = target.chain.accepted_drift();
    let is_news = |drift: &&Drift| {
        let [made, there] = [&made, &target.catalog].map(|one| one.objects.get(&drift.object));
        !is_given_by_others(made, there) && !accepted.iter().any(|accepted| accepted.covers(drift))
    };
    let news: Vec<&Drift> = drift.iter().filter(is_news).collect();
    if !news.is_empty() && !request.allow_drift {
        return Err(refuse_drift(&news, &heads));
    }
    let circumstances = circumstances(request, &target, drift);
    let given = Grounds { given: &circumstances.drift, ..grounds };
    let tried = rehearse(&given, shadow, &transition).await?;
    let compiled = compile(
        graph,
        &transition,
        &tried.stages,
        circumstances.clone(),
        &tried.shown,
        findings.clone(),
    );
    let in_the_way = match compiled {
        Err(refusal) if refusal.code() == Code::DriftInTheWay => refusal,
        compiled => return told(session, compiled?, &left_out).await.map(Some),
    };
    // What the revisions make does not tell what becomes of what is otherwise: what is there does.
    let mut there = read_linked_catalog(session).await?;
    there.leave_out(ignore);
    if there.catalog != target.catalog {
        return Err(in_the_way);
    }
    let plan = on_what_is_there(&grounds, &there, &transition, circumstances, findings).await;
    // Where not even that can be tried, or fails there, the drift is the reason.
    told(session, plan.map_err(|_| in_the_way)?, &left_out).await.map(Some)
}

/// The plan's bytes, if it drops nothing that is left out, and puts things only where it may.
async fn told(session: &Session, plan: Plan, left_out: &[ObjectId]) -> Result<PlanFile, Refusal> {
    refuse_dropping(&plan, left_out)?;
    tablespaces::are_open(session, &plan).await?;
    Ok(PlanFile::encode(plan))
}

/// Compiles a plan that is tried on a shadow with what the target has.
async fn on_what_is_there(
    grounds: &Grounds<'_>,
    there: &LinkedCatalog,
    transition: &Transition,
    circumstances: Circumstances,
    findings: Vec<Finding>,
) -> Result<Plan, Refusal> {
    let Diverged { shadow, statements, .. } = diverge(grounds, &transition.from, there).await?;
    let grounds = Grounds { divergence: &statements, ..*grounds };
    let tried = rehearse(&grounds, shadow, transition).await?;
    let circumstances = Circumstances { divergence: statements.clone(), ..circumstances };
    compile(grounds.graph, transition, &tried.stages, circumstances, &tried.shown, findings)
}

/// Compiles a plan again, from the same revisions and against the plan's own observation.
///
/// # Errors
/// `not-reproducible`, naming the first line that differs; and those of [`plan`].
pub async fn recompile(graph: &RevisionGraph, file: &PlanFile) -> Result<(), Refusal> {
    let plan = file.plan();
    if plan.transition.direction == Direction::Stamp {
        return same_bytes(file, adopt::again(graph, plan).await?);
    }
    let from: Heads = plan.transition.from.iter().cloned().collect();
    // What was asked for, such as `heads`, is read in the graph as it was: revisions that were
    // added since must not change what the plan was.
    let known = plan.revisions.iter().map(|revision| &revision.id).chain(&from);
    let graph = &graph.up_to(known)?;
    let selector = plan.transition.requested.as_str();
    let transition = match plan.transition.direction {
        Direction::Downgrade => graph.downgrade(&from, selector)?,
        Direction::Upgrade | Direction::Stamp => graph.upgrade(&from, selector)?,
    };
    let installation = Installation::find(Some(plan.target.server_major))?;
    let divergence = &plan.divergence;
    let grounds = Grounds {
        divergence,
        given: if divergence.is_empty() { &plan.drift } else { &[] },
        ..Grounds::of(&installation, &plan.observation, &plan.target.database, graph, &plan.ignore)
    };
    let tried = rehearse(&grounds, grounds.at(&from).await?, &transition).await?;
    // Findings about files that were edited since they were applied came from the ledger.
    let edited = crate::diagnostic::Code::RevisionEdited.name();
    let known = plan.findings.iter().filter(|finding| finding.name == edited).count();
    let circumstances = Circumstances::of(plan);
    let mut again = compile(
        graph,
        &transition,
        &tried.stages,
        circumstances,
        &tried.shown,
        lint_findings(graph, &transition)?,
    )?;
    again.findings.splice(0..0, plan.findings.iter().take(known).cloned());
    same_bytes(file, again)
}

/// Whether what was compiled again is what was planned.
fn same_bytes(file: &PlanFile, again: Plan) -> Result<(), Refusal> {
    let again = PlanFile::encode(again);
    if again.bytes() == file.bytes() {
        return Ok(());
    }
    Err(first_difference(file, &again))
}

fn first_difference(file: &PlanFile, again: &PlanFile) -> Refusal {
    let text = |file: &PlanFile| String::from_utf8_lossy(file.bytes()).into_owned();
    let (planned, compiled) = (text(file), text(again));
    let different = planned.lines().zip(compiled.lines()).zip(1..).find(|((a, b), _)| a != b);
    let refusal = Refusal::new(
        Code::NotReproducible,
        "compiling the revisions again does not give this plan",
    );
    match different {
        Some(((planned, compiled), line)) => refusal
            .note(format!("line {line} of the plan: {}", planned.trim()))
            .note(format!("compiled again: {}", compiled.trim())),
        None => refusal.note("one of the two is longer"),
    }
    .help("the plan was edited, or a revision changed since: run `enact plan` again and have it reviewed")
}

/// Tries a transition on a shadow that is where it starts.
async fn rehearse(
    grounds: &Grounds<'_>,
    shadow: Server,
    transition: &Transition,
) -> Result<Tried, Refusal> {
    let drafting = |boundaries: &BTreeSet<Boundary>| draft(grounds.graph, transition, boundaries);
    grounds.rehearse(shadow, &transition.from, &drafting).await
}

/// What the rules say about the way up. A way down drops what was made: there the shadow tells what
/// is lost.
fn lint_findings(graph: &RevisionGraph, transition: &Transition) -> Result<Vec<Finding>, Refusal> {
    let mut findings = Vec::new();
    if transition.direction == Direction::Upgrade {
        for revision in transition.moves.iter().filter_map(|step| graph.get(step.revision.as_str()))
        {
            let statements = statement::read(revision.source(), revision.up())?;
            findings.extend(lint::lint(revision.source(), &statements));
        }
    }
    Ok(findings)
}

/// Where a target is, and how it differs from what its revisions make.
#[derive(Debug)]
pub struct DriftReport {
    /// The rows of `alembic_version`.
    pub heads: Heads,
    /// From what the revisions make to what is there, without what others give.
    pub difference: CatalogDiff,
    /// Rights, tablespaces and subscriptions that are there and that no revision gives.
    pub given_by_others: Vec<ObjectId>,
    /// What the revisions make.
    pub made: LinkedCatalog,
    /// The server's version.
    pub server_version: String,
}

/// Compares a target with what the revisions that it is at make on a shadow of its major version. Writes
/// nothing there. Objects that `ignore` hides are on neither side.
///
/// # Errors
/// `ignored-object`; those of [`observe`], of the graph for the rows of `alembic_version`, and of the shadow.
pub async fn find_drift(
    session: &Session,
    graph: &RevisionGraph,
    ignore: &Ignore,
) -> Result<DriftReport, Refusal> {
    let mut target = observe(session).await?;
    target.catalog.leave_out(ignore);
    let heads = target.heads()?;
    let installation = Installation::find(Some(target.identity.server_major))?;
    let grounds =
        Grounds::of(&installation, &target.observation, &target.identity.database, graph, ignore);
    let shadow = grounds.at(&heads).await?;
    let made = grounds.schema(&shadow).await?;
    let mut difference = CatalogDiff::between(&made.catalog, &target.catalog);
    let mut given_by_others = Vec::new();
    difference.objects.retain(|id, _| {
        let [made, there] = [&made.catalog, &target.catalog].map(|one| one.objects.get(id));
        let given = is_given_by_others(made, there);
        given_by_others.extend(given.then(|| id.clone()));
        !given
    });
    Ok(DriftReport {
        difference,
        given_by_others,
        heads,
        made,
        server_version: target.identity.server_version,
    })
}

/// How the target, a database with `own_tablespace`, differs from what its revisions make.
pub(super) fn drift(made: &Catalog, target: &Catalog, own_tablespace: Option<&str>) -> Vec<Drift> {
    let digests = target.inventory();
    CatalogDiff::between(made, target)
        .objects
        .into_iter()
        .map(|(object, diff)| {
            let (change, details) = match diff {
                ObjectDiff::Created => (Change::Created, Vec::new()),
                ObjectDiff::Dropped => (Change::Dropped, Vec::new()),
                ObjectDiff::Changed(changes) => {
                    (Change::Altered, changes.iter().map(ToString::to_string).collect())
                }
            };
            let details =
                rights::described(&object, made, target, own_tablespace).unwrap_or(details);
            Drift { digest: digests.get(&object), change, details, object }
        })
        .collect()
}

fn refuse_drift(drift: &[&Drift], heads: &Heads) -> Refusal {
    let (message, help) = if heads.is_empty() {
        (
            "the database has objects, and no revision is recorded as applied",
            "if the revisions made it, or somebody by hand, run `enact handle-legacy`, which finds out where it is; \
             if its objects are none of theirs, accept them with `--allow-drift`",
        )
    } else {
        (
            "the database is not what its revisions make",
            "write a revision for the difference, undo it, leave out with `--ignore` what is not yours, \
             or accept it with `--allow-drift`",
        )
    };
    let mut refusal = Refusal::new(Code::Drift, message);
    for drift in drift {
        let sign = drift.change.sign();
        refusal = refusal.note(format!("{sign} {}", drift.object));
        for line in &drift.details {
            refusal = refusal.note(format!("    {line}"));
        }
    }
    refusal.help(help)
}

pub(super) fn circumstances(
    request: &PlanRequest<'_>,
    target: &ObservedTarget,
    drift: Vec<Drift>,
) -> Circumstances {
    let identity = &target.identity;
    let known = target.chain.genesis().map(|genesis| genesis.target_id);
    Circumstances {
        environment: request.environment.to_owned(),
        author: request.author.to_owned(),
        created: request.now,
        not_after: request.now + request.ttl,
        target: TargetIdentity {
            target_id: known.unwrap_or(request.proposed_target_id),
            system_identifier: identity.system_identifier.clone(),
            database_oid: identity.database_oid,
            database: identity.database.clone(),
            server_major: identity.server_major,
        },
        ledger: target.ledger(),
        requested: request.selector.to_owned(),
        policy: request.policy.clone(),
        observation: target.observation.clone(),
        ignore: request.ignore.clone(),
        drift,
        located: None,
        divergence: Vec::new(),
    }
}
