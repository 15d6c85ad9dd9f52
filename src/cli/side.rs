//! What `diff` and `snapshot` are given: names of databases, revisions, files and snapshots.
//!
//! `env:`, `rev:`, `file:` and `snapshot:` say which is meant; without one, a name is taken for
//! what it can be, and refused where it can be several things.

use std::fmt;
use std::fs::{self, File};
use std::io::Read as _;

use camino::{Utf8Path, Utf8PathBuf};
use futures_util::future::try_join_all;

use crate::catalog::{MAX_SNAPSHOT_BYTES, Snapshot};
use crate::compile::{self, Schema, Side, SidesRequest};
use crate::database::{Session, Settings};
use crate::diagnostic::{Code, Refusal};
use crate::difference::{Declared, declared_renames};
use crate::graph::{Heads, RevisionGraph};
use crate::source::SourceFile;
use crate::spelling;
use crate::workspace::{self, Project};

use super::context::Context;
use super::detect_state::named;

/// One thing that a name can stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reading {
    /// The database that the connection settings give.
    Database,
    Environment(String),
    Url(String),
    Revision(String),
    /// Files that make a schema.
    Files(Utf8PathBuf),
    Snapshot(Utf8PathBuf),
}

impl fmt::Display for Reading {
    /// So that it can be nothing else; but for a URL, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database => f.write_str("database"),
            Self::Environment(name) => write!(f, "env:{name}"),
            Self::Url(_) => f.write_str("a URL"),
            Self::Revision(selector) => write!(f, "rev:{selector}"),
            Self::Files(path) => write!(f, "file:{path}"),
            Self::Snapshot(path) => write!(f, "snapshot:{path}"),
        }
    }
}

/// Where names are looked up.
struct Names<'a> {
    folder: Utf8PathBuf,
    project: Option<&'a Project>,
    /// Why there are no revisions, where there are none.
    graph: Result<&'a RevisionGraph, &'a Refusal>,
}

impl Names<'_> {
    fn read(&self, text: &str) -> Result<Reading, Refusal> {
        let is_url = ["postgres://", "postgresql://"].iter().any(|start| text.starts_with(start));
        let path = self.folder.join(text);
        let is_there = !text.is_empty() && fs::symlink_metadata(&path).is_ok();
        if is_url || (text.contains('=') && !is_there) {
            return Ok(Reading::Url(text.to_owned()));
        }
        match text.split_once(':') {
            Some(("env", name)) => return Ok(Reading::Environment(name.to_owned())),
            Some(("rev", selector)) => return Ok(Reading::Revision(selector.to_owned())),
            Some(("file", path)) => return Ok(Reading::Files(path.into())),
            Some(("snapshot", path)) => return Ok(Reading::Snapshot(path.into())),
            _ => {}
        }
        let mut readings = Vec::new();
        if text == "database" {
            readings.push(Reading::Database);
        }
        if text == "schema" {
            readings.extend(self.wanted_schema()?);
        }
        if self.project.is_some_and(|project| project.config.environments.contains_key(text)) {
            readings.push(Reading::Environment(text.to_owned()));
        }
        let revision = self.revision(text);
        if let Ok(Some(reading)) = &revision {
            readings.push(reading.clone());
        }
        let configured = |reading: &Reading| match reading {
            Reading::Files(named) => self.folder.join(named) == path,
            _ => false,
        };
        if is_there && !readings.iter().any(configured) {
            readings.push(of_file(&path, text));
        }
        let is_sql_or_json = matches!(path.extension(), Some("sql" | "json"));
        let is_path = !text.contains("://") && (is_sql_or_json || text.contains('/'));
        match readings.as_slice() {
            [reading] => Ok(reading.clone()),
            [] if is_path => Ok(of_file(&path, text)),
            [] => Err(revision.err().unwrap_or_else(|| self.unknown(text))),
            several => Err(ambiguous(text, several)),
        }
    }

    fn wanted_schema(&self) -> Result<Option<Reading>, Refusal> {
        let Some(project) = self.project else {
            return Ok(None);
        };
        let path = project.path(project.config.schema.as_ref().ok_or_else(no_wanted_schema)?);
        Ok(Some(Reading::Files(path.strip_prefix(&self.folder).unwrap_or(&path).to_owned())))
    }

    /// `text` as a revision, if it is one; an error, where it can be nothing but a wrong one.
    fn revision(&self, text: &str) -> Result<Option<Reading>, Refusal> {
        let reading = Reading::Revision(text.to_owned());
        let is_word = matches!(text, "head" | "heads" | "base" | "current");
        let graph = match self.graph {
            Ok(graph) => graph,
            Err(refusal) if is_word => return Err(refusal.clone()),
            Err(_) => return Ok(None),
        };
        if RevisionGraph::counts_from_rows(text).unwrap_or(false) {
            return Ok(Some(reading));
        }
        match graph.resolve(text, &Heads::new()) {
            Ok(_) => Ok(Some(reading)),
            Err(refusal) if is_word || refusal.code() == Code::RevisionAmbiguous => Err(refusal),
            Err(_) => Ok(None),
        }
    }

    fn unknown(&self, text: &str) -> Refusal {
        // What is nearly a URL may hold a password.
        let shown = if text.contains("://") || (text.contains(':') && text.contains('@')) {
            "the name".to_owned()
        } else {
            format!("`{}`", text.escape_debug())
        };
        let names = self.project.iter().flat_map(|project| project.config.environments.keys());
        let revisions = self.graph.iter().flat_map(|graph| graph.iter());
        let known: Vec<String> = names
            .map(|name| format!("env:{name}"))
            .chain(revisions.map(|revision| format!("rev:{}", revision.id)))
            .collect();
        let bare = known.iter().filter_map(|name| Some(name.split_once(':')?.1));
        let meant = spelling::closest(text, bare)
            .or_else(|| spelling::closest(text, known.iter().map(String::as_str)));
        let help = meant.map_or_else(
            || {
                "write `env:NAME`, `postgresql://…` or `database` for a database, `rev:SELECTOR`, \
                 `file:PATH` or `schema` for SQL files, `snapshot:PATH`"
                    .to_owned()
            },
            |meant| format!("did you mean `{meant}`?"),
        );
        let message = format!("{shown} is no environment, URL, revision or file");
        Refusal::new(Code::SideUnknown, message).help(help)
    }
}

