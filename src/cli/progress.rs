//! Progress of an apply: one line a stage; on a terminal also what is running and what it waits for.

use std::cell::Cell;
use std::time::Duration;

use crate::apply::{Event, Progress};
use crate::database::activity::Activity;
use crate::plan::Stage;
use crate::source::visible;

use super::output::{DIM, GOOD, Output, WARN};

/// Says on stderr what happens.
pub(super) struct Lines<'a> {
    out: &'a Output,
    /// A plan of very many stages reports every so many of them.
    every: usize,
    told_waiting: Cell<bool>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(out: &'a Output, stages: usize) -> Self {
        let every = if Output::is_watched() { 1 } else { (stages / 200).max(1) };
        Self { out, every, told_waiting: Cell::new(false) }
    }

    fn blockers(&self, blockers: &[Activity]) {
        for blocker in blockers {
            self.out.say(&format!("      {WARN}waits for{WARN:#} {blocker}"));
        }
    }
}

impl Progress for Lines<'_> {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::WaitingForRunner(holder) => {
                if !self.told_waiting.replace(true) {
                    self.out.say(&format!("waiting: another run is at work: {holder}"));
                }
            }
            Event::StageStarted { .. } => {}
            Event::StageRunning { stage, statement, elapsed, blockers } => {
                self.out.say(&format!(
                    "  {DIM}…{DIM:#} stage {} {}: {} {DIM}{statement}{DIM:#}",
                    stage.number,
                    visible(stage.revision.as_str()),
                    seconds(elapsed)
                ));
                self.blockers(blockers);
            }
            Event::StageRetried { stage, tries, reason, blockers } => {
                self.out.say(&format!(
                    "  {WARN}!{WARN:#} stage {}: {} (try {tries}), rolled back; trying again",
                    stage.number,
                    visible(reason)
                ));
                self.blockers(blockers);
            }
            Event::StageDone { stage, of, elapsed, recovered } => {
                if (stage.number as usize).is_multiple_of(self.every) || stage.number as usize == of
                {
                    self.out.say(&done(stage, of, elapsed, recovered));
                }
            }
            Event::ConnectionLost(unknown) => {
                self.out.say(&format!("  {WARN}!{WARN:#} {unknown}; connecting again"));
            }
            Event::Reconnected => {
                self.out.say("  connected again; the stages' markers tell what happened");
            }
            Event::Comparing => self.out.say("  comparing the schema with the plan"),
        }
    }
}

fn done(stage: &Stage, of: usize, elapsed: Duration, recovered: bool) -> String {
    let note = if recovered { ", taken over from an interrupted run" } else { "" };
    format!(
        "  {GOOD}✓{GOOD:#} stage {} of {of}: {} {DIM}({}{note}){DIM:#}",
        stage.number,
        visible(stage.revision.as_str()),
        seconds(elapsed)
    )
}

fn seconds(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}
