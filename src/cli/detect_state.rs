//! `enact detect-state`.

use std::fmt::Write as _;

use clap::builder::NonEmptyStringValueParser;
use serde::Serialize;

use crate::catalog::{Ignore, ObjectId};
use crate::compile::{self, Detected, Location, Search, State};
use crate::diagnostic::{Exit, Refusal};
use crate::digest::Digest;
use crate::graph::Heads;
use crate::plan::Drift;
use crate::workspace::Project;

use super::context::Context;
use super::output::{BOLD, GOOD, WARN};

/// Find out whether the database is fresh, legacy, partial or managed, and where a legacy one is
///
/// Looks at the target, and never writes to it. A database that nobody tracks is compared with what
/// the revisions make on a throw-away PostgreSQL.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    pub(super) ignored: Ignored,
    /// Exit 1 if the database is legacy or partial
    #[arg(long)]
    exit_code: bool,
}

/// Which objects do not count.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Ignored {
    /// Leave objects out that are not ours, as `ignore` in `enact.toml`: `table public.tmp_*`, `audit.*`, …
    #[arg(long, value_name = "PATTERN", value_parser = NonEmptyStringValueParser::new())]
    ignore: Vec<String>,
}

impl Ignored {
    /// These and those of `enact.toml`, if there is one.
    pub(super) fn of<'a>(&self, project: impl Into<Option<&'a Project>>) -> Ignore {
        project
            .into()
            .map_or_else(Ignore::default, |project| project.config.ignore.clone())
            .and(&self.ignore)
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    state: State,
    database: &'a str,
    environment: &'a str,
    server: &'a str,
    fingerprint: Digest,
    evidence: &'a [String],
    candidates: Option<usize>,
    exact: Vec<&'a Heads>,
    nearest: Vec<Near<'a>>,
    next: String,
}

#[derive(Serialize)]
struct Near<'a> {
    heads: &'a Heads,
    objects: Vec<&'a ObjectId>,
    /// Those of them that are as a later revision makes them.
    behind: Vec<&'a ObjectId>,
    differences: &'a [Drift],
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let graph = project.revisions()?;
    let (name, environment) = context.environment(&project)?;
    let session = context.connect(environment).await?;
    let ignore = args.ignored.of(&project);
    let search = Search { ignore: &ignore, looking: true };
    let detected = compile::detect(&session, &graph, search).await?;
    if context.out.is_json() {
        context.out.json(&answer(&detected, name));
    } else {
        context.out.result(&text(&detected, name));
    }
    let known = matches!(detected.state, State::Fresh | State::Managed);
    Ok(if args.exit_code && !known { Exit::No } else { Exit::Done })
}

fn answer<'a>(detected: &'a Detected, environment: &'a str) -> Answer<'a> {
    let location = detected.location.as_ref();
    let nearest = location.iter().flat_map(|location| &location.nearest);
    Answer {
        state: detected.state,
        database: &detected.target.identity.database,
        environment,
        server: &detected.target.identity.server_version,
        fingerprint: detected.target.catalog.fingerprint(),
        evidence: &detected.evidence,
        candidates: location.map(|location| location.candidates),
        exact: location.iter().flat_map(|location| &location.exact).collect(),
        nearest: nearest
            .map(|near| Near {
                heads: &near.heads,
                objects: near.objects.iter().collect(),
                behind: near.behind.iter().collect(),
                differences: &near.differences,
            })
            .collect(),
        next: next(detected.state, environment),
    }
}

fn text(detected: &Detected, environment: &str) -> String {
    let mut text = String::new();
    let (colour, state) = match detected.state {
        State::Fresh => (GOOD, "fresh"),
        State::Legacy => (WARN, "legacy"),
        State::Partial => (WARN, "partial"),
        State::Managed => (GOOD, "managed"),
    };
    let _ = writeln!(text, "{BOLD}State{BOLD:#}        {colour}{state}{colour:#}");
    for line in &detected.evidence {
        let _ = writeln!(text, "  {}", crate::source::visible(line));
    }
    if let Some(location) = &detected.location {
        text.push_str(&places(location));
    }
    let _ = writeln!(text, "{BOLD}Next{BOLD:#}         {}", next(detected.state, environment));
    text
}

/// Where the database is, or nearly is.
fn places(location: &Location) -> String {
    let mut text = String::new();
    for heads in &location.exact {
        let _ = writeln!(text, "{BOLD}Exactly{BOLD:#}      {}", named(heads));
    }
    for near in &location.nearest {
        let count = near.objects.len();
        let objects = if count == 1 { "object differs" } else { "objects differ" };
        let _ = writeln!(
            text,
            "{BOLD}Nearest{BOLD:#}      {}: {count} {objects}{}",
            named(&near.heads),
            behind(near)
        );
        for line in differences(&near.differences) {
            let _ = writeln!(text, "  {line}");
        }
    }
    text
}

fn behind(near: &compile::Near) -> String {
    match near.behind.len() {
        0 => String::new(),
        count => format!(", {count} as a later revision makes them"),
    }
}

/// One line an object, and one a difference within it. `+` is there and not wanted, `-` is missing.
pub(super) fn differences(differences: &[Drift]) -> Vec<String> {
    let mut lines = Vec::new();
    for drift in differences {
        lines.push(format!("{} {}", drift.change.sign(), drift.object));
        lines.extend(drift.details.iter().map(|detail| format!("    {detail}")));
    }
    lines
}

/// Heads as people read them.
pub(super) fn named(heads: &Heads) -> String {
    if heads.is_empty() {
        return "base".to_owned();
    }
    heads.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn next(state: State, environment: &str) -> String {
    match state {
        State::Fresh => format!("enact plan --env {environment}"),
        // Of a partial one, it shows the repair and asks.
        State::Legacy | State::Partial => format!("enact handle-legacy --env {environment}"),
        State::Managed => format!("enact status --env {environment}"),
    }
}
