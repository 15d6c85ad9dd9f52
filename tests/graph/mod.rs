//! The revision graph through the real binary: what people type, and what they are told.
//!
//! Each story is a transcript that stands beside this file.

mod create;
mod history;
mod selectors;
mod tracked;

use std::fmt::Write as _;

use crate::postgres::{TestDatabase, fresh_database};
use crate::project::Project;

/// Commands of one project and their answers, as a terminal would show them.
struct Transcript {
    database: TestDatabase,
    project: Project,
    text: String,
}

impl Transcript {
    async fn new(name: &str) -> Self {
        let database = fresh_database(name).await;
        let project = Project::new(&database);
        Self { database, project, text: String::new() }
    }

    /// Adds a revision from `id [< parent,…] [& dependency,…] [# label,…]`; it makes nothing.
    fn revision(&self, line: &str) {
        self.project.draft(&crate::alembic::shapes::draft(line));
    }

    /// Runs a command; its answer and its exit status are shown.
    fn run(&mut self, command: &str) {
        let words: Vec<&str> = command.split(' ').collect();
        let run = self.project.enact(&[&["--quiet"], &words[..]].concat());
        let said = without_hashes(&format!("{}{}", run.stdout, run.stderr));
        writeln!(self.text, "$ enact {command}\n{said}").unwrap();
        self.end(run.code);
    }

    /// Runs a command that moves the database; only where it is afterwards is shown.
    fn go(&mut self, command: &str) {
        let words: Vec<&str> = command.split(' ').collect();
        let run = self.project.enact(&words).success();
        let current = self.project.enact(&["current"]).success();
        let rows: Vec<&str> = current.stdout.lines().collect();
        writeln!(self.text, "$ enact {command}\nat {}\n", rows.join(", ")).unwrap();
        self.end(run.code);
    }

    /// What somebody else does to the database.
    async fn meanwhile(&mut self, sql: &str) {
        self.database.run(sql).await;
        writeln!(self.text, "# meanwhile: {sql}\n").unwrap();
    }

    fn end(&mut self, code: i32) {
        while self.text.ends_with('\n') {
            self.text.pop();
        }
        let status = if code == 0 { String::new() } else { format!("\n[exit {code}]") };
        write!(self.text, "{status}\n\n").unwrap();
    }
}

/// What depends on the time of the run is told by its length.
fn without_hashes(text: &str) -> String {
    let is_hash = |word: &str| word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let words = text.split_inclusive(|c: char| !c.is_ascii_alphanumeric());
    words
        .map(|word| match word.get(..64) {
            Some(start) if is_hash(start) => format!("<hash>{}", &word[64..]),
            _ => word.to_owned(),
        })
        .collect()
}
