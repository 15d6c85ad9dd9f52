//! Knowing where a database is that nobody has told. In: its schema and the [`Lines`] of the
//! history. Out: the revisions that make exactly this schema, or those that come nearest.
//!
//! Nothing is guessed: a match is equality of every object's digest. Revisions that change no
//! schema make several candidates equal; then all of them are the answer, and a person chooses.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;
use futures_util::future::try_join;
use serde::Serialize;

use crate::catalog::{Ignore, Inventory, Kind, ObjectId};
use crate::database::Session;
use crate::diagnostic::Refusal;
use crate::graph::{Heads, RevisionGraph};
use crate::plan::Drift;
use crate::shadow::Installation;
use crate::spelling::counted;
use crate::workspace::{Memory, caches};

use super::lines::{Line, Lines, Step, history_digest};
use super::observe::{Glance, ObservedTarget, Place};
use super::plan::drift;
use super::replay::roles_before;
use super::wanted::{Surroundings, schema_of_revisions};

/// So many of the nearest candidates are told.
const NEAREST: usize = 3;

/// What kind of state a database is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nothing of anybody's is in it, and nobody tracks it.
    Fresh,
    /// It has objects, nobody tracks it, and some revision makes exactly these objects.
    Legacy,
    /// It has objects, nobody tracks it, and no revision makes exactly these.
    Partial,
    /// `alembic_version` or the ledger says where it is.
    Managed,
}

/// What was found out about a database.
#[derive(Debug)]
pub struct Detected {
    /// Its state.
    pub state: State,
    /// The database, without the objects that do not count.
    pub target: ObservedTarget,
    /// Why it is thought to be in that state, in sentences.
    pub evidence: Vec<String>,
    /// Where it is, if that had to be looked for.
    pub location: Option<Location>,
}

/// Where a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// How many candidates there were.
    pub candidates: usize,
    /// The candidates that make exactly the database's schema, in the order in which an upgrade
    /// passes them: the oldest first.
    pub exact: Vec<Heads>,
    /// Where none does, those that come nearest: first those that are behind the database in nothing,
    /// each kind in the order of how many objects differ.
    pub nearest: Vec<Near>,
    /// The candidate from which the fewest objects differ, whatever is behind.
    pub closest: Heads,
}

/// A candidate that is not it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// The heads.
    pub heads: Heads,
    /// The objects that differ.
    pub objects: BTreeSet<ObjectId>,
    /// Those of them that are in the database as a later revision makes them: the candidate is behind
    /// it.
    pub behind: BTreeSet<ObjectId>,
    /// How the database differs from what the revisions make; of the nearest candidate, and for looking,
    /// only.
    pub differences: Vec<Drift>,
}

impl Lines {
    /// Compares a schema with every candidate. Objects that `ignore` hides do not count, on
    /// neither side; nor do rights, tablespaces and subscriptions, which others give too.
    pub fn locate(&self, target: &Inventory, ignore: &Ignore) -> Location {
        let mut location = Location {
            candidates: self.candidates(),
            exact: Vec::new(),
            nearest: Vec::new(),
            closest: Heads::new(),
        };
        let mut least = usize::MAX;
        let mut nearest = Vec::new();
        self.walk(target, ignore, |heads, standing| {
            let distance = standing.distance();
            if distance.1 <= least {
                least = distance.1;
                location.closest.clone_from(heads);
            }
            if distance.1 == 0 {
                location.exact.push(heads.clone());
            } else if location.exact.is_empty() {
                take(&mut nearest, heads, distance);
            }
        });
        if location.exact.is_empty() {
            // Once more: what differs from each candidate is too much to be kept of all.
            let mut found = BTreeMap::new();
            self.walk(target, ignore, |heads, standing| {
                if nearest.iter().any(|(near, _)| near == heads) {
                    found.insert(heads.clone(), standing.near(heads));
                }
            });
            location.nearest =
                nearest.iter().filter_map(|(heads, _)| found.remove(heads)).collect();
        }
        location
    }

    /// Looks at every candidate once.
    fn walk(
        &self,
        target: &Inventory,
        ignore: &Ignore,
        mut look: impl FnMut(&Heads, &Standing<'_>),
    ) {
        let is_akin = self.is_akin(target, ignore);
        let mut seen: BTreeSet<Heads> = BTreeSet::new();
        for line in &self.lines {
            let mut standing = Standing::before(line, target, ignore);
            let mut look = |heads: &Heads, standing: &Standing<'_>| {
                // A database with something of the revisions is not nearly at none of them.
                let is_candidate = !heads.is_empty() || standing.differing.is_empty() || !is_akin;
                if seen.insert(heads.clone()) && is_candidate {
                    look(heads, standing);
                }
            };
            look(&Heads::new(), &standing);
            for (at, step) in line.steps.iter().enumerate() {
                standing.pass(at, step);
                look(&step.heads, &standing);
            }
        }
    }

