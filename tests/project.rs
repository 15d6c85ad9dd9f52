//! A project in a folder of its own, and the real `enact` run in it with a clean environment.

use std::fs;
use std::process::{Child, Command, Output, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use enact::revision::{Draft, RevisionId, file_name, template};
use jiff::Timestamp;
use rustix::process::{Pid, Signal};
use tempfile::TempDir;

use crate::postgres::TestDatabase;

/// What every test person may sign.
const NAMESPACES: &str = "namespaces=\"enact-approve-v1,enact-author-v1\"";

/// A folder with `enact.toml`, a git repository and revisions; it goes away with the value.
pub(crate) struct Project {
    folder: TempDir,
    /// What `DATABASE_URL` says.
    url: String,
}

/// What one run of the binary printed, and its exit status.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Project {
    /// A project whose only environment, `dev`, is `database`.
    pub(crate) fn new(database: &TestDatabase) -> Self {
        Self::at(&database.url)
    }

    /// A project whose only environment, `dev`, is the database at `url`.
    pub(crate) fn at(url: &str) -> Self {
        let folder = TempDir::with_prefix("project-").unwrap();
        let project = Self { folder, url: url.to_owned() };
        fs::create_dir_all(project.path().join("revisions")).unwrap();
        project.config("[env.dev]\nurl_env = \"DATABASE_URL\"\n");
        project.git(&["init", "--quiet", "--initial-branch=main"]);
        project
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Utf8Path {
        Utf8Path::from_path(self.folder.path()).unwrap()
    }

    /// Writes a file, and the folders above it.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) -> Utf8PathBuf {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// The text of a file.
    pub(crate) fn read(&self, path: impl AsRef<Utf8Path>) -> String {
        fs::read_to_string(self.path().join(path.as_ref())).unwrap()
    }

    /// Writes `enact.toml`.
    pub(crate) fn config(&self, text: &str) {
        self.write("enact.toml", text);
    }

    /// Adds a revision. An empty `down` leaves the down section out: it is irreversible.
    pub(crate) fn revision(&self, id: &str, parents: &[&str], up: &str, down: &str) {
        self.draft(&draft(id, parents, up, down));
    }

    /// Adds a revision that says more of itself.
    pub(crate) fn draft(&self, draft: &Draft) {
        let mut text = template(draft);
        if draft.down.is_empty() {
            text = text.replace("\n-- migrate:down\n", "");
        }
        let name = file_name(&draft.id, &draft.message);
        self.write(&format!("revisions/{name}"), text);
    }

    /// Makes a key for each person, and the signers file that names them.
    pub(crate) fn keys(&self, people: &[&str]) {
        let signers: Vec<String> =
            people.iter().map(|person| self.signer(person, person)).collect();
        self.write("approvers", signers.concat());
    }

    /// The line of the signers file that gives `person` the key called `key`, which is made if it is
    /// not there.
    pub(crate) fn signer(&self, person: &str, key: &str) -> String {
        let path = self.key(key);
        if !path.exists() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            self.tool(
                "ssh-keygen",
                &["-q", "-t", "ed25519", "-N", "", "-C", key, "-f", path.as_str()],
            );
        }
        let public = fs::read_to_string(format!("{path}.pub")).unwrap();
        let public: Vec<&str> = public.split_whitespace().take(2).collect();
        format!("{person} {NAMESPACES} {}\n", public.join(" "))
    }

    /// The private key of a person for whom [`Project::keys`] made one.
    pub(crate) fn key(&self, person: &str) -> Utf8PathBuf {
        self.path().join("home/.ssh").join(person)
    }

    /// `git` in the project, as its author carol.
    pub(crate) fn git(&self, arguments: &[&str]) -> Run {
        self.tool("git", arguments)
    }

    /// Another program in the project, which must succeed.
    pub(crate) fn tool(&self, program: &str, arguments: &[&str]) -> Run {
        let mut command = self.command(program);
        command.args(arguments);
        finished(command).success()
    }

    /// Commits everything.
    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all", "--", ".", ":!home"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    /// The real binary, ready to run in the project.
    pub(crate) fn binary(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_enact"));
        command.args(arguments);
        command
    }

    /// Runs the real binary in the project, to its end.
    pub(crate) fn enact(&self, arguments: &[&str]) -> Run {
        finished(self.binary(arguments))
    }

    /// Starts the real binary in the project; [`Running::end`] waits for it.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let mut command = self.binary(arguments);
        Running(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Plans for `dev` up to the heads; gives the plan's folder, relative to the project.
    pub(crate) fn plan(&self) -> Utf8PathBuf {
        self.plan_with(&[])
    }

    /// Plans as `arguments` say; gives the plan's folder, relative to the project.
    pub(crate) fn plan_with(&self, arguments: &[&str]) -> Utf8PathBuf {
        let run = self.enact(&[&["plan", "--format", "json"], arguments].concat()).success();
        let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        answer["directory"].as_str().expect("there was nothing to plan").into()
    }

    /// Adds the approval of a person for whom [`Project::keys`] made a key.
    #[track_caller]
    pub(crate) fn approve(&self, plan: &Utf8Path, person: &str) {
        let key = self.key(person);
        self.enact(&["approve", "--yes", "--key", key.as_str(), plan.as_str()]).success();
    }

    /// Nothing of this machine's user or of a caller's database reaches what runs.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path()).env_clear().stdin(Stdio::null());
        for name in ["PATH", "TMPDIR", "ENACT_PG_BIN", "LD_LIBRARY_PATH"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.env("HOME", self.path().join("home"));
        // Fresh data directories are the same for every project.
        command.env("XDG_CACHE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
        command.env("DATABASE_URL", &self.url).env("NO_COLOR", "1").env("TZ", "UTC");
        command.env("USER", "carol").env("HOSTNAME", "desk").env("GIT_CONFIG_NOSYSTEM", "1");
        // By way of git's configuration, as people have it: `enact` asks for `user.name`.
        command.envs([
            ("GIT_CONFIG_COUNT", "2"),
            ("GIT_CONFIG_KEY_0", "user.name"),
            ("GIT_CONFIG_VALUE_0", "carol"),
            ("GIT_CONFIG_KEY_1", "user.email"),
            ("GIT_CONFIG_VALUE_1", "carol@example.com"),
        ]);
        command
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {}\nstdout:\n{}\nstderr:\n{}", self.code, self.stdout, self.stderr)
    }
}

impl Run {
    /// The run, which must have gone well.
    #[track_caller]
    pub(crate) fn success(self) -> Self {
        self.exits(0)
    }

    /// The run, which must have exited so.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// The run, which must have been refused with this code, and have exited so.
    #[track_caller]
    pub(crate) fn refused(self, exit: i32, code: &str) -> Self {
        let run = self.exits(exit);
        assert!(run.stderr.contains(&format!("[{code}]")), "no {code} in:\n{}", run.stderr);
        run
    }

    /// The result, as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error} in:\n{}\n{}", self.stdout, self.stderr))
    }
}

/// A revision without dependencies and labels, of a fixed date.
pub(crate) fn draft(name: &str, parents: &[&str], up: &str, down: &str) -> Draft {
    let id = |text: &str| -> RevisionId { text.parse().unwrap() };
    Draft {
        id: id(name),
        message: format!("make {name}"),
        parents: parents.iter().map(|parent| id(parent)).collect(),
        depends_on: Vec::new(),
        labels: Vec::new(),
        created: Some(Timestamp::UNIX_EPOCH),
        up: up.to_owned(),
        down: down.to_owned(),
    }
}

/// A run of the binary that goes on.
pub(crate) struct Running(Child);

impl Running {
    /// Sends a signal. A bare system has no program for it.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Waits until it ends, while the test's own connections go on.
    pub(crate) async fn end(self) -> Run {
        let waiting = tokio::task::spawn_blocking(move || self.0.wait_with_output().unwrap());
        ended(waiting.await.unwrap())
    }
}

/// Runs a command to its end.
pub(crate) fn finished(mut command: Command) -> Run {
    ended(command.output().unwrap_or_else(|error| {
        panic!("{command:?}: {error}; `scripts/setup` installs what is missing")
    }))
}

fn ended(output: Output) -> Run {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run {
        // A signal has no exit status.
        code: output.status.code().unwrap_or(-1),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

#[tokio::test]
async fn a_project_goes_the_whole_way() {
    let database = crate::postgres::fresh_database("project").await;
    let project = Project::new(&database);
    project.config("[env.dev]\nurl_env = \"DATABASE_URL\"\napprovals = 2\n");
    project.keys(&["alice", "bob"]);
    project.revision("a", &[], "CREATE TABLE cats ();", "DROP TABLE cats;");
    project.commit("cats");

    let plan = project.plan();
    assert!(project.read(plan.join("plan.md")).contains("CREATE TABLE cats ()"));
    project.enact(&["apply"]).exits(5);
    project.approve(&plan, "alice");
    project.approve(&plan, "bob");
    project.enact(&["apply"]).success();
    assert_eq!(project.enact(&["current"]).success().stdout, "a (head)\n");
    database.run("TABLE cats").await;
}
