//! Stamps: the rows and the revisions that the database is said to be at in, row operations out.

use super::marks::Marks;
use super::path::{Direction, RowChange, Trail, Transition};
use super::selector::Selector;
use super::{Heads, Rank, RevisionGraph};
use crate::diagnostic::{Code, Finding, Refusal};

impl RevisionGraph {
    /// The row operations that make the database say it is at `selectors`, without running
    /// anything. Rows in the lineages of the selected revisions, dependencies included, give way
    /// to them; other rows stay, and so do rows that are selected themselves. With `purge` every
    /// row goes first, known or not. Steps from the present rows (`+1`, `-1`) are refused: a
    /// stamp is said in so many words.
    ///
    /// # Errors
    /// Those of [`RevisionGraph::resolve`]; `tracked-revision-unknown` unless `purge`;
    /// `selector-invalid` if one selected revision implies another.
    pub fn stamp(
        &self,
        current: &Heads,
        selectors: &[&str],
        purge: bool,
    ) -> Result<Transition, Refusal> {
        let mut trail = Trail::new(Direction::Stamp, current);
        if purge {
            for row in current {
                trail.step(row, vec![RowChange::Delete(row.clone())]);
            }
        }
        let before = if purge { &Heads::new() } else { current };
        let rows = self.rows(before)?;
        let mut targets: Vec<Rank> = Vec::new();
        let mut related = Marks::new(self.len());
        for selector in selectors {
            let selected = self.selected(selector, before)?;
            related.union(&self.related(selector, &selected, before)?);
            for rank in selected {
                if !targets.contains(&rank) {
                    targets.push(rank);
                }
            }
        }
        self.refuse_overlap(&targets)?;
        let gives_way = |row: &Rank| related.contains(*row) && !targets.contains(row);
        let mut leaving: Vec<Rank> = rows.iter().copied().filter(gives_way).collect();
        for &target in targets.iter().filter(|target| !rows.contains(target)) {
            let mut near = self.needed_by([target]);
            near.union(&self.needing([target]));
            let gone = if leaving.iter().any(|&row| near.contains(row)) {
                std::mem::take(&mut leaving)
            } else {
                Vec::new()
            };
            trail.step(self.id(target), self.replace(&gone, target));
        }
        // Without a new row to give way to, only what overlaps a target goes, and all for `base`.
        let mut near = self.needed_by(targets.iter().copied());
        near.union(&self.needing(targets.iter().copied()));
        leaving.retain(|&row| targets.is_empty() || near.contains(row));
        for row in leaving {
            let id = self.id(row);
            trail.step(id, vec![RowChange::Delete(id.clone())]);
        }
        Ok(trail.end())
    }

    fn selected(&self, selector: &str, current: &Heads) -> Result<Vec<Rank>, Refusal> {
        if Selector::parse(selector)?.steps_from_rows().is_some() {
            let message = format!("`{selector}` does not say at which revision the database is");
            return Err(Refusal::new(Code::SelectorInvalid, message)
                .help("name the revision; `enact history` shows them"));
        }
        let revisions = self.resolve(selector, current)?;
        Ok(revisions.iter().filter_map(|revision| self.rank(revision.id.as_str())).collect())
    }

    /// Everything in the lineages, dependencies included, of the selected revisions and of the
    /// label or revision before `@`; everything at all for `base`.
    fn related(
        &self,
        selector: &str,
        selected: &[Rank],
        current: &Heads,
    ) -> Result<Marks, Refusal> {
        let mut centres = selected.to_vec();
        if let Some((owner, _)) = selector.split_once('@') {
            centres.extend(self.selected(owner, current)?);
        }
        if centres.is_empty() {
            return Ok(self.needing(self.ranks()));
        }
        let mut related = self.needed_by(centres.iter().copied());
        related.union(&self.needing(centres));
        Ok(related)
    }

    fn refuse_overlap(&self, targets: &[Rank]) -> Result<(), Refusal> {
        let implied = self.implied(targets);
        let overlapping = targets.iter().filter(|&&rank| implied.contains(rank));
        let findings = overlapping.map(|&rank| {
            let message =
                format!("`{}` is implied by another of the selected revisions", self.id(rank));
            Finding::error(Code::SelectorInvalid, message)
                .help("leave it out: `alembic_version` names only the newest of each branch")
        });
        Refusal::unless_empty(findings.collect())
    }
}
