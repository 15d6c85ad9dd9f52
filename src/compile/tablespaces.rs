//! The tablespaces that statements name. A shadow has empty ones of these names, besides those that the target
//! lies in (`grounds`).

use std::collections::BTreeSet;

use tokio_postgres::types::Type;

use crate::catalog::{Kind, Object, Tablespace};
use crate::database::{Session, refusal};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::graph::RevisionGraph;
use crate::plan::draft::DraftStage;
use crate::plan::{Effect, Plan, Stage, Step};
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

/// Refuses stages whose statements name a tablespace that the target does not have: `apply` would fail
/// in the middle. They stand in `files`, but for those of an adoption.
///
/// # Errors
/// `statement-failed`, with the place; those of the connection.
pub(super) async fn are_there(
    session: &Session,
    files: Option<&RevisionGraph>,
    stages: &[DraftStage],
) -> Result<(), Refusal> {
    let mut wanted = Vec::new();
    for stage in stages {
        let revision = files.and_then(|graph| graph.get(stage.revision.as_str()));
        let source = revision.map(Revision::source);
        for statement in &stage.statements {
            let place = source.map(|source| source.place(statement.range()));
            let named = statement.tablespaces().into_iter().filter(|named| named.needed);
            wanted.extend(named.map(|named| (named.name, place.clone())));
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let rows = session.client().query_typed("SELECT spcname FROM pg_catalog.pg_tablespace", &[]);
    let rows = rows.await.map_err(failed)?;
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

/// Refuses a plan that puts something into a tablespace in which neither the session's role nor the migrating
/// role may create, whether a statement says so or the target's `default_tablespace`.
///
/// # Errors
/// `statement-failed`; those of the connection.
pub(super) async fn are_open(session: &Session, plan: &Plan) -> Result<(), Refusal> {
    let effects = plan.stages.iter().flat_map(|stage| &stage.effects);
    let placed = effects.filter(|effect| effect.object.kind() == Kind::Tablespace);
    let placed: Vec<&Effect> = placed.filter(|effect| effect.after.is_some()).collect();
    let is_of_another = |(_, step): (&Stage, &Step)| OF_ANOTHER.contains(&step.kind.as_str());
    if placed.is_empty() || plan.steps().any(is_of_another) {
        return Ok(());
    }
    let role = plan.observation.migrating_role();
    let rows = session.client().query_typed(CLOSED, &[(&role, Type::TEXT)]).await;
    let mut findings = Vec::new();
    for row in rows.map_err(failed)? {
        let tablespace = Tablespace { name: row.get(0) };
        let object = Object::Tablespace(tablespace.clone());
        let is_put_there = |effect: &&&Effect| effect.after == Some(object.digest(&effect.object));
        if let Some(subject) = placed.iter().find(is_put_there).and_then(|it| it.object.subject()) {
            let message = format!(
                "role `{role}` may not create in the tablespace {}, where {subject} is to lie",
                tablespace.name
            );
            let help = format!("GRANT CREATE ON TABLESPACE {} to it first", tablespace.name);
            findings.push(Finding::error(Code::StatementFailed, message).help(help));
        }
    }
    Refusal::of(findings).map_or(Ok(()), Err)
}

/// Steps after which the rights are others than now.
const OF_ANOTHER: [&str; 4] =
    ["SET ROLE", "SET SESSION AUTHORIZATION", "GRANT", "ALTER TABLESPACE"];

/// The tablespaces in which neither the session's role nor the one of this name may create. In the
/// database's own, everybody may.
const CLOSED: &str = "\
    SELECT pg_catalog.quote_ident(t.spcname::pg_catalog.text) \
    FROM pg_catalog.pg_tablespace AS t \
    JOIN pg_catalog.pg_database AS d \
        ON d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database() \
    WHERE t.oid OPERATOR(pg_catalog.<>) d.dattablespace \
      AND NOT EXISTS ( \
          SELECT FROM pg_catalog.pg_roles AS r \
          WHERE r.rolname::pg_catalog.text \
                OPERATOR(pg_catalog.=) ANY (ARRAY[$1, current_user::pg_catalog.text]) \
            AND pg_catalog.has_tablespace_privilege(r.oid, t.oid, 'CREATE'))";

#[expect(clippy::needless_pass_by_value, reason = "fits map_err")]
fn failed(error: tokio_postgres::Error) -> Refusal {
    refusal(&error, "look for tablespaces")
}
