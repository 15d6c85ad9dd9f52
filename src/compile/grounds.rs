//! Where stages are tried: shadows at the state that they start from.

use std::collections::BTreeSet;

use crate::catalog::{Ignore, LinkedCatalog};
use crate::database::{ServerError, read_linked_catalog};
use crate::diagnostic::{Code, Refusal};
use crate::graph::{Heads, RevisionGraph};
use crate::plan::compile::Rehearsal as Shown;
use crate::plan::draft::{Boundary, DraftStage};
use crate::plan::target::TargetObservation;
use crate::plan::{Drift, SESSION_SQL};
use crate::shadow::{Installation, Server};

use super::divergence;
use super::evidence::Evidence;
use super::follow::Reading;
use super::hidden::Hidden;
use super::rehearse::Rehearsal;
use super::replay::{applied, prepared_server, replay, roles_before};
use super::rights;
use super::tablespaces;

/// What shadows are made of.
#[derive(Clone, Copy)]
pub(super) struct Grounds<'a> {
    pub(super) installation: &'a Installation,
    pub(super) database: &'a str,
    pub(super) observation: &'a TargetObservation,
    pub(super) graph: &'a RevisionGraph,
    /// Objects that do not count.
    pub(super) ignore: &'a Ignore,
    /// Rights that others than the revisions give, among how the target differs from what these make.
    pub(super) given: &'a [Drift],
    /// SQL that leads on from what the revisions make, each statement as its lines.
    pub(super) divergence: &'a [Vec<String>],
}

/// What was tried.
pub(super) struct Tried {
    /// The stages, at the boundaries that were found.
    pub(super) stages: Vec<DraftStage>,
    /// What they were seen to do.
    pub(super) shown: Shown,
    /// The shadows, after the last stage.
    pub(super) rehearsal: Rehearsal,
}

/// The stages, with the boundaries that are known from trials.
pub(super) type Drafting<'a> = &'a dyn Fn(&BTreeSet<Boundary>) -> Result<Vec<DraftStage>, Refusal>;

impl<'a> Grounds<'a> {
    /// Grounds for a target that is what its revisions make.
    pub(super) fn of(
        installation: &'a Installation,
        observation: &'a TargetObservation,
        database: &'a str,
        graph: &'a RevisionGraph,
        ignore: &'a Ignore,
    ) -> Self {
        Self { installation, database, observation, graph, ignore, given: &[], divergence: &[] }
    }

    /// A shadow in the state that the applied revisions make.
    ///
    /// # Errors
    /// `ignored-object`, if that is hidden in part; those of [`replay`] and of the shadow.
    pub(super) async fn revisions(&self, heads: &Heads) -> Result<Server, Refusal> {
        let applied = applied(self.graph, heads)?;
        let roles = roles_before(self.graph, &applied, &self.observation.roles)?;
        let role = self.observation.migrating_role();
        let mut tablespaces = tablespaces::named_in(self.graph)?;
        tablespaces.extend(self.observation.tablespaces.iter().cloned());
        tablespaces.extend(self.observation.default_tablespace.clone());
        tablespaces.retain(|name| !tablespaces::is_given(name));
        let server =
            prepared_server(self.installation, self.database, &roles, role, &tablespaces).await?;
        if let Some(tablespace) = &self.observation.own_tablespace {
            server.move_database(self.database, tablespace).await?;
        }
        let session = server.session(self.database).await?;
        let hidden = Hidden::of(&session, self.ignore).await?;
        replay(&session, self.graph, &applied, &self.observation.search_path).await?;
        hidden.unchanged(&session).await?;
        Ok(server)
    }

    /// Leads a shadow on from what the revisions make to what the target has.
    ///
    /// # Errors
    /// `cannot-verify`, if that does not go; what [`divergence::check`] finds.
    pub(super) async fn diverge(&self, shadow: &Server) -> Result<(), Refusal> {
        if self.divergence.is_empty() {
            return Ok(());
        }
        let statements: Vec<String> =
            self.divergence.iter().map(|lines| lines.join("\n")).collect();
        divergence::check(&statements)?;
        let session = shadow.session(self.database).await?;
        match divergence::run(&session, &statements).await? {
            Ok(()) => Ok(()),
            Err((at, error)) => Err(not_led_there(&statements[at], &error)),
        }
    }

    /// What counts of a shadow's schema.
    ///
    /// # Errors
    /// Those of the shadow.
    pub(super) async fn schema(&self, shadow: &Server) -> Result<LinkedCatalog, Refusal> {
        let mut linked = read_linked_catalog(&shadow.session(self.database).await?).await?;
        linked.leave_out(self.ignore);
        Ok(linked)
    }

    /// A shadow in the state that the target is in.
    pub(super) async fn at(&self, heads: &Heads) -> Result<Server, Refusal> {
        let shadow = self.revisions(heads).await?;
        self.diverge(&shadow).await?;
        Ok(shadow)
    }

    /// Tries stages on a shadow that is where they start, at `heads`.
    pub(super) async fn rehearse(
        &self,
        shadow: Server,
        heads: &Heads,
        draft: Drafting<'_>,
    ) -> Result<Tried, Refusal> {
        if let Some(tried) = self.rehearse_with(Reading::Touched, shadow, draft).await? {
            return Ok(tried);
        }
        // A stage did more than its statements and locks tell: once more, reading everything.
        let shadow = self.at(heads).await?;
        let tried = self.rehearse_with(Reading::Whole, shadow, draft).await?;
        tried.ok_or_else(|| Refusal::new(Code::Bug, "the shadow's schema changes by itself"))
    }

    async fn rehearse_with(
        &self,
        reading: Reading,
        shadow: Server,
        draft: Drafting<'_>,
    ) -> Result<Option<Tried>, Refusal> {
        rights::give(&shadow.session(self.database).await?, self.given).await?;
        // As the executor sets them, but for what a server without tablespaces cannot have.
        let observation = self.observation;
        let session_sql = if shadow.has_tablespaces() {
            observation.session_sql()
        } else {
            SESSION_SQL.to_owned()
        };
        let settings = format!("{session_sql}; SET search_path = {}", observation.search_path);
        let mut rehearsal = Rehearsal::on(shadow, self.database, &settings, reading).await?;
        let before = rehearsal.inventory().clone();
        let mut boundaries: BTreeSet<Boundary> = BTreeSet::new();
        let mut stages = draft(&boundaries)?;
        let mut shown = Vec::with_capacity(stages.len());
        while let Some(drafted) = stages.get(shown.len()) {
            let tried;
            (rehearsal, tried) = rehearsal.stage(self.graph, drafted).await?;
            match tried {
                Ok(stage) => shown.push(stage),
                Err(Evidence::Failed(finding)) => return Err((*finding).into()),
                // The stage was rolled back whole; the stages before it stay as they are.
                Err(Evidence::Boundary(boundary)) => {
                    if !boundaries.insert(boundary.clone()) {
                        return Err(boundary.not_enough());
                    }
                    stages = draft(&boundaries)?;
                }
            }
        }
        let confirmed = rehearsal.confirm().await?;
        let shown = Shown { before, stages: shown };
        Ok(confirmed.then_some(Tried { stages, shown, rehearsal }))
    }
}

fn not_led_there(sql: &str, error: &ServerError) -> Refusal {
    Refusal::new(
        Code::CannotVerify,
        format!(
            "no shadow can be given the schema that the database has: {} (SQLSTATE {})",
            error.message, error.sqlstate
        ),
    )
    .note(format!("in: {}", crate::source::visible(sql)))
    .help("compile the plan again with `enact plan` or `enact handle-legacy`")
}
