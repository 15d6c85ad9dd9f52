//! Projects on a real disk: what is read, what is written, and every bad thing a folder can hold.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use enact::diagnostic::{Code, Refusal};
use enact::graph::Heads;
use enact::source::{MAX_BYTES, SourceFile};
use enact::workspace::{
    Config, NewRevision, Project, create, create_new, init, read_revisions, replace,
};
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

fn refused(folder: &Folder) -> Refusal {
    read_revisions(folder.path(), Utf8Path::new("revisions")).unwrap_err()
}

fn config(text: &str) -> Result<Config, Refusal> {
    Config::parse(&SourceFile::new("enact.toml", text.into()).unwrap())
}

#[test]
fn a_project_is_found_from_anywhere_inside_it() {
    let folder = Folder::new();
    folder.write("enact.toml", "[project]\nrevisions = \"db\"\n");
    let inside = folder.path().join("a/b");
    fs::create_dir_all(&inside).unwrap();
    let project = Project::find(&inside, None).unwrap();
    assert_eq!(project.root, folder.path());
    assert_eq!(project.path(&project.config.revisions), folder.path().join("db"));
    let named = folder.write("other/my.toml", "");
    let project = Project::find(&inside, Some(&named)).unwrap();
    assert_eq!(project.root, folder.path().join("other"));
}

#[test]
fn without_a_project_the_way_to_one_is_told() {
    let folder = Folder::new();
    let refusal = Project::find(folder.path(), None).unwrap_err();
    assert_eq!(refusal.code(), Code::ProjectMissing);
    assert!(refusal.findings()[0].help.as_ref().unwrap().contains("enact init"));
    let named = folder.path().join("none.toml");
    let refusal = Project::find(folder.path(), Some(&named)).unwrap_err();
    assert_eq!(refusal.code(), Code::FileMissing);
}

#[test]
fn a_whole_configuration_is_read() {
    let config = config(
        "[project]\nrevisions = \"r\"\nplans = \"p\"\ntemplates = \"t\"\n\
         [approvals]\nsigners = \"who\"\nrevoked = \"gone\"\n[shadow]\nroles = [\"app\", \"ro\"]\n\
         [env.dev]\n\
         [env.production]\nurl_env = \"P_URL\"\napprovals = 2\nauthor_signature = true\ntrust_ref = \"origin/main\"\n\
         plan_ttl = \"36h\"\nlock_timeout = \"50ms\"\nlock_wait = \"1h\"\nstatement_timeout = \"30s\"\n",
    )
    .unwrap();
    assert_eq!((config.revisions.as_str(), config.plans.as_str()), ("r", "p"));
    assert_eq!((config.signers.as_str(), config.revoked.as_deref()), ("who", Some("gone".into())));
    assert_eq!(config.templates, Some("t".into()));
    assert_eq!(config.shadow_roles, ["app", "ro"]);
    let production = config.environment("production").unwrap();
    assert_eq!(production.url_env.as_deref(), Some("P_URL"));
    assert_eq!((production.approvals, production.author_signature), (2, true));
    assert_eq!(production.trust_ref.as_deref(), Some("origin/main"));
    assert_eq!(production.plan_ttl, Duration::from_hours(36));
    assert_eq!(production.lock_timeout, Duration::from_millis(50));
    assert_eq!(production.lock_wait, Duration::from_hours(1));
    assert_eq!(production.statement_timeout, Duration::from_secs(30));
    let dev = config.environment("dev").unwrap();
    assert_eq!(dev.approvals, 0);
    assert_eq!(dev.plan_ttl, Duration::from_hours(168));
}

