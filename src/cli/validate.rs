//! `enact validate`.

use serde::Serialize;

use crate::catalog::CatalogDiff;
use crate::compile::{self, Proof, Surroundings};
use crate::diagnostic::{Code, Exit, Finding, Refusal, Severity};
use crate::difference::declared_renames;
use crate::graph::RevisionGraph;
use crate::shadow::Installation;
use crate::spelling::counted;
use crate::workspace;

use super::context::Context;

/// Check the whole project: files, graph, statements, rules, and a replay on a shadow
///
/// Needs no database: everything runs on a throw-away PostgreSQL.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Do not replay the revisions on a shadow
    #[arg(long)]
    no_shadow: bool,
    /// Refuse revisions whose SQL differs from this git ref, such as the main branch
    #[arg(long, value_name = "REF")]
    base: Option<String>,
    /// The major version of the shadow [default: the newest installed]
    #[arg(long, value_name = "MAJOR")]
    pg_version: Option<u16>,
    /// Let warnings fail too
    #[arg(long)]
    strict: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    revisions: usize,
    statements: usize,
    heads: Vec<String>,
    replayed_up: Option<usize>,
    replayed_down: Option<usize>,
    fingerprint: Option<String>,
    findings: &'a [Finding],
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let graph = project.revisions()?;
    let checked = workspace::check(&graph)?;
    let mut findings = checked.findings;
    if let Some(base) = &args.base {
        findings.extend(workspace::edited_since(&project, &graph, base)?);
    }
    let proof =
        if args.no_shadow { None } else { Some(proof(context, args, &project, &graph).await?) };
    if let Some(proof) = &proof {
        findings.extend(proof.findings.iter().cloned());
        findings.extend(unwanted(args, &project, &graph).await?);
    }
    findings.retain(|finding| finding.severity != Severity::Note);
    let weighs = |finding: &&Finding| args.strict || finding.severity == Severity::Error;
    let worst = findings.iter().find(weighs).map(|finding| finding.code);
    let heads: Vec<String> = graph.heads().iter().map(ToString::to_string).collect();
    if context.out.is_json() {
        let answer = Answer {
            revisions: graph.len(),
            statements: checked.statements,
            heads,
            replayed_up: proof.as_ref().map(|proof| proof.up),
            replayed_down: proof.as_ref().map(|proof| proof.down),
            fingerprint: proof.as_ref().map(|proof| proof.fingerprint.to_string()),
            findings: &findings,
        };
        context.out.json_with(worst, &answer);
    } else {
        for finding in &findings {
            context.out.finding(finding);
        }
        let mut text = format!(
            "{}, {}, head{} {}",
            counted(graph.len(), "revision"),
            counted(checked.statements, "statement"),
            if heads.len() == 1 { "" } else { "s" },
            heads.join(", ")
        );
        if let Some(proof) = &proof {
            text.push_str(&format!(
                "\n{} ran up and {} down on PostgreSQL {}; schema at the head {}",
                proof.up,
                proof.down,
                proof.server_version,
                proof.fingerprint.short()
            ));
        }
        context.out.result(&text);
    }
    Ok(worst.map_or(Exit::Done, Code::exit))
}

/// What the revisions make beside what the project says that it wants.
async fn unwanted(
    args: &Args,
    project: &workspace::Project,
    graph: &RevisionGraph,
) -> Result<Option<Finding>, Refusal> {
    let (Some(path), Some(files)) = (&project.config.schema, workspace::wanted_schema(project)?)
    else {
        return Ok(None);
    };
    declared_renames(&files)?;
    let installation = Installation::find(args.pg_version)?;
    let at = Surroundings::of_nobody(&installation, &project.config.shadow_roles);
    let mut wanted = compile::schema_of_files(&at, &files).await?;
    let mut made = compile::schema_of_revisions(&at, graph, &graph.heads()).await?;
    wanted.leave_out(&project.config.ignore);
    made.leave_out(&project.config.ignore);
    let mut difference = CatalogDiff::between(&made.catalog, &wanted.catalog);
    let spoken = wanted.spoken();
    difference.objects.retain(|id, _| spoken.counts(id.kind()));
    if difference.is_empty() {
        return Ok(None);
    }
    let message = format!("`{path}` is not what the revisions make");
    let finding = Finding::error(Code::SchemaDiffers, message)
        .help("`enact create --autogenerate` writes the revision that is missing");
    Ok(Some(difference.to_string().lines().fold(finding, Finding::note)))
}

async fn proof(
    context: &Context,
    args: &Args,
    project: &workspace::Project,
    graph: &RevisionGraph,
) -> Result<Proof, Refusal> {
    let installation = Installation::find(args.pg_version)?;
    context.out.say(&format!(
        "replaying {} on PostgreSQL {}",
        counted(graph.len(), "revision"),
        installation.release()
    ));
    let config = &project.config;
    compile::prove_history(&installation, graph, &config.shadow_roles, &config.ignore).await
}
