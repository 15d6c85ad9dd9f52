//! `enact show`.

use std::fmt::Write;

use anstyle::Style;
use camino::Utf8PathBuf;

use crate::diagnostic::{Exit, Refusal};
use crate::plan::file::PlanFile;
use crate::plan::impact::Impact;
use crate::plan::observation::Known;
use crate::plan::summary::Locked;
use crate::plan::{Mode, Plan, Step};
use crate::render;
use crate::source::visible;
use crate::spelling::counted;
use crate::workspace::plans;

use super::context::Context;
use super::output::{BAD, BOLD, DIM, Format, WARN, folded, terminal_width};

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

/// A plan as people read it. It is made from the plan's bytes, and every control character is visible.
/// On a terminal lines are folded at words, but those of SQL.
pub(super) fn text(file: &PlanFile) -> String {
    let width = terminal_width();
    let plan = file.plan();
    let mut impacts = plan.impacts().into_iter();
    let mut text = String::new();
    prose(&mut text, &head(file), 10, width);
    if !plan.ignore.is_empty() {
        let patterns: Vec<String> = plan.ignore.patterns().map(visible).collect();
        let line = format!("{WARN}left out{WARN:#} {}", patterns.join(", "));
        prose(&mut text, &line, 9, width);
    }
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
            for line in impacts.next().iter().flat_map(|impact| observed(step, impact)) {
                prose(&mut text, &format!("      {line}"), 2, width);
            }
        }
        for effect in &stage.effects {
            let line =
                format!("      {} {}", effect.change.sign(), visible(&effect.object.to_string()));
            prose(&mut text, &line, 2, width);
        }
    }
    text.push('\n');
    text.push_str(&tail(file, width));
    text
}

fn head(file: &PlanFile) -> String {
    let plan = file.plan();
    let heads = |ids: &[crate::revision::RevisionId]| match ids {
        [] => "base".to_owned(),
        ids => ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    };
    format!(
        "{BOLD}{}{BOLD:#}  {} → {}  {DIM}{} on PostgreSQL {}{DIM:#}",
        file.digest().short(),
        heads(&plan.transition.from),
        heads(&plan.transition.to),
        visible(&plan.target.database),
        visible(&plan.observation.server_version),
    )
}

fn observed(step: &Step, impact: &Impact) -> Vec<String> {
    let mut lines = Vec::new();
    let known = &step.observed.known;
    for lock in &impact.locks {
        let how = if *known == Known::Observed { String::new() } else { format!(" ({known})") };
        lines.push(format!(
            "{WARN}locks{WARN:#} {} {}: blocks {}{how}",
            visible(&lock.relation),
            lock.mode,
            lock.mode.blocks()
        ));
    }
    for name in &impact.rewritten {
        lines.push(format!("{BAD}rewrites{BAD:#} {}", visible(name)));
    }
    for name in &impact.refilled {
        lines.push(format!("{WARN}gives new storage to{WARN:#} {}", visible(name)));
    }
    for name in &impact.scanned {
        lines.push(format!("reads {} whole", visible(name)));
    }
    for loss in &step.loses {
        lines.push(format!("{BAD}loses{BAD:#} {}", visible(loss)));
    }
    lines
}

/// Adds a line; on a terminal so `wide`, in pieces that fit, of which all but the first stand `hang`
/// further in.
fn prose(text: &mut String, line: &str, hang: usize, wide: Option<usize>) {
    for line in line.split('\n') {
        let lines = match wide {
            Some(width) => folded(line, width, hang),
            None => vec![line.to_owned()],
        };
        for line in lines {
            text.push_str(&line);
            text.push('\n');
        }
    }
}

/// What the plan leaves otherwise than the revisions make it.
pub(super) fn kept(file: &PlanFile, width: Option<usize>) -> String {
    let mut text = String::new();
    for drift in file.plan().accepted_drift() {
        let line = format!(
            "{WARN}drift{WARN:#} {} {}",
            drift.change.sign(),
            visible(&drift.object.to_string())
        );
        prose(&mut text, &line, 2, width);
    }
    let given: Vec<String> = file
        .plan()
        .given_by_others()
        .iter()
        .map(|given| counted(given.count, given.what))
        .collect();
    if !given.is_empty() {
        let line = format!("rights that no revision gives, and that stay: {}", given.join(", "));
        prose(&mut text, &line, 2, width);
    }
    text
}

