//! `enact handle-legacy`.

use std::time::Duration;

use serde::Serialize;

use crate::apply::{self, StampRequest};
use crate::catalog::Ignore;
use crate::compile::{self, Detected, Location, Search, State};
use crate::database::Session;
use crate::diagnostic::{Code, Exit, Refusal};
use crate::graph::{Heads, RevisionGraph};
use crate::ledger::Located;
use crate::revision::RevisionId;
use crate::workspace::trust;

use super::context::Context;
use super::detect_state::{Ignored, differences, named};
use super::upgrade;

/// Stamp a database that nobody tracks at the revision that it is found to be at, and upgrade it
///
/// Only an exact match is stamped, and the ledger says what it was compared with.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    ignored: Ignored,
    /// Of several revisions that make this schema, the one that is meant
    #[arg(long, value_name = "REVISION", conflicts_with = "choose")]
    at: Option<String>,
    /// Of several revisions that make this schema, the first or the last in the history
    ///
    /// They differ in what they do to data, which no schema shows: with `oldest` those that may have
    /// run already run again, with `newest` those that may not have run never do.
    #[arg(long, value_enum)]
    choose: Option<Choice>,
    /// Stamp, and do not upgrade
    #[arg(long)]
    stamp_only: bool,
    /// Do not ask, even if the upgrade loses data
    #[arg(short, long)]
    yes: bool,
}

/// Which of several.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Choice {
    /// The first in the history.
    Oldest,
    /// The last in the history.
    Newest,
}

#[derive(Serialize)]
struct Stamped {
    state: State,
    from: Vec<String>,
    to: Vec<String>,
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let graph = project.revisions()?;
    let (name, environment) = context.environment(&project)?;
    let policy = trust::read(&project, name, None)?.policy;
    let ignore = args.ignored.of(&project);
    let search = Search { ignore: &ignore, remembered: false };
    let session = context.connect(environment).await?;
    let detected = compile::detect(&session, &graph, search).await?;
    let mut stamped = Stamped { state: detected.state, from: Vec::new(), to: Vec::new() };
    if let Some(location) = &detected.location {
        let heads = chosen(location, args, name)?;
        if policy.approvals > 0 || policy.author_signature {
            return Err(Refusal::new(
                Code::ApprovalRequired,
                format!("`{name}` asks for approvals, and a stamp has none"),
            )
            .note(format!("the database is exactly at {}", named(heads)))
            .help(
                "a stamp cannot be made a plan yet: let somebody who may change the policy allow this one, \
                 at the trusted ref, and run it again",
            ));
        }
        let located = located(&detected, location, &ignore);
        stamped.to = stamp(&session, &graph, (name, heads, &located)).await?;
        context.out.good(&format!("stamped: base → {}", named(heads)));
    } else {
        context.out.say(match detected.state {
            State::Managed => "nothing to stamp: the database is managed",
            _ => "nothing to stamp: the database is fresh",
        });
    }
    drop(session);
    if args.stamp_only {
        if context.out.is_json() {
            context.out.json(&stamped);
        }
        return Ok(Exit::Done);
    }
    upgrade::to_heads(context, args.yes, args.ignored.clone()).await
}

/// The candidate that is stamped.
fn chosen<'a>(location: &'a Location, args: &Args, name: &str) -> Result<&'a Heads, Refusal> {
    let Location { exact, candidates, .. } = location;
    if exact.is_empty() {
        return Err(unknown(location, name));
    }
    if let Some(at) = &args.at {
        let meant = |heads: &&Heads| heads.iter().any(|head| head.as_str() == at);
        return exact.iter().find(meant).ok_or_else(|| {
            let refusal = Refusal::new(
                Code::LocationUnknown,
                format!("`{at}` does not make the schema that the database has"),
            );
            exact
                .iter()
                .fold(refusal, |refusal, heads| refusal.note(format!("{} does", named(heads))))
        });
    }
    match (exact.as_slice(), args.choose) {
        ([only], _) => Ok(only),
        ([oldest, ..], Some(Choice::Oldest)) => Ok(oldest),
        ([.., newest], Some(Choice::Newest)) => Ok(newest),
        _ => {
            let refusal = Refusal::new(
                Code::LocationAmbiguous,
                format!("{} of {candidates} states have exactly this schema", exact.len()),
            )
            .note("they differ in what they do to data, which no schema shows");
            let refusal = exact.iter().fold(refusal, |refusal, heads| refusal.note(named(heads)));
            Err(refusal.help("say which with `--at`, or `--choose oldest` or `--choose newest`"))
        }
    }
}

fn unknown(location: &Location, name: &str) -> Refusal {
    let mut refusal =
        Refusal::new(Code::LocationUnknown, "no revision makes the schema that the database has");
    if let Some(near) = location.nearest.first() {
        let (heads, count) = (named(&near.heads), near.objects.len());
        refusal = refusal.note(format!("{count} objects are not as {heads} makes them"));
        for line in differences(&near.differences) {
            refusal = refusal.note(line);
        }
    }
    refusal.help(format!(
        "undo the differences, or leave out with `--ignore` what is not ours; \
         `enact detect-state --env {name}` shows other candidates"
    ))
}

fn located(detected: &Detected, location: &Location, ignore: &Ignore) -> Located {
    let ids = |heads: &Heads| heads.iter().map(ToString::to_string).collect();
    Located {
        fingerprint: detected.target.catalog.fingerprint(),
        exact: location.exact.iter().map(ids).collect(),
        candidates: u32::try_from(location.candidates).unwrap_or(u32::MAX),
        ignored: ignore.patterns().map(str::to_owned).collect(),
    }
}

async fn stamp(
    session: &Session,
    graph: &RevisionGraph,
    (environment, heads, located): (&str, &Heads, &Located),
) -> Result<Vec<String>, Refusal> {
    let selectors: Vec<&str> = heads.iter().map(RevisionId::as_str).collect();
    let selectors = if selectors.is_empty() { vec!["base"] } else { selectors };
    let runner = Context::runner();
    let reason = format!("located: the schema is exactly that of {}", named(heads));
    let request = StampRequest {
        environment,
        selectors: &selectors,
        purge: false,
        reason: &reason,
        located: Some(located),
        runner: &runner,
        now: Context::now(),
        proposed_target_id: uuid::Uuid::new_v4(),
        lock_wait: Duration::from_mins(1),
    };
    Ok(apply::stamp(session, graph, &request).await?.to)
}
