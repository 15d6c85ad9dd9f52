//! `status` remembers its last answer, and believes itself only while nothing looks different. A lie
//! is put into the memory: where `status` repeats it, it asked nobody else.

use std::fs::{self, File, FileTimes};
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use enact::digest::Digest;
use enact::workspace::{self, Surface};
use jiff::Timestamp;
use tempfile::TempDir;

use crate::postgres::{TestDatabase, fresh_database};
use crate::project::{Project, Run, finished};

const LIE: &str = "remembered: ";
const A: &str = "revisions/a_make_a.sql";
const B: &str = "revisions/b_make_b.sql";

/// Does something to the files of a project.
type Change = fn(&Utf8Path);

/// Caches of their own.
struct Caches(TempDir);

impl Caches {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn run(&self, project: &Project, arguments: &[&str]) -> Run {
        let mut command = project.binary(arguments);
        command.env("XDG_CACHE_HOME", self.0.path());
        finished(command)
    }

    /// What `status` says with these caches.
    fn status(&self, project: &Project) -> Run {
        self.run(project, &["status", "--exit-code"])
    }

    /// What `status` says after `what`; it is what it would say without a memory.
    #[track_caller]
    fn true_status(&self, project: &Project, what: &str) -> Run {
        let run = self.status(project);
        let truth = truth(project, &["status", "--exit-code"]);
        assert_eq!(run.to_string(), truth.to_string(), "{what}");
        assert!(!run.stdout.contains(LIE), "{what}: {run}");
        run
    }

    fn memories(&self) -> Vec<Utf8PathBuf> {
        let Ok(entries) = Utf8Path::from_path(self.0.path()).unwrap().join("enact").read_dir_utf8()
        else {
            return Vec::new();
        };
        let paths = entries.map(|entry| entry.unwrap().into_path());
        paths.filter(|path| path.file_name().unwrap().starts_with("status-")).collect()
    }

    /// Runs `status` until it remembers: files must have been left alone for some seconds.
    fn remember(&self, project: &Project) {
        let before = self.memories().len();
        for _ in 0..60 {
            self.status(project);
            if self.memories().len() > before {
                return;
            }
            std::thread::sleep(Duration::from_millis(500));
        }
        panic!("nothing was remembered");
    }

    fn forget(&self) {
        for path in self.memories() {
            fs::remove_file(path).unwrap();
        }
    }

    /// Makes every memory lie about the last run.
    fn lie(&self) {
        for path in self.memories() {
            let text = fs::read_to_string(&path).unwrap();
            let (_, value) = text.split_once('\n').unwrap();
            let value = value
                .replace("\"last_run\":\"", &format!("\"last_run\":\"{LIE}"))
                .replace("\"last_run\":null", &format!("\"last_run\":\"{LIE}\""));
            let text = format!("enact memory 1 {}\n{value}", Digest::of(&value));
            fs::write(path, text).unwrap();
        }
    }

    #[track_caller]
    fn lies(&self, project: &Project) {
        let run = self.status(project);
        assert!(run.stdout.contains(LIE), "{run}");
    }
}

/// What the command says where there is no place for caches.
fn truth(project: &Project, arguments: &[&str]) -> Run {
    let mut command = project.binary(arguments);
    command.env_remove("XDG_CACHE_HOME").env_remove("HOME");
    finished(command)
}

/// A branch and a merge; the merge and what follows it are yet to be applied.
fn project(database: &TestDatabase) -> Project {
    let project = Project::new(database);
    project.revision("a", &[], "CREATE TABLE cats (id int);", "DROP TABLE cats;");
    project.revision("b", &["a"], "CREATE TABLE toys ();", "DROP TABLE toys;");
    project.revision("c", &["a"], "CREATE TABLE visits ();", "DROP TABLE visits;");
    project.revision("m", &["b", "c"], "", "");
    project.revision("n", &["m"], "CREATE TABLE naps ();", "DROP TABLE naps;");
    project
}

/// Writes bytes of the same length into the file, and gives it its old times back.
fn change_in_secret(path: &Utf8Path, from: &str, to: &str) {
    assert_eq!(from.len(), to.len());
    let before = fs::metadata(path).unwrap();
    let text = fs::read_to_string(path).unwrap().replace(from, to);
    fs::write(path, text).unwrap();
    let times = FileTimes::new().set_modified(before.modified().unwrap());
    File::options().write(true).open(path).unwrap().set_times(times).unwrap();
    let after = fs::metadata(path).unwrap();
    let seen = |of: &fs::Metadata| (of.ino(), of.size(), of.mtime(), of.mtime_nsec());
    assert_eq!(seen(&before), seen(&after));
}

