//! What an application calls when it starts: whatever the state, the database is brought to the heads of
//! the revisions, as far as its environment's policy allows.
//!
//! In: a [`Request`]. Out: what was applied, or a refusal that says what is needed. At the heads that
//! takes one connection and no shadow. An instance that finds another at work waits for it, and then
//! has nothing left to do.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::apply::{self, Connections, Event, Options, Outcome, Progress};
use crate::approval::ApprovedPlan;
use crate::catalog::Ignore;
use crate::compile::{self, Adoption, Choice, PlanRequest, Search};
use crate::database::advisory_lock::AdvisoryLock;
use crate::database::{Session, Settings, read_catalog};
use crate::diagnostic::{Code, Refusal};
use crate::graph::{Direction, Heads, RevisionGraph};
use crate::plan::Plan;
use crate::plan::file::PlanFile;
use crate::spelling::counted;
use crate::workspace::plans::{self, PlanDirectory};
use crate::workspace::trust::{self, Trusted};
use crate::workspace::{Project, git};

/// What is to be ensured, and how.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The project.
    pub project: &'a Project,
    /// Its environment.
    pub environment: &'a str,
    /// How to connect.
    pub settings: &'a Settings,
    /// How long to wait for another instance; it may be planning and applying.
    pub wait: Duration,
    /// Objects that do not count for a plan that is compiled here, nor for whether the database is
    /// empty. Approved plans have patterns of their own.
    pub ignore: &'a Ignore,
    /// Whether a plan that was compiled here may lose data. What people approved is theirs to judge.
    pub may_lose_data: bool,
    /// Who runs it, for the ledger: the application, or user and host.
    pub runner: &'a str,
    /// This run's id, for the ledger.
    pub run: &'a str,
    /// Set when the person asks to stop.
    pub interrupted: &'a AtomicBool,
    /// Who listens.
    pub progress: &'a dyn Progress,
}

/// Nobody asks to stop.
static NEVER: AtomicBool = AtomicBool::new(false);

impl<'a> Request<'a> {
    /// Of `runner`, which waits five minutes for another, leaves out what the project does, loses
    /// nothing, listens to nothing, and goes by its own name in the ledger.
    pub fn new(
        project: &'a Project,
        environment: &'a str,
        settings: &'a Settings,
        runner: &'a str,
    ) -> Self {
        Self {
            project,
            environment,
            settings,
            wait: Duration::from_mins(5),
            ignore: &project.config.ignore,
            may_lose_data: false,
            runner,
            run: runner,
            interrupted: &NEVER,
            progress: &(),
        }
    }
}

/// The database is at the heads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ensured {
    /// The rows of `alembic_version`.
    pub heads: Vec<String>,
    /// What this run applied, plan by plan; nothing, where nothing was left to do.
    pub applied: Vec<Outcome>,
}

/// What [`ensure`] would do, as far as can be told without doing it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Prospect {
    /// The rows of `alembic_version`.
    pub heads: Vec<String>,
    /// The revisions that are not applied, in the graph's order.
    pub pending: Vec<String>,
    /// The approved plan that would be applied first; nothing where none is asked for.
    pub plan: Option<String>,
    /// How the database would be taken over before that, if nobody tracks it yet.
    pub takeover: Option<Takeover>,
}

/// How a database that nobody tracks comes to be managed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Takeover {
    /// The revisions at which it is taken over.
    pub to: Vec<String>,
    /// How many statements bring it there: none, where it is there.
    pub repairs: usize,
    /// How many objects are kept otherwise than the revisions make them.
    pub kept: usize,
}

impl Takeover {
    fn of(plan: &Plan) -> Self {
        Self {
            to: plan.transition.to.iter().map(ToString::to_string).collect(),
            repairs: plan.steps().count(),
            kept: plan.drift.len(),
        }
    }
}

/// What is next.
#[derive(Debug)]
pub enum Step {
    /// Nothing: these are the rows of `alembic_version`.
    AtHead(Vec<String>),
    /// A plan is to be applied.
    Apply(Box<Ready>),
}