#[test]
fn every_fault_of_a_configuration_is_told_with_its_place() {
    let refusal = config(
        "wat = 1\n[project]\nrevision = \"r\"\nplans = \"\"\n[shadow]\nroles = [1]\n[env]\n\"../x\" = {}\nflat = 3\n\
         [env.production]\napprovals = -1\nauthor_signature = \"yes\"\nlock_timeout = \"5m\"\nstatement_timeout = \"25d\"\nplan_ttl = \"0s\"\ntrust_ref = 7\n",
    )
    .unwrap_err();
    assert_eq!(
        said(&refusal),
        [
            "enact.toml:4:9: `plans` in `[project]` is not a path, like `\"some/folder\"` [config-invalid]",
            "enact.toml:6:9: `roles` in `[shadow]` is not a list of names, like `[\"app\"]` [config-invalid]",
            "enact.toml:8:1: `../x` is no name for an environment [config-invalid]",
            "enact.toml:9:1: `flat` in `[env]` is not a table [config-invalid]",
            "enact.toml:15:12: `plan_ttl` in `[env.production]` is not a time, like `\"30min\"`, `\"12h\"` or `\"7d\"` [config-invalid]",
            "enact.toml:13:16: `lock_timeout` in `[env.production]` is not a time up to 24 days, like `\"100ms\"`, `\"30s\"`, `\"5min\"` or `\"1h\"` [config-invalid]",
            "enact.toml:14:21: `statement_timeout` in `[env.production]` is not a time up to 24 days, like `\"100ms\"`, `\"30s\"`, `\"5min\"` or `\"1h\"` [config-invalid]",
            "enact.toml:11:13: `approvals` in `[env.production]` is not a whole number from 0 to 65535 [config-invalid]",
            "enact.toml:12:20: `author_signature` in `[env.production]` is not `true` or `false` [config-invalid]",
            "enact.toml:16:13: `trust_ref` in `[env.production]` is not a name in quotes [config-invalid]",
            "enact.toml:3:1: `revision` is not a key of `[project]` [config-invalid]",
            "enact.toml:1:1: `wat` is not a key of `enact.toml` [config-invalid]",
        ]
    );
    let helps: Vec<&str> =
        refusal.findings().iter().filter_map(|finding| finding.help.as_deref()).collect();
    assert_eq!(helps[10], "did you mean `revisions`?");
}

#[test]
fn broken_toml_is_told_once_with_its_place() {
    let refusal = config("[project]\nplans = plans\n").unwrap_err();
    let place = refusal.findings()[0].place.as_ref().unwrap();
    assert_eq!((refusal.code(), place.line, place.column), (Code::ConfigInvalid, 2, 9));
    assert_eq!(config("a = 1\na = 2\n").unwrap_err().code(), Code::ConfigInvalid);
}

#[test]
fn a_secret_in_the_configuration_is_never_repeated() {
    for line in [
        "url = \"postgres://u:canary@h/d\"",
        "url_env = \"postgres://u:canary@h/d\"",
        "approvals = \"postgres://u:canary@h/d\"",
        "url = postgres://u:canary@h/d",
        "password = \"canary\"",
        "plan_ttl = \"postgres://u:canary@h/d",
    ] {
        let refusal = config(&format!("[env.dev]\n{line}\n")).unwrap_err();
        assert_eq!(refusal.code(), Code::ConfigInvalid);
        assert!(!format!("{refusal:?}").contains("canary"), "{refusal:?}");
    }
}

#[test]
fn an_unknown_environment_is_answered_with_the_known_ones() {
    let config = config("[env.staging]\n[env.production]\n").unwrap();
    let help = |name| config.environment(name).unwrap_err().findings()[0].help.clone().unwrap();
    assert_eq!(help("prodution"), "did you mean `production`?");
    assert_eq!(help("x"), "`enact.toml` has production, staging");
}

#[test]
fn revisions_are_read_whatever_the_order_on_disk() {
    let folder = Folder::new();
    for (id, parent) in [("c", "b"), ("a", ""), ("b", "a")] {
        folder.revision(id, parent);
    }
    folder.write("revisions/README.md", "not SQL");
    folder.write("revisions/.#a.sql", "an editor's lock");
    folder.write("revisions/sub/x.sql", "not read");
    let graph = folder.project().revisions().unwrap();
    let files: Vec<&str> = graph.iter().map(|revision| revision.source().name().as_str()).collect();
    assert_eq!(files, ["revisions/a.sql", "revisions/b.sql", "revisions/c.sql"]);
}

