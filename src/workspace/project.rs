//! The project: a folder with `enact.toml`, found upward from where somebody stands.

use std::fs;
use std::io::ErrorKind;

use camino::{Utf8Path, Utf8PathBuf};

use super::config::Config;
use super::revisions::{read_file, read_if_there, read_revisions, unreadable};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::graph::RevisionGraph;
use crate::render::Templates;
use crate::source::{MAX_BYTES, SourceFile};

/// The name of the configuration file.
pub const CONFIG_FILE: &str = "enact.toml";

/// A project folder and what its `enact.toml` says.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder that holds `enact.toml`; the configuration's paths start here.
    pub root: Utf8PathBuf,
    /// The configuration's file, relative to the folder.
    pub file: Utf8PathBuf,
    /// The configuration.
    pub config: Config,
}

impl Project {
    /// Finds `enact.toml` in `start` or the nearest folder above it, or takes the file that
    /// `explicit` names, and reads it.
    ///
    /// # Errors
    /// `project-missing`, `file-missing` for an explicit file, `file-unreadable`, the codes of
    /// [`crate::source::SourceFile::new`], `config-invalid`.
    pub fn find(start: &Utf8Path, explicit: Option<&Utf8Path>) -> Result<Self, Refusal> {
        if let Some(file) = explicit {
            let root = match file.parent() {
                Some(parent) if parent != "" => parent.to_owned(),
                _ => Utf8PathBuf::from("."),
            };
            return Self::read(root, file);
        }
        for folder in start.ancestors() {
            let file = folder.join(CONFIG_FILE);
            match fs::symlink_metadata(&file) {
                Ok(_) => return Self::read(folder.to_owned(), &file),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(unreadable(&file, &error).into()),
            }
        }
        let message = format!("neither `{start}` nor a folder above it has an `{CONFIG_FILE}`");
        Err(Refusal::new(Code::ProjectMissing, message)
            .help("run `enact init` to begin a project here, or name one with `--config`"))
    }

    fn read(root: Utf8PathBuf, file: &Utf8Path) -> Result<Self, Refusal> {
        let config = Config::parse(&read_file(file, file)?)?;
        let file = file.file_name().unwrap_or(CONFIG_FILE).into();
        Ok(Self { root, file, config })
    }

    /// Reads all revisions and orders them.
    ///
    /// # Errors
    /// All that is wrong with the files at once, or else with the graph; `revisions-missing` if
    /// there are none.
    pub fn revisions(&self) -> Result<RevisionGraph, Refusal> {
        let graph = self.revisions_or_none()?;
        if graph.is_empty() {
            let message = format!("`{}` holds no revision", self.config.revisions);
            return Err(Finding::error(Code::RevisionsMissing, message)
                .help("write the first with `enact create \"<what it does>\"`")
                .into());
        }
        Ok(graph)
    }

    /// As [`Project::revisions`], but a project may have none yet.
    pub(super) fn revisions_or_none(&self) -> Result<RevisionGraph, Refusal> {
        RevisionGraph::new(read_revisions(&self.root, &self.config.revisions)?)
    }

    /// Enact's templates, with the project's own in place of those it has.
    ///
    /// # Errors
    /// `file-unreadable` and the codes of [`crate::source::SourceFile::new`].
    pub fn templates(&self) -> Result<Templates, Refusal> {
        let mut templates = Templates::default();
        let Some(folder) = &self.config.templates else {
            return Ok(templates);
        };
        for name in Templates::names() {
            let path = folder.join(format!("{name}.j2"));
            if let Some(bytes) = read_if_there(&self.path(&path), &path, MAX_BYTES)? {
                templates.replace(name, SourceFile::new(path, bytes)?.text().to_owned());
            }
        }
        Ok(templates)
    }

    /// Where a path of the configuration is.
    pub fn path(&self, configured: &Utf8Path) -> Utf8PathBuf {
        self.root.join(configured)
    }
}
