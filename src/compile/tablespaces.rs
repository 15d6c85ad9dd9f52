//! The tablespaces that statements name. A shadow has empty ones of these names, besides those that the target
//! lies in (`grounds`).

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::types::Type;

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
    named.map(|named| named.name).filter(|name| !is_given(name)).collect()
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

/// Refuses stages whose statements name a tablespace that the target does not have, or put something into one
/// in which `role` may not create: `apply` would fail in the middle.
///
/// # Errors
/// `statement-failed`, with the place; those of the connection.
pub(super) async fn are_there(
    session: &Session,
    graph: &RevisionGraph,
    stages: &[DraftStage],
    role: &str,
) -> Result<(), Refusal> {
    let mut wanted = Vec::new();
    for stage in stages {
        let source = graph.get(stage.revision.as_str()).map(Revision::source);
        for statement in &stage.statements {
            let place = source.map(|source| source.place(statement.range()));
            wanted.extend(statement.tablespaces().into_iter().map(|named| (named, place.clone())));
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let rows = session.client().query_typed(MAY_CREATE, &[(&role, Type::TEXT)]).await;
    let rows = rows.map_err(|error| refusal(&error, "look for tablespaces"))?;
    let there: BTreeMap<&str, bool> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let findings = wanted.into_iter().filter_map(|(named, place)| {
        let (message, help) = match there.get(named.name.as_str()) {
            None => (
                format!("the target has no tablespace `{}`", named.name),
                "create it on the target first (CREATE TABLESPACE), or take it out of the revision",
            ),
            Some(false) if named.receives => (
                format!("role `{role}` may not create in the tablespace `{}`", named.name),
                "GRANT CREATE ON TABLESPACE to it first, or take it out of the revision",
            ),
            Some(_) => return None,
        };
        let finding = Finding::error(Code::StatementFailed, message).help(help);
        Some(Finding { place, ..finding })
    });
    Refusal::of(findings.collect()).map_or(Ok(()), Err)
}

/// Each tablespace, and whether a role may create in it; so may everybody in the database's own. A role
/// that is not there is not judged.
const MAY_CREATE: &str = "\
    SELECT t.spcname::pg_catalog.text, \
           t.oid OPERATOR(pg_catalog.=) d.dattablespace \
           OR COALESCE(pg_catalog.has_tablespace_privilege(r.oid, t.oid, 'CREATE'), true) \
    FROM pg_catalog.pg_tablespace AS t \
    JOIN pg_catalog.pg_database AS d \
        ON d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database() \
    LEFT JOIN pg_catalog.pg_roles AS r \
        ON r.rolname OPERATOR(pg_catalog.=) $1::pg_catalog.text::pg_catalog.name";
