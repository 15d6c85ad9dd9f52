//! The stages one after the other: each is run up to its COMMIT, which goes ahead of the next one's
//! statements; what may be tried again is tried again.

use std::cell::Cell;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::database::{ServerError, refusal};
use crate::diagnostic::Refusal;
use crate::ledger::{Entry, Head};
use crate::plan::{Mode, Plan, Stage};

use super::judge::Failure;
use super::progress::Event;
use super::run::Run;
use super::transaction::{Earlier, Try};

/// Deadlocks and serialization failures are tried again this often: the same bytes, the whole stage.
const DEADLOCK_TRIES: u32 = 5;

/// A stage whose answers were all right, and whose COMMIT was not sent yet.
struct Ready<'a> {
    stage: &'a Stage,
    began: Instant,
    tries: Tries,
    /// The ledger before it.
    head: Option<Head>,
    plan_recorded: bool,
}

/// How often a stage was tried, and how long it may be.
struct Tries {
    count: u32,
    deadline: Instant,
}

impl Tries {
    fn new(plan: &Plan) -> Self {
        let wait = Duration::from_millis(plan.policy.lock_wait_ms);
        Self { count: 0, deadline: Instant::now() + wait }
    }

    /// Whether what failed with `error` is to be tried again.
    fn again(&self, error: &ServerError) -> bool {
        match error.sqlstate.as_str() {
            "55P03" => Instant::now() < self.deadline,
            "40P01" | "40001" => self.count < DEADLOCK_TRIES,
            _ => false,
        }
    }
}

impl<'a> Run<'a> {
    /// Runs what is left of the plan.
    pub(super) async fn stages(&mut self) -> Result<(), Refusal> {
        let stages = &self.plan().stages[self.standing.done.len()..];
        let mut ready: Option<Ready<'a>> = None;
        for stage in stages {
            let follows = stage.mode == Mode::Transaction && self.opening.is_none();
            if !follows || self.interrupted() {
                self.commit(ready.take()).await.map_err(|refusal| self.told(refusal))?;
            }
            if self.interrupted() {
                return Err(self.stopped(stage));
            }
            ready = self.stage(stage, ready.take()).await.map_err(|refusal| self.told(refusal))?;
        }
        self.commit(ready).await.map_err(|refusal| self.told(refusal))
    }