/// A plan, and the session that it is to be applied through: it holds the lock, until it ends.
#[derive(Debug)]
pub struct Ready {
    /// The session.
    pub session: Session,
    /// The plan.
    pub approved: ApprovedPlan,
}

/// Brings the database to the heads of the revisions.
///
/// Where the environment asks for no approvals, a database is planned for and upgraded at once, which needs a
/// shadow; one that nobody tracks is taken over first, where it is clear at which revision, and
/// repaired, where nothing is lost by that. Else only plans that are approved already are applied.
///
/// ```no_run
/// use enact::database::{Environment, Settings};
/// use enact::ensure::Request;
/// use enact::workspace::Project;
///
/// # async fn start() -> Result<(), enact::diagnostic::Refusal> {
/// let project = Project::find("/srv/cats".into(), None)?;
/// let settings = Settings::resolve(None, Some("DATABASE_URL"), &Environment::of_process())?;
/// let ensured = enact::ensure(&Request::new(&project, "production", &settings, "cats 1.4")).await?;
/// println!("at {}, {} applied", ensured.heads.join(", "), ensured.applied.len());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// `database-untracked`, `location-ambiguous`, `location-unknown`, `repair-incomplete` for a schema that nothing
/// tracks and that cannot be taken over so; `plan-missing`, `plan-ambiguous`, `approvals-missing` and the other
/// codes of approvals where they are asked for; `confirmation-needed` where data would be lost; `lock-held`; those of
/// [`compile::plan`], [`compile::adopt`] and [`apply::apply`].
pub async fn ensure(request: &Request<'_>) -> Result<Ensured, Refusal> {
    let mut applied: Vec<Outcome> = Vec::new();
    loop {
        let step = next(request).await.map_err(|refusal| {
            applied.iter().fold(refusal, |refusal, outcome| {
                refusal.note(format!("plan {} was applied before that", outcome.plan.short()))
            })
        })?;
        let ready = match step {
            Step::AtHead(heads) => return Ok(Ensured { heads, applied }),
            Step::Apply(ready) => ready,
        };
        let options = Options {
            environment: request.environment,
            lock_wait: request.wait,
            runner: request.runner,
            run: request.run,
            now: now(),
            interrupted: request.interrupted,
            progress: request.progress,
        };
        let connect = async || {
            let session = Session::connect(request.settings).await?;
            Ok(Connections { session, observer: None })
        };
        let first = Connections { session: ready.session, observer: None };
        applied.push(apply::apply_reconnecting(first, connect, &ready.approved, &options).await?);
    }
}

/// The next thing that [`ensure`] does, for who applies by himself: ask again after each plan.
///
/// # Errors
/// Those of [`ensure`] before anything is applied.
pub async fn next(request: &Request<'_>) -> Result<Step, Refusal> {
    let graph = request.project.revisions()?;
    let session = Session::connect(request.settings).await?;
    let (heads, pending) = standing(&session, &graph).await?;
    if pending.is_empty() {
        return Ok(Step::AtHead(heads.iter().map(ToString::to_string).collect()));
    }
    // Planning is under the lock too: another instance would plan the same, and find its plan stale.
    // The session keeps it to its end, and applies under it.
    let _held = AdvisoryLock::acquire(&session, request.wait, |holder| {
        let holder = holder.map_or("a session that cannot be seen".to_owned(), ToString::to_string);
        request.progress.event(Event::WaitingForRunner(&holder));
    })
    .await?;
    let (heads, pending) = standing(&session, &graph).await?;
    if pending.is_empty() {
        return Ok(Step::AtHead(heads.iter().map(ToString::to_string).collect()));
    }
    let untracked = untracked(&session, request, &heads).await?;
    let trusted = trust::read(request.project, request.environment, None)?;
    let approved = if asks(&trusted) {
        let wanted = Wanted { untracked, pending: &pending };
        reviewed(&session, request, &trusted, wanted).await?.approve(&trusted, now())?
    } else {
        let file = match untracked {
            Some(_) => adopting(&session, request, &graph).await?,
            None => compiled(&session, request, &graph).await?,
        };
        ApprovedPlan::approve(file, &[], &trusted.trust(), now())?
    };
    Ok(Step::Apply(Box::new(Ready { session, approved })))
}

