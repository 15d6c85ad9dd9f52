//! Enact's own statements while it applies: fully qualified, run under a `search_path` of their
//! own, and prepared as soon as the tables that they name are there.

use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row, Statement};

use crate::database::ledger_table;
use crate::database::version_table::VersionTable;
use crate::ledger::Entry;

use super::fence;

/// Sent before COMMIT: deferred constraints speak while a timeout still bounds them, the session is
/// ours again, and the commit is durable whatever the revision set.
pub(super) const BEFORE_COMMIT: &str = "SET CONSTRAINTS ALL IMMEDIATE; \
     SET search_path = pg_catalog, pg_temp; SET default_transaction_read_only = on; \
     SET LOCAL synchronous_commit = on";

/// How the session stands between stages. Requests are sent ahead: if a BEGIN were not carried out
/// (a cancel request can hit it), those that follow would each commit alone. Read-only by default,
/// the session refuses them; a stage's own BEGIN says READ WRITE.
pub(super) const BETWEEN_STAGES: &str =
    "SET search_path = pg_catalog, pg_temp; SET default_transaction_read_only = on";

/// Takes back [`BETWEEN_STAGES`], and where the plan puts what it makes.
pub(super) const AFTERWARDS: &str =
    "RESET search_path; RESET default_transaction_read_only; RESET default_tablespace";

/// Makes the server look, while a statement runs, whether its client is still there, and roll back if
/// not: a killed run's locks go soon. Only for transactions; a concurrent build may finish alone.
pub(super) const NOTICE_A_LOST_CLIENT: &str = "SET LOCAL client_connection_check_interval = '1s'; ";

/// One of enact's own statements, with its parameters' types.
pub(super) struct Own {
    sql: String,
    types: &'static [Type],
    prepared: Option<Statement>,
}

impl Own {
    fn new(sql: impl Into<String>, types: &'static [Type]) -> Self {
        Self { sql: sql.into(), types, prepared: None }
    }

    async fn prepare(&mut self, client: &Client) -> Result<(), tokio_postgres::Error> {
        self.prepared = Some(client.prepare_typed(&self.sql, self.types).await?);
        Ok(())
    }

