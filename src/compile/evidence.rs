//! What a failure on the shadow tells: a boundary that the text did not show, something that a
//! shadow cannot verify, or a statement that PostgreSQL does not accept.

use crate::database::ServerError;
use crate::diagnostic::{Code, Finding, Place};
use crate::graph::RevisionGraph;
use crate::plan::draft::{Boundary, DraftStage};
use crate::revision::{Revision, RevisionId};
use crate::source::SourceFile;
use crate::statement::Statement;

/// Why a stage did not run on the shadow.
#[derive(Debug)]
pub(super) enum Evidence {
    /// The draft needs a boundary at this statement; with it, try again.
    Boundary(Boundary),
    /// The statement is not acceptable.
    Failed(Box<Finding>),
}

/// Reads the failure of `stage` at the statement `at` (absent: at its end).
pub(super) fn read(
    graph: &RevisionGraph,
    stage: &DraftStage,
    at: Option<usize>,
    error: &ServerError,
) -> Evidence {
    let Some(statement) = at.and_then(|at| stage.statements.get(at)) else {
        return Evidence::Failed(Box::new(at_the_end(&stage.revision, error)));
    };
    let offset = statement.range().start;
    match error.sqlstate.as_str() {
        // Only the catalog knows a partitioned table from an ordinary one (REINDEX, CLUSTER).
        "25001" => Evidence::Boundary(Boundary::outside(&stage.revision, offset)),
        // A new enum label can be used only after its commit.
        "55P04" => Evidence::Boundary(Boundary::commit_before(&stage.revision, offset)),
        _ => {
            let mut finding = explained(stage, error);
            let source = graph.get(stage.revision.as_str()).map(Revision::source);
            // A repair stands in no file.
            let stands_in = |source: &&SourceFile| {
                source.text().get(statement.range()) == Some(statement.sql())
            };
            finding.place =
                source.filter(stands_in).map(|source| place(source, statement, error.position));
            Evidence::Failed(Box::new(finding))
        }
    }
}

/// A failure at the end of a stage of `revision`.
pub(super) fn at_the_end(revision: &RevisionId, error: &ServerError) -> Finding {
    finding(Code::StatementFailed, revision, error)
        .note("a deferred constraint or trigger failed at the end of the transaction")
}

fn finding(code: Code, revision: &RevisionId, error: &ServerError) -> Finding {
    let mut finding = Finding::error(
        code,
        format!(
            "revision `{revision}` fails on the shadow: {} (SQLSTATE {})",
            error.message, error.sqlstate
        ),
    );
    if let Some(hint) = &error.hint {
        finding = finding.note(format!("hint of the server: {hint}"));
    }
    finding
}

fn explained(stage: &DraftStage, error: &ServerError) -> Finding {
    let failed = || finding(Code::StatementFailed, &stage.revision, error);
    match error.sqlstate.as_str() {
        "0A000" | "58P01" if error.message.contains("extension") => {
            finding(Code::CannotVerify, &stage.revision, error)
                .help("install the extension's package for the shadow's PostgreSQL on this machine")
        }
        "42704" if error.message.starts_with("role ") => {
            let name = error.message.split('"').nth(1).unwrap_or("…");
            failed().help(format!(
                "a plan knows the roles of its target: create it there first; \
                 for `enact validate`, name it in `enact.toml`: `[shadow] roles = [\"{name}\"]`"
            ))
        }
        "42P07" | "42710" | "42701" | "42P06" | "42723" => {
            failed().help("it exists after the revisions before it; is a parent missing in the header?")
        }
        "42P01" | "42703" | "42883" | "3F000" => failed().help(
            "it does not exist after the revisions before it; is a parent or `Depends On:` missing in the header?",
        ),
        _ => failed().help("try the statement with psql on a database at the revision's parents"),
    }
}

/// The place that the server points to, or the statement's first line.
fn place(source: &SourceFile, statement: &Statement, position: Option<u32>) -> Place {
    let range = statement.range();
    let Some(position) = position.and_then(|at| usize::try_from(at).ok()) else {
        return source.place(range);
    };
    let sql = statement.sql();
    let start = sql.char_indices().nth(position.saturating_sub(1)).map_or(sql.len(), |(at, _)| at);
    let word = sql[start..]
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .map_or(sql.len(), |end| start + end);
    let end = word.max(start + 1).min(sql.len().max(start));
    source.place(range.start + start..range.start + end)
}