    /// One stage; one in a transaction is then ready to be committed.
    async fn stage(
        &mut self,
        stage: &'a Stage,
        earlier: Option<Ready<'a>>,
    ) -> Result<Option<Ready<'a>>, Refusal> {
        if self.opening.is_none() {
            self.own
                .prepare(self.session.client())
                .await
                .map_err(|error| refusal(&error, "prepare the session"))?;
        }
        match stage.mode {
            Mode::Transaction => {
                let ready = self.in_transaction(stage, earlier, Tries::new(self.plan())).await?;
                if self.opening.is_none() {
                    return Ok(Some(ready));
                }
                // The tables that everything later names are not there before this is committed.
                self.commit(Some(ready)).await?;
            }
            Mode::Alone => {
                self.started(stage);
                let started = Instant::now();
                let recovered = self.alone(stage).await?;
                self.committed.push(stage.number);
                if recovered {
                    self.recovered.push(stage.number);
                }
                self.finished(stage, started, recovered);
            }
        }
        Ok(None)
    }

    fn started(&self, stage: &Stage) {
        self.options.progress.event(Event::StageStarted { stage, of: self.plan().stages.len() });
    }

    fn finished(&self, stage: &Stage, started: Instant, recovered: bool) {
        let (of, elapsed) = (self.plan().stages.len(), started.elapsed());
        self.options.progress.event(Event::StageDone { stage, of, elapsed, recovered });
    }

    /// Runs a stage in one transaction, up to its COMMIT; that of an earlier stage goes ahead of it.
    /// Locks that are not obtained, deadlocks and serialization failures are tried again, everything
    /// else is not.
    async fn in_transaction(
        &mut self,
        stage: &'a Stage,
        mut earlier: Option<Ready<'a>>,
        mut tries: Tries,
    ) -> Result<Ready<'a>, Refusal> {
        let steps: Vec<String> = stage.steps.iter().map(crate::plan::Step::text).collect();
        let began = Cell::new(Instant::now());
        if earlier.is_none() {
            self.started(stage);
        }
        loop {
            let entries = self.entries(stage, false);
            let transaction = self.transaction(&entries);
            let failure = match earlier.take() {
                None => {
                    let work = transaction.run(stage, &steps);
                    self.watch.over(&Cell::new(stage), work).await
                }
                Some(ready) => {
                    let now = Cell::new(ready.stage);
                    let committed = || {
                        now.set(stage);
                        began.set(Instant::now());
                        self.finished(ready.stage, ready.began, false);
                        self.started(stage);
                    };
                    let before = Earlier { stage: ready.stage, committed: &committed };
                    let work = transaction.follow(&before, stage, &steps);
                    let ended = self.watch.over(&now, work).await;
                    self.lost_at_commit = ended.is_err();
                    let (ended, failure) = ended?;
                    if let Try::RolledBack(failure) = ended {
                        Box::pin(self.once_more(ready, failure)).await?;
                        self.started(stage);
                        continue;
                    }
                    self.committed.push(ready.stage.number);
                    failure
                }
            };
            let Some(failure) = failure else {
                return Ok(self.ready(stage, &entries, began.get(), tries));
            };
            self.again(stage, failure, &mut tries).await?;
        }
    }

    /// Waits before a stage is tried again; the refusal, if it is not to be.
    async fn again(
        &self,
        stage: &Stage,
        failure: Failure,
        tries: &mut Tries,
    ) -> Result<(), Refusal> {
        let (step, error) = match failure {
            Failure::Check(_) if self.interrupted() => return Err(self.stopped(stage)),
            Failure::Check(refusal) => return Err(refusal),
            Failure::Server { step, error } => (step, error),
        };
        tries.count += 1;
        let count = tries.count;
        if !tries.again(&error) || self.interrupted() {
            return Err(self.failed(stage, step, &error, count));
        }
        self.options.progress.event(Event::StageRetried {
            stage,
            tries: count,
            reason: &error.message,
            blockers: &self.watch.blockers.borrow(),
        });
        tokio::time::sleep(pause(count)).await;
        Ok(())
    }

    /// A stage that was rolled back at its commit: run and committed again, by itself.
    async fn once_more(&mut self, ready: Ready<'a>, failure: Failure) -> Result<(), Refusal> {
        let Ready { stage, mut tries, head, plan_recorded, .. } = ready;
        // What was taken for granted when it was ready.
        self.standing.head = head;
        self.standing.plan_recorded = plan_recorded;
        self.again(stage, failure, &mut tries).await?;
        let ready = self.in_transaction(stage, None, tries).await?;
        self.commit(Some(ready)).await
    }

    /// Commits the stage that is ready, if one is.
    async fn commit(&mut self, ready: Option<Ready<'a>>) -> Result<(), Refusal> {
        let Some(ready) = ready else {
            return Ok(());
        };
        let transaction = self.transaction(&[]);
        let work = transaction.commit(ready.stage);
        let ended = self.watch.over(&Cell::new(ready.stage), work).await;
        self.lost_at_commit = ended.is_err();
        match ended? {
            Try::Committed => {
                self.committed.push(ready.stage.number);
                self.opening = None;
                self.finished(ready.stage, ready.began, false);
                Ok(())
            }
            Try::RolledBack(failure) => Box::pin(self.once_more(ready, failure)).await,
        }
    }

    /// A stage whose answers were right: the ledger goes on from its entries.
    fn ready(
        &mut self,
        stage: &'a Stage,
        entries: &[Entry],
        began: Instant,
        tries: Tries,
    ) -> Ready<'a> {
        let (head, plan_recorded) = (self.standing.head, self.standing.plan_recorded);
        self.recorded(entries);
        Ready { stage, began, tries, head, plan_recorded }
    }
}

/// Growing, with jitter, so that two runners do not keep step.
fn pause(tries: u32) -> Duration {
    let base = 50 * u64::from(tries.min(20));
    let jitter = u64::from(Timestamp::now().subsec_nanosecond().unsigned_abs() % 50);
    Duration::from_millis(base + jitter)
}
