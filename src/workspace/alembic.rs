//! An Alembic project, read by Alembic itself: its configuration in, its answer out.
//!
//! `alembic.py` runs in the interpreter that the project's migrations run with, connects to nothing
//! and writes nothing.

use std::env;
use std::io::ErrorKind;
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};

use crate::diagnostic::{Code, Refusal};
use crate::import::{Imported, alembic};

/// How many lines of what Python said last are shown.
const LINES: usize = 12;

/// The configuration file of the Alembic project that `path` names: `alembic.ini`, a `.toml` with its
/// section, the folder of either, or the folder with `env.py` beside it.
pub(super) fn configuration(path: &Utf8Path) -> Option<Utf8PathBuf> {
    if path.is_file() {
        return matches!(path.extension(), Some("ini" | "toml" | "cfg")).then(|| path.to_owned());
    }
    let of_folder = |folder: &Utf8Path| {
        let ini = folder.join("alembic.ini");
        if ini.is_file() {
            return Some(ini);
        }
        let toml = folder.join("pyproject.toml");
        let text = std::fs::read_to_string(&toml).ok()?;
        text.lines().any(|line| line.trim() == "[tool.alembic]").then_some(toml)
    };
    of_folder(path)
        .or_else(|| path.join("env.py").is_file().then(|| of_folder(&folder_above(path))).flatten())
}

fn folder_above(path: &Utf8Path) -> Utf8PathBuf {
    match path.parent() {
        Some(parent) if parent != "" => parent.to_owned(),
        _ => Utf8PathBuf::from("."),
    }
}

/// Reads the project of a configuration file with `python`, or else the interpreter of the active
/// virtual environment, of `.venv` or `venv` beside the file, or `python3` of the path.
///
/// # Errors
/// `alembic-failed`; those of [`alembic::read`].
pub(super) fn read(file: &Utf8Path, python: Option<&Utf8Path>) -> Result<Imported, Refusal> {
    let folder = folder_above(file);
    let name = file.file_name().unwrap_or(file.as_str());
    let python = interpreter(&folder, python);
    let output = Command::new(python.as_str())
        .args(["-c", include_str!("alembic.py"), name])
        .current_dir(&folder)
        // Nothing is left behind in somebody else's project.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| {
            let why = match error.kind() {
                ErrorKind::NotFound => "it is not there".to_owned(),
                _ => error.to_string(),
            };
            Refusal::new(Code::AlembicFailed, format!("`{python}` did not start: {why}")).help(
                "name the interpreter that your migrations run with: `--python venv/bin/python`",
            )
        })?;
    alembic::read(&output.stdout).map_err(|mut refusal| {
        let said = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = said.lines().collect();
        if refusal.code() == Code::AlembicFailed {
            for line in &lines[lines.len().saturating_sub(LINES)..] {
                refusal = refusal.note(alembic::shown(line));
            }
        }
        refusal
    })
}

fn interpreter(folder: &Utf8Path, python: Option<&Utf8Path>) -> Utf8PathBuf {
    let absolute =
        |path: &Utf8Path| camino::absolute_utf8(path).unwrap_or_else(|_| path.to_owned());
    if let Some(python) = python {
        // A name alone is looked for in the path.
        return if python.as_str().contains('/') { absolute(python) } else { python.to_owned() };
    }
    let active = env::var("VIRTUAL_ENV").ok().filter(|path| !path.is_empty());
    let beside = [".venv", "venv"].map(|name| folder.join(name));
    active
        .map(Utf8PathBuf::from)
        .into_iter()
        .chain(beside)
        .map(|environment| environment.join("bin/python"))
        .find(|python| python.is_file())
        .map_or_else(|| Utf8PathBuf::from("python3"), |python| absolute(&python))
}
