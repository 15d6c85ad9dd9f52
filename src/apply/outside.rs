//! A stage outside a transaction, run: intent, statement, probe, done. What an earlier run left is
//! taken over or cleared away first.

use std::cell::Cell;
use std::collections::BTreeMap;

use crate::catalog::ObjectId;
use crate::database::{ServerError, refusal};
use crate::diagnostic::{Code, Exit, Refusal};
use crate::digest::Digest;
use crate::ledger::Entry;
use crate::plan::{SESSION_SQL, Stage};
use crate::statement::literal;

use super::alone::{self, IndexName, Intent, Probe};
use super::bookkeeping::BETWEEN_STAGES;
use super::judge::Failure;
use super::run::Run;
use super::told::partial;
use super::transaction::Try;

/// For clearing away after a failure: whoever is in the way must not hold up the answer.
const BRIEFLY: &str = "SET lock_timeout = '5s'";

impl Run<'_> {
    /// A stage outside a transaction; gives whether an earlier run's work was taken over.
    pub(super) async fn alone(&mut self, stage: &Stage) -> Result<bool, Refusal> {
        let Some(step) = stage.steps.first() else {
            return Err(Refusal::new(Code::PlanInvalid, "a stage outside a transaction is empty"));
        };
        let taken_over = self.standing.intent.take();
        let resumed = taken_over.is_some();
        let intent = match taken_over {
            Some(intent) => intent,
            None => self.begin_alone(stage).await?,
        };
        if !(resumed && self.finished_before(stage, &intent).await?) {
            self.run_alone(stage, &step.text(), &intent).await?;
        }
        self.write_done(stage, resumed).await.map_err(|refusal| {
            partial(
                refusal,
                "the statement took effect, and its record is missing: run the same command again",
            )
        })?;
        Ok(resumed)
    }

    async fn begin_alone(&mut self, stage: &Stage) -> Result<Intent, Refusal> {
        let intent = alone::intent(self.session, stage).await?;
        if self.probe(stage, &intent).await? != Probe::Untouched {
            return Err(Refusal::new(
                Code::ObjectInTheWay,
                format!("what stage {} is to make is there already", stage.number),
            )
            .help("it is not enact's: look at it, and plan again"));
        }
        self.write_intent(stage, &intent).await?;
        Ok(intent)
    }

    /// Whether the interrupted statement of an earlier run had its whole effect; leftovers of it are
    /// cleared away.
    async fn finished_before(&self, stage: &Stage, intent: &Intent) -> Result<bool, Refusal> {
        match self.probe(stage, intent).await? {
            Probe::Finished => Ok(true),
            Probe::Untouched => Ok(false),
            Probe::Leftover(leftovers) => {
                self.clear(stage, &leftovers).await?;
                // What is left of a rebuild whose swap was done is only the old index.
                Ok(self.probe(stage, intent).await? == Probe::Finished)
            }
            Probe::Foreign(what) => Err(Refusal::new(Code::RecoveryNeeded, what)
                .help("a person must look: it changed since the statement was interrupted")),
        }
    }

    async fn clear(&self, stage: &Stage, leftovers: &[IndexName]) -> Result<(), Refusal> {
        let cleared = self
            .watch
            .over(&Cell::new(stage), alone::drop_leftovers(self.session, leftovers))
            .await;
        cleared.map_err(|refusal| if self.interrupted() { self.stopped(stage) } else { refusal })
    }

    async fn probe(&self, stage: &Stage, intent: &Intent) -> Result<Probe, Refusal> {
        let objects = self.touched(stage).await?;
        alone::probe(self.session, stage, intent, &objects).await
    }

    /// The objects that the stage touches, as they are now.
    async fn touched(&self, stage: &Stage) -> Result<BTreeMap<ObjectId, Digest>, Refusal> {
        let touched = stage.effects.iter().map(|effect| effect.object.clone()).collect();
        // The reader works inside a transaction, and no stage has one open here.
        let client = self.session.client();
        let own = |error| refusal(&error, "look at what a stage touches");
        client.batch_execute("BEGIN READ ONLY").await.map_err(own)?;
        let objects = self.reader.digests(client, &touched).await;
        client.batch_execute("ROLLBACK").await.map_err(own)?;
        objects
    }

    async fn run_alone(&self, stage: &Stage, sql: &str, intent: &Intent) -> Result<(), Refusal> {
        let client = self.session.client();
        let observation = &self.plan().observation;
        let settings = format!(
            "{}; SELECT pg_catalog.set_config('search_path', {}, false); \
             SET lock_timeout = {}; SET statement_timeout = {}",
            observation.session_sql(),
            literal(&observation.search_path),
            stage.lock_timeout_ms,
            stage.statement_timeout_ms
        );
        let own = |error| refusal(&error, "set the session up");
        client.batch_execute(&settings).await.map_err(own)?;
        let ran = self.watch.over(&Cell::new(stage), client.execute_typed(sql, &[])).await;
        if let Err(error) = ran {
            let server = ServerError::of(&error);
            // A session that the server ended speaks once more, and is gone.
            let Some(server) = server.filter(|_| !self.session.is_closed()) else {
                return Err(cut_off(stage));
            };
            return Err(self.failed_alone(stage, intent, &server).await);
        }
        client.batch_execute(&format!("{SESSION_SQL}; {BETWEEN_STAGES}")).await.map_err(own)?;
        match self.probe(stage, intent).await? {
            Probe::Finished => Ok(()),
            Probe::Untouched if stage.effects.is_empty() => Ok(()),
            _ => Err(Refusal::new(
                Code::RecoveryNeeded,
                format!("stage {} did not make what the plan says", stage.number),
            )
            .note("it ran outside a transaction, so its effect stays")
            .help("compare the target with the plan; a person must decide")),
        }
    }

    /// The refusal for a statement that failed, after its leftovers were cleared away as far as they
    /// could be.
    async fn failed_alone(&self, stage: &Stage, intent: &Intent, error: &ServerError) -> Refusal {
        let failed = self.failed(stage, Some(0), error, 1);
        match self.what_stays(stage, intent).await {
            Ok(stays) if stays.is_empty() => failed,
            Ok(stays) => {
                let stays = format!(
                    "not as before: {}; the next apply goes on from there",
                    stays.join(", ")
                );
                if failed.exit() == Exit::Interrupted {
                    return failed.note(stays);
                }
                partial(failed, &stays)
            }
            Err(_) => cut_off(stage),
        }
    }

    async fn what_stays(&self, stage: &Stage, intent: &Intent) -> Result<Vec<String>, Refusal> {
        let client = self.session.client();
        let own = |error| refusal(&error, "set the session up");
        client
            .batch_execute(&format!("{SESSION_SQL}; {BETWEEN_STAGES}; {BRIEFLY}"))
            .await
            .map_err(own)?;
        if let Probe::Leftover(leftovers) = self.probe(stage, intent).await? {
            // One that cannot be dropped now is told below, and dropped by the next run.
            let _ = alone::drop_leftovers(self.session, &leftovers).await;
        }
        let objects = self.touched(stage).await?;
        let mut stays: Vec<String> = stage
            .effects
            .iter()
            .filter(|effect| objects.get(&effect.object).copied() != effect.before)
            .map(|effect| effect.object.to_string())
            .collect();
        if let Probe::Leftover(leftovers) = self.probe(stage, intent).await? {
            let missing = leftovers.iter().map(ToString::to_string);
            let missing: Vec<_> =
                missing.filter(|name| stays.iter().all(|told| !told.contains(name))).collect();
            stays.extend(missing);
        }
        client.batch_execute(&format!("{SESSION_SQL}; {BETWEEN_STAGES}")).await.map_err(own)?;
        Ok(stays)
    }

    async fn write_intent(&mut self, stage: &Stage, intent: &Intent) -> Result<(), Refusal> {
        let payload = serde_json::to_vec(intent).map_err(|error| {
            Refusal::new(Code::Bug, format!("an intent cannot be written: {error}"))
        })?;
        let entries: Vec<Entry> = self.genesis().into_iter().collect();
        let transaction = self.transaction(&entries);
        let ended = transaction.intent(stage, &payload).await?;
        self.settle(stage, ended, &entries)
    }

    async fn write_done(&mut self, stage: &Stage, recovered: bool) -> Result<(), Refusal> {
        let entries = self.entries(stage, recovered);
        let transaction = self.transaction(&entries);
        let ended = transaction.done(stage).await?;
        self.settle(stage, ended, &entries)
    }

    fn settle(&mut self, stage: &Stage, ended: Try, entries: &[Entry]) -> Result<(), Refusal> {
        match ended {
            Try::Committed => {
                self.committed(entries);
                Ok(())
            }
            Try::RolledBack(Failure::Check(refusal)) => Err(refusal),
            Try::RolledBack(Failure::Server { error, .. }) => {
                Err(self.failed(stage, None, &error, 1))
            }
        }
    }
}

fn cut_off(stage: &Stage) -> Refusal {
    Refusal::new(
        Code::OutcomeUnknown,
        format!("the connection was lost while stage {} was running", stage.number),
    )
    .help("run the same command again: it waits for the server, looks, and goes on")
}
