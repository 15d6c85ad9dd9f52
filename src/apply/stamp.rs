//! Stamping: the rows of `alembic_version` are set, nothing is run, and the ledger says so.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::database::advisory_lock::AdvisoryLock;
use crate::database::version_table::{self, VersionTable};
use crate::database::{Identity, Session, ledger_table, refusal};
use crate::diagnostic::{Code, Refusal};
use crate::graph::{Heads, RevisionGraph, RowChange, Transition};
use crate::ledger::{self, Chain, Entry, Genesis, Record, Stamp};

use super::bookkeeping::{self, EntryParameters, Statements};

/// What is stamped, and why.
pub struct StampRequest<'a> {
    /// The environment.
    pub environment: &'a str,
    /// The revisions.
    pub selectors: &'a [&'a str],
    /// Whether every row goes first, known or not.
    pub purge: bool,
    /// Why, in a person's words.
    pub reason: &'a str,
    /// Who.
    pub runner: &'a str,
    /// Now.
    pub now: Timestamp,
    /// The id that the target gets, if it has none.
    pub proposed_target_id: Uuid,
    /// How long to wait for another runner.
    pub lock_wait: Duration,
}

/// Sets the rows of `alembic_version`, and writes it into the ledger, in one transaction.
///
/// # Errors
/// `lock-held`; the graph's, for the selectors and the present rows; `ledger-broken`;
/// `stale-heads`, if somebody else changes a row meanwhile.
pub async fn stamp(
    session: &Session,
    graph: &RevisionGraph,
    request: &StampRequest<'_>,
) -> Result<Transition, Refusal> {
    let lock = AdvisoryLock::acquire(session, request.lock_wait, |_| {}).await?;
    let stamped = under_lock(session, graph, request).await;
    let released = lock.release(session).await;
    let stamped = stamped?;
    released?;
    Ok(stamped)
}

async fn under_lock(
    session: &Session,
    graph: &RevisionGraph,
    request: &StampRequest<'_>,
) -> Result<Transition, Refusal> {
    let identity = Identity::read(session).await?;
    let version = VersionTable::locate(session).await?;
    let rows = version.heads(session).await?;
    let entries = ledger_table::read_ledger(session).await?.unwrap_or_default();
    let chain = Chain::verify(&entries, None)?;
    chain.check_environment(request.environment)?;
    let heads = version_table::revision_ids(rows.iter().flatten())?;
    let transition = graph.stamp(&heads, request.selectors, request.purge)?;
    if transition.moves.is_empty() {
        return Ok(transition);
    }
    let mut begin = bookkeeping::begin_sql(10_000, 0);
    let mut records = Vec::new();
    let target_id = match chain.genesis() {
        Some(genesis) => genesis.target_id,
        None => {
            begin.push_str(ledger::SCHEMA_SQL);
            records.push(Record::Genesis(Genesis {
                target_id: request.proposed_target_id,
                environment: request.environment.to_owned(),
                database: identity.database.clone(),
                system_identifier: identity.system_identifier.clone(),
                at: request.now,
                by: request.runner.to_owned(),
            }));
            request.proposed_target_id
        }
    };
    if rows.is_none() {
        begin.push_str(&version.create_sql());
        begin.push(';');
    }
    let texts = |heads: &Heads| heads.iter().map(ToString::to_string).collect();
    records.push(Record::Stamp(Stamp {
        from: texts(&transition.from),
        to: texts(&transition.to),
        reason: request.reason.to_owned(),
        at: request.now,
        by: request.runner.to_owned(),
    }));
    let own = Statements::new(&version);
    let mut head = chain.head();
    let client = session.client();
    let failed = |error: tokio_postgres::Error| refusal(&error, "stamp the database");
    client.batch_execute(&begin).await.map_err(failed)?;
    // An error leaves the transaction to the end of the connection, which rolls it back.
    for row in transition.moves.iter().flat_map(|step| &step.rows) {
        let changed = match row {
            RowChange::Insert(id) => own.insert_version.execute(client, &[&id.as_str()]).await,
            RowChange::Delete(id) => own.delete_version.execute(client, &[&id.as_str()]).await,
            RowChange::Update { from, to } => {
                own.update_version.execute(client, &[&to.as_str(), &from.as_str()]).await
            }
        };
        if changed.map_err(failed)? != 1 {
            return Err(Refusal::new(Code::StaleHeads, "`alembic_version` was changed meanwhile")
                .help("run `enact current`, and stamp again"));
        }
    }
    for record in &records {
        let entry = Entry::following(head, target_id, record);
        let parameters = EntryParameters::of(&entry);
        own.insert_entry.execute(client, &parameters.list()).await.map_err(failed)?;
        head = Some(entry.head());
    }
    client.batch_execute("SET LOCAL synchronous_commit = on; COMMIT").await.map_err(failed)?;
    Ok(transition)
}
