//! A transactional stage: its statements, its marker, `alembic_version` and the ledger entry commit
//! together or not at all.
//!
//! Everything up to the COMMIT is sent ahead (an error makes the server refuse the rest), and the
//! COMMIT only when every answer was read and is right. Its Ok proves nothing: the marker is read
//! back (facts: COMMIT of an aborted transaction answers ROLLBACK without an error).

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::Row;
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
use super::fence::Fence;

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

/// How a try ended.
#[derive(Debug)]
pub(super) enum Try {
    /// Committed, and the marker was read back.
    Committed,
    /// Rolled back; the statement (if it was one) and what the server said.
    RolledBack(Failure),
}

/// Why a try was rolled back.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server refused a statement: its place in the stage, if it was one of the stage's own.
    Server { step: Option<usize>, error: ServerError },
    /// One of our checks failed.
    Check(Refusal),
}

enum Answer {
    Nothing,
    Rows(u64),
    Fence(Fence),
    Objects(BTreeMap<ObjectId, Digest>),
}

/// What was asked, to read the answer by.
#[derive(Clone, Copy)]
enum Asked {
    Own,
    Fence,
    /// Exactly one row must be affected; what it says if not.
    OneRow(&'static str),
    /// The same, and the row is the fence.
    FencedRow(&'static str),
    Step(usize),
    Objects,
}

type Asking<'a> = (Asked, Request<'a, Result<Answer, Refused>>);

/// An error of one request.
enum Refused {
    Driver(tokio_postgres::Error),
    Other(Refusal),
}

impl From<tokio_postgres::Error> for Refused {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Driver(error)
    }
}

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
        let mut requests = vec![self.simple(&begin), self.marker(stage)];
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
        let mut requests = vec![self.simple(begin), self.marker(stage)];
        if !steps.is_empty() {
            requests.push((
                Asked::Own,
                Box::pin(async move {
                    self.own.set_search_path.query(client, &[&self.search_path]).await?;
                    Ok(Answer::Nothing)
                }),
            ));
        }
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

    fn marker<'b>(&'b self, stage: &'b Stage) -> Asking<'b> {
        (
            Asked::FencedRow("the stage's marker"),
            Box::pin(async move {
                let number = stage.number.cast_signed();
                let plan = self.plan.as_bytes().as_slice();
                let client = self.session.client();
                Ok(fence_in(&self.own.insert_marker.query(client, &[&plan, &number]).await?))
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

/// Reads the answers in their order; the first that is wrong decides. COMMIT was not sent yet, so
/// whatever is wrong, nothing of the transaction stays.
fn judge(stage: &Stage, asked: &[Asked], answers: Vec<Result<Answer, Refused>>) -> Option<Failure> {
    let mut before: Option<Fence> = None;
    for (asked, answer) in asked.iter().zip(answers) {
        let failure = match (asked, answer) {
            (_, Err(Refused::Other(refusal))) => Some(refusal),
            (asked, Err(Refused::Driver(error))) => {
                let step = if let Asked::Step(at) = asked { Some(*at) } else { None };
                match ServerError::of(&error) {
                    Some(error) => return Some(Failure::Server { step, error }),
                    None => Some(cut_off(stage)),
                }
            }
            (Asked::OneRow(what) | Asked::FencedRow(what), Ok(Answer::Rows(rows))) if rows != 1 => {
                Some(one_row(what, rows, stage))
            }
            (Asked::Fence | Asked::FencedRow(_), Ok(Answer::Fence(now))) => {
                let broken = now.broken(before.as_ref());
                before = Some(now);
                broken
            }
            (Asked::Objects, Ok(Answer::Objects(objects))) => unexpected_effects(stage, &objects),
            (_, Ok(_)) => None,
        };
        if let Some(refusal) = failure {
            return Some(Failure::Check(refusal));
        }
    }
    None
}

fn cut_off(stage: &Stage) -> Refusal {
    Refusal::new(
        Code::StageFailed,
        format!("the connection was lost in stage {}, before its COMMIT was sent", stage.number),
    )
    .note("the server rolls it back as soon as it notices")
    .help("run the same command again: it waits for the old server process to end")
}

const NEWEST_ENTRY: &str = "the ledger's newest entry";

/// The fence, if there is exactly one row; otherwise how many rows there are.
fn fence_in(rows: &[Row]) -> Answer {
    let [row] = rows else {
        return Answer::Rows(rows.len() as u64);
    };
    Answer::Fence(Fence::from_row(row))
}

fn one_row(what: &str, rows: u64, stage: &Stage) -> Refusal {
    Refusal::new(
        Code::StaleHeads,
        format!("stage {} should change {what} alone, and found {rows}", stage.number),
    )
    .note("somebody else changed the record meanwhile; the stage was rolled back")
    .help("run `enact status`, and plan again")
}

fn unexpected_effects(stage: &Stage, objects: &BTreeMap<ObjectId, Digest>) -> Option<Refusal> {
    let different: Vec<String> = stage
        .effects
        .iter()
        .filter(|effect| objects.get(&effect.object).copied() != effect.after)
        .map(|effect| match (objects.get(&effect.object), effect.after) {
            (None, _) => format!("{} is missing", effect.object),
            (Some(_), None) => format!("{} is still there", effect.object),
            (Some(_), Some(_)) => format!("{} differs", effect.object),
        })
        .collect();
    let refusal = Refusal::new(
        Code::UnexpectedEffect,
        format!("stage {} did not make what the plan says", stage.number),
    )
    .help("the stage was rolled back; compare the target with the plan, and plan again");
    (!different.is_empty())
        .then(|| different.into_iter().fold(refusal, super::super::diagnostic::Refusal::note))
}
