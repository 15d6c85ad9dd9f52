//! New projects and new revisions: what somebody asks for in, files on disk out.

use std::fs;
use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;

use super::project::{CONFIG_FILE, Project};
use super::revisions::{read_file, unreadable};
use super::write;
use crate::diagnostic::{Code, Finding, Refusal};
use crate::graph::{Heads, RevisionGraph};
use crate::revision::{self, Draft, Revision, RevisionId};
use crate::source::SourceFile;

const CONFIG: &str = "\
[project]
revisions = \"revisions\"
plans = \"plans\"

[approvals]
signers = \"approvers\"

[env.dev]
url_env = \"DATABASE_URL\"

[env.production]
url_env = \"PRODUCTION_DATABASE_URL\"
approvals = 2
";

/// CRLF in a revision is refused, so git must not make any.
const ATTRIBUTES: &str = "*.sql text eol=lf";

/// What [`init`] did, as paths under the folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Initialised {
    /// Files that were written.
    pub written: Vec<Utf8PathBuf>,
    /// Files that were there already and stay as they are.
    pub kept: Vec<Utf8PathBuf>,
}

/// Makes `folder` a project: `enact.toml`, a folder of revisions, and a line in `.gitattributes`.
/// What is there already is kept.
///
/// # Errors
/// `file-unwritable`, `file-unreadable`.
pub fn init(folder: &Utf8Path) -> Result<Initialised, Refusal> {
    let mut done = Initialised::default();
    // Read before anything is written: what cannot be read stops all of it.
    let name = ".gitattributes";
    let path = folder.join(name);
    let before = match fs::symlink_metadata(&path) {
        Ok(_) => read_file(&path, Utf8Path::new(name))?.text().to_owned(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(unreadable(Utf8Path::new(name), &error).into()),
    };
    let files = [(CONFIG_FILE, CONFIG), ("revisions/.gitkeep", "")];
    for (name, text) in files {
        match write::create_new(&folder.join(name), text.as_bytes()) {
            Ok(()) => done.written.push(name.into()),
            Err(refusal) if refusal.code() == Code::FileExists => done.kept.push(name.into()),
            Err(refusal) => return Err(refusal),
        }
    }
    if before.lines().any(|line| line.trim() == ATTRIBUTES) {
        done.kept.push(name.into());
    } else {
        let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
        write::replace(&path, format!("{before}{gap}{ATTRIBUTES}\n").as_bytes())?;
        done.written.push(name.into());
    }
    Ok(done)
}

/// A revision to be written.
#[derive(Debug, Clone, Default)]
pub struct NewRevision<'a> {
    /// One line that says what it does.
    pub message: &'a str,
    /// Selectors of the parents; none stands for `head`, or for all heads of a merge.
    pub heads: &'a [String],
    /// Ids, their beginnings, or labels that must be applied before.
    pub depends_on: &'a [String],
    /// New branch labels.
    pub labels: &'a [String],
    /// Whether a parent may have children already.
    pub splice: bool,
    /// The id, if not a random one.
    pub id: Option<&'a str>,
    /// Whether it merges several heads.
    pub merge: bool,
    /// The SQL of the up section, if there is any yet.
    pub up: &'a str,
    /// The SQL of the down section, if there is any yet.
    pub down: &'a str,
}

/// A new revision's file, checked and not written yet.
#[derive(Debug)]
pub struct Prepared {
    path: Utf8PathBuf,
    text: String,
    /// The graph with the revision in it.
    pub graph: RevisionGraph,
    /// The revision's id.
    pub id: RevisionId,
}

impl Prepared {
    /// Writes the file, and gives its path.
    ///
    /// # Errors
    /// `file-exists`, `file-unwritable`.
    pub fn write(&self) -> Result<Utf8PathBuf, Refusal> {
        write::create_new(&self.path, self.text.as_bytes())?;
        Ok(self.path.clone())
    }
}

