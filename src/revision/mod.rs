//! Revisions: one checked file in, one [`Revision`] out, or every defect of its header and
//! sections with its place.
//!
//! The header is the block of `--` lines before `-- migrate:up`: first the message, then the keys
//! of Alembic's docstring. The sections are cut by dbmate's rule, by lines and before any SQL is
//! read, so the rule can be seen with the eye: a line that starts with `-- migrate:up` or
//! `-- migrate:down` is a marker wherever it stands, even inside a quoted string.

mod header;
mod id;
mod sections;
mod template;

use std::ops::Range;

use jiff::Timestamp;

use crate::diagnostic::{Code, Finding, Place, Refusal};
use crate::digest::Digest;
use crate::source::SourceFile;

pub use header::Key;
pub use id::{InvalidId, RevisionId, check_name};
pub use template::{Draft, file_name, template};

/// One revision: what its header says, and where its SQL stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The id, as it stands in `alembic_version`.
    pub id: RevisionId,
    /// The first paragraph of the header, on one line; never empty.
    pub message: String,
    /// The parents, in the header's order; none for a base, several for a merge.
    pub parents: Vec<RevisionId>,
    /// The ids or labels that must be applied before, in the header's order.
    pub depends_on: Vec<String>,
    /// The branch labels, sorted.
    pub labels: Vec<String>,
    /// When it was written, if the header says so.
    pub created: Option<Timestamp>,
    source: SourceFile,
    up: Range<usize>,
    down: Option<Range<usize>>,
}

/// Reads one revision.
///
/// # Errors
/// Every defect of the file at once, each with its place: `header-invalid`,
/// `revision-id-invalid`, `section-invalid`.
pub fn parse(source: SourceFile) -> Result<Revision, Refusal> {
    let mut findings = Vec::new();
    let sections = sections::cut(&source, &mut findings);
    let header = header::read(&source, sections.header.clone(), &mut findings);
    match (header.id, Refusal::of(findings)) {
        (Some(id), None) => Ok(Revision {
            id,
            message: header.message,
            parents: header.parents,
            depends_on: header.depends_on,
            labels: header.labels,
            created: header.created,
            up: sections.up,
            down: sections.down,
            source,
        }),
        (_, Some(refusal)) => Err(refusal),
        // A header without an id has a finding; this arm keeps the compiler's view honest.
        (None, None) => Err(Finding::error(Code::HeaderInvalid, "the revision has no id").into()),
    }
}

impl Revision {
    /// The file that it was read from.
    pub fn source(&self) -> &SourceFile {
        &self.source
    }

    /// The bytes of the up section in the source; they may hold no statement, as in a merge.
    pub fn up(&self) -> Range<usize> {
        self.up.clone()
    }

    /// The bytes of the down section in the source; `None` if the revision is irreversible: its
    /// up section holds SQL and its down section is missing or holds none.
    pub fn down(&self) -> Option<Range<usize>> {
        self.down.clone()
    }

    /// The SHA-256 of the file's exact bytes.
    pub fn text_digest(&self) -> Digest {
        Digest::of(self.source.text())
    }

    /// Whether it has several parents.
    pub fn is_merge(&self) -> bool {
        self.parents.len() > 1
    }

    /// The place of `item` among the values of `key` in the header, for findings of later rooms.
    pub fn place(&self, key: Key, item: &str) -> Place {
        header::place(&self.source, key, item)
    }
}

#[cfg(test)]
mod tests;
