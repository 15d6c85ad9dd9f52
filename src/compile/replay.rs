//! Revisions run on a shadow, one after another: to bring it to the state that a target should be
//! in, and to prove in CI that every revision runs, up and down.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join;

use crate::catalog::{Catalog, CatalogDiff, Ignore, InventoryDiff, Object, ObjectId};
use crate::database::stage::{self, Open, Question, StatementError};
use crate::database::{PiecedCatalog, Session, Touched, read_catalog};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::digest::Digest;
use crate::graph::{Direction, Heads, Move, RevisionGraph, Transition};
use crate::plan::Mode;
use crate::plan::compile::hidden_object;
use crate::plan::draft::{DraftStage, draft};
use crate::revision::{Revision, RevisionId};
use crate::shadow::{
    BEGIN_TRACKING, Installation, SUPERUSER, Server, TRACKED, TRACKED_AT_ONCE, tracked,
};
use crate::statement::Statement;

use super::evidence::{self, Evidence};
use super::tracking::tells_what_it_touches;

/// What a shadow needs before the first revision: the roles that revisions name, and a superuser that
/// stands for the `migrating` role. A role that the revisions make is none of `roles`, and has no
/// stand-in.
pub(super) async fn prepared_server(
    installation: &Installation,
    database: &str,
    roles: &[String],
    migrating: &str,
) -> Result<Server, Refusal> {
    let mut server = Server::start(installation).await?;
    let is_known = roles.iter().any(|role| role == migrating);
    let superuser = if is_known { migrating } else { SUPERUSER };
    server.stand_for(superuser).await?;
    for role in roles.iter().filter(|role| *role != superuser) {
        server.create_role(role).await?;
    }
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
        replay_one(session, graph, &single, search_path, &mut None).await?;
    }
    Ok(())
}

/// A step of a transition as one.
fn one_of(transition: &Transition, step: &Move) -> Transition {
    let Transition { direction, from, to, .. } = transition;
    let (from, to) = (from.clone(), to.clone());
    Transition { direction: *direction, from, to, moves: vec![step.clone()] }
}

/// How a schema is read after a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// All of it.
    Whole,
    /// What the stage touched; the result is to be confirmed.
    Touched,
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
    let mut following = Some(Following::new(schema, reading));
    for step in &transition.moves {
        let single = one_of(transition, step);
        if let Some(following) = &mut following {
            following.changes.push(InventoryDiff::default());
        }
        replay_one(session, graph, &single, search_path, &mut following).await?;
    }
    match following {
        Some(following) => following.conclude().await,
        None => Ok(Vec::new()),
    }
}

/// A schema that is read after each stage. A stage is committed, and what it touched is read, while the next
/// one runs, up to its commit: nobody sees what is not committed. Stages that make new relations and touch
/// nothing else do not mind each other, and are read together.
struct Following<'a> {
    schema: &'a mut PiecedCatalog,
    reading: Reading,
    /// The newest stage and its transaction, while that is not committed.
    open: Option<(RevisionId, Open<'a>)>,
    /// What was touched and is not read yet, each with its place among `changes`.
    due: Vec<(usize, Touched)>,
    /// So many are read together, if they only make. It doubles while they do.
    together: usize,
    /// What each move changed, so far.
    changes: Vec<InventoryDiff>,
}

impl<'a> Following<'a> {
    fn new(schema: &'a mut PiecedCatalog, reading: Reading) -> Self {
        let (open, due, changes) = (None, Vec::new(), Vec::new());
        Self { schema, reading, open, due, together: 1, changes }
    }

    /// Commits what is open, and reads what is due, or is not worth waiting for more. Where only the
    /// reading fails, it is due still.
    async fn settle(&mut self, wholly: bool) -> Result<(), Unsettled> {
        self.commit().await.map_err(Unsettled::Commit)?;
        let waits = !wholly && self.due.len() < self.together && self.only_makes(&[]);
        if waits { Ok(()) } else { self.read_due().await.map_err(Unsettled::Reading) }
    }

    async fn commit(&mut self) -> Result<(), Refusal> {
        if let Some((revision, open)) = self.open.take() {
            let committed = open.commit().await?;
            committed.map_err(|failed| evidence::at_the_end(&revision, &failed.error))?;
        }
        Ok(())
    }

    /// Settles everything, and compares what was read with a reading of the whole.
    async fn conclude(mut self) -> Result<Vec<InventoryDiff>, Refusal> {
        self.commit().await?;
        let touched: Vec<&Touched> = self.due.iter().map(|(_, touched)| touched).collect();
        if self.only_makes(&[]) && !touched.is_empty() {
            let read = self.schema.conclude(&touched).await?;
            self.take(read);
        } else {
            self.read_due().await?;
            self.schema.confirm().await?;
        }
        Ok(self.changes)
    }

    /// Whether all that is due, and `more`, only makes new relations.
    fn only_makes(&self, more: &[&Touched]) -> bool {
        let due = self.due.iter().map(|(_, touched)| touched);
        self.schema.are_only_made(due.chain(more.iter().copied()))
    }

    /// Reads what is due, where that would not be the same after a stage that `touched` is committed.
    async fn make_room(&mut self, touched: &Touched) -> Result<(), Refusal> {
        if self.only_makes(&[touched]) {
            self.together = self.together.saturating_mul(2);
            return Ok(());
        }
        self.together = 1;
        self.read_due().await
    }

