//! `enact create`.

use camino::Utf8PathBuf;
use serde::Serialize;

use crate::diagnostic::{Exit, Refusal};
use crate::workspace::{self, NewRevision};

use super::context::{Context, shown};

/// Write a new revision file, on the head or on the revisions that are named
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What the revision does, in one line
    message: String,
    /// A parent: id, prefix, or `label@head`; may be repeated [default: the head]
    #[arg(long, value_name = "REVISION")]
    head: Vec<String>,
    /// What must be applied before, besides the parents; may be repeated
    #[arg(long, value_name = "REVISION")]
    depends_on: Vec<String>,
    /// A label for the branch that begins here; may be repeated
    #[arg(long, value_name = "LABEL")]
    branch_label: Vec<String>,
    /// Allow a parent that is no head
    #[arg(long)]
    splice: bool,
    /// The id [default: 12 random hexadecimal digits]
    #[arg(long, value_name = "ID")]
    rev_id: Option<String>,
    /// Merge several heads into one [default: all of them]
    #[arg(long)]
    merge: bool,
}

#[derive(Serialize)]
struct Created {
    file: Utf8PathBuf,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    let project = context.project()?;
    let new = NewRevision {
        message: &args.message,
        heads: &args.head,
        depends_on: &args.depends_on,
        labels: &args.branch_label,
        splice: args.splice,
        id: args.rev_id.as_deref(),
        merge: args.merge,
        ..NewRevision::default()
    };
    let random = uuid::Uuid::new_v4().simple().to_string()[20..].to_owned();
    let path = workspace::create(&project, &new, Context::now(), &random)?;
    let file = shown(&project, &path);
    if context.out.is_json() {
        context.out.json(&Created { file });
    } else {
        context.out.result(&format!("wrote {file}"));
        if !args.merge {
            context.out.say("next: write its SQL, then `enact validate`");
        }
    }
    Ok(Exit::Done)
}
