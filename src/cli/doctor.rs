//! `enact doctor`.

use serde::Serialize;

use crate::diagnostic::{Exit, Finding, Refusal, Severity};
use crate::doctor::{self, Case};
use crate::source::visible;
use crate::spelling::counted;
use crate::workspace::{plans, trust};

use super::context::Context;
use super::detect_state::Ignored;

/// Find every disagreement between `alembic_version`, the ledger, the schema and the revisions
///
/// Says of each what it is, the evidence, and the command or SQL that ends it. Writes nothing, and needs a
/// role that may read. Whether the schema is what the revisions make is not asked here: `enact plan`
/// tries that on a shadow.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    ignored: Ignored,
}

#[derive(Serialize)]
struct Answer<'a> {
    database: &'a str,
    environment: &'a str,
    server: &'a str,
    rows: &'a [String],
    at_work: Option<&'a str>,
    findings: &'a [Finding],
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let graph = project.revisions()?;
    let (name, environment) = context.environment(&project)?;
    let policy = trust::read(&project, name, None)?.policy;
    let all = plans::of_environment(&project, name)?;
    let session = context.connect(environment).await?;
    let ignore = args.ignored.of(&project);
    let case = Case {
        graph: &graph,
        environment: name,
        plans: &all,
        ignore: &ignore,
        stamps: policy.approvals == 0 && !policy.author_signature,
    };
    let examined = doctor::examine(&session, &case).await?;
    let wrong: Vec<&Finding> =
        examined.findings.iter().filter(|finding| finding.severity != Severity::Note).collect();
    let code = wrong.first().map(|finding| finding.code);
    if context.out.is_json() {
        context.out.json_with(
            code,
            &Answer {
                database: &examined.database,
                environment: name,
                server: &examined.server_version,
                rows: &examined.rows,
                at_work: examined.at_work.as_deref(),
                findings: &examined.findings,
            },
        );
    } else {
        for finding in &examined.findings {
            context.out.finding(finding);
        }
        if let Some(run) = &examined.at_work {
            context.out.say(&format!("another run is at work, and is not judged: {run}"));
        }
        let what = match wrong.len() {
            0 => "no disagreement found".to_owned(),
            count => counted(count, "disagreement"),
        };
        let rows: Vec<String> = examined.rows.iter().map(|row| visible(row)).collect();
        let at = if rows.is_empty() { "no revision".to_owned() } else { rows.join(", ") };
        context.out.result(&format!("{} at {at}: {what}", examined.database));
    }
    Ok(if wrong.is_empty() { Exit::Done } else { Exit::No })
}
