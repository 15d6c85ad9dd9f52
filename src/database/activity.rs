//! What else goes on in the database: who blocks us, the longest transaction, how large tables are.
//!
//! In: a session to look with. Out: values for plans and for people. A role that may not see other
//! roles' work sees their processes only.

use std::fmt;

use serde::Serialize;
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::session::Session;
use crate::diagnostic::Refusal;
use crate::source::visible;

/// How much of another's statement is shown.
const QUERY_SHOWN: usize = 80;

/// What another process is doing, as far as this role may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Activity {
    /// The process.
    pub pid: i32,
    /// Its role.
    pub user: Option<String>,
    /// What its client calls itself.
    pub application_name: Option<String>,
    /// `active`, `idle in transaction`, …
    pub state: Option<String>,
    /// Since when its transaction, else its session, has been there: RFC 3339, UTC.
    pub since: Option<String>,
    /// For how many seconds.
    pub seconds: Option<i64>,
    /// When its statement began: RFC 3339, UTC.
    pub query_start: Option<String>,
    /// The first 80 characters of its present or last statement, control characters visible.
    pub query: Option<String>,
}

/// A table with the figures that tell how long work on it may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableSize {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub table: String,
    /// Bytes with TOAST, without indexes; of a partitioned table, those of its partitions.
    pub bytes: i64,
    /// The planner's estimate; nothing, if the table was never analysed.
    pub rows_estimate: Option<i64>,
}

impl Activity {
    /// The query for processes where `condition` holds for `a`; longest first.
    pub(super) fn query(condition: &str) -> String {
        const FORM: &str = r#"'YYYY-MM-DD"T"HH24:MI:SS"Z"'"#;
        let utc = |moment: &str| {
            format!("pg_catalog.to_char(pg_catalog.timezone('UTC', {moment}), {FORM})")
        };
        let since = "COALESCE(a.xact_start, a.backend_start)";
        format!(
            "SELECT a.pid, a.usename::pg_catalog.text, NULLIF(a.application_name, ''), a.state,
                    {}, EXTRACT(epoch FROM pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) {since})::pg_catalog.int8,
                    {}, a.query
             FROM pg_catalog.pg_stat_activity AS a
             WHERE {condition}
             ORDER BY {since} NULLS LAST, a.pid",
            utc(since),
            utc("a.query_start"),
        )
    }

    pub(super) fn from_row(row: &Row) -> Self {
        let query: Option<String> = row.get(7);
        Self {
            pid: row.get(0),
            user: row.get::<_, Option<String>>(1).map(|name| visible(&name)),
            application_name: row.get::<_, Option<String>>(2).map(|name| visible(&name)),
            state: row.get(3),
            since: row.get(4),
            seconds: row.get(5),
            query_start: row.get(6),
            query: query.filter(|query| !query.is_empty()).map(|query| shorten(&query)),
        }
    }
}

impl fmt::Display for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {}", self.pid)?;
        if let Some(name) = &self.application_name {
            write!(f, " (`{name}`)")?;
        }
        if let Some(user) = &self.user {
            write!(f, " of `{user}`")?;
        }
        if let Some(state) = &self.state {
            write!(f, ", {state}")?;
        }
        if let Some(since) = &self.since {
            write!(f, ", since {since}")?;
        }
        if let Some(query) = &self.query {
            write!(f, ": {query}")?;
        }
        Ok(())
    }
}

/// The processes for which `pid` waits. `observer` must be another session than the one that waits.
///
/// # Errors
/// As [`refusal`](super::refusal).
pub async fn blockers(observer: &Session, pid: i32) -> Result<Vec<Activity>, Refusal> {
    let rows = observer
        .rows(
            "see who blocks",
            &Activity::query("a.pid OPERATOR(pg_catalog.=) ANY (pg_catalog.pg_blocking_pids($1))"),
            &[(&pid, Type::INT4)],
        )
        .await?;
    Ok(rows.iter().map(Activity::from_row).collect())
}

