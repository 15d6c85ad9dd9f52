//! Running commands and comparing how long they take.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::Outcome;

/// One way of doing the work.
pub(crate) struct Contender {
    name: &'static str,
    /// The ratio to the baseline that it should not exceed.
    target: Option<f64>,
    runs: Vec<Duration>,
    memory: Option<u64>,
}

impl Contender {
    pub(crate) fn new(name: &'static str, target: Option<f64>) -> Self {
        Self { name, target, runs: Vec::new(), memory: None }
    }

    /// Adds a run.
    pub(crate) fn took(&mut self, time: Duration) {
        self.runs.push(time);
    }

    /// Notes the most memory that it was seen to hold, in kilobytes.
    pub(crate) fn held(&mut self, kilobytes: Option<u64>) {
        self.memory = self.memory.max(kilobytes);
    }

    fn median(&self) -> Duration {
        let mut runs = self.runs.clone();
        runs.sort_unstable();
        runs.get(runs.len() / 2).copied().unwrap_or_default()
    }
}

/// Prints the contenders; the first is the baseline.
pub(crate) fn report(title: &str, contenders: &[Contender]) {
    println!("\n{title}");
    println!("  {:<52} {:>9} {:>7} {:>7} {:>7}", "", "median s", "ratio", "target", "MB");
    let baseline = contenders.first().map(Contender::median).unwrap_or_default();
    for contender in contenders {
        let ratio = contender.median().as_secs_f64() / baseline.as_secs_f64();
        let target = contender.target.map_or(String::new(), |target| format!("{target:.2}"));
        let memory =
            contender.memory.map_or(String::new(), |held| format!("{:.0}", held as f64 / 1024.0));
        let missed = contender.target.is_some_and(|target| ratio > target);
        println!(
            "  {:<52} {:>9.3} {ratio:>7.2} {target:>7} {memory:>7}{}",
            contender.name,
            contender.median().as_secs_f64(),
            if missed { "  above its target" } else { "" }
        );
    }
}

/// Runs a command to its end; gives how long it took, from before its start.
pub(crate) fn timed(command: &mut Command) -> Outcome<Duration> {
    let started = Instant::now();
    let output = command.stdin(Stdio::null()).output()?;
    let took = started.elapsed();
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{command:?} ended with {}:\n{said}", output.status).into());
    }
    Ok(took)
}

/// Runs a command and looks at it all the time; gives the most memory that it held, in kilobytes.
/// Nothing, where there is no `/proc`.
pub(crate) fn peak_memory(command: &mut Command) -> Outcome<Option<u64>> {
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    while child.try_wait()?.is_none() {
        let held = fs::read_to_string(&status).ok().as_deref().and_then(high_water_mark);
        peak = peak.max(held);
    }
    Ok(peak)
}

fn high_water_mark(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
