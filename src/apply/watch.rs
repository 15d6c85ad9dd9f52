//! Looking over the executor's shoulder with a second connection: which statement the server works
//! on, for how long, and who holds what it waits for.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::time::{Duration, Instant};

use crate::database::Session;
use crate::database::activity::{self, Activity};
use crate::plan::Stage;

use super::progress::{Event, Progress};

/// A stage that takes less is not worth looking at.
const FIRST_LOOK: Duration = Duration::from_millis(50);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);
/// Between two reports.
const REPORT: Duration = Duration::from_millis(500);

/// The second connection, and what it saw last.
pub(super) struct Watch<'a> {
    /// Absent where a second connection was not to be had.
    pub(super) observer: Option<&'a Session>,
    /// The worker's process id on the server.
    pub(super) worker: i32,
    /// Who listens.
    pub(super) progress: &'a dyn Progress,
    /// Who was in the way when it was last looked at, in this try.
    pub(super) blockers: RefCell<Vec<Activity>>,
}

impl Watch<'_> {
    /// Does `work` and looks at it meanwhile. It is for `stage`, which may change while it goes on.
    pub(super) async fn over<T>(&self, stage: &Cell<&Stage>, work: impl Future<Output = T>) -> T {
        self.blockers.borrow_mut().clear();
        let look = async {
            let Some(observer) = self.observer else {
                return std::future::pending().await;
            };
            let started = Instant::now();
            let mut reported = started;
            tokio::time::sleep(FIRST_LOOK).await;
            loop {
                // A look that fails tells nothing; the work goes on.
                if let Ok(blockers) = activity::blockers(observer, self.worker).await {
                    let report = reported.elapsed() >= REPORT;
                    if !blockers.is_empty() {
                        self.blockers.replace(blockers);
                    }
                    if report {
                        reported = Instant::now();
                        self.report(observer, stage.get(), started.elapsed()).await;
                    }
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        tokio::select! {
            biased;
            done = work => done,
            () = look => unreachable!("the look has no end"),
        }
    }

    async fn report(&self, observer: &Session, stage: &Stage, elapsed: Duration) {
        let statement =
            activity::current_statement(observer, self.worker).await.unwrap_or_default();
        self.progress.event(Event::StageRunning {
            stage,
            statement: &statement,
            elapsed,
            blockers: &self.blockers.borrow(),
        });
    }
}