/// The statement that `pid` works on, shortened; empty where it is idle, or not to be seen.
///
/// # Errors
/// As [`refusal`](super::refusal).
pub async fn current_statement(observer: &Session, pid: i32) -> Result<String, Refusal> {
    let rows = observer
        .rows(
            "see what runs",
            "SELECT query FROM pg_catalog.pg_stat_activity
             WHERE pid OPERATOR(pg_catalog.=) $1 AND state OPERATOR(pg_catalog.=) 'active'",
            &[(&pid, Type::INT4)],
        )
        .await?;
    Ok(rows.first().map(|row| shorten(row.get(0))).unwrap_or_default())
}

/// The oldest transaction in this database, other than this session's own.
///
/// # Errors
/// As [`refusal`](super::refusal).
pub async fn longest_transaction(session: &Session) -> Result<Option<Activity>, Refusal> {
    let sql = Activity::query(
        "a.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
         AND a.xact_start IS NOT NULL
         AND a.backend_type OPERATOR(pg_catalog.=) 'client backend'
         AND a.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()",
    );
    let rows = session.rows("look for long transactions", &format!("{sql} LIMIT 1"), &[]).await?;
    Ok(rows.first().map(Activity::from_row))
}

/// Tables, partitioned tables and materialised views outside of the system's schemas and enact's
/// own, by schema and name. Measuring waits for an ACCESS EXCLUSIVE lock on a table, so a
/// `lock_timeout` should be set.
///
/// # Errors
/// As [`refusal`](super::refusal).
pub async fn table_sizes(session: &Session) -> Result<Vec<TableSize>, Refusal> {
    let rows = session.rows("read the tables' sizes", TABLE_SIZES, &[]).await?;
    Ok(rows
        .iter()
        .map(|row| TableSize {
            schema: row.get(0),
            table: row.get(1),
            bytes: row.get(2),
            rows_estimate: row.get(3),
        })
        .collect())
}

/// A table dropped meanwhile has no size, and is left out.
const TABLE_SIZES: &str = r#"
SELECT * FROM (
    SELECT n.nspname::pg_catalog.text AS schema, c.relname::pg_catalog.text AS name,
           CASE c.relkind WHEN 'p' THEN COALESCE(leaves.bytes, 0)
                ELSE pg_catalog.pg_table_size(c.oid) END AS bytes,
           CASE c.relkind WHEN 'p' THEN leaves.tuples
                ELSE NULLIF(c.reltuples, -1)::pg_catalog.int8 END AS tuples
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
    LEFT JOIN LATERAL (
        SELECT pg_catalog.sum(pg_catalog.pg_table_size(leaf.oid))::pg_catalog.int8 AS bytes,
               CASE WHEN pg_catalog.bool_and(leaf.reltuples OPERATOR(pg_catalog.>=) 0::pg_catalog.float4)
                    THEN pg_catalog.sum(leaf.reltuples)::pg_catalog.int8 END AS tuples
        FROM pg_catalog.pg_partition_tree(c.oid) AS tree
        JOIN pg_catalog.pg_class AS leaf ON leaf.oid OPERATOR(pg_catalog.=) tree.relid::pg_catalog.oid
        WHERE tree.isleaf
    ) AS leaves ON c.relkind OPERATOR(pg_catalog.=) 'p'
    WHERE c.relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p', 'm']::pg_catalog."char"[])
      AND c.relpersistence OPERATOR(pg_catalog.<>) 't'
      AND n.nspname OPERATOR(pg_catalog.<>) ALL (ARRAY['pg_catalog', 'information_schema', 'pg_toast', 'enact']::pg_catalog.name[])
) AS sizes
WHERE bytes IS NOT NULL
ORDER BY schema COLLATE "C", name COLLATE "C""#;

/// The first characters of a statement, on one line.
fn shorten(query: &str) -> String {
    let line = visible(query);
    match line.char_indices().nth(QUERY_SHOWN) {
        Some((cut, _)) => format!("{}…", line[..cut].trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_shown_short_and_on_one_line() {
        assert_eq!(shorten("SELECT\n1\u{1b}[2J"), "SELECT 1\\u{1b}[2J");
        assert_eq!(shorten(&"x".repeat(81)), format!("{}…", "x".repeat(80)));
        assert_eq!(shorten(&"é".repeat(80)), "é".repeat(80));
    }
}
