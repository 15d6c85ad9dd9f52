//! Reads single objects, cheaply, inside the transaction that makes them.
//!
//! In: identities. Out: the digests of those that exist, exactly as the whole catalog has them.
//! All that can be done beforehand is done by [`ObjectReader::prepare`], before a stage holds
//! locks: parsing, planning, and filling the backend's caches.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row, Statement};

use super::{
    BY_NAME, CLOSE, Form, MIGRATING_ROLE, OPEN, Objects, QUERIES, Query, Read, TABLE_RARE, UNDO,
    failed, migrating_role_sql,
};
use crate::catalog::{Kind, Object, ObjectId};
use crate::database::pipeline::in_order;
use crate::diagnostic::{Code, Refusal};
use crate::digest::Digest;

/// Prepared queries for the kinds of object that a plan touches. It belongs to one connection.
pub struct ObjectReader {
    open: Statement,
    settings: Statement,
    role: Statement,
    undo: Statement,
    close: Statement,
    queries: Vec<(&'static Query, Statement)>,
    rare: Statement,
}

impl ObjectReader {
    /// Prepares for objects of these kinds; those of `migrating_role` (none: of the one that the database
    /// has now) need no mention of their owner. The connection must not be in a transaction.
    ///
    /// # Errors
    /// `connection-lost`, `database-failed`.
    pub async fn prepare(
        client: &Client,
        kinds: &BTreeSet<Kind>,
        migrating_role: Option<&str>,
    ) -> Result<Self, Refusal> {
        planned(client, Self::prepare_in(client, kinds, migrating_role)).await
    }

    async fn prepare_in(
        client: &Client,
        kinds: &BTreeSet<Kind>,
        migrating_role: Option<&str>,
    ) -> Result<Self, Refusal> {
        let needed = |query: &&Query| query.kinds.iter().any(|kind| kinds.contains(kind));
        let queries: Vec<&Query> = QUERIES.iter().filter(needed).collect();
        let role = migrating_role_sql(migrating_role);
        let fixed = [OPEN, FEW, &role, UNDO, CLOSE].map(|sql| (sql.to_owned(), &[][..]));
        let rare = (TABLE_RARE.to_owned(), OIDS);
        let by_name = queries.iter().map(|query| (by_name(query), NAMES));
        let texts = fixed.into_iter().chain([rare]).chain(by_name);
        let prepare = |(sql, types): (String, &'static [Type])| async move {
            client.prepare_typed(&sql, types).await.map_err(failed)
        };
        let mut statements = in_order(texts.map(prepare)).await.into_iter();
        let mut next = || statements.next().expect("one reply for each statement");
        let reader = Self {
            open: next()?,
            settings: next()?,
            role: next()?,
            undo: next()?,
            close: next()?,
            rare: next()?,
            queries: queries
                .into_iter()
                .map(|query| Ok((query, next()?)))
                .collect::<Result<_, Refusal>>()?,
        };
        // Run once for nothing, so that the plans are made now and kept.
        let nothing = Names::default();
        let runs = reader.queries.iter().map(|(_, query)| run(client, query, Some(&nothing)));
        for reply in in_order(runs).await {
            reply?;
        }
        Ok(reader)
    }

    /// The digests of those of `wanted` that exist, as the open transaction sees them. Takes one
    /// round trip, writes nothing, and leaves the transaction's settings as they were. The future
    /// must be driven to its end, or a savepoint stays behind.
    ///
    /// # Errors
    /// `connection-lost`, `database-failed`; the transaction stays usable after the latter.
    pub async fn digests(
        &self,
        client: &Client,
        wanted: &BTreeSet<ObjectId>,
    ) -> Result<BTreeMap<ObjectId, Digest>, Refusal> {
        let objects = self.objects(client, wanted).await?;
        Ok(objects.into_iter().map(digested).collect())
    }

    /// As [`ObjectReader::digests`], for a transaction that runs nothing but enact's own statements
    /// any more: the reading's settings stay until its end, which spares a savepoint.
    ///
    /// # Errors
    /// `connection-lost`, `database-failed`; the transaction is aborted after the latter.
    pub async fn last_digests(
        &self,
        client: &Client,
        wanted: &BTreeSet<ObjectId>,
    ) -> Result<BTreeMap<ObjectId, Digest>, Refusal> {
        let objects = self.run_between(client, wanted, &[&self.settings, &self.role], &[]).await?;
        Ok(objects.into_iter().map(digested).collect())
    }

    /// As [`ObjectReader::digests`], with the whole descriptions.
    ///
    /// # Errors
    /// As [`ObjectReader::digests`].
    pub async fn objects(
        &self,
        client: &Client,
        wanted: &BTreeSet<ObjectId>,
    ) -> Result<Objects, Refusal> {
        let before = [&self.open, &self.settings, &self.role];
        let after = [&self.undo, &self.close];
        self.run_between(client, wanted, &before, &after).await
    }

