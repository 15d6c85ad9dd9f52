//! Real Alembic in one Python process: commands in, the rows of `alembic_version` out.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use camino::Utf8Path;
use enact::revision::{Draft, RevisionId};
use serde::Deserialize;
use serde_json::json;
use tempfile::TempDir;

/// The process, and a folder of revisions as Alembic wants them.
pub(crate) struct Oracle {
    scripts: TempDir,
    process: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// What Alembic did.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    /// Why it failed, in its words.
    pub(crate) error: Option<String>,
    /// What it printed.
    pub(crate) lines: Vec<String>,
    /// The rows of `alembic_version` afterwards, sorted.
    pub(crate) rows: Vec<String>,
}

impl Answer {
    /// The answer, which must not be a failure.
    #[track_caller]
    pub(crate) fn success(self) -> Self {
        assert_eq!(self.error, None);
        self
    }
}

impl Oracle {
    /// Starts Alembic with these revisions.
    pub(crate) fn new(revisions: &[Draft]) -> Self {
        let scripts = written(revisions);
        let mut process = Command::new(programs().join("python"))
            .args(["-c", include_str!("oracle.py")])
            // The order of Python's sets, and so of siblings, is then the same in every run.
            .env("PYTHONHASHSEED", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let requests = process.stdin.take();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Self { scripts, process, requests, answers }
    }

    /// Goes on with other revisions: a new process would take a second to begin.
    pub(crate) fn learn(&mut self, revisions: &[Draft]) {
        self.scripts = written(revisions);
    }

    /// Goes on with a folder of somebody's own: `env.py` and `versions`.
    pub(crate) fn learn_folder(&mut self, folder: &Utf8Path) {
        let scripts = TempDir::with_prefix("alembic-").unwrap();
        fs::copy(folder.join("env.py"), scripts.path().join("env.py")).unwrap();
        let versions = scripts.path().join("versions");
        fs::create_dir(&versions).unwrap();
        for entry in folder.join("versions").read_dir_utf8().unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), versions.join(entry.file_name())).unwrap();
        }
        self.scripts = scripts;
    }

    /// Runs a command of `alembic.command` on the database at `url`.
    pub(crate) fn run(&mut self, url: &str, command: &str, arguments: &[&str]) -> Answer {
        self.run_with(url, command, &json!(arguments), &json!({}))
    }

    /// Says where the database is, whatever its rows say.
    pub(crate) fn purge(&mut self, url: &str, rows: &[String]) {
        let base = ["base".to_owned()];
        let rows = if rows.is_empty() { &base } else { rows };
        let answer = self.run_with(url, "stamp", &json!([rows]), &json!({ "purge": true }));
        answer.success();
    }

    /// Runs a command with positional arguments and options.
    pub(crate) fn run_with(
        &mut self,
        url: &str,
        command: &str,
        arguments: &serde_json::Value,
        options: &serde_json::Value,
    ) -> Answer {
        let request = json!({
            "scripts": self.scripts.path(), "url": url, "command": command,
            "arguments": arguments, "options": options,
        });
        let requests = self.requests.as_mut().unwrap();
        writeln!(requests, "{request}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line:?}"))
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // The end of its input is the end of the process.
        self.requests = None;
        let _ = self.process.wait();
    }
}

/// A folder of revisions as Alembic wants it.
fn written(revisions: &[Draft]) -> TempDir {
    let scripts = TempDir::with_prefix("alembic-").unwrap();
    fs::write(scripts.path().join("env.py"), include_str!("env.py")).unwrap();
    for revision in revisions {
        write_script(scripts.path(), revision);
    }
    scripts
}

/// The revision as a file of Alembic's, with the same statements.
fn write_script(scripts: &Path, draft: &Draft) {
    let list = |names: Vec<&str>| {
        if names.is_empty() { "None".to_owned() } else { json!(names).to_string() }
    };
    let body = |sql: &str| format!("    op.execute({})\n", json!(sql));
    let text = format!(
        "\"\"\"{}\"\"\"\nfrom alembic import op\nrevision = {}\ndown_revision = {}\nbranch_labels = {}\n\
         depends_on = {}\n\ndef upgrade():\n{}\ndef downgrade():\n{}",
        draft.message,
        json!(draft.id.as_str()),
        list(draft.parents.iter().map(RevisionId::as_str).collect()),
        list(draft.labels.iter().map(String::as_str).collect()),
        list(draft.depends_on.iter().map(String::as_str).collect()),
        body(&draft.up),
        body(&draft.down),
    );
    let versions = scripts.join("versions");
    fs::create_dir_all(&versions).unwrap();
    fs::write(versions.join(format!("{}.py", draft.id)), text).unwrap();
}

/// The folder of programs that `scripts/alembic` makes the first time.
pub(crate) fn programs() -> std::path::PathBuf {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/alembic");
    let made = Command::new(script).stderr(Stdio::inherit()).output().unwrap();
    assert!(
        made.status.success(),
        "no Alembic to compare with: run `scripts/install-package python`"
    );
    String::from_utf8(made.stdout).unwrap().trim().into()
}
