//! The schema that somebody wants: written down in files, or that of the revisions, each made on a
//! shadow and read there.

use std::collections::BTreeSet;

use crate::catalog::LinkedCatalog;
use crate::database::{ServerError, Session, read_linked_catalog, refusal};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::graph::{Heads, RevisionGraph};
use crate::shadow::{Installation, SUPERUSER, Server};
use crate::source::SourceFile;
use crate::statement::{self, Statement};

use super::replay::{applied, prepared_server, replay, roles_before};
use super::tablespaces;

/// Where and how revisions and files run.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The server.
    pub installation: &'a Installation,
    /// The database's name.
    pub database: &'a str,
    /// Its search path, as SHOW gives it.
    pub search_path: &'a str,
    /// Roles that are there before.
    pub roles: &'a [String],
}

impl<'a> Surroundings<'a> {
    /// Those where no database is meant.
    pub fn of_nobody(installation: &'a Installation, roles: &'a [String]) -> Self {
        let (database, search_path) = ("enact_shadow", "\"$user\", public");
        Self { installation, database, search_path, roles }
    }
}

/// A shadow at the state of some revisions.
pub(super) struct Made {
    /// Before the server, which ends with the value.
    pub(super) session: Session,
    _server: Server,
}

/// A shadow brought to `heads`.
///
/// # Errors
/// `statement-failed`, `cannot-verify`; the shadow's.
pub(super) async fn made(
    at: &Surroundings<'_>,
    graph: &RevisionGraph,
    heads: &Heads,
) -> Result<Made, Refusal> {
    let applied = applied(graph, heads)?;
    let roles = roles_before(graph, &applied, at.roles)?;
    let tablespaces = tablespaces::named_in(graph)?;
    let server =
        prepared_server(at.installation, at.database, &roles, SUPERUSER, &tablespaces).await?;
    let session = server.session(at.database).await?;
    replay(&session, graph, &applied, at.search_path).await?;
    Ok(Made { session, _server: server })
}

/// The schema that the revisions up to `heads` make.
///
/// # Errors
/// `statement-failed`, `cannot-verify`; the shadow's.
pub async fn schema_of_revisions(
    at: &Surroundings<'_>,
    graph: &RevisionGraph,
    heads: &Heads,
) -> Result<LinkedCatalog, Refusal> {
    read_linked_catalog(&made(at, graph, heads).await?.session).await
}

/// The schema that `files` make in an empty database, run in their order, each statement by itself
/// as psql would.
///
/// # Errors
/// Those of [`statement::read`]; `statement-failed` with the place; the shadow's.
pub async fn schema_of_files(
    at: &Surroundings<'_>,
    files: &[SourceFile],
) -> Result<LinkedCatalog, Refusal> {
    let mut statements = Vec::new();
    for file in files {
        let read = statement::read(file, 0..file.text().len())?;
        statements.extend(read.into_iter().map(|statement| (file, statement)));
    }
    let made: BTreeSet<String> =
        statements.iter().filter_map(|(_, statement)| statement.created_role()).collect();
    let roles: Vec<String> =
        at.roles.iter().filter(|role| !made.contains(*role)).cloned().collect();
    let tablespaces = tablespaces::named(statements.iter().map(|(_, statement)| statement));
    let server =
        prepared_server(at.installation, at.database, &roles, SUPERUSER, &tablespaces).await?;
    let session = server.session(at.database).await?;
    for (file, statement) in statements {
        run(&session, file, &statement).await?;
    }
    // A dump leaves its own `search_path` behind; the reading sets one of its own.
    read_linked_catalog(&session).await
}

async fn run(session: &Session, file: &SourceFile, statement: &Statement) -> Result<(), Refusal> {
    let Err(error) = session.client().execute_typed(statement.sql(), &[]).await else {
        return Ok(());
    };
    let Some(server) = ServerError::of(&error) else {
        return Err(refusal(&error, "make the wanted schema"));
    };
    let message =
        format!("it fails on the shadow: {} (SQLSTATE {})", server.message, server.sqlstate);
    Err(Finding::error(Code::StatementFailed, message)
        .at(file.place(statement.range()))
        .help("the files make the whole schema in an empty database, in the order of their names")
        .into())
}
