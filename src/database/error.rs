//! What the server or the driver says, as values: never with row data, never with a secret.

use tokio_postgres::error::{DbError, ErrorPosition, SqlState};

use crate::diagnostic::{Code, Refusal};
use crate::source::visible;

/// An error that the server reported. DETAIL is left out: it carries row data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerError {
    /// The five-character SQLSTATE.
    pub sqlstate: String,
    /// The primary message, control characters escaped.
    pub message: String,
    /// The server's hint, if it gave one.
    pub hint: Option<String>,
    /// The position in the statement, in characters from 1, if it gave one.
    pub position: Option<u32>,
}

impl ServerError {
    /// The server's part of a driver error, if the server spoke at all.
    pub fn of(error: &tokio_postgres::Error) -> Option<Self> {
        error.as_db_error().map(Self::from)
    }
}

impl From<&DbError> for ServerError {
    fn from(error: &DbError) -> Self {
        Self {
            sqlstate: error.code().code().to_owned(),
            message: visible(error.message()),
            hint: error.hint().map(visible),
            position: match error.position() {
                Some(ErrorPosition::Original(at)) => Some(*at),
                _ => None,
            },
        }
    }
}

/// The refusal for an error of a statement of enact's own; `doing` completes "failed to …".
pub fn refusal(error: &tokio_postgres::Error, doing: &str) -> Refusal {
    let Some(server) = ServerError::of(error) else {
        return Refusal::new(
            Code::ConnectionLost,
            format!("the connection was lost while trying to {doing}"),
        )
        .note(visible(&error.to_string()));
    };
    let code = match error.code() {
        Some(&SqlState::INSUFFICIENT_PRIVILEGE) => Code::PermissionDenied,
        Some(&SqlState::READ_ONLY_SQL_TRANSACTION) => Code::ReadOnlyServer,
        Some(&SqlState::ADMIN_SHUTDOWN | &SqlState::CRASH_SHUTDOWN) => Code::ConnectionLost,
        _ => Code::DatabaseFailed,
    };
    let refusal = Refusal::new(
        code,
        format!("failed to {doing}: {} (SQLSTATE {})", server.message, server.sqlstate),
    );
    match server.hint {
        Some(hint) => refusal.note(format!("hint of the server: {hint}")),
        None => refusal,
    }
}
