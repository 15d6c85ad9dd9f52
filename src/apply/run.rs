//! One apply, from the lock to the comparison at the end.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use crate::approval::ApprovedPlan;
use crate::catalog::Kind;
use crate::database::advisory_lock::AdvisoryLock;
use crate::database::{ObjectReader, Session, refusal};
use crate::diagnostic::{Code, Refusal};
use crate::ledger::{self, Checkpoint, Entry};
use crate::plan::Plan;

use super::bookkeeping::{self, Statements};
use super::outcome::Outcome;
use super::preflight::{self, Standing};
use super::progress::{Event, Progress};
use super::role;
use super::told::compare;
use super::transaction::Transaction;
use super::watch::Watch;

/// What an apply needs to know besides the plan.
pub struct Options<'a> {
    /// The environment that the command was given.
    pub environment: &'a str,
    /// How long to wait for another runner.
    pub lock_wait: Duration,
    /// Who runs it: user and host, or the job.
    pub runner: &'a str,
    /// This run's id, as in `application_name`.
    pub run: &'a str,
    /// The time of the start.
    pub now: Timestamp,
    /// Set when the person asks to stop; looked at between statements.
    pub interrupted: &'a AtomicBool,
    /// Who listens.
    pub progress: &'a dyn Progress,
}

/// What a try leaves to the next one of the same run.
#[derive(Debug, Default)]
pub struct Resume {
    /// The stages that were done before the run began; filled in when it is known.
    before: Option<Vec<u32>>,
    /// Whether the connection was lost while a stage was being committed.
    pub(super) lost_at_commit: bool,
}

/// Applies an approved plan. A run that had to wait for another one, and finds that the other
/// applied this very plan, has nothing left to do. With the `resume` of a try whose connection was lost,
/// this goes on with its run.
///
/// # Errors
/// `lock-held`; everything of the preflight, before any effect; `stage-failed`, `lock-timeout`,
/// `fence-broken`, `unexpected-effect` where nothing of the plan stays; `stage-partial` where earlier
/// stages stay; `outcome-unknown`, `connection-lost`; `unexpected-schema`, `recovery-needed`;
/// `interrupted`.
pub async fn apply(
    session: &Session,
    observer: Option<&Session>,
    approved: &ApprovedPlan,
    options: &Options<'_>,
    resume: &mut Resume,
) -> Result<Outcome, Refusal> {
    // The run that is gone on with may have been the one that applied all of it.
    let mut waited = resume.before.is_some();
    let acquiring = AdvisoryLock::acquire(session, options.lock_wait, |holder| {
        waited = true;
        options.progress.event(Event::WaitingForRunner(
            &holder.map_or_else(|| "a session that cannot be seen".to_owned(), ToString::to_string),
        ));
    });
    let lock = tokio::select! {
        lock = acquiring => lock.map_err(|refusal| unless_stopped(refusal, options))?,
        () = stop(options.interrupted) => return Err(stopped_early()),
    };
    let outcome = under_lock(session, observer, approved, options, waited, resume).await;
    // The session is the caller's again. A lost connection has let go of the lock already.
    let _ = session.client().batch_execute(bookkeeping::AFTERWARDS).await;
    let released = lock.release(session).await;
    let outcome = outcome?;
    released?;
    Ok(outcome)
}

