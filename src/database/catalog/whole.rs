//! Readings of the whole catalog. In: a connection, or two that share the work. Out: a [`Catalog`].
//!
//! All queries are sent ahead, and what the first ones are answered is put together while the server
//! works on the next.

use std::collections::BTreeMap;

use futures_util::future::join;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row};

use super::{
    CLOSE, Form, MIGRATING_ROLE, OPEN, PRESENT, QUERIES, Query, Read, SETTINGS, TABLE_RARE, UNDO,
    failed, get, links, migrating_role_sql,
};
use crate::catalog::{Catalog, LinkedCatalog};
use crate::database::Session;
use crate::database::pipeline::{Request, in_order};
use crate::diagnostic::{Code, Refusal};

/// How many things there are of the kinds that are not read.
const UNREAD: &str = include_str!("unread.sql");

/// What stands on what, for those who ask: see [`read_linked_catalog`].
const ADDRESSES: &str = include_str!("address.sql");
const DEPENDENCIES: &str = include_str!("dependency.sql");

/// Reads the catalog in a transaction of its own, with one snapshot. The session must not be in
/// a transaction; [`read_catalog_in`] is for that.
///
/// # Errors
/// `connection-lost`, `database-failed`; `permission-denied` where a provider hides `pg_catalog`.
pub async fn read_catalog(session: &Session) -> Result<Catalog, Refusal> {
    let (catalog, _) = read(session.client(), None, BEGIN, &[], &["COMMIT"]).await?;
    Ok(catalog)
}

/// As [`read_catalog`], with objects of `migrating_role` taken for those that revisions make, whatever
/// the database says by now.
///
/// # Errors
/// As [`read_catalog`].
pub async fn read_catalog_of(session: &Session, migrating_role: &str) -> Result<Catalog, Refusal> {
    let client = session.client();
    let (catalog, _) = read(client, Some(migrating_role), BEGIN, &[], &["COMMIT"]).await?;
    Ok(catalog)
}

/// The role whose objects need no mention of their owner: see `migrating_role.sql`. In a transaction,
/// whose settings stay as they were.
///
/// # Errors
/// As [`read_catalog_in`].
pub async fn migrating_role(client: &Client) -> Result<String, Refusal> {
    let statements = [OPEN, SETTINGS, MIGRATING_ROLE, UNDO, CLOSE];
    let replies = in_order(statements.map(|sql| client.query_typed(sql, &[]))).await;
    let replies: Vec<Vec<Row>> = replies.into_iter().collect::<Result<_, _>>().map_err(failed)?;
    let row = replies[2].first();
    let row = row.ok_or_else(|| Refusal::new(Code::Bug, "the server says nothing of a setting"))?;
    get(row, 0)
}

/// As [`read_catalog`], with the dependencies between the objects.
///
/// # Errors
/// As [`read_catalog`].
pub async fn read_linked_catalog(session: &Session) -> Result<LinkedCatalog, Refusal> {
    let links = [ADDRESSES, DEPENDENCIES];
    let (catalog, links) = read(session.client(), None, BEGIN, &links, &["COMMIT"]).await?;
    let dependencies =
        links::dependencies(&links[0], &links[1], &catalog.objects).map_err(failed)?;
    Ok(LinkedCatalog { catalog, dependencies })
}

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Reads the catalog as the open transaction sees it, and leaves its settings as they were. Under
/// READ COMMITTED each kind has a snapshot of its own, so others must not change the schema
/// meanwhile. The future must be driven to its end, or a savepoint stays behind.
///
/// # Errors
/// As [`read_catalog`]; the transaction stays usable after an error of the server.
pub async fn read_catalog_in(client: &Client) -> Result<Catalog, Refusal> {
    let (catalog, _) = read(client, None, OPEN, &[], &[UNDO, CLOSE]).await?;
    Ok(catalog)
}

