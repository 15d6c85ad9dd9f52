//! Revisions run on a shadow, one after another: to bring it to the state that a target should be
//! in, and to prove in CI that every revision runs, up and down.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Catalog, CatalogDiff, Ignore, InventoryDiff, Object, ObjectId};
use crate::database::{PiecedCatalog, Session, read_catalog, stage};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::digest::Digest;
use crate::graph::{Direction, Heads, Move, RevisionGraph, Transition};
use crate::plan::Mode;
use crate::plan::compile::hidden_object;
use crate::plan::draft::{DraftStage, draft};
use crate::revision::Revision;
use crate::shadow::{Installation, SUPERUSER, Server};
use crate::statement::Statement;

use super::evidence::{self, Evidence};
use super::follow::{Following, Reading};
use super::tablespaces;

/// What a shadow needs before the first revision: the roles that revisions name, and a superuser that
/// stands for the `migrating` role, and the tablespaces that statements name. A role that the revisions make is none of `roles`, and has no
/// stand-in.
pub(super) async fn prepared_server(
    installation: &Installation,
    database: &str,
    roles: &[String],
    migrating: &str,
    tablespaces: &BTreeSet<String>,
) -> Result<Server, Refusal> {
    let mut server = Server::start(installation).await?;
    let is_known = roles.iter().any(|role| role == migrating);
    let superuser = if is_known { migrating } else { SUPERUSER };
    server.stand_for(superuser).await?;
    for role in roles.iter().filter(|role| *role != superuser) {
        server.create_role(role).await?;
    }
    server.create_tablespaces(tablespaces.iter().map(String::as_str)).await?;
    if database != "postgres" {
        server.create_database(database).await?;
    }
    Ok(server)
}

/// Those of `roles` that are there before `applied`: the ones that the revisions make are the target's
/// by now, and are made again on a shadow.
pub(super) fn roles_before(
    graph: &RevisionGraph,
    applied: &Transition,
    roles: &[String],
) -> Result<Vec<String>, Refusal> {
    let mut made = BTreeSet::new();
    for stage in draft(graph, applied, &BTreeSet::new())? {
        made.extend(stage.statements.iter().filter_map(Statement::created_role));
    }
    Ok(roles.iter().filter(|role| !made.contains(*role)).cloned().collect())
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
        let single = one_of(transition, step);
        replay_one(session, graph, &single, search_path, None).await?;
    }
    Ok(())
}

/// A step of a transition as one.
fn one_of(transition: &Transition, step: &Move) -> Transition {
    let Transition { direction, from, to, .. } = transition;
    let (from, to) = (from.clone(), to.clone());
    Transition { direction: *direction, from, to, moves: vec![step.clone()] }
}

/// As [`replay`], on a [tracked](crate::shadow::track) shadow whose schema `schema` follows; gives what each move
/// changed.
///
/// # Errors
/// As [`replay`].
pub(super) async fn follow(
    session: &Session,
    graph: &RevisionGraph,
    transition: &Transition,
    search_path: &str,
    (schema, reading): (&mut PiecedCatalog, Reading),
) -> Result<Vec<InventoryDiff>, Refusal> {
    let mut following = Following::new(schema, reading);
    for step in &transition.moves {
        let single = one_of(transition, step);
        following.next_move();
        replay_one(session, graph, &single, search_path, Some(&mut following)).await?;
    }
    following.conclude().await
}

async fn replay_one<'a>(
    session: &'a Session,
    graph: &RevisionGraph,
    single: &Transition,
    search_path: &str,
    mut following: Option<&mut Following<'a>>,
) -> Result<(), Refusal> {
    let mut boundaries = BTreeSet::new();
    let mut done = 0;
    'again: loop {
        let stages = draft(graph, single, &boundaries)?;
        for drafted in &stages[done..] {
            let following = following.as_deref_mut();
            match run(session, graph, search_path, drafted, following).await? {
                Ok(()) => done += 1,
                // What a boundary splits was rolled back whole, so the stages before it stand.
                Err(Evidence::Boundary(boundary)) if boundaries.insert(boundary.clone()) => {
                    continue 'again;
                }
                Err(Evidence::Boundary(boundary)) => return Err(boundary.not_enough()),
                Err(Evidence::Failed(finding)) => return Err((*finding).into()),
            }
        }
        return Ok(());
    }
}

async fn run<'a>(
    session: &'a Session,
    graph: &RevisionGraph,
    search_path: &str,
    drafted: &DraftStage,
    following: Option<&mut Following<'a>>,
) -> Result<Result<(), Evidence>, Refusal> {
    let statements: Vec<&str> = drafted.statements.iter().map(Statement::sql).collect();
    let ran = match (drafted.mode, statements.as_slice(), following) {
        (_, [], _) => Ok(()),
        (Mode::Transaction, statements, None) => {
            stage::in_transaction(session, search_path, statements).await?
        }
        (Mode::Alone, [statement, ..], None) => {
            stage::alone(session, search_path, statement).await?
        }
        (_, _, Some(following)) => following.run(session, search_path, drafted).await?,
    };
    Ok(ran.map_err(|failed| evidence::read(graph, drafted, failed.at, &failed.error)))
}

/// What a replay of the whole history showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// How many revisions ran up.
    pub up: usize,
    /// How many ran down.
    pub down: usize,
    /// The fingerprint of the schema at the heads.
    pub fingerprint: Digest,
    /// The server's version.
    pub server_version: String,
    /// Objects of the revisions that do not count, and down parts that do not restore what their up
    /// parts changed.
    pub findings: Vec<Finding>,
}

