//! Trying the stages on two equal shadows: on the first each stage runs whole, as the executor will
//! run it, and the schema is read after it; on the second each statement runs alone in a
//! transaction, so that what it locks, rewrites and scans is told apart from what its neighbours do.

use futures_util::future::try_join3;

use crate::catalog::{Catalog, Inventory, InventoryDiff};
use crate::database::{PiecedCatalog, Touched, read_catalog, refusal};
use crate::diagnostic::Refusal;
use crate::graph::RevisionGraph;
use crate::plan::Mode;
use crate::plan::compile::RehearsedStage;
use crate::plan::draft::DraftStage;
use crate::plan::observation::{Known, Observation};
use crate::shadow::{ObserveError, Observer, Server};
use crate::statement::Statement;

use super::evidence::{self, Evidence};
use super::follow::Reading;
use super::tracking::tells_what_it_touches;

/// Deferred constraints speak here, as they do in the executor's transaction.
const DEFERRED: &str = "SET CONSTRAINTS ALL IMMEDIATE";

/// Two equal shadows, at the state that the target should be in.
pub(super) struct Rehearsal {
    /// Where stages run whole.
    whole: Shadow,
    /// Where statements run one by one.
    apart: Shadow,
    database: String,
    /// What the sessions are set to before each stage.
    settings: String,
    reading: Reading,
    /// The schema of the first, read by sessions of its own.
    schema: PiecedCatalog,
    /// Whether every schema before this one was exact.
    exact: bool,
}

struct Shadow {
    server: Server,
    observer: Observer,
}

impl Shadow {
    /// What an earlier stage has SET is undone, as the executor does it.
    async fn reset(&self, settings: &str) -> Result<(), Refusal> {
        self.observer
            .worker()
            .client()
            .batch_execute(settings)
            .await
            .map_err(|error| refusal(&error, "set a shadow up"))
    }
}

impl Rehearsal {
    /// Makes two out of one shadow.
    pub(super) async fn on(
        shadow: Server,
        database: &str,
        settings: &str,
        reading: Reading,
    ) -> Result<Self, Refusal> {
        let (whole, apart) = shadow.fork().await?;
        let observer = Observer::tracking(&whole, database).await?;
        let connect = || whole.session(database);
        let (one, other, parts) = try_join3(connect(), connect(), connect()).await?;
        let schema = PiecedCatalog::open([one, other], parts).await?;
        let whole = Shadow { server: whole, observer };
        let observer = Observer::new(&apart, database).await?;
        let apart = Shadow { server: apart, observer };
        Ok(Self {
            reading,
            exact: true,
            whole,
            apart,
            database: database.to_owned(),
            settings: settings.to_owned(),
            schema,
        })
    }

    /// The schema as it is now.
    pub(super) fn inventory(&self) -> &Inventory {
        self.schema.inventory()
    }

    /// The whole schema as it is now, object by object.
    ///
    /// # Errors
    /// Those of the shadow.
    pub(super) async fn catalog(&self) -> Result<Catalog, Refusal> {
        read_catalog(&self.whole.server.session(&self.database).await?).await
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
        let told = this.reading == Reading::Touched && tells_what_it_touches(drafted);
        if !told {
            // Or what a reading of parts had missed would be laid at this stage's door.
            this.schema.confirm().await?;
        }
        let together = match this.run_whole(drafted).await {
            Ok(observation) => observation,
            Err(ObserveError::Statement { index, error }) => {
                let at = (index < drafted.statements.len()).then_some(index);
                let evidence = evidence::read(graph, drafted, at, &error);
                return Ok((this, Err(evidence)));
            }
            Err(ObserveError::Shadow(refusal)) => return Err(refusal),
        };
        let touched = if told { this.whole.observer.touched() } else { Touched::anything() };
        let diff = this.schema.read(&[&touched]).await?.pop().unwrap_or_default();
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

    /// Whether the schema, read whole, is what the readings after the stages have made of it.
    ///
    /// # Errors
    /// Those of the shadow.
    pub(super) async fn confirm(&mut self) -> Result<bool, Refusal> {
        Ok(self.schema.confirm().await? && self.exact)
    }

    async fn run_whole(&mut self, drafted: &DraftStage) -> Result<Observation, ObserveError> {
        self.whole.reset(&self.settings).await.map_err(ObserveError::Shadow)?;
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
        self.apart.reset(&self.settings).await.map_err(ObserveError::Shadow)?;
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
    async fn made_equal(mut self) -> Result<Self, Refusal> {
        let exact = self.confirm().await?;
        let Self { whole, apart, database, settings, reading, schema, .. } = self;
        let Shadow { server, observer } = whole;
        drop((observer, schema, apart));
        let anew = Self::on(server, &database, &settings, reading).await?;
        Ok(Self { exact, ..anew })
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
