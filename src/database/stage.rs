//! The statements of one stage on a shadow: exactly as the executor runs them, without the record.

use tokio_postgres::{Client, Error, SimpleQueryMessage, SimpleQueryRow};

use crate::diagnostic::Refusal;
use crate::plan::SESSION_SQL;

use super::pipeline::{Request, in_order};
use super::{ServerError, Session, refusal};

/// Which statement failed, and what the server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementError {
    /// The statement's place among those given; absent where the question or the commit failed.
    pub at: Option<usize>,
    /// The server's words.
    pub error: ServerError,
}

impl StatementError {
    /// The five-character SQLSTATE.
    pub fn sqlstate(&self) -> &str {
        &self.error.sqlstate
    }
}

/// Runs `statements` in one transaction, with deferred constraints checked before its commit.
/// Everything is sent ahead.
///
/// # Errors
/// Those of the connection; a statement that fails is the inner error, and is rolled back.
pub async fn in_transaction(
    session: &Session,
    search_path: &str,
    statements: &[&str],
) -> Result<Result<(), StatementError>, Refusal> {
    match open(session, search_path, statements, None).await? {
        Ok(open) => open.commit().await,
        Err(failed) => Ok(Err(failed)),
    }
}

/// A question that is asked at the end of what it is about.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// What is set after the session's settings.
    pub begin: &'a str,
    /// A query.
    pub end: &'a str,
}

/// A transaction whose statements have run. It is to be committed or rolled back; dropped, it stays
/// open.
#[must_use]
#[derive(Debug)]
pub struct Open<'a> {
    session: &'a Session,
    answer: Vec<SimpleQueryRow>,
}

impl Open<'_> {
    /// The rows that the question was answered with.
    pub fn answer(&self) -> &[SimpleQueryRow] {
        &self.answer
    }

    /// Commits it.
    ///
    /// # Errors
    /// As [`in_transaction`].
    pub async fn commit(self) -> Result<Result<(), StatementError>, Refusal> {
        let committed = self.session.client().batch_execute("COMMIT").await;
        outcome(committed, None)
    }

    /// Takes everything back.
    ///
    /// # Errors
    /// Those of the connection.
    pub async fn roll_back(self) -> Result<(), Refusal> {
        let rolled_back = self.session.client().batch_execute("ROLLBACK").await;
        rolled_back.map_err(|error| refusal(&error, "roll back"))
    }
}

/// As [`in_transaction`], up to the commit; `question` is asked before it.
///
/// # Errors
/// As [`in_transaction`].
pub async fn open<'a>(
    session: &'a Session,
    search_path: &str,
    statements: &[&str],
    question: Option<Question<'_>>,
) -> Result<Result<Open<'a>, StatementError>, Refusal> {
    let client = session.client();
    let set = question.map_or("", |question| question.begin);
    let begin = format!("BEGIN; {SESSION_SQL}; SET LOCAL search_path = {search_path}; {set}");
    let simple = |sql| -> Request<'_, Result<Vec<SimpleQueryRow>, Error>> {
        Box::pin(async move { client.batch_execute(sql).await.map(|()| Vec::new()) })
    };
    let end = question.map_or("", |question| question.end);
    let end = format!("SET CONSTRAINTS ALL IMMEDIATE; {end}");
    let mut requests = vec![simple(begin.as_str())];
    for &statement in statements {
        let ran = async move { client.execute_typed(statement, &[]).await.map(|_| Vec::new()) };
        requests.push(Box::pin(ran));
    }
    requests.push(Box::pin(rows(client, &end)));
    let mut answer = Vec::new();
    let mut failed = None;
    for (at, reply) in in_order(requests).await.into_iter().enumerate() {
        match reply {
            Ok(rows) => answer = rows,
            // The first error is the cause.
            Err(error) => failed = failed.or(Some((at, error))),
        }
    }
    let Some((at, error)) = failed else {
        return Ok(Ok(Open { session, answer }));
    };
    let _ = client.batch_execute("ROLLBACK").await;
    let at = at.checked_sub(1).filter(|&at| at < statements.len());
    outcome(Err(error), at)
}

/// Runs one statement outside a transaction.
///
/// # Errors
/// As [`in_transaction`].
pub async fn alone(
    session: &Session,
    search_path: &str,
    statement: &str,
) -> Result<Result<(), StatementError>, Refusal> {
    let ran = alone_asking(session, search_path, statement, None).await?;
    Ok(ran.map(|_| ()))
}

/// As [`alone`]; gives the rows that `question` is answered with afterwards.
///
/// # Errors
/// As [`in_transaction`].
pub async fn alone_asking(
    session: &Session,
    search_path: &str,
    statement: &str,
    question: Option<Question<'_>>,
) -> Result<Result<Vec<SimpleQueryRow>, StatementError>, Refusal> {
    let client = session.client();
    let set = question.map_or("", |question| question.begin);
    client
        .batch_execute(&format!("{SESSION_SQL}; SET search_path = {search_path}; {set}"))
        .await
        .map_err(|error| refusal(&error, "set a session up"))?;
    let ran = client.execute_typed(statement, &[]).await;
    let answer = match (ran, question) {
        (Ok(_), Some(question)) => rows(client, question.end).await,
        (ran, _) => ran.map(|_| Vec::new()),
    };
    outcome(answer, Some(0))
}

/// The rows, as text, that statements in one message give.
///
/// # Errors
/// The driver's.
pub async fn rows(client: &Client, sql: &str) -> Result<Vec<SimpleQueryRow>, Error> {
    let answers = client.simple_query(sql).await?.into_iter();
    let row = |answer| if let SimpleQueryMessage::Row(row) = answer { Some(row) } else { None };
    Ok(answers.filter_map(row).collect())
}

fn outcome<T>(
    answer: Result<T, Error>,
    at: Option<usize>,
) -> Result<Result<T, StatementError>, Refusal> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(error) => match ServerError::of(&error) {
            Some(error) => Ok(Err(StatementError { at, error })),
            None => Err(refusal(&error, "run a statement")),
        },
    }
}
