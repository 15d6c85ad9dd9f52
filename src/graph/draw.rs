//! The history for people: revisions in, Alembic's lines, a drawing for a terminal, mermaid, and
//! values for JSON out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::Timestamp;
use renderdag::{Ancestor, GraphRowRenderer, Renderer as _};
use serde::Serialize;

use super::{Heads, RevisionGraph};
use crate::diagnostic::Refusal;
use crate::revision::{Revision, RevisionId};

/// One revision as `history`, `heads` and `current` show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct HistoryEntry {
    /// The id.
    pub id: RevisionId,
    /// The parents, in the header's order.
    pub parents: Vec<RevisionId>,
    /// The ids or labels that it depends on, in the header's order.
    pub depends_on: Vec<String>,
    /// The ids of those dependencies that are not parents.
    pub dependencies: Vec<RevisionId>,
    /// The branch labels of its lineage, sorted.
    pub labels: Vec<String>,
    /// The message.
    pub message: String,
    /// When it was written.
    pub created: Option<Timestamp>,
    /// The name of its file.
    pub file: String,
    /// Whether nobody's parent.
    pub head: bool,
    /// Whether a head on which another revision depends; its row is implied.
    pub effective_head: bool,
    /// Whether the parent of several.
    pub branch_point: bool,
    /// Whether it has several parents.
    pub merge_point: bool,
    /// Whether it has a row in `alembic_version`.
    pub current: bool,
}

impl RevisionGraph {
    /// What `history` shows of all revisions, newest first; `current` marks rows, of which
    /// unknown ones are left out.
    pub fn history(&self, current: &Heads) -> Vec<HistoryEntry> {
        let rows = self.ranks().zip(self.labels());
        let rows: Vec<_> = rows.collect();
        rows.into_iter()
            .rev()
            .map(|(rank, (revision, labels))| self.entry(revision, rank, &labels, current))
            .collect()
    }

    /// What `history` shows of a range, as [`RevisionGraph::range`] reads it, newest first.
    ///
    /// # Errors
    /// Those of [`RevisionGraph::range`].
    pub fn history_range(
        &self,
        range: &str,
        current: &Heads,
    ) -> Result<Vec<HistoryEntry>, Refusal> {
        let chosen: Heads =
            self.range(range, current)?.iter().map(|found| found.id.clone()).collect();
        let mut entries = self.history(current);
        entries.retain(|entry| chosen.contains(&entry.id));
        Ok(entries)
    }

    fn entry(
        &self,
        revision: &Revision,
        rank: u32,
        labels: &[&str],
        current: &Heads,
    ) -> HistoryEntry {
        let edges = self.edges(rank);
        let head = edges.children.is_empty();
        let dependencies = &edges.needs[edges.parents.len()..];
        HistoryEntry {
            id: revision.id.clone(),
            parents: revision.parents.clone(),
            depends_on: revision.depends_on.clone(),
            dependencies: dependencies.iter().map(|&need| self.id(need).clone()).collect(),
            labels: labels.iter().map(|&label| label.to_owned()).collect(),
            message: revision.message.clone(),
            created: revision.created,
            file: revision.source().name().to_string(),
            head,
            effective_head: head && !self.is_real_head(rank),
            branch_point: edges.children.len() > 1,
            merge_point: revision.is_merge(),
            current: current.contains(&revision.id),
        }
    }
}

impl HistoryEntry {
    /// Alembic's line of `history`: `a -> b (label) (head), message`.
    pub fn line(&self) -> String {
        let parents = match &self.parents[..] {
            [] => "<base>".to_owned(),
            parents => join(parents),
        };
        let depends = match &self.depends_on[..] {
            [] => String::new(),
            names => format!(" ({})", names.join(", ")),
        };
        let (head, points) = (self.marks(true), self.points());
        format!(
            "{parents}{depends} -> {}{}{head}{points}, {}",
            self.id,
            self.labelled(),
            self.message
        )
    }

    /// Alembic's line of `heads`: `b (label) (head)`.
    pub fn head_line(&self) -> String {
        format!("{}{}{}", self.id, self.labelled(), self.marks(false))
    }

