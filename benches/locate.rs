//! The inventory after each of 1,000 revisions, beside a plain replay of the same revisions on a
//! shadow of its own: of revisions that do not touch each other's tables, and of such that do.

use std::time::Instant;

use camino::Utf8Path;
use enact::compile::{Lines, Surroundings};
use enact::database::stage;
use enact::graph::RevisionGraph;
use enact::shadow::{Installation, Server};
use enact::statement;
use enact::workspace;

use super::Outcome;
use super::measure::{Contender, report};
use super::project::Project;

const REVISIONS: usize = 1_000;
const SEARCH_PATH: &str = "public";

pub(crate) async fn run(rounds: usize) -> Outcome {
    measure("a table each", &Project::new(REVISIONS)?, rounds).await?;
    measure("tables, columns, indexes, views", &Project::mixed(REVISIONS)?, rounds).await
}

async fn measure(what: &str, project: &Project, rounds: usize) -> Outcome {
    let root = Utf8Path::from_path(project.folder()).ok_or("the folder is no UTF-8")?;
    let revisions = workspace::read_revisions(root, Utf8Path::new("revisions"))?;
    let graph = RevisionGraph::new(revisions)?;
    let installation = Installation::find(None)?;
    let mut plain = Contender::new("a plain replay on a shadow", None);
    let mut lines = Contender::new("the inventory after every revision", Some(1.5));
    for _ in 0..rounds {
        let started = Instant::now();
        replay(&installation, &graph).await?;
        plain.took(started.elapsed());
        let at = Surroundings {
            installation: &installation,
            database: "cats",
            search_path: SEARCH_PATH,
            roles: &[],
        };
        let started = Instant::now();
        let derived = Lines::derive(&graph, &at).await?;
        lines.took(started.elapsed());
        if derived.pieced != 1 || derived.candidates() != REVISIONS + 1 {
            return Err("the line was not pieced together".into());
        }
    }
    report(&format!("locate in 1,000 revisions: {what}"), &[plain, lines]);
    Ok(())
}

async fn replay(installation: &Installation, graph: &RevisionGraph) -> Outcome {
    let server = Server::start(installation).await?;
    server.create_database("cats").await?;
    let session = server.session("cats").await?;
    for revision in graph.iter() {
        let statements = statement::read(revision.source(), revision.up())?;
        let texts: Vec<&str> = statements.iter().map(statement::Statement::sql).collect();
        stage::in_transaction(&session, SEARCH_PATH, &texts)
            .await?
            .map_err(|failed| failed.error.message)?;
    }
    Ok(())
}
