//! Taking a database over that nobody has tracked, as a plan like any other: where it is exactly what
//! revisions make, the plan says so; where it nearly is, it repairs what differs first.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, Ignore, InventoryDiff, ObjectId, is_given_by_others};
use crate::database::{Session, read_linked_catalog};
use crate::diagnostic::{Code, Refusal};
use crate::graph::{Heads, RevisionGraph};
use crate::plan::compile::{Circumstances, compile};
use crate::plan::file::PlanFile;
use crate::plan::{Drift, Located, Near, Plan};
use crate::shadow::Installation;

use super::divergence::{Diverged, diverge};
use super::grounds::Grounds;
use super::locate::Detected;
use super::plan::{PlanRequest, circumstances, drift};
use super::repair::{Repair, may_stay, repair};
use super::tablespaces;

/// What is known of the database that is taken over.
#[derive(Debug, Clone, Copy)]
pub struct Adoption<'a> {
    /// Its state, as it was just found out.
    pub detected: &'a Detected,
    /// Where it is, or is to be: see [`Choice`](super::Choice).
    pub heads: &'a Heads,
    /// Whether a repair has online forms where there are any.
    pub online: bool,
}

/// Compiles the plan that adopts the target of `session`. Of `request` the direction does not count; with
/// `allow_drift`, what cannot be brought to the revisions without loss is listed rather than refused.
///
/// # Errors
/// `stale-schema`, if the schema changed since it was located; `repair-incomplete`; `cannot-verify`,
/// `statement-failed`, `shadow-missing`, `shadow-version`; those of looking at the target.
pub async fn adopt(
    session: &Session,
    graph: &RevisionGraph,
    request: &PlanRequest<'_>,
    adoption: &Adoption<'_>,
) -> Result<PlanFile, Refusal> {
    let Adoption { detected, heads, online } = *adoption;
    let ignore = request.ignore;
    let target = &detected.target;
    target.chain.check_environment(request.environment)?;
    let mut there = read_linked_catalog(session).await?;
    there.leave_out(ignore);
    if there.catalog != target.catalog {
        return Err(Refusal::new(
            Code::StaleSchema,
            "the schema was changed since the database was located",
        )
        .help("run it again"));
    }
    let installation = Installation::find(Some(target.identity.server_major))?;
    let grounds =
        Grounds::of(&installation, &target.observation, &target.identity.database, graph, ignore);
    let Diverged { shadow, made, statements } = diverge(&grounds, heads, &there).await?;
    let grounds = Grounds { divergence: &statements, ..grounds };
    let repair = repair(&grounds, heads, shadow, &made, online).await?;
    tablespaces::are_there(session, None, &repair.tried.stages).await?;

    // What the shadow was not given stays as it is.
    let shown = repair.tried.shown.before.clone().without(ignore);
    let unlike = InventoryDiff::between(&shown, &target.catalog.inventory());
    let own_tablespace = target.observation.own_tablespace.as_deref();
    let observed = drift(&made.catalog, &target.catalog, own_tablespace);
    let mut observed: BTreeMap<ObjectId, Drift> =
        observed.into_iter().map(|drift| (drift.object.clone(), drift)).collect();
    let mut left = repair.left.clone();
    for id in unlike.0.into_keys() {
        let drift = observed.remove(&id).ok_or_else(|| unlike_the_target(&id))?;
        left.insert(id, drift);
    }
    let there = |id: &ObjectId| {
        let as_reached = repair.left.get(id) == left.get(id);
        if as_reached { &repair.reached } else { &target.catalog }
    };
    refuse_loss(&left, (&made.catalog, there), &repair, adoption, request.allow_drift)?;
    let online = online && repair.tried.stages.iter().any(|stage| !stage.statements.is_empty());
    let circumstances = Circumstances {
        located: Some(located(detected, ignore, online)),
        divergence: statements.clone(),
        ..circumstances(request, target, left.into_values().collect())
    };
    let plan = compiled(graph, repair, circumstances)?;
    tablespaces::are_open(session, &plan).await?;
    Ok(PlanFile::encode(plan))
}