    /// Whether the database has anything with the name of what a revision makes.
    fn is_akin(&self, target: &Inventory, ignore: &Ignore) -> bool {
        let steps = self.lines.iter().flat_map(|line| &line.steps);
        let mut named = steps.flat_map(|step| step.changes.0.keys());
        named.any(|id| target.get(id).is_some() && !is_hidden(ignore, id))
    }
}

/// Whether an object does not count where a database is: others than the revisions give rights too.
fn is_hidden(ignore: &Ignore, id: &ObjectId) -> bool {
    id.kind().is_often_foreign() || ignore.hides(id)
}

/// How a schema differs from a state of a line, while one goes along it.
struct Standing<'a> {
    target: &'a Inventory,
    ignore: &'a Ignore,
    /// For every object that steps change to what the database has, the last step that does.
    last: BTreeMap<&'a ObjectId, usize>,
    differing: BTreeSet<ObjectId>,
    behind: BTreeSet<ObjectId>,
}

impl<'a> Standing<'a> {
    fn before(line: &'a Line, target: &'a Inventory, ignore: &'a Ignore) -> Self {
        let mut last = BTreeMap::new();
        for (at, step) in line.steps.iter().enumerate() {
            for (id, replacement) in &step.changes.0 {
                if replacement.after.is_some() && replacement.after == target.get(id) {
                    last.insert(id, at);
                }
            }
        }
        let ids = line.base.0.keys().chain(target.0.keys());
        let differing: BTreeSet<ObjectId> = ids
            .filter(|id| line.base.get(id) != target.get(id) && !is_hidden(ignore, id))
            .cloned()
            .collect();
        let behind = differing.iter().filter(|id| last.contains_key(id)).cloned().collect();
        Self { target, ignore, last, differing, behind }
    }

    fn distance(&self) -> Distance {
        distance(&self.differing, &self.behind)
    }

    /// The candidate, with what differs.
    fn near(&self, heads: &Heads) -> Near {
        Near {
            heads: heads.clone(),
            objects: self.differing.clone(),
            behind: self.behind.clone(),
            differences: Vec::new(),
        }
    }

    /// Goes on by a step.
    fn pass(&mut self, at: usize, step: &Step) {
        for (id, replacement) in &step.changes.0 {
            self.differing.remove(id);
            self.behind.remove(id);
            if replacement.after != self.target.get(id) && !is_hidden(self.ignore, id) {
                self.differing.insert(id.clone());
                if self.last.get(id).is_some_and(|&last| last > at) {
                    self.behind.insert(id.clone());
                }
            }
        }
    }
}

impl Near {
    /// How far it is from the database.
    pub(super) fn distance(&self) -> Distance {
        distance(&self.objects, &self.behind)
    }
}

/// Whether a candidate is behind the database, and how many objects differ.
type Distance = (bool, usize);

fn distance(differing: &BTreeSet<ObjectId>, behind: &BTreeSet<ObjectId>) -> Distance {
    (!behind.is_empty(), differing.len())
}

/// Keeps a candidate among the nearest ones, if it is one of them.
fn take(nearest: &mut Vec<(Heads, Distance)>, heads: &Heads, distance: Distance) {
    // Of equals the later one: it has more of what the history wants.
    let at = nearest.iter().position(|(_, other)| *other >= distance);
    let at = at.unwrap_or(nearest.len());
    if at < NEAREST {
        nearest.insert(at, (heads.clone(), distance));
        nearest.truncate(NEAREST);
    }
}

/// What is looked for, and how.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// Objects that do not count.
    pub ignore: &'a Ignore,
    /// Whether it is only for looking: then lines that an earlier run derived are believed, and it is told
    /// how the nearest candidate differs.
    pub looking: bool,
}

