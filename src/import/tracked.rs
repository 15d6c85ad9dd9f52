//! Another tool's record of what it applied: its versions in, revisions of the graph out.

use std::collections::{BTreeMap, BTreeSet};

use super::Tool;
use super::names::Version;
use crate::diagnostic::{Code, Refusal};
use crate::graph::RevisionGraph;
use crate::revision::RevisionId;

/// What a tracking table says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The tool whose table it is.
    pub tool: Tool,
    /// The table.
    pub table: String,
    /// The versions, or for node-pg-migrate the names, that were applied.
    pub applied: Vec<String>,
    /// Whether only the newest version is recorded, as golang-migrate does.
    pub newest_only: bool,
    /// Rows that say that something went wrong, each in words.
    pub failed: Vec<String>,
}

/// The revisions at which the database is by this record: those without an applied child.
///
/// # Errors
/// `tracking-unusable`: failed or dirty rows, versions out of order, or none at all;
/// `tracked-revision-unknown`.
pub fn heads(graph: &RevisionGraph, record: &Record) -> Result<Vec<RevisionId>, Refusal> {
    let refuse = |message: String, help: &str| {
        Err(Refusal::new(Code::TrackingUnusable, message).help(help.to_owned()))
    };
    let (tool, table) = (record.tool, &record.table);
    if let [first, ..] = &record.failed[..] {
        return refuse(
            format!("`{table}` of {tool} tells of a failure: {first}"),
            "finish or undo that migration with the tool, then run this again",
        );
    }
    if record.applied.is_empty() {
        return refuse(
            format!("`{table}` of {tool} says that nothing was applied"),
            "a database with nothing applied needs no stamp: `enact plan` begins at the base",
        );
    }
    let by_version: BTreeMap<Version, &RevisionId> = graph
        .iter()
        .filter_map(|revision| Some((Version::of(tool, revision.id.as_str())?, &revision.id)))
        .collect();
    let mut applied: BTreeSet<&RevisionId> = BTreeSet::new();
    for text in &record.applied {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let text = if tool == Tool::NodePgMigrate { &text[..digits] } else { text };
        let Some(id) = Version::of(tool, text).and_then(|version| by_version.get(&version)) else {
            let message = format!(
                "`{table}` of {tool} names `{}`, which is no revision here",
                text.escape_debug()
            );
            return Err(Refusal::new(Code::TrackedRevisionUnknown, message)
                .help("bring back its file and import again: `enact import`"));
        };
        applied.insert(id);
    }
    if !record.newest_only {
        for id in &applied {
            let before = graph.ancestors(id.as_str());
            if let Some(hole) = before.iter().find(|revision| !applied.contains(&revision.id)) {
                return refuse(
                    format!("`{table}` of {tool} has `{id}`, but not `{}` before it", hole.id),
                    "apply the missing migration with the tool first; enact's rows say that all before them ran",
                );
            }
        }
    }
    let has_applied_child = |id: &RevisionId| {
        graph.children(id.as_str()).iter().any(|child| applied.contains(&child.id))
    };
    Ok(applied.iter().filter(|id| !has_applied_child(id)).map(|&id| id.clone()).collect())
}
