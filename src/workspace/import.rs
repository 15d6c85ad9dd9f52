//! Another tool's migrations on disk: a folder in, revisions in the project's folder out.

use std::collections::BTreeSet;
use std::ops::Range;

use camino::{Utf8Path, Utf8PathBuf};

use super::create::read_back;
use super::project::Project;
use super::revisions::{entries, read_file};
use super::{alembic, write};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::graph::RevisionGraph;
use crate::import::{self, Imported, Tool};
use crate::revision::{self, Revision};
use crate::source::SourceFile;
use crate::statement::{self, sql_digest};

/// What is imported.
#[derive(Debug, Clone, Copy)]
pub struct ImportRequest<'a> {
    /// The tool, or whichever the folder looks like.
    pub tool: Option<Tool>,
    /// The folder of migrations, or Alembic's configuration.
    pub from: &'a Utf8Path,
    /// The Python that Alembic runs in, if not the usual one.
    pub python: Option<&'a Utf8Path>,
    /// Whether what cannot be converted becomes a placeholder, instead of stopping everything.
    pub placeholders: bool,
}

/// What an import wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The tool.
    pub tool: Tool,
    /// The files, parents first.
    pub files: Vec<Utf8PathBuf>,
    /// How many migrations were revisions before, and still do the same.
    pub before: usize,
    /// The revisions at the end of the new history.
    pub heads: Vec<String>,
    /// What a person should know, as warnings.
    pub told: Vec<Finding>,
}

/// Writes another tool's migrations as revisions: all of them, or none. Those that an earlier import
/// wrote stay as they are, if their migrations still do the same.
///
/// # Errors
/// Those of reading the folder and of [`Project::revisions`]; `import-unclear`, `import-unconvertible`,
/// `alembic-failed`, and the codes of what is wrong in a file; those of [`RevisionGraph::new`] for the
/// history as a whole; `file-exists`, `file-unwritable`.
pub fn import(project: &Project, request: &ImportRequest<'_>) -> Result<Written, Refusal> {
    let graph = project.revisions_or_none()?;
    let (tool, mut imported) = read(request)?;
    let all = imported.migrations.len();
    // Where somebody has written by hand what could not be converted, there is nothing to compare.
    imported.migrations.retain(|it| !(it.is_open() && graph.get(it.id.as_str()).is_some()));
    let mut before = all - imported.migrations.len();
    let (drafts, told) = imported.drafts(request.placeholders)?;
    let (mut files, mut revisions, mut findings) = (Vec::new(), Vec::new(), Vec::new());
    for draft in &drafts {
        let text = revision::template(draft);
        let shown = project.config.revisions.join(revision::file_name(&draft.id, &draft.message));
        let read = SourceFile::new(shown.clone(), text.clone().into_bytes())
            .and_then(|source| read_back(draft, source));
        match read {
            Ok(revision) => match graph.get(revision.id.as_str()) {
                Some(there) if is_same(there, &revision)? => {
                    before += 1;
                    continue;
                }
                Some(there) => findings.push(changed(there, &revision)),
                None => revisions.push(revision),
            },
            Err(refusal) => findings.extend(refusal.into_findings()),
        }
        files.push((project.path(&shown), text));
    }
    Refusal::unless_empty(findings)?;
    let new: BTreeSet<&str> = drafts.iter().map(|draft| draft.id.as_str()).collect();
    let whole = RevisionGraph::new(graph.iter().cloned().chain(revisions).collect())?;
    let heads = whole.heads().into_iter().map(|head| head.to_string());
    let heads = heads.filter(|head| new.contains(head.as_str())).collect();
    write::create_all(&files)?;
    let files = files.into_iter().map(|(path, _)| path).collect();
    Ok(Written { tool, files, before, heads, told })
}

/// Whether a revision that an earlier import wrote does what the migration does now.
fn is_same(there: &Revision, now: &Revision) -> Result<bool, Refusal> {
    let part = |revision: &Revision, part: Option<Range<usize>>| match part {
        Some(part) => statement::read(revision.source(), part).map(|read| Some(sql_digest(&read))),
        None => Ok(None),
    };
    let up = part(there, Some(there.up()))? == part(now, Some(now.up()))?;
    let down = part(there, there.down())? == part(now, now.down())?;
    Ok(up && down && there.parents == now.parents && there.depends_on == now.depends_on)
}

fn changed(there: &Revision, now: &Revision) -> Finding {
    let message =
        format!("`{}` is a revision already, and its migration does something else now", now.id);
    Finding::error(Code::DuplicateRevision, message)
        .at(there.source().place(there.up()))
        .help("where the revision is not applied anywhere, remove its file and import again; otherwise undo the change of the migration")
}

fn read(request: &ImportRequest<'_>) -> Result<(Tool, Imported), Refusal> {
    let from = request.from;
    if matches!(request.tool, None | Some(Tool::Alembic)) {
        match alembic::configuration(from) {
            Some(file) => return Ok((Tool::Alembic, alembic::read(&file, request.python)?)),
            None if request.tool.is_some() => {
                let message = format!("`{from}` has no Alembic configuration");
                return Err(Refusal::new(Code::ImportUnclear, message)
                    .help("name `alembic.ini`, or the folder that holds it"));
            }
            None => {}
        }
    }
    if from.is_file() || !from.exists() {
        let message = format!("`{from}` is not a folder");
        return Err(Refusal::new(Code::FileMissing, message)
            .help("name the folder that holds the migration files"));
    }
    let of = |tool| if tool == Some(Tool::Flyway) { Inside::All } else { Inside::Diesel };
    let (mut files, mut others) = listed(from, of(request.tool))?;
    let tool = match request.tool {
        Some(tool) => tool,
        None => import::guess(from, &files)?,
    };
    if of(request.tool) != of(Some(tool)) {
        (files, others) = listed(from, of(Some(tool)))?;
    }
    Ok((tool, import::read(tool, from, &files, &others)?))
}

/// Which folders in a folder are read too.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// None.
    Nothing,
    /// Those that hold a diesel migration.
    Diesel,
    /// All, and those in them, as Flyway does; not through symbolic links, which may lead in a circle.
    All,
}

impl Inside {
    /// How a folder is read that is in one which is read so.
    fn of(self, folder: &Utf8Path) -> Option<Self> {
        match self {
            Self::Nothing => None,
            Self::Diesel => folder.join("up.sql").is_file().then_some(Self::Nothing),
            Self::All => (!folder.is_symlink()).then_some(Self::All),
        }
    }
}

/// The SQL files of a folder and of the folders in it that are read too, and the names of all else
/// that is not hidden; those of folders end with `/`.
fn listed(
    folder: &Utf8Path,
    inside: Inside,
) -> Result<(Vec<SourceFile>, Vec<Utf8PathBuf>), Refusal> {
    let (mut files, mut others, mut findings) = (Vec::new(), Vec::new(), Vec::new());
    for path in entries(folder)? {
        if path.file_name().is_some_and(|name| name.starts_with('.')) {
            continue;
        }
        if path.is_dir() {
            match inside.of(&path) {
                Some(deeper) => {
                    let (within, beside) = listed(&path, deeper)?;
                    files.extend(within);
                    others.extend(beside);
                }
                None => others.push(format!("{path}/").into()),
            }
        } else if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("sql")) {
            match read_file(&path, &path) {
                Ok(file) => files.push(file),
                Err(refusal) => findings.extend(refusal.into_findings()),
            }
        } else {
            others.push(path);
        }
    }
    Refusal::unless_empty(findings)?;
    Ok((files, others))
}