/// Finds out in which state a database is, and where a legacy one is. It is never written to.
///
/// # Errors
/// Those of looking at the target; `statement-failed`, `cannot-verify` on the shadow;
/// `shadow-missing`, `shadow-version`.
pub async fn detect(
    session: &Session,
    graph: &RevisionGraph,
    search: Search<'_>,
) -> Result<Detected, Refusal> {
    let glance = Glance::at(session).await?;
    let is_tracked = glance.is_tracked();
    // A database that has something, and says nothing, is located most likely: its schema is read while
    // the revisions run. Where even that cannot be asked, reading the rest fails, and says so.
    let is_likely = !is_tracked && glance.has_relations().await.unwrap_or(false);
    let begin = async {
        if !is_likely {
            return Ok(None);
        }
        // What is wrong with the history is told only if it is asked for.
        Ok(Some(History::of(graph, glance.place(), search.looking).await))
    };
    let (contents, begun) = try_join(glance.contents(), begin).await?;
    let mut target = glance.with(contents);
    let left_out = target.catalog.leave_out(search.ignore).len();
    let mut evidence = Vec::new();
    if is_tracked {
        let rows: Vec<&str> = target.rows.iter().flatten().map(String::as_str).collect();
        if !rows.is_empty() {
            evidence.push(format!("`alembic_version` says {}", rows.join(", ")));
        }
        if !target.chain.is_empty() {
            evidence.push(format!("enact's ledger has {} entries", target.chain.len()));
        }
        return Ok(Detected { state: State::Managed, target, evidence, location: None });
    }
    evidence.push(match &target.rows {
        None => "there is no `alembic_version`".to_owned(),
        Some(_) => "`alembic_version` is empty".to_owned(),
    });
    let of_somebody = |id: &&ObjectId| {
        !matches!(id.kind(), Kind::Schema | Kind::Extension) && !id.kind().is_often_foreign()
    };
    let objects = target.catalog.objects.keys().filter(of_somebody).count();
    if left_out > 0 {
        let are = if left_out == 1 { "is" } else { "are" };
        evidence.push(format!("{} {are} ignored", counted(left_out, "object")));
    }
    let foreign = target.catalog.objects.keys().filter(|id| id.kind().is_often_foreign()).count();
    if foreign > 0 {
        evidence.push(format!(
            "rights, owners, tablespaces and subscriptions are left out ({foreign}): others than the revisions give them too"
        ));
    }
    if objects == 0 {
        evidence.push("there is no object but schemas and extensions".to_owned());
        return Ok(Detected { state: State::Fresh, target, evidence, location: None });
    }
    evidence.push(format!("there are {objects} objects besides schemas and extensions"));
    let history = match begun {
        Some(history) => history?,
        None => History::of(graph, target.place(), search.looking).await?,
    };
    let mut location = history.lines.locate(&target.catalog.inventory(), search.ignore);
    evidence.push(format!(
        "{} of {} states that the revisions make have exactly this schema",
        location.exact.len(),
        location.candidates
    ));
    let state = if location.exact.is_empty() { State::Partial } else { State::Legacy };
    if let Some(near) = location.nearest.first_mut().filter(|_| search.looking) {
        near.differences = differences(graph, &history.at(), near, &target, search.ignore).await?;
    }
    Ok(Detected { state, target, evidence, location: Some(location) })
}

/// What the revisions make where they run as they would at a target.
struct History {
    installation: Installation,
    database: String,
    search_path: String,
    roles: Vec<String>,
    lines: Lines,
}

impl History {
    /// The lines come as an earlier run has left them, if they may be `remembered`.
    async fn of(
        graph: &RevisionGraph,
        place: Place<'_>,
        remembered: bool,
    ) -> Result<Self, Refusal> {
        let installation = Installation::find(Some(place.identity.server_major))?;
        let everything = graph.upgrade(&Heads::new(), "heads")?;
        let mut history = Self {
            installation,
            database: place.identity.database.clone(),
            search_path: place.search_path.to_owned(),
            roles: roles_before(graph, &everything, place.roles)?,
            lines: Lines::default(),
        };
        history.lines = lines(graph, &history.at(), remembered).await?;
        Ok(history)
    }

    fn at(&self) -> Surroundings<'_> {
        let Self { installation, database, search_path, roles, .. } = self;
        Surroundings { installation, database, search_path, roles }
    }
}

/// The lines, as an earlier run has left them if they may be `remembered`.
async fn lines(
    graph: &RevisionGraph,
    at: &Surroundings<'_>,
    remembered: bool,
) -> Result<Lines, Refusal> {
    let key = history_digest(graph, at)?;
    let folder = caches().and_then(|caches| Utf8PathBuf::from_path_buf(caches).ok());
    let memory = folder.map(|folder| Memory::at(folder.join(format!("lines-{key}"))));
    if let Some(lines) = memory.as_ref().filter(|_| remembered).and_then(Memory::recall) {
        return Ok(lines);
    }
    let lines = Lines::derive(graph, at).await?;
    // Without a memory the next run takes longer, that is all.
    let _ = memory.map(|memory| memory.keep(&lines));
    Ok(lines)
}

/// How the target differs from a candidate, field by field: the lines know digests only.
async fn differences(
    graph: &RevisionGraph,
    at: &Surroundings<'_>,
    near: &Near,
    target: &ObservedTarget,
    ignore: &Ignore,
) -> Result<Vec<Drift>, Refusal> {
    let mut made = schema_of_revisions(at, graph, &near.heads).await?;
    made.catalog.leave_out(ignore);
    let own_tablespace = target.observation.own_tablespace.as_deref();
    let mut drift = drift(&made.catalog, &target.catalog, own_tablespace);
    drift.retain(|drift| !drift.object.kind().is_often_foreign());
    Ok(drift)
}
