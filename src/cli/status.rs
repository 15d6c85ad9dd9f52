//! `enact status`.

use std::fmt::Write;
use std::thread;

use serde::{Deserialize, Serialize};

use crate::compile::{self, Standing, Tally};
use crate::database::ledger_table::LedgerSurface;
use crate::database::{Session, read_catalog};
use crate::diagnostic::{Code, Exit, Finding, Refusal};
use crate::digest::Digest;
use crate::graph::Heads;
use crate::spelling::counted;
use crate::workspace::{Memory, Project, Surface};

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
    heads: &'a [String],
    applied: usize,
    pending: Vec<&'a str>,
    edited: &'a [Finding],
    #[serde(with = "crate::plan::optional_number")]
    ledger_entries: Option<u64>,
    last_run: Option<&'a str>,
    /// How many objects there are, where nothing tells at which revision.
    untracked: Option<usize>,
}

/// The last tally, and all that it depended on.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Remembered {
    files: Digest,
    rows: Heads,
    ledger: Option<LedgerSurface>,
    tally: Tally,
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let (name, environment) = context.environment(&project)?;
    let settings = context.settings(Some(environment))?;
    // Looking at the files and asking the database do not need one another.
    let looking = thread::spawn({
        let (project, now) = (project.clone(), jiff::Timestamp::now());
        move || Surface::of(&project, now)
    });
    let session = Session::connect(&settings).await?;
    let standing = compile::stand(&session).await?;
    let surface = looking.join().map_err(|_| stopped())?;
    let tally = tally(&project, name, &session, &standing, surface).await?;
    let untracked = untracked(&session, &standing).await?;
    if context.out.is_json() {
        context.out.json(&Answer {
            database: &standing.database,
            environment: name,
            server: &standing.server_version,
            current: standing.heads.iter().map(ToString::to_string).collect(),
            heads: &tally.heads,
            applied: tally.applied(),
            pending: tally.pending.iter().map(|(id, _)| id.as_str()).collect(),
            edited: &tally.edited,
            ledger_entries: Some(tally.entries),
            last_run: tally.last_run.as_deref(),
            untracked,
        });
    } else {
        context.out.result(&text(&standing, name, &tally));
        if let Some(objects) = untracked {
            let fact = format!("it has {}, and nothing tracks them", counted(objects, "object"));
            let help = format!(
                "run `enact handle-legacy --env {name}`, which finds out at which revision it is"
            );
            context.out.finding(&Finding::warning(Code::DatabaseUntracked, fact).help(help));
        }
        for finding in &tally.edited {
            context.out.finding(finding);
        }
    }
    let clean = tally.pending.is_empty() && tally.edited.is_empty();
    Ok(if args.exit_code && !clean { Exit::No } else { Exit::Done })
}

/// The tally as it is remembered, if files, rows and ledger look as they did when it was made;
/// otherwise of all files and the whole ledger, read and verified.
async fn tally(
    project: &Project,
    environment: &str,
    session: &Session,
    standing: &Standing,
    surface: Option<Surface>,
) -> Result<Tally, Refusal> {
    let memory = Memory::of(project, environment, "status");
    let remembered: Option<Remembered> = memory.as_ref().and_then(Memory::recall);
    if let (Some(surface), Some(last)) = (surface, remembered)
        && (surface.digest, &standing.heads, &standing.ledger)
            == (last.files, &last.rows, &last.ledger)
    {
        return Ok(last.tally);
    }
    let reading = thread::spawn({
        let project = project.clone();
        move || project.revisions()
    });
    let chain = compile::read_chain(session).await;
    let graph = reading.join().map_err(|_| stopped())??;
    let tally = Tally::of(&graph, &standing.heads, &chain?)?;
    // What is wrong with edited revisions is said with their text, which is not remembered.
    if let (Some(memory), Some(surface)) = (memory, surface.filter(|surface| surface.settled))
        && tally.edited.is_empty()
    {
        // Without a memory the next run takes longer, that is all.
        let _ = memory.keep(&Remembered {
            files: surface.digest,
            rows: standing.heads.clone(),
            ledger: standing.ledger.clone(),
            tally: tally.clone(),
        });
    }
    Ok(tally)
}

/// How many objects somebody made in a database of which neither rows nor a ledger tell anything.
async fn untracked(session: &Session, standing: &Standing) -> Result<Option<usize>, Refusal> {
    if !standing.heads.is_empty() || standing.ledger.is_some() {
        return Ok(None);
    }
    let objects = read_catalog(session).await?.inventory().made();
    Ok((objects > 0).then_some(objects))
}

fn stopped() -> Refusal {
    Refusal::new(Code::Bug, "a reader stopped")
}

fn text(standing: &Standing, environment: &str, tally: &Tally) -> String {
    let mut text = String::new();
    let current: Vec<String> = standing.heads.iter().map(ToString::to_string).collect();
    let or = |list: &[String], none: &str| {
        if list.is_empty() { none.to_owned() } else { list.join(", ") }
    };
    let mut row = |name: &str, value: String| {
        let _ = writeln!(text, "{BOLD}{name:<12}{BOLD:#} {value}");
    };
    let pending = &tally.pending;
    row("Database", format!("{} on PostgreSQL {}", standing.database, standing.server_version));
    row("Environment", environment.to_owned());
    row("Current", or(&current, "no revision"));
    row("Head", or(&tally.heads, "none"));
    row("Revisions", format!("{} in all, {} applied", tally.revisions, tally.applied()));
    row(
        "Pending",
        match pending.len() {
            0 => format!("{GOOD}none{GOOD:#}"),
            count => format!("{WARN}{count}{WARN:#}"),
        },
    );
    row("Last run", tally.last_run.clone().unwrap_or_else(|| "none by enact".to_owned()));
    for (id, message) in pending.iter().take(LISTED) {
        let _ = writeln!(text, "  {DIM}[ ]{DIM:#} {id}  {}", crate::source::visible(message));
    }
    if pending.len() > LISTED {
        let _ = writeln!(text, "  {DIM}and {} more{DIM:#}", pending.len() - LISTED);
    }
    text
}
