//! `enact plan`.

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::compile::{self, PlanRequest};
use crate::diagnostic::{Exit, Refusal};
use crate::graph::Direction;
use crate::plan::file::PlanFile;
use crate::plan::summary::Summary;
use crate::render::{self, Templates};
use crate::workspace::{Environment, Project, git, plans};

use super::context::{Context, shown};
use super::detect_state::Ignored;
use super::show;

/// Compile a plan for one database, and prove it on a shadow
///
/// Looks at the target (it is never written to), finds the path, tries every statement on a
/// throw-away PostgreSQL of the target's version, and writes `plans/<env>/<to>-<digest>/`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Where to: an id, a prefix, `head`, `heads`, `base`, `label@head`, `+1`, `-1`, …
    #[arg(default_value = "heads", allow_negative_numbers = true)]
    revision: String,
    /// Go down to the revision instead of up
    #[arg(long)]
    downgrade: bool,
    #[command(flatten)]
    ignored: Ignored,
    /// List drift in the plan instead of refusing it
    #[arg(long)]
    allow_drift: bool,
    /// Who compiles [default: git's user]
    #[arg(long, env = "ENACT_AUTHOR", value_name = "NAME")]
    author: Option<String>,
    /// Exit 0: nothing to do, 1: error, 2: a plan was written
    #[arg(long)]
    detailed_exitcode: bool,
}

#[derive(Serialize)]
struct Written<'a> {
    directory: Option<Utf8PathBuf>,
    digest: Option<String>,
    summary: Option<Summary>,
    next: Option<&'a str>,
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let answer = plan(context, args).await;
    match (&answer, args.detailed_exitcode) {
        (Err(refusal), true) => {
            context.out.refusal(refusal, Exit::No);
            Ok(Exit::No)
        }
        _ => answer,
    }
}

async fn plan(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let (name, environment) = context.environment(&project)?;
    let direction = if args.downgrade { Direction::Downgrade } else { Direction::Upgrade };
    let author = match &args.author {
        Some(author) => author.clone(),
        None => git::author(&project.root)?,
    };
    let compiled = compiled(
        context,
        &project,
        (name, environment),
        (direction, &args.revision),
        &author,
        (&args.ignored, args.allow_drift),
    )
    .await?;
    let Some(file) = compiled else {
        if context.out.is_json() {
            let nothing = Written { directory: None, digest: None, summary: None, next: None };
            context.out.json(&nothing);
        } else {
            context.out.result("Nothing to do: the database is where the plan would lead.");
        }
        return Ok(Exit::Done);
    };
    write(context, &project, environment, &file)?;
    Ok(if args.detailed_exitcode { Exit::Usage } else { Exit::Done })
}

/// Writes the plan's directory; gives its path as it is shown.
pub(super) fn keep(project: &Project, file: &PlanFile) -> Result<Utf8PathBuf, Refusal> {
    let templates = project.templates()?;
    let directory = plans::write(project, file, &readings(&templates, file)?)?;
    Ok(shown(project, &directory))
}

/// Writes the plan's directory, shows the plan, and says what is next.
pub(super) fn write(
    context: &Context,
    project: &Project,
    environment: &Environment,
    file: &PlanFile,
) -> Result<(), Refusal> {
    let path = keep(project, file)?;
    let next = if environment.approvals > 0 {
        format!("enact approve {path}")
    } else {
        format!("enact apply --env {} {path}", file.plan().environment)
    };
    if context.out.is_json() {
        context.out.json(&Written {
            directory: Some(path),
            digest: Some(file.digest().to_string()),
            summary: Some(file.plan().summary()),
            next: Some(&next),
        });
    } else {
        context.out.result(&show::text(file));
        context.out.good(&format!("wrote {path}"));
        context.out.say(&format!("  next: {next}"));
    }
    Ok(())
}

/// Compiles, without writing anything.
pub(super) async fn compiled(
    context: &Context,
    project: &Project,
    (name, environment): (&str, &Environment),
    (direction, selector): (Direction, &str),
    author: &str,
    (ignored, allow_drift): (&Ignored, bool),
) -> Result<Option<PlanFile>, Refusal> {
    let graph = project.revisions()?;
    let session = context.connect(environment).await?;
    context.out.say(&format!("compiling for {name} ({}), with a shadow", session.endpoint()));
    let ignore = ignored.of(project);
    let request = PlanRequest {
        environment: name,
        policy: environment.plan_policy(),
        ttl: environment.policy().plan_ttl,
        author,
        direction,
        selector,
        ignore: &ignore,
        allow_drift,
        now: Context::now(),
        proposed_target_id: uuid::Uuid::new_v4(),
    };
    compile::plan(&session, &graph, &request).await
}

/// The readings that stand beside a plan, by file name.
pub(super) fn readings(
    templates: &Templates,
    file: &PlanFile,
) -> Result<Vec<(&'static str, String)>, Refusal> {
    Ok(vec![
        ("plan.md", render::markdown(templates, file)?),
        ("plan.sql", render::psql_script(templates, file)?),
    ])
}