/// A file that begins with `{` is a snapshot: no SQL does.
fn of_file(path: &Utf8Path, text: &str) -> Reading {
    let mut first = [0];
    let is_file = fs::metadata(path).is_ok_and(|found| found.is_file());
    let begun = is_file && File::open(path).and_then(|mut file| file.read(&mut first)).is_ok();
    if begun && first == *b"{" {
        Reading::Snapshot(text.into())
    } else {
        Reading::Files(text.into())
    }
}

fn ambiguous(text: &str, readings: &[Reading]) -> Refusal {
    let spelled: Vec<String> = readings.iter().map(|reading| format!("`{reading}`")).collect();
    let message = format!("`{}` may be {}", text.escape_debug(), spelled.join(" or "));
    let help = if readings.contains(&Reading::Database) {
        "name the database by `env:NAME` or its URL, or write the other name"
    } else {
        "write it so"
    };
    Refusal::new(Code::SideAmbiguous, message).help(help)
}

pub(super) fn no_wanted_schema() -> Refusal {
    Refusal::new(Code::ConfigInvalid, "`enact.toml` names no wanted schema")
        .help("set `[project] schema = \"schema.sql\"`")
}

/// Sides that can be read: what was named, found and connected to.
pub(super) struct Sides {
    /// The project, if the command was called in one.
    pub(super) project: Option<Project>,
    graph: Option<RevisionGraph>,
    opened: Vec<Opened>,
}

/// A side that can be read.
struct Opened {
    name: String,
    source: Source,
}

enum Source {
    Database(Box<Session>),
    Revision(String),
    Files(Vec<SourceFile>),
    Snapshot(Box<Snapshot>),
}

/// A schema, and what it is called.
pub(super) struct Named {
    /// What people recognise it by.
    pub(super) name: String,
    /// What it is.
    pub(super) kind: &'static str,
    /// The schema.
    pub(super) schema: Schema,
}

impl Sides {
    /// Finds what `names` stand for, and connects to the databases among them.
    ///
    /// # Errors
    /// `side-unknown`, `side-ambiguous`; those of the project, of files and of connections.
    pub(super) async fn open(context: &Context, names: &[&str]) -> Result<Self, Refusal> {
        let project = match context.project() {
            Err(refusal) if refusal.code() == Code::ProjectMissing => Err(refusal),
            found => Ok(found?),
        };
        let graph = match &project {
            // Two URLs need none, and thousands of files take a while.
            _ if names.iter().all(|name| *name == "database" || name.contains("://")) => None,
            Ok(project) => Some(project.revisions()),
            Err(refusal) => Some(Err(refusal.clone())),
        };
        let none = Refusal::new(Code::Bug, "the revisions were not read");
        let looked_up = Names {
            folder: Context::folder()?,
            project: project.as_ref().ok(),
            graph: graph.as_ref().map_or(Err(&none), Result::as_ref),
        };
        let mut readings = Vec::new();
        for name in names {
            readings.push(looked_up.read(name)?);
        }
        if readings.iter().any(|reading| matches!(reading, Reading::Revision(_))) {
            looked_up.graph.map_err(Clone::clone)?;
        }
        let folder = looked_up.folder;
        let opened = readings.iter().map(|reading| open(context, &project, &folder, reading));
        let opened = try_join_all(opened).await?;
        Ok(Self { project: project.ok(), graph: graph.and_then(Result::ok), opened })
    }