    /// What the newest move touched is to be read.
    fn touched(&mut self, touched: Touched) {
        self.due.push((self.changes.len() - 1, touched));
    }

    async fn read_due(&mut self) -> Result<(), Refusal> {
        let touched: Vec<&Touched> = self.due.iter().map(|(_, touched)| touched).collect();
        let read = self.schema.read(&touched).await?;
        self.take(read);
        Ok(())
    }

    /// What was read of all that was due.
    fn take(&mut self, read: Vec<InventoryDiff>) {
        for ((at, _), read) in self.due.drain(..).zip(read) {
            self.changes[at].then(read);
        }
    }
}

/// Why what is due is not settled.
enum Unsettled {
    /// It is not committed, nor will be.
    Commit(Refusal),
    /// It is not read.
    Reading(Refusal),
}

impl From<Unsettled> for Refusal {
    fn from(unsettled: Unsettled) -> Self {
        match unsettled {
            Unsettled::Commit(refusal) | Unsettled::Reading(refusal) => refusal,
        }
    }
}

async fn replay_one<'a>(
    session: &'a Session,
    graph: &RevisionGraph,
    single: &Transition,
    search_path: &str,
    following: &mut Option<Following<'a>>,
) -> Result<(), Refusal> {
    let mut boundaries = BTreeSet::new();
    let mut done = 0;
    'again: loop {
        let stages = draft(graph, single, &boundaries)?;
        for drafted in &stages[done..] {
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
    following: &mut Option<Following<'a>>,
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
        (_, statements, Some(following)) => {
            let tells = following.reading == Reading::Touched && tells_what_it_touches(drafted);
            match (drafted.mode, tells) {
                (Mode::Transaction, true) => {
                    followed(session, search_path, drafted, statements, following).await?
                }
                _ => followed_at_rest(session, search_path, drafted, tells, following).await?,
            }
        }
    };
    Ok(ran.map_err(|failed| evidence::read(graph, drafted, failed.at, &failed.error)))
}

/// Runs a stage in a transaction while the one before is settled.
async fn followed<'a>(
    session: &'a Session,
    search_path: &str,
    drafted: &DraftStage,
    statements: &[&str],
    following: &mut Following<'a>,
) -> Result<Result<(), StatementError>, Refusal> {
    let mut tracked_by = TRACKED_AT_ONCE;
    loop {
        let question = Question { begin: BEGIN_TRACKING, end: tracked_by };
        let opening = stage::open(session, search_path, statements, Some(question));
        // In this order: the commit is sent first.
        let (settled, opened) = join(following.settle(false), opening).await;
        let unread = match (settled, opened?) {
            (Ok(()), Ok(open)) => {
                let touched = tracked(open.answer().first(), false);
                if following.make_room(&touched).await.is_err() {
                    Some(open)
                } else {
                    let everything = touched.anything;
                    following.open = Some((drafted.revision.clone(), open));
                    following.touched(touched);
                    if everything {
                        following.settle(true).await?;
                    }
                    return Ok(Ok(()));
                }
            }
            // The function may be gone; the query that it is made of never is.
            (Ok(()), Err(StatementError { at: None, .. })) if tracked_by != TRACKED => {
                tracked_by = TRACKED;
                None
            }
            (Ok(()), Err(failed)) => return Ok(Err(failed)),
            (Err(Unsettled::Commit(refusal)), _) => return Err(refusal),
            (Err(Unsettled::Reading(_)), opened) => opened.ok(),
        };
        // The stage may hold a lock that the reading needs: one after the other.
        if let Some(open) = unread {
            open.roll_back().await?;
        }
        following.settle(true).await?;
    }
}

/// Runs a stage after everything before it is settled.
async fn followed_at_rest<'a>(
    session: &'a Session,
    search_path: &str,
    drafted: &DraftStage,
    tells: bool,
    following: &mut Following<'a>,
) -> Result<Result<(), StatementError>, Refusal> {
    following.settle(true).await?;
    if !tells {
        // Or what a reading of parts had missed would be laid at this stage's door.
        following.schema.confirm().await?;
    }
    let alone = drafted.mode == Mode::Alone;
    let statements: Vec<&str> = drafted.statements.iter().map(Statement::sql).collect();
    let ran = if alone {
        let question = tells.then_some(Question { begin: BEGIN_TRACKING, end: TRACKED });
        stage::alone_asking(session, search_path, statements[0], question).await?
    } else {
        stage::in_transaction(session, search_path, &statements).await?.map(|()| Vec::new())
    };
    let rows = match ran {
        Ok(rows) => rows,
        Err(failed) => return Ok(Err(failed)),
    };
    let touched = if tells { tracked(rows.first(), alone) } else { Touched::anything() };
    let everything = touched.anything;
    following.touched(touched);
    if everything {
        following.settle(true).await?;
    }
    Ok(Ok(()))
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
    let mut ground = Ground::new(installation, roles).await?;
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
            ground = Ground::new(installation, roles).await?;
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
    async fn new(installation: &Installation, roles: &[String]) -> Result<Self, Refusal> {
        const DATABASE: &str = "enact_shadow";
        let server = prepared_server(installation, DATABASE, roles, SUPERUSER).await?;
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