/// Ends when the person asks to stop.
async fn stop(interrupted: &AtomicBool) {
    while !interrupted.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A refusal before any effect; one that the person's stop brought about says so.
fn unless_stopped(refusal: Refusal, options: &Options<'_>) -> Refusal {
    if options.interrupted.load(Ordering::Relaxed) { stopped_early() } else { refusal }
}

fn stopped_early() -> Refusal {
    Refusal::new(Code::Interrupted, "stopped before the first stage")
        .note("nothing was changed")
        .help("run the same command again to go on")
}

async fn under_lock(
    session: &Session,
    observer: Option<&Session>,
    approved: &ApprovedPlan,
    options: &Options<'_>,
    waited: bool,
    resume: &mut Resume,
) -> Result<Outcome, Refusal> {
    let standing = preflight::check(session, approved, options.environment, options.now, waited)
        .await
        .map_err(|refusal| unless_stopped(refusal, options))?;
    let plan = approved.plan();
    let done: Vec<u32> = standing.done.iter().copied().collect();
    let begun_again = resume.before.is_some();
    let before = resume.before.get_or_insert_with(|| done.clone());
    let inventory = standing.inventory.clone();
    let applied_by = standing.applied_by.clone();
    let mut run = Run::begin(session, observer, approved, options, standing)
        .await
        .map_err(|refusal| unless_stopped(refusal, options))?;
    let ended = run.stages().await;
    resume.lost_at_commit = run.lost_at_commit;
    ended?;
    options.progress.event(Event::Comparing);
    let (mut now, _) = role::inventory(session, plan).await.map_err(|refusal| run.told(refusal))?;
    let mut gone = std::mem::take(&mut run.standing.left_out);
    gone.retain(|object| now.get(object).is_none());
    now.leave_out(&plan.ignore);
    compare(plan, done.len(), inventory, &now)?;
    let head = run.standing.head.ok_or_else(|| Refusal::new(Code::Bug, "the ledger is empty"))?;
    Ok(Outcome {
        plan: approved.digest(),
        stages: done
            .iter()
            .chain(&run.committed)
            .filter(|stage| !before.contains(stage))
            .copied()
            .collect(),
        recovered: run.recovered,
        before: before.clone(),
        applied_by: applied_by.filter(|_| !begun_again),
        heads: plan.transition.to.iter().map(ToString::to_string).collect(),
        fingerprint: now.fingerprint(),
        gone,
        checkpoint: Checkpoint { target_id: plan.target.target_id, seq: head.seq, hash: head.hash },
    })
}

/// A run, from the first stage that is left to the last.
pub(super) struct Run<'a> {
    pub(super) session: &'a Session,
    pub(super) approved: &'a ApprovedPlan,
    pub(super) options: &'a Options<'a>,
    pub(super) standing: Standing,
    pub(super) own: Statements,
    pub(super) reader: ObjectReader,
    pub(super) watch: Watch<'a>,
    /// SQL that makes enact's tables, until it was committed.
    pub(super) opening: Option<String>,
    /// Settings of every transaction that not every server knows.
    settings: &'static str,
    pub(super) committed: Vec<u32>,
    pub(super) recovered: Vec<u32>,
    /// Whether the connection was lost while a stage was being committed.
    pub(super) lost_at_commit: bool,
}

impl<'a> Run<'a> {
    async fn begin(
        session: &'a Session,
        observer: Option<&'a Session>,
        approved: &'a ApprovedPlan,
        options: &'a Options<'a>,
        standing: Standing,
    ) -> Result<Run<'a>, Refusal> {
        let failed = |error| refusal(&error, "prepare the session");
        let client = session.client();
        client.batch_execute(bookkeeping::BETWEEN_STAGES).await.map_err(failed)?;
        let mut opening = String::new();
        if standing.head.is_none() {
            opening.push_str(ledger::SCHEMA_SQL);
        }
        if !standing.tracked {
            opening.push_str(&standing.version.create_sql());
            opening.push(';');
        }
        // Where the platform cannot watch a connection, the server refuses the setting.
        let watches = client.batch_execute(bookkeeping::NOTICE_A_LOST_CLIENT).await.is_ok();
        Ok(Run {
            session,
            approved,
            options,
            own: Statements::new(&standing.version),
            settings: if watches { bookkeeping::NOTICE_A_LOST_CLIENT } else { "" },
            reader: {
                let role = approved.plan().observation.migrating_role();
                ObjectReader::prepare(client, &kinds(approved.plan()), Some(role)).await?
            },
            watch: Watch {
                observer,
                worker: session.backend_pid(),
                progress: options.progress,
                blockers: RefCell::default(),
            },
            opening: (!opening.is_empty()).then_some(opening),
            standing,
            committed: Vec::new(),
            recovered: Vec::new(),
            lost_at_commit: false,
        })
    }

    pub(super) fn plan(&self) -> &'a Plan {
        self.approved.plan()
    }

    /// How many stages are done, by this run and earlier ones.
    pub(super) fn done(&self) -> usize {
        self.standing.done.len() + self.committed.len()
    }

    pub(super) fn transaction<'b>(&'b self, entries: &'b [Entry]) -> Transaction<'b> {
        Transaction {
            session: self.session,
            reader: &self.reader,
            own: &self.own,
            plan: self.approved.digest(),
            observation: &self.plan().observation,
            settings: self.settings,
            opening: self.opening.as_deref(),
            entries,
        }
    }

    /// What is true after a commit of enact's own.
    pub(super) fn committed(&mut self, entries: &[Entry]) {
        self.recorded(entries);
        self.opening = None;
    }

    pub(super) fn recorded(&mut self, entries: &[Entry]) {
        if let Some(last) = entries.last() {
            self.standing.head = Some(last.head());
        }
        self.standing.plan_recorded |= entries.len() > 1;
    }
}

/// The kinds of objects that a plan touches.
fn kinds(plan: &Plan) -> BTreeSet<Kind> {
    let effects = plan.stages.iter().flat_map(|stage| &stage.effects);
    effects.map(|effect| effect.object.kind()).collect()
}