/// Tells what [`ensure`] would do, without a lock or any effect; a shadow is needed only where a database
/// that nobody tracks is to be located.
///
/// # Errors
/// Those of [`next`], as far as they can be found so.
pub async fn foresee(request: &Request<'_>) -> Result<Prospect, Refusal> {
    let graph = request.project.revisions()?;
    let session = Session::connect(request.settings).await?;
    let (heads, pending) = standing(&session, &graph).await?;
    let mut prospect = Prospect {
        heads: heads.iter().map(ToString::to_string).collect(),
        pending,
        plan: None,
        takeover: None,
    };
    if prospect.pending.is_empty() {
        return Ok(prospect);
    }
    let untracked = untracked(&session, request, &heads).await?;
    let trusted = trust::read(request.project, request.environment, None)?;
    let adopting = if asks(&trusted) {
        let wanted = Wanted { untracked, pending: &prospect.pending };
        let directory = reviewed(&session, request, &trusted, wanted).await?;
        let plan = directory.file.plan().clone();
        prospect.plan = Some(directory.approve(&trusted, now())?.digest().to_string());
        untracked.map(|_| plan)
    } else if untracked.is_some() {
        Some(adopting(&session, request, &graph).await?.plan().clone())
    } else {
        None
    };
    if let Some(plan) = adopting {
        let to: Heads = plan.transition.to.iter().cloned().collect();
        let after = graph.pending(&to)?;
        prospect.pending = after.iter().map(|revision| revision.id.to_string()).collect();
        prospect.takeover = Some(Takeover::of(&plan));
    }
    Ok(prospect)
}

/// The rows, and the revisions that are not applied.
async fn standing(
    session: &Session,
    graph: &RevisionGraph,
) -> Result<(Heads, Vec<String>), Refusal> {
    let heads = compile::observe_heads(session).await?;
    let pending = graph.pending(&heads)?.iter().map(|revision| revision.id.to_string()).collect();
    Ok((heads, pending))
}

/// How many objects a database has of which nobody tells where they come from: they were made by somebody,
/// and would be made a second time. Nothing, where there are none, or rows or ledger tell.
async fn untracked(
    session: &Session,
    request: &Request<'_>,
    heads: &Heads,
) -> Result<Option<usize>, Refusal> {
    if !heads.is_empty() {
        return Ok(None);
    }
    let name = request.environment;
    let chain = compile::read_chain(session).await?;
    chain.check_environment(name)?;
    match chain.heads() {
        Some(told) if told.is_empty() => return Ok(None),
        Some(told) => {
            let told: Vec<String> = told.iter().map(|id| format!("`{id}`")).collect();
            return Err(Refusal::new(
                Code::DatabaseUntracked,
                format!(
                    "the ledger ends at {}, and `alembic_version` names nothing",
                    told.join(", ")
                ),
            )
            .help(format!("run `enact doctor --env {name}`")));
        }
        // A plan was begun here, and left its first entry.
        None if !chain.is_empty() => return Ok(None),
        None => {}
    }
    let objects = read_catalog(session).await?.inventory().without(request.ignore).made();
    Ok((objects > 0).then_some(objects))
}

fn asks(trusted: &Trusted) -> bool {
    trusted.policy.approvals > 0 || trusted.policy.author_signature
}

/// What a reviewed plan is wanted for.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    untracked: Option<usize>,
    pending: &'a [String],
}

