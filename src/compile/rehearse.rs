//! Trying the stages on two equal shadows: on the first each stage runs as the executor will run
//! it, and the schema is read after it; on the second each statement runs alone in a transaction,
//! so that what it locks, rewrites and scans can be told apart from what its neighbours do.

use crate::catalog::Inventory;
use crate::database::catalog::read_catalog;
use crate::database::stage::{self, StatementError};
use crate::database::Session;
use crate::diagnostic::{Code, Refusal};
use crate::plan::Mode;
use crate::plan::compile::{RehearsedStage, effects};
use crate::plan::draft::DraftStage;
use crate::plan::observation::{Known, Observation};
use crate::shadow::{Observer, Server};

use super::evidence::{self, Evidence};

/// Two equal shadows, at the state that the target should be in.
pub(super) struct Rehearsal {
    /// Where stages run whole.
    whole: (Server, Session),
    /// Where statements are watched; absent while it must be made anew.
    watched: Option<(Server, Observer)>,
    database: String,
    search_path: String,
    inventory: Inventory,
}

impl Rehearsal {
    /// Makes two out of one shadow.
    pub(super) async fn on(
        shadow: Server,
        database: &str,
        search_path: &str,
    ) -> Result<Self, Refusal> {
        let (whole, watched) = shadow.fork().await?;
        let session = whole.session(database).await?;
        let inventory = read_catalog(&session).await?.inventory();
        let observer = Observer::new(&watched, database, search_path).await?;
        Ok(Self {
            whole: (whole, session),
            watched: Some((watched, observer)),
            database: database.to_owned(),
            search_path: search_path.to_owned(),
            inventory,
        })
    }

    /// Tries one stage.
    ///
    /// # Errors
    /// Those of the shadows; what the stage itself does wrong is the inner error.
    pub(super) async fn stage(
        &mut self,
        drafted: &DraftStage,
    ) -> Result<Result<RehearsedStage, Evidence>, Refusal> {
        if drafted.statements.is_empty() {
            return Ok(Ok(RehearsedStage { steps: Vec::new(), effects: Vec::new() }));
        }
        let (ran, watched) = tokio::join!(self.run(drafted), self.watch(drafted));
        if let Err(StatementError { at, error }) = ran? {
            return Ok(Err(evidence::read(drafted, at, &error)));
        }
        let steps = match watched? {
            Some(steps) => steps,
            None => self.together(drafted).await?,
        };
        let after = read_catalog(&self.whole.1).await?.inventory();
        let effects = effects(&self.inventory, &after);
        self.inventory = after;
        Ok(Ok(RehearsedStage { steps, effects }))
    }

    async fn run(&self, drafted: &DraftStage) -> Result<Result<(), StatementError>, Refusal> {
        let session = &self.whole.1;
        let statements: Vec<&str> =
            drafted.statements.iter().map(crate::statement::Statement::sql).collect();
        match drafted.mode {
            Mode::Transaction => {
                stage::in_transaction(session, &self.search_path, &statements).await
            }
            Mode::Alone => stage::alone(session, &self.search_path, statements[0]).await,
        }
    }

    /// `None`, if a statement cannot run without its neighbours.
    async fn watch(&self, drafted: &DraftStage) -> Result<Option<Vec<Observation>>, Refusal> {
        let Some((_, observer)) = &self.watched else { return Ok(None) };
        let mut steps = Vec::with_capacity(drafted.statements.len());
        for statement in &drafted.statements {
            let seen = match drafted.mode {
                Mode::Transaction => observer.alone(statement.sql()).await?,
                Mode::Alone => observer.outside(statement).await?,
            };
            match seen {
                Ok(observation) => steps.push(observation),
                Err(_) => return Ok(None),
            }
        }
        Ok(Some(steps))
    }

    /// The watched shadow is in a state of its own now: it is made anew from the one where the
    /// stage ran whole, and what could not be told apart is said to be unknown.
    async fn together(&mut self, drafted: &DraftStage) -> Result<Vec<Observation>, Refusal> {
        Err(Refusal::new(Code::Bug, format!("not yet: {}", drafted.revision)))
    }

    /// The schema at the start.
    pub(super) fn inventory(&self) -> &Inventory {
        &self.inventory
    }
}
