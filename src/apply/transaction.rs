//! A transactional stage: its statements, its marker, `alembic_version` and the ledger entry commit
//! together or not at all.
//!
//! Everything up to the COMMIT is sent ahead (an error makes the server refuse the rest), and the
//! COMMIT only when every answer was read and is right. Its Ok proves nothing: the marker is read
//! back (facts: COMMIT of an aborted transaction answers ROLLBACK without an error).

use std::collections::BTreeSet;

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
    /// The `search_path` of the stage's statements.
    pub(super) search_path: &'a str,
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

type Asking<'a> = (Asked, Request<'a, Result<Answer, Refused>>);

impl Transaction<'_> {
    /// Runs the stage once.
    ///
    /// # Errors
    /// `outcome-unknown` if the connection was lost after COMMIT was sent; everything that was rolled
    /// back, also by the loss of the connection before that, is a [`Try::RolledBack`].
    pub(super) async fn run(&self, stage: &Stage, steps: &[String]) -> Result<Try, Refusal> {
        let begin = self.begin_sql(stage);
        let touched: BTreeSet<ObjectId> =
            stage.effects.iter().map(|effect| effect.object.clone()).collect();
        match self.ask(stage, self.requests(stage, steps, &begin, &touched)).await {
            None => self.commit(stage).await,
            Some(failure) => Ok(Try::RolledBack(failure)),
        }
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
        let mut requests = vec![self.simple(&begin), self.marker(stage, OURS)];
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
        let mut sql = bookkeeping::begin_sql(stage.lock_timeout_ms, stage.statement_timeout_ms);
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
    ) -> Vec<Asking<'b>> {
        let client = self.session.client();
        let mut requests = vec![self.simple(begin), self.marker(stage, self.search_path)];
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

    /// Marks the stage; what follows runs under `search_path`.
    fn marker<'b>(&'b self, stage: &'b Stage, search_path: &'b str) -> Asking<'b> {
        (
            Asked::FencedRow("the stage's marker"),
            Box::pin(async move {
                let number = stage.number.cast_signed();
                let plan = self.plan.as_bytes().as_slice();
                let parameters: [&(dyn ToSql + Sync); 3] = [&plan, &number, &search_path];
                let client = self.session.client();
                Ok(fence_in(&self.own.insert_marker.query(client, &parameters).await?))
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

    async fn commit(&self, stage: &Stage) -> Result<Try, Refusal> {
        let client = self.session.client();
        let number = stage.number.cast_signed();
        let plan = self.plan.as_bytes().as_slice();
        let commit: Request<'_, _> =
            Box::pin(async { client.batch_execute("COMMIT").await.map(|()| 0) });
        let read_back: Request<'_, _> = Box::pin(async {
            let rows = self.own.read_marker.query(client, &[&plan, &number]).await?;
            Ok(rows.len())
        });
        let mut answers = in_order(vec![commit, read_back]).await;
        // A cancel request that comes late hits the question instead of the stage.
        if matches!(&answers[1], Err(error) if ServerError::of(error).is_some()) {
            let rows = self.own.read_marker.query(client, &[&plan, &number]).await;
            answers[1] = rows.map(|rows| rows.len());
        }
        match answers.as_slice() {
            [_, Ok(1)] => Ok(Try::Committed),
            [Err(error), Ok(_)] if ServerError::of(error).is_some() => {
                let error = ServerError::of(error).expect("checked by the guard");
                Ok(Try::RolledBack(Failure::Server { step: None, error }))
            }
            [Ok(_), Ok(_)] => Ok(Try::RolledBack(Failure::Check(Refusal::new(
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
