//! A server starts, forks, and is gone when we are.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use enact::database::Session;
use enact::diagnostic::Code;
use enact::shadow::{Server, ServerOptions};

use crate::postgres::installation;

async fn one(session: &Session, sql: &str) -> String {
    session.client().query_one(sql, &[]).await.unwrap().get(0)
}

/// Waits until `gone` holds, for at most ten seconds.
fn soon(gone: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(10) {
        if gone() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

fn postmaster(data: &Path) -> String {
    let pid = std::fs::read_to_string(data.join("postmaster.pid")).unwrap();
    pid.lines().next().unwrap().to_owned()
}

fn is_alive(pid: &str) -> bool {
    let pid = pid.parse().ok().and_then(rustix::process::Pid::from_raw).unwrap();
    rustix::process::test_kill_process(pid).is_ok()
}

#[tokio::test]
async fn a_stopped_server_leaves_nothing() {
    let server = Server::start(&installation()).await.unwrap();
    let session = server.session("postgres").await.unwrap();
    let version = one(&session, "SHOW server_version").await;
    assert!(server.release().contains(&version), "{version}");
    let (folder, pid) = (server.socket_folder().to_owned(), postmaster(&server.data_folder()));
    assert!(is_alive(&pid));
    server.stop();
    assert!(!folder.exists());
    assert!(!is_alive(&pid));
}

#[tokio::test]
async fn a_fork_is_two_equal_servers_that_go_their_own_ways() {
    let server = Server::start(&installation()).await.unwrap();
    server.create_role("mia").await.unwrap();
    server.create_database("cats").await.unwrap();
    let session = server.session("cats").await.unwrap();
    session.client().batch_execute("CREATE TABLE cat AS SELECT 7 AS lives").await.unwrap();
    let (one_side, other) = server.fork().await.unwrap();
    let sessions = [one_side.session("cats").await.unwrap(), other.session("cats").await.unwrap()];
    let state = "SELECT lives || (SELECT oid::text FROM pg_roles WHERE rolname = 'mia')
                 || 'cat'::regclass::oid || pg_relation_filenode('cat') FROM cat";
    assert_eq!(one(&sessions[0], state).await, one(&sessions[1], state).await);
    sessions[0].client().batch_execute("DROP TABLE cat").await.unwrap();
    sessions[1].client().batch_execute("TABLE cat").await.unwrap();
    drop(one_side);
    sessions[1].client().batch_execute("TABLE cat").await.unwrap();
}

#[tokio::test]
async fn what_was_committed_survives_a_crash() {
    let options = ServerOptions {
        settings: [("fsync", "on"), ("synchronous_commit", "on"), ("full_page_writes", "on")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..ServerOptions::default()
    };
    let server = Server::start_with(&installation(), options).await.unwrap();
    let session = server.session("postgres").await.unwrap();
    session.client().batch_execute("CREATE TABLE kept ()").await.unwrap();
    session.client().batch_execute("BEGIN; CREATE TABLE lost ()").await.unwrap();
    let server = server.crash().await.unwrap();
    let session = server.session("postgres").await.unwrap();
    session.client().batch_execute("TABLE kept").await.unwrap();
    assert!(session.client().batch_execute("TABLE lost").await.is_err());
}

#[tokio::test]
async fn a_target_asks_for_passwords_over_tcp() {
    let options = ServerOptions {
        tcp: true,
        hba: vec!["host all all 127.0.0.1/32 scram-sha-256".to_owned()],
        files: vec![("note.txt".to_owned(), b"x".to_vec())],
        ..ServerOptions::default()
    };
    let server = Server::start_with(&installation(), options).await.unwrap();
    assert_eq!(std::fs::read(server.data_folder().join("note.txt")).unwrap(), b"x");
    server.create_role("mia").await.unwrap();
    let session = server.session("postgres").await.unwrap();
    session.client().batch_execute("ALTER ROLE mia PASSWORD 'purr'").await.unwrap();
    let mut config = tokio_postgres::Config::new();
    config.host("127.0.0.1").port(server.port()).user("mia").dbname("postgres").password("hiss");
    assert_eq!(Session::plain(&config).await.unwrap_err().code(), Code::AuthenticationFailed);
    config.password("purr");
    let session = Session::plain(&config).await.unwrap();
    assert_eq!(one(&session, "SELECT current_user::text").await, "mia");
}

#[tokio::test]
async fn a_server_that_does_not_start_shows_its_log() {
    let options = ServerOptions {
        settings: vec![("shared_buffers".to_owned(), "many".to_owned())],
        ..ServerOptions::default()
    };
    let refusal = Server::start_with(&installation(), options).await.unwrap_err();
    assert_eq!(refusal.code(), Code::ShadowFailed);
    let notes = refusal.findings()[0].notes.join("\n");
    assert!(notes.contains("shared_buffers"), "{notes}");
}

/// The child of the next test: starts a server, says where, and waits to be killed.
#[tokio::test]
#[expect(clippy::print_stdout, reason = "the parent reads it")]
async fn child_that_is_killed() {
    if std::env::var_os("ENACT_TEST_CHILD").is_none() {
        return;
    }
    let server = Server::start(&installation()).await.unwrap();
    println!("\nfolder={}", server.socket_folder().display());
    std::thread::sleep(Duration::from_mins(1));
}

#[test]
fn a_server_is_gone_after_we_are_killed() {
    use std::io::{BufRead as _, BufReader};
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["shadow::server::child_that_is_killed", "--exact", "--nocapture"])
        .env("ENACT_TEST_CHILD", "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let folder = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .find_map(|line| Some(line.unwrap().strip_prefix("folder=")?.to_owned()))
        .expect("the child says where its server is");
    let folder = Path::new(&folder);
    let pid = postmaster(&folder.join("data"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(soon(|| !is_alive(&pid)), "the server outlived us");
    assert!(soon(|| !folder.exists()), "the folder outlived us");
}
