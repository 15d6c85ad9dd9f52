//! enact's own tables: the ledger, the markers, the intents.
//!
//! In: a session. Out: their rows, and the statements that fill them. Nothing is believed here;
//! `ledger` checks the chain.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::session::Session;
use crate::diagnostic::{Code, Refusal};
use crate::digest::Digest;
use crate::ledger::Entry;

/// Appends an entry: `$1` seq, `$2` prev, `$3` payload, `$4` hash. No row, if `prev` is not the hash
/// of the entry before it; a unique violation, if someone else appended meanwhile.
pub const INSERT_ENTRY: &str = "\
INSERT INTO enact.ledger (seq, prev, payload, hash)
SELECT $1::pg_catalog.int8, $2::pg_catalog.bytea, $3::pg_catalog.bytea, $4::pg_catalog.bytea
WHERE $1 OPERATOR(pg_catalog.=) 0::pg_catalog.int8
   OR EXISTS (SELECT 1 FROM enact.ledger AS before
              WHERE before.seq OPERATOR(pg_catalog.=) ($1 OPERATOR(pg_catalog.-) 1::pg_catalog.int8)
                AND before.hash OPERATOR(pg_catalog.=) $2)";

/// Marks a stage as happened: `$1` plan digest, `$2` stage. A unique violation, if it did before.
pub const INSERT_MARKER: &str = "INSERT INTO enact.marker (plan, stage) VALUES ($1, $2)";

/// One row, if the stage happened: `$1` plan digest, `$2` stage.
pub const READ_MARKER: &str = "\
SELECT 1 FROM enact.marker
WHERE plan OPERATOR(pg_catalog.=) $1 AND stage OPERATOR(pg_catalog.=) $2";

/// Notes that a stage outside of a transaction begins: `$1` plan digest, `$2` stage, `$3` payload.
pub const INSERT_INTENT: &str =
    "INSERT INTO enact.intent (plan, stage, payload) VALUES ($1, $2, $3)";

/// The types of the parameters of [`INSERT_ENTRY`].
pub const ENTRY_TYPES: &[Type] = &[Type::INT8, Type::BYTEA, Type::BYTEA, Type::BYTEA];
/// The types of the parameters of [`INSERT_MARKER`] and [`READ_MARKER`].
pub const MARKER_TYPES: &[Type] = &[Type::BYTEA, Type::INT4];
/// The types of the parameters of [`INSERT_INTENT`].
pub const INTENT_TYPES: &[Type] = &[Type::BYTEA, Type::INT4, Type::BYTEA];

/// All entries by position; nothing, if there is no ledger.
///
/// # Errors
/// `permission-denied`, or as [`refusal`](super::refusal).
pub async fn read_ledger(session: &Session) -> Result<Option<Vec<Entry>>, Refusal> {
    if !exists(session, "ledger").await? {
        return Ok(None);
    }
    let rows = session
        .rows(
            "read the ledger",
            "SELECT seq, prev, payload, hash FROM enact.ledger ORDER BY seq",
            &[],
        )
        .await
        .map_err(with_grants)?;
    rows.iter().map(entry).collect::<Result<_, _>>().map(Some)
}

fn entry(row: &Row) -> Result<Entry, Refusal> {
    let digest = |column: usize| {
        Digest::from_bytes(row.get(column)).ok_or_else(|| {
            Refusal::new(Code::LedgerBroken, "a hash in `enact.ledger` has not 32 bytes")
                .help("find out who changed the table")
        })
    };
    Ok(Entry {
        seq: row.get::<_, i64>(0).cast_unsigned(),
        prev: digest(1)?,
        payload: row.get(2),
        hash: digest(3)?,
    })
}

/// What a ledger looks like unread: the same only while no statement wrote to it or changed its
/// table. Two that are equal were never seen to differ in content, but whoever owns the server can
/// make such; only reading the entries proves what they say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerSurface(String);

