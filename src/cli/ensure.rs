//! `enact ensure`.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use crate::apply::{Event, Progress};
use crate::diagnostic::{Code, Exit, Refusal};
use crate::ensure::{self, Ensured, Prospect, Request, Step, Takeover};
use crate::spelling::counted;

use super::apply;
use super::context::Context;
use super::detect_state::Ignored;
use super::progress::Lines;

/// Bring the database to the heads, whatever its state, as far as the policy allows
///
/// For an application's start. Where approvals are asked for, only an approved plan is applied; where
/// none are, the pending revisions are planned and applied, and a database that nobody tracks is taken over
/// first, if it is clear at which revision. Waits for another instance that is doing it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    ignored: Ignored,
    /// Only tell what would be done; exit 1 if anything would
    #[arg(long)]
    check: bool,
    /// Do it even if data is lost
    #[arg(short, long)]
    yes: bool,
    /// Wait this many seconds for another instance
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    wait: u64,
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let (name, environment) = context.environment(&project)?;
    let settings = context.settings(Some(environment))?;
    let runner = Context::runner();
    let waiting = Waiting(Lines::new(&context.out, 1));
    let ignore = args.ignored.of(&project);
    let request = Request {
        project: &project,
        environment: name,
        settings: &settings,
        wait: Duration::from_secs(args.wait),
        ignore: &ignore,
        may_lose_data: args.yes,
        runner: &runner,
        run: &context.run,
        interrupted: &AtomicBool::new(false),
        progress: &waiting,
    };
    if args.check {
        return Ok(tell(context, &ensure::foresee(&request).await?));
    }
    let mut applied = Vec::new();
    // As `ensure::ensure`; with lines for every stage, and Ctrl-C.
    let heads = loop {
        match ensure::next(&request).await? {
            Step::AtHead(heads) => break heads,
            Step::Apply(ready) => {
                let at = (&project, environment);
                let ready = *ready;
                let outcome =
                    apply::execute(context, at, ready.session, &ready.approved, args.wait).await?;
                applied.push(outcome);
            }
        }
    };
    let text = format!("at {}: {} applied now", list(&heads), counted(applied.len(), "plan"));
    if context.out.is_json() {
        context.out.json(&Ensured { heads, applied });
    } else {
        context.out.result(&text);
    }
    Ok(Exit::Done)
}

fn tell(context: &Context, prospect: &Prospect) -> Exit {
    let pending = !prospect.pending.is_empty() || prospect.takeover.is_some();
    if context.out.is_json() {
        context.out.json_with(pending.then_some(Code::Pending), prospect);
    } else if pending {
        let plan = match &prospect.plan {
            Some(digest) => format!("plan {}, which is approved, would be applied", &digest[..8]),
            None => "a plan would be made and applied: no approval is asked for".to_owned(),
        };
        let at = match &prospect.takeover {
            None => format!("at {}", list(&prospect.heads)),
            Some(takeover) => taken_over(takeover),
        };
        let pending = match prospect.pending.as_slice() {
            [] => "nothing".to_owned(),
            pending => pending.join(", "),
        };
        context.out.result(&format!("{at}; pending: {pending}\n{plan}"));
    } else {
        context.out.result(&format!("at {}: nothing to do", list(&prospect.heads)));
    }
    if pending { Exit::No } else { Exit::Done }
}

fn taken_over(takeover: &Takeover) -> String {
    let at = format!("tracked by nobody, and would be taken over at {}", list(&takeover.to));
    let repairs = match takeover.repairs {
        0 => String::new(),
        count => format!(", repaired by {}", counted(count, "statement")),
    };
    let kept = match takeover.kept {
        0 => String::new(),
        count => format!(", with {} kept as drift", counted(count, "object")),
    };
    format!("{at}{repairs}{kept}")
}

fn list(heads: &[String]) -> String {
    if heads.is_empty() { "base".to_owned() } else { heads.join(", ") }
}

/// Says only who is waited for; the stages have lines of their own.
struct Waiting<'a>(Lines<'a>);

impl Progress for Waiting<'_> {
    fn event(&self, event: Event<'_>) {
        if matches!(event, Event::WaitingForRunner(_)) {
            self.0.event(event);
        }
    }
}
