//! One apply, from the lock to the comparison at the end.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::approval::ApprovedPlan;
use crate::catalog::{Inventory, InventoryDiff, Kind};
use crate::database::advisory_lock::AdvisoryLock;
use crate::database::{ObjectReader, ServerError, Session, read_catalog, refusal};
use crate::diagnostic::{Code, Refusal};
use crate::ledger::{self, Approver, Entry, Execution, Genesis, Head, PlanRecord, Record};
use crate::plan::{Change, Mode, Plan, SESSION_SQL, Stage};

use super::alone::{self, Intent, Probe};
use super::bookkeeping::Statements;
use super::outcome::{Checkpoint, Outcome};
use super::preflight::{self, Standing};
use super::progress::{Event, Progress};
use super::transaction::{Failure, Transaction, Try};
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

/// Applies an approved plan.
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
    let lock = AdvisoryLock::acquire(session, options.lock_wait, |holder| {
        options.progress.event(Event::WaitingForRunner(
            &holder.map_or_else(|| "a session that cannot be seen".to_owned(), ToString::to_string),
        ));
    })
    .await?;
    let outcome = under_lock(session, observer, approved, options).await;
    // A lost connection has let go of the lock already.
    let released = lock.release(session).await;
    let outcome = outcome?;
    released?;
    Ok(outcome)
}

async fn under_lock(
    session: &Session,
    observer: Option<&Session>,
    approved: &ApprovedPlan,
    options: &Options<'_>,
) -> Result<Outcome, Refusal> {
    let standing = preflight::check(session, approved, options.environment, options.now).await?;
    let inventory = standing.inventory.clone();
    let mut run = Run::begin(session, observer, approved, options, standing).await?;
    let before: Vec<u32> = run.standing.done.iter().copied().collect();
    run.stages().await?;
    options.progress.event(Event::Comparing);
    let now = read_catalog(session).await?.inventory();
    compare(approved.plan(), before.len(), inventory, &now)?;
    let plan = approved.plan();
    let head = run.standing.head.ok_or_else(|| Refusal::new(Code::Bug, "the ledger is empty"))?;
    Ok(Outcome {
        plan: approved.digest(),
        stages: run.committed,
        recovered: run.recovered,
        before,
        heads: plan.transition.to.iter().map(ToString::to_string).collect(),
        fingerprint: now.fingerprint(),
        checkpoint: Checkpoint {
            target_id: plan.target.target_id.to_string(),
            seq: head.seq,
            hash: head.hash,
        },
    })
}

