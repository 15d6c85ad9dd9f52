//! The fence around a transaction's statements: what must be the same before them and after, or
//! one of them has stepped out, by whatever function it was hidden in.

use tokio_postgres::Row;

use crate::database::advisory_lock;
use crate::diagnostic::{Code, Refusal};

/// What the fence compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fence {
    transaction: String,
    current_user: String,
    session_user: String,
    lock_held: bool,
    /// Whether the stage's marker is there; not asked before it is written.
    marked: Option<bool>,
}

/// The columns of the opening fence.
pub(super) fn opening_columns() -> String {
    columns("NULL::pg_catalog.bool")
}

/// The columns of the closing fence, in a statement with `$5` plan digest and `$6` stage: it rides
/// on the last ledger entry, which is the last to be written.
pub(super) fn closing_columns() -> String {
    columns(
        "EXISTS (SELECT 1 FROM enact.marker AS m \
         WHERE m.plan OPERATOR(pg_catalog.=) $5 AND m.stage OPERATOR(pg_catalog.=) $6)",
    )
}

fn columns(marked: &str) -> String {
    format!(
        "pg_catalog.pg_current_xact_id()::pg_catalog.text, \
         current_user::pg_catalog.text, session_user::pg_catalog.text, ({}), {marked}",
        advisory_lock::HELD_BY_US
    )
}

impl Fence {
    pub(super) fn from_row(row: &Row) -> Self {
        Self {
            transaction: row.get(0),
            current_user: row.get(1),
            session_user: row.get(2),
            lock_held: row.get(3),
            marked: row.get(4),
        }
    }

    /// What is broken, seen from the fence `before`, if this is not the first.
    pub(super) fn broken(&self, before: Option<&Self>) -> Option<Refusal> {
        if before.is_none() && !self.lock_held {
            // Nothing of the revision has run yet: the transaction is with another server process.
            return Some(
                Refusal::new(
                    Code::PoolerDetected,
                    "the stage's transaction is not on the connection that holds enact's lock",
                )
                .note("a pooler stands between that changes the connection from one transaction to the next")
                .help("connect to PostgreSQL itself, or to a pooler's port with session pooling"),
            );
        }
        let found = match before {
            _ if !self.lock_held => "this connection does not hold enact's lock".to_owned(),
            Some(before) if before.transaction != self.transaction => {
                "a statement ended the stage's transaction".to_owned()
            }
            Some(before) if before.session_user != self.session_user => format!(
                "a statement changed the session's user from `{}` to `{}`",
                before.session_user, self.session_user
            ),
            Some(before) if before.current_user != self.current_user => format!(
                "a statement changed the role from `{}` to `{}`",
                before.current_user, self.current_user
            ),
            _ if self.marked == Some(false) => "a statement removed the stage's marker".to_owned(),
            _ => return None,
        };
        Some(
            Refusal::new(Code::FenceBroken, found)
                .note("the stage was rolled back, as far as the server could")
                .help("take COMMIT, SET ROLE, pg_advisory_unlock_all and enact's own tables out of the revision and of what it calls"),
        )
    }
}
