//! Paths: the rows of `alembic_version` and a selector in, every revision to run and every row
//! operation out.
//!
//! The rows after each move are those that Alembic leaves: the applied revisions that no applied
//! revision needs. An upgrade replaces the rows of what it needs by its own; a downgrade gives
//! rows back to what nobody else needs any more. So each prefix of the moves is a state from
//! which the rest follows.

use super::marks::Marks;
use super::{Heads, Rank, RevisionGraph};
use crate::diagnostic::{Code, Refusal};
use crate::revision::RevisionId;

use serde::{Deserialize, Serialize};

/// Which way a transition goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Runs up sections.
    Upgrade,
    /// Runs down sections.
    Downgrade,
    /// Runs nothing; only the rows change.
    Stamp,
}

/// From one set of rows to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// Which way.
    pub direction: Direction,
    /// The rows before.
    pub from: Heads,
    /// The rows after.
    pub to: Heads,
    /// What happens, in order; nothing if the rows are already there.
    pub moves: Vec<Move>,
}

/// One revision run, or one row stamped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The revision that is run, or stamped, or whose row a stamp removes.
    pub revision: RevisionId,
    /// The operations on `alembic_version`, in order; each must touch exactly one row.
    pub rows: Vec<RowChange>,
    /// The rows after.
    pub after: Heads,
}

/// One operation on `alembic_version`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum RowChange {
    /// A new row.
    Insert(RevisionId),
    /// A row gets another id.
    Update {
        /// The id that it has.
        from: RevisionId,
        /// The id that it gets.
        to: RevisionId,
    },
    /// A row goes.
    Delete(RevisionId),
}

impl RevisionGraph {
    /// The way from `current` up to `selector`: everything that it needs and that is not applied.
    ///
    /// # Errors
    /// Those of [`RevisionGraph::resolve`]; `tracked-revision-unknown`,
    /// `tracked-revisions-overlap`.
    pub fn upgrade(&self, current: &Heads, selector: &str) -> Result<Transition, Refusal> {
        let mut walk = Walk::new(self, Direction::Upgrade, current)?;
        let targets = self.upgrade_targets(selector, current)?;
        let mut needed = self.needed_by(targets);
        needed.subtract(&walk.applied);
        for rank in needed.iter() {
            walk.up(rank);
        }
        Ok(walk.trail.end())
    }

    /// The way from `current` down to `selector`: everything applied that stands above it, by
    /// way of children and then of all that needs them. `base` takes all away.
    ///
    /// # Errors
    /// Those of [`RevisionGraph::resolve`]; `tracked-revision-unknown`,
    /// `tracked-revisions-overlap`; `target-not-applied`.
    pub fn downgrade(&self, current: &Heads, selector: &str) -> Result<Transition, Refusal> {
        let mut walk = Walk::new(self, Direction::Downgrade, current)?;
        let (branch, target) = self.downgrade_target(selector, current)?;
        let mut roots: Vec<Rank> = match target {
            Some(rank) => self.edges(rank).children.clone(),
            None => self.ranks().filter(|&rank| self.edges(rank).parents.is_empty()).collect(),
        };
        if let Some(branch) = branch.filter(|_| roots.len() > 1) {
            let above = self.reach([branch], |edges| &edges.parents);
            roots.retain(|&root| above.contains(root));
            if roots.is_empty() {
                let message = format!(
                    "from where `{selector}` ends, nothing leads up to `{}`",
                    self.id(branch)
                );
                return Err(Refusal::new(Code::SelectorInvalid, message)
                    .help("leave out what stands before `@`, or name a later revision there"));
            }
        }
        let mut undone = self.needing(roots);
        undone.intersect(&walk.applied);
        // Nothing above an applied target is no refusal, so that a finished downgrade can run again.
        if let Some(target) = target.filter(|&target| !walk.applied.contains(target)) {
            let message =
                format!("`{}` is not applied, so nothing leads down to it", self.id(target));
            return Err(Refusal::new(Code::TargetNotApplied, message)
                .help("`enact current` shows what is applied"));
        }
        for rank in undone.iter().rev() {
            walk.down(rank);
        }
        Ok(walk.trail.end())
    }

