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
        writeln!(self.text, "$ enact {command}\n{}{}", run.stdout, run.stderr).unwrap();
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
