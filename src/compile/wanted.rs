//! The schema that somebody wants: written down in files, or that of the revisions, each made on a
//! shadow and read there.

use crate::catalog::LinkedCatalog;
use crate::database::{ServerError, Session, read_linked_catalog, refusal};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::graph::{Heads, RevisionGraph};
use crate::shadow::{Installation, SUPERUSER, Server};
use crate::source::SourceFile;
use crate::statement;

use super::replay::{applied, prepared_server, replay};

/// The database of a shadow in which a schema is made.
const DATABASE: &str = "enact_shadow";

/// What revisions run under where no target says otherwise.
pub(super) const SEARCH_PATH: &str = "\"$user\", public";

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
    installation: &Installation,
    graph: &RevisionGraph,
    heads: &Heads,
    roles: &[String],
) -> Result<Made, Refusal> {
    let server = prepared_server(installation, DATABASE, roles, SUPERUSER).await?;
    let session = server.session(DATABASE).await?;
    replay(&session, graph, &applied(graph, heads)?, SEARCH_PATH).await?;
    Ok(Made { session, _server: server })
}

/// The schema that the revisions up to `heads` make.
///
/// # Errors
/// `statement-failed`, `cannot-verify`; the shadow's.
pub async fn schema_of_revisions(
    installation: &Installation,
    graph: &RevisionGraph,
    heads: &Heads,
    roles: &[String],
) -> Result<LinkedCatalog, Refusal> {
    read_linked_catalog(&made(installation, graph, heads, roles).await?.session).await
}

/// The schema that `files` make in an empty database, run in their order, each statement by itself
/// as psql would.
///
/// # Errors
/// Those of [`statement::read`]; `statement-failed` with the place; the shadow's.
pub async fn schema_of_files(
    installation: &Installation,
    files: &[SourceFile],
    roles: &[String],
) -> Result<LinkedCatalog, Refusal> {
    let mut statements = Vec::new();
    for file in files {
        let read = statement::read(file, 0..file.text().len())?;
        statements.extend(read.into_iter().map(|statement| (file, statement)));
    }
    let server = prepared_server(installation, DATABASE, roles, SUPERUSER).await?;
    let session = server.session(DATABASE).await?;
    let client = session.client();
    for (file, statement) in statements {
        if let Err(error) = client.execute_typed(statement.sql(), &[]).await {
            let Some(server) = ServerError::of(&error) else {
                return Err(refusal(&error, "make the wanted schema"));
            };
            let message = format!(
                "it fails on the shadow: {} (SQLSTATE {})",
                server.message, server.sqlstate
            );
            return Err(Finding::error(Code::StatementFailed, message)
                .at(file.place(statement.range()))
                .help("the files make the whole schema in an empty database, in the order of their names")
                .into());
        }
    }
    // A dump leaves its own `search_path` behind; the reading sets one of its own.
    read_linked_catalog(&session).await
}
