//! The connection is disturbed by a proxy that knows the protocol well enough: cut at COMMIT, where
//! the client sees the same in both cases and the next run knows; or a BEGIN is lost on the way.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tempfile::TempDir;

use super::{cats, says, story, told_once};
use crate::postgres::server;

/// COMMIT as a simple query.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

/// The start of a stage's transaction, and what no server understands.
const BEGIN: &[u8] = b"BEGIN ISOLATION LEVEL READ COMMITTED";
const NONSENSE: &[u8] = b"BEGUN ISOLATION LEVEL READ COMMITTED";

#[derive(Clone, Copy)]
enum Cut {
    /// The server never sees the first COMMIT.
    Before,
    /// The server does it, and its answer is lost.
    After,
    /// The server refuses the stage's BEGIN, and sees all that was sent behind it.
    NoBegin,
}

/// What becomes of the connections after that one.
#[derive(Clone, Copy)]
enum Then {
    Passes,
    Refuses,
}

/// A proxy in front of the test server that cuts the first connection that commits. It ends with
/// the test process.
struct Proxy {
    folder: TempDir,
}

impl Proxy {
    /// After the first cut, `then` is passed on undisturbed, or nobody is let in.
    async fn cutting(cut: Cut, then: Then) -> Self {
        let folder = TempDir::new().unwrap();
        let name = format!(".s.PGSQL.{}", server().await.port());
        let behind = server().await.socket_folder().join(&name);
        let listener = UnixListener::bind(folder.path().join(&name)).unwrap();
        let was_cut = Arc::new(AtomicBool::new(false));
        thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { return };
                if was_cut.load(Ordering::SeqCst) && matches!(then, Then::Refuses) {
                    continue;
                }
                serve(client, &behind, cut, Arc::clone(&was_cut));
            }
        });
        Self { folder }
    }

    /// The same database by way of the proxy.
    fn url(&self, url: &str, socket_folder: &Path) -> String {
        let own = self.folder.path().to_str().unwrap();
        let plain = url.replace(socket_folder.to_str().unwrap(), own);
        assert_ne!(plain, url, "the URL does not name the socket's folder plainly");
        plain
    }
}

fn serve(client: UnixStream, behind: &PathBuf, cut: Cut, was_cut: Arc<AtomicBool>) {
    let server = UnixStream::connect(behind).unwrap();
    let silent = Arc::new(AtomicBool::new(false));
    let (mut from_client, mut to_client) = (client.try_clone().unwrap(), client);
    let (mut from_server, mut to_server) = (server.try_clone().unwrap(), server);
    let hears = Arc::clone(&silent);
    thread::spawn(move || {
        let mut bytes = vec![0; 65536];
        while let Ok(count @ 1..) = from_client.read(&mut bytes) {
            let bytes = &mut bytes[..count];
            if matches!(cut, Cut::NoBegin) {
                let at = bytes.windows(BEGIN.len()).position(|window| window == BEGIN);
                if let Some(at) = at {
                    bytes[at..at + BEGIN.len()].copy_from_slice(NONSENSE);
                }
                if to_server.write_all(bytes).is_err() {
                    break;
                }
                continue;
            }
            let commit = bytes.windows(COMMIT.len()).position(|window| window == COMMIT);
            let at = commit.filter(|_| !was_cut.swap(true, Ordering::SeqCst));
            let sent = match (at, cut) {
                (None, _) => to_server.write_all(bytes),
                (Some(at), Cut::Before) => {
                    let _ = to_server.write_all(&bytes[..at]);
                    break;
                }
                (Some(at), _) => {
                    hears.store(true, Ordering::SeqCst);
                    to_server.write_all(&bytes[..at + COMMIT.len()])
                }
            };
            if sent.is_err() {
                break;
            }
        }
        let _ = to_server.shutdown(Shutdown::Both);
        let _ = from_client.shutdown(Shutdown::Both);
    });
    thread::spawn(move || {
        let mut bytes = vec![0; 65536];
        while let Ok(count @ 1..) = from_server.read(&mut bytes) {
            if silent.load(Ordering::SeqCst) || to_client.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        let _ = to_client.shutdown(Shutdown::Both);
        let _ = from_server.shutdown(Shutdown::Both);
    });
}

/// The first of two stages is cut at its COMMIT.
async fn cut_at_commit(hint: &str, cut: Cut, stays: usize) {
    let (database, project) = cats(hint).await;
    project.revision("b2", &["a1"], "CREATE TABLE dogs (id int);", "");
    project.revision("c3", &["b2"], "ALTER TABLE dogs ADD COLUMN age int;", "");
    let plan = project.plan().into_string();
    let proxy = Proxy::cutting(cut, Then::Refuses).await;
    let url = proxy.url(&database.url, server().await.socket_folder());
    let run = project.start(&["apply", "--wait", "1", "--url", &url, &plan]).end().await;
    let run = run.refused(11, "outcome-unknown");
    says(&run, "run the same command again");
    says(&run, "connecting again failed");
    super::until_alone(&database).await;
    assert_eq!(
        story(&database).await.len(),
        3 + stays,
        "genesis, and the first plan with its stage"
    );
    project.enact(&["apply", &plan]).success();
    told_once(&database, &project, 2).await;
}

/// The same, and the run connects again: it finds out, and goes on.
async fn cut_and_connected_again(hint: &str, cut: Cut) {
    let (database, project) = cats(hint).await;
    project.revision("b2", &["a1"], "CREATE TABLE dogs (id int);", "");
    project.revision("c3", &["b2"], "ALTER TABLE dogs ADD COLUMN age int;", "");
    let plan = project.plan().into_string();
    let proxy = Proxy::cutting(cut, Then::Passes).await;
    let url = proxy.url(&database.url, server().await.socket_folder());
    let run = project.start(&["apply", "--url", &url, &plan]).end().await.success();
    says(&run, "the connection was lost while stage 1 was being committed; connecting again");
    assert!(run.stdout.contains("2 of 2 stages now"), "{}", run.stdout);
    told_once(&database, &project, 2).await;
}

#[tokio::test]
async fn fault_13_cut_before_commit_and_connected_again() {
    cut_and_connected_again("againbefore", Cut::Before).await;
}

#[tokio::test]
async fn fault_14_cut_after_commit_and_connected_again() {
    cut_and_connected_again("againafter", Cut::After).await;
}

#[tokio::test]
async fn fault_13_cut_before_commit_reaches_the_server() {
    cut_at_commit("cutbefore", Cut::Before, 0).await;
}

#[tokio::test]
async fn fault_14_cut_after_commit_was_done() {
    cut_at_commit("cutafter", Cut::After, 2).await;
}

/// Everything of a stage is sent ahead, so what follows a BEGIN that was not carried out (a cancel
/// request can hit it) would commit statement by statement.
#[tokio::test]
async fn nothing_commits_alone_where_a_begin_is_lost() {
    let (database, project) = cats("nobegin").await;
    project.revision("b2", &["a1"], "CREATE TABLE dogs (id int); DELETE FROM cats;", "");
    let plan = project.plan().into_string();
    let before = super::dump(&database);
    let proxy = Proxy::cutting(Cut::NoBegin, Then::Passes).await;
    let url = proxy.url(&database.url, server().await.socket_folder());
    let run = project.start(&["apply", "--url", &url, &plan]).end().await;
    run.refused(9, "stage-failed");
    assert_eq!(super::dump(&database), before);
    project.enact(&["apply", &plan]).success();
    told_once(&database, &project, 1).await;
}
