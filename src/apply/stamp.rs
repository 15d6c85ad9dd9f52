//! Stamping: the rows of `alembic_version` are set, nothing is run, and the ledger says so.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::database::advisory_lock::AdvisoryLock;
use crate::database::version_table::{self, VersionTable};
use crate::database::{Identity, Session, ledger_table, refusal};
use crate::diagnostic::{Code, Refusal};
use crate::graph::{Heads, RevisionGraph, RowChange};
use crate::ledger::{self, Chain, Entry, Genesis, Record, Stamp};
use crate::plan::SESSION_SQL;
use crate::revision::RevisionId;

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

/// What a stamp did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    /// The rows before.
    pub from: Vec<String>,
    /// The rows after.
    pub to: Vec<String>,
    /// Whether anything was written: not if rows and ledger said so already.
    pub changed: bool,
}

/// Sets the rows of `alembic_version`, and writes it into the ledger, in one transaction.
///
/// # Errors
/// `lock-held`; the graph's, for the selectors and, but for a purge, the present rows;
/// `version-table-invalid`; `ledger-broken`; `stale-heads`, if somebody else changes a row meanwhile.
pub async fn stamp(
    session: &Session,
    graph: &RevisionGraph,
    request: &StampRequest<'_>,
) -> Result<Stamped, Refusal> {
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
) -> Result<Stamped, Refusal> {
    let identity = Identity::read(session).await?;
    let version = VersionTable::locate(session).await?;
    let rows = version.heads(session).await?;
    let entries = ledger_table::read_ledger(session).await?.unwrap_or_default();
    let chain = Chain::verify(&entries, None)?;
    chain.check_environment(request.environment)?;
    let from: Vec<String> = rows.iter().flatten().cloned().collect();
    let (heads, strange) = understood(&from, request.purge)?;
    let transition = graph.stamp(&heads, request.selectors, request.purge)?;
    let to = transition.to.iter().map(ToString::to_string).collect();
    // Rows that something else wrote are right, and the ledger has yet to say so.
    let outrun = chain.heads().is_some_and(|told| told != from.iter().cloned().collect());
    let changed = outrun || !transition.moves.is_empty() || !strange.is_empty();
    let stamped = Stamped { from, to, changed };
    if !changed {
        return Ok(stamped);
    }
    let mut begin = bookkeeping::begin_sql(SESSION_SQL, 10_000, 0);
    let mut records = Vec::new();
    let target_id = match chain.genesis() {
        Some(genesis) => genesis.target_id,
        None => {
            begin.push_str(ledger::SCHEMA_SQL);
            records.push(Record::Genesis(genesis(&identity, request)));
            request.proposed_target_id
        }
    };
    if rows.is_none() {
        begin.push_str(&version.create_sql());
        begin.push(';');
    }
    records.push(Record::Stamp(Stamp {
        from: stamped.from.clone(),
        to: stamped.to.clone(),
        reason: request.reason.to_owned(),
        at: request.now,
        by: request.runner.to_owned(),
    }));
    let own = Statements::new(&version);
    let mut head = chain.head();
    let client = session.client();
    client.batch_execute(&begin).await.map_err(failed)?;
    // An error leaves the transaction to the end of the connection, which rolls it back.
    for row in strange {
        one_row(own.delete_version.execute(client, &[&row]).await)?;
    }
    for row in transition.moves.iter().flat_map(|step| &step.rows) {
        one_row(match row {
            RowChange::Insert(id) => own.insert_version.execute(client, &[&id.as_str()]).await,
            RowChange::Delete(id) => own.delete_version.execute(client, &[&id.as_str()]).await,
            RowChange::Update { from, to } => {
                own.update_version.execute(client, &[&to.as_str(), &from.as_str()]).await
            }
        })?;
    }
    for record in &records {
        let entry = Entry::following(head, target_id, record);
        let parameters = EntryParameters::of(&entry);
        own.insert_entry.execute(client, &parameters.list()).await.map_err(failed)?;
        head = Some(entry.head());
    }
    client.batch_execute("SET LOCAL synchronous_commit = on; COMMIT").await.map_err(failed)?;
    Ok(stamped)
}

/// The rows as revision ids, and those that cannot be any: only a purge gets past them.
fn understood(rows: &[String], purge: bool) -> Result<(Heads, Vec<String>), Refusal> {
    let is_strange = |row: &&String| purge && row.parse::<RevisionId>().is_err();
    let (strange, rest): (Vec<&String>, Vec<&String>) = rows.iter().partition(is_strange);
    let heads = version_table::revision_ids(rest.into_iter())?;
    Ok((heads, strange.into_iter().cloned().collect()))
}

fn genesis(identity: &Identity, request: &StampRequest<'_>) -> Genesis {
    Genesis {
        target_id: request.proposed_target_id,
        environment: request.environment.to_owned(),
        database: identity.database.clone(),
        system_identifier: identity.system_identifier.clone(),
        at: request.now,
        by: request.runner.to_owned(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn failed(error: tokio_postgres::Error) -> Refusal {
    refusal(&error, "stamp the database")
}

fn one_row(changed: Result<u64, tokio_postgres::Error>) -> Result<(), Refusal> {
    if changed.map_err(failed)? == 1 {
        return Ok(());
    }
    Err(Refusal::new(Code::StaleHeads, "`alembic_version` was changed meanwhile")
        .help("run `enact current`, and stamp again"))
}