#[tokio::test]
async fn a_memory_is_believed_only_while_no_file_was_touched() {
    let changes: &[(&str, Change)] = &[
        ("edited in secret", |root| change_in_secret(&root.join(A), "id int", "di int")),
        ("comment edited in secret", |root| change_in_secret(&root.join(A), "make a", "make A")),
        ("touched", |root| {
            let times = FileTimes::new().set_modified(std::time::SystemTime::now());
            File::options().write(true).open(root.join(A)).unwrap().set_times(times).unwrap();
        }),
        ("longer", |root| {
            let text = fs::read_to_string(root.join(A)).unwrap();
            fs::write(root.join(A), text + "\n").unwrap();
        }),
        ("added", |root| {
            let text = fs::read_to_string(root.join(B)).unwrap().replace("ID: b", "ID: d");
            fs::write(root.join("revisions/d.sql"), text).unwrap();
        }),
        ("removed", |root| fs::remove_file(root.join("revisions/n_make_n.sql")).unwrap()),
        ("renamed", |root| fs::rename(root.join(B), root.join("revisions/z.sql")).unwrap()),
        ("exchanged", |root| {
            fs::rename(root.join(A), root.join("a")).unwrap();
            fs::rename(root.join(B), root.join(A)).unwrap();
            fs::rename(root.join("a"), root.join(B)).unwrap();
        }),
        ("a link to a copy", |root| {
            fs::rename(root.join(A), root.join("a")).unwrap();
            symlink(root.join("a"), root.join(A)).unwrap();
        }),
        ("another folder", |root| {
            fs::create_dir(root.join("others")).unwrap();
            fs::copy(root.join(A), root.join("others/a.sql")).unwrap();
            fs::copy(root.join(B), root.join("others/b.sql")).unwrap();
            fs::copy(root.join("revisions/c_make_c.sql"), root.join("others/c.sql")).unwrap();
            let text = fs::read_to_string(root.join("enact.toml")).unwrap();
            let text = format!("[project]\nrevisions = \"others\"\n{text}");
            fs::write(root.join("enact.toml"), text).unwrap();
        }),
        ("not readable as SQL", |root| fs::write(root.join("revisions/x.sql"), "\0").unwrap()),
    ];
    let database = fresh_database("memory_files").await;
    let projects: Vec<Project> = changes.iter().map(|_| project(&database)).collect();
    projects[0].enact(&["upgrade", "b"]).success();
    projects[0].enact(&["upgrade", "c"]).success();
    // All in one folder: no project takes another's memory for its own.
    let caches = Caches::new();
    for project in &projects {
        caches.remember(project);
    }
    caches.lie();
    for (project, (name, change)) in projects.iter().zip(changes) {
        caches.lies(project);
        change(project.path());
        caches.true_status(project, name);
    }
    // Told every time, with the text that it is about.
    let edited = caches.true_status(&projects[0], "again").exits(1);
    assert!(edited.stderr.contains("error[revision-edited]"), "{edited}");
    let edited = caches.true_status(&projects[1], "again").exits(1);
    assert!(edited.stderr.contains("warning[revision-edited]"), "{edited}");
}

