//! enact's own tables: the ledger, the markers, the intents.
//!
//! In: a session. Out: their rows as raw bytes, and the statements that make and fill them.
//! Hashes and payloads mean nothing here; the ledger's chain is checked elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::types::Type;

use super::session::Session;
use crate::diagnostic::{Code, Refusal};
use crate::digest::Digest;

/// Makes the schema `enact`. Run in the transaction of the first entry, with `search_path` set to
/// `pg_catalog, pg_temp`; fails if the schema is there. The trigger is a seat belt: the owner can
/// remove it, and a superuser step around it.
pub const DDL: &str = "\
CREATE SCHEMA enact;
COMMENT ON SCHEMA enact IS 'what enact applied here; read it with `enact ledger`';

CREATE TABLE enact.ledger (
    seq bigint PRIMARY KEY CHECK (seq >= 0),
    prev pg_catalog.bytea NOT NULL UNIQUE CHECK (pg_catalog.octet_length(prev) = 32),
    payload pg_catalog.bytea NOT NULL CHECK (pg_catalog.octet_length(payload) > 0),
    hash pg_catalog.bytea NOT NULL UNIQUE CHECK (pg_catalog.octet_length(hash) = 32)
);
COMMENT ON TABLE enact.ledger IS 'hash-chained: each entry names the hash of the one before it; append-only';

CREATE TABLE enact.marker (
    plan pg_catalog.bytea NOT NULL CHECK (pg_catalog.octet_length(plan) = 32),
    stage integer NOT NULL CHECK (stage >= 0),
    PRIMARY KEY (plan, stage)
);
COMMENT ON TABLE enact.marker IS 'stages that happened: written in the transaction of their effect; the only authority';

CREATE TABLE enact.intent (
    plan pg_catalog.bytea NOT NULL CHECK (pg_catalog.octet_length(plan) = 32),
    stage integer NOT NULL CHECK (stage >= 0),
    payload pg_catalog.bytea NOT NULL CHECK (pg_catalog.octet_length(payload) > 0),
    PRIMARY KEY (plan, stage)
);
COMMENT ON TABLE enact.intent IS 'stages outside of a transaction that were begun';

CREATE FUNCTION enact.refuse_rewriting() RETURNS pg_catalog.trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'enact.ledger is append-only'
        USING ERRCODE = 'restrict_violation', HINT = 'a correction is a new entry';
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON enact.ledger
    FOR EACH STATEMENT EXECUTE FUNCTION enact.refuse_rewriting();

REVOKE ALL ON SCHEMA enact FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA enact FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA enact FROM PUBLIC;
";

/// Appends the first entry: `$1` seq, `$2` prev, `$3` payload, `$4` hash. No row, if the ledger
/// has entries.
pub const INSERT_GENESIS: &str = "\
INSERT INTO enact.ledger (seq, prev, payload, hash)
SELECT $1::pg_catalog.int8, $2::pg_catalog.bytea, $3::pg_catalog.bytea, $4::pg_catalog.bytea
WHERE $1 OPERATOR(pg_catalog.=) 0::pg_catalog.int8 AND NOT EXISTS (SELECT 1 FROM enact.ledger)";

/// Appends an entry, with the same parameters. No row, if `prev` is not the hash of the entry
/// before it; a unique violation, if someone else appended meanwhile.
pub const INSERT_ENTRY: &str = "\
INSERT INTO enact.ledger (seq, prev, payload, hash)
SELECT $1::pg_catalog.int8, $2::pg_catalog.bytea, $3::pg_catalog.bytea, $4::pg_catalog.bytea
WHERE EXISTS (SELECT 1 FROM enact.ledger AS before
              WHERE before.seq OPERATOR(pg_catalog.=) ($1 OPERATOR(pg_catalog.-) 1::pg_catalog.int8)
                AND before.hash OPERATOR(pg_catalog.=) $2)";

/// Marks a stage as happened: `$1` plan digest, `$2` stage. A unique violation, if it did before.
pub const INSERT_MARKER: &str = "INSERT INTO enact.marker (plan, stage) VALUES ($1, $2)";

/// Notes that a stage outside of a transaction begins: `$1` plan digest, `$2` stage, `$3` payload.
pub const INSERT_INTENT: &str =
    "INSERT INTO enact.intent (plan, stage, payload) VALUES ($1, $2, $3)";

/// The types of the parameters of [`INSERT_GENESIS`] and [`INSERT_ENTRY`].
pub const ENTRY_TYPES: [Type; 4] = [Type::INT8, Type::BYTEA, Type::BYTEA, Type::BYTEA];
/// The types of the parameters of [`INSERT_MARKER`].
pub const MARKER_TYPES: [Type; 2] = [Type::BYTEA, Type::INT4];
/// The types of the parameters of [`INSERT_INTENT`].
pub const INTENT_TYPES: [Type; 3] = [Type::BYTEA, Type::INT4, Type::BYTEA];

/// A row of the ledger, not yet believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawEntry {
    /// The position, from 0.
    pub seq: i64,
    /// The hash of the entry before; for the first, what its chain says.
    pub prev: Vec<u8>,
    /// What happened, as it was hashed.
    pub payload: Vec<u8>,
    /// The hash over all of it.
    pub hash: Vec<u8>,
}

/// All entries by position; nothing, if there is no ledger.
///
/// # Errors
/// `permission-denied`, or as [`refusal`](super::refusal).
pub async fn read_ledger(session: &Session) -> Result<Option<Vec<RawEntry>>, Refusal> {
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
    let entries = rows.iter().map(|row| RawEntry {
        seq: row.get(0),
        prev: row.get(1),
        payload: row.get(2),
        hash: row.get(3),
    });
    Ok(Some(entries.collect()))
}

/// Position and hash of the last entry; nothing, if there is none.
///
/// # Errors
/// `permission-denied`, or as [`refusal`](super::refusal).
pub async fn head(session: &Session) -> Result<Option<(i64, Vec<u8>)>, Refusal> {
    if !exists(session, "ledger").await? {
        return Ok(None);
    }
    let rows = session
        .rows(
            "read the ledger's head",
            "SELECT seq, hash FROM enact.ledger ORDER BY seq DESC LIMIT 1",
            &[],
        )
        .await
        .map_err(with_grants)?;
    Ok(rows.first().map(|row| (row.get(0), row.get(1))))
}

/// The stages of `plan` that happened.
///
/// # Errors
/// `permission-denied`, or as [`refusal`](super::refusal).
pub async fn markers(session: &Session, plan: &Digest) -> Result<BTreeSet<i32>, Refusal> {
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
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// The stages of `plan` outside of a transaction that were begun, with what was noted then.
///
/// # Errors
/// `permission-denied`, or as [`refusal`](super::refusal).
pub async fn intents(session: &Session, plan: &Digest) -> Result<BTreeMap<i32, Vec<u8>>, Refusal> {
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
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
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
