//! `enact drift`.

use serde::Serialize;

use crate::catalog::{CatalogDiff, ObjectId};
use crate::compile;
use crate::database::read_linked_catalog;
use crate::diagnostic::{Code, Exit, Refusal};
use crate::difference::{Options, Script};
use crate::spelling::counted;

use super::context::Context;
use super::detect_state::Ignored;
use super::difference::shown;
use super::output::Format;

/// Compare the database with what its revisions make
///
/// The revisions are run on a throw-away PostgreSQL of the same version; the database is only read. Exit 1
/// if something differs; rights that no revision gives are no drift. `--format sql` gives statements that bring the database back.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    ignored: Ignored,
    /// With `--format sql`: remove nothing and lose nothing
    #[arg(long)]
    lossless: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    heads: Vec<String>,
    server: &'a str,
    /// From what the revisions make to what is there.
    difference: &'a CatalogDiff,
    /// Rights, tablespaces and subscriptions that are there and that no revision gives: no drift.
    given_by_others: &'a [ObjectId],
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let (_, environment) = context.environment(&project)?;
    let graph = project.revisions()?;
    let session = context.connect(environment).await?;
    let ignore = args.ignored.of(&project);
    let mut report = compile::find_drift(&session, &graph, &ignore).await?;
    let heads: Vec<String> = report.heads.iter().map(ToString::to_string).collect();
    let differs = !report.difference.is_empty();
    let code = differs.then_some(Code::SchemaDiffers);
    match context.out.format {
        Format::Json => context.out.json_with(
            code,
            &Answer {
                heads,
                server: &report.server_version,
                difference: &report.difference,
                given_by_others: &report.given_by_others,
            },
        ),
        Format::Sql => {
            let mut there = read_linked_catalog(&session).await?;
            there.leave_out(&ignore);
            report.made.take_given_by_others(&there);
            let options = Options { lossless_only: args.lossless, ..Options::default() };
            let script = Script::between(&there, &report.made, &options);
            let setting = script.session_lines().map_or(String::new(), |sql| format!("{sql}\n\n"));
            context.out.result(format!("{setting}{script}").trim_end());
        }
        _ => {
            let at = if heads.is_empty() { "no revision".to_owned() } else { heads.join(", ") };
            context.out.result(&if differs {
                format!(
                    "the database is not what its revisions make (at {at}); + only there, - missing there\n{}",
                    shown(&report.difference)
                )
            } else {
                format!("No drift: the database is what its revisions make (at {at}).")
            });
            if !report.given_by_others.is_empty() {
                context.out.say(&format!(
                    "besides, it has rights, tablespaces or subscriptions that no revision gives, on {}",
                    counted(report.given_by_others.len(), "object")
                ));
            }
        }
    }
    Ok(if differs { Exit::No } else { Exit::Done })
}
