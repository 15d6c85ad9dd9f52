//! Projects on a real disk: what is read, what is written, and every bad thing a folder can hold.

mod config;
mod create;
mod revisions;
mod writing;

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use enact::diagnostic::{Code, Refusal};
use enact::workspace::Project;
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.0.path()).unwrap()
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> Utf8PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn revision(&self, id: &str, parent: &str) {
        self.write(
            &format!("revisions/{id}.sql"),
            format!(
                "-- m\n--\n-- Revision ID: {id}\n-- Revises: {parent}\n\n-- migrate:up\nSELECT 1;\n"
            ),
        );
    }

    fn project(&self) -> Project {
        self.write("enact.toml", "");
        Project::find(self.path(), None).unwrap()
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path().join(folder)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn said(refusal: &Refusal) -> Vec<String> {
    for finding in refusal.findings() {
        assert!(finding.help.is_some(), "{finding} has no help");
    }
    refusal.findings().iter().map(ToString::to_string).collect()
}

fn codes(refusal: &Refusal) -> Vec<Code> {
    refusal.findings().iter().map(|finding| finding.code).collect()
}
