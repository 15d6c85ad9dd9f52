//! The states that a history can leave a database in. In: a revision graph. Out: the inventory after
//! every revision, derived by running the revisions on shadows.
//!
//! The candidates are: nothing applied; each set of heads that an upgrade to all heads passes, in the
//! graph's order; and, where branches part, what each revision alone makes, with all that it needs
//! and nothing else. Other mixtures of branches are no candidates.

use std::collections::BTreeSet;

use futures_util::future::{try_join, try_join4};
use serde::{Deserialize, Serialize};

use crate::catalog::{Inventory, InventoryDiff};
use crate::database::PiecedCatalog;
use crate::diagnostic::{Code, Refusal};
use crate::digest::{Digest, FieldHasher};
use crate::graph::{Heads, RevisionGraph, Transition};
use crate::shadow::{SUPERUSER, track};
use crate::statement;

use super::follow::Reading;
use super::replay::{follow, prepared_server};
use super::tablespaces;
use super::wanted::Surroundings;

/// Every state, in lines that begin with an empty database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    pub(super) lines: Vec<Line>,
    /// How many of the lines were told by readings of parts alone: the others needed everything to
    /// be read after each revision, which gives the same and takes longer.
    pub pieced: usize,
}

/// States that follow one another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    /// The inventory of an empty database.
    pub(super) base: Inventory,
    /// What each revision changes.
    pub(super) steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// The heads after it.
    pub(super) heads: Heads,
    /// What it changes.
    pub(super) changes: InventoryDiff,
}

/// What the lines depend on: the server's release, the surroundings, and the SQL of every revision in
/// order. The same key, the same lines.
///
/// # Errors
/// What [`statement::read`] finds.
pub fn history_digest(graph: &RevisionGraph, at: &Surroundings<'_>) -> Result<Digest, Refusal> {
    let mut hasher = FieldHasher::new("enact.lines.v1");
    hasher.field(env!("CARGO_PKG_VERSION"));
    hasher.field(at.installation.release());
    hasher.field(at.database);
    hasher.field(at.search_path);
    for way in ways(graph)? {
        for step in &way.moves {
            let Some(revision) = graph.get(step.revision.as_str()) else {
                continue;
            };
            let statements = statement::read(revision.source(), revision.up())?;
            hasher.field(revision.id.as_str());
            hasher.field(statement::sql_digest(&statements).as_bytes());
            for head in &step.after {
                hasher.field(head.as_str());
            }
        }
        hasher.field("");
    }
    Ok(hasher.finish())
}

impl Lines {
    /// Runs every revision on shadows, and reads what it changed.
    ///
    /// # Errors
    /// `statement-failed`, `cannot-verify`, `shadow-missing`, `shadow-version`.
    pub async fn derive(graph: &RevisionGraph, at: &Surroundings<'_>) -> Result<Self, Refusal> {
        let mut lines = Vec::new();
        let mut pieced = 0;
        let tablespaces = tablespaces::named_in(graph)?;
        for way in ways(graph)? {
            let line = match derive(graph, &way, at, &tablespaces, Reading::Touched).await? {
                Some(line) => {
                    pieced += 1;
                    Some(line)
                }
                // A revision did more than was seen: once more, reading everything after each.
                None => derive(graph, &way, at, &tablespaces, Reading::Whole).await?,
            };
            let bug = || Refusal::new(Code::Bug, "the shadow's schema changes by itself");
            lines.push(line.ok_or_else(bug)?);
        }
        Ok(Self { lines, pieced })
    }

    /// How many different sets of heads there are, with that of an empty database.
    pub fn candidates(&self) -> usize {
        let steps = self.lines.iter().flat_map(|line| &line.steps);
        1 + steps.map(|step| &step.heads).collect::<BTreeSet<_>>().len()
    }

    /// The fingerprint after each revision of the upgrade to all heads.
    pub fn fingerprints(&self) -> Vec<(Heads, Digest)> {
        let Some(line) = self.lines.first() else {
            return Vec::new();
        };
        let mut now = line.base.clone();
        let mut fingerprints = Vec::with_capacity(line.steps.len());
        for step in &line.steps {
            for (id, replacement) in &step.changes.0 {
                now.set(id.clone(), replacement.after);
            }
            fingerprints.push((step.heads.clone(), now.fingerprint()));
        }
        fingerprints
    }
}

/// The upgrade to all heads, and the way to each revision whose state that one does not pass.
fn ways(graph: &RevisionGraph) -> Result<Vec<Transition>, Refusal> {
    let all = graph.upgrade(&Heads::new(), "heads")?;
    let mut seen: BTreeSet<Heads> = all.moves.iter().map(|step| step.after.clone()).collect();
    let mut ways = vec![all];
    // The last revisions of a branch first: the ways to them pass those before them.
    for revision in graph.iter().rev() {
        if !seen.contains(&Heads::from([revision.id.clone()])) {
            let way = graph.upgrade(&Heads::new(), revision.id.as_str())?;
            seen.extend(way.moves.iter().map(|step| step.after.clone()));
            ways.push(way);
        }
    }
    Ok(ways)
}

async fn derive(
    graph: &RevisionGraph,
    way: &Transition,
    at: &Surroundings<'_>,
    tablespaces: &BTreeSet<String>,
    reading: Reading,
) -> Result<Option<Line>, Refusal> {
    let server =
        prepared_server(at.installation, at.database, at.roles, SUPERUSER, tablespaces).await?;
    let connect = || server.session(at.database);
    let (session, one, other, parts) =
        try_join4(connect(), connect(), connect(), connect()).await?;
    let reader = PiecedCatalog::open([one, other], parts);
    let ((), mut schema) = try_join(track(&session), reader).await?;
    let base = schema.inventory().clone();
    let reading = (&mut schema, reading);
    let changes = follow(&session, graph, way, at.search_path, reading).await?;
    let steps = way.moves.iter().zip(changes);
    let steps = steps.map(|(step, changes)| Step { heads: step.after.clone(), changes }).collect();
    let line = schema.is_exact().then_some(Line { base, steps });
    server.retire();
    Ok(line)
}
