//! Watches statements at work. In: statements, one at a time, on a shadow. Out: their locks,
//! rewrites, scans and changed objects as [`Observation`]s.
//!
//! A worker runs the statement and looks at its own locks before it commits; a second session,
//! which cannot see what is not committed, says what was there before. The event triggers that
//! tell of changed objects exist only inside the worker's transaction, so that no reader of the
//! catalog ever meets them.

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

use crate::database::{ServerError, Session, Touched, refusal, stage};
use crate::diagnostic::Refusal;
use crate::plan::lock::LockMode;
use crate::plan::observation::{Known, Observation, RelationKind};

use super::outside::{self, Reach, Refill, Rule};
use super::server::Server;
use super::tell::{After, Before, Seen, changes, listed, relation_kind, told};
use super::track::{BEGIN_TRACKING, TRACKED, track, tracked};

const WATCH: &str = include_str!("watch.sql");
const LOOK: &str = include_str!("look.sql");
const NAME: &str = include_str!("name.sql");

const RAISE: &str = "
    SELECT pg_catalog.set_config('enact.seen', '', false);
    CREATE EVENT TRIGGER enact_watch_rewrite ON table_rewrite EXECUTE FUNCTION pg_temp.enact_watch();
    CREATE EVENT TRIGGER enact_watch_command ON ddl_command_end EXECUTE FUNCTION pg_temp.enact_watch();
    CREATE EVENT TRIGGER enact_watch_drop ON sql_drop EXECUTE FUNCTION pg_temp.enact_watch();";
const LOWER: &str = "
    DROP EVENT TRIGGER IF EXISTS enact_watch_rewrite;
    DROP EVENT TRIGGER IF EXISTS enact_watch_command;
    DROP EVENT TRIGGER IF EXISTS enact_watch_drop;";
/// A role does not outlive its transaction: the fence of a stage would refuse it.
const ROLE: &str = "RESET SESSION AUTHORIZATION; RESET ROLE;";

/// Why a statement was not observed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObserveError {
    /// The server refused this one of the statements; all were rolled back.
    Statement {
        /// Which one, from 0. The number of statements if COMMIT itself failed.
        index: usize,
        /// What the server said.
        error: ServerError,
    },
    /// The shadow failed, not the statement.
    Shadow(Refusal),
}

impl From<Refusal> for ObserveError {
    fn from(refusal: Refusal) -> Self {
        Self::Shadow(refusal)
    }
}

/// Runs statements in one database of a shadow, and watches them.
#[derive(Debug)]
pub struct Observer {
    worker: Session,
    witness: Session,
    /// Relations whose scans the worker's statistics still carry from earlier transactions.
    counted: BTreeSet<u32>,
    /// What the last run touched, if that is tracked.
    touched: Option<Touched>,
}

impl Observer {
    /// Opens the sessions.
    ///
    /// # Errors
    /// `unreachable`, for instance if there is no such database.
    pub async fn new(server: &Server, database: &str) -> Result<Self, Refusal> {
        let worker = server.session(database).await?;
        let witness = server.session(database).await?;
        let observer = Self { worker, witness, counted: BTreeSet::new(), touched: None };
        observer.batch(WATCH).await?;
        Ok(observer)
    }

    /// As [`Observer::new`]; [`Observer::touched`] tells after each run what it touched.
    ///
    /// # Errors
    /// As [`Observer::new`].
    pub async fn tracking(server: &Server, database: &str) -> Result<Self, Refusal> {
        let observer = Self::new(server, database).await?;
        track(&observer.worker).await?;
        Ok(Self { touched: Some(Touched::default()), ..observer })
    }

    /// The session in which the statements run, for settings between them.
    pub fn worker(&self) -> &Session {
        &self.worker
    }

    /// What the last run touched; anything, where that is not tracked.
    pub fn touched(&self) -> Touched {
        self.touched.clone().unwrap_or_else(Touched::anything)
    }

