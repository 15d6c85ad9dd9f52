//! One apply, from the lock to the comparison at the end.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::approval::ApprovedPlan;
use crate::catalog::Kind;
use crate::database::advisory_lock::AdvisoryLock;
use crate::database::{ObjectReader, Session, read_catalog, refusal};
use crate::diagnostic::{Code, Refusal};
use crate::ledger::{self, Entry};
use crate::plan::{Mode, Plan, Stage};

use super::bookkeeping::{self, Statements};
use super::judge::Failure;
use super::outcome::{Checkpoint, Outcome};
use super::preflight::{self, Standing};
use super::progress::{Event, Progress};
use super::told::compare;
use super::transaction::{Transaction, Try};
use super::watch::Watch;

/// Deadlocks and serialization failures are tried again this often: the same bytes, the whole stage.
const DEADLOCK_TRIES: u32 = 5;

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

/// Applies an approved plan. A run that had to wait for another one, and finds that the other
/// applied this very plan, has nothing left to do.
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
) -> Result<Outcome, Refusal> {
    let mut waited = false;
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
    let outcome = under_lock(session, observer, approved, options, waited).await;
    // A lost connection has let go of the lock already.
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
) -> Result<Outcome, Refusal> {
    let standing = preflight::check(session, approved, options.environment, options.now, waited)
        .await
        .map_err(|refusal| unless_stopped(refusal, options))?;
    let plan = approved.plan();
    let before: Vec<u32> = standing.done.iter().copied().collect();
    let inventory = standing.inventory.clone();
    let applied_by = standing.applied_by.clone();
    let mut run = Run::begin(session, observer, approved, options, standing)
        .await
        .map_err(|refusal| unless_stopped(refusal, options))?;
    run.stages().await?;
    options.progress.event(Event::Comparing);
    let now = read_catalog(session).await.map_err(|refusal| run.told(refusal))?.inventory();
    compare(plan, before.len(), inventory, &now)?;
    let head = run.standing.head.ok_or_else(|| Refusal::new(Code::Bug, "the ledger is empty"))?;
    Ok(Outcome {
        plan: approved.digest(),
        stages: run.committed,
        recovered: run.recovered,
        before,
        applied_by,
        heads: plan.transition.to.iter().map(ToString::to_string).collect(),
        fingerprint: now.fingerprint(),
        checkpoint: Checkpoint {
            target_id: plan.target.target_id.to_string(),
            seq: head.seq,
            hash: head.hash,
        },
    })
}

/// A run, from the first stage that is left to the last.
pub(super) struct Run<'a> {
    pub(super) session: &'a Session,
    pub(super) approved: &'a ApprovedPlan,
    pub(super) options: &'a Options<'a>,
    pub(super) standing: Standing,
    own: Statements,
    pub(super) reader: ObjectReader,
    pub(super) watch: Watch<'a>,
    /// SQL that makes enact's tables, until it was committed.
    opening: Option<String>,
    /// Settings of every transaction that not every server knows.
    settings: &'static str,
    committed: Vec<u32>,
    recovered: Vec<u32>,
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
            reader: ObjectReader::prepare(client, &kinds(approved.plan())).await?,
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
        })
    }

    pub(super) fn plan(&self) -> &'a Plan {
        self.approved.plan()
    }

    /// How many stages are done, by this run and earlier ones.
    pub(super) fn done(&self) -> usize {
        self.standing.done.len() + self.committed.len()
    }

    async fn stages(&mut self) -> Result<(), Refusal> {
        let of = self.plan().stages.len();
        for stage in &self.plan().stages[self.standing.done.len()..] {
            if self.interrupted() {
                return Err(self.stopped(stage));
            }
            let started = Instant::now();
            self.options.progress.event(Event::StageStarted { stage, of });
            let recovered = match self.stage(stage).await {
                Ok(recovered) => recovered,
                Err(refusal) => return Err(self.told(refusal)),
            };
            self.committed.push(stage.number);
            if recovered {
                self.recovered.push(stage.number);
            }
            let elapsed = started.elapsed();
            self.options.progress.event(Event::StageDone { stage, of, elapsed, recovered });
        }
        Ok(())
    }

    /// One stage; gives whether an earlier run's work was taken over.
    async fn stage(&mut self, stage: &Stage) -> Result<bool, Refusal> {
        if self.opening.is_none() {
            self.own
                .prepare(self.session.client())
                .await
                .map_err(|error| refusal(&error, "prepare the session"))?;
        }
        match stage.mode {
            Mode::Transaction => self.in_transaction(stage).await.map(|()| false),
            Mode::Alone => self.alone(stage).await,
        }
    }

    /// A stage in one transaction; locks that are not obtained, deadlocks and serialization failures
    /// are tried again, everything else is not.
    async fn in_transaction(&mut self, stage: &Stage) -> Result<(), Refusal> {
        let steps: Vec<String> = stage.steps.iter().map(crate::plan::Step::text).collect();
        let deadline = Instant::now() + Duration::from_millis(self.plan().policy.lock_wait_ms);
        let mut tries = 0;
        loop {
            tries += 1;
            let entries = self.entries(stage, false);
            let transaction = self.transaction(&entries);
            let (step, error) = match self.watch.over(stage, transaction.run(stage, &steps)).await?
            {
                Try::Committed => {
                    self.committed(&entries);
                    return Ok(());
                }
                Try::RolledBack(Failure::Check(_)) if self.interrupted() => {
                    return Err(self.stopped(stage));
                }
                Try::RolledBack(Failure::Check(refusal)) => return Err(refusal),
                Try::RolledBack(Failure::Server { step, error }) => (step, error),
            };
            let again = match error.sqlstate.as_str() {
                "55P03" => Instant::now() < deadline,
                "40P01" | "40001" => tries < DEADLOCK_TRIES,
                _ => false,
            };
            if !again || self.interrupted() {
                return Err(self.failed(stage, step, &error, tries));
            }
            self.options.progress.event(Event::StageRetried {
                stage,
                tries,
                reason: &error.message,
                blockers: &self.watch.blockers.borrow(),
            });
            tokio::time::sleep(pause(tries)).await;
        }
    }

    pub(super) fn transaction<'b>(&'b self, entries: &'b [Entry]) -> Transaction<'b> {
        Transaction {
            session: self.session,
            reader: &self.reader,
            own: &self.own,
            plan: self.approved.digest(),
            search_path: &self.plan().observation.search_path,
            settings: self.settings,
            opening: self.opening.as_deref(),
            entries,
        }
    }

    /// What is true after a commit.
    pub(super) fn committed(&mut self, entries: &[Entry]) {
        if let Some(last) = entries.last() {
            self.standing.head = Some(last.head());
        }
        self.standing.plan_recorded |= entries.len() > 1;
        self.opening = None;
    }
}

/// The kinds of objects that a plan touches.
fn kinds(plan: &Plan) -> BTreeSet<Kind> {
    let effects = plan.stages.iter().flat_map(|stage| &stage.effects);
    effects.map(|effect| effect.object.kind()).collect()
}

/// Growing, with jitter, so that two runners do not keep step.
fn pause(tries: u32) -> Duration {
    let base = 50 * u64::from(tries.min(20));
    let jitter = u64::from(Timestamp::now().subsec_nanosecond().unsigned_abs() % 50);
    Duration::from_millis(base + jitter)
}
