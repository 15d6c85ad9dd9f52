//! The revision graph: revisions in, one checked order and its heads, lineages and paths out.
//!
//! [`RevisionGraph::new`] accepts only graphs in which every name resolves and nothing goes in a
//! circle. The revisions stand in **topological order**: parents and dependencies first, and
//! where several could come next, the one with the smallest id. The order depends on nothing
//! else, not on file names nor on the order of reading. Inside, a revision is its rank in that
//! order, so that a walk to ancestors goes down the ranks, one to descendants up, and none needs
//! recursion.
//!
//! ```
//! use enact::graph::{Heads, RevisionGraph};
//! use enact::{revision, source::SourceFile};
//!
//! let text = "-- first\n--\n-- Revision ID: a1\n-- Revises:\n\n-- migrate:up\nSELECT 1;\n";
//! let source = SourceFile::new("a1.sql", text.into())?;
//! let graph = RevisionGraph::new(vec![revision::parse(source)?])?;
//! let transition = graph.upgrade(&Heads::new(), "head")?;
//! assert_eq!(transition.to, graph.heads());
//! # Ok::<(), enact::diagnostic::Refusal>(())
//! ```

mod build;
mod draw;
mod marks;
mod order;
mod path;
mod selector;
mod stamp;
mod tracked;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Refusal};
use crate::revision::{Revision, RevisionId};

pub use draw::{HistoryEntry, mermaid, terminal};
pub use path::{Direction, Move, RowChange, Transition};

use marks::Marks;

/// A set of revision ids: the rows of `alembic_version`, or the heads of a graph.
pub type Heads = BTreeSet<RevisionId>;

/// A revision's place in the topological order.
type Rank = u32;

/// Revisions whose names resolve and that go in no circle.
#[derive(Debug, Clone)]
pub struct RevisionGraph {
    /// In topological order; a rank is an index here and in the edges.
    revisions: Vec<Revision>,
    /// The ranks, sorted by id.
    by_id: Vec<Rank>,
    edges: Vec<Edges>,
    /// Which revision owns a branch label.
    labels: BTreeMap<String, Rank>,
}

/// The edges of one revision, each list sorted or in the header's order as said.
#[derive(Debug, Clone, Default)]
struct Edges {
    /// The parents, in the header's order.
    parents: Vec<Rank>,
    /// The parents and then the dependencies that are not parents, in the header's order.
    needs: Vec<Rank>,
    /// The revisions whose parent it is, by rank.
    children: Vec<Rank>,
    /// The revisions that need it as parent or dependency, by rank.
    dependents: Vec<Rank>,
}

impl RevisionGraph {
    /// How many revisions there are.
    pub fn len(&self) -> usize {
        self.revisions.len()
    }

    /// Whether there is no revision.
    pub fn is_empty(&self) -> bool {
        self.revisions.is_empty()
    }

    /// The revision with exactly this id.
    pub fn get(&self, id: &str) -> Option<&Revision> {
        self.rank(id).map(|rank| self.revision(rank))
    }

