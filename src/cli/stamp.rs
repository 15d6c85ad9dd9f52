//! `enact stamp`.

use std::time::Duration;

use serde::Serialize;

use crate::apply::{self, StampRequest};
use crate::diagnostic::{Code, Exit, Refusal};
use crate::workspace::trust;

use super::context::Context;

/// Say at which revisions the database is, without running anything
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The revisions
    #[arg(required_unless_present = "from_tracking", allow_negative_numbers = true)]
    revisions: Vec<String>,
    /// Those at which another tool's tracking table says the database is, after `enact import`
    #[arg(long, conflicts_with_all = ["revisions", "purge"])]
    from_tracking: bool,
    /// Remove every row first, known or not
    #[arg(long)]
    purge: bool,
    /// Why; it stands in the ledger [default: by hand, or from which tool]
    #[arg(long)]
    reason: Option<String>,
}

#[derive(Serialize)]
struct Stamped {
    from: Vec<String>,
    to: Vec<String>,
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let graph = project.revisions()?;
    let (name, environment) = context.environment(&project)?;
    let policy = trust::read(&project, name, None)?.policy;
    if policy.approvals > 0 || policy.author_signature {
        return Err(Refusal::new(
            Code::ApprovalRequired,
            format!("`{name}` asks for approvals, and a stamp has none"),
        )
        .help(
            "a database that Alembic manages needs no stamp: `enact plan` goes on from its rows; \
             for one that nobody tracks `enact handle-legacy` writes a plan to approve",
        ));
    }
    let session = context.connect(environment).await?;
    let (revisions, why) = if args.from_tracking {
        let takeover = apply::take_over(&session, &graph).await?;
        (takeover.heads, takeover.reason)
    } else {
        (args.revisions.clone(), "stamped by hand".to_owned())
    };
    let selectors: Vec<&str> = revisions.iter().map(String::as_str).collect();
    let runner = Context::runner();
    let request = StampRequest {
        environment: name,
        selectors: &selectors,
        purge: args.purge,
        reason: args.reason.as_deref().unwrap_or(&why),
        runner: &runner,
        now: Context::now(),
        proposed_target_id: uuid::Uuid::new_v4(),
        lock_wait: Duration::from_mins(1),
    };
    let apply::Stamped { from, to, changed } = apply::stamp(&session, &graph, &request).await?;
    let stamped = Stamped { from, to };
    if context.out.is_json() {
        context.out.json(&stamped);
    } else if !changed {
        context.out.say("nothing to do: the database says so already");
    } else {
        let text = |heads: &[String]| {
            if heads.is_empty() { "base".to_owned() } else { heads.join(", ") }
        };
        context.out.result(&format!("stamped: {} → {}", text(&stamped.from), text(&stamped.to)));
    }
    Ok(Exit::Done)
}