    /// Runs one statement in a transaction of its own, and commits it.
    ///
    /// # Errors
    /// What the server said against the statement; it was rolled back.
    pub async fn alone(&mut self, sql: &str) -> Result<Observation, ObserveError> {
        self.transaction(&[sql], Known::Observed).await
    }

    /// Runs several statements in one transaction, and commits it. Their locks and effects can
    /// only be told as a union.
    ///
    /// # Errors
    /// What the server said against one of them; all were rolled back.
    pub async fn together(&mut self, statements: &[&str]) -> Result<Observation, ObserveError> {
        self.transaction(statements, Known::ObservedTogether).await
    }

    async fn transaction(
        &mut self,
        statements: &[&str],
        known: Known,
    ) -> Result<Observation, ObserveError> {
        self.begin().await?;
        let earlier = self.earlier_scans().await?;
        for (index, sql) in statements.iter().enumerate() {
            if let Err(error) = self.worker.client().execute_typed(sql, &[]).await {
                return Err(self.failed(index, &error, "ROLLBACK").await);
            }
        }
        let (seen, after) = self.look().await?;
        self.ask_touched(false).await?;
        let before = self.name(after.iter().map(|relation| relation.oid)).await?;
        let there = self.there(&seen).await?;
        let end = format!("{ROLE}{LOWER}COMMIT");
        if let Err(error) = self.worker.client().batch_execute(&end).await {
            return Err(self.failed(statements.len(), &error, "ROLLBACK").await);
        }
        // Counts stay until the server flushes them, which may be many transactions later.
        let carried = earlier.iter().filter(|(_, scans)| **scans > 0).map(|(oid, _)| *oid);
        let new = after.iter().filter(|now| now.scans > 0).map(|now| now.oid);
        self.counted = carried.chain(new).collect();
        let emptied = statements.iter().any(|sql| outside::begins_with(sql, "TRUNCATE"));
        let mut observation = told(&before, &after, &earlier, &seen, emptied);
        observation.known = known;
        observation.objects = changes(&seen, |command| {
            command.identity().is_some_and(|object| !there.contains(&object))
        });
        Ok(observation)
    }

    /// Runs a statement that cannot run in a transaction. Its locks, rewrites and scans follow
    /// from a rule for its kind, or are unknown; its objects are seen.
    ///
    /// # Errors
    /// What the server said; something of the statement may have stayed.
    pub async fn outside(&mut self, sql: &str) -> Result<Observation, ObserveError> {
        let derived = match outside::rule(sql) {
            Some(rule) => self.derive(&rule).await?,
            None => Observation::empty(Known::Unknown),
        };
        self.raise().await?;
        if let Err(error) = self.worker.client().execute_typed(sql, &[]).await {
            return Err(self.failed(0, &error, LOWER).await);
        }
        let (seen, _) = self.look().await?;
        self.ask_touched(true).await?;
        self.batch(LOWER).await?;
        self.recount().await?;
        // Nothing tells what was there before; CREATE INDEX CONCURRENTLY replaces nothing.
        let objects = changes(&seen, |command| command.tag.starts_with("CREATE"));
        Ok(Observation { objects, ..derived })
    }

    async fn begin(&self) -> Result<(), Refusal> {
        let begin = format!("BEGIN;{RAISE}{BEGIN_TRACKING}");
        match self.worker.client().batch_execute(&begin).await {
            Err(error) if error.code() == Some(&SqlState::UNDEFINED_FUNCTION) => {
                // The statement before was one that discards what is temporary.
                self.batch(&format!("ROLLBACK;{WATCH}")).await?;
                self.batch(&begin).await
            }
            Err(error) => Err(refusal(&error, "watch the shadow")),
            Ok(()) => Ok(()),
        }
    }

    async fn raise(&self) -> Result<(), Refusal> {
        // WATCH again: it is cheap, and something may have discarded it.
        self.batch(&format!("{WATCH}{RAISE}{BEGIN_TRACKING}")).await
    }