    /// All revisions in topological order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Revision> + ExactSizeIterator {
        self.revisions.iter()
    }

    /// The revisions that are nobody's parent.
    pub fn heads(&self) -> Heads {
        self.ids(self.ranks().filter(|&rank| self.edges(rank).children.is_empty()))
    }

    /// The revisions that nobody needs, as parent or as dependency: the rows of
    /// `alembic_version` once everything is applied.
    pub fn real_heads(&self) -> Heads {
        self.ids(self.ranks().filter(|&rank| self.is_real_head(rank)))
    }

    /// The revisions without a parent.
    pub fn bases(&self) -> Heads {
        self.ids(self.ranks().filter(|&rank| self.edges(rank).parents.is_empty()))
    }

    /// The revisions whose parent is `id`, in topological order.
    pub fn children(&self, id: &str) -> Vec<&Revision> {
        let rank = self.rank(id);
        rank.map_or_else(Vec::new, |rank| self.pick(&self.edges(rank).children))
    }

    /// The revisions that must be applied before `id`, by way of parents and dependencies, in
    /// topological order.
    pub fn ancestors(&self, id: &str) -> Vec<&Revision> {
        let Some(rank) = self.rank(id) else {
            return Vec::new();
        };
        let mut marks = self.needed_by([rank]);
        marks.remove(rank);
        self.marked(&marks)
    }

    /// The graph as it was when `ids` were its newest revisions: they and all that they need.
    ///
    /// # Errors
    /// `revision-unknown`, if one of them is not here.
    pub fn up_to<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a RevisionId>,
    ) -> Result<Self, Refusal> {
        let ranks = ids
            .into_iter()
            .map(|id| {
                self.rank(id.as_str()).ok_or_else(|| {
                    Refusal::new(Code::RevisionUnknown, format!("there is no revision `{id}`"))
                        .help("restore its file: somebody made use of it")
                })
            })
            .collect::<Result<Vec<Rank>, _>>()?;
        let kept = self.marked(&self.needed_by(ranks));
        Self::new(kept.into_iter().cloned().collect())
    }

    /// The revisions that need `id`, by way of parents and dependencies, in topological order.
    pub fn descendants(&self, id: &str) -> Vec<&Revision> {
        let Some(rank) = self.rank(id) else {
            return Vec::new();
        };
        let mut marks = self.needing([rank]);
        marks.remove(rank);
        self.marked(&marks)
    }

    /// The branch labels in whose lineage each revision stands: those of the revisions above and
    /// below it along parents. In topological order, labels sorted.
    pub fn labels(&self) -> Vec<(&Revision, Vec<&str>)> {
        let mut rows: Vec<(&Revision, Vec<&str>)> =
            self.revisions.iter().map(|revision| (revision, Vec::new())).collect();
        for (label, &owner) in &self.labels {
            for rank in self.branch(owner).iter() {
                rows[rank as usize].1.push(label);
            }
        }
        rows
    }

    fn ranks(&self) -> std::ops::Range<Rank> {
        0..Rank::try_from(self.revisions.len()).expect("build refuses more than 2^32 revisions")
    }

    fn revision(&self, rank: Rank) -> &Revision {
        &self.revisions[rank as usize]
    }

    fn id(&self, rank: Rank) -> &RevisionId {
        &self.revision(rank).id
    }

    fn edges(&self, rank: Rank) -> &Edges {
        &self.edges[rank as usize]
    }

    fn is_real_head(&self, rank: Rank) -> bool {
        self.edges(rank).dependents.is_empty()
    }

    fn rank(&self, id: &str) -> Option<Rank> {
        let found = self.by_id.binary_search_by(|&rank| self.id(rank).as_str().cmp(id));
        found.ok().map(|at| self.by_id[at])
    }

    fn ids(&self, ranks: impl IntoIterator<Item = Rank>) -> Heads {
        ranks.into_iter().map(|rank| self.id(rank).clone()).collect()
    }

    fn pick(&self, ranks: &[Rank]) -> Vec<&Revision> {
        ranks.iter().map(|&rank| self.revision(rank)).collect()
    }

    fn marked(&self, marks: &Marks) -> Vec<&Revision> {
        marks.iter().map(|rank| self.revision(rank)).collect()
    }

    fn reach(
        &self,
        from: impl IntoIterator<Item = Rank>,
        next: impl Fn(&Edges) -> &[Rank],
    ) -> Marks {
        let mut marks = Marks::new(self.len());
        let mut todo: Vec<Rank> = from.into_iter().filter(|&rank| marks.insert(rank)).collect();
        while let Some(rank) = todo.pop() {
            let news = next(self.edges(rank)).iter().copied();
            todo.extend(news.filter(|&rank| marks.insert(rank)));
        }
        marks
    }

    /// `from` and all that it needs.
    fn needed_by(&self, from: impl IntoIterator<Item = Rank>) -> Marks {
        self.reach(from, |edges| &edges.needs)
    }

    /// `from` and all that needs it.
    fn needing(&self, from: impl IntoIterator<Item = Rank>) -> Marks {
        self.reach(from, |edges| &edges.dependents)
    }

    /// The lineage of a revision: itself and all above and below it along parents.
    fn lineage(&self, of: Rank) -> Marks {
        let mut marks = self.reach([of], |edges| &edges.parents);
        marks.union(&self.reach([of], |edges| &edges.children));
        marks
    }

    /// The revisions that show the label of `owner`: all below it along parents, and those above
    /// it up to where branches part or merge.
    fn branch(&self, owner: Rank) -> Marks {
        let mut marks = self.reach([owner], |edges| &edges.children);
        let mut at = owner;
        while self.edges(at).dependents.len() <= 1 {
            marks.insert(at);
            let [parent] = self.edges(at).parents[..] else {
                break;
            };
            at = parent;
        }
        marks
    }
}

#[cfg(test)]
mod tests;
