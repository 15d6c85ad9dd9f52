//! `enact current`.

use serde::Serialize;

use crate::compile;
use crate::diagnostic::{Code, Exit, Refusal};
use crate::graph::HistoryEntry;

use super::context::Context;

/// Show the revisions that the database is at
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Exit 1 unless the database is on all heads
    #[arg(long)]
    check_heads: bool,
}

#[derive(Serialize)]
struct Answer {
    rows: Vec<String>,
    current: Vec<String>,
    on_heads: bool,
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let graph = project.revisions()?;
    let (_, environment) = context.environment(&project)?;
    let session = context.connect(environment).await?;
    let heads = compile::observe_heads(&session).await?;
    let current: Vec<String> =
        graph.current(&heads)?.iter().map(|revision| revision.id.to_string()).collect();
    let on_heads = graph.pending(&heads).is_ok_and(|pending| pending.is_empty());
    if context.out.is_json() {
        let rows = heads.iter().map(ToString::to_string).collect();
        let code = (args.check_heads && !on_heads).then_some(Code::Pending);
        context.out.json_with(code, &Answer { rows, current, on_heads });
    } else {
        let lines: Vec<String> = graph
            .history(&heads)
            .iter()
            .filter(|entry| current.iter().any(|id| *id == entry.id.to_string()))
            .map(HistoryEntry::current_line)
            .collect();
        if lines.is_empty() {
            context.out.say("the database is at no revision");
        } else {
            context.out.result(&lines.join("\n"));
        }
    }
    if args.check_heads && !on_heads {
        if context.out.is_json() {
            // The one document has said so.
            return Ok(Exit::No);
        }
        return Err(Refusal::new(Code::Pending, "the database is not on all head revisions")
            .help("run `enact status` to see what is pending"));
    }
    Ok(Exit::Done)
}
