//! `enact handle-legacy`.

use serde::Serialize;

use crate::approval::ApprovedPlan;
use crate::catalog::Ignore;
use crate::compile::{self, Adoption, Choice, PlanRequest, Search, State};
use crate::database::Session;
use crate::diagnostic::{Code, Exit, Refusal};
use crate::graph::{Direction, RevisionGraph};
use crate::plan::file::PlanFile;
use crate::spelling::counted;
use crate::workspace::{Environment, git, trust};

use super::context::Context;
use super::detect_state::{Ignored, named};
use super::output::confirmed;
use super::{apply, plan, show, upgrade};

/// Take over a database that nobody tracks: find out where it is, repair what differs, and upgrade it
///
/// Where the schema is exactly what a revision makes, that is where it is. Otherwise the nearest revision is
/// the goal: what is missing is made, what differs is altered, nothing is dropped, and no row and no value
/// is lost. Both are a plan; where approvals are asked for, it is written and waits for them.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct Args {
    #[command(flatten)]
    ignored: Ignored,
    /// Of several revisions that make this schema, the one that is meant; of a repair, the goal
    #[arg(long, value_name = "REVISION", conflicts_with = "choose")]
    at: Option<String>,
    /// Of several revisions that make this schema, the first or the last in the history
    ///
    /// They differ in what they do to data, which no schema shows: with `oldest` those that may have
    /// run already run again, with `newest` those that may not have run never do.
    #[arg(long, value_enum)]
    choose: Option<Which>,
    /// Leave so, and list in the plan, what cannot be brought to the revision without loss
    #[arg(long)]
    allow_drift: bool,
    /// Build indexes concurrently, and validate constraints after a commit, where there are such
    /// forms; the repair's stages are committed one by one
    #[arg(long)]
    online: bool,
    /// Take over, with its repair, and do not upgrade
    #[arg(long)]
    stamp_only: bool,
    /// Who compiles the plan [default: git's user]
    #[arg(long, env = "ENACT_AUTHOR", value_name = "NAME")]
    author: Option<String>,
    /// Do not ask, neither before a repair nor if the upgrade loses data
    #[arg(short, long)]
    yes: bool,
    /// Wait this many seconds for another run to end
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
}

/// Which of several.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Which {
    /// The first in the history.
    Oldest,
    /// The last in the history.
    Newest,
}

impl Args {
    fn choice(&self) -> Choice<'_> {
        match (&self.at, self.choose) {
            (Some(at), _) => Choice::At(at),
            (None, Some(Which::Oldest)) => Choice::Oldest,
            (None, Some(Which::Newest)) => Choice::Newest,
            (None, None) => Choice::Clear,
        }
    }
}

#[derive(Serialize)]
struct TakenOver {
    state: State,
    from: Vec<String>,
    to: Vec<String>,
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let graph = project.revisions()?;
    let (name, environment) = context.environment(&project)?;
    let trusted = trust::read(&project, name, None)?;
    let asks = trusted.policy.approvals > 0 || trusted.policy.author_signature;
    let ignore = args.ignored.of(&project);
    let search = Search { ignore: &ignore, looking: false };
    let session = context.connect(environment).await?;
    let detected = compile::detect(&session, &graph, search).await?;
    let mut taken = TakenOver { state: detected.state, from: Vec::new(), to: Vec::new() };
    if let Some(location) = &detected.location {
        let heads = location.choose(&graph, args.choice())?;
        let author = match &args.author {
            Some(author) => author.clone(),
            None if asks => git::author(&project.root)?,
            None => git::author(&project.root).unwrap_or_else(|_| Context::runner()),
        };
        let target = (name, environment, author.as_str());
        let adoption = Adoption { detected: &detected, heads: &heads, online: args.online };
        let file = compiled(&session, &graph, target, &adoption, &ignore, args.allow_drift).await?;
        if asks {
            plan::write(context, &project, environment, &file)?;
            context.out.say("  once it is applied, `enact plan` goes on from there");
            return Ok(Exit::Done);
        }
        ask(context, &file, args.yes)?;
        // What is committed stage by stage may end half-way, and go on from there.
        let kept = match file.plan().stages.len() {
            0 | 1 => None,
            _ => Some(plan::keep(&project, &file)?),
        };
        let approved = ApprovedPlan::approve(file, &[], &trusted.trust(), Context::now())?;
        let at = (&project, environment);
        let executed = apply::execute(context, at, session, &approved, args.wait).await;
        executed.map_err(|refusal| match &kept {
            Some(path) => refusal.note(format!(
                "the plan is kept: `enact apply --env {name} {path}` goes on with it"
            )),
            None => refusal,
        })?;
        let steps = approved.plan().steps().count();
        let done = if steps == 0 { "stamped" } else { "repaired and stamped" };
        context.out.good(&format!("{done}: base → {}", named(&heads)));
        taken.to = heads.iter().map(ToString::to_string).collect();
    } else {
        context.out.say(match detected.state {
            State::Managed => "nothing to take over: the database is managed",
            _ => "nothing to take over: the database is fresh",
        });
        drop(session);
    }
    if args.stamp_only {
        if context.out.is_json() {
            context.out.json(&taken);
        }
        return Ok(Exit::Done);
    }
    upgrade::to_heads(context, args.yes, args.ignored.clone()).await
}

async fn compiled(
    session: &Session,
    graph: &RevisionGraph,
    (name, environment, author): (&str, &Environment, &str),
    adoption: &Adoption<'_>,
    ignore: &Ignore,
    allow_drift: bool,
) -> Result<PlanFile, Refusal> {
    let requested: Vec<String> = adoption.heads.iter().map(ToString::to_string).collect();
    let request = PlanRequest {
        environment: name,
        policy: environment.plan_policy(),
        ttl: environment.policy().plan_ttl,
        author,
        direction: Direction::Stamp,
        selector: &requested.join(", "),
        ignore,
        allow_drift,
        now: Context::now(),
        proposed_target_id: uuid::Uuid::new_v4(),
    };
    compile::adopt(session, graph, &request, adoption).await
}

/// A repair changes the schema: that wants a word. A stamp changes none.
fn ask(context: &Context, file: &PlanFile, yes: bool) -> Result<(), Refusal> {
    let steps = file.plan().steps().count();
    if steps == 0 {
        let kept = show::kept(file, super::output::terminal_width());
        if !kept.is_empty() {
            context.out.say(kept.trim_end());
        }
        return Ok(());
    }
    context.out.say(&show::text(file));
    if yes {
        return Ok(());
    }
    let question = format!("Repair the database by {}?", counted(steps, "statement"));
    match if context.no_input() { None } else { confirmed(&question) } {
        Some(true) => Ok(()),
        Some(false) => Err(Refusal::new(Code::Declined, "nothing was applied")),
        None => Err(Refusal::new(
            Code::ConfirmationNeeded,
            format!(
                "the database differs from the nearest revision, and nobody can be asked whether {} may repair it",
                counted(steps, "statement")
            ),
        )
        .help("look at what is shown above, then run it with `--yes`")),
    }
}
