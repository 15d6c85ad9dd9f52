//! Which statements run in which stages, before anything was tried.
//!
//! One revision is one transaction, unless a statement cannot run inside one: then what stands
//! before it commits first, it runs alone, and what follows is a transaction of its own. Boundaries
//! that no text shows (a partitioned table, the use of a new enum label) come from the shadow.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Finding, Refusal};
use crate::graph::{Direction, Heads, Move, RevisionGraph, RowChange, Transition};
use crate::revision::RevisionId;
use crate::statement::{self, Statement, TransactionRule};

use super::Mode;

/// A stage that was not tried yet.
#[derive(Debug, Clone)]
pub struct DraftStage {
    /// The revision that it belongs to.
    pub revision: RevisionId,
    /// How it is executed.
    pub mode: Mode,
    /// What runs.
    pub statements: Vec<Statement>,
    /// What happens to `alembic_version`; empty except in a revision's last stage.
    pub version_rows: Vec<RowChange>,
    /// The rows of `alembic_version` afterwards.
    pub heads_after: Heads,
}

/// A boundary between stages that the text does not show, and a trial on a shadow did.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Boundary {
    revision: RevisionId,
    /// Where the statement starts in the revision's file, in bytes.
    offset: usize,
    outside: bool,
}

impl Boundary {
    /// The statement at `offset` cannot run inside a transaction.
    pub fn outside(revision: &RevisionId, offset: usize) -> Self {
        Self { revision: revision.clone(), offset, outside: true }
    }

    /// The refusal for a statement that fails with the boundary as it did without.
    pub fn not_enough(&self) -> Refusal {
        let what = if self.outside { "outside a transaction" } else { "after a commit" };
        Refusal::new(
            Code::StatementFailed,
            format!("a statement of revision `{}` fails {what}, too", self.revision),
        )
        .help("split the revision, so that the statement stands in one of its own")
    }

    /// The statement at `offset` needs what precedes it committed.
    pub fn commit_before(revision: &RevisionId, offset: usize) -> Self {
        Self { revision: revision.clone(), offset, outside: false }
    }
}

/// The stages of a transition, with the boundaries that are known from trials.
///
/// # Errors
/// `irreversible`, naming every revision on the way down that has no down part; and what
/// [`statement::read`] finds.
pub fn draft(
    graph: &RevisionGraph,
    transition: &Transition,
    boundaries: &BTreeSet<Boundary>,
) -> Result<Vec<DraftStage>, Refusal> {
    let mut findings = Vec::new();
    let mut stages = Vec::new();
    let mut heads = transition.from.clone();
    for step in &transition.moves {
        match statements(graph, transition.direction, step) {
            Ok(statements) => {
                stages.extend(revision_stages(step, &heads, statements, boundaries));
            }
            Err(refusal) => findings.extend(refusal.into_findings()),
        }
        heads.clone_from(&step.after);
    }
    Refusal::unless_empty(findings)?;
    Ok(stages)
}

/// The stages that bring a database to where it is adopted, by `statements` that belong to no file;
/// one without any, if there are none.
pub fn adoption(
    step: &Move,
    statements: Vec<Statement>,
    boundaries: &BTreeSet<Boundary>,
) -> Vec<DraftStage> {
    revision_stages(step, &Heads::new(), statements, boundaries)
}

fn statements(
    graph: &RevisionGraph,
    direction: Direction,
    step: &Move,
) -> Result<Vec<Statement>, Refusal> {
    let Some(revision) = graph.get(step.revision.as_str()) else {
        return Err(Refusal::new(
            Code::RevisionUnknown,
            format!("there is no revision `{}`", step.revision),
        ));
    };
    let section = match direction {
        Direction::Upgrade => revision.up(),
        Direction::Downgrade => revision.down().ok_or_else(|| {
            let file = revision.source().name();
            Finding::error(
                Code::Irreversible,
                format!("revision `{}` has no down part", revision.id),
            )
            .note(format!("its file is `{file}`"))
            .help("write its `-- migrate:down` part, or undo it by a new revision")
        })?,
        Direction::Stamp => return Ok(Vec::new()),
    };
    statement::read(revision.source(), section)
}

fn revision_stages(
    step: &Move,
    before: &Heads,
    statements: Vec<Statement>,
    boundaries: &BTreeSet<Boundary>,
) -> Vec<DraftStage> {
    let mut stages: Vec<DraftStage> = Vec::new();
    let stage = |mode, statements| DraftStage {
        revision: step.revision.clone(),
        mode,
        statements,
        version_rows: Vec::new(),
        heads_after: before.clone(),
    };
    let mut open: Vec<Statement> = Vec::new();
    for statement in statements {
        let offset = statement.range().start;
        let known = |boundary: Boundary| boundaries.contains(&boundary);
        let outside = statement.transaction() == TransactionRule::Outside
            || known(Boundary::outside(&step.revision, offset));
        let ends_before = outside || known(Boundary::commit_before(&step.revision, offset));
        if ends_before && !open.is_empty() {
            stages.push(stage(Mode::Transaction, std::mem::take(&mut open)));
        }
        if outside {
            stages.push(stage(Mode::Alone, vec![statement]));
        } else {
            open.push(statement);
        }
    }
    if !open.is_empty() || stages.is_empty() {
        stages.push(stage(Mode::Transaction, open));
    }
    if let Some(last) = stages.last_mut() {
        last.version_rows.clone_from(&step.rows);
        last.heads_after.clone_from(&step.after);
    }
    stages
}