/// Compiles an adopting plan again; what no shadow can be given is taken from the plan.
pub(super) async fn again(graph: &RevisionGraph, plan: &Plan) -> Result<Plan, Refusal> {
    let heads: Heads = plan.transition.to.iter().cloned().collect();
    let graph = &graph.up_to(&heads)?;
    let installation = Installation::find(Some(plan.target.server_major))?;
    let grounds = Grounds {
        divergence: &plan.divergence,
        ..Grounds::of(&installation, &plan.observation, &plan.target.database, graph, &plan.ignore)
    };
    let shadow = grounds.revisions(&heads).await?;
    let made = grounds.schema(&shadow).await?;
    grounds.diverge(&shadow).await?;
    let online = plan.located.as_ref().is_some_and(|located| located.online);
    let repair = repair(&grounds, &heads, shadow, &made, online).await?;
    let reached = repair.reached.inventory();
    let mut left = repair.left.clone();
    for drift in plan.drift.iter().filter(|drift| reached.get(&drift.object) != drift.digest) {
        left.insert(drift.object.clone(), drift.clone());
    }
    let circumstances =
        Circumstances { drift: left.into_values().collect(), ..Circumstances::of(plan) };
    compiled(graph, repair, circumstances)
}

fn compiled(
    graph: &RevisionGraph,
    repair: Repair,
    circumstances: Circumstances,
) -> Result<Plan, Refusal> {
    let Repair { transition, tried, findings, .. } = repair;
    let plan = compile(graph, &transition, &tried.stages, circumstances, &tried.shown, findings)?;
    let Some(loss) = plan.summary().losses.into_iter().next() else {
        return Ok(plan);
    };
    Err(Refusal::new(Code::RepairIncomplete, format!("the repair would lose {}", loss.what))
        .help(super::repair::BY_HAND))
}

fn unlike_the_target(object: &ObjectId) -> Refusal {
    Refusal::new(
        Code::CannotVerify,
        format!(
            "no shadow can be given the schema that the database has: {object} comes out otherwise"
        ),
    )
    .help("bring what differs to the revision by hand; `enact detect-state` shows it")
}

fn refuse_loss<'a>(
    left: &BTreeMap<ObjectId, Drift>,
    (made, there): (&Catalog, impl Fn(&ObjectId) -> &'a Catalog),
    repair: &Repair,
    adoption: &Adoption<'_>,
    allow_drift: bool,
) -> Result<(), Refusal> {
    let stays = |drift: &&Drift| {
        let there = there(&drift.object);
        let [own, found] = [made, there].map(|one| one.objects.get(&drift.object));
        is_given_by_others(own, found) || may_stay(drift, made, there)
    };
    let mut lossy = left.values().filter(|drift| !stays(drift)).peekable();
    if allow_drift || lossy.peek().is_none() {
        return Ok(());
    }
    let heads: Vec<String> = adoption.heads.iter().map(|id| format!("`{id}`")).collect();
    Err(repair.reasons.incomplete(&heads.join(", "), lossy))
}

fn located(detected: &Detected, ignore: &Ignore, online: bool) -> Located {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let location = detected.location.as_ref();
    let exact = location.iter().flat_map(|location| &location.exact);
    let nearest = location.iter().flat_map(|location| &location.nearest);
    Located {
        fingerprint: detected.target.catalog.fingerprint(),
        exact: exact.map(|heads| heads.iter().cloned().collect()).collect(),
        nearest: nearest
            .map(|near| Near {
                heads: near.heads.iter().cloned().collect(),
                objects: number(near.objects.len()),
                behind: number(near.behind.len()),
            })
            .collect(),
        candidates: number(location.map_or(0, |location| location.candidates)),
        ignored: ignore.patterns().map(str::to_owned).collect(),
        online,
    }
}