    /// Reads the schemas.
    ///
    /// # Errors
    /// Those of [`compile::read_sides`], and of the graph for a selector.
    pub(super) async fn read(&self, major: Option<u16>) -> Result<Vec<Named>, Refusal> {
        let mut sides = Vec::with_capacity(self.opened.len());
        let mut named = Vec::with_capacity(self.opened.len());
        for (at, opened) in self.opened.iter().enumerate() {
            let (side, kind, name) = match &opened.source {
                Source::Database(session) => {
                    (Side::Database(session), "database", opened.name.clone())
                }
                Source::Files(files) => (Side::Files(files), "files", opened.name.clone()),
                Source::Snapshot(snapshot) => {
                    (Side::Snapshot((**snapshot).clone()), "snapshot", opened.name.clone())
                }
                Source::Revision(selector) => {
                    let (graph, heads) = self.heads(at, selector).await?;
                    let name = format!("{} ({})", opened.name, named_heads(&heads));
                    (Side::Revisions(graph, heads), "revisions", name)
                }
            };
            sides.push(side);
            named.push((name, kind));
        }
        let roles = self.project.as_ref().map_or(&[][..], |project| &project.config.shadow_roles);
        let schemas = compile::read_sides(sides, SidesRequest { roles, major }).await?;
        let pairs = named.into_iter().zip(schemas);
        Ok(pairs.map(|((name, kind), schema)| Named { name, kind, schema }).collect())
    }

    /// The renames that the files of a side declare.
    ///
    /// # Errors
    /// `rename-invalid`.
    pub(super) fn declared(&self, side: usize) -> Result<Vec<Declared>, Refusal> {
        match &self.opened[side].source {
            Source::Files(files) => declared_renames(files),
            _ => Ok(Vec::new()),
        }
    }

    async fn heads(&self, at: usize, selector: &str) -> Result<(&RevisionGraph, Heads), Refusal> {
        let graph = self
            .graph
            .as_ref()
            .ok_or_else(|| Refusal::new(Code::Bug, "the revisions were not read"))?;
        let mut rows = Heads::new();
        if RevisionGraph::counts_from_rows(selector)? {
            let others = self.opened.iter().enumerate().filter(|(other, _)| *other != at);
            let session = others.into_iter().find_map(|(_, other)| match &other.source {
                Source::Database(session) => Some(session),
                _ => None,
            });
            let Some(session) = session else {
                let message = format!(
                    "`{}` counts from the revision of a database, and the other side is none",
                    selector.escape_debug()
                );
                return Err(Refusal::new(Code::SelectorInvalid, message)
                    .help("name a revision by its id, `head`, `base` or `label@head`"));
            };
            rows = compile::observe_heads(session).await?;
        }
        let found = graph.resolve(selector, &rows)?;
        Ok((graph, found.iter().map(|revision| revision.id.clone()).collect()))
    }
}

fn named_heads(heads: &Heads) -> String {
    if heads.is_empty() { "no revision".to_owned() } else { named(heads) }
}

async fn open(
    context: &Context,
    project: &Result<Project, Refusal>,
    folder: &Utf8Path,
    reading: &Reading,
) -> Result<Opened, Refusal> {
    let name = reading.to_string();
    match reading {
        Reading::Database => {
            let environment = match project {
                Ok(project) => Some(context.environment(project)?.1),
                Err(_) => None,
            };
            connect(context.settings(environment)?).await
        }
        Reading::Environment(name) => {
            let project = project.as_ref().map_err(Clone::clone)?;
            let environment = project.config.environment(name)?;
            let opened = connect(context.settings_of(environment)?).await?;
            Ok(Opened { name: reading.to_string(), ..opened })
        }
        Reading::Url(url) => connect(context.settings_at(url)?).await,
        Reading::Revision(selector) => {
            Ok(Opened { name, source: Source::Revision(selector.clone()) })
        }
        Reading::Files(path) => {
            let files = workspace::schema_files(folder, path)?;
            Ok(Opened { name, source: Source::Files(files) })
        }
        Reading::Snapshot(path) => {
            let bytes = workspace::read_bounded(&folder.join(path), path, MAX_SNAPSHOT_BYTES)?;
            let snapshot =
                Snapshot::decode(&bytes).map_err(|refusal| refusal.note(format!("in `{path}`")))?;
            Ok(Opened { name, source: Source::Snapshot(Box::new(snapshot)) })
        }
    }
}

async fn connect(settings: Settings) -> Result<Opened, Refusal> {
    let session = Session::connect(&settings).await?;
    Ok(Opened { name: settings.describe(), source: Source::Database(Box::new(session)) })
}
