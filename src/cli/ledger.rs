//! `enact ledger`.

use std::fmt::Write as _;

use serde::Serialize;

use crate::database::{VersionTable, ledger_table};
use crate::diagnostic::{Code, Exit, Refusal};
use crate::ledger::{Chain, Checkpoint, Record, Witness};
use crate::source::visible;
use crate::spelling::counted;
use crate::workspace::plans;

use super::context::Context;
use super::output::{BOLD, DIM};

/// Show what was applied to the database, entry by entry
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    /// Show only the newest so many entries
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Check the chain, the heads that plans witnessed, and the tracked revisions
    Verify {
        /// Check that the ledger goes through a checkpoint that an apply printed; may be repeated
        #[arg(long, value_name = "CHECKPOINT")]
        checkpoint: Vec<Witness>,
    },
}

#[derive(Serialize)]
struct Listing<'a> {
    entries: Vec<Listed<'a>>,
}

#[derive(Serialize)]
struct Listed<'a> {
    #[serde(with = "crate::plan::number")]
    seq: u64,
    hash: String,
    record: &'a Record,
}

#[derive(Serialize)]
struct Verified {
    entries: usize,
    head: Option<String>,
    checkpoint: Option<Checkpoint>,
    witnesses: usize,
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let (name, environment) = context.environment(&project)?;
    let session = context.connect(environment).await?;
    let entries = ledger_table::read_ledger(&session).await?.unwrap_or_default();
    let chain = Chain::verify(&entries, None)?;
    if let Some(Action::Verify { checkpoint }) = &args.action {
        let rows = VersionTable::locate(&session).await?.heads(&session).await?;
        let all = plans::of_environment(&project, name)?;
        let witnesses = [plans::witnesses(&chain, &all), checkpoint.clone()].concat();
        return verify(context, &chain, &witnesses, &rows.unwrap_or_default());
    }
    let skipped = chain.len().saturating_sub(args.limit.unwrap_or(usize::MAX));
    let listed: Vec<Listed<'_>> = (0..)
        .zip(chain.records())
        .skip(skipped)
        .map(|(seq, record)| Listed {
            seq,
            hash: chain.hash(seq).map(|hash| hash.to_string()).unwrap_or_default(),
            record,
        })
        .collect();
    if context.out.is_json() {
        context.out.json(&Listing { entries: listed });
    } else if listed.is_empty() {
        context.out.say("the ledger is empty: enact has applied nothing here");
    } else {
        let lines: Vec<String> = listed.iter().map(line).collect();
        context.out.result(&lines.join("\n"));
    }
    Ok(Exit::Done)
}

fn line(entry: &Listed<'_>) -> String {
    let (at, text) = match entry.record {
        Record::Genesis(genesis) => (
            genesis.at,
            format!("begun for {} as target {}", visible(&genesis.environment), genesis.target_id),
        ),
        Record::Plan(plan) => {
            let people: Vec<_> =
                plan.approvals.iter().map(|approver| visible(&approver.person)).collect();
            let by = if people.is_empty() { "nobody".to_owned() } else { people.join(", ") };
            (
                plan.at,
                format!(
                    "plan {} by {}, approved by {by}, run by {}{}",
                    plan.plan.short(),
                    visible(&plan.author),
                    visible(&plan.runner),
                    if plan.located.is_some() {
                        format!(", takes over at {}", plan.to.join(", "))
                    } else {
                        String::new()
                    }
                ),
            )
        }
        Record::Stage(stage) => {
            let ids: Vec<_> =
                stage.revisions.iter().map(|revision| visible(&revision.id)).collect();
            // A revision is done with its last stage; those before it complete none.
            let done = if ids.is_empty() { String::new() } else { format!(": {}", ids.join(", ")) };
            let recovered = if stage.recovered { ", taken over" } else { "" };
            (
                stage.at,
                format!(
                    "plan {} stage {} of {}{done}{recovered}",
                    stage.plan.short(),
                    stage.stage,
                    stage.of
                ),
            )
        }
        Record::Stamp(stamp) => (
            stamp.at,
            format!(
                "stamped {} by {}: {}",
                stamp.to.join(", "),
                visible(&stamp.by),
                visible(&stamp.reason)
            ),
        ),
    };
    format!("{BOLD}{:>5}{BOLD:#}  {DIM}{} {at}{DIM:#}  {text}", entry.seq, &entry.hash[..8])
}

fn verify(
    context: &Context,
    chain: &Chain,
    witnesses: &[Witness],
    rows: &std::collections::BTreeSet<String>,
) -> Result<Exit, Refusal> {
    chain.goes_through(witnesses)?;
    if let Some(last) = chain.heads()
        && last != *rows
    {
        let text = |ids: Vec<&String>| ids.into_iter().cloned().collect::<Vec<_>>().join(", ");
        return Err(Refusal::new(
            Code::LedgerOutrun,
            format!(
                "the ledger ends at {}, and `alembic_version` holds {}",
                text(last.iter().collect()),
                text(rows.iter().collect())
            ),
        )
        .note("the chain itself is whole")
        .help("something else has migrated the database since, for instance Alembic; `enact doctor` says what to do"));
    }
    if context.out.is_json() {
        context.out.json(&Verified {
            entries: chain.len(),
            head: chain.head().map(|head| head.hash.to_string()),
            checkpoint: chain.checkpoint(),
            witnesses: witnesses.len(),
        });
    } else {
        let mut verdict = format!(
            "the ledger is whole: {}; it goes through {}",
            counted(chain.len(), "entry"),
            counted(witnesses.len(), "witnessed head")
        );
        if let Some(checkpoint) = chain.checkpoint() {
            let _ = write!(verdict, "\ncheckpoint: {checkpoint}");
        }
        context.out.result(&verdict);
    }
    Ok(Exit::Done)
}
