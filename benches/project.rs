//! A project of many small revisions, each a table, an index and a comment.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::Outcome;

/// A project in a folder of its own.
pub(crate) struct Project {
    folder: TempDir,
    revisions: usize,
}

/// The statements of one revision.
pub(crate) fn statements(number: usize) -> [String; 3] {
    [
        format!(
            "CREATE TABLE cats_{number:05} (\n    id bigint PRIMARY KEY,\n    name text NOT NULL,\n    \
             seen_at timestamptz NOT NULL DEFAULT now()\n)"
        ),
        format!("CREATE INDEX cats_{number:05}_by_name ON cats_{number:05} (name)"),
        format!("COMMENT ON TABLE cats_{number:05} IS 'cats of place {number}'"),
    ]
}

/// The id of a revision.
pub(crate) fn id(number: usize) -> String {
    format!("r{number:05}")
}

impl Project {
    /// Writes a line of so many revisions.
    pub(crate) fn new(revisions: usize) -> Outcome<Self> {
        Self::of(revisions, |number| statements(number).to_vec())
    }

    /// Writes a line of so many revisions, of which every fourth makes a table with an index and a
    /// comment, and those after it add a column, an index with a constraint, and a view.
    pub(crate) fn mixed(revisions: usize) -> Outcome<Self> {
        Self::of(revisions, |number| {
            let table = format!("cats_{:05}", number - (number - 1) % 4);
            match number % 4 {
                1 => statements(number).to_vec(),
                2 => vec![format!("ALTER TABLE {table} ADD COLUMN mood text NOT NULL DEFAULT ''")],
                3 => vec![
                    format!("CREATE INDEX ON {table} (mood)"),
                    format!("ALTER TABLE {table} ADD CHECK (mood <> 'grim')"),
                ],
                _ => vec![
                    format!("CREATE VIEW {table}_moods AS SELECT id, mood FROM {table}"),
                    format!("INSERT INTO {table} VALUES (1, 'Minka')"),
                ],
            }
        })
    }

    fn of(revisions: usize, statements: impl Fn(usize) -> Vec<String>) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("enact.toml"), "[env.dev]\nurl_env = \"DATABASE_URL\"\n")?;
        let project = Self { folder, revisions };
        fs::create_dir(project.revisions_folder())?;
        for number in 1..=revisions {
            let parent = if number == 1 { String::new() } else { id(number - 1) };
            let up = statements(number).join(";\n\n");
            let id = id(number);
            let text = format!(
                "-- Cats of place {number}\n--\n-- Revision ID: {id}\n-- Revises: {parent}\n\
                 -- Create Date: 2026-01-01T00:00:00Z\n\n-- migrate:up\n\n{up};\n\n\
                 -- migrate:down\n\nDROP TABLE cats_{number:05};\n"
            );
            fs::write(project.revisions_folder().join(format!("{id}_cats.sql")), text)?;
        }
        Ok(project)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn revisions_folder(&self) -> PathBuf {
        self.folder().join("revisions")
    }

    /// How many revisions it has.
    pub(crate) fn len(&self) -> usize {
        self.revisions
    }

    /// The real binary, in this project, with nothing of the caller's environment.
    pub(crate) fn enact(&self, url: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_enact"));
        command
            .args(arguments)
            .current_dir(self.folder())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder())
            .env("DATABASE_URL", url)
            .env("ENACT_AUTHOR", "bench");
        command
    }
}
