//! What the rows of `alembic_version` say about a graph: rows in, applied revisions out.
//!
//! The rows are the applied revisions that no applied revision needs. A dependency of an applied
//! revision is applied too, although it has no row.

use super::marks::Marks;
use super::{Heads, Rank, RevisionGraph};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::revision::Revision;

impl RevisionGraph {
    /// The applied revisions, in topological order.
    ///
    /// # Errors
    /// `tracked-revision-unknown`, `tracked-revisions-overlap`.
    pub fn applied(&self, current: &Heads) -> Result<Vec<&Revision>, Refusal> {
        let rows = self.rows_apart(current)?;
        Ok(self.marked(&self.needed_by(rows)))
    }

    /// The revisions that are not applied, in topological order.
    ///
    /// # Errors
    /// `tracked-revision-unknown`, `tracked-revisions-overlap`.
    pub fn pending(&self, current: &Heads) -> Result<Vec<&Revision>, Refusal> {
        let applied = self.needed_by(self.rows_apart(current)?);
        let pending = self.ranks().filter(|&rank| !applied.contains(rank));
        Ok(pending.map(|rank| self.revision(rank)).collect())
    }

    /// The applied revisions that are no applied revision's parent, in topological order: what
    /// `alembic current` prints, which shows applied dependencies too.
    ///
    /// # Errors
    /// `tracked-revision-unknown`.
    pub fn current(&self, current: &Heads) -> Result<Vec<&Revision>, Refusal> {
        let applied = self.needed_by(self.rows(current)?);
        Ok(self.marked(&self.tips(&applied)))
    }

    /// Those of `among` that are no parent of another.
    pub(super) fn tips(&self, among: &Marks) -> Marks {
        let mut tips = among.clone();
        for rank in among.iter() {
            for &parent in &self.edges(rank).parents {
                tips.remove(parent);
            }
        }
        tips
    }

    /// The ranks of the rows, ascending.
    pub(super) fn rows(&self, current: &Heads) -> Result<Vec<Rank>, Refusal> {
        let mut findings = Vec::new();
        let mut rows = Vec::new();
        for id in current {
            match self.rank(id.as_str()) {
                Some(rank) => rows.push(rank),
                None => findings.push(
                    Finding::error(
                        Code::TrackedRevisionUnknown,
                        format!("`alembic_version` names `{id}`, which the project does not have"),
                    )
                    .help(format!(
                        "get the file of `{id}` back, perhaps from another branch; if it is gone for good, `enact stamp --purge <revision>` says where the database is"
                    )),
                ),
            }
        }
        Refusal::unless_empty(findings)?;
        rows.sort_unstable();
        Ok(rows)
    }

    /// The ranks of the rows, none of which needs another.
    pub(super) fn rows_apart(&self, current: &Heads) -> Result<Vec<Rank>, Refusal> {
        let rows = self.rows(current)?;
        let implied = self.implied(&rows);
        let findings = rows.iter().filter(|&&row| implied.contains(row)).map(|&row| {
            let above = rows.iter().copied().find(|&other| {
                other != row && self.needed_by([other]).contains(row)
            });
            let above = self.id(above.unwrap_or(row));
            let id = self.id(row);
            Finding::error(
                Code::TrackedRevisionsOverlap,
                format!("`alembic_version` names `{id}` and `{above}`, and `{above}` implies `{id}`"),
            )
            .help(format!(
                "if `{above}` is what the database is at, run `enact stamp {above}`, which removes the row of `{id}`"
            ))
        });
        Refusal::unless_empty(findings.collect())?;
        Ok(rows)
    }

    /// All that one of `ranks` needs, so that a row for it would say nothing new.
    pub(super) fn implied(&self, ranks: &[Rank]) -> Marks {
        let needs = ranks.iter().flat_map(|&rank| self.edges(rank).needs.iter().copied());
        self.needed_by(needs)
    }
}
