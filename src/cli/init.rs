//! `enact init`.

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::diagnostic::{Exit, Refusal};
use crate::workspace;

use super::context::Context;

/// Begin a project: `enact.toml`, a folder of revisions, and a line in `.gitattributes`
///
/// What is there already is kept.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder [default: this one]
    folder: Option<Utf8PathBuf>,
}

#[derive(Serialize)]
struct Begun {
    written: Vec<Utf8PathBuf>,
    kept: Vec<Utf8PathBuf>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let folder = match &args.folder {
        Some(folder) => folder.clone(),
        None => Context::folder()?,
    };
    let done = workspace::init(&folder)?;
    if context.out.is_json() {
        context.out.json(&Begun { written: done.written, kept: done.kept });
        return Ok(Exit::Done);
    }
    let mut text = String::new();
    for path in &done.written {
        text.push_str(&format!("wrote {path}\n"));
    }
    for path in &done.kept {
        text.push_str(&format!("kept  {path}\n"));
    }
    context.out.result(&text);
    context.out.say("next: enact create \"what the first revision does\"");
    Ok(Exit::Done)
}
