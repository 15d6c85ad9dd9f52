//! The PostgreSQL that the tests of this folder share, and a pooler before it.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use enact::database::{Environment, Session, Settings};
use enact::shadow::{self, ServerOptions};
use tokio::sync::OnceCell;

use crate::postgres::installation;

/// Files of [`certificates.sh`](certificates.sh) that lie in the server's data directory.
const FILES: [&str; 8] = [
    "authority.crt",
    "stranger.crt",
    "server.crt",
    "server.key",
    "client.crt",
    "client.key",
    "client.ext",
    "server.ext",
];

/// Who may come how.
const ACCESS: [&str; 6] = [
    "local     all          all               trust",
    "local     replication  all               trust",
    "hostssl   all  with_certificate  127.0.0.1/32  cert",
    "hostnossl all  only_tls          127.0.0.1/32  reject",
    "hostssl   all  only_clear        127.0.0.1/32  reject",
    "host      all  all               127.0.0.1/32  scram-sha-256",
];

const ROLES: &str = "
    CREATE ROLE alice LOGIN PASSWORD 'wonder land:1';
    CREATE ROLE only_tls LOGIN PASSWORD 'p';
    CREATE ROLE only_clear LOGIN PASSWORD 'p';
    CREATE ROLE with_certificate LOGIN;
    CREATE ROLE plain_role LOGIN;
    CREATE ROLE busy LOGIN CONNECTION LIMIT 0;";

/// A server with passwords and TLS on 127.0.0.1, trust on its socket, and room for a standby.
pub(crate) struct Server(shadow::Server);

/// The one of this test process.
pub(crate) async fn server() -> &'static Server {
    static SERVER: OnceCell<Server> = OnceCell::const_new();
    SERVER.get_or_init(Server::start).await
}

/// Starts a PgBouncer in transaction mode before [`server`]; gives the process that keeps it, and
/// its port on 127.0.0.1.
pub(crate) async fn pooler() -> (Child, u16) {
    let port = free_port();
    let server = server().await;
    let keeper = start(
        "pooler.sh",
        &[
            scratch("pooler").to_str().unwrap(),
            &port.to_string(),
            server.folder().to_str().unwrap(),
            &server.port().to_string(),
        ],
    );
    (keeper, port)
}

/// Starts a standby of [`server`]; gives the process that keeps it, and the folder of its socket.
pub(crate) async fn standby() -> (Child, PathBuf) {
    let folder = scratch("standby");
    let server = server().await;
    let keeper = start(
        "standby.sh",
        &[
            folder.to_str().unwrap(),
            server.folder().to_str().unwrap(),
            &server.port().to_string(),
            installation().bin().to_str().unwrap(),
        ],
    );
    (keeper, folder)
}

impl Server {
    async fn start() -> Self {
        let made = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/database/certificates.sh");
        assert!(Command::new("sh").arg(script).arg(made.path()).status().unwrap().success());
        let bytes = |name: &str| std::fs::read(made.path().join(name)).unwrap();
        let settings = [
            ("ssl", "on"),
            ("ssl_cert_file", "server.crt"),
            ("ssl_key_file", "server.key"),
            ("ssl_ca_file", "authority.crt"),
            ("max_connections", "60"),
            ("wal_level", "replica"),
            ("max_wal_senders", "4"),
        ];
        let options = ServerOptions {
            tcp: true,
            hba: ACCESS.map(str::to_owned).to_vec(),
            files: FILES.map(|name| (name.to_owned(), bytes(name))).to_vec(),
            settings: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        };
        let server = Self(shadow::Server::start_with(&installation(), options).await.unwrap());
        let session = server.session("postgres").await;
        session.client().batch_execute(ROLES).await.unwrap();
        session.client().batch_execute("CREATE DATABASE closed").await.unwrap();
        let closed = "REVOKE CONNECT ON DATABASE closed FROM PUBLIC";
        session.client().batch_execute(closed).await.unwrap();
        server
    }

    /// The folder of its socket.
    pub(crate) fn folder(&self) -> &Path {
        self.0.socket_folder()
    }

    /// Its port.
    pub(crate) fn port(&self) -> u16 {
        self.0.port()
    }

    /// One of [`FILES`].
    pub(crate) fn file(&self, name: &str) -> String {
        self.0.data_folder().join(name).to_str().unwrap().to_owned()
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
            self.folder().display(),
            self.port()
        ));
        Session::connect(&settings).await.unwrap()
    }
}

/// Settings from a text alone, without this process's environment.
pub(crate) fn resolve(text: &str) -> Settings {
    Settings::resolve(Some(text), None, &Environment::default()).unwrap()
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
