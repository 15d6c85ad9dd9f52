//! What the executor tells while it works. It never prints: the command line does.

use std::time::Duration;

use crate::database::activity::Activity;
use crate::plan::Stage;

/// Something happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// Another runner holds the lock; this is who.
    WaitingForRunner(&'a str),
    /// A stage begins.
    StageStarted {
        /// The stage.
        stage: &'a Stage,
        /// How many there are.
        of: usize,
    },
    /// A stage is still running: the start of the statement, how long the stage takes, and who
    /// holds what it waits for.
    StageRunning {
        /// The stage.
        stage: &'a Stage,
        /// The statement that the server works on.
        statement: &'a str,
        /// Since the stage began.
        elapsed: Duration,
        /// Who is in the way.
        blockers: &'a [Activity],
    },
    /// A try ended because a lock was not obtained, or by a deadlock; it was rolled back, and the
    /// stage is tried again.
    StageRetried {
        /// The stage.
        stage: &'a Stage,
        /// The tries so far.
        tries: u32,
        /// Why.
        reason: &'a str,
        /// Who was in the way.
        blockers: &'a [Activity],
    },
    /// A stage is committed, and its marker was read back.
    StageDone {
        /// The stage.
        stage: &'a Stage,
        /// How many there are.
        of: usize,
        /// How long it took.
        elapsed: Duration,
        /// Whether it was found done, or finished, after an interruption.
        recovered: bool,
    },
    /// The connection was lost, and this is not known.
    ConnectionLost(&'a str),
    /// There is a connection again; what is not known yet will be.
    Reconnected,
    /// The schema is compared with what the plan says.
    Comparing,
}

/// Who listens.
pub trait Progress {
    /// Takes note of an event. It must not take long.
    fn event(&self, event: Event<'_>);
}

/// Nobody listens.
impl Progress for () {
    fn event(&self, _: Event<'_>) {}
}