#[test]
fn many_revisions_are_read_in_parallel_and_in_order() {
    let folder = Folder::new();
    for at in 0..1_000 {
        let parent = if at == 0 { String::new() } else { format!("{:04}", at - 1) };
        folder.revision(&format!("{at:04}"), &parent);
    }
    let graph = folder.project().revisions().unwrap();
    assert!(
        graph
            .iter()
            .map(|revision| revision.id.to_string())
            .eq((0..1_000).map(|at| format!("{at:04}")))
    );
}

#[test]
fn no_revisions_and_no_folder_are_told_apart() {
    let folder = Folder::new();
    let project = folder.project();
    assert_eq!(project.revisions().unwrap_err().code(), Code::FileMissing);
    fs::create_dir(folder.path().join("revisions")).unwrap();
    assert_eq!(project.revisions().unwrap_err().code(), Code::RevisionsMissing);
}

#[test]
fn every_bad_file_is_told_at_once() {
    let folder = Folder::new();
    folder.revision("good", "");
    folder.write("revisions/binary.sql", b"\x7fELF\x02\xff\xfe\0\0");
    folder.write("revisions/crlf.sql", "-- m\r\n");
    folder.write("revisions/empty.sql", "");
    folder.write("revisions/header.sql", "-- m\n--\n-- Revision ID: h\n\n-- migrate:up\n");
    fs::create_dir(folder.path().join("revisions/folder.sql")).unwrap();
    let inside = |name: &str| folder.path().join("revisions").join(name);
    symlink("loop.sql", inside("loop.sql")).unwrap();
    symlink("nowhere", inside("dangling.sql")).unwrap();
    symlink("/dev/zero", inside("zero.sql")).unwrap();
    let _socket = UnixListener::bind(inside("socket.sql")).unwrap();
    // 100 MB that take no room on the disk.
    fs::File::create(inside("large.sql")).unwrap().set_len(100 << 20).unwrap();
    let refusal = refused(&folder);
    let short: Vec<String> = said(&refusal)
        .into_iter()
        .map(|line| line.split(" (os error").next().unwrap().to_owned())
        .collect();
    assert_eq!(
        short,
        [
            "revisions/binary.sql:1:6: byte 0xff is not valid UTF-8 [encoding-invalid]",
            "revisions/crlf.sql:1:5: the line ends with CRLF [carriage-return]",
            "`revisions/dangling.sql` is missing [file-missing]",
            "revisions/empty.sql:1:1: `-- migrate:up` is missing [section-invalid]",
            "revisions/empty.sql:1:1: the message is missing [header-invalid]",
            "revisions/empty.sql:1:1: `Revision ID` is missing [header-invalid]",
            "revisions/empty.sql:1:1: `Revises` is missing [header-invalid]",
            "`revisions/folder.sql` is not a regular file [file-unreadable]",
            "revisions/header.sql:1:1: `Revises` is missing [header-invalid]",
            &format!(
                "`revisions/large.sql` has 104857600 bytes; at most {MAX_BYTES} are read [file-too-large]"
            ),
            "`revisions/loop.sql` cannot be read: Too many levels of symbolic links",
            "`revisions/socket.sql` is not a regular file [file-unreadable]",
            "`revisions/zero.sql` is not a regular file [file-unreadable]",
        ]
    );
}

#[test]
fn a_pipe_does_not_make_the_reader_wait() {
    let folder = Folder::new();
    folder.revision("good", "");
    let pipe = folder.path().join("revisions/pipe.sql");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (send, receive) = mpsc::channel();
    let root = folder.path().to_owned();
    std::thread::spawn(move || send.send(read_revisions(&root, Utf8Path::new("revisions"))));
    let result = receive.recv_timeout(Duration::from_secs(20)).expect("the reader waits");
    assert_eq!(codes(&result.unwrap_err()), [Code::FileUnreadable]);
}