/// The plan of the project that goes on here: one that goes up, or, where nobody tracks the database, one
/// that adopts it.
async fn reviewed(
    session: &Session,
    request: &Request<'_>,
    trusted: &Trusted,
    wanted: Wanted<'_>,
) -> Result<PlanDirectory, Refusal> {
    let name = request.environment;
    let direction = if wanted.untracked.is_some() { Direction::Stamp } else { Direction::Upgrade };
    let mut all = plans::of_environment(request.project, name)?;
    all.retain(|directory| directory.file.plan().transition.direction == direction);
    let files: Vec<PlanFile> = all.iter().map(|plan| plan.file.clone()).collect();
    let needed = |refusal: Refusal| match wanted.untracked {
        None => refusal
            .note(format!("pending: {}", wanted.pending.join(", ")))
            .note(format!("policy and signers are from {}", trusted.from))
            .help(format!("run `enact plan --env {name}`, and have the plan approved")),
        Some(objects) => Refusal::new(
            Code::DatabaseUntracked,
            format!(
                "the database has {}, and nothing tells at which revision it is",
                counted(objects, "object")
            ),
        )
        .note(format!("`{name}` has no plan that takes it over as it is now"))
        .note(format!("policy and signers are from {}", trusted.from))
        .help(format!(
            "run `enact handle-legacy --env {name}`, which writes that plan, and have it approved"
        )),
    };
    let chosen = apply::choose(session, name, &files).await.map_err(|refusal| {
        if refusal.code() == Code::PlanMissing { needed(refusal) } else { refusal }
    })?;
    let chosen = chosen.map(PlanFile::digest);
    all.into_iter()
        .find(|directory| Some(directory.file.digest()) == chosen)
        .ok_or_else(|| needed(apply::no_plan(name, files.len())))
}

/// A plan made now.
async fn compiled(
    session: &Session,
    request: &Request<'_>,
    graph: &RevisionGraph,
) -> Result<PlanFile, Refusal> {
    let author = author(request);
    let wanted = wanted(request, &author, Direction::Upgrade, "heads")?;
    let file = compile::plan(session, graph, &wanted).await?.ok_or_else(|| {
        Refusal::new(Code::Bug, "revisions are pending, and there is nothing to plan")
    })?;
    let losses = file.plan().summary().losses.len();
    if losses > 0 && !request.may_lose_data {
        return Err(Refusal::new(
            Code::ConfirmationNeeded,
            format!("what is pending loses data in {}", counted(losses, "place")),
        )
        .help(format!(
            "look at it with `enact upgrade --dry-run --env {0}`, then run `enact upgrade --env {0}`",
            request.environment
        )));
    }
    Ok(file)
}

/// A plan made now that takes the database over.
async fn adopting(
    session: &Session,
    request: &Request<'_>,
    graph: &RevisionGraph,
) -> Result<PlanFile, Refusal> {
    let search = Search { ignore: request.ignore, looking: false };
    let detected = compile::detect(session, graph, search).await?;
    let Some(location) = &detected.location else {
        return compiled(session, request, graph).await;
    };
    let heads = location.choose(graph, Choice::Clear)?;
    let requested: Vec<String> = heads.iter().map(ToString::to_string).collect();
    let (author, requested) = (author(request), requested.join(", "));
    let wanted = wanted(request, &author, Direction::Stamp, &requested)?;
    let adoption = Adoption { detected: &detected, heads: &heads, online: false };
    compile::adopt(session, graph, &wanted, &adoption).await
}

fn author(request: &Request<'_>) -> String {
    git::author(&request.project.root).unwrap_or_else(|_| request.runner.to_owned())
}

fn wanted<'a>(
    request: &Request<'a>,
    author: &'a str,
    direction: Direction,
    selector: &'a str,
) -> Result<PlanRequest<'a>, Refusal> {
    let environment = request.project.config.environment(request.environment)?;
    Ok(PlanRequest {
        environment: request.environment,
        policy: environment.plan_policy(),
        ttl: environment.policy().plan_ttl,
        author,
        direction,
        selector,
        ignore: request.ignore,
        allow_drift: false,
        now: now(),
        proposed_target_id: Uuid::new_v4(),
    })
}

/// In whole seconds, as plans and the ledger tell times.
fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}
