//! A private PostgreSQL for the tests: one server a test process, one database a test.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use enact::database::Session;
use tokio_postgres::Config;

/// An empty database, and a session in it as superuser.
pub(crate) struct Database {
    name: String,
    session: Session,
}

/// Makes a database that no other test sees.
pub(crate) async fn database() -> Database {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let admin = connect("postgres", "postgres").await;
    let create = format!("CREATE DATABASE {name} TEMPLATE template0");
    admin.client().batch_execute(&create).await.unwrap();
    let session = connect(&name, "postgres").await;
    Database { name, session }
}

impl Database {
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    pub(crate) async fn run(&self, sql: &str) {
        if let Err(error) = self.session.client().batch_execute(sql).await {
            panic!("{error:?} in:\n{sql}");
        }
    }

    /// Another session, as `role`.
    pub(crate) async fn connect(&self, role: &str) -> Session {
        connect(&self.name, role).await
    }

    /// One of PostgreSQL's own tools, pointed at this database.
    pub(crate) fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(programs().join(name));
        command.arg("--host").arg(&server().folder).args([
            "--username",
            "postgres",
            "--dbname",
            &self.name,
        ]);
        command
    }
}

async fn connect(database: &str, role: &str) -> Session {
    let mut config = Config::new();
    config
        .host_path(&server().folder)
        .user(role)
        .dbname(database);
    Session::plain(&config).await.unwrap()
}

struct Server {
    /// Holds the data and the socket.
    folder: PathBuf,
    /// Its watcher, which stops it when our end of the pipe closes, however this process ends.
    _watcher: Child,
}

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(start)
}

const SCRIPT: &str = r#"
    cd "$1" && PATH="$2:$PATH"
    trap 'pg_ctl -D data -m immediate stop >>log 2>&1; cd / && rm -rf "$1"' EXIT
    initdb -D data -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >log 2>&1 || exit
    pg_ctl -D data -l log -o "-k '$1' -c listen_addresses= -c fsync=off -c max_connections=200" start >>log 2>&1 || exit
    echo ready
    read -r _
"#;

fn start() -> Server {
    let folder = tempfile::Builder::new()
        .prefix("enact-test-")
        .tempdir()
        .unwrap()
        .keep();
    let mut command = Command::new("sh");
    command
        .args(["-c", SCRIPT, "sh"])
        .arg(&folder)
        .arg(programs())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .process_group(0);
    if rustix::process::geteuid().is_root() {
        // PostgreSQL refuses to run as root.
        let (user, group) = postgres_user();
        chown(&folder, Some(user), Some(group)).unwrap();
        command.uid(user).gid(group);
    }
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    let mut answer = BufReader::new(child.stdout.take().unwrap());
    answer.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n", "the test server did not start");
    Server {
        folder,
        _watcher: child,
    }
}

/// The programs of the newest PostgreSQL.
fn programs() -> &'static Path {
    static PROGRAMS: OnceLock<PathBuf> = OnceLock::new();
    PROGRAMS.get_or_init(|| {
        let installed = fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .flatten();
        let mut installed: Vec<_> = installed.map(|entry| entry.path().join("bin")).collect();
        installed.sort();
        let path = std::env::var_os("PATH").unwrap_or_default();
        installed.extend(std::env::split_paths(&path));
        let found = installed
            .into_iter()
            .find(|folder| folder.join("initdb").exists());
        found.expect("no initdb: install a PostgreSQL server, or leave these tests out by `--skip`")
    })
}

fn postgres_user() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let user = users
        .lines()
        .find_map(|line| line.strip_prefix("postgres:"));
    let mut fields = user
        .expect("as root, a user `postgres` is needed")
        .split(':')
        .skip(1);
    let mut number = || fields.next().unwrap().parse().unwrap();
    (number(), number())
}