    /// Runs it; gives the number of rows affected.
    pub(super) async fn execute(
        &self,
        client: &Client,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<u64, tokio_postgres::Error> {
        match &self.prepared {
            Some(statement) => client.execute(statement, parameters).await,
            None => client.execute_typed(&self.sql, &self.typed(parameters)).await,
        }
    }

    /// Runs it; gives the rows.
    pub(super) async fn query(
        &self,
        client: &Client,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        match &self.prepared {
            Some(statement) => client.query(statement, parameters).await,
            None => client.query_typed(&self.sql, &self.typed(parameters)).await,
        }
    }

    fn typed<'a>(
        &self,
        parameters: &[&'a (dyn ToSql + Sync)],
    ) -> Vec<(&'a (dyn ToSql + Sync), Type)> {
        parameters.iter().copied().zip(self.types.iter().cloned()).collect()
    }
}

/// The types of [`Statements::insert_last_entry`]: the entry's, then the marker's.
const LAST_ENTRY_TYPES: &[Type] =
    &[Type::INT8, Type::BYTEA, Type::BYTEA, Type::BYTEA, Type::BYTEA, Type::INT4];

/// The types of [`Statements::insert_marker`]: the marker's, the `search_path`, an earlier stage.
const OPENING_TYPES: &[Type] = &[Type::BYTEA, Type::INT4, Type::TEXT, Type::INT4];

/// The column of [`Statements::insert_marker`] that says whether the earlier stage is committed.
pub(super) const EARLIER_IS_MARKED: &str = "earlier_is_marked";

/// The statements.
pub(super) struct Statements {
    pub(super) fence: Own,
    /// With the fence in its answer. `$3` becomes the `search_path`; `$4` is an earlier stage.
    pub(super) insert_marker: Own,
    pub(super) read_marker: Own,
    pub(super) insert_intent: Own,
    pub(super) insert_entry: Own,
    /// With the fence in its answer.
    pub(super) insert_last_entry: Own,
    pub(super) insert_version: Own,
    pub(super) update_version: Own,
    pub(super) delete_version: Own,
}

impl Statements {
    /// The statements for a version table, not prepared yet.
    pub(super) fn new(version: &VersionTable) -> Self {
        let table = version.qualified();
        Self {
            fence: Own::new(format!("SELECT {}", fence::opening_columns()), &[]),
            insert_marker: Own::new(
                format!(
                    "{} RETURNING {}, pg_catalog.set_config('search_path', $3, true), \
                     EXISTS (SELECT 1 FROM enact.marker AS m WHERE m.plan OPERATOR(pg_catalog.=) $1 \
                     AND m.stage OPERATOR(pg_catalog.=) $4) AS {EARLIER_IS_MARKED}",
                    ledger_table::INSERT_MARKER,
                    fence::opening_columns()
                ),
                OPENING_TYPES,
            ),
            read_marker: Own::new(ledger_table::READ_MARKER, ledger_table::MARKER_TYPES),
            insert_intent: Own::new(ledger_table::INSERT_INTENT, ledger_table::INTENT_TYPES),
            insert_entry: Own::new(ledger_table::INSERT_ENTRY, ledger_table::ENTRY_TYPES),
            insert_last_entry: Own::new(
                format!("{} RETURNING {}", ledger_table::INSERT_ENTRY, fence::closing_columns()),
                LAST_ENTRY_TYPES,
            ),
            insert_version: Own::new(
                format!("INSERT INTO {table} (version_num) VALUES ($1)"),
                &[Type::VARCHAR],
            ),
            update_version: Own::new(
                format!(
                    "UPDATE {table} SET version_num = $1 \
                     WHERE version_num::pg_catalog.text OPERATOR(pg_catalog.=) $2::pg_catalog.text"
                ),
                &[Type::VARCHAR, Type::VARCHAR],
            ),
            delete_version: Own::new(
                format!(
                    "DELETE FROM {table} \
                     WHERE version_num::pg_catalog.text OPERATOR(pg_catalog.=) $1::pg_catalog.text"
                ),
                &[Type::VARCHAR],
            ),
        }
    }

    /// Prepares them all, once; the tables must be there.
    pub(super) async fn prepare(&mut self, client: &Client) -> Result<(), tokio_postgres::Error> {
        if self.delete_version.prepared.is_some() {
            return Ok(());
        }
        for own in [
            &mut self.fence,
            &mut self.insert_marker,
            &mut self.read_marker,
            &mut self.insert_intent,
            &mut self.insert_entry,
            &mut self.insert_last_entry,
            &mut self.insert_version,
            &mut self.update_version,
            &mut self.delete_version,
        ] {
            own.prepare(client).await?;
        }
        Ok(())
    }
}

/// The parameters of [`Statements::insert_entry`].
pub(super) struct EntryParameters<'a> {
    seq: i64,
    prev: &'a [u8],
    payload: &'a [u8],
    hash: &'a [u8],
}

impl<'a> EntryParameters<'a> {
    pub(super) fn of(entry: &'a Entry) -> Self {
        Self {
            seq: entry.seq.cast_signed(),
            prev: entry.prev.as_bytes(),
            payload: &entry.payload,
            hash: entry.hash.as_bytes(),
        }
    }

    pub(super) fn list(&self) -> [&(dyn ToSql + Sync); 4] {
        [&self.seq, &self.prev, &self.payload, &self.hash]
    }
}

/// Opens a transaction with the settings of `session` and its own; names are enact's until the stage's
/// `search_path` is set. What an earlier stage has SET is undone.
pub(super) fn begin_sql(session: &str, lock_timeout_ms: u64, statement_timeout_ms: u64) -> String {
    format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; {session}; \
         SET LOCAL search_path = pg_catalog, pg_temp; \
         SET LOCAL lock_timeout = {lock_timeout_ms}; \
         SET LOCAL statement_timeout = {statement_timeout_ms}; \
         SET LOCAL default_transaction_read_only = off; "
    )
}