/// Reads the catalog through two sessions, which share the work. Nobody may change the schema
/// meanwhile: each has a snapshot of its own.
///
/// # Errors
/// As [`read_catalog`].
pub(super) async fn read_catalog_at_rest([one, other]: &[Session; 2]) -> Result<Catalog, Refusal> {
    // About half of the work: planning takes as long as running where a schema is small.
    let is_others = |(at, query): &(usize, &Query)| match query.form {
        Form::Tables | Form::Constraints | Form::About => true,
        Form::Indexes => false,
        Form::Described(_) => at.is_multiple_of(2),
    };
    let (others, own): (Vec<_>, Vec<_>) = usual().enumerate().partition(is_others);
    let queries = |list: Vec<(usize, &'static Query)>| list.into_iter().map(|(_, query)| query);
    let role = migrating_role_sql(None);
    let opening = [BEGIN, SETTINGS, &role];
    let rest = [BEGIN, SETTINGS, &role, PRESENT, UNREAD];
    let (first, second) = join(
        replies(one.client(), &rest, queries(own)),
        replies(other.client(), &opening, queries(others)),
    )
    .await;
    let read = match parts(second) {
        Ok(read) => understand(one.client(), read, first, 0).await,
        Err(refusal) => Err(refusal),
    };
    for session in [one, other] {
        session.client().batch_execute("COMMIT").await.map_err(failed)?;
    }
    Ok(read?.0)
}

/// The catalog, and the rows of `more` queries in the same snapshot.
async fn read(
    client: &Client,
    migrating_role: Option<&str>,
    open: &str,
    more: &[&str],
    close: &[&str],
) -> Result<(Catalog, Vec<Vec<Row>>), Refusal> {
    let role = migrating_role_sql(migrating_role);
    let mut statements = vec![open, SETTINGS, &role, PRESENT, UNREAD];
    statements.extend(more);
    let replies = replies(client, &statements, usual()).await;
    let read = understand(client, Read::default(), replies, more.len()).await;
    let closed = in_order(close.iter().map(|sql| client.query_typed(sql, &[]))).await;
    let read = read?;
    closed.into_iter().collect::<Result<Vec<_>, _>>().map_err(failed)?;
    Ok(read)
}

/// What is said to `statements`, and what `queries` describe.
async fn replies(
    client: &Client,
    statements: &[&str],
    queries: impl Iterator<Item = &'static Query>,
) -> Vec<Result<Reply, Refusal>> {
    let rows = |sql| -> Request<'_, Result<Reply, Refusal>> {
        Box::pin(
            async move { Ok(Reply::Rows(client.query_typed(sql, &[]).await.map_err(failed)?)) },
        )
    };
    // Put together while the server works on the next.
    let part = |query: &'static Query| -> Request<'_, Result<Reply, Refusal>> {
        Box::pin(async { Ok(Reply::Part(asked(client, query).await?)) })
    };
    in_order(statements.iter().copied().map(rows).chain(queries.map(part))).await
}

/// What one query of several was answered with.
enum Reply {
    Rows(Vec<Row>),
    Part(Read),
}

/// The queries that are always sent.
fn usual() -> impl Iterator<Item = &'static Query> {
    QUERIES.iter().filter(|query| !query.is_rare())
}

/// What all queries described.
fn parts(replies: Vec<Result<Reply, Refusal>>) -> Result<Read, Refusal> {
    let mut read = Read::default();
    for reply in replies {
        if let Reply::Part(part) = reply? {
            read.join(part)?;
        }
    }
    Ok(read)
}

/// What a query describes of the whole catalog.
pub(super) async fn asked(client: &Client, query: &Query) -> Result<Read, Refusal> {
    let rows = client.query_typed(query.sql, &[]).await.map_err(failed)?;
    let mut read = Read::default();
    read.take(query.form, &rows)?;
    Ok(read)
}

/// What was said to the opening, the settings, the migrating role, what is present, the counting, `more`,
/// and each query, besides what was `read` already.
async fn understand(
    client: &Client,
    mut read: Read,
    replies: Vec<Result<Reply, Refusal>>,
    more: usize,
) -> Result<(Catalog, Vec<Vec<Row>>), Refusal> {
    let mut replied = Vec::new();
    for reply in replies {
        // The first error is the cause; those after it only say that the transaction is aborted.
        match reply? {
            Reply::Rows(rows) => replied.push(rows),
            Reply::Part(part) => read.join(part)?,
        }
    }
    let more = replied.split_off(replied.len() - more);
    let [present, unread] = [3, 4].map(|at| &replied[at]);
    let present: Vec<&str> = present.iter().map(|row| get(row, 0)).collect::<Result<_, _>>()?;
    let is_present = |query: &&Query| present.contains(&query.kinds[0].label());
    let queries = QUERIES.iter().filter(|query| query.is_rare()).filter(is_present);
    for part in in_order(queries.map(|query| asked(client, query))).await {
        read.join(part?)?;
    }
    let rare = read.rare();
    if !rare.is_empty() {
        let rows = client.query_typed(TABLE_RARE, &[(&rare, Type::OID_ARRAY)]).await;
        read.take_rare(&rows.map_err(failed)?)?;
    }
    let unread = counts(unread)?;
    Ok((Catalog { objects: read.objects(), unread }, more))
}

fn counts(rows: &[Row]) -> Result<BTreeMap<String, u64>, Refusal> {
    let count = |row: &Row| {
        let (kind, count): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
        Ok((kind, u64::try_from(count).unwrap_or_default()))
    };
    rows.iter().map(count).collect::<Result<_, _>>().map_err(failed)
}
