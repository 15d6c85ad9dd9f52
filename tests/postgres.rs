//! The PostgreSQL of the tests: one throw-away server a test process, started when the first test
//! asks, and removed by its watcher when the process ends. Every test gets databases of its own.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use enact::catalog::Kind;
use enact::database::Session;
use enact::shadow::{Installation, Server, ServerOptions};
use tokio::sync::OnceCell;

static SERVER: OnceCell<Server> = OnceCell::const_new();
static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// The password of [`guarded_url`]: whatever a command prints, this never stands in it.
pub(crate) const CANARY: &str = "s3cret-canary";

/// A database that no other test has.
pub(crate) struct TestDatabase {
    /// A superuser's session in it.
    pub session: Session,
    /// A superuser's URL, as libpq reads it.
    pub url: String,
    /// Its name.
    pub name: String,
}

/// The installation that the tests run on; without one they fail, and say what to install.
pub(crate) fn installation() -> Installation {
    Installation::find(None).unwrap_or_else(|refusal| {
        let help = refusal.findings()[0].help.clone().unwrap_or_default();
        panic!("{refusal}\n{help}, or run `scripts/setup`")
    })
}

/// The kinds of object that have fixtures here: tablespaces are described since PostgreSQL 15.
pub(crate) fn kinds() -> impl Iterator<Item = Kind> {
    let newer = installation().major() >= 15;
    Kind::ALL.iter().copied().filter(move |kind| newer || *kind != Kind::Tablespace)
}

/// The server that all tests share. Tests make databases in it, and change nothing around them.
pub(crate) async fn server() -> &'static Server {
    SERVER
        .get_or_init(|| async {
            let options = ServerOptions {
                tcp: true,
                hba: vec![
                    "local all all trust".to_owned(),
                    "host all all 127.0.0.1/32 scram-sha-256".to_owned(),
                ],
                settings: vec![("max_connections".to_owned(), "200".to_owned())],
                ..ServerOptions::default()
            };
            let server = Server::start_with(&installation(), options).await;
            let server = server.unwrap_or_else(|refusal| {
                panic!("{refusal}\n{}", refusal.findings()[0].notes.join("\n"))
            });
            server.create_tablespaces(["fast", "slow"]).await.unwrap();
            server
        })
        .await
}

/// A new, empty database whose name begins with `hint`.
pub(crate) async fn fresh_database(hint: &str) -> TestDatabase {
    let server = server().await;
    let name = format!("{hint}_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    server.create_database(&name).await.unwrap();
    TestDatabase { session: server.session(&name).await.unwrap(), url: server.url(&name), name }
}

/// The URL of a new, empty database over TCP, where [`CANARY`] is asked for.
pub(crate) async fn guarded_url(hint: &str) -> String {
    static ROLE: OnceCell<()> = OnceCell::const_new();
    let database = fresh_database(hint).await;
    let role = format!("CREATE ROLE guarded SUPERUSER LOGIN PASSWORD '{CANARY}'");
    ROLE.get_or_init(|| async { database.run(&role).await }).await;
    let port = server().await.port();
    format!("postgresql://guarded:{CANARY}@127.0.0.1:{port}/{}?sslmode=disable", database.name)
}

/// A new, empty database, for tests that do not care for its name.
pub(crate) async fn database() -> TestDatabase {
    fresh_database("test").await
}

impl TestDatabase {
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
        let mut config: tokio_postgres::Config = self.url.parse().unwrap();
        config.user(role);
        Session::plain(&config).await.unwrap()
    }

    /// One of PostgreSQL's own tools, pointed at this database.
    pub(crate) fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(installation().bin().join(name));
        command.args(["--dbname", &self.url]);
        command
    }
}

#[tokio::test]
async fn fresh_databases_are_apart() {
    let (one, two) = (fresh_database("apart").await, fresh_database("apart").await);
    assert_ne!(one.name, two.name);
    one.session.client().batch_execute("CREATE TABLE cats ()").await.unwrap();
    let missing = two.session.client().batch_execute("TABLE cats").await;
    assert!(missing.is_err());
    let config: tokio_postgres::Config = one.url.parse().unwrap();
    let again = Session::plain(&config).await.unwrap();
    again.client().batch_execute("TABLE cats").await.unwrap();
}
