//! `enact heads`.

use serde::Serialize;

use crate::diagnostic::{Exit, Refusal};
use crate::graph::Heads;

use super::context::Context;

/// Show the heads of the revision graph
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

#[derive(Serialize)]
struct Answer {
    heads: Vec<String>,
}

pub(super) fn run(context: &Context, _: &Args) -> Result<Exit, Refusal> {
    let graph = context.project()?.revisions()?;
    let heads = graph.heads();
    if context.out.is_json() {
        context.out.json(&Answer { heads: heads.iter().map(ToString::to_string).collect() });
        return Ok(Exit::Done);
    }
    let lines: Vec<String> = graph
        .history(&Heads::new())
        .iter()
        .filter(|entry| heads.contains(entry.id.as_str()))
        .map(crate::graph::HistoryEntry::head_line)
        .collect();
    context.out.result(&lines.join("\n"));
    Ok(Exit::Done)
}
