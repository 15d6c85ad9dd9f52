//! Every command with everything that it reads spoiled, every place that it writes closed, and every
//! database that it asks out of reach: one error with a code, the right exit status, nothing left.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};

use super::spoil::{Fault, NOBODY, is_root, listing};
use crate::postgres::{CANARY, guarded_url};
use crate::project::{Project, Run, finished};

/// The name of a command in the golden file, and its arguments; `PLAN` and `KEY` stand for paths.
type Case = (&'static str, &'static [&'static str]);

const CREATE: Case = ("create", &["create", "more cats"]);
const VALIDATE: Case = ("validate", &["validate", "--no-shadow"]);
const HISTORY: Case = ("history", &["history"]);
const HISTORY_CURRENT: Case = ("history --indicate-current", &["history", "--indicate-current"]);
const HEADS: Case = ("heads", &["heads"]);
const STATUS: Case = ("status", &["status"]);
const CURRENT: Case = ("current", &["current"]);
const PLAN: Case = ("plan", &["plan"]);
const SHOW: Case = ("show", &["show", "PLAN"]);
const APPROVE: Case = ("approve", &["approve", "--yes", "--key", "KEY", "PLAN"]);
const VERIFY: Case = ("verify", &["verify", "PLAN"]);
const RECOMPILE: Case = ("verify --recompile", &["verify", "--recompile", "PLAN"]);
const APPLY: Case = ("apply", &["apply", "PLAN"]);
const APPLY_FITTING: Case = ("apply (fitting)", &["apply"]);
const UPGRADE: Case = ("upgrade", &["upgrade", "--env", "free"]);
const DOWNGRADE: Case = ("downgrade", &["downgrade", "--env", "free", "base"]);
const STAMP: Case = ("stamp", &["stamp", "--env", "free", "head"]);
const LEDGER: Case = ("ledger", &["ledger"]);
const LEDGER_VERIFY: Case = ("ledger verify", &["ledger", "verify"]);

/// Everything that connects.
const CONNECTING: &[Case] = &[
    HISTORY_CURRENT,
    STATUS,
    CURRENT,
    PLAN,
    APPLY,
    APPLY_FITTING,
    UPGRADE,
    DOWNGRADE,
    STAMP,
    LEDGER,
    LEDGER_VERIFY,
];

/// What commands read, and which commands read it.
const READ: &[(&str, &[Case])] = &[
    (
        "enact.toml",
        &[
            CREATE,
            VALIDATE,
            HISTORY,
            HEADS,
            STATUS,
            CURRENT,
            PLAN,
            APPROVE,
            VERIFY,
            APPLY,
            UPGRADE,
            DOWNGRADE,
            STAMP,
            LEDGER,
            LEDGER_VERIFY,
        ],
    ),
    (
        "revisions",
        &[
            CREATE, VALIDATE, HISTORY, HEADS, STATUS, CURRENT, PLAN, RECOMPILE, UPGRADE, DOWNGRADE,
            STAMP,
        ],
    ),
    (
        "revisions/a_cats.sql",
        &[
            CREATE, VALIDATE, HISTORY, HEADS, STATUS, CURRENT, PLAN, RECOMPILE, UPGRADE, DOWNGRADE,
            STAMP,
        ],
    ),
    ("approvers", &[APPROVE, VERIFY, APPLY]),
    ("PLAN", &[SHOW, APPROVE, VERIFY, APPLY]),
    ("PLAN/plan.json", &[SHOW, APPROVE, VERIFY, APPLY]),
    ("PLAN/plan.md", &[VERIFY]),
    ("PLAN/plan.sql", &[VERIFY]),
    ("PLAN/approvals", &[VERIFY, APPLY]),
    ("PLAN/approvals/alice.sig", &[VERIFY, APPLY]),
    ("KEY", &[APPROVE]),
    ("templates/plan.md.j2", &[PLAN, VERIFY]),
    (".gitattributes", &[("init", &["init"])]),
];

const CONFIG: &str = r#"[project]
templates = "templates"

[env.dev]
url_env = "DATABASE_URL"
approvals = 1

[env.free]
url_env = "DATABASE_URL"
"#;

/// A project whose plan alice has approved, in a database behind a password; and its plan.
struct Scene {
    project: Project,
    plan: Utf8PathBuf,
    aside: tempfile::TempDir,
    complaints: RefCell<Vec<String>>,
}

impl Scene {
    async fn new(hint: &str) -> Self {
        let project = Project::at(&guarded_url(hint).await);
        project.config(CONFIG);
        project.write(".gitattributes", "*.bin binary\n");
        project.write("templates/plan.md.j2", "{{ plan.environment }}\n");
        project.keys(&["alice", "bob"]);
        let id = "a";
        project.revision(id, &[], "CREATE TABLE cats ();", "DROP TABLE cats;");
        let written = project.path().join("revisions/a_make_a.sql");
        fs::rename(written, project.path().join("revisions/a_cats.sql")).unwrap();
        let plan = project.plan();
        let alice = project.key("alice");
        project.enact(&["approve", "--yes", "--key", alice.as_str(), plan.as_str()]).success();
        let scene = Self {
            project,
            plan,
            aside: tempfile::tempdir().unwrap(),
            complaints: RefCell::default(),
        };
        scene.give_to_nobody();
        scene
    }

    /// Root may read and write everything, so that its faults show only to another user.
    fn give_to_nobody(&self) {
        if is_root() {
            let owner = format!("{NOBODY}:{NOBODY}");
            let path = self.project.path();
            let done = Command::new("chown").args(["-R", &owner, path.as_str()]).status();
            assert!(done.unwrap().success());
        }
    }

    /// A path of [`READ`].
    fn path(&self, name: &str) -> Utf8PathBuf {
        match name.strip_prefix("PLAN") {
            Some(rest) => self.project.path().join(format!("{}{rest}", self.plan)),
            None if name == "KEY" => self.project.key("bob"),
            None => self.project.path().join(name),
        }
    }

    fn command(&self, (_, arguments): Case) -> Command {
        let (plan, key) = (self.plan.as_str(), self.project.key("bob"));
        let arguments: Vec<&str> = arguments
            .iter()
            .map(|argument| match *argument {
                "PLAN" => plan,
                "KEY" => key.as_str(),
                other => other,
            })
            .collect();
        self.project.binary(&arguments)
    }

    fn aside(&self) -> Utf8PathBuf {
        Utf8Path::from_path(self.aside.path()).unwrap().join("kept")
    }

    /// Fails if a command did not refuse as it should.
    fn end(self) {
        let complaints = self.complaints.take();
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    }

    /// Runs the command, which must refuse cleanly; gives its exit status and code.
    fn refused(&self, fault: &str, case: Case, command: &Command) -> String {
        let what = format!("{}, {fault}", case.0);
        let before = listing(self.project.path());
        let run = finished(patient(command));
        let mut complaints = complaints(&run);
        if listing(self.project.path()) != before {
            complaints.push("something is left".to_owned());
        }
        if !complaints.is_empty() {
            let complaint = format!("{what}: {}\n{run}", complaints.join(", "));
            self.complaints.borrow_mut().push(complaint);
        }
        let code = codes(&run).join(" ");
        format!("{} {code}", run.code)
    }
}

/// The codes of the errors that a command told.
fn codes(run: &Run) -> Vec<&str> {
    let lines = run.stderr.lines();
    lines.filter_map(|line| line.strip_prefix("error[")?.split(']').next()).collect()
}

/// What does not hold of a run, and must of every refusal.
fn complaints(run: &Run) -> Vec<String> {
    let said = format!("{}{}", run.stdout, run.stderr);
    let rules = [
        ("the exit status is of no refusal", (2..=11).contains(&run.code)),
        ("the password is shown", !said.contains(CANARY)),
        ("it panics", !said.contains("panicked") && !said.contains("error[bug]")),
        ("it tells no error", !codes(run).is_empty()),
        ("it does not help", run.stderr.contains("= help: ")),
    ];
    rules.iter().filter(|(_, holds)| !holds).map(|(what, _)| (*what).to_owned()).collect()
}

/// As an ordinary user who owns the project: `setpriv` stays where the command is wrapped again.
fn as_nobody(command: Command) -> Command {
    if !is_root() {
        return command;
    }
    let mut wrapped = Command::new("setpriv");
    let user = NOBODY.to_string();
    wrapped.args(["--reuid", &user, "--regid", &user, "--clear-groups"]);
    wrapped.arg(command.get_program()).args(command.get_args());
    surround(&mut wrapped, &command);
    wrapped
}

#[tokio::test]
async fn whatever_a_command_reads_may_be_bad() {
    let scene = Scene::new("bad_files").await;
    let mut table = String::new();
    for (name, readers) in READ {
        writeln!(table, "{}", name.replace("PLAN", "plans/dev/a-….")).unwrap();
        for fault in Fault::ALL {
            let path = scene.path(name);
            fault.put(&path, &scene.aside());
            let mut answers = BTreeMap::<String, Vec<&str>>::new();
            for case in *readers {
                // Not there, or an empty folder where one belongs, is sometimes as good as any.
                if is_fine(name, fault, case.0) {
                    continue;
                }
                let command = as_nobody(scene.command(*case));
                let answer = scene.refused(fault.name(), *case, &command);
                answers.entry(answer).or_default().push(case.0);
            }
            for (answer, commands) in answers {
                writeln!(table, "  {:<18} {answer:<40} {}", fault.name(), commands.join(", "))
                    .unwrap();
            }
            fault.mend(&path, &scene.aside());
        }
    }
    scene.end();
    snapbox::assert_data_eq!(table, snapbox::file!["bad_input.out"].raw());
}

/// Where a fault is none.
fn is_fine(name: &str, fault: Fault, command: &str) -> bool {
    match (name, fault) {
        // Enact's own template stands in; `init` writes the file; `create` writes the first revision.
        ("templates/plan.md.j2", Fault::Missing) => command == "plan",
        (".gitattributes", Fault::Missing) => true,
        ("revisions", Fault::EmptyFolder) | ("revisions/a_cats.sql", Fault::Missing) => {
            command == "create"
        }
        _ => false,
    }
}

#[tokio::test]
async fn a_folder_that_may_not_be_written_stays_as_it_is() {
    let scene = Scene::new("read_only").await;
    let plans = scene.project.path().join("plans/dev");
    fs::remove_dir_all(scene.path("PLAN/approvals")).unwrap();
    let cases: &[(Case, Utf8PathBuf)] = &[
        (("init", &["init"]), scene.project.path().to_owned()),
        (CREATE, scene.path("revisions")),
        (APPROVE, scene.path("PLAN")),
        (("plan", &["plan", "--author", "another"]), plans),
    ];
    for (case, folder) in cases {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o555)).unwrap();
        let answer = scene.refused("read-only", *case, &as_nobody(scene.command(*case)));
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(answer, "2 file-unwritable");
    }
    scene.end();
}

