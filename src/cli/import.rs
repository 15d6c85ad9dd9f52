//! `enact import`.

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::diagnostic::{Exit, Finding, Refusal};
use crate::import::Tool;
use crate::spelling::counted;
use crate::workspace::{self, ImportRequest};

use super::context::{Context, shown};

/// Write another tool's migrations as revisions: all of them, or none
///
/// Those that an earlier import wrote stay as they are: only what is new is written.
///
/// The tools: alembic, golang-migrate, dbmate, sqlx, diesel, flyway, goose, node-pg-migrate, and
/// numbered for files of no tool. The ids are those that the tool tracks, so that
/// `enact stamp --from-tracking` takes a database over.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The tool; left out, the folder tells
    #[arg(value_name = "TOOL")]
    first: Utf8PathBuf,
    /// The folder of migrations; for Alembic its project's, or the configuration file
    #[arg(value_name = "FOLDER")]
    second: Option<Utf8PathBuf>,
    /// The Python that the migrations run with [default: the virtual environment's, or python3]
    #[arg(long, value_name = "FILE")]
    python: Option<Utf8PathBuf>,
    /// Where a part cannot be converted, write a statement that fails until you put SQL in its place
    #[arg(long)]
    placeholders: bool,
}

#[derive(Serialize)]
struct Imported {
    tool: &'static str,
    files: Vec<Utf8PathBuf>,
    /// Migrations that an earlier import wrote.
    before: usize,
    heads: Vec<String>,
    warnings: Vec<Finding>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let (tool, from) = match &args.second {
        Some(from) => (Some(args.first.as_str().parse::<Tool>()?), from),
        None => (None, &args.first),
    };
    let project = context.project()?;
    let request = ImportRequest {
        tool,
        from,
        python: args.python.as_deref(),
        placeholders: args.placeholders,
    };
    let written = workspace::import(&project, &request)?;
    let files: Vec<Utf8PathBuf> = written.files.iter().map(|path| shown(&project, path)).collect();
    if context.out.is_json() {
        context.out.json(&Imported {
            tool: written.tool.name(),
            files,
            before: written.before,
            heads: written.heads,
            warnings: written.told,
        });
        return Ok(Exit::Done);
    }
    for finding in &written.told {
        context.out.finding(finding);
    }
    if tool.is_none() {
        context.out.say(&format!("took `{from}` for the work of {}", written.tool));
    }
    for file in &files {
        context.out.result(&format!("wrote {file}"));
    }
    let before = counted(written.before, "migration");
    if files.is_empty() {
        context.out.say(&format!("{before} imported before; nothing is new"));
        return Ok(Exit::Done);
    }
    if written.before > 0 {
        context.out.say(&format!("{before} imported before"));
    }
    let (new, heads) = (counted(files.len(), "revision"), written.heads.join(", "));
    context.out.say(&format!("{new}, head {heads}"));
    context
        .out
        .say("next: `enact validate`, then `enact stamp --from-tracking` where it was applied");
    Ok(Exit::Done)
}
