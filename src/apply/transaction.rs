//! A transactional stage: its statements, its marker, `alembic_version` and the ledger entry commit
//! together or not at all.
//!
//! Everything up to the COMMIT is sent ahead (an error makes the server refuse the rest), and the
//! COMMIT only when every answer was read and is right. The next stage's statements may follow it at
//! once: one round trip a stage. Its Ok proves nothing: the marker is read back (facts: COMMIT of an
//! aborted transaction answers ROLLBACK without an error).

use std::cell::Cell;
use std::collections::BTreeSet;

use tokio_postgres::Error;
use tokio_postgres::types::ToSql;

use crate::catalog::ObjectId;
use crate::database::ObjectReader;
use crate::database::pipeline::{Request, in_order};
use crate::database::{ServerError, Session, refusal};
use crate::diagnostic::{Code, Refusal};
use crate::digest::Digest;
use crate::graph::RowChange;
use crate::ledger::Entry;
use crate::plan::Stage;
use crate::plan::target::TargetObservation;

use super::bookkeeping::{self, EntryParameters, Statements};
use super::judge::{Answer, Asked, Failure, NEWEST_ENTRY, Refused, fence_in, judge};

/// What runs in one transaction besides the stage's own statements.
pub(super) struct Transaction<'a> {
    /// The connection that holds the advisory lock.
    pub(super) session: &'a Session,
    /// Reads what the stage touched.
    pub(super) reader: &'a ObjectReader,
    /// Enact's own statements, prepared once.
    pub(super) own: &'a Statements,
    /// The plan.
    pub(super) plan: Digest,
    /// What the target was when it was planned: how the stage's statements are to run.
    pub(super) observation: &'a TargetObservation,
    /// Further settings of the transaction.
    pub(super) settings: &'a str,
    /// SQL that makes enact's tables, in the very first transaction.
    pub(super) opening: Option<&'a str>,
    /// The entries that record it.
    pub(super) entries: &'a [Entry],
}

/// The `search_path` of enact's own statements.
const OURS: &str = "pg_catalog, pg_temp";

/// How a try ended.
#[derive(Debug)]
pub(super) enum Try {
    /// Committed, and the marker was read back.
    Committed,
    /// Rolled back; the statement (if it was one) and what the server said.
    RolledBack(Failure),
}

/// A stage whose answers were all right and whose COMMIT goes ahead of the next stage.
pub(super) struct Earlier<'a> {
    /// The stage.
    pub(super) stage: &'a Stage,
    /// Called as soon as its marker was read back.
    pub(super) committed: &'a dyn Fn(),
}

type Asking<'a> = (Asked, Request<'a, Result<Answer, Refused>>);