/// What a reviewer takes away, for a terminal of this width, if it is one.
pub(super) fn tail(file: &PlanFile, width: Option<usize>) -> String {
    let plan: &Plan = file.plan();
    let summary = plan.summary();
    let mut text = String::new();
    text.push_str(&kept(file, width));
    for finding in plan.findings.iter().filter(|finding| finding.allowed.is_none()) {
        let place = finding.place.as_deref().unwrap_or_default();
        let line = format!(
            "{WARN}{}{WARN:#} {} {}",
            finding.name,
            visible(place),
            visible(&finding.message)
        );
        prose(&mut text, &line, 2, width);
    }
    let locks: Vec<String> =
        summary.locks.iter().flat_map(|locked| lock_lines(locked, width)).collect();
    section(&mut text, ("Locked", WARN), &locks, width);
    let losses: Vec<String> = summary
        .losses
        .iter()
        .map(|loss| format!("{} (step {})", visible(&loss.what), loss.step))
        .collect();
    section(&mut text, ("May be lost", BAD), &losses, width);
    if !summary.irreversible.is_empty() {
        let line = format!("{} cannot be undone", summary.irreversible.join(", "));
        section(&mut text, ("Final", Style::new()), &[line], width);
    }
    let line = format!(
        "{}, {}: {} created, {} altered, {} dropped. {} needed, not after {}.",
        counted(summary.stages, "stage"),
        counted(summary.steps, "statement"),
        summary.created,
        summary.altered,
        summary.dropped,
        counted(plan.policy.approvals.into(), "approval"),
        plan.not_after
    );
    prose(&mut text, &line, 2, width);
    text
}

/// The column in which what a section holds begins.
const MARGIN: usize = 13;

/// A section's name, and what it holds, one thing a line.
fn section(text: &mut String, (name, style): (&str, Style), lines: &[String], wide: Option<usize>) {
    let indent = MARGIN;
    let name = format!("{BOLD}{name:<indent$}{BOLD:#}");
    let Some((first, others)) = lines.split_first() else {
        let _ = writeln!(text, "{name}{DIM}nothing{DIM:#}");
        return;
    };
    prose(text, &format!("{name}{style}{first}{style:#}"), indent + 2, wide);
    for line in others {
        prose(text, &format!("{:indent$}{style}{line}{style:#}", ""), 2, wide);
    }
}

/// A line for each relation; where it would not fit, its size and steps have one of their own.
fn lock_lines(locked: &Locked, width: Option<usize>) -> impl Iterator<Item = String> {
    locked.relations.iter().map(move |relation| {
        let what = format!("{} {}", visible(&relation.relation), locked.mode);
        let steps = steps(&relation.steps);
        let size = match &relation.size {
            Some(size) => format!("{size}, {steps}"),
            None => steps,
        };
        if MARGIN + what.chars().count() + 2 + size.chars().count() > width.unwrap_or(100) {
            format!("{what}\n{:indent$}{size}", "", indent = MARGIN + 2)
        } else {
            format!("{what}  {size}")
        }
    })
}

/// `step 3`, `steps 3, 5`.
fn steps(numbers: &[u32]) -> String {
    let list: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!("step{} {}", if list.len() == 1 { "" } else { "s" }, list.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::summary::Sized;
    use anstream::adapter::strip_str;

    #[test]
    fn a_lock_has_a_line_and_on_a_narrow_terminal_two() {
        let relation = Sized {
            relation: "public.cats".into(),
            size: Some("about 12 rows, 1.0 kB".into()),
            steps: vec![1, 3],
        };
        let locked = Locked {
            mode: "ACCESS EXCLUSIVE".into(),
            blocks: "reads".into(),
            relations: vec![relation],
        };
        let lines = |width| lock_lines(&locked, Some(width)).collect::<Vec<_>>();
        let wide = "public.cats ACCESS EXCLUSIVE  about 12 rows, 1.0 kB, steps 1, 3";
        assert_eq!(lines(100), [wide]);
        assert_eq!(lines(MARGIN + wide.len()), [wide]);
        let narrow = wide.replace("  ", "\n               ");
        assert_eq!(lines(60), [narrow]);
    }

    #[test]
    fn a_section_folds_under_what_it_holds() {
        let lines =
            ["rows of one table (step 1)".to_owned(), "rows of another (step 2)".to_owned()];
        let shown = |wide| {
            let mut text = String::new();
            section(&mut text, ("May be lost", BAD), &lines, wide);
            strip_str(&text).to_string()
        };
        let whole =
            "May be lost  rows of one table (step 1)\n             rows of another (step 2)\n";
        assert_eq!(shown(None), whole);
        assert_eq!(shown(Some(39)), whole);
        assert_eq!(
            shown(Some(34)),
            "May be lost  rows of one table\n               (step 1)\n             rows of another (step\n               2)\n"
        );
    }
}