    /// Alembic's line of `current`: `b (head)`, `a (branchpoint)`.
    pub fn current_line(&self) -> String {
        format!("{}{}{}", self.id, self.marks(false), self.points())
    }

    fn labelled(&self) -> String {
        match &self.labels[..] {
            [] => String::new(),
            labels => format!(" ({})", labels.join(", ")),
        }
    }

    fn marks(&self, current: bool) -> String {
        let head = if self.effective_head {
            " (effective head)"
        } else if self.head {
            " (head)"
        } else {
            ""
        };
        let current = if current && self.current { " (current)" } else { "" };
        format!("{head}{current}")
    }

    fn points(&self) -> String {
        let branch = if self.branch_point { " (branchpoint)" } else { "" };
        let merge = if self.merge_point { " (mergepoint)" } else { "" };
        format!("{branch}{merge}")
    }
}

fn join(ids: &[RevisionId]) -> String {
    ids.iter().map(RevisionId::as_str).collect::<Vec<_>>().join(", ")
}

/// The entries drawn as a graph for a terminal, in their order: a filled circle is a row of the
/// database, a solid line a parent, a dotted line a dependency, `~` goes on beyond what is shown.
/// `fold` breaks a text that stands so many columns in.
pub fn terminal(entries: &[HistoryEntry], fold: impl Fn(String, usize) -> String) -> String {
    let shown: BTreeSet<&RevisionId> = entries.iter().map(|entry| &entry.id).collect();
    let mut renderer = GraphRowRenderer::new().output().with_min_row_height(1).build_box_drawing();
    let mut drawing = String::new();
    for entry in entries {
        let edge = |id: &RevisionId, kind: fn(RevisionId) -> Ancestor<RevisionId>| {
            if shown.contains(id) { kind(id.clone()) } else { Ancestor::Anonymous }
        };
        let parents = entry.parents.iter().map(|id| edge(id, Ancestor::Parent));
        let dependencies = entry.dependencies.iter().map(|id| edge(id, Ancestor::Ancestor));
        let glyph = if entry.current { "●" } else { "○" };
        let head = entry.marks(true);
        let text = format!("{}{}{head}, {}", entry.id, entry.labelled(), entry.message);
        let ancestors = parents.chain(dependencies).collect();
        let columns = renderer.width(Some(&entry.id), Some(&ancestors));
        let text = fold(text, usize::try_from(columns).unwrap_or_default());
        let rows = renderer.next_row(entry.id.clone(), ancestors, glyph.to_owned(), text);
        for row in rows.lines() {
            drawing.push_str(row.trim_end());
            drawing.push('\n');
        }
    }
    drawing
}

/// The entries as a mermaid flow chart, oldest at the bottom.
pub fn mermaid(entries: &[HistoryEntry]) -> String {
    let number: BTreeMap<&RevisionId, usize> =
        entries.iter().rev().zip(1..).map(|(entry, number)| (&entry.id, number)).collect();
    let mut chart = "flowchart BT\n".to_owned();
    for entry in entries.iter().rev() {
        let own = number[&entry.id];
        let head = entry.marks(true);
        let title = escaped(&format!("{}{}{head}", entry.id, entry.labelled()));
        let _ = writeln!(chart, "    r{own}[\"{title}<br>{}\"]", escaped(&entry.message));
        for (ids, arrow) in [(&entry.parents, "-->"), (&entry.dependencies, "-.->")] {
            for from in ids.iter().filter_map(|id| number.get(id)) {
                let _ = writeln!(chart, "    r{from} {arrow} r{own}");
            }
        }
    }
    chart
}

/// `text` so that mermaid shows it and reads nothing else in it.
fn escaped(text: &str) -> String {
    let mut safe = String::new();
    for c in text.chars() {
        if c.is_alphanumeric() || " _.,()".contains(c) {
            safe.push(c);
        } else {
            let _ = write!(safe, "#{};", c as u32);
        }
    }
    safe
}