impl Transaction<'_> {
    /// Runs the stage once, up to its COMMIT, which is not sent. What failed was rolled back, also by
    /// the loss of the connection.
    pub(super) async fn run(&self, stage: &Stage, steps: &[String]) -> Option<Failure> {
        let begin = self.begin_sql(stage);
        let touched = touched(stage);
        self.ask(stage, self.requests(stage, steps, &begin, &touched, None)).await
    }

    /// Commits an earlier stage and runs this one, as [`Transaction::run`] does. Gives how the earlier
    /// one ended, and what failed in this one; if the earlier one was rolled back, so was this one.
    ///
    /// # Errors
    /// `outcome-unknown`, if the connection was lost before it was known that the earlier stage is
    /// committed.
    pub(super) async fn follow(
        &self,
        earlier: &Earlier<'_>,
        stage: &Stage,
        steps: &[String],
    ) -> Result<(Try, Option<Failure>), Refusal> {
        let begin = self.begin_sql(stage);
        let touched = touched(stage);
        let told = Cell::new(false);
        let opened = || {
            told.set(true);
            (earlier.committed)();
        };
        let behind = Earlier { stage: earlier.stage, committed: &opened };
        let client = self.session.client();
        let commit = Cell::new(None);
        let mut requests: Vec<Asking<'_>> = vec![(
            Asked::Commit,
            Box::pin(async {
                commit.set(Some(client.batch_execute("COMMIT").await));
                Ok(Answer::Nothing)
            }),
        )];
        requests.extend(self.requests(stage, steps, &begin, &touched, Some(&behind)));
        let failure = self.ask(stage, requests).await;
        if told.get() {
            return Ok((Try::Committed, failure));
        }
        if failure.is_none() {
            let _ = client.batch_execute("ROLLBACK").await;
        }
        let ended =
            commit.take().expect("it was asked first, and every request is driven to its end");
        let ended = Self::verdict(earlier.stage, ended, self.marked(earlier.stage).await)?;
        if matches!(ended, Try::Committed) {
            (earlier.committed)();
        }
        Ok((ended, failure))
    }

    /// Writes down that a stage outside a transaction begins.
    ///
    /// # Errors
    /// As [`Transaction::run`].
    pub(super) async fn intent(&self, stage: &Stage, payload: &[u8]) -> Result<Try, Refusal> {
        let begin = self.begin_sql(stage);
        let mut requests = vec![self.simple(&begin), self.fence()];
        requests.push((
            Asked::OneRow("the stage's intent"),
            Box::pin(async move {
                let number = stage.number.cast_signed();
                let plan = self.plan.as_bytes().as_slice();
                let client = self.session.client();
                let parameters: [&(dyn ToSql + Sync); 3] = [&plan, &number, &payload];
                Ok(Answer::Rows(self.own.insert_intent.execute(client, &parameters).await?))
            }),
        ));
        requests.extend(self.entries.iter().map(|entry| self.ledger_entry(entry)));
        requests.push(self.fence());
        match self.ask(stage, requests).await {
            Some(failure) => Ok(Try::RolledBack(failure)),
            None => {
                let client = self.session.client();
                client
                    .batch_execute("COMMIT")
                    .await
                    .map_err(|error| refusal(&error, "note an intent"))?;
                Ok(Try::Committed)
            }
        }
    }

    /// Writes down that a stage outside a transaction is done.
    ///
    /// # Errors
    /// As [`Transaction::run`].
    pub(super) async fn done(&self, stage: &Stage) -> Result<Try, Refusal> {
        let begin = self.begin_sql(stage);
        let mut requests = vec![self.simple(&begin), self.marker(stage, OURS, None)];
        requests.extend(self.record(stage));
        match self.ask(stage, requests).await {
            Some(failure) => Ok(Try::RolledBack(failure)),
            None => self.commit(stage).await,
        }
    }

    /// Sends everything, reads every answer, and rolls back if one of them is wrong.
    async fn ask(&self, stage: &Stage, requests: Vec<Asking<'_>>) -> Option<Failure> {
        let (asked, requests): (Vec<Asked>, Vec<_>) = requests.into_iter().unzip();
        let answers = in_order(requests).await;
        let failure = judge(stage, &asked, answers);
        if failure.is_some() {
            // Where the connection is gone, the server has rolled back, or will.
            let _ = self.session.client().batch_execute("ROLLBACK").await;
        }
        failure
    }

    fn begin_sql(&self, stage: &Stage) -> String {
        let mut sql = bookkeeping::begin_sql(
            &self.observation.session_sql(),
            stage.lock_timeout_ms,
            stage.statement_timeout_ms,
        );
        sql.push_str(self.settings);
        if let Some(opening) = self.opening {
            sql.push_str(opening);
        }
        sql
    }

    fn requests<'b>(
        &'b self,
        stage: &'b Stage,
        steps: &'b [String],
        begin: &'b str,
        touched: &'b BTreeSet<ObjectId>,
        earlier: Option<&'b Earlier<'b>>,
    ) -> Vec<Asking<'b>> {
        let client = self.session.client();
        let mut requests =
            vec![self.simple(begin), self.marker(stage, &self.observation.search_path, earlier)];
        for (at, sql) in steps.iter().enumerate() {
            requests.push((
                Asked::Step(at),
                Box::pin(async move { Ok(Answer::Rows(client.execute_typed(sql, &[]).await?)) }),
            ));
        }
        requests.push(self.simple(bookkeeping::BEFORE_COMMIT));
        if !touched.is_empty() {
            requests.push((
                Asked::Objects,
                Box::pin(async move {
                    self.reader
                        .last_digests(client, touched)
                        .await
                        .map(Answer::Objects)
                        .map_err(Refused::Other)
                }),
            ));
        }
        requests.extend(self.record(stage));
        requests
    }

    /// What every stage ends with: the shared table, the ledger, and the fence.
    fn record<'b>(&'b self, stage: &'b Stage) -> Vec<Asking<'b>> {
        let mut requests: Vec<Asking<'b>> =
            stage.version_rows.iter().map(|row| self.version_row(row)).collect();
        if let Some((last, earlier)) = self.entries.split_last() {
            requests.extend(earlier.iter().map(|entry| self.ledger_entry(entry)));
            requests.push(self.last_ledger_entry(stage, last));
        }
        requests
    }

    fn simple<'b>(&'b self, sql: &'b str) -> Asking<'b> {
        (
            Asked::Own,
            Box::pin(async move {
                self.session.client().batch_execute(sql).await?;
                Ok(Answer::Nothing)
            }),
        )
    }

    /// Marks the stage; what follows runs under `search_path`. Sees whether the earlier stage is
    /// committed.
    fn marker<'b>(
        &'b self,
        stage: &'b Stage,
        search_path: &'b str,
        earlier: Option<&'b Earlier<'b>>,
    ) -> Asking<'b> {
        (
            Asked::FencedRow("the stage's marker"),
            Box::pin(async move {
                let number = stage.number.cast_signed();
                let before = earlier.map(|earlier| earlier.stage.number.cast_signed());
                let plan = self.plan.as_bytes().as_slice();
                let parameters: [&(dyn ToSql + Sync); 4] = [&plan, &number, &search_path, &before];
                let client = self.session.client();
                let rows = self.own.insert_marker.query(client, &parameters).await?;
                if let (Some(earlier), [row]) = (earlier, rows.as_slice())
                    && row.try_get(bookkeeping::EARLIER_IS_MARKED)?
                {
                    (earlier.committed)();
                }
                Ok(fence_in(&rows))
            }),
        )
    }

    fn fence(&self) -> Asking<'_> {
        (
            Asked::Fence,
            Box::pin(async move {
                Ok(fence_in(&self.own.fence.query(self.session.client(), &[]).await?))
            }),
        )
    }

    fn version_row<'b>(&'b self, row: &'b RowChange) -> Asking<'b> {
        let client = self.session.client();
        (
            Asked::OneRow("a row of `alembic_version`"),
            Box::pin(async move {
                let own = self.own;
                let rows = match row {
                    RowChange::Insert(id) => {
                        own.insert_version.execute(client, &[&id.as_str()]).await?
                    }
                    RowChange::Delete(id) => {
                        own.delete_version.execute(client, &[&id.as_str()]).await?
                    }
                    RowChange::Update { from, to } => {
                        own.update_version.execute(client, &[&to.as_str(), &from.as_str()]).await?
                    }
                };
                Ok(Answer::Rows(rows))
            }),
        )
    }

    fn ledger_entry<'b>(&'b self, entry: &'b Entry) -> Asking<'b> {
        (
            Asked::OneRow(NEWEST_ENTRY),
            Box::pin(async move {
                let client = self.session.client();
                let parameters = EntryParameters::of(entry);
                Ok(Answer::Rows(self.own.insert_entry.execute(client, &parameters.list()).await?))
            }),
        )
    }

    fn last_ledger_entry<'b>(&'b self, stage: &'b Stage, entry: &'b Entry) -> Asking<'b> {
        (
            Asked::FencedRow(NEWEST_ENTRY),
            Box::pin(async move {
                let number = stage.number.cast_signed();
                let plan = self.plan.as_bytes().as_slice();
                let entry = EntryParameters::of(entry);
                let [seq, prev, payload, hash] = entry.list();
                let parameters: [&(dyn ToSql + Sync); 6] =
                    [seq, prev, payload, hash, &plan, &number];
                let client = self.session.client();
                Ok(fence_in(&self.own.insert_last_entry.query(client, &parameters).await?))
            }),
        )
    }

    /// Commits the stage, and reads its marker back.
    ///
    /// # Errors
    /// `outcome-unknown`, if the connection was lost before it was known.
    pub(super) async fn commit(&self, stage: &Stage) -> Result<Try, Refusal> {
        let client = self.session.client();
        let commit: Request<'_, _> =
            Box::pin(async { client.batch_execute("COMMIT").await.map(|()| false) });
        let mut answers = in_order(vec![commit, Box::pin(self.marked(stage))]).await;
        let marked = answers.pop().expect("two were asked");
        let ended = answers.pop().expect("two were asked").map(|_| ());
        let marked = match marked {
            // A cancel request that comes late hits the question instead of the stage.
            Err(error) if ServerError::of(&error).is_some() => self.marked(stage).await,
            marked => marked,
        };
        Self::verdict(stage, ended, marked)
    }

    /// Whether the stage's marker is there.
    async fn marked(&self, stage: &Stage) -> Result<bool, Error> {
        let number = stage.number.cast_signed();
        let plan = self.plan.as_bytes().as_slice();
        let rows = self.own.read_marker.query(self.session.client(), &[&plan, &number]).await?;
        Ok(rows.len() == 1)
    }

    /// What became of a stage, by the answer to its COMMIT and by its marker.
    fn verdict(
        stage: &Stage,
        commit: Result<(), Error>,
        marked: Result<bool, Error>,
    ) -> Result<Try, Refusal> {
        match (commit, marked) {
            (_, Ok(true)) => Ok(Try::Committed),
            (Err(error), Ok(false)) if ServerError::of(&error).is_some() => {
                let error = ServerError::of(&error).expect("checked by the guard");
                Ok(Try::RolledBack(Failure::Server { step: None, error }))
            }
            (Ok(()), Ok(false)) => Ok(Try::RolledBack(Failure::Check(Refusal::new(
                Code::StageFailed,
                format!("the server rolled stage {} back at its commit", stage.number),
            )))),
            _ => Err(Refusal::new(
                Code::OutcomeUnknown,
                format!("the connection was lost while stage {} was being committed", stage.number),
            )
            .help("run the same command again: the stage's marker tells whether it happened")),
        }
    }
}

fn touched(stage: &Stage) -> BTreeSet<ObjectId> {
    stage.effects.iter().map(|effect| effect.object.clone()).collect()
}
