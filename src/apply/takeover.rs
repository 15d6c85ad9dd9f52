//! Taking over from another tool: its tracking table in, the revisions to stamp out.

use crate::database::{Session, VersionTable, tracking};
use crate::diagnostic::{Code, Refusal};
use crate::graph::RevisionGraph;
use crate::import::tracked;

/// Where another tool left the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takeover {
    /// The revisions.
    pub heads: Vec<String>,
    /// Why they are stamped, for the ledger.
    pub reason: String,
}

/// Reads another tool's tracking table, and finds the imported revisions that it means. Nothing is
/// written.
///
/// # Errors
/// `tracking-unusable`, also if `alembic_version` has rows already; `tracked-revision-unknown`;
/// `version-table-invalid`.
pub async fn take_over(session: &Session, graph: &RevisionGraph) -> Result<Takeover, Refusal> {
    let Some(record) = tracking::read(session).await? else {
        return Err(Refusal::new(
            Code::TrackingUnusable,
            "the database has no tracking table of another tool",
        )
        .help("name the revision instead: `enact stamp <revision>`"));
    };
    let heads: Vec<String> =
        tracked::heads(graph, &record)?.iter().map(ToString::to_string).collect();
    let rows = VersionTable::locate(session).await?.heads(session).await?.unwrap_or_default();
    if !rows.is_empty() && rows.iter().ne(&heads) {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let message = format!(
            "`alembic_version` says {}, and `{}` of {} says {}",
            rows.join(", "),
            record.table,
            record.tool,
            heads.join(", ")
        );
        return Err(Refusal::new(Code::TrackingUnusable, message)
            .help("the database was taken over before: `enact status` tells where it is"));
    }
    let reason =
        format!("taken over from {}: `{}` at {}", record.tool, record.table, heads.join(", "));
    Ok(Takeover { heads, reason })
}
