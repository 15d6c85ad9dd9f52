//! `enact snapshot`.

use camino::{Utf8Path, Utf8PathBuf};
use serde::Serialize;

use crate::catalog::{MAX_SNAPSHOT_BYTES, Snapshot};
use crate::diagnostic::{Code, Exit, Refusal};
use crate::digest::Digest;
use crate::spelling::counted;
use crate::workspace;

use super::context::Context;
use super::detect_state::Ignored;
use super::side::Sides;

/// Keep a schema in a file, to compare with later
///
/// Holds the schema of a database, revision or SQL files (named as for `enact diff`): no data, no rights,
/// no secrets. One line for each object, always in the same order.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Whose schema: `env:NAME`, `postgresql://…`, `database`, `rev:SELECTOR`, `file:PATH`, `schema`
    #[arg(default_value = "database", allow_negative_numbers = true)]
    side: String,
    /// The file; a snapshot that is there is replaced [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    output: Option<Utf8PathBuf>,
    #[command(flatten)]
    ignored: Ignored,
    /// The major version of the shadow [default: the newest installed]
    #[arg(long, value_name = "MAJOR")]
    pg_version: Option<u16>,
}

#[derive(Serialize)]
struct Answer<'a> {
    file: &'a Utf8Path,
    of: &'a str,
    server_major: u16,
    objects: usize,
    fingerprint: Digest,
}

pub(super) async fn run(context: &Context, args: &Args) -> Result<Exit, Refusal> {
    if let Some(path) = &args.output {
        refuse_another(path)?;
    }
    let sides = Sides::open(context, &[&args.side]).await?;
    let ignore = args.ignored.of(sides.project.as_ref());
    let mut read = sides.read(args.pg_version).await?;
    let Some(named) = read.pop() else {
        return Err(Refusal::new(Code::Bug, "a side was asked for, and none read"));
    };
    let (mut linked, server_major) = (named.schema.linked, named.schema.server_major);
    linked.leave_out(&ignore);
    let snapshot = Snapshot { linked, server_major };
    let text = snapshot.encode();
    let Some(path) = &args.output else {
        // It is a format of its own, as a plan is.
        context.out.result(&text);
        return Ok(Exit::Done);
    };
    workspace::replace(path, text.as_bytes())?;
    let catalog = &snapshot.linked.catalog;
    if context.out.is_json() {
        context.out.json(&Answer {
            file: path,
            of: &named.name,
            server_major,
            objects: catalog.objects.len(),
            fingerprint: catalog.fingerprint(),
        });
    } else {
        let objects = counted(catalog.objects.len(), "object");
        context.out.result(&format!("wrote {path}: {objects} of {}", named.name));
    }
    Ok(Exit::Done)
}

/// A file that is there is replaced if it is a snapshot, also one of another version: somebody's
/// schema in SQL may not be lost by a slip.
fn refuse_another(path: &Utf8Path) -> Result<(), Refusal> {
    let is_snapshot = match workspace::read_bounded(path, path, MAX_SNAPSHOT_BYTES) {
        Ok(bytes) => match Snapshot::decode(&bytes) {
            Ok(_) => true,
            Err(refusal) => refusal.code() == Code::SnapshotVersion,
        },
        Err(refusal) => refusal.code() == Code::FileMissing,
    };
    if is_snapshot {
        return Ok(());
    }
    Err(Refusal::new(Code::FileExists, format!("`{path}` exists, and is no snapshot"))
        .help("remove it first, or write to another name; nothing was changed"))
}
