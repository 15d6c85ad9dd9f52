//! The statements of one stage on a shadow: exactly as the executor runs them, without the record.

use crate::diagnostic::Refusal;
use crate::plan::SESSION_SQL;

use super::pipeline::{Request, in_order};
use super::{ServerError, Session, refusal};

/// Which statement failed, and what the server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementError {
    /// The statement's place among those given; absent where the commit failed.
    pub at: Option<usize>,
    /// The server's words.
    pub error: ServerError,
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
    let client = session.client();
    let begin = format!("BEGIN; {SESSION_SQL}; SET LOCAL search_path = {search_path}");
    let simple = |sql| -> Request<'_, Result<u64, tokio_postgres::Error>> {
        Box::pin(async move { client.batch_execute(sql).await.map(|()| 0) })
    };
    let mut requests = vec![simple(begin.as_str())];
    for &statement in statements {
        requests.push(Box::pin(client.execute_typed(statement, &[])));
    }
    requests.push(simple("SET CONSTRAINTS ALL IMMEDIATE"));
    let failed = in_order(requests)
        .await
        .into_iter()
        .enumerate()
        .find_map(|(at, answer)| answer.err().map(|error| (at, error)));
    let Some((at, error)) = failed else {
        let committed = client.batch_execute("COMMIT").await;
        return outcome(committed.map(|()| 0), None);
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
    let client = session.client();
    client
        .batch_execute(&format!("{SESSION_SQL}; SET search_path = {search_path}"))
        .await
        .map_err(|error| refusal(&error, "set a session up"))?;
    outcome(client.execute_typed(statement, &[]).await, Some(0))
}

fn outcome(
    answer: Result<u64, tokio_postgres::Error>,
    at: Option<usize>,
) -> Result<Result<(), StatementError>, Refusal> {
    match answer {
        Ok(_) => Ok(Ok(())),
        Err(error) => match ServerError::of(&error) {
            Some(error) => Ok(Err(StatementError { at, error })),
            None => Err(refusal(&error, "run a statement")),
        },
    }
}