#[tokio::test]
async fn a_full_disk_leaves_no_part_of_a_file() {
    let scene = Scene::new("full_disk").await;
    fs::remove_dir_all(scene.path("PLAN/approvals")).unwrap();
    fs::create_dir(scene.path("PLAN/approvals")).unwrap();
    for case in [("init", &["init"] as &[_]), CREATE, APPROVE] {
        // No byte may be written to any file, and the signal that says so is left aside.
        let mut command =
            wrapped("trap '' XFSZ; ulimit -f 0; exec \"$0\" \"$@\"", &scene.command(case));
        if case.0 == "init" {
            fs::remove_file(scene.path(".gitattributes")).unwrap();
        }
        command.current_dir(scene.project.path());
        let answer = scene.refused("a full disk", case, &command);
        assert_eq!(answer, "2 file-unwritable");
    }
    // A shadow needs a disk that is not full, so that only the folder of plans may be: a file
    // system of two pages, which takes root to make.
    if is_root() {
        let script = "mount -t tmpfs -o size=8k none plans && exec unshare -m \"$0\" \"$@\"";
        let case = ("plan", &["plan"] as &[_]);
        let mut command = Command::new("unshare");
        let inner = wrapped(script, &scene.command(case));
        command.arg("-m").arg(inner.get_program()).args(inner.get_args());
        surround(&mut command, &inner);
        let answer = scene.refused("a full disk", case, &command);
        assert_eq!(answer, "2 file-unwritable");
    }
    scene.end();
}

