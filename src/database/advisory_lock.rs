//! The lock that keeps runners apart.
//!
//! In: the session that will do the work. Out: [`AdvisoryLock`]. The lock belongs to that session's
//! backend: who has it knows that the backend of an earlier run is gone. It is polled, because a
//! waiter in `pg_advisory_lock` holds a snapshot, and deadlocks with a concurrent index build.

use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, Instant};

use tokio_postgres::types::Type;

use super::activity::Activity;
use super::session::Session;
use crate::diagnostic::{Code, Refusal};

use crate::ledger::LOCK_KEY as KEY;

/// Whether this transaction's backend holds the lock: one boolean, part of each fence. The lock is
/// taken twice, so giving one back and taking it again never lets go of it; a backend that does not
/// hold it cannot give it back. `pg_locks` would tell too, at the cost of every lock on the server.
pub const HELD_BY_US: &str = "\
CASE WHEN pg_catalog.pg_advisory_unlock(1701732707, 1946157057)
     THEN pg_catalog.pg_try_advisory_lock(1701732707, 1946157057) ELSE false END";

const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The lock, held by the session that acquired it. Closing the session releases it too.
#[derive(Debug)]
#[must_use = "the lock is there to be released, or to end with its session"]
pub struct AdvisoryLock {
    backend_pid: i32,
}

