//! `enact verify`.

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::approval::Approval;
use crate::compile;
use crate::diagnostic::{Code, Exit, Refusal};
use crate::workspace::{plans, trust};

use super::context::Context;
use super::plan::readings;

/// Check a plan: its format, its readings, its approvals; with --recompile also its making
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The plan's directory
    plan: Utf8PathBuf,
    /// Compile the revisions again against the plan's own observation: the bytes must be equal
    #[arg(long)]
    recompile: bool,
    /// Read signers and policy from this git ref [default: the environment's `trust_ref`]
    #[arg(long, value_name = "REF")]
    trust_ref: Option<String>,
    /// Check everything but the approvals
    #[arg(long)]
    no_approvals: bool,
}

#[derive(Serialize)]
struct Verified<'a> {
    plan: String,
    recompiled: bool,
    approvals: Vec<&'a str>,
    trusted_from: String,
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let directory = plans::read(&args.plan)?;
    let file = &directory.file;
    let digest = file.digest();
    context.out.good(&format!("plan {} is well formed", digest.short()));
    for (name, rendered) in readings(&project.templates()?, file)? {
        if directory.reading(name)?.as_deref() != Some(rendered.as_str()) {
            return Err(Refusal::new(
                Code::ReadingDiffers,
                format!("`{name}` is not what the plan's bytes render to"),
            )
            .help("reviewers may have read something else than what would run: plan again"));
        }
    }
    context.out.good("plan.md and plan.sql are what its bytes render to");
    if args.recompile {
        compile::recompile(&project.revisions()?, file).await?;
        context.out.good("compiling the revisions again gives the same bytes");
    }
    let plan = file.plan().environment.clone();
    let trusted = trust::read(&project, &plan, args.trust_ref.as_deref())?;
    let mut approvals = Vec::new();
    if !args.no_approvals {
        let approved = directory.approve(&trusted, Context::now())?;
        for approval in approved.approvals() {
            context.out.good(&format!("{} approved, with {}", approval.person, approval.key));
        }
        approvals = approved.approvals().to_vec();
    }
    if context.out.is_json() {
        context.out.json(&Verified {
            plan: digest.to_string(),
            recompiled: args.recompile,
            approvals: approvals
                .iter()
                .map(|approval: &Approval| approval.person.as_str())
                .collect(),
            trusted_from: trusted.from.clone(),
        });
    } else {
        context.out.result(&format!(
            "plan {} is in order{}; signers and policy from {}",
            digest,
            if args.no_approvals { ", approvals not checked" } else { "" },
            trusted.from
        ));
    }
    Ok(Exit::Done)
}
