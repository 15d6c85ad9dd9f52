//! What can be checked without any server: the statements of every revision, the rules, and whether
//! files were edited that others have already.

use crate::diagnostic::{Code, Finding, Refusal};
use crate::graph::RevisionGraph;
use crate::lint;
use crate::revision::{self, Revision};
use crate::source::SourceFile;
use crate::statement;

use super::{Project, git};

/// What the check of every revision gave.
#[derive(Debug, Default)]
pub struct Checked {
    /// How many statements there are, up and down.
    pub statements: usize,
    /// What the rules found, in the graph's order.
    pub findings: Vec<Finding>,
}

/// Reads and judges every statement, on all cores.
///
/// # Errors
/// Everything that [`statement::read`] refuses, over all revisions.
pub fn check(graph: &RevisionGraph) -> Result<Checked, Refusal> {
    let revisions: Vec<&Revision> = graph.iter().collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = revisions.len().div_ceil(cores).max(1);
    let parts: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            revisions.chunks(share).map(|part| scope.spawn(move || check_part(part))).collect();
        threads.into_iter().map(std::thread::ScopedJoinHandle::join).collect()
    });
    let mut checked = Checked::default();
    let mut refused = Vec::new();
    for part in parts {
        let (part, findings) =
            part.map_err(|_| Refusal::new(Code::Bug, "a thread that checks revisions stopped"))?;
        checked.statements += part.statements;
        checked.findings.extend(part.findings);
        refused.extend(findings);
    }
    Refusal::unless_empty(refused)?;
    Ok(checked)
}

fn check_part(revisions: &[&Revision]) -> (Checked, Vec<Finding>) {
    let mut checked = Checked::default();
    let mut refused = Vec::new();
    for revision in revisions {
        let sections = std::iter::once(revision.up()).chain(revision.down());
        for (at, section) in sections.enumerate() {
            match statement::read(revision.source(), section) {
                Ok(statements) => {
                    checked.statements += statements.len();
                    // A down part drops what its up part made: there the plan tells what is lost.
                    if at == 0 {
                        checked.findings.extend(lint::lint(revision.source(), &statements));
                    }
                }
                Err(refusal) => refused.extend(refusal.into_findings()),
            }
        }
    }
    (checked, refused)
}

/// The revisions that stand otherwise in `reference`: an error where the SQL of the up part
/// differs or the file is gone, a note where only comments or layout do.
///
/// # Errors
/// `git-failed`.
pub fn edited_since(
    project: &Project,
    graph: &RevisionGraph,
    reference: &str,
) -> Result<Vec<Finding>, Refusal> {
    let commit = git::commit(&project.root, reference)?;
    let folder = project.path(&project.config.revisions);
    let mut findings = Vec::new();
    for path in git::changed_since(&project.root, &commit, &folder)? {
        if path.extension() != Some("sql") {
            continue;
        }
        let Some(bytes) = git::file_at(&project.root, &commit, &path)? else {
            continue;
        };
        let name = project.config.revisions.join(path.file_name().unwrap_or_default());
        // What does not parse there is no revision that anybody could have applied.
        let Ok(former) = SourceFile::new(name.clone(), bytes).and_then(revision::parse) else {
            continue;
        };
        let message = match graph.get(former.id.as_str()) {
            None => format!("revision `{}` is in `{reference}`, and missing here", former.id),
            Some(now) if now.text_digest() == former.text_digest() => continue,
            Some(now) if digest(now)? == digest(&former)? && now.parents == former.parents => {
                continue;
            }
            Some(_) => format!("the SQL of revision `{}` differs from `{reference}`", former.id),
        };
        let finding = Finding::error(Code::RevisionEdited, message)
            .help("others may have applied it: restore it, and make the change in a new revision");
        findings.push(match graph.get(former.id.as_str()) {
            Some(now) => finding.at(now.source().place(0..0)),
            None => finding,
        });
    }
    Ok(findings)
}

fn digest(revision: &Revision) -> Result<crate::digest::Digest, Refusal> {
    Ok(statement::sql_digest(&statement::read(revision.source(), revision.up())?))
}
