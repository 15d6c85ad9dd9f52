//! The inventory after each of 1,000 revisions, beside a plain replay of the same revisions on a
//! shadow of its own: of revisions that do not touch each other's tables, and of such that do. And the
//! whole command: a database that nobody tracks is located by the real binary.

use std::fs;
use std::path::Path;
use std::time::Instant;

use camino::Utf8Path;
use enact::compile::{Lines, Surroundings};
use enact::database::{Session, stage};
use enact::graph::RevisionGraph;
use enact::shadow::{Installation, Server};
use enact::statement;
use enact::workspace;

use super::Outcome;
use super::measure::{Contender, report, timed};
use super::project::{self, Project};

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
    let mut whole = Contender::new("enact detect-state, nothing remembered", Some(1.5));
    let mut again = Contender::new("enact detect-state, the history remembered", None);
    let target = Server::start(&installation).await?;
    target.create_database("legacy").await?;
    run_all(&target.session("legacy").await?, &graph).await?;
    let mut detect_state = project.enact(&target.url("legacy"), &["detect-state"]);
    let memories = project.folder().join(".cache/enact");
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
        // Not the files of a fresh cluster, which the replay finds there too.
        if !forget(&memories)? {
            timed(&mut detect_state)?;
            forget(&memories)?;
        }
        whole.took(timed(&mut detect_state)?);
        again.took(timed(&mut detect_state)?);
    }
    let said = String::from_utf8(detect_state.output()?.stdout)?;
    if !said.contains(&format!("Exactly      {}", project::id(REVISIONS))) {
        return Err(format!("it was not located:\n{said}").into());
    }
    report(&format!("locate in 1,000 revisions: {what}"), &[plain, lines, whole, again]);
    Ok(())
}

/// Removes what is remembered of histories; gives whether there was something.
fn forget(memories: &Path) -> Outcome<bool> {
    let mut forgot = false;
    if memories.exists() {
        for entry in fs::read_dir(memories)? {
            let path = entry?.path();
            if path.is_file() {
                fs::remove_file(path)?;
                forgot = true;
            }
        }
    }
    Ok(forgot)
}

async fn replay(installation: &Installation, graph: &RevisionGraph) -> Outcome {
    let server = Server::start(installation).await?;
    server.create_database("cats").await?;
    run_all(&server.session("cats").await?, graph).await
}

async fn run_all(session: &Session, graph: &RevisionGraph) -> Outcome {
    for revision in graph.iter() {
        let statements = statement::read(revision.source(), revision.up())?;
        let texts: Vec<&str> = statements.iter().map(statement::Statement::sql).collect();
        stage::in_transaction(session, SEARCH_PATH, &texts)
            .await?
            .map_err(|failed| failed.error.message)?;
    }
    Ok(())
}