impl AdvisoryLock {
    /// Tries until `patience` is over, outside of any transaction. `on_wait` is told who holds the
    /// lock, as far as this role may see it, after each try that failed.
    ///
    /// # Errors
    /// `lock-held`, with the holder; `read-only-server` on a standby, whose locks protect nothing;
    /// or as [`refusal`](super::refusal).
    pub async fn acquire(
        session: &Session,
        patience: Duration,
        mut on_wait: impl FnMut(Option<&Activity>),
    ) -> Result<Self, Refusal> {
        let deadline = Instant::now() + patience;
        let mut pause = FIRST_PAUSE;
        loop {
            if let Some(lock) = Self::attempt(session).await? {
                return Ok(lock);
            }
            let holder = holder(session).await?;
            on_wait(holder.as_ref());
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(held(patience, holder.as_ref()));
            }
            tokio::time::sleep(jitter(pause).min(left)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn attempt(session: &Session) -> Result<Option<Self>, Refusal> {
        let row = session
            .one_row(
                "take the lock",
                "SELECT pg_catalog.pg_is_in_recovery(),
                        CASE WHEN pg_catalog.pg_is_in_recovery() THEN false
                             WHEN pg_catalog.pg_try_advisory_lock($1, $2)
                             THEN pg_catalog.pg_try_advisory_lock($1, $2) ELSE false END,
                        pg_catalog.pg_backend_pid()",
                &[(&KEY.0, Type::INT4), (&KEY.1, Type::INT4)],
            )
            .await?;
        if row.get(0) {
            return Err(Refusal::new(
                Code::ReadOnlyServer,
                format!("`{}` is a standby", session.endpoint()),
            )
            .help("connect to the primary, for instance with `target_session_attrs=primary`"));
        }
        let (taken, backend_pid): (bool, i32) = (row.get(1), row.get(2));
        Ok(taken.then_some(Self { backend_pid }))
    }

    /// The process that holds the lock.
    pub fn backend_pid(&self) -> i32 {
        self.backend_pid
    }

    /// Checks that the session's present backend holds the lock. To be asked inside of a
    /// transaction: there a pooler cannot change the backend any more.
    ///
    /// # Errors
    /// `pooler-detected`, or as [`refusal`](super::refusal).
    pub async fn ensure_held(&self, session: &Session) -> Result<(), Refusal> {
        let sql = format!("SELECT {HELD_BY_US}, pg_catalog.pg_backend_pid()");
        let row = session.one_row("check the lock", &sql, &[]).await?;
        let (held, pid): (bool, i32) = (row.get(0), row.get(1));
        if held && pid == self.backend_pid {
            return Ok(());
        }
        Err(self.lost(pid))
    }

    /// Gives the lock back, outside of any transaction, and checks that it was ours to give.
    ///
    /// # Errors
    /// `pooler-detected`, if this backend did not hold it; or as [`refusal`](super::refusal).
    pub async fn release(self, session: &Session) -> Result<(), Refusal> {
        let row = session
            .one_row(
                "release the lock",
                "SELECT pg_catalog.pg_advisory_unlock($1, $2), pg_catalog.pg_backend_pid(),
                        pg_catalog.pg_advisory_unlock($1, $2)",
                &[(&KEY.0, Type::INT4), (&KEY.1, Type::INT4)],
            )
            .await?;
        if row.get(0) {
            return Ok(());
        }
        Err(self.lost(row.get(1)))
    }

    fn lost(&self, pid: i32) -> Refusal {
        if pid == self.backend_pid {
            return Refusal::new(
                Code::PoolerDetected,
                format!("process {pid} does not hold its advisory lock any more"),
            )
            .note("something released it: `pg_advisory_unlock_all()` or `DISCARD ALL` in a statement, or a pooler's reset query")
            .help("connect to PostgreSQL itself, and look for such statements");
        }
        Refusal::new(
            Code::PoolerDetected,
            format!(
                "the advisory lock is with process {}, and this transaction with process {pid}: a pooler stands between",
                self.backend_pid
            ),
        )
        .note(format!(
            "the lock may stay with process {0} until the pooler closes it; `SELECT pg_terminate_backend({0})` ends it",
            self.backend_pid
        ))
        .help("connect to PostgreSQL itself, or to a pooler's port with session pooling")
    }
}

/// Who holds the lock, as far as this role may see it; nothing, if nobody does.
///
/// # Errors
/// As [`refusal`](super::refusal).
pub async fn holder(session: &Session) -> Result<Option<Activity>, Refusal> {
    let row = session
        .rows(
            "see who holds the lock",
            &Activity::query(
                "a.pid OPERATOR(pg_catalog.=) ANY (
                     SELECT l.pid FROM pg_catalog.pg_locks AS l
                     JOIN pg_catalog.pg_database AS d ON d.oid OPERATOR(pg_catalog.=) l.database
                     WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory' AND l.granted
                       AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
                       AND l.classid OPERATOR(pg_catalog.=) 1701732707::pg_catalog.oid
                       AND l.objid OPERATOR(pg_catalog.=) 1946157057::pg_catalog.oid
                       AND l.objsubid OPERATOR(pg_catalog.=) 2::pg_catalog.int2)",
            ),
            &[],
        )
        .await?;
    Ok(row.first().map(Activity::from_row))
}

fn held(patience: Duration, holder: Option<&Activity>) -> Refusal {
    let refusal = Refusal::new(
        Code::LockHeld,
        format!(
            "another runner holds the lock of this database, and did not release it within {} s",
            patience.as_secs_f32()
        ),
    )
    .help("wait for it and run this again; if its client is gone, its process ends with its statement");
    match holder {
        Some(holder) => refusal.note(format!("held by {holder}")),
        None => refusal.note("it was released just now"),
    }
}

/// Between half of and one and a half times `pause`, so that runners do not try in step.
fn jitter(pause: Duration) -> Duration {
    // A fresh `RandomState` is the standard library's only source of randomness.
    let random = RandomState::new().hash_one(()) % 1024;
    pause / 2 + pause * u32::try_from(random).unwrap_or_default() / 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sql_names_the_key() {
        let named = format!("({}, {})", KEY.0, KEY.1);
        assert_eq!(HELD_BY_US.matches(&named).count(), 2);
    }

    #[test]
    fn pauses_vary_around_their_length() {
        let pause = Duration::from_millis(100);
        let pauses: Vec<_> = (0..50).map(|_| jitter(pause)).collect();
        assert!(pauses.iter().all(|p| (pause / 2..pause * 3 / 2).contains(p)), "{pauses:?}");
        assert!(pauses.iter().any(|p| *p != pauses[0]));
    }
}
