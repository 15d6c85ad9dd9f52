//! Trying the stages on two equal shadows: on the first each stage runs whole, as the executor will
//! run it, and the schema is read after it; on the second each statement runs alone in a
//! transaction, so that what it locks, rewrites and scans is told apart from what its neighbours do.

use crate::catalog::{Inventory, InventoryDiff};
use crate::database::{Session, read_catalog, refusal};
use crate::diagnostic::Refusal;
use crate::graph::RevisionGraph;
use crate::plan::compile::RehearsedStage;
use crate::plan::draft::DraftStage;
use crate::plan::observation::{Known, Observation};
use crate::plan::{Mode, SESSION_SQL};
use crate::shadow::{ObserveError, Observer, Server};
use crate::statement::Statement;

use super::evidence::{self, Evidence};

/// Deferred constraints speak here, as they do in the executor's transaction.
const DEFERRED: &str = "SET CONSTRAINTS ALL IMMEDIATE";

/// Two equal shadows, at the state that the target should be in.
pub(super) struct Rehearsal {
    /// Where stages run whole.
    whole: Shadow,
    /// Where statements run one by one.
    apart: Shadow,
    database: String,
    search_path: String,
    inventory: Inventory,
}

struct Shadow {
    server: Server,
    observer: Observer,
    /// Reads the schema; the observer's own sessions do not.
    reader: Session,
}

impl Shadow {
    async fn open(server: Server, database: &str) -> Result<Self, Refusal> {
        let observer = Observer::new(&server, database).await?;
        let reader = server.session(database).await?;
        Ok(Self { server, observer, reader })
    }

    /// What an earlier stage has SET is undone, as the executor does it.
    async fn reset(&self, search_path: &str) -> Result<(), Refusal> {
        self.observer
            .worker()
            .client()
            .batch_execute(&format!("{SESSION_SQL}; SET search_path = {search_path}"))
            .await
            .map_err(|error| refusal(&error, "set a shadow up"))
    }
}

impl Rehearsal {
    /// Makes two out of one shadow.
    pub(super) async fn on(
        shadow: Server,
        database: &str,
        search_path: &str,
    ) -> Result<Self, Refusal> {
        let (whole, apart) = shadow.fork().await?;
        let whole = Shadow::open(whole, database).await?;
        let apart = Shadow::open(apart, database).await?;
        let inventory = read_catalog(&whole.reader).await?.inventory();
        Ok(Self {
            whole,
            apart,
            database: database.to_owned(),
            search_path: search_path.to_owned(),
            inventory,
        })
    }

    /// The schema as it is now.
    pub(super) fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// Tries one stage.
    ///
    /// # Errors
    /// Those of the shadows; what the stage itself does wrong is the inner error.
    pub(super) async fn stage(
        self,
        graph: &RevisionGraph,
        drafted: &DraftStage,
    ) -> Result<(Self, Result<RehearsedStage, Evidence>), Refusal> {
        if drafted.statements.is_empty() {
            return Ok((
                self,
                Ok(RehearsedStage { steps: Vec::new(), diff: InventoryDiff::default() }),
            ));
        }
        let mut this = self;
        let together = match this.run_whole(drafted).await {
            Ok(observation) => observation,
            Err(ObserveError::Statement { index, error }) => {
                let at = (index < drafted.statements.len()).then_some(index);
                let evidence = evidence::read(graph, drafted, at, &error);
                return Ok((this, Err(evidence)));
            }
            Err(ObserveError::Shadow(refusal)) => return Err(refusal),
        };
        let after = read_catalog(&this.whole.reader).await?.inventory();
        let diff = InventoryDiff::between(&this.inventory, &after);
        this.inventory = after;
        let steps = match this.run_apart(drafted).await {
            Ok(steps) => steps,
            Err(ObserveError::Shadow(refusal)) => return Err(refusal),
            Err(ObserveError::Statement { .. }) => {
                this = this.made_equal().await?;
                union(together, drafted.statements.len())
            }
        };
        Ok((this, Ok(RehearsedStage { steps, diff })))
    }

    async fn run_whole(&mut self, drafted: &DraftStage) -> Result<Observation, ObserveError> {
        self.whole.reset(&self.search_path).await.map_err(ObserveError::Shadow)?;
        match (drafted.mode, drafted.statements.as_slice()) {
            (Mode::Alone, [statement, ..]) => self.whole.observer.outside(statement.sql()).await,
            (_, statements) => {
                let mut texts: Vec<&str> = statements.iter().map(Statement::sql).collect();
                texts.push(DEFERRED);
                self.whole.observer.together(&texts).await
            }
        }
    }

    async fn run_apart(&mut self, drafted: &DraftStage) -> Result<Vec<Observation>, ObserveError> {
        self.apart.reset(&self.search_path).await.map_err(ObserveError::Shadow)?;
        let mut steps = Vec::with_capacity(drafted.statements.len());
        for statement in &drafted.statements {
            let observer = &mut self.apart.observer;
            steps.push(match drafted.mode {
                Mode::Alone => observer.outside(statement.sql()).await?,
                Mode::Transaction => observer.alone(statement.sql()).await?,
            });
        }
        Ok(steps)
    }

    /// A statement could not run without its neighbours, so the second shadow went a way of its
    /// own: it is made anew from the first.
    async fn made_equal(self) -> Result<Self, Refusal> {
        let Self { whole, apart, database, search_path, .. } = self;
        let Shadow { server, observer, reader } = whole;
        drop((observer, reader));
        drop(apart);
        Self::on(server, &database, &search_path).await
    }
}

/// Where statements could not be told apart, the first carries what all of them did.
fn union(together: Observation, statements: usize) -> Vec<Observation> {
    let mut steps = vec![Observation::empty(Known::ObservedTogether); statements];
    if let Some(first) = steps.first_mut() {
        *first = together;
    }
    steps
}
