//! `enact upgrade` and `enact downgrade`: plan and apply in one go, where no approval is asked for.

use serde::Serialize;

use crate::approval::ApprovedPlan;
use crate::diagnostic::{Code, Exit, Refusal};
use crate::digest::Digest;
use crate::graph::Direction;
use crate::plan::file::PlanFile;
use crate::spelling::counted;
use crate::workspace::{git, trust};

use super::context::Context;
use super::detect_state::Ignored;
use super::output::confirmed;
use super::{apply, plan, show};

/// Plan and apply in one go, where the environment asks for no approvals
#[derive(Debug, clap::Args)]
pub(super) struct UpgradeArgs {
    /// Where to: an id, a prefix, `head`, `heads`, `label@head`, `+1`, …
    #[arg(default_value = "heads", allow_negative_numbers = true)]
    revision: String,
    #[command(flatten)]
    common: Common,
}

/// Plan and apply the way down in one go, where the environment asks for no approvals
#[derive(Debug, clap::Args)]
pub(super) struct DowngradeArgs {
    /// Where to: an id, a prefix, `base`, `-1`, …
    #[arg(allow_negative_numbers = true)]
    revision: String,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, clap::Args)]
struct Common {
    /// Do not ask, even if data is lost
    #[arg(short, long)]
    yes: bool,
    /// Show the plan, and apply nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    ignored: Ignored,
    /// Leave objects alone that the revisions do not make
    #[arg(long)]
    allow_drift: bool,
    /// Wait this many seconds for another run to end
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
}

impl UpgradeArgs {
    /// Whether the result is the plan.
    pub(super) fn shows_the_plan(&self) -> bool {
        self.common.dry_run
    }
}

impl DowngradeArgs {
    /// Whether the result is the plan.
    pub(super) fn shows_the_plan(&self) -> bool {
        self.common.dry_run
    }
}

/// The outcome where there is no plan.
#[derive(Default, Serialize)]
struct Nothing {
    plan: Option<Digest>,
    stages: [u32; 0],
}

pub(super) async fn up(context: &Context, args: &UpgradeArgs) -> Result<Exit, Refusal> {
    run(context, Direction::Upgrade, &args.revision, &args.common).await
}

pub(super) async fn down(context: &Context, args: &DowngradeArgs) -> Result<Exit, Refusal> {
    run(context, Direction::Downgrade, &args.revision, &args.common).await
}

/// The upgrade to the heads that follows an adoption.
pub(super) async fn to_heads(
    context: &Context,
    yes: bool,
    ignored: Ignored,
) -> Result<Exit, Refusal> {
    let common = Common { yes, dry_run: false, ignored, allow_drift: false, wait: 60 };
    run(context, Direction::Upgrade, "heads", &common).await
}

async fn run(
    context: &Context,
    direction: Direction,
    revision: &str,
    args: &Common,
) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let (name, environment) = context.environment(&project)?;
    let trusted = trust::read(&project, name, None)?;
    if !args.dry_run && (trusted.policy.approvals > 0 || trusted.policy.author_signature) {
        return Err(Refusal::new(
            Code::ApprovalRequired,
            format!("`{name}` asks for approvals, so nothing is applied without a reviewed plan"),
        )
        .help(format!(
            "run `enact plan --env {name}`, have it approved, then `enact apply --env {name}`"
        )));
    }
    let author = git::author(&project.root).unwrap_or_else(|_| Context::runner());
    let target = (direction, revision);
    let drift = (&args.ignored, args.allow_drift);
    let compiled =
        plan::compiled(context, &project, (name, environment), target, &author, drift).await?;
    let Some(file) = compiled else {
        if context.out.is_json() {
            context.out.json(&Nothing::default());
        } else {
            context.out.say("nothing to do: the database is there already");
        }
        return Ok(Exit::Done);
    };
    if args.dry_run {
        show::print(context, &file)?;
        return Ok(Exit::Done);
    }
    context.out.say(&show::tail(&file, super::output::terminal_width()));
    ask(context, &file, args.yes)?;
    let approved = ApprovedPlan::approve(file, &[], &trusted.trust(), Context::now())?;
    let session = context.connect(environment).await?;
    let at = (&project, environment);
    let outcome = apply::execute(context, at, session, &approved, args.wait).await?;
    apply::report(context, &approved, &outcome);
    Ok(Exit::Done)
}

/// Data that is lost is lost: that wants a word.
fn ask(context: &Context, file: &PlanFile, yes: bool) -> Result<(), Refusal> {
    let losses = file.plan().summary().losses.len();
    if yes || losses == 0 {
        return Ok(());
    }
    let question = format!("The plan loses data in {}. Apply it?", counted(losses, "place"));
    match if context.no_input() { None } else { confirmed(&question) } {
        Some(true) => Ok(()),
        Some(false) => Err(Refusal::new(Code::Declined, "nothing was applied")),
        None => Err(Refusal::new(
            Code::ConfirmationNeeded,
            "the plan loses data, and nobody can be asked here",
        )
        .help("look at it with `--dry-run`, then run it with `--yes`")),
    }
}
