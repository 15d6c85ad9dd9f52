//! `enact apply`.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::apply::{self, Connections, Options, Outcome};
use crate::approval::ApprovedPlan;
use crate::catalog::ObjectId;
use crate::database::{Canceller, Session};
use crate::diagnostic::{Code, Exit, Finding, Refusal};
use crate::plan::file::PlanFile;
use crate::spelling::counted;
use crate::workspace::{Environment, Project, plans, trust};

use super::context::Context;
use super::progress::Lines;

/// Apply exactly one approved plan, or go on with one that was interrupted
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The plan's directory [default: the environment's plan that fits the database]
    plan: Option<Utf8PathBuf>,
    /// Read signers and policy from this git ref [default: the environment's `trust_ref`]
    #[arg(long, value_name = "REF")]
    trust_ref: Option<String>,
    /// Wait this many seconds for another run to end
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
}

#[derive(Serialize)]
struct Nothing {
    plan: Option<String>,
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let (directory, name) = match &args.plan {
        Some(path) => {
            let directory = plans::read(path)?;
            let named = context.named_environment();
            let name = named.unwrap_or(&directory.file.plan().environment).to_owned();
            (Some(directory), name)
        }
        None => (None, context.environment(&project)?.0.to_owned()),
    };
    let environment = project.config.environment(&name)?;
    // Everything that can be refused without the database is refused without it.
    let trusted = trust::read(&project, &name, args.trust_ref.as_deref())?;
    let now = Context::now();
    let approved = match directory {
        Some(directory) => {
            apply::check_environment(directory.file.plan(), &name)?;
            Some(directory.approve(&trusted, now)?)
        }
        None => None,
    };
    let session = context.connect(environment).await?;
    let approved = match approved {
        Some(approved) => approved,
        None => {
            let all = plans::of_environment(&project, &name)?;
            let files: Vec<PlanFile> = all.iter().map(|plan| plan.file.clone()).collect();
            let Some(chosen) = apply::choose(&session, &name, &files).await? else {
                nothing_to_do(context, &name);
                return Ok(Exit::Done);
            };
            let chosen = chosen.digest();
            let directory = all.into_iter().find(|plan| plan.file.digest() == chosen);
            directory.ok_or_else(|| apply::no_plan(&name, 0))?.approve(&trusted, now)?
        }
    };
    let outcome = execute(context, (&project, environment), session, &approved, args.wait).await?;
    report(context, &approved, &outcome);
    Ok(Exit::Done)
}

/// Applies, with progress, a second connection that looks for blockers, and Ctrl-C.
pub(super) async fn execute(
    context: &Context,
    (_, environment): (&Project, &Environment),
    session: Session,
    approved: &ApprovedPlan,
    wait: u64,
) -> Result<Outcome, Refusal> {
    let canceller = Arc::new(Mutex::new(session.canceller()));
    let interrupted = Arc::new(AtomicBool::new(false));
    let listener = tokio::spawn(stop_on_signal(Arc::clone(&canceller), Arc::clone(&interrupted)));
    // Without a second connection the work goes on; only nobody looks for blockers.
    let beside = async |session| {
        let observer = context.connect(environment).await.ok();
        Connections { session, observer }
    };
    let connect = async || {
        let session = context.connect(environment).await?;
        if let Ok(mut canceller) = canceller.lock() {
            *canceller = session.canceller();
        }
        Ok(beside(session).await)
    };
    let plan = approved.plan();
    let runner = Context::runner();
    let lines = Lines::new(&context.out, plan.stages.len());
    let options = Options {
        environment: &plan.environment,
        lock_wait: Duration::from_secs(wait),
        runner: &runner,
        run: &context.run,
        now: Context::now(),
        interrupted: &interrupted,
        progress: &lines,
    };
    let outcome =
        apply::apply_reconnecting(beside(session).await, connect, approved, &options).await;
    listener.abort();
    let outcome = outcome?;
    if !outcome.gone.is_empty() {
        context.out.finding(&gone(&outcome.gone));
    }
    Ok(outcome)
}

/// What the plan left out, and is gone.
fn gone(objects: &[ObjectId]) -> Finding {
    let message = format!(
        "{} that the plan leaves out {} gone since it began",
        counted(objects.len(), "object"),
        if objects.len() == 1 { "is" } else { "are" }
    );
    let finding = Finding::warning(Code::IgnoredObjectGone, message).help(
        "if nobody dropped them meanwhile, a statement with CASCADE did: tell whose they are",
    );
    objects.iter().fold(finding, |finding, object| finding.note(format!("- {object}")))
}

/// Once: cancel what runs, and stop cleanly. Twice: stop at once; the next run decides.
async fn stop_on_signal(canceller: Arc<Mutex<Canceller>>, interrupted: Arc<AtomicBool>) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return;
    };
    loop {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        if interrupted.swap(true, Ordering::Relaxed) {
            std::process::exit(Exit::Unknown as i32);
        }
        // Not `eprintln`: it panics where nobody reads.
        let _ = writeln!(
            anstream::stderr().lock(),
            "stopping: what runs is cancelled and rolled back; again to stop at once"
        );
        let canceller = canceller.lock().ok().map(|canceller| canceller.clone());
        if let Some(canceller) = canceller {
            let _ = canceller.cancel().await;
        }
    }
}

/// Every plan of the environment was applied before.
fn nothing_to_do(context: &Context, environment: &str) {
    if context.out.is_json() {
        context.out.json(&Nothing { plan: None });
    } else {
        context.out.result(&format!("Nothing to do: every plan of `{environment}` was applied."));
    }
}

/// What was done, and the checkpoint to keep.
pub(super) fn report(context: &Context, approved: &ApprovedPlan, outcome: &Outcome) {
    if context.out.is_json() {
        context.out.json(outcome);
        return;
    }
    let heads = if outcome.heads.is_empty() { "base".to_owned() } else { outcome.heads.join(", ") };
    let people: Vec<&str> =
        approved.approvals().iter().map(|approval| approval.person.as_str()).collect();
    let by = if people.is_empty() {
        String::new()
    } else {
        format!(", approved by {}", people.join(", "))
    };
    if let Some(run) = &outcome.applied_by {
        context.out.say(&format!("this run had to wait, and run {run} applied the plan meanwhile"));
    }
    context.out.result(&format!(
        "applied plan {}{by}: {} of {} now\nthe database is at {heads}, and its schema is what the plan says\n\
         checkpoint: {}",
        outcome.plan.short(),
        outcome.stages.len(),
        counted(approved.plan().stages.len(), "stage"),
        outcome.checkpoint,
    ));
}