/// `command`, ended where it waits for ever: nothing that is refused takes half a minute.
fn patient(command: &Command) -> Command {
    let mut patient = Command::new("timeout");
    patient.arg("30").arg(command.get_program()).args(command.get_args());
    surround(&mut patient, command);
    patient
}

/// `command`, run by a shell `script`.
fn wrapped(script: &str, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).arg(command.get_program()).args(command.get_args());
    surround(&mut shell, command);
    shell
}

/// Gives `command` the folder and the environment of `model`.
fn surround(command: &mut Command, model: &Command) {
    command.env_clear();
    command.envs(model.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(model.get_current_dir().unwrap());
}

#[tokio::test]
async fn a_database_that_cannot_be_had_is_exit_7() {
    let scene = Scene::new("no_database").await;
    let good = guarded_url("other").await;
    let port = good.rsplit_once(':').unwrap().1.split_once('/').unwrap().0;
    let closed = format!("postgresql://mia:{CANARY}@127.0.0.1:1/cats?sslmode=disable");
    let wrong = good.replace(CANARY, &format!("{CANARY}2"));
    let stranger = good.replace("guarded", "nobody_there");
    let tls = format!("postgresql://guarded:{CANARY}@127.0.0.1:{port}/postgres?sslmode=require");
    for (fault, url, code) in [
        ("a closed port", &closed, "7 unreachable"),
        ("a wrong password", &wrong, "7 authentication-failed"),
        ("an unknown role", &stranger, "7 authentication-failed"),
        ("no TLS", &tls, "7 tls-failed"),
    ] {
        for case in CONNECTING {
            let mut command = scene.command(*case);
            command.env("DATABASE_URL", url);
            let answer = scene.refused(fault, *case, &command);
            assert_eq!(answer, code, "{fault}");
        }
    }
    scene.end();
}
