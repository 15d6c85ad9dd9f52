//! Relative selectors: a start and a number of steps in, where they lead out.

use super::marks::Marks;
use super::selector::{Position, Selector};
use super::{Heads, Rank, RevisionGraph};
use crate::diagnostic::{Code, Refusal};

impl RevisionGraph {
    pub(super) fn row_to_go_up_from(
        &self,
        selector: &Selector<'_>,
        branch: Option<Rank>,
        current: &Heads,
    ) -> Result<Position, Refusal> {
        let rows = self.rows_apart(current)?;
        let starts = match branch {
            None => rows,
            Some(branch) => self.rows_in(&rows, branch, |active| {
                let implied = self.implied(&active.iter().collect::<Vec<_>>());
                active.subtract(&implied);
            }),
        };
        match starts[..] {
            [] => Ok(None),
            [row] => Ok(Some(row)),
            _ => Err(self.several_rows(selector, &starts)),
        }
    }

    pub(super) fn row_to_go_down_from(
        &self,
        selector: &Selector<'_>,
        branch: Option<Rank>,
        current: &Heads,
    ) -> Result<Rank, Refusal> {
        let rows = self.rows_apart(current)?;
        let starts = match branch {
            None => rows,
            Some(branch) => self.rows_in(&rows, branch, |active| *active = self.tips(active)),
        };
        match starts[..] {
            [row] => Ok(row),
            [] => Err(walked(selector, "starts where nothing is applied")
                .help("`enact current` shows what is applied")),
            _ => Err(self.several_rows(selector, &starts)),
        }
    }

    /// The rows in the lineage of `branch`, or else the applied revisions there that `newest`
    /// leaves: a branch that another depends on has no row of its own.
    fn rows_in(&self, rows: &[Rank], branch: Rank, newest: impl Fn(&mut Marks)) -> Vec<Rank> {
        let lineage = self.lineage(branch);
        let direct: Vec<Rank> = rows.iter().copied().filter(|&row| lineage.contains(row)).collect();
        if !direct.is_empty() {
            return direct;
        }
        let mut active = self.needed_by(rows.iter().copied());
        active.intersect(&lineage);
        newest(&mut active);
        active.iter().collect()
    }

    fn several_rows(&self, selector: &Selector<'_>, rows: &[Rank]) -> Refusal {
        let message =
            format!("`{}` could start from {}, all current", selector.text, self.list(rows));
        Refusal::new(Code::RelativeWalk, message)
            .help("say which: `<label>@+1`, `<label>@-1`, or the id to end at")
    }

    /// Goes `steps` along parents' edges, up within `lineage` if there is one.
    pub(super) fn walk(
        &self,
        selector: &Selector<'_>,
        start: Position,
        steps: i32,
        lineage: Option<&Marks>,
    ) -> Result<Walk, Refusal> {
        let mut at = start;
        for _ in 0..steps.unsigned_abs() {
            let next: Vec<Position> = match (at, steps > 0) {
                (None, false) => return Ok(Walk::Left(at)),
                (Some(rank), false) => match &self.edges(rank).parents[..] {
                    [] => vec![None],
                    parents => parents.iter().copied().map(Some).collect(),
                },
                (Some(rank), true) => self.edges(rank).children.iter().copied().map(Some).collect(),
                (None, true) => {
                    let bases = self.ranks().filter(|&rank| self.edges(rank).parents.is_empty());
                    bases.map(Some).collect()
                }
            };
            let inside = |rank: Rank| lineage.is_none_or(|marks| marks.contains(rank));
            let next: Vec<Position> =
                next.into_iter().filter(|position| position.is_none_or(inside)).collect();
            at = match next[..] {
                [] => return Ok(Walk::Left(at)),
                [only] => only,
                _ => {
                    let ways: Vec<Rank> = next.into_iter().flatten().collect();
                    let from = at.map_or("base", |rank| self.id(rank).as_str());
                    let what = format!("meets a fork at `{from}`: {}", self.list(&ways));
                    return Err(walked(selector, &what).help(if steps > 0 {
                        "name the revision to end at, or `<label>@+1` to go up one branch"
                    } else {
                        "name the revision to end at"
                    }));
                }
            };
        }
        Ok(Walk::Ended(at))
    }
}

/// How a walk went.
pub(super) enum Walk {
    /// All steps, to here.
    Ended(Position),
    /// Here the graph ended before the steps did.
    Left(Position),
}

impl Walk {
    pub(super) fn whole(self, selector: &Selector<'_>) -> Result<Position, Refusal> {
        match self {
            Self::Ended(position) => Ok(position),
            Self::Left(_) => Err(walked(selector, "leaves the graph")
                .help("`enact history` shows how far it goes; `head` and `base` are its ends")),
        }
    }
}

pub(super) fn walked(selector: &Selector<'_>, what: &str) -> Refusal {
    Refusal::new(Code::RelativeWalk, format!("`{}` {what}", selector.text))
}
