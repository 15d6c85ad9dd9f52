//! `enact status`.

use std::fmt::Write;

use serde::Serialize;

use crate::compile::{self, Standing};
use crate::diagnostic::{Code, Exit, Finding, Refusal};

use super::context::Context;
use super::output::{BOLD, DIM, GOOD, WARN};

/// Show where the database is, what is pending, and which applied revisions were edited since
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Exit 1 if revisions are pending or were edited
    #[arg(long)]
    exit_code: bool,
}

/// So many revisions are listed.
const LISTED: usize = 20;

#[derive(Serialize)]
struct Answer<'a> {
    database: &'a str,
    environment: &'a str,
    server: &'a str,
    current: Vec<String>,
    heads: Vec<String>,
    applied: usize,
    pending: Vec<String>,
    edited: &'a [Finding],
    #[serde(with = "crate::plan::optional_number")]
    ledger_entries: Option<u64>,
    last_run: Option<String>,
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let (name, environment) = context.environment(&project)?;
    let settings = context.settings(Some(environment))?;
    // Reading the files and asking the database do not need one another.
    let reading = std::thread::spawn({
        let project = project.clone();
        move || project.revisions()
    });
    let standing = compile::stand(&crate::database::Session::connect(&settings).await?).await;
    let graph = reading.join().map_err(|_| Refusal::new(Code::Bug, "a reader stopped"))??;
    let standing = standing?;
    let edited = compile::edited_revisions(&graph, &standing.chain, &standing.heads)?;
    let pending: Vec<_> = graph.pending(&standing.heads)?;
    if context.out.is_json() {
        context.out.json(&Answer {
            database: &standing.database,
            environment: name,
            server: &standing.server_version,
            current: standing.heads.iter().map(ToString::to_string).collect(),
            heads: graph.heads().iter().map(ToString::to_string).collect(),
            applied: graph.len() - pending.len(),
            pending: pending.iter().map(|revision| revision.id.to_string()).collect(),
            edited: &edited,
            ledger_entries: Some(standing.chain.len() as u64),
            last_run: standing.last_run(),
        });
    } else {
        let ids: Vec<(String, String)> = pending
            .iter()
            .map(|revision| (revision.id.to_string(), revision.message.clone()))
            .collect();
        let heads: Vec<String> = graph.heads().iter().map(ToString::to_string).collect();
        context.out.result(&text(&standing, name, &heads, graph.len(), &ids));
        for finding in &edited {
            context.out.finding(finding);
        }
    }
    let clean = pending.is_empty() && edited.is_empty();
    Ok(if args.exit_code && !clean { Exit::No } else { Exit::Done })
}

fn text(
    standing: &Standing,
    environment: &str,
    heads: &[String],
    total: usize,
    pending: &[(String, String)],
) -> String {
    let mut text = String::new();
    let current: Vec<String> = standing.heads.iter().map(ToString::to_string).collect();
    let or = |list: &[String], none: &str| {
        if list.is_empty() { none.to_owned() } else { list.join(", ") }
    };
    let mut row = |name: &str, value: String| {
        let _ = writeln!(text, "{BOLD}{name:<12}{BOLD:#} {value}");
    };
    row("Database", format!("{} on PostgreSQL {}", standing.database, standing.server_version));
    row("Environment", environment.to_owned());
    row("Current", or(&current, "no revision"));
    row("Head", or(heads, "none"));
    row("Revisions", format!("{total} in all, {} applied", total - pending.len()));
    row(
        "Pending",
        match pending.len() {
            0 => format!("{GOOD}none{GOOD:#}"),
            count => format!("{WARN}{count}{WARN:#}"),
        },
    );
    row("Last run", standing.last_run().unwrap_or_else(|| "none by enact".to_owned()));
    for (id, message) in pending.iter().take(LISTED) {
        let _ = writeln!(text, "  {DIM}[ ]{DIM:#} {id}  {}", crate::source::visible(message));
    }
    if pending.len() > LISTED {
        let _ = writeln!(text, "  {DIM}and {} more{DIM:#}", pending.len() - LISTED);
    }
    text
}
