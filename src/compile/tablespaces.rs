//! The tablespaces that statements name. A shadow has empty ones of these names, besides those that the target
//! lies in (`grounds`).

use std::collections::BTreeSet;

use crate::database::{Session, refusal};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::graph::RevisionGraph;
use crate::plan::draft::DraftStage;
use crate::revision::Revision;
use crate::statement::{self, Statement};

/// Whether every server has it.
pub(super) fn is_given(tablespace: &str) -> bool {
    tablespace.starts_with("pg_")
}

/// The tablespaces that `statements` name, without those that every server has.
pub(super) fn named<'a>(statements: impl IntoIterator<Item = &'a Statement>) -> BTreeSet<String> {
    let named = statements.into_iter().flat_map(Statement::tablespaces);
    named.filter(|name| !is_given(name)).collect()
}

/// Those that a revision of `graph` names, up or down.
///
/// # Errors
/// Those of [`statement::read`].
pub(super) fn named_in(graph: &RevisionGraph) -> Result<BTreeSet<String>, Refusal> {
    let mut names = BTreeSet::new();
    // Few revisions name one, and reading thousands takes its time.
    let may_name = |revision: &&Revision| {
        let text = revision.source().text().as_bytes();
        text.windows(WORD.len()).any(|word| word.eq_ignore_ascii_case(WORD.as_bytes()))
    };
    for revision in graph.iter().filter(may_name) {
        for part in std::iter::once(revision.up()).chain(revision.down()) {
            names.extend(named(&statement::read(revision.source(), part)?));
        }
    }
    Ok(names)
}

const WORD: &str = "tablespace";

/// Refuses stages whose statements name a tablespace that the target does not have: `apply` would fail
/// in the middle.
///
/// # Errors
/// `statement-failed`, with the place; those of the connection.
pub(super) async fn are_there(
    session: &Session,
    graph: &RevisionGraph,
    stages: &[DraftStage],
) -> Result<(), Refusal> {
    let mut wanted = Vec::new();
    for stage in stages {
        let source = graph.get(stage.revision.as_str()).map(Revision::source);
        for statement in &stage.statements {
            let place = source.map(|source| source.place(statement.range()));
            wanted.extend(statement.tablespaces().into_iter().map(|name| (name, place.clone())));
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let rows = session.client().query_typed("SELECT spcname FROM pg_catalog.pg_tablespace", &[]);
    let rows = rows.await.map_err(|error| refusal(&error, "look for tablespaces"))?;
    let there: BTreeSet<&str> = rows.iter().map(|row| row.get(0)).collect();
    let missing = wanted.into_iter().filter(|(name, _)| !there.contains(name.as_str()));
    let findings = missing.map(|(name, place)| {
        let message = format!("the target has no tablespace `{name}`");
        let finding = Finding::error(Code::StatementFailed, message).help(
            "create it on the target first (CREATE TABLESPACE), or take it out of the revision",
        );
        Finding { place, ..finding }
    });
    Refusal::of(findings.collect()).map_or(Ok(()), Err)
}