    async fn ask_touched(&mut self, alone: bool) -> Result<(), Refusal> {
        if self.touched.is_some() {
            let rows = stage::rows(self.worker.client(), TRACKED).await;
            let rows = rows.map_err(|error| refusal(&error, "watch the shadow"))?;
            self.touched = Some(tracked(rows.first(), alone));
        }
        Ok(())
    }

    async fn batch(&self, sql: &str) -> Result<(), Refusal> {
        let done = self.worker.client().batch_execute(sql).await;
        done.map_err(|error| refusal(&error, "watch the shadow"))
    }

    /// Cleans up after an error, and says whose it was.
    async fn failed(
        &mut self,
        index: usize,
        error: &tokio_postgres::Error,
        cleaning: &str,
    ) -> ObserveError {
        let cleaned = async {
            self.batch(cleaning).await?;
            self.recount().await
        };
        match (ServerError::of(error), cleaned.await) {
            (Some(error), Ok(())) => ObserveError::Statement { index, error },
            (None, _) => ObserveError::Shadow(refusal(error, "run a statement on the shadow")),
            (_, Err(refusal)) => ObserveError::Shadow(refusal),
        }
    }

    /// Finds all relations with scans in the statistics, after a statement whose locks were not
    /// seen: even a rollback leaves them.
    async fn recount(&mut self) -> Result<(), Refusal> {
        let sql = "SELECT oid FROM pg_catalog.pg_class
                   WHERE oid OPERATOR(pg_catalog.>=) 16384
                     AND pg_catalog.pg_stat_get_xact_numscans(oid) OPERATOR(pg_catalog.>) 0";
        let rows = self.worker.client().query_typed(sql, &[]).await;
        let rows = rows.map_err(|error| refusal(&error, "watch the shadow"))?;
        self.counted = rows.iter().map(|row| row.get(0)).collect();
        Ok(())
    }