struct Run<'a> {
    session: &'a Session,
    approved: &'a ApprovedPlan,
    options: &'a Options<'a>,
    standing: Standing,
    own: Statements,
    reader: ObjectReader,
    watch: Watch<'a>,
    /// SQL that makes enact's tables, until it was committed.
    opening: Option<String>,
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
        client.batch_execute("SET search_path = pg_catalog, pg_temp").await.map_err(failed)?;
        let mut opening = String::new();
        if standing.head.is_none() {
            opening.push_str(ledger::SCHEMA_SQL);
        }
        if !standing.tracked {
            opening.push_str(&standing.version.create_sql());
            opening.push(';');
        }
        let mut own = Statements::new(&standing.version);
        if opening.is_empty() {
            own.prepare(client).await.map_err(failed)?;
        }
        Ok(Run {
            session,
            approved,
            options,
            own,
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

    fn plan(&self) -> &'a Plan {
        self.approved.plan()
    }

    async fn stages(&mut self) -> Result<(), Refusal> {
        let of = self.plan().stages.len();
        for stage in &self.plan().stages[self.standing.done.len()..] {
            if self.options.interrupted.load(Ordering::Relaxed) {
                return Err(self.stopped(stage));
            }
            let started = Instant::now();
            self.options.progress.event(Event::StageStarted { stage, of });
            let recovered = match stage.mode {
                Mode::Transaction => self.in_transaction(stage).await.map(|()| false),
                Mode::Alone => self.alone(stage).await,
            }
            .map_err(|refusal| self.told(stage, refusal))?;
            self.committed.push(stage.number);
            if recovered {
                self.recovered.push(stage.number);
            }
            let elapsed = started.elapsed();
            self.options.progress.event(Event::StageDone { stage, of, elapsed, recovered });
        }
        Ok(())
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
            let ended = self.watch.over(stage, transaction.run(stage, &steps)).await?;
            let failure = match ended {
                Try::Committed => return self.committed(entries).await,
                Try::RolledBack(failure) => failure,
            };
            let Failure::Server { step, error } = failure else {
                let Failure::Check(refusal) = failure else {
                    continue;
                };
                return Err(refusal);
            };
            let again = match error.sqlstate.as_str() {
                "55P03" => Instant::now() < deadline,
                "40P01" | "40001" => tries < DEADLOCK_TRIES,
                _ => false,
            };
            if !again || self.options.interrupted.load(Ordering::Relaxed) {
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

    fn transaction<'b>(&'b self, entries: &'b [Entry]) -> Transaction<'b> {
        Transaction {
            session: self.session,
            reader: &self.reader,
            own: &self.own,
            plan: self.approved.digest(),
            search_path: &self.plan().observation.search_path,
            opening: self.opening.as_deref(),
            entries,
        }
    }

    /// A stage outside a transaction; gives whether an earlier run's work was taken over.
    async fn alone(&mut self, stage: &Stage) -> Result<bool, Refusal> {
        let Some(step) = stage.steps.first() else {
            return Err(Refusal::new(Code::PlanInvalid, "a stage outside a transaction is empty"));
        };
        let taken_over = self.standing.intent.take();
        let resumed = taken_over.is_some();
        let intent = match taken_over {
            Some(intent) => intent,
            None => {
                let intent = alone::intent(self.session, stage).await?;
                if self.probe(stage, &intent).await? != Probe::Untouched {
                    return Err(Refusal::new(
                        Code::ObjectInTheWay,
                        format!("what stage {} is to make is there already", stage.number),
                    )
                    .help("it is not enact's: look at it, and plan again"));
                }
                self.write_intent(stage, &intent).await?;
                intent
            }
        };
        let probe = if resumed { self.probe(stage, &intent).await? } else { Probe::Untouched };
        let finished = match probe {
            Probe::Finished => true,
            Probe::Untouched => false,
            Probe::Leftover(leftovers) => {
                alone::drop_leftovers(self.session, &leftovers).await?;
                // What is left of a rebuild whose swap was done is only the old index.
                self.probe(stage, &intent).await? == Probe::Finished
            }
            Probe::Foreign(what) => {
                return Err(Refusal::new(Code::RecoveryNeeded, what)
                    .help("a person must look: it changed since the statement was interrupted"));
            }
        };
        if !finished {
            self.run_alone(stage, &step.text(), &intent).await?;
        }
        self.write_done(stage, resumed).await?;
        Ok(resumed)
    }

    async fn probe(&self, stage: &Stage, intent: &Intent) -> Result<Probe, Refusal> {
        let touched = stage.effects.iter().map(|effect| effect.object.clone()).collect();
        // The reader works inside a transaction, and no stage has one open here.
        let client = self.session.client();
        let own = |error| refusal(&error, "look at what a stage touches");
        client.batch_execute("BEGIN READ ONLY").await.map_err(own)?;
        let objects = self.reader.digests(client, &touched).await;
        client.batch_execute("ROLLBACK").await.map_err(own)?;
        let objects = objects?;
        alone::probe(self.session, stage, intent, &objects).await
    }

    async fn run_alone(&self, stage: &Stage, sql: &str, intent: &Intent) -> Result<(), Refusal> {
        let client = self.session.client();
        let settings = format!(
            "{SESSION_SQL}; SELECT pg_catalog.set_config('search_path', {}, false); \
             SET lock_timeout = {}; SET statement_timeout = {}",
            literal(&self.plan().observation.search_path),
            stage.lock_timeout_ms,
            stage.statement_timeout_ms
        );
        let ours = format!("{SESSION_SQL}; SET search_path = pg_catalog, pg_temp");
        let own = |error| refusal(&error, "set the session up");
        client.batch_execute(&settings).await.map_err(own)?;
        let ran = self.watch.over(stage, client.execute_typed(sql, &[])).await;
        if let Err(error) = ran {
            let Some(server) = ServerError::of(&error) else {
                return Err(Refusal::new(
                    Code::OutcomeUnknown,
                    format!("the connection was lost while stage {} was running", stage.number),
                )
                .help("run the same command again: it waits for the server, looks, and goes on"));
            };
            client.batch_execute(&ours).await.map_err(own)?;
            if let Probe::Leftover(leftovers) = self.probe(stage, intent).await? {
                alone::drop_leftovers(self.session, &leftovers).await?;
            }
            return Err(self.failed(stage, Some(0), &server, 1));
        }
        client.batch_execute(&ours).await.map_err(own)?;
        match self.probe(stage, intent).await? {
            Probe::Finished => Ok(()),
            Probe::Untouched if stage.effects.is_empty() => Ok(()),
            _ => Err(Refusal::new(
                Code::UnexpectedEffect,
                format!("stage {} did not make what the plan says", stage.number),
            )
            .note("it ran outside a transaction, so its effect stays")
            .help("compare the target with the plan; a person must decide")),
        }
    }

    async fn write_intent(&mut self, stage: &Stage, intent: &Intent) -> Result<(), Refusal> {
        let payload = serde_json::to_vec(intent).map_err(|error| {
            Refusal::new(Code::Bug, format!("an intent cannot be written: {error}"))
        })?;
        let entries: Vec<Entry> = self.genesis().into_iter().collect();
        let transaction = self.transaction(&entries);
        let ended = transaction.intent(stage, &payload).await?;
        self.settle(stage, ended, entries).await
    }

    async fn write_done(&mut self, stage: &Stage, recovered: bool) -> Result<(), Refusal> {
        let entries = self.entries(stage, recovered);
        let transaction = self.transaction(&entries);
        let ended = transaction.done(stage).await?;
        self.settle(stage, ended, entries).await
    }

    async fn settle(
        &mut self,
        stage: &Stage,
        ended: Try,
        entries: Vec<Entry>,
    ) -> Result<(), Refusal> {
        match ended {
            Try::Committed => self.committed(entries).await,
            Try::RolledBack(Failure::Check(refusal)) => Err(refusal),
            Try::RolledBack(Failure::Server { error, .. }) => {
                Err(self.failed(stage, None, &error, 1))
            }
        }
    }

    /// What is true after a commit.
    async fn committed(&mut self, entries: Vec<Entry>) -> Result<(), Refusal> {
        if let Some(last) = entries.last() {
            self.standing.head = Some(last.head());
        }
        let recorded = entries.len() > 1 || self.standing.plan_recorded;
        self.standing.plan_recorded = recorded;
        if self.opening.take().is_some() {
            self.own
                .prepare(self.session.client())
                .await
                .map_err(|error| refusal(&error, "prepare the session"))?;
        }
        Ok(())
    }

    /// The ledger entries of a stage: the ledger's first and the plan's own before it, if they are
    /// missing yet.
    fn entries(&self, stage: &Stage, recovered: bool) -> Vec<Entry> {
        let mut entries: Vec<Entry> = self.genesis().into_iter().collect();
        if !self.standing.plan_recorded {
            let record = Record::Plan(self.plan_record());
            entries.push(self.next_entry(&entries, &record));
        }
        let record = Record::Stage(ledger::Stage::of(
            self.plan(),
            self.approved.digest(),
            stage,
            recovered,
            self.execution(),
        ));
        entries.push(self.next_entry(&entries, &record));
        entries
    }

    fn next_entry(&self, before: &[Entry], record: &Record) -> Entry {
        let head: Option<Head> = before.last().map(Entry::head).or(self.standing.head);
        Entry::following(head, self.plan().target.target_id, record)
    }

    fn genesis(&self) -> Option<Entry> {
        self.standing.head.is_none().then(|| {
            let record = Record::Genesis(Genesis::of(self.plan(), self.execution()));
            self.next_entry(&[], &record)
        })
    }

    fn plan_record(&self) -> PlanRecord {
        let approvals = self
            .approved
            .approvals()
            .iter()
            .map(|approval| Approver { person: approval.person.clone(), key: approval.key.clone() })
            .collect();
        let (plan, digest) = (self.plan(), self.approved.digest());
        PlanRecord::of(plan, digest, approvals, self.approved.signers(), self.execution())
    }

    fn execution(&self) -> Execution<'a> {
        Execution { runner: self.options.runner, run: self.options.run, at: self.options.now }
    }

    /// The refusal for a statement that failed and was rolled back.
    fn failed(
        &self,
        stage: &Stage,
        step: Option<usize>,
        error: &ServerError,
        tries: u32,
    ) -> Refusal {
        if error.sqlstate == "57014" && self.options.interrupted.load(Ordering::Relaxed) {
            return self.stopped(stage);
        }
        let what = match step.and_then(|at| stage.steps.get(at)) {
            Some(step) => format!("step {} ({}) failed", step.number, step.kind),
            None => format!("stage {} failed", stage.number),
        };
        let code = if error.sqlstate == "55P03" { Code::LockTimeout } else { Code::StageFailed };
        let mut refusal =
            Refusal::new(code, format!("{what}: {} (SQLSTATE {})", error.message, error.sqlstate));
        if let Some(hint) = &error.hint {
            refusal = refusal.note(format!("hint of the server: {hint}"));
        }
        if tries > 1 {
            refusal = refusal.note(format!("tried {tries} times"));
        }
        for blocker in self.watch.blockers.borrow().iter() {
            refusal = refusal.note(format!("in the way: {blocker}"));
        }
        refusal.help(match code {
            Code::LockTimeout => "end what is in the way, or wait, and run the same command again",
            _ => "the stage was rolled back; mend the cause, and run the same command again or plan again",
        })
    }

    fn stopped(&self, stage: &Stage) -> Refusal {
        Refusal::new(Code::Interrupted, format!("stopped before stage {}", stage.number))
            .note(self.progress_note())
            .help("run the same command again to go on")
    }

    fn progress_note(&self) -> String {
        let done = self.standing.done.len() + self.committed.len();
        match done {
            0 => "nothing of the plan was applied".to_owned(),
            done => {
                format!("stages 1 to {done} of {} are applied and stay", self.plan().stages.len())
            }
        }
    }

    /// Says what stays of the plan; where something does, the class is `partial`.
    fn told(&self, _stage: &Stage, refusal: Refusal) -> Refusal {
        let done = self.standing.done.len() + self.committed.len();
        if refusal.exit() != crate::diagnostic::Exit::Failed || done == 0 {
            return refusal;
        }
        let help = refusal.findings()[0].help.clone().unwrap_or_default();
        let mut partial = Refusal::new(Code::StagePartial, refusal.findings()[0].message.clone())
            .note(format!("code of the failure: {}", refusal.code()));
        for note in &refusal.findings()[0].notes {
            partial = partial.note(note.clone());
        }
        partial.note(self.progress_note()).help(help)
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

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// After the last stage: the whole schema is what the plan says.
fn compare(
    plan: &Plan,
    done_before: usize,
    mut expected: Inventory,
    now: &Inventory,
) -> Result<(), Refusal> {
    if now.fingerprint() == plan.fingerprints.after {
        return Ok(());
    }
    for effect in plan.stages[done_before..].iter().flat_map(|stage| &stage.effects) {
        expected.set(effect.object.clone(), effect.after);
    }
    let refusal = Refusal::new(
        Code::UnexpectedSchema,
        "the plan was applied, and the schema is not what the plan says",
    )
    .help("every stage is recorded; find out who changed the schema meanwhile, and plan again");
    let different = InventoryDiff::between(&expected, now);
    Err(crate::plan::compile::effects(&different).into_iter().fold(refusal, |refusal, effect| {
        refusal.note(match effect.change {
            Change::Created => format!("{} is there, and should not be", effect.object),
            Change::Dropped => format!("{} is missing", effect.object),
            Change::Altered => format!("{} differs", effect.object),
        })
    }))
}
