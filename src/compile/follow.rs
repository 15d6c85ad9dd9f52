//! A schema that is read after each stage. In: the stages of a replay. Out: what each move changed.
//!
//! A stage is committed, and what it touched is read, while the next one runs, up to its commit: nobody
//! sees what is not committed. Stages that make new relations and touch nothing else do not mind each
//! other, and are read together.

use std::collections::BTreeSet;

use futures_util::future::join;

use crate::catalog::InventoryDiff;
use crate::database::stage::{self, Open, Question, StatementError};
use crate::database::{PiecedCatalog, Session, Touched, refusal};
use crate::diagnostic::Refusal;
use crate::plan::Mode;
use crate::plan::draft::DraftStage;
use crate::revision::RevisionId;
use crate::shadow::{BEGIN_TRACKING, TRACKED, TRACKED_AT_ONCE, tracked};
use crate::statement::{Action, Statement};

use super::evidence;
use super::tracking::{may_run_twice, tells_what_it_touches};

/// How a schema is read after a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// All of it.
    Whole,
    /// What the stage touched; the result is to be confirmed.
    Touched,
}

/// No more stages than these are run apart after one that could not be run beside a reading.
const MOST_APART: usize = 64;

/// A schema, and the stages that it follows.
pub(super) struct Following<'a> {
    schema: &'a mut PiecedCatalog,
    reading: Reading,
    /// The newest stage and its transaction, while that is not committed.
    open: Option<(RevisionId, Open<'a>)>,
    /// What was touched and is not read yet, each with its place among `changes`.
    due: Vec<(usize, Touched)>,
    /// The highest id there is, while all that is due only makes relations.
    made: Option<u32>,
    /// The relations that those stages name.
    named: BTreeSet<String>,
    /// So many stages in a row only make.
    making: usize,
    /// So many stages are still to be run apart from the reading before them, after one could not be
    /// run beside it.
    apart: usize,
    /// How many it was when it was so last. It doubles, and halves where all goes well.
    penalty: usize,
    /// How it is asked what was touched.
    tracked_by: &'static str,
    /// What each move changed, so far.
    changes: Vec<InventoryDiff>,
}

impl<'a> Following<'a> {
    pub(super) fn new(schema: &'a mut PiecedCatalog, reading: Reading) -> Self {
        Self {
            made: Some(schema.newest()),
            schema,
            reading,
            open: None,
            due: Vec::new(),
            named: BTreeSet::new(),
            making: 0,
            apart: 0,
            penalty: 0,
            tracked_by: TRACKED_AT_ONCE,
            changes: Vec::new(),
        }
    }

    /// What follows belongs to the next move.
    pub(super) fn next_move(&mut self) {
        self.changes.push(InventoryDiff::default());
    }

    /// Runs a stage of the newest move, and has what it touched read, now or later.
    ///
    /// # Errors
    /// Those of the shadow, and what the stage before does wrong at its commit; what the stage itself
    /// does wrong is the inner error.
    pub(super) async fn run(
        &mut self,
        session: &'a Session,
        search_path: &str,
        drafted: &DraftStage,
    ) -> Result<Result<(), StatementError>, Refusal> {
        let tells = self.reading == Reading::Touched && tells_what_it_touches(drafted);
        if !tells || drafted.mode == Mode::Alone {
            return self.run_at_rest(session, search_path, drafted, tells).await;
        }
        let mut held = drafted.statements.iter().flat_map(held);
        let meets = held.any(|name| self.named.contains(name));
        if self.apart > 0 || meets || !may_run_twice(drafted) {
            self.apart = self.apart.saturating_sub(1);
            self.settle(true).await?;
        }
        self.run_beside(session, search_path, drafted).await
    }

    /// Commits what is open, and reads what is due, or is not worth waiting for more. Where only the
    /// reading fails, it is due still.
    async fn settle(&mut self, wholly: bool) -> Result<(), Unsettled> {
        self.commit().await.map_err(Unsettled::Commit)?;
        let waits = !wholly && self.due.len() < self.together() && self.made.is_some();
        if waits { Ok(()) } else { self.read_due().await.map_err(Unsettled::Reading) }
    }

    /// So many are read together, if they only make: twice as many with each stage in a row.
    fn together(&self) -> usize {
        let doublings = u32::try_from(self.making.saturating_sub(2)).unwrap_or(u32::MAX);
        2_usize.saturating_pow(doublings)
    }

    async fn commit(&mut self) -> Result<(), Refusal> {
        if let Some((revision, open)) = self.open.take() {
            let committed = open.commit().await?;
            committed.map_err(|failed| evidence::at_the_end(&revision, &failed.error))?;
        }
        Ok(())
    }

    /// Settles everything, and compares what was read with a reading of the whole.
    ///
    /// # Errors
    /// As [`Following::run`].
    pub(super) async fn conclude(mut self) -> Result<Vec<InventoryDiff>, Refusal> {
        self.commit().await?;
        let touched: Vec<&Touched> = self.due.iter().map(|(_, touched)| touched).collect();
        if self.made.is_some() && !touched.is_empty() {
            let read = self.schema.conclude(&touched).await?;
            self.take(read);
        } else {
            self.read_due().await?;
            self.schema.confirm().await?;
        }
        Ok(self.changes)
    }

