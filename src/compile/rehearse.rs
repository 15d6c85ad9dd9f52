//! Trying the stages on two equal shadows: on the first each stage runs whole, as the executor will
//! run it, and the schema is read after it; on the second each statement runs alone in a
//! transaction, so that what it locks, rewrites and scans is told apart from what its neighbours do.

use crate::catalog::{Inventory, InventoryDiff, Replacement};
use crate::database::{RelationReader, Session, read_catalog, refusal};
use crate::diagnostic::Refusal;
use crate::graph::RevisionGraph;
use crate::plan::compile::RehearsedStage;
use crate::plan::draft::DraftStage;
use crate::plan::observation::{Change, Known, Observation};
use crate::plan::{Mode, SESSION_SQL};
use crate::shadow::{ObserveError, Observer, Server};
use crate::statement::{Kind, Statement};

use super::evidence::{self, Evidence};

/// Deferred constraints speak here, as they do in the executor's transaction.
const DEFERRED: &str = "SET CONSTRAINTS ALL IMMEDIATE";

/// How the schema is read after a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// All of it.
    Whole,
    /// Where a stage only adds, what it can have touched; the result is to be
    /// [confirmed](Rehearsal::confirm).
    Touched,
}

/// Two equal shadows, at the state that the target should be in.
pub(super) struct Rehearsal {
    /// Where stages run whole.
    whole: Shadow,
    /// Where statements run one by one.
    apart: Shadow,
    database: String,
    search_path: String,
    inventory: Inventory,
    reading: Reading,
    touched: RelationReader,
    /// Whether the inventory holds what only readings of parts have told.
    pieced: bool,
    /// Whether every confirmation so far agreed.
    exact: bool,
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
        reading: Reading,
    ) -> Result<Self, Refusal> {
        let (whole, apart) = shadow.fork().await?;
        let whole = Shadow::open(whole, database).await?;
        let apart = Shadow::open(apart, database).await?;
        let inventory = read_catalog(&whole.reader).await?.inventory();
        Ok(Self {
            reading,
            touched: RelationReader::prepare(whole.reader.client()).await?,
            pieced: false,
            exact: true,
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
        if this.pieced && !may_only_add(drafted) {
            // Or what a reading of parts had missed would be laid at this stage's door.
            this.confirm().await?;
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
        let diff = if this.reading == Reading::Touched && only_adds(drafted, &together) {
            this.read_touched().await?
        } else {
            this.read_whole().await?
        };
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
        if self.pieced {
            let now = read_catalog(&self.whole.reader).await?.inventory();
            self.exact &= now == self.inventory;
            self.pieced = false;
        }
        Ok(self.exact)
    }

    async fn read_whole(&mut self) -> Result<InventoryDiff, Refusal> {
        let after = read_catalog(&self.whole.reader).await?.inventory();
        let diff = InventoryDiff::between(&self.inventory, &after);
        self.inventory = after;
        Ok(diff)
    }

    /// A reading whose cost grows with the stage, and not with the schema.
    async fn read_touched(&mut self) -> Result<InventoryDiff, Refusal> {
        let client = self.whole.reader.client();
        let mut diff = InventoryDiff::default();
        for (id, object) in self.touched.read(client, self.whole.observer.held()).await? {
            let (before, after) = (self.inventory.get(&id), Some(object.digest(&id)));
            if before != after {
                self.inventory.set(id.clone(), after);
                diff.0.insert(id, Replacement { before, after });
            }
        }
        self.pieced = true;
        Ok(diff)
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
        let Self { whole, apart, database, search_path, reading, exact, pieced, inventory, .. } =
            self;
        let Shadow { server, observer, reader } = whole;
        drop((observer, reader));
        drop(apart);
        let anew = Self::on(server, &database, &search_path, reading).await?;
        Ok(Self { exact: exact && (!pieced || anew.inventory == inventory), ..anew })
    }
}

/// Whether a stage, by its text, only makes new relations or says something about objects.
fn may_only_add(drafted: &DraftStage) -> bool {
    const KINDS: [Kind; 4] =
        [Kind::CreateTable, Kind::CreateIndex, Kind::CreateSequence, Kind::Comment];
    drafted.mode == Mode::Transaction
        && drafted.statements.iter().all(|statement| KINDS.contains(&statement.kind()))
}

/// Whether it only did so to relations: then nothing else describes itself otherwise than before,
/// as a view does when a column of its table is renamed, and every relation concerned was locked.
fn only_adds(drafted: &DraftStage, observed: &Observation) -> bool {
    const OBJECTS: [&str; 5] = ["table", "table column", "table constraint", "index", "sequence"];
    may_only_add(drafted)
        && observed.rewritten.is_empty()
        && observed.objects.iter().all(|object| {
            object.change != Change::Dropped && OBJECTS.contains(&object.kind.as_str())
        })
}

/// Where statements could not be told apart, the first carries what all of them did.
fn union(together: Observation, statements: usize) -> Vec<Observation> {
    let mut steps = vec![Observation::empty(Known::ObservedTogether); statements];
    if let Some(first) = steps.first_mut() {
        *first = together;
    }
    steps
}