    async fn run_between(
        &self,
        client: &Client,
        wanted: &BTreeSet<ObjectId>,
        before: &[&Statement],
        after: &[&Statement],
    ) -> Result<Objects, Refusal> {
        let mut named: Vec<Names> = self.queries.iter().map(|_| Names::default()).collect();
        let found_by: Vec<(&ObjectId, Option<ObjectId>)> =
            wanted.iter().map(|id| (id, id.subject())).collect();
        for (id, subject) in &found_by {
            let at = self.queries.iter().position(|(query, _)| query.kinds.contains(&id.kind()));
            let at = at.ok_or_else(|| {
                Refusal::new(Code::Bug, format!("{id} is of a kind that was not prepared for"))
            })?;
            named[at].add(subject.as_ref().unwrap_or(id));
        }
        let scoped = self.queries.iter().zip(&named).filter(|(_, names)| !names.anchors.is_empty());
        let forms: Vec<Form> = scoped.clone().map(|((query, _), _)| query.form).collect();
        let scoped = scoped.map(|((_, query), names)| (query, Some(names)));
        let runs = before.iter().map(|statement| (*statement, None)).chain(scoped);
        let replies = in_order(runs.map(|(statement, names)| run(client, statement, names))).await;
        let read = self.understand(client, before.len(), &forms, replies).await;
        let after = in_order(after.iter().map(|statement| run(client, statement, None))).await;
        let mut objects = read?.objects();
        after.into_iter().collect::<Result<Vec<_>, _>>()?;
        // The answer covers a table's every trigger and a name's every overload.
        objects.retain(|id, _| wanted.contains(id));
        Ok(objects)
    }

    /// What was said to `before` statements, then to queries of `forms`.
    async fn understand(
        &self,
        client: &Client,
        before: usize,
        forms: &[Form],
        replies: Vec<Result<Vec<Row>, Refusal>>,
    ) -> Result<Read, Refusal> {
        let replies: Vec<Vec<Row>> = replies.into_iter().collect::<Result<_, _>>()?;
        let mut read = Read::default();
        for (form, rows) in forms.iter().zip(&replies[before..]) {
            read.take(*form, rows)?;
        }
        let rare = read.rare();
        if !rare.is_empty() {
            let rows = client.query(&self.rare, &[&rare]).await.map_err(failed)?;
            read.take_rare(&rows)?;
        }
        Ok(read)
    }
}

/// Prepares statements with `preparing`, under the settings, for a name is bound to its object
/// where a statement is parsed, and with plans that suit few objects.
async fn planned<T>(
    client: &Client,
    preparing: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Refusal> {
    client.batch_execute(&format!("BEGIN READ ONLY; {FEW}")).await.map_err(failed)?;
    client.batch_execute(MIGRATING_ROLE).await.map_err(failed)?;
    let prepared = preparing.await;
    client.batch_execute("ROLLBACK").await.map_err(failed)?;
    prepared
}

/// The reading's settings, and for the planner, which does not know how few objects are wanted: index
/// look-ups only, so that a reading costs the same whatever else the database holds. They are set
/// for each reading, because a CREATE SCHEMA makes the server plan everything again.
pub(super) const FEW: &str = concat!(
    include_str!("settings.sql"),
    ", pg_catalog.set_config('enable_hashjoin', 'off', true)",
    ", pg_catalog.set_config('enable_mergejoin', 'off', true)",
    ", pg_catalog.set_config('enable_seqscan', 'off', true)",
    ", pg_catalog.set_config('enable_bitmapscan', 'off', true)",
);

/// The types of a scoped query's parameters: schemas, and names in them.
pub(super) const NAMES: &[Type] = &[Type::TEXT_ARRAY, Type::TEXT_ARRAY];

/// The type of the parameter of `table_rare.sql`.
pub(super) const OIDS: &[Type] = &[Type::OID_ARRAY];

/// What a scoped query looks for: the object itself, or the table that it stands on.
#[derive(Default)]
pub(super) struct Names<'a> {
    pub(super) schemas: Vec<Option<&'a str>>,
    pub(super) anchors: Vec<&'a str>,
}

impl<'a> Names<'a> {
    /// Adds an object by itself; what is told of another is found by that one.
    fn add(&mut self, id: &'a ObjectId) {
        let (schema, anchor) = (id.schema(), id.on_table().unwrap_or(id.name()));
        // Identities come in order, so those with one anchor follow one another.
        if self.schemas.last() != Some(&schema) || self.anchors.last() != Some(&anchor) {
            self.schemas.push(schema);
            self.anchors.push(anchor);
        }
    }
}

fn digested((id, object): (ObjectId, Object)) -> (ObjectId, Digest) {
    let digest = object.digest(&id);
    (id, digest)
}

pub(super) async fn run(
    client: &Client,
    statement: &Statement,
    names: Option<&Names<'_>>,
) -> Result<Vec<Row>, Refusal> {
    let reply = match names {
        Some(names) => client.query(statement, &[&names.schemas, &names.anchors]).await,
        None => client.query(statement, &[]).await,
    };
    reply.map_err(failed)
}

/// The text of `query` for objects by name.
pub(super) fn by_name(query: &Query) -> String {
    match query.form {
        Form::Described(wanted) => with_wanted(query, wanted),
        Form::About => with_wanted(query, BY_NAME),
        _ => query.sql.replace("\n-- by name: ", "\n"),
    }
}

fn with_wanted(query: &Query, wanted: &str) -> String {
    let sql = query.sql.replace("\n-- scoped: ", "\n");
    format!("WITH wanted AS MATERIALIZED (\n{wanted})\n{sql}")
}