    /// Scans that the statistics carry over from earlier transactions.
    async fn earlier_scans(&self) -> Result<BTreeMap<u32, i64>, Refusal> {
        if self.counted.is_empty() {
            return Ok(BTreeMap::new());
        }
        let sql = "SELECT given.oid, pg_catalog.pg_stat_get_xact_numscans(given.oid)
                   FROM pg_catalog.unnest($1) AS given(oid)";
        let counted: Vec<u32> = self.counted.iter().copied().collect();
        let given = &[(&counted as _, Type::OID_ARRAY)];
        let rows = self.worker.client().query_typed(sql, given).await;
        let rows = rows.map_err(|error| refusal(&error, "watch the shadow"))?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    async fn look(&self) -> Result<(Vec<Seen>, Vec<After>), Refusal> {
        let rows = self.worker.client().query_typed(LOOK, &[]).await;
        let rows = rows.map_err(|error| refusal(&error, "look at the worker's locks"))?;
        let seen: Option<&str> = rows.first().and_then(|row| row.get("seen"));
        // A line that cannot be read is not ours: the setting can be overwritten by a statement.
        let seen = seen.unwrap_or_default().lines();
        let seen = seen.filter_map(|line| serde_json::from_str(line).ok()).collect();
        let after = rows.iter().filter_map(|row| {
            Some(After {
                oid: row.get::<_, Option<u32>>("relation")?,
                mode: LockMode::from_pg_locks(row.get("mode"))?,
                storage: row.get("storage"),
                scans: row.get::<_, Option<i64>>("scans").unwrap_or(0),
            })
        });
        Ok((seen, after.collect()))
    }

    /// Those of the relations that the witness can see: they were there before.
    async fn name(
        &self,
        oids: impl Iterator<Item = u32>,
    ) -> Result<BTreeMap<u32, Before>, Refusal> {
        let oids: Vec<u32> = oids.collect::<BTreeSet<_>>().into_iter().collect();
        if oids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rows = self.witness.client().query_typed(NAME, &[(&oids, Type::OID_ARRAY)]).await;
        let rows = rows.map_err(|error| refusal(&error, "name the locked relations"))?;
        Ok(rows
            .iter()
            .map(|row| {
                let before = Before {
                    name: row.get("name"),
                    kind: relation_kind(row.get("relkind")),
                    toast: row.get("toast"),
                    indexed: row.get("indexed"),
                    storage: row.get("storage"),
                };
                (row.get("oid"), before)
            })
            .collect())
    }

    /// Those of the objects commanded that the witness can see: they are not new.
    async fn there(&self, seen: &[Seen]) -> Result<BTreeSet<(u32, u32)>, Refusal> {
        let commanded = seen.iter().filter_map(|seen| match seen {
            Seen::Command(command) => command.identity(),
            _ => None,
        });
        let (classes, objects): (Vec<u32>, Vec<u32>) = commanded.unzip();
        if objects.is_empty() {
            return Ok(BTreeSet::new());
        }
        let sql = "SELECT class, object FROM unnest($1, $2) AS given(class, object)
                   WHERE (pg_identify_object(class, object, 0)).identity IS NOT NULL";
        let given = &[(&classes as _, Type::OID_ARRAY), (&objects as _, Type::OID_ARRAY)];
        let rows = self.witness.client().query_typed(sql, given).await;
        let rows = rows.map_err(|error| refusal(&error, "tell new objects from old"))?;
        Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
    }

    /// What `rule` says of the relations that it names.
    async fn derive(&self, rule: &Rule) -> Result<Observation, Refusal> {
        let unknown = Observation::empty(Known::Unknown);
        let mut locks = BTreeMap::new();
        let mut scanned = BTreeSet::new();
        let mut refilled = BTreeSet::new();
        for held in &rule.held {
            let (oid, neighbours) = match self.neighbours(&held.name).await? {
                // Parts are worked off one by one, each with locks of its own.
                Some((_, true, _)) if held.reach != Reach::Parent => return Ok(unknown),
                Some((oid, _, neighbours)) => (oid, neighbours),
                // The statement fails by itself, or does nothing (IF EXISTS).
                None => return Ok(unknown),
            };
            let before = self.name(neighbours.iter().copied().chain([oid])).await?;
            for (other, relation) in &before {
                let refills = match rule.refills {
                    Refill::Nothing => false,
                    Refill::Tables => relation.kind != RelationKind::Index,
                    Refill::Indexes => relation.kind == RelationKind::Index,
                };
                if refills {
                    refilled.insert(relation.name.clone());
                }
                if rule.scans && relation.kind != RelationKind::Index {
                    scanned.insert(relation.name.clone());
                }
                if *other == oid || held.reach == Reach::Neighbours {
                    locks.insert(relation.name.clone(), (relation.kind, held.mode));
                }
            }
        }
        Ok(Observation {
            known: Known::Derived(rule.name.to_owned()),
            locks: listed(locks),
            refilled: refilled.into_iter().collect(),
            scanned: scanned.into_iter().collect(),
            ..unknown
        })
    }

    /// The relation that a name means in the worker's search path, whether it is partitioned,
    /// and its indexes or its table.
    async fn neighbours(&self, name: &str) -> Result<Option<(u32, bool, Vec<u32>)>, Refusal> {
        let sql = "SELECT c.oid, c.relkind IN ('p', 'I'), ARRAY(
                       SELECT CASE c.oid WHEN i.indrelid THEN i.indexrelid ELSE i.indrelid END
                         FROM pg_catalog.pg_index AS i
                        WHERE c.oid IN (i.indrelid, i.indexrelid))
                   FROM pg_catalog.pg_class AS c
                  WHERE c.oid = pg_catalog.to_regclass($1)";
        let rows = self.worker.client().query_typed(sql, &[(&name, Type::TEXT)]).await;
        let rows = rows.map_err(|error| refusal(&error, "find a statement's relations"))?;
        Ok(rows.first().map(|row| (row.get(0), row.get(1), row.get(2))))
    }
}
