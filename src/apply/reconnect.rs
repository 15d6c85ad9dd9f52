//! After a lost connection: reconnect, win the lock (which proves that the old server process is
//! gone), and let the markers tell what happened. Until then a stage's outcome is unknown.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::approval::ApprovedPlan;
use crate::database::Session;
use crate::diagnostic::Refusal;

use super::outcome::Outcome;
use super::progress::Event;
use super::run::{Memory, Options, apply};

/// Between two tries to connect.
const PAUSE: Duration = Duration::from_millis(500);
/// A connection that is lost more often is no place to work.
const LOSSES: usize = 10;

/// The connections of one run.
pub struct Connections {
    /// Holds the lock and does the work.
    pub session: Session,
    /// Looks at the work meanwhile; absent where a second connection was not to be had.
    pub observer: Option<Session>,
}

/// As [`apply`]; where the connection is lost while a stage is being committed, `connect` is asked for
/// new ones for as long as [`Options::lock_wait`], and the run goes on from what the markers say. Where
/// it is lost in the middle of a statement, nobody knows whether somebody ended it on purpose: that
/// is left to the next run.
///
/// # Errors
/// As [`apply`]; `outcome-unknown` if no connection was to be had.
pub async fn apply_reconnecting(
    first: Connections,
    mut connect: impl AsyncFnMut() -> Result<Connections, Refusal>,
    approved: &ApprovedPlan,
    options: &Options<'_>,
) -> Result<Outcome, Refusal> {
    let mut connections = first;
    let mut memory = Memory::default();
    for losses in 0.. {
        let Connections { session, observer } = &connections;
        let ended = apply(session, observer.as_ref(), approved, options, &mut memory).await;
        let lost = match ended {
            Err(refusal) if memory.lost_at_commit && losses < LOSSES => refusal,
            ended => return ended,
        };
        options.progress.event(Event::ConnectionLost(&lost.findings()[0].message));
        connections = reconnect(&mut connect, lost, options).await?;
        options.progress.event(Event::Reconnected);
    }
    unreachable!("the range has no end")
}

async fn reconnect(
    connect: &mut impl AsyncFnMut() -> Result<Connections, Refusal>,
    lost: Refusal,
    options: &Options<'_>,
) -> Result<Connections, Refusal> {
    let deadline = Instant::now() + options.lock_wait;
    loop {
        match connect().await {
            Ok(connections) => return Ok(connections),
            Err(_) if options.interrupted.load(Ordering::Relaxed) => return Err(lost),
            Err(refusal) if Instant::now() >= deadline => {
                let message = &refusal.findings()[0].message;
                return Err(lost.note(format!("connecting again failed: {message}")));
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}