/// Prepares a new revision's file, and checks it and the graph with it. `random` is its id unless
/// `new` has one: 12 hexadecimal digits, as Alembic's are.
///
/// # Errors
/// Those of [`Project::revisions`], [`RevisionGraph::resolve`], [`revision::parse`] and
/// [`RevisionGraph::new`]; `several-heads`; `selector-invalid` for a parent that is no head, or a
/// merge of fewer than two.
pub fn prepare(
    project: &Project,
    new: &NewRevision<'_>,
    now: Timestamp,
    random: &str,
) -> Result<Prepared, Refusal> {
    let graph = project.revisions_or_none()?;
    let draft = Draft {
        id: id(new.id.unwrap_or(random))?,
        message: new.message.trim().to_owned(),
        parents: parents(&graph, new)?,
        depends_on: dependencies(&graph, new.depends_on)?,
        labels: new.labels.to_vec(),
        created: Some(now),
        up: new.up.to_owned(),
        down: new.down.to_owned(),
    };
    let name = revision::file_name(&draft.id, &draft.message);
    let text = revision::template(&draft);
    let shown = project.config.revisions.join(&name);
    let revision = read_back(&draft, SourceFile::new(shown.clone(), text.clone().into())?)?;
    let graph = RevisionGraph::new(graph.iter().cloned().chain([revision]).collect())?;
    Ok(Prepared { path: project.path(&shown), text, graph, id: draft.id })
}

/// Writes a new revision's file and gives its path.
///
/// # Errors
/// As [`prepare`] and [`Prepared::write`].
pub fn create(
    project: &Project,
    new: &NewRevision<'_>,
    now: Timestamp,
    random: &str,
) -> Result<Utf8PathBuf, Refusal> {
    prepare(project, new, now, random)?.write()
}

fn id(text: &str) -> Result<RevisionId, Refusal> {
    text.parse().map_err(|reason| {
        let message = format!("the id `{}` {reason}", text.escape_debug());
        Refusal::new(Code::RevisionIdInvalid, message).help("use up to 32 letters, digits and `_`")
    })
}

fn parents(graph: &RevisionGraph, new: &NewRevision<'_>) -> Result<Vec<RevisionId>, Refusal> {
    let usual = [if new.merge { "heads" } else { "head" }.to_owned()];
    let selectors = if new.heads.is_empty() { &usual } else { new.heads };
    let mut parents: Vec<RevisionId> = Vec::new();
    for selector in selectors {
        let found = if selector == "heads" {
            // Those that nobody has as a parent, though somebody may depend on them.
            graph.heads().into_iter().collect()
        } else {
            let found = graph.resolve(selector, &Heads::new())?;
            found.iter().map(|parent| parent.id.clone()).collect::<Vec<_>>()
        };
        for parent in found {
            if !parents.contains(&parent) {
                parents.push(parent);
            }
        }
    }
    if new.merge && parents.len() < 2 {
        return Err(Refusal::new(Code::SelectorInvalid, "there are not two heads to merge")
            .help("`enact heads` shows the heads; one needs no merge"));
    }
    let mut findings = Vec::new();
    for parent in parents.iter().filter(|_| !new.splice) {
        if let Some(child) = graph.children(parent.as_str()).first() {
            let message = format!("`{parent}` is not a head: `{}` revises it", child.id);
            findings.push(
                Finding::error(Code::SelectorInvalid, message)
                    .help("name a head, or give `--splice` to begin a branch there"),
            );
        }
    }
    Refusal::unless_empty(findings)?;
    Ok(parents)
}

/// Labels stay labels; beginnings of ids become ids.
fn dependencies(graph: &RevisionGraph, names: &[String]) -> Result<Vec<String>, Refusal> {
    let mut dependencies = Vec::new();
    for name in names {
        for found in graph.resolve(name, &Heads::new())? {
            let is_label = found.labels.iter().any(|label| label == name);
            dependencies.push(if is_label { name.clone() } else { found.id.to_string() });
        }
    }
    Ok(dependencies)
}

/// The new file as the revision that it is, which must be what was meant.
pub(super) fn read_back(draft: &Draft, source: SourceFile) -> Result<Revision, Refusal> {
    let revision = revision::parse(source)?;
    let mut labels = draft.labels.clone();
    labels.sort_unstable();
    let section = |range: Range<usize>| revision.source().text()[range].trim_matches('\n');
    let same = revision.message == draft.message
        && section(revision.up()) == draft.up.trim_matches('\n')
        && revision.down().is_none_or(|down| section(down) == draft.down.trim_matches('\n'))
        && revision.labels == labels
        && revision.parents == draft.parents
        && revision.depends_on == draft.depends_on;
    if !same {
        let message = format!(
            "the message, a label or the SQL of `{}` would be read as another part of the file",
            draft.id
        );
        return Err(Refusal::new(Code::HeaderInvalid, message)
            .help("write one line that says what the revision does, and one name a label"));
    }
    Ok(revision)
}
