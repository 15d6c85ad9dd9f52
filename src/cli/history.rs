//! `enact history`.

use serde::Serialize;

use crate::compile;
use crate::diagnostic::{Exit, Refusal};
use crate::graph::{self, Heads, HistoryEntry};

use super::context::Context;
use super::output::{Format, folded, terminal_width};

/// Show the revisions, newest first: drawn as a graph on a terminal, else a line each
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only these: `A:B`, where each side may be empty, a selector, or `current`
    #[arg(value_name = "RANGE", allow_hyphen_values = true)]
    range: Option<String>,
    /// Draw the graph also where no terminal reads
    #[arg(long, conflicts_with = "lines")]
    graph: bool,
    /// Print a line each, as Alembic does, also on a terminal
    #[arg(long)]
    lines: bool,
    /// Ask the database, and mark where it is
    #[arg(long)]
    indicate_current: bool,
    /// Show at most this many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

#[derive(Serialize)]
struct Answer<'a> {
    revisions: &'a [HistoryEntry],
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let graph = project.revisions()?;
    let asks =
        args.indicate_current || args.range.as_ref().is_some_and(|range| range.contains("current"));
    let current = if asks {
        let (_, environment) = context.environment(&project)?;
        let session = context.connect(environment).await?;
        compile::observe_heads(&session).await?
    } else {
        Heads::new()
    };
    let mut entries = match &args.range {
        Some(range) => graph.history_range(range, &current)?,
        None => graph.history(&current),
    };
    if let Some(limit) = args.limit {
        entries.truncate(limit);
    }
    let drawn = args.graph || (!args.lines && std::io::IsTerminal::is_terminal(&std::io::stdout()));
    match context.out.format {
        Format::Json => context.out.json(&Answer { revisions: &entries }),
        Format::Mermaid => context.out.result(&graph::mermaid(&entries)),
        _ if drawn => {
            let fold = |text: String, columns| match terminal_width() {
                Some(width) => folded(&text, width.saturating_sub(columns), 2).join("\n"),
                None => text,
            };
            context.out.result(&graph::terminal(&entries, fold));
        }
        _ => {
            let lines: Vec<String> = entries.iter().map(HistoryEntry::line).collect();
            context.out.result(&lines.join("\n"));
        }
    }
    Ok(Exit::Done)
}
