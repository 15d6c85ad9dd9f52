//! Where a database, its ledger and the project disagree.
//!
//! In: a session that may read, the revisions and the plans. Out: an [`Examination`] with one finding for
//! every disagreement, each with its evidence and the command or SQL that ends it. Nothing is
//! written, and no disagreement hides another. Whether the schema is what the revisions make takes
//! a shadow to tell: `enact plan` does.

mod look;
mod table;
mod rows;
mod ledger;
mod leftovers;

use crate::catalog::Ignore;
use crate::database::Session;
use crate::diagnostic::{Finding, Refusal};
use crate::graph::{Heads, RevisionGraph};
use crate::ledger::Chain;
use crate::revision::RevisionId;
use crate::workspace::plans::PlanDirectory;

/// What the database is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The revisions.
    pub graph: &'a RevisionGraph,
    /// The environment that the database is said to be.
    pub environment: &'a str,
    /// The plans of the environment.
    pub plans: &'a [PlanDirectory],
    /// Objects that do not count.
    pub ignore: &'a Ignore,
    /// Whether the environment's policy lets `enact stamp` act, so that a remedy may name it.
    pub stamps: bool,
}

/// What a doctor found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examination {
    /// The database's name.
    pub database: String,
    /// The server's version.
    pub server_version: String,
    /// The rows of `alembic_version` as they stand, sorted.
    pub rows: Vec<String>,
    /// Every disagreement, in the order in which the remedies work. A note is none.
    pub findings: Vec<Finding>,
    /// Another run that is at work: what it has not finished is not judged.
    pub at_work: Option<String>,
}

/// Looks at everything, in one read-only snapshot.
///
/// # Errors
/// Those of the connection, and `permission-denied`. What is wrong with the database is no error.
pub async fn examine(session: &Session, case: &Case<'_>) -> Result<Examination, Refusal> {
    let facts = look::look(session, case).await?;
    let mut findings = Vec::new();
    table::check(&facts, &mut findings);
    let chain = ledger::chain(&facts, &mut findings);
    let heads = rows::check(&facts, case, chain.as_ref(), &mut findings);
    if let Some(chain) = &chain {
        ledger::check(&facts, case, chain, heads.as_ref(), &mut findings);
    }
    leftovers::check(&facts, &mut findings);
    Ok(Examination {
        rows: facts.rows.iter().flatten().cloned().collect(),
        database: facts.identity.database,
        server_version: facts.identity.server_version,
        findings,
        at_work: facts.at_work,
    })
}

impl Case<'_> {
    /// A command for this environment, as help shows it.
    fn command(&self, arguments: &str) -> String {
        format!("`enact {arguments} --env {}`", self.environment)
    }

    /// The stamp that says that the database is at `heads`.
    fn stamp(&self, heads: &Heads) -> String {
        let ids: Vec<String> = heads.iter().map(ToString::to_string).collect();
        let ids = if ids.is_empty() { "base".to_owned() } else { ids.join(" ") };
        self.command(&format!("stamp {ids}"))
    }

    /// The known ones of `heads` that no other implies: what the database can be said to be at.
    fn tips(&self, heads: &Heads) -> Heads {
        let known: Heads =
            heads.iter().filter(|id| self.graph.get(id.as_str()).is_some()).cloned().collect();
        known.iter().filter(|id| self.implied_by(id.as_str(), &known).is_none()).cloned().collect()
    }

    /// The one of `known` that implies `id`.
    fn implied_by<'h>(&self, id: &str, known: &'h Heads) -> Option<&'h RevisionId> {
        known.iter().find(|other| {
            let alone = Heads::from([(*other).clone()]);
            other.as_str() != id
                && self
                    .graph
                    .applied(&alone)
                    .is_ok_and(|all| all.iter().any(|revision| revision.id.as_str() == id))
        })
    }
}

/// Names in backticks, or `no revision`.
fn listed(ids: impl Iterator<Item = impl std::fmt::Display>) -> String {
    let ids: Vec<String> = ids.map(|id| format!("`{id}`")).collect();
    if ids.is_empty() { "no revision".to_owned() } else { ids.join(", ") }
}

/// The last entry's heads, where there is an entry that names any.
fn told(chain: Option<&Chain>) -> Option<std::collections::BTreeSet<String>> {
    chain.and_then(Chain::heads)
}