/// How the ledger looks; nothing, if there is none.
///
/// # Errors
/// `permission-denied`, or as [`refusal`](super::refusal).
pub async fn surface(session: &Session) -> Result<Option<LedgerSurface>, Refusal> {
    const DOING: &str = "look at the ledger";
    // Renaming the table or adding a column writes its row in `pg_class`.
    let table = session
        .rows(
            DOING,
            "SELECT pg_catalog.concat_ws(' ', d.oid, c.oid, c.xmin)
             FROM pg_catalog.pg_class AS c
             JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
             JOIN pg_catalog.pg_database AS d ON d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
             WHERE n.nspname OPERATOR(pg_catalog.=) 'enact'
               AND c.relkind OPERATOR(pg_catalog.=) 'r'
               AND c.relname OPERATOR(pg_catalog.=) 'ledger'",
            &[],
        )
        .await?;
    let Some(table) = table.first() else {
        return Ok(None);
    };
    // A rewritten row has another writing transaction, whoever wrote it and however triggers stood.
    let rows = session
        .one_row(
            DOING,
            "SELECT pg_catalog.concat_ws(' ',
                        pg_catalog.count(*),
                        pg_catalog.bit_xor(pg_catalog.hashint8extended(
                            l.xmin::pg_catalog.text::pg_catalog.int8, l.seq)),
                        (SELECT pg_catalog.encode(last.hash, 'hex') FROM enact.ledger AS last
                         ORDER BY last.seq DESC LIMIT 1))
             FROM enact.ledger AS l",
            &[],
        )
        .await
        .map_err(with_grants)?;
    let (table, rows): (String, String) = (table.get(0), rows.get(0));
    Ok(Some(LedgerSurface(format!("{table} {rows}"))))
}

/// The stages of `plan` that happened.
///
/// # Errors
/// `permission-denied`, or as [`refusal`](super::refusal).
pub async fn markers(session: &Session, plan: Digest) -> Result<BTreeSet<u32>, Refusal> {
    if !exists(session, "marker").await? {
        return Ok(BTreeSet::new());
    }
    let rows = session
        .rows(
            "read the stages that happened",
            "SELECT stage FROM enact.marker WHERE plan OPERATOR(pg_catalog.=) $1",
            &[(&plan.as_bytes().as_slice(), Type::BYTEA)],
        )
        .await
        .map_err(with_grants)?;
    Ok(rows.iter().map(|row| row.get::<_, i32>(0).cast_unsigned()).collect())
}

/// The stages of `plan` outside of a transaction that were begun, with what was noted then.
///
/// # Errors
/// `permission-denied`, or as [`refusal`](super::refusal).
pub async fn intents(session: &Session, plan: Digest) -> Result<BTreeMap<u32, Vec<u8>>, Refusal> {
    if !exists(session, "intent").await? {
        return Ok(BTreeMap::new());
    }
    let rows = session
        .rows(
            "read the stages that were begun",
            "SELECT stage, payload FROM enact.intent WHERE plan OPERATOR(pg_catalog.=) $1",
            &[(&plan.as_bytes().as_slice(), Type::BYTEA)],
        )
        .await
        .map_err(with_grants)?;
    Ok(rows.iter().map(|row| (row.get::<_, i32>(0).cast_unsigned(), row.get(1))).collect())
}

/// Whether the schema has the table. `to_regclass` would demand rights on the schema.
async fn exists(session: &Session, table: &str) -> Result<bool, Refusal> {
    let row = session
        .one_row(
            "look for the ledger",
            "SELECT EXISTS (
                 SELECT 1 FROM pg_catalog.pg_class AS c
                 JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
                 WHERE n.nspname OPERATOR(pg_catalog.=) 'enact'
                   AND c.relkind OPERATOR(pg_catalog.=) 'r'
                   AND c.relname::pg_catalog.text OPERATOR(pg_catalog.=) $1)",
            &[(&table, Type::TEXT)],
        )
        .await?;
    Ok(row.get(0))
}

fn with_grants(refusal: Refusal) -> Refusal {
    if refusal.code() != Code::PermissionDenied {
        return refusal;
    }
    refusal.help(
        "as the owner: `GRANT USAGE ON SCHEMA enact TO role; GRANT SELECT ON ALL TABLES IN SCHEMA enact TO role`",
    )
}
