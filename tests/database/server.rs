//! The PostgreSQL that the tests of this folder share, and a pooler before it.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use enact::database::{Environment, Session, Settings};

/// A running server; it ends with the test process, however that ends.
pub(crate) struct Server {
    pub(crate) folder: PathBuf,
    pub(crate) port: u16,
    /// Its standard input is what keeps the server alive.
    _keeper: Child,
}

/// The one server of this test process.
pub(crate) fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let folder = scratch("server");
        let port = free_port();
        let keeper =
            start("server.sh", &[folder.to_str().unwrap(), &port.to_string(), &bin_folder()]);
        Server { folder, port, _keeper: keeper }
    })
}

/// Starts a PgBouncer in transaction mode before [`server`]; gives the process that keeps it, and
/// its port on 127.0.0.1.
pub(crate) fn pooler() -> (Child, u16) {
    let port = free_port();
    let server = server();
    let keeper = start(
        "pooler.sh",
        &[
            scratch("pooler").to_str().unwrap(),
            &port.to_string(),
            server.folder.to_str().unwrap(),
            &server.port.to_string(),
        ],
    );
    (keeper, port)
}

/// Starts a standby of [`server`]; gives the process that keeps it, and the folder of its socket.
pub(crate) fn standby() -> (Child, PathBuf) {
    let folder = scratch("standby");
    let server = server();
    let keeper = start(
        "standby.sh",
        &[
            folder.to_str().unwrap(),
            server.folder.to_str().unwrap(),
            &server.port.to_string(),
            &bin_folder(),
        ],
    );
    (keeper, folder)
}

impl Server {
    /// A file of the server's folder.
    pub(crate) fn file(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    /// Makes an empty database, and tells its name.
    pub(crate) async fn fresh_database(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("fresh_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let session = self.session("postgres").await;
        let sql = format!("CREATE DATABASE {name}");
        session.client().batch_execute(&sql).await.unwrap();
        name
    }

    /// A superuser's session over the socket.
    pub(crate) async fn session(&self, database: &str) -> Session {
        self.session_as("postgres", database).await
    }

    /// A role's session over the socket.
    pub(crate) async fn session_as(&self, user: &str, database: &str) -> Session {
        let settings = resolve(&format!(
            "host={} port={} user={user} dbname={database}",
            self.folder.display(),
            self.port
        ));
        Session::connect(&settings).await.unwrap()
    }
}

/// Settings from a text alone, without this process's environment.
pub(crate) fn resolve(text: &str) -> Settings {
    Settings::resolve(Some(text), None, &Environment::default()).unwrap()
}

pub(crate) fn bin_folder() -> String {
    let output = Command::new("sh")
        .arg("-c")
        .arg("pg_config --bindir 2>/dev/null || dirname $(ls -d /usr/lib/postgresql/*/bin/initdb | sort -V | tail -1)")
        .output()
        .unwrap();
    let folder = String::from_utf8(output.stdout).unwrap().trim().to_owned();
    assert!(
        Path::new(&folder).join("initdb").exists(),
        "these tests need PostgreSQL's server: apt-get install postgresql"
    );
    folder
}

fn scratch(name: &str) -> PathBuf {
    // Short, because the path of a socket has at most 107 bytes.
    PathBuf::from(format!("/tmp/enact-{name}-{}", std::process::id()))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn start(script: &str, arguments: &[&str]) -> Child {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/database").join(script);
    let mut keeper = Command::new("sh")
        .arg(&script)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let output = keeper.stdout.take().unwrap();
    BufReader::new(output).read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n", "{} did not start", script.display());
    keeper
}
