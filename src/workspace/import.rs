//! Another tool's migrations on disk: a folder in, revisions in the project's folder out.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use super::create::read_back;
use super::project::Project;
use super::revisions::{entries, read_file};
use super::{alembic, write};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::graph::RevisionGraph;
use crate::import::{self, Imported, Tool};
use crate::revision;
use crate::source::SourceFile;

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
    /// The revisions at the end of the new history.
    pub heads: Vec<String>,
    /// What a person should know, as warnings.
    pub told: Vec<Finding>,
}

/// Writes another tool's migrations as revisions: all of them, or none.
///
/// # Errors
/// Those of reading the folder and of [`Project::revisions`]; `import-unclear`, `import-unconvertible`,
/// `alembic-failed`, and the codes of what is wrong in a file; those of [`RevisionGraph::new`] for the
/// history as a whole; `file-exists`, `file-unwritable`.
pub fn import(project: &Project, request: &ImportRequest<'_>) -> Result<Written, Refusal> {
    let graph = project.revisions_or_none()?;
    let (tool, imported) = read(request)?;
    let (drafts, told) = imported.drafts(request.placeholders)?;
    let (mut files, mut revisions, mut findings) = (Vec::new(), Vec::new(), Vec::new());
    for draft in &drafts {
        let text = revision::template(draft);
        let shown = project.config.revisions.join(revision::file_name(&draft.id, &draft.message));
        let read = SourceFile::new(shown.clone(), text.clone().into_bytes())
            .and_then(|source| read_back(draft, source));
        match read {
            Ok(revision) => revisions.push(revision),
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
    Ok(Written { tool, files: files.into_iter().map(|(path, _)| path).collect(), heads, told })
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
    let (files, others) = listed(from, true)?;
    let tool = match request.tool {
        Some(tool) => tool,
        None => import::guess(from, &files)?,
    };
    Ok((tool, import::read(tool, from, &files, &others)?))
}

/// The SQL files of a folder and of the folders in it that hold a diesel migration, and the names of
/// all else that is not hidden; those of folders end with `/`.
fn listed(folder: &Utf8Path, deeper: bool) -> Result<(Vec<SourceFile>, Vec<Utf8PathBuf>), Refusal> {
    let (mut files, mut others, mut findings) = (Vec::new(), Vec::new(), Vec::new());
    for path in entries(folder)? {
        if path.file_name().is_some_and(|name| name.starts_with('.')) {
            continue;
        }
        if path.is_dir() {
            if deeper && path.join("up.sql").is_file() {
                let (inside, beside) = listed(&path, false)?;
                files.extend(inside);
                others.extend(beside);
            } else {
                others.push(format!("{path}/").into());
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