/// Runs every revision up on a shadow, and then down again as far as down parts go. After one that does
/// not restore the schema a new shadow is brought to the state before its revision, so that each has a
/// verdict of its own. What `ignore` hides of the revisions' own objects is found.
///
/// # Errors
/// `statement-failed`, `cannot-verify`, `shadow-missing`, `shadow-version`.
pub async fn prove_history(
    installation: &Installation,
    graph: &RevisionGraph,
    roles: &[String],
    ignore: &Ignore,
) -> Result<Proof, Refusal> {
    let tablespaces = tablespaces::named_in(graph)?;
    let mut ground = Ground::new(installation, roles, &tablespaces).await?;
    let all = graph.upgrade(&Heads::new(), "heads")?;
    let mut now = read_catalog(&ground.session).await?;
    let mut ways_back = Vec::with_capacity(all.moves.len());
    let mut findings = Vec::new();
    for step in &all.moves {
        ground.run(graph, &all, Direction::Upgrade, std::slice::from_ref(step)).await?;
        let before = std::mem::replace(&mut now, read_catalog(&ground.session).await?);
        let way_back = WayBack::from(&now, before);
        findings.extend(graph.get(step.revision.as_str()).into_iter().flat_map(|revision| {
            let changed = way_back.objects.iter().map(|(id, _)| id);
            let hidden = changed.filter_map(|id| Some((id, ignore.hiding(id)?)));
            let doing = format!("revision `{}` changes", revision.id);
            let place = revision.source().place(revision.up());
            hidden
                .map(|(id, pattern)| hidden_object(&doing, id, pattern).at(place.clone()))
                .collect::<Vec<_>>()
        }));
        ways_back.push(way_back);
    }
    let fingerprint = now.fingerprint();
    let mut down = 0;
    // Whether the shadow is not at the state below the last down part.
    let mut astray = false;
    for (at, (step, way_back)) in all.moves.iter().zip(ways_back).enumerate().rev() {
        let Some(revision) = graph.get(step.revision.as_str()) else {
            break;
        };
        if revision.down().is_none() {
            break;
        }
        if std::mem::take(&mut astray) {
            // Not another database of the same server: roles are the server's.
            ground = Ground::new(installation, roles, &tablespaces).await?;
            ground.run(graph, &all, Direction::Upgrade, &all.moves[..=at]).await?;
        }
        ground.run(graph, &all, Direction::Downgrade, std::slice::from_ref(step)).await?;
        down += 1;
        way_back.take(&mut now);
        let left = CatalogDiff::between(&now, &read_catalog(&ground.session).await?);
        if !left.is_empty() {
            findings.push(not_restored(revision, &left));
            astray = true;
        }
    }
    Ok(Proof {
        up: all.moves.len(),
        down,
        fingerprint,
        server_version: ground.server.release().to_owned(),
        findings,
    })
}

/// A shadow on which a history is proved.
struct Ground {
    /// Before the server, which ends with the value.
    session: Session,
    server: Server,
}

impl Ground {
    async fn new(
        installation: &Installation,
        roles: &[String],
        tablespaces: &BTreeSet<String>,
    ) -> Result<Self, Refusal> {
        const DATABASE: &str = "enact_shadow";
        let server = prepared_server(installation, DATABASE, roles, SUPERUSER, tablespaces).await?;
        let session = server.session(DATABASE).await?;
        Ok(Self { session, server })
    }

    /// Runs `moves` of the way through the whole history, up or down.
    async fn run(
        &self,
        graph: &RevisionGraph,
        all: &Transition,
        direction: Direction,
        moves: &[Move],
    ) -> Result<(), Refusal> {
        const SEARCH_PATH: &str = "\"$user\", public";
        let part = Transition {
            direction,
            from: all.from.clone(),
            to: all.to.clone(),
            moves: moves.to_vec(),
        };
        replay(&self.session, graph, &part, SEARCH_PATH).await
    }
}

/// What a revision found, told by what it changed: a schema for each of thousands of revisions
/// would not fit into memory.
struct WayBack {
    objects: Vec<(ObjectId, Option<Object>)>,
    unread: BTreeMap<String, u64>,
}

impl WayBack {
    fn from(after: &Catalog, mut before: Catalog) -> Self {
        let made = after.objects.keys().filter(|id| !before.objects.contains_key(id));
        let mut objects: Vec<_> = made.map(|id| (id.clone(), None)).collect();
        before.objects.retain(|id, object| after.objects.get(id) != Some(object));
        objects.extend(before.objects.into_iter().map(|(id, object)| (id, Some(object))));
        Self { objects, unread: before.unread }
    }

    fn take(self, catalog: &mut Catalog) {
        for (id, object) in self.objects {
            match object {
                Some(object) => catalog.objects.insert(id, object),
                None => catalog.objects.remove(&id),
            };
        }
        catalog.unread = self.unread;
    }
}

fn not_restored(revision: &Revision, left: &CatalogDiff) -> Finding {
    let finding = Finding::warning(
        Code::DownIncomplete,
        format!("the down part of `{}` does not restore the schema before it", revision.id),
    )
    .at(revision.source().place(revision.down().unwrap_or_default()))
    .help("undo in the down part what the up part did");
    left.to_string().lines().fold(finding, Finding::note)
}