    /// Reads what is due, where that would not be the same after a stage that `touched` is committed.
    async fn make_room(&mut self, touched: &Touched) -> Result<(), Refusal> {
        if self.made.and_then(|newest| touched.only_made(newest)).is_some() {
            self.making += 1;
            return Ok(());
        }
        self.making = 0;
        self.read_due().await
    }

    /// What a stage of the newest move touched is to be read.
    async fn touched(&mut self, drafted: &DraftStage, touched: Touched) -> Result<(), Refusal> {
        let everything = touched.anything;
        self.made = self.made.and_then(|newest| touched.only_made(newest));
        self.due.push((self.changes.len() - 1, touched));
        self.named.extend(drafted.statements.iter().flat_map(named).map(str::to_owned));
        if everything { Ok(self.settle(true).await?) } else { Ok(()) }
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
        self.made = Some(self.schema.newest());
        self.named.clear();
    }

    /// Runs a stage in a transaction while the one before is settled.
    async fn run_beside(
        &mut self,
        session: &'a Session,
        search_path: &str,
        drafted: &DraftStage,
    ) -> Result<Result<(), StatementError>, Refusal> {
        let statements: Vec<&str> = drafted.statements.iter().map(Statement::sql).collect();
        loop {
            let is_beside = self.open.is_some() || !self.due.is_empty();
            let question = Question { begin: BEGIN_TRACKING, end: self.tracked_by };
            let opening = stage::open(session, search_path, &statements, Some(question));
            // In this order: the commit is sent first.
            let (settled, opened) = join(self.settle(false), opening).await;
            let unread = match (settled, opened?) {
                (Ok(()), Ok(open)) => {
                    let touched = tracked(open.answer().first(), false);
                    if self.make_room(&touched).await.is_ok() {
                        self.penalty /= 2;
                        self.open = Some((drafted.revision.clone(), open));
                        self.touched(drafted, touched).await?;
                        return Ok(Ok(()));
                    }
                    Some(open)
                }
                // The function may be gone; the query that it is made of never is.
                (Ok(()), Err(StatementError { at: None, .. })) if self.tracked_by != TRACKED => {
                    self.tracked_by = TRACKED;
                    None
                }
                // It may have met the lock of a reading.
                (Ok(()), Err(failed)) if is_beside && IMPATIENT.contains(&failed.sqlstate()) => {
                    None
                }
                (Ok(()), Err(failed)) => return Ok(Err(failed)),
                (Err(Unsettled::Commit(refusal)), _) => return Err(refusal),
                (Err(Unsettled::Reading(_)), opened) => opened.ok(),
            };
            // The stage may hold a lock that the reading needs: one after the other.
            if let Some(open) = unread {
                open.roll_back().await?;
                self.penalty = (self.penalty * 2).clamp(1, MOST_APART);
                self.apart = self.penalty;
            }
            self.settle(true).await?;
        }
    }

    /// Whether what tells at once is there still, after a stage that may have done anything.
    async fn look_for_the_function(&mut self, session: &Session) -> Result<(), Refusal> {
        let sql = "SELECT pg_catalog.to_regprocedure('pg_enact.tracked()') IS NULL";
        let rows = session.client().query_typed(sql, &[]).await;
        let rows = rows.map_err(|error| refusal(&error, "watch the shadow"))?;
        if rows.first().is_none_or(|row| row.get(0)) {
            self.tracked_by = TRACKED;
        }
        Ok(())
    }

    /// Runs a stage after everything before it is settled.
    async fn run_at_rest(
        &mut self,
        session: &Session,
        search_path: &str,
        drafted: &DraftStage,
        tells: bool,
    ) -> Result<Result<(), StatementError>, Refusal> {
        self.settle(true).await?;
        self.making = 0;
        if !tells {
            // Or what a reading of parts had missed would be laid at this stage's door.
            self.schema.confirm().await?;
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
        if !tells {
            self.look_for_the_function(session).await?;
        }
        self.touched(drafted, touched).await?;
        Ok(Ok(()))
    }
}

/// What a statement fails with that does not wait for a lock, or waits for one in vain.
const IMPATIENT: [&str; 2] = ["55P03", "40P01"];

/// The relations of which a statement makes something whose reading opens them, as far as can be seen:
/// views and expressions are written with the names of columns. Without their schemas.
fn named(statement: &Statement) -> Vec<&str> {
    let text = statement.sql().to_ascii_uppercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match statement.action() {
        Action::CreateView(name) => vec![&name.name],
        Action::CreateTable { name, .. } | Action::AlterTable { name, .. }
            if says(&["CHECK", "EXCLUDE", "GENERATED"]) =>
        {
            vec![&name.name]
        }
        Action::CreateIndex { table: name, .. }
            if says(&["WHERE"]) || text.matches('(').count() > 1 =>
        {
            vec![&name.name]
        }
        _ => Vec::new(),
    }
}

/// Those that it locks against readings too, as far as it says so. What it does not say, the reading will
/// run into.
fn held(statement: &Statement) -> Vec<&str> {
    match statement.action() {
        Action::CreateView(name) | Action::AlterTable { name, .. } => vec![&name.name],
        Action::DropTable { names, .. } | Action::Truncate { tables: names, .. } => {
            names.iter().map(|name| name.name.as_str()).collect()
        }
        _ => Vec::new(),
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
