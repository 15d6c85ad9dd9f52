//! Reads the schema of the target: one `.sql` file a kind of object, run as it stands.
//!
//! In: a connection. Out: a [`Catalog`], or the digests of single objects for the executor. Any
//! role can read it: only `pg_catalog` is asked, nothing that needs a right. Every statement runs
//! under [`SETTINGS`], so that the server writes the same words whatever the caller has set, and
//! whatever other objects the database holds.
//!
//! The same file serves both ways of reading. Lines that start with `-- scoped: ` are comments
//! for the whole catalog (and for psql), and SQL for [`ObjectReader`], with the wanted objects'
//! oids in `wanted`.

mod reader;

use std::collections::BTreeMap;

use tokio_postgres::{Client, Row};

use crate::catalog::{Catalog, Kind, Object, ObjectId};
use crate::database::pipeline::in_order;
use crate::database::{Session, refusal};
use crate::diagnostic::{Code, Refusal};

pub use reader::{ObjectReader, RelationReader};

/// What the server's words depend on, set for the transaction.
const SETTINGS: &str = include_str!("settings.sql");

/// How many things there are of the kinds that are not read.
const UNREAD: &str = include_str!("unread.sql");

/// How a scoped reading finds its objects by schema and name: parts of a CTE `wanted(oid)`.
const BY_SCHEMA: &str = include_str!("wanted_schemas.sql");
const BY_EXTENSION: &str = include_str!("wanted_extensions.sql");
const BY_TYPE: &str = include_str!("wanted_types.sql");
const BY_RELATION: &str = include_str!("wanted_relations.sql");
const BY_ROUTINE: &str = include_str!("wanted_routines.sql");

/// One `.sql` file: columns `kind`, `schema`, `table`, `name`, `arguments`, and `body`, a JSON
/// description of the object.
struct Query {
    kinds: &'static [Kind],
    sql: &'static str,
    wanted: &'static str,
}

macro_rules! queries {
    ($($file:literal: $($kind:ident),+ $wanted:ident;)+) => {
        const QUERIES: &[Query] = &[$(Query {
            kinds: &[$(Kind::$kind),+],
            sql: include_str!($file),
            wanted: $wanted,
        },)+];
    };
}

queries! {
    "schema.sql": Schema BY_SCHEMA;
    "extension.sql": Extension BY_EXTENSION;
    "enum.sql": Enum BY_TYPE;
    "domain.sql": Domain BY_TYPE;
    "composite.sql": Composite BY_TYPE;
    "sequence.sql": Sequence BY_RELATION;
    "table.sql": Table BY_RELATION;
    "routine.sql": Function, Procedure BY_ROUTINE;
    "constraint.sql": Constraint BY_RELATION;
    "view.sql": View, MaterializedView BY_RELATION;
    "index.sql": Index BY_RELATION;
    "trigger.sql": Trigger BY_RELATION;
    "policy.sql": Policy BY_RELATION;
}

/// Reads the catalog in a transaction of its own, with one snapshot. The session must not be in
/// a transaction; [`read_catalog_in`] is for that.
///
/// # Errors
/// `connection-lost`, `database-failed`; `permission-denied` where a provider hides `pg_catalog`.
pub async fn read_catalog(session: &Session) -> Result<Catalog, Refusal> {
    const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    read(session.client(), BEGIN, &["COMMIT"]).await
}

/// Reads the catalog as the open transaction sees it, and leaves its settings as they were. Under
/// READ COMMITTED each kind has a snapshot of its own, so others must not change the schema
/// meanwhile. The future must be driven to its end, or a savepoint stays behind.
///
/// # Errors
/// As [`read_catalog`]; the transaction stays usable after an error of the server.
pub async fn read_catalog_in(client: &Client) -> Result<Catalog, Refusal> {
    read(client, OPEN, &[UNDO, CLOSE]).await
}

/// A savepoint brings back the caller's settings, whether they were local to the transaction or
/// not, and whether reading went well or not.
const OPEN: &str = "SAVEPOINT enact_reading";
const UNDO: &str = "ROLLBACK TO SAVEPOINT enact_reading";
const CLOSE: &str = "RELEASE SAVEPOINT enact_reading";

async fn read(client: &Client, open: &str, close: &[&str]) -> Result<Catalog, Refusal> {
    let mut statements = vec![open, SETTINGS];
    statements.extend(QUERIES.iter().map(|query| query.sql));
    statements.push(UNREAD);
    statements.extend(close);
    let replies = in_order(statements.into_iter().map(|sql| client.query_typed(sql, &[]))).await;
    // The first error is the cause; those after it only say that the transaction is aborted.
    let replies: Vec<Vec<Row>> = replies.into_iter().collect::<Result<_, _>>().map_err(failed)?;
    let mut catalog = Catalog::default();
    for row in replies[2..].iter().take(QUERIES.len()).flatten() {
        let (id, object) = decode(row)?;
        if catalog.objects.insert(id, object).is_some() {
            return Err(Refusal::new(Code::Bug, "two objects of the catalog have one name"));
        }
    }
    catalog.unread = counts(&replies[2 + QUERIES.len()])?;
    Ok(catalog)
}

/// The identity and description in one row of a query.
fn decode(row: &Row) -> Result<(ObjectId, Object), Refusal> {
    let text = |column: usize| row.try_get::<_, Option<String>>(column).map_err(failed);
    let (label, name, body) = (text(0)?, text(3)?, text(5)?);
    let (schema, table, arguments) = (text(1)?, text(2)?, text(4)?);
    let id = label
        .as_deref()
        .and_then(Kind::from_label)
        .zip(name)
        .and_then(|(kind, name)| ObjectId::from_parts(kind, schema, table, name, arguments))
        .ok_or_else(|| {
            Refusal::new(Code::Bug, "a catalog query names an object that has no such name")
        })?;
    let object =
        Object::from_json(id.kind(), body.as_deref().unwrap_or_default()).map_err(|error| {
            // The server describes an object as null if it is dropped between snapshot and look-up.
            Refusal::new(
                Code::DatabaseFailed,
                format!("the description of {id} cannot be read: {error}"),
            )
            .help("run it again when nobody else changes the schema")
        })?;
    Ok((id, object))
}

fn counts(rows: &[Row]) -> Result<BTreeMap<String, u64>, Refusal> {
    let count = |row: &Row| {
        let (kind, count): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
        Ok((kind, u64::try_from(count).unwrap_or_default()))
    };
    rows.iter().map(count).collect::<Result<_, _>>().map_err(failed)
}

#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn failed(error: tokio_postgres::Error) -> Refusal {
    refusal(&error, "read the schema")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_by_one_query() {
        let mut read: Vec<Kind> = QUERIES.iter().flat_map(|query| query.kinds).copied().collect();
        read.sort_unstable();
        assert_eq!(read, Kind::ALL);
    }

    #[test]
    fn every_query_can_be_scoped_and_names_only_system_objects() {
        for query in QUERIES {
            assert!(query.sql.contains("\n-- scoped: "), "{:?}", query.kinds);
            let sources = query.sql.replace("DISTINCT FROM", "");
            for clause in ["FROM ", "JOIN "] {
                for (at, _) in sources.match_indices(clause) {
                    let source = &sources[at + clause.len()..];
                    let known = ["pg_catalog.", "unnest(", "wanted", "("];
                    assert!(
                        known.iter().any(|known| source.starts_with(known)),
                        "{:?}: {source:.40}",
                        query.kinds
                    );
                }
            }
        }
    }
}