#[test]
fn a_folder_that_is_a_file_or_a_loop_is_unreadable() {
    let folder = Folder::new();
    folder.write("revisions", "a file");
    assert_eq!(codes(&refused(&folder)), [Code::FileUnreadable]);
    let folder = Folder::new();
    symlink("revisions", folder.path().join("revisions")).unwrap();
    assert_eq!(codes(&refused(&folder)), [Code::FileUnreadable]);
}

#[test]
fn a_name_that_is_not_utf8_is_a_finding() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = Folder::new();
    folder.revision("good", "");
    let name = std::ffi::OsStr::from_bytes(b"revisions/\xff.sql");
    fs::write(folder.0.path().join(name), "").unwrap();
    assert_eq!(codes(&refused(&folder)), [Code::FileUnreadable]);
}

#[test]
fn a_new_file_never_takes_another_ones_place() {
    let folder = Folder::new();
    let path = folder.path().join("deep/er/new.txt");
    create_new(&path, b"one").unwrap();
    let refusal = create_new(&path, b"two").unwrap_err();
    assert_eq!(refusal.code(), Code::FileExists);
    assert_eq!(fs::read(&path).unwrap(), b"one");
    let dangling = folder.path().join("dangling");
    symlink("nowhere", &dangling).unwrap();
    assert_eq!(create_new(&dangling, b"x").unwrap_err().code(), Code::FileExists);
    assert_eq!(folder.names("deep/er"), ["new.txt"]);
}

#[test]
fn replacing_keeps_the_permissions_and_leaves_nothing_behind() {
    let folder = Folder::new();
    let path = folder.write("file", "old");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    replace(&path, b"new").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(folder.names("."), ["file"]);
}

#[test]
fn what_cannot_be_written_says_so_and_leaves_all_as_it_was() {
    let folder = Folder::new();
    folder.write("file", "a file");
    let below_a_file = folder.path().join("file/new.sql");
    for result in [create_new(&below_a_file, b"x"), replace(&below_a_file, b"x")] {
        assert_eq!(said(&result.unwrap_err()).len(), 1);
    }
    fs::create_dir(folder.path().join("folder")).unwrap();
    let refusal = replace(&folder.path().join("folder"), b"x").unwrap_err();
    assert_eq!(refusal.code(), Code::FileUnwritable);
    // A read-only file system that binds root too.
    let refusal = create_new(Utf8Path::new("/proc/enact/new.sql"), b"x").unwrap_err();
    assert_eq!(refusal.code(), Code::FileUnwritable);
    assert_eq!(folder.names("."), ["file", "folder"]);
}

