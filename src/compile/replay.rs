//! Revisions run on a shadow, one after another: to bring it to the state that a target should be
//! in, and to prove in CI that every revision runs, up and down.

use std::collections::BTreeSet;

use crate::database::Session;
use crate::database::stage;
use crate::diagnostic::Refusal;
use crate::graph::{Direction, Heads, Move, RevisionGraph, Transition};
use crate::plan::Mode;
use crate::plan::draft::{DraftStage, draft};
use crate::revision::Revision;
use crate::shadow::{Installation, Server};
use crate::statement::Statement;

use super::evidence::{self, Evidence};

/// What a shadow needs before the first revision: the roles that revisions name.
pub(super) async fn prepared_server(
    installation: &Installation,
    database: &str,
    roles: &[String],
) -> Result<Server, Refusal> {
    let server = Server::start(installation).await?;
    for role in roles.iter().filter(|role| *role != "postgres") {
        server.create_role(role).await?;
    }
    if database != "postgres" {
        server.create_database(database).await?;
    }
    Ok(server)
}

/// The way from nothing to `heads`; only its order counts, nobody keeps its rows.
pub(super) fn applied(graph: &RevisionGraph, heads: &Heads) -> Result<Transition, Refusal> {
    let step = |revision: &Revision| Move {
        revision: revision.id.clone(),
        rows: Vec::new(),
        after: Heads::new(),
    };
    Ok(Transition {
        direction: Direction::Upgrade,
        from: Heads::new(),
        to: heads.clone(),
        moves: graph.applied(heads)?.into_iter().map(step).collect(),
    })
}

/// Runs a transition on a shadow; boundaries that only the server knows are found on the way.
///
/// # Errors
/// `statement-failed` or `cannot-verify`, with the statement's place.
pub(super) async fn replay(
    session: &Session,
    graph: &RevisionGraph,
    transition: &Transition,
    search_path: &str,
) -> Result<(), Refusal> {
    for step in &transition.moves {
        let single = Transition { moves: vec![step.clone()], ..transition.clone() };
        let mut boundaries = BTreeSet::new();
        let mut done = 0;
        'again: loop {
            let stages = draft(graph, &single, &boundaries)?;
            for drafted in &stages[done..] {
                match run(session, graph, search_path, drafted).await? {
                    Ok(()) => done += 1,
                    // What a boundary splits was rolled back whole, so the stages before it stand.
                    Err(Evidence::Boundary(boundary)) if boundaries.insert(boundary.clone()) => {
                        continue 'again;
                    }
                    Err(Evidence::Boundary(boundary)) => return Err(boundary.not_enough()),
                    Err(Evidence::Failed(finding)) => return Err((*finding).into()),
                }
            }
            break;
        }
    }
    Ok(())
}

async fn run(
    session: &Session,
    graph: &RevisionGraph,
    search_path: &str,
    drafted: &DraftStage,
) -> Result<Result<(), Evidence>, Refusal> {
    let statements: Vec<&str> = drafted.statements.iter().map(Statement::sql).collect();
    let ran = match (drafted.mode, statements.as_slice()) {
        (_, []) => Ok(()),
        (Mode::Transaction, statements) => {
            stage::in_transaction(session, search_path, statements).await?
        }
        (Mode::Alone, [statement, ..]) => stage::alone(session, search_path, statement).await?,
    };
    Ok(ran.map_err(|failed| evidence::read(graph, drafted, failed.at, &failed.error)))
}