    /// The row of `to` instead of those of `from`: all but the last go, the last is rewritten.
    pub(super) fn replace(&self, from: &[Rank], to: Rank) -> Vec<RowChange> {
        let to = self.id(to).clone();
        let Some((&last, others)) = from.split_last() else {
            return vec![RowChange::Insert(to)];
        };
        let from = self.id(last).clone();
        let gone = others.iter().map(|&rank| RowChange::Delete(self.id(rank).clone()));
        gone.chain([RowChange::Update { from, to }]).collect()
    }

    /// The rows of `to` instead of that of `from`: the last takes it over, the others are new.
    fn restore(&self, from: Rank, to: &[Rank]) -> Vec<RowChange> {
        let from = self.id(from).clone();
        let Some((&last, others)) = to.split_last() else {
            return vec![RowChange::Delete(from)];
        };
        let to = self.id(last).clone();
        let new = others.iter().map(|&rank| RowChange::Insert(self.id(rank).clone()));
        new.chain([RowChange::Update { from, to }]).collect()
    }
}

impl RowChange {
    /// Does to a set what the operation does to the table.
    fn apply(&self, rows: &mut Heads) {
        match self {
            Self::Insert(id) => {
                rows.insert(id.clone());
            }
            Self::Update { from, to } => {
                rows.remove(from);
                rows.insert(to.clone());
            }
            Self::Delete(id) => {
                rows.remove(id);
            }
        }
    }
}

/// A transition in the making.
pub(super) struct Trail {
    direction: Direction,
    from: Heads,
    rows: Heads,
    moves: Vec<Move>,
}

impl Trail {
    pub(super) fn new(direction: Direction, from: &Heads) -> Self {
        Self { direction, from: from.clone(), rows: from.clone(), moves: Vec::new() }
    }

    pub(super) fn step(&mut self, revision: &RevisionId, rows: Vec<RowChange>) {
        for change in &rows {
            change.apply(&mut self.rows);
        }
        self.moves.push(Move { revision: revision.clone(), rows, after: self.rows.clone() });
    }

    pub(super) fn end(self) -> Transition {
        Transition { direction: self.direction, from: self.from, to: self.rows, moves: self.moves }
    }
}

/// What is applied, as it changes revision by revision.
struct Walk<'a> {
    graph: &'a RevisionGraph,
    applied: Marks,
    /// For each revision, how many applied ones need it; a row is an applied one with none.
    users: Vec<u32>,
    trail: Trail,
}

impl<'a> Walk<'a> {
    fn new(
        graph: &'a RevisionGraph,
        direction: Direction,
        current: &Heads,
    ) -> Result<Self, Refusal> {
        let applied = graph.needed_by(graph.rows_apart(current)?);
        let mut users = vec![0; graph.len()];
        for rank in applied.iter() {
            for &need in &graph.edges(rank).needs {
                users[need as usize] += 1;
            }
        }
        Ok(Self { graph, applied, users, trail: Trail::new(direction, current) })
    }

    /// Applies a revision all of whose needs are applied.
    fn up(&mut self, rank: Rank) {
        let needs = &self.graph.edges(rank).needs;
        let rows: Vec<Rank> =
            needs.iter().copied().filter(|&need| self.users[need as usize] == 0).collect();
        for &need in needs {
            self.users[need as usize] += 1;
        }
        self.applied.insert(rank);
        self.trail.step(self.graph.id(rank), self.graph.replace(&rows, rank));
    }

    /// Takes away a revision that no applied one needs.
    fn down(&mut self, rank: Rank) {
        let needs = &self.graph.edges(rank).needs;
        for &need in needs {
            self.users[need as usize] -= 1;
        }
        let freed: Vec<Rank> =
            needs.iter().copied().filter(|&need| self.users[need as usize] == 0).collect();
        self.applied.remove(rank);
        self.trail.step(self.graph.id(rank), self.graph.restore(rank, &freed));
    }
}
