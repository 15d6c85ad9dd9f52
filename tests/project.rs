//! A project on disk and the real binary in it: a temporary folder with `enact.toml`, a git
//! repository, revisions, and a home of its own. Nothing of the machine's environment reaches it.

use std::fs;
use std::process::{Command, Output, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;

use crate::postgres::TestDatabase;

/// An environment that asks for nothing.
const CONFIG: &str = "[env.dev]\nurl_env = \"DATABASE_URL\"\n";

/// A project for one database.
pub(crate) struct Project {
    folder: TempDir,
    url: String,
}

/// How a run of the binary ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Checks that it succeeded.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, 0, "{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Checks that it was refused with this code and exit status.
    #[track_caller]
    pub(crate) fn refused(self, code: &str, exit: i32) -> Self {
        let (stdout, stderr) = (&self.stdout, &self.stderr);
        assert!(stderr.contains(&format!("[{code}]")), "no `{code}` in:\n{stdout}\n{stderr}");
        assert_eq!(self.code, exit, "{stdout}\n{stderr}");
        self
    }
}

impl Project {
    /// A project whose `DATABASE_URL` is the database's.
    pub(crate) fn new(database: &TestDatabase) -> Self {
        let project = Self { folder: TempDir::new().unwrap(), url: database.url.clone() };
        project.config(CONFIG);
        fs::create_dir_all(project.path().join("revisions")).unwrap();
        fs::create_dir_all(project.path().join(".home")).unwrap();
        project.write(".gitignore", ".home\n");
        project.git(&["init", "--quiet", "--initial-branch", "main"]);
        project
    }

    /// The project's folder.
    pub(crate) fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.folder.path()).unwrap()
    }

    /// Writes a file of the project.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) -> Utf8PathBuf {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Reads a file of the project.
    pub(crate) fn read(&self, path: impl AsRef<Utf8Path>) -> Vec<u8> {
        fs::read(self.path().join(path.as_ref())).unwrap()
    }

    /// Writes `enact.toml`.
    pub(crate) fn config(&self, text: &str) {
        self.write("enact.toml", text);
    }

    /// Writes a revision; without `down` it is irreversible.
    pub(crate) fn revision(&self, id: &str, parents: &[&str], up: &str, down: &str) {
        let down =
            if down.is_empty() { String::new() } else { format!("\n-- migrate:down\n\n{down}\n") };
        self.write(
            &format!("revisions/{id}.sql"),
            format!(
                "-- {id}\n--\n-- Revision ID: {id}\n-- Revises: {}\n\n-- migrate:up\n\n{up}\n{down}",
                parents.join(", ")
            ),
        );
    }

    /// Makes a key for each person, `.home/<person>`, and the signers file with all of them.
    pub(crate) fn keys(&self, people: &[&str]) {
        let lines: Vec<String> = people.iter().map(|person| self.signer(person, person)).collect();
        self.write("approvers", lines.concat());
    }

    /// A line of the signers file for `person` with the key called `key`, which is made if need be.
    pub(crate) fn signer(&self, person: &str, key: &str) -> String {
        let path = self.key(key);
        if !path.exists() {
            self.tool("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-C", key, "-f", path.as_str()]);
        }
        let public = fs::read_to_string(format!("{path}.pub")).unwrap();
        format!("{person} namespaces=\"enact-approve-v1,enact-author-v1\" {public}")
    }

    /// Where a key is.
    pub(crate) fn key(&self, key: &str) -> Utf8PathBuf {
        self.path().join(".home").join(key)
    }

    /// Approves a plan as `person`.
    pub(crate) fn approve(&self, person: &str, plan: &Utf8Path) -> Run {
        self.enact(&["approve", "--yes", "--key", self.key(person).as_str(), plan.as_str()])
    }

    /// Commits everything.
    pub(crate) fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", "a change"]);
    }

    /// Runs git here.
    pub(crate) fn git(&self, arguments: &[&str]) {
        self.tool("git", arguments);
    }

    /// Runs a program here, which must succeed; gives what it printed.
    pub(crate) fn tool(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.clean(Command::new(program)).args(arguments).output().unwrap_or_else(
            |error| panic!("{program}: {error}; run `scripts/setup`, which installs it"),
        );
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The binary, ready to run in the project's folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.clean(Command::new(env!("CARGO_BIN_EXE_enact")));
        command.args(arguments).stdin(Stdio::null());
        command
    }

    /// Runs the binary.
    pub(crate) fn enact(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    /// Starts the binary; [`Running::end`] waits for it.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let mut command = self.command(arguments);
        Running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Plans for the default environment; gives the plan's folder.
    pub(crate) fn plan(&self) -> Utf8PathBuf {
        self.plan_with(&[])
    }

    /// The same, with further arguments.
    pub(crate) fn plan_with(&self, arguments: &[&str]) -> Utf8PathBuf {
        let run = self.enact(&[&["plan", "--format", "json"], arguments].concat()).done();
        let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        answer["directory"].as_str().unwrap_or_else(|| panic!("no plan: {}", run.stdout)).into()
    }

    fn clean(&self, mut command: Command) -> Command {
        let path = std::env::var_os("PATH").unwrap_or_default();
        command
            .current_dir(self.path())
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.path().join(".home"))
            .env("DATABASE_URL", &self.url)
            .env("NO_COLOR", "1")
            .env("USER", "runner")
            .env("HOSTNAME", "test")
            .envs(["AUTHOR", "COMMITTER"].map(|role| (format!("GIT_{role}_NAME"), "carol")))
            .envs(["AUTHOR", "COMMITTER"].map(|role| (format!("GIT_{role}_EMAIL"), "carol@example.org")))
            .env("ENACT_AUTHOR", "carol <carol@example.org>");
        command
    }
}

/// A run of the binary that goes on.
pub(crate) struct Running(std::process::Child);

impl Running {
    /// Sends a signal, by the name that `kill` knows.
    pub(crate) fn signal(&self, name: &str) {
        let status =
            Command::new("kill").args(["-s", name, &self.0.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits until it ends, without stopping the test's own connections.
    pub(crate) async fn end(self) -> Run {
        let waiting = tokio::task::spawn_blocking(move || self.0.wait_with_output().unwrap());
        Run::of(waiting.await.unwrap())
    }
}