#[test]
fn init_makes_a_project_that_works_and_can_run_again() {
    let folder = Folder::new();
    folder.write(".gitattributes", "*.png binary");
    let done = init(folder.path()).unwrap();
    assert_eq!(done.written, ["enact.toml", "revisions/.gitkeep", ".gitattributes"]);
    let attributes = fs::read_to_string(folder.path().join(".gitattributes")).unwrap();
    assert_eq!(attributes, "*.png binary\n*.sql text eol=lf\n");
    let project = Project::find(folder.path(), None).unwrap();
    assert_eq!(project.config.environment("production").unwrap().approvals, 2);
    folder.write("enact.toml", "# mine\n");
    let again = init(folder.path()).unwrap();
    assert!(again.written.is_empty());
    assert_eq!(again.kept, done.written);
    assert_eq!(fs::read_to_string(folder.path().join("enact.toml")).unwrap(), "# mine\n");
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn made(project: &Project, new: &NewRevision<'_>, id: &str) -> Result<Utf8PathBuf, Refusal> {
    create(project, new, "2024-01-15T10:30:00Z".parse().unwrap(), id)
}

#[test]
fn new_revisions_grow_the_graph() {
    let folder = Folder::new();
    init(folder.path()).unwrap();
    let project = Project::find(folder.path(), None).unwrap();
    let plain = |message| NewRevision { message, ..NewRevision::default() };
    let first = made(&project, &plain("Add cats"), "aaaa00000001").unwrap();
    assert_eq!(first, folder.path().join("revisions/aaaa00000001_add_cats.sql"));
    assert_eq!(
        fs::read_to_string(&first).unwrap(),
        "-- Add cats\n--\n-- Revision ID: aaaa00000001\n-- Revises:\n-- Create Date: 2024-01-15T10:30:00Z\n\n-- migrate:up\n\n-- migrate:down\n"
    );
    made(&project, &plain("left"), "bbbb").unwrap();
    let right = NewRevision {
        heads: &strings(&["aaaa"]),
        labels: &strings(&["right"]),
        splice: true,
        id: Some("cccc"),
        ..plain("right")
    };
    made(&project, &right, "unused").unwrap();
    let several = made(&project, &plain("lost"), "dddd").unwrap_err();
    assert_eq!(several.code(), Code::SeveralHeads);
    let merge = NewRevision { merge: true, ..plain("both") };
    made(&project, &merge, "eeee").unwrap();
    let other = NewRevision {
        heads: &strings(&["base"]),
        depends_on: &strings(&["bb", "right"]),
        ..plain("apart")
    };
    made(&project, &other, "ffff").unwrap();
    let graph = project.revisions().unwrap();
    assert_eq!(graph.get("eeee").unwrap().parents.len(), 2);
    assert_eq!(graph.get("ffff").unwrap().depends_on, ["bbbb", "right"]);
    assert_eq!(graph.upgrade(&Heads::new(), "heads").unwrap().moves.len(), 5);
}

#[test]
fn what_would_break_the_graph_is_never_written() {
    let folder = Folder::new();
    folder.revision("a", "");
    folder.revision("b", "a");
    let project = folder.project();
    let plain = |message| NewRevision { message, ..NewRevision::default() };
    let refusals = [
        (NewRevision { heads: &strings(&["a"]), ..plain("m") }, Code::SelectorInvalid),
        (NewRevision { merge: true, ..plain("m") }, Code::SelectorInvalid),
        (NewRevision { heads: &strings(&["zz"]), ..plain("m") }, Code::RevisionUnknown),
        (NewRevision { id: Some("a"), ..plain("m") }, Code::DuplicateRevision),
        (NewRevision { id: Some("a-b"), ..plain("m") }, Code::RevisionIdInvalid),
        (NewRevision { labels: &strings(&["a"]), ..plain("m") }, Code::LabelConflict),
        (NewRevision { labels: &strings(&["x,y"]), ..plain("m") }, Code::HeaderInvalid),
        (NewRevision { depends_on: &strings(&["zz"]), ..plain("m") }, Code::RevisionUnknown),
        (plain(" "), Code::HeaderInvalid),
        (plain("m\nDROP TABLE cats;"), Code::SectionInvalid),
        (plain("migrate:up"), Code::SectionInvalid),
        (plain("Revises: a"), Code::HeaderInvalid),
        (plain("two\n-- lines"), Code::HeaderInvalid),
        (plain("esc \u{1b}[2J"), Code::HeaderInvalid),
        (plain("crlf\r\n"), Code::HeaderInvalid),
    ];
    for (new, code) in refusals {
        match made(&project, &new, "cccc") {
            Err(refusal) => assert_eq!(refusal.code(), code, "{new:?}: {refusal}"),
            Ok(path) => assert!(new.message == "crlf\r\n", "{new:?} wrote {path}"),
        }
    }
    assert_eq!(folder.names("revisions"), ["a.sql", "b.sql", "cccc_crlf.sql"]);
}
