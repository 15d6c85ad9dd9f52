//! `enact show`.

use std::fmt::Write;

use camino::Utf8PathBuf;

use crate::diagnostic::{Exit, Refusal};
use crate::plan::file::PlanFile;
use crate::plan::observation::Known;
use crate::plan::{Mode, Plan};
use crate::render;
use crate::source::visible;
use crate::workspace::plans;

use super::context::Context;
use super::output::{BAD, BOLD, DIM, Format, WARN};

/// Show a plan: what it locks, what it may lose, what it runs
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The plan's directory, or its `plan.json`
    plan: Utf8PathBuf,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    print(context, &plans::read(&args.plan)?.file)?;
    Ok(Exit::Done)
}

/// Prints a plan in the format that is asked for.
pub(super) fn print(context: &Context, file: &PlanFile) -> Result<(), Refusal> {
    let templates = || context.project().and_then(|project| project.templates());
    match context.out.format {
        Format::Json => context.out.result(&String::from_utf8_lossy(file.bytes())),
        Format::Md => context.out.result(&render::markdown(&templates()?, file)?),
        Format::Sql => context.out.result(&render::psql_script(&templates()?, file)?),
        Format::Text | Format::Mermaid => context.out.result(&text(file)),
    }
    Ok(())
}

/// A plan on a terminal. It is made from the plan's bytes, and every control character is visible.
pub(super) fn text(file: &PlanFile) -> String {
    let plan = file.plan();
    let mut text = head(file);
    for stage in &plan.stages {
        let alone = if stage.mode == Mode::Alone { ", outside a transaction" } else { "" };
        let _ = writeln!(
            text,
            "\n{BOLD}Stage {}{BOLD:#} {}{alone}",
            stage.number,
            visible(stage.revision.as_str())
        );
        for step in &stage.steps {
            let _ = writeln!(text, "  {BOLD}{:>3}{BOLD:#} {}", step.number, step.kind);
            for line in &step.sql {
                let _ = writeln!(text, "      {DIM}{}{DIM:#}", visible(line));
            }
            for line in observed(step) {
                let _ = writeln!(text, "      {line}");
            }
        }
        for effect in &stage.effects {
            let _ = writeln!(
                text,
                "      {} {}",
                effect.change.sign(),
                visible(&effect.object.to_string())
            );
        }
    }
    text.push('\n');
    text.push_str(&tail(file));
    text
}

fn head(file: &PlanFile) -> String {
    let plan = file.plan();
    let heads = |ids: &[crate::revision::RevisionId]| match ids {
        [] => "base".to_owned(),
        ids => ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    };
    format!(
        "{BOLD}{}{BOLD:#}  {} → {}  {DIM}{} on PostgreSQL {}{DIM:#}\n",
        file.digest().short(),
        heads(&plan.transition.from),
        heads(&plan.transition.to),
        visible(&plan.target.database),
        visible(&plan.observation.server_version),
    )
}

fn observed(step: &crate::plan::Step) -> Vec<String> {
    let mut lines = Vec::new();
    let known = &step.observed.known;
    for lock in &step.observed.locks {
        let how = if *known == Known::Observed { String::new() } else { format!(" ({known})") };
        lines.push(format!(
            "{WARN}locks{WARN:#} {} {}: blocks {}{how}",
            visible(&lock.relation),
            lock.mode,
            lock.mode.blocks()
        ));
    }
    for name in &step.observed.rewritten {
        lines.push(format!("{BAD}rewrites{BAD:#} {}", visible(name)));
    }
    for name in &step.observed.scanned {
        lines.push(format!("reads {} whole", visible(name)));
    }
    for loss in &step.loses {
        lines.push(format!("{BAD}loses{BAD:#} {}", visible(loss)));
    }
    lines
}

/// What a reviewer takes away.
pub(super) fn tail(file: &PlanFile) -> String {
    let plan: &Plan = file.plan();
    let summary = plan.summary();
    let mut text = String::new();
    for drift in &plan.drift {
        let _ = writeln!(
            text,
            "{WARN}drift{WARN:#} {} {}",
            drift.change.sign(),
            visible(&drift.object.to_string())
        );
    }
    for finding in plan.findings.iter().filter(|finding| finding.allowed.is_none()) {
        let place = finding.place.as_deref().unwrap_or_default();
        let _ = writeln!(
            text,
            "{WARN}{}{WARN:#} {} {}",
            finding.name,
            visible(place),
            visible(&finding.message)
        );
    }
    let locks: Vec<String> = summary
        .locks
        .iter()
        .map(|lock| {
            let size = lock.size.as_ref().map_or_else(String::new, |size| format!(" ({size})"));
            format!("{} {}{size}", visible(&lock.relation), lock.mode)
        })
        .collect();
    let list = |items: Vec<String>| {
        if items.is_empty() { "nothing".to_owned() } else { items.join("; ") }
    };
    let _ = writeln!(text, "{BOLD}Locked{BOLD:#}       {}", list(locks));
    let losses: Vec<String> = summary.losses.iter().map(|loss| visible(&loss.what)).collect();
    let style = if losses.is_empty() { DIM } else { BAD };
    let _ = writeln!(text, "{BOLD}May be lost{BOLD:#}  {style}{}{style:#}", list(losses));
    if !summary.irreversible.is_empty() {
        let _ = writeln!(
            text,
            "{BOLD}Final{BOLD:#}        {} cannot be undone",
            summary.irreversible.join(", ")
        );
    }
    let _ = writeln!(
        text,
        "{} stages, {} statements: {} created, {} altered, {} dropped. {} approvals needed, not after {}.",
        summary.stages,
        summary.steps,
        summary.created,
        summary.altered,
        summary.dropped,
        plan.policy.approvals,
        plan.not_after
    );
    text
}