#[tokio::test]
async fn a_memory_is_believed_only_while_rows_and_ledger_look_the_same() {
    let database = fresh_database("memory_ledger").await;
    let project = project(&database);
    let caches = Caches::new();
    // Each way of saying it, at each place where the database can stand.
    for step in [None, Some("b"), Some("c"), Some("head")] {
        if let Some(to) = step {
            project.enact(&["upgrade", to]).success();
        }
        caches.true_status(&project, step.unwrap_or("nothing"));
        if step.is_none() {
            caches.remember(&project);
        }
        for format in ["text", "json"] {
            let arguments = ["status", "--format", format];
            let run = caches.run(&project, &arguments);
            assert_eq!(run.to_string(), truth(&project, &arguments).to_string());
        }
        caches.lie();
        caches.lies(&project);
    }

    // With triggers off, as an owner would.
    let quietly = |sql: &str| format!("SET session_replication_role = replica; {sql}");
    let changes: &[(&str, Option<&str>)] = &[
        (
            "UPDATE enact.ledger SET payload = overlay(payload PLACING 'x' FROM 20) WHERE seq = 2",
            Some("ledger-broken"),
        ),
        (
            "UPDATE enact.ledger AS l SET payload = kept.payload FROM kept WHERE l.seq = kept.seq",
            None,
        ),
        ("UPDATE enact.ledger SET hash = hash WHERE seq = 0", None),
        ("UPDATE alembic_version SET version_num = 'm'", None),
        ("UPDATE alembic_version SET version_num = 'n'", None),
        ("DELETE FROM enact.ledger WHERE seq = (SELECT max(seq) FROM enact.ledger)", None),
        ("INSERT INTO enact.ledger TABLE kept ON CONFLICT DO NOTHING", None),
        (
            "ALTER TABLE enact.ledger RENAME payload TO was; \
             ALTER TABLE enact.ledger ADD payload bytea NOT NULL DEFAULT '{}'",
            Some("ledger-unreadable"),
        ),
        (
            "ALTER TABLE enact.ledger DROP payload; ALTER TABLE enact.ledger RENAME was TO payload",
            None,
        ),
        ("ALTER TABLE enact.ledger RENAME TO gone", None),
        ("ALTER TABLE enact.gone RENAME TO ledger", None),
    ];
    database.run("CREATE TABLE kept AS TABLE enact.ledger").await;
    for (sql, refused) in changes {
        caches.forget();
        caches.true_status(&project, "nothing remembered");
        caches.lie();
        if truth(&project, &["status"]).code == 0 {
            caches.lies(&project);
        }
        database.run(&quietly(sql)).await;
        let run = caches.true_status(&project, sql);
        if let Some(code) = refused {
            run.refused(1, code);
        }
    }

    caches.forget();
    caches.true_status(&project, "nothing remembered");
    caches.lie();
    caches.lies(&project);
    let other = fresh_database("memory_other").await;
    let elsewhere = ["status", "--url", &other.url];
    let run = caches.run(&project, &elsewhere);
    assert_eq!(run.to_string(), truth(&project, &elsewhere).to_string());
    assert!(run.stdout.contains("none by enact"), "{run}");
}

#[tokio::test]
async fn a_memory_is_never_needed() {
    let database = fresh_database("memory_less").await;
    let project = project(&database);
    project.enact(&["upgrade", "b"]).success();
    let caches = Caches::new();
    caches.remember(&project);
    let memory = caches.memories().remove(0);

    // Damaged, and written again.
    fs::write(&memory, "enact memory 1 \n{}").unwrap();
    caches.true_status(&project, "damage");
    caches.lie();
    caches.lies(&project);
    // A folder in its place.
    fs::remove_file(&memory).unwrap();
    fs::create_dir(&memory).unwrap();
    caches.true_status(&project, "a folder in its place");
    caches.true_status(&project, "and again");
    fs::remove_dir(&memory).unwrap();
    // No folder where one should be, and none that could be made.
    for place in ["/dev/null", "/proc/none", "relative", ""] {
        let mut command = project.binary(&["status", "--exit-code"]);
        command.env("XDG_CACHE_HOME", place).env("HOME", "/dev/null");
        let truth = truth(&project, &["status", "--exit-code"]);
        assert_eq!(finished(command).to_string(), truth.to_string(), "{place}");
    }
    assert!(!project.path().join("relative").exists());

    // Many at once: one of them is last, and its memory is whole.
    let runs: Vec<Run> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..8).map(|_| scope.spawn(|| caches.status(&project))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let truth = truth(&project, &["status", "--exit-code"]).to_string();
    for run in runs {
        assert_eq!(run.to_string(), truth);
    }
    let left = fs::read_dir(memory.parent().unwrap()).unwrap().count();
    assert_eq!(left, 1, "nothing half-written stays");
    caches.lie();
    caches.lies(&project);
}

#[test]
fn what_changed_moments_ago_may_change_unseen() {
    let project = Project::at("");
    project.revision("a", &[], "SELECT 1;", "");
    let seen = fs::metadata(project.path().join(A)).unwrap().ctime();
    let project = workspace::Project::find(project.path(), None).unwrap();
    let settled = |second: i64| {
        Surface::of(&project, Timestamp::from_second(second).unwrap()).unwrap().settled
    };
    assert!(!settled(seen) && !settled(seen + 2), "just now");
    assert!(!settled(seen - 3600), "by a clock that is late");
    assert!(settled(seen + 3));
}

#[test]
fn what_is_no_file_has_no_surface() {
    let project = Project::at("");
    project.revision("a", &[], "SELECT 1;", "");
    let found = workspace::Project::find(project.path(), None).unwrap();
    let surface = || Surface::of(&found, Timestamp::UNIX_EPOCH);
    assert!(surface().is_some());
    fs::create_dir(project.path().join("revisions/folder.sql")).unwrap();
    assert_eq!(surface(), None);
    fs::remove_dir(project.path().join("revisions/folder.sql")).unwrap();
    symlink("nowhere", project.path().join("revisions/link.sql")).unwrap();
    assert_eq!(surface(), None);
    fs::remove_dir_all(project.path().join("revisions")).unwrap();
    assert_eq!(surface(), None);
}
