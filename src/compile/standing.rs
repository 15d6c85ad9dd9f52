//! Where a target stands, without its schema: what `status` asks it, and what comes of the answer
//! beside the revisions.

use futures_util::future::try_join3;
use serde::{Deserialize, Serialize};

use super::observe::edited_revisions;
use crate::database::ledger_table::{self, LedgerSurface};
use crate::database::version_table::{self, VersionTable};
use crate::database::{Session, refusal};
use crate::diagnostic::{Finding, Refusal};
use crate::graph::{Heads, RevisionGraph};
use crate::ledger::{Chain, Record};

/// Where the target stands. Its ledger is looked at and not read.
#[derive(Debug)]
pub struct Standing {
    /// The database's name.
    pub database: String,
    /// The server's version.
    pub server_version: String,
    /// The rows of `alembic_version`.
    pub heads: Heads,
    /// How its ledger looks, if it has one.
    pub ledger: Option<LedgerSurface>,
}

/// Where the target stands.
///
/// # Errors
/// Those of the connection, `permission-denied`, `version-table-invalid`.
pub async fn stand(session: &Session) -> Result<Standing, Refusal> {
    let facts = async {
        let asked = session.client().query_typed(
            "SELECT pg_catalog.current_database()::text, pg_catalog.current_setting('server_version')",
            &[],
        );
        asked.await.map_err(|error| refusal(&error, "look at the target"))
    };
    // Each is sent while the others wait for their answers.
    let (facts, ledger, heads) =
        try_join3(facts, ledger_table::surface(session), observe_heads(session)).await?;
    Ok(Standing { database: facts[0].get(0), server_version: facts[0].get(1), heads, ledger })
}

/// The rows of `alembic_version`.
///
/// # Errors
/// Those of the connection, `version-table-invalid`.
pub async fn observe_heads(session: &Session) -> Result<Heads, Refusal> {
    let rows = VersionTable::locate(session).await?.heads(session).await?;
    version_table::revision_ids(rows.iter().flatten())
}

/// The target's ledger, read and verified.
///
/// # Errors
/// Those of the connection, `permission-denied`, `ledger-broken`.
pub async fn read_chain(session: &Session) -> Result<Chain, Refusal> {
    let entries = ledger_table::read_ledger(session).await?.unwrap_or_default();
    Chain::verify(&entries, None)
}

/// What revisions, rows of `alembic_version` and ledger say together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// The heads of the revisions.
    pub heads: Vec<String>,
    /// How many revisions there are.
    pub revisions: usize,
    /// Id and message of each that is not applied, in the graph's order.
    pub pending: Vec<(String, String)>,
    /// The findings about applied revisions that were edited since.
    #[serde(skip)]
    pub edited: Vec<Finding>,
    /// How many entries the ledger has.
    pub entries: u64,
    /// The last thing that enact did here, in a line.
    pub last_run: Option<String>,
}

impl Tally {
    /// Counts.
    ///
    /// # Errors
    /// `tracked-revision-unknown`, `tracked-revisions-overlap`, and what
    /// [`statement::read`](crate::statement::read) finds in edited revisions.
    pub fn of(graph: &RevisionGraph, heads: &Heads, chain: &Chain) -> Result<Self, Refusal> {
        let edited = edited_revisions(graph, chain, heads)?;
        let pending = graph.pending(heads)?;
        Ok(Self {
            heads: graph.heads().iter().map(ToString::to_string).collect(),
            revisions: graph.len(),
            pending: pending
                .iter()
                .map(|revision| (revision.id.to_string(), revision.message.clone()))
                .collect(),
            edited,
            entries: chain.len() as u64,
            last_run: chain.records().last().map(line),
        })
    }

    /// How many revisions are applied.
    pub fn applied(&self) -> usize {
        self.revisions.saturating_sub(self.pending.len())
    }
}

fn line(record: &Record) -> String {
    match record {
        Record::Genesis(genesis) => format!("{}, the ledger was begun", genesis.at),
        Record::Plan(plan) => format!("{}, plan {}", plan.at, plan.plan.short()),
        Record::Stage(stage) => format!(
            "{}, plan {} stage {} of {}",
            stage.at,
            stage.plan.short(),
            stage.stage,
            stage.of
        ),
        Record::Stamp(stamp) => format!("{}, stamped by {}", stamp.at, stamp.by),
    }
}
