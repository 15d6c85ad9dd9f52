//! Where a database is taken over, out of where it may be.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Refusal};
use crate::graph::{Heads, RevisionGraph};
use crate::statement::{self, Kind, Statement};

use super::locate::Location;

/// What a person says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice<'a> {
    /// Nothing: it must be clear.
    Clear,
    /// The revision that is meant; of a database that no revision makes, any.
    At(&'a str),
    /// Of several that make the same schema, the first in the history.
    Oldest,
    /// The last in the history.
    Newest,
}

impl Location {
    /// The heads at which the database is taken over.
    ///
    /// # Errors
    /// `location-ambiguous`, if several could be meant; `location-unknown`, if none is; those of
    /// [`RevisionGraph::resolve`].
    pub fn choose(&self, graph: &RevisionGraph, choice: Choice<'_>) -> Result<Heads, Refusal> {
        if self.exact.is_empty() { self.nearest(graph, choice) } else { self.equal(choice) }
    }

    fn equal(&self, choice: Choice<'_>) -> Result<Heads, Refusal> {
        if let Choice::At(at) = choice {
            let meant = |heads: &&Heads| heads.iter().any(|head| head.as_str() == at);
            return self.exact.iter().find(meant).cloned().ok_or_else(|| {
                let refusal = Refusal::new(
                    Code::LocationUnknown,
                    format!("`{at}` does not make the schema that the database has"),
                );
                let does = |heads| format!("{} does", named(heads));
                self.exact.iter().map(does).fold(refusal, Refusal::note)
            });
        }
        match (self.exact.as_slice(), choice) {
            ([only], _) => Ok(only.clone()),
            ([oldest, ..], Choice::Oldest) => Ok(oldest.clone()),
            ([.., newest], Choice::Newest) => Ok(newest.clone()),
            _ => {
                let refusal = Refusal::new(
                    Code::LocationAmbiguous,
                    format!(
                        "{} of {} states have exactly this schema",
                        self.exact.len(),
                        self.candidates
                    ),
                )
                .note("they differ in what they do to data, which no schema shows");
                let refusal = self.exact.iter().map(named).fold(refusal, Refusal::note);
                Err(refusal.help(
                    "say which with `enact handle-legacy --at <revision>`, or `--choose oldest` or `--choose newest`",
                ))
            }
        }
    }

    fn nearest(&self, graph: &RevisionGraph, choice: Choice<'_>) -> Result<Heads, Refusal> {
        if let Choice::At(at) = choice {
            let revisions = graph.resolve(at, &Heads::new())?;
            if revisions.is_empty() {
                return Err(of_nobody());
            }
            return Ok(revisions.into_iter().map(|revision| revision.id.clone()).collect());
        }
        let distance = super::Near::distance;
        match self.nearest.as_slice() {
            [] => Err(of_nobody()),
            [near, ..] if near.heads.is_empty() => Err(of_nobody()),
            [near, next, ..] if distance(near) == distance(next) => {
                let refusal = Refusal::new(
                    Code::LocationAmbiguous,
                    format!(
                        "no revision makes the schema that the database has, and several come equally near: {} objects differ",
                        near.objects.len()
                    ),
                );
                let equal = self.nearest.iter().filter(|other| distance(other) == distance(near));
                let refusal = equal.map(|near| named(&near.heads)).fold(refusal, Refusal::note);
                Err(refusal.help(
                    "`enact detect-state` shows what differs; say which with `enact handle-legacy --at <revision>`",
                ))
            }
            [near, ..] => {
                self.refuse_skipped_rows(graph, near)?;
                Ok(near.heads.clone())
            }
        }
    }

    /// Where a part of a later revision is there, and more objects are not, a repair makes what is missing
    /// of it; what the revision does to rows it would not do.
    fn refuse_skipped_rows(
        &self,
        graph: &RevisionGraph,
        near: &super::Near,
    ) -> Result<(), Refusal> {
        let applied: BTreeSet<&str> =
            graph.applied(&self.closest)?.iter().map(|revision| revision.id.as_str()).collect();
        for revision in graph.applied(&near.heads)? {
            if applied.contains(revision.id.as_str()) {
                continue;
            }
            let statements = statement::read(revision.source(), revision.up())?;
            if statements.iter().any(may_change_rows) {
                return Err(Refusal::new(
                    Code::LocationAmbiguous,
                    format!(
                        "the database has a part of what {} makes, and lacks more of it than it has",
                        named(&near.heads)
                    ),
                )
                .note(format!("the fewest objects differ from {}", named(&self.closest)))
                .note(format!(
                    "revision `{}` may change rows: of that no schema tells whether it was done, and a repair does not do it",
                    revision.id
                ))
                .help(format!(
                    "if it was done, or there is nothing to do, run `enact handle-legacy --at {}`",
                    near.heads.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
                )));
            }
        }
        Ok(())
    }
}

fn may_change_rows(statement: &Statement) -> bool {
    let rows = statement.row_changes();
    let runs_more = matches!(
        statement.kind(),
        Kind::Do | Kind::Call | Kind::Select | Kind::Execute | Kind::Truncate
    );
    runs_more || !(rows.inserted.is_empty() && rows.updated.is_empty() && rows.deleted.is_empty())
}

fn of_nobody() -> Refusal {
    Refusal::new(Code::LocationUnknown, "nothing in the database is of the revisions").help(
        "is it the right database? if it is, `enact plan --allow-drift` begins beside what is there",
    )
}

fn named(heads: &Heads) -> String {
    if heads.is_empty() {
        return "base".to_owned();
    }
    heads.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
