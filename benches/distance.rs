//! A server as seen from some way off: a proxy that delivers each byte later.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::Outcome;

/// A proxy in front of a server's socket. Its threads end with the process.
pub(crate) struct Distance {
    folder: TempDir,
}

impl Distance {
    /// Every byte takes `one_way`; a round trip takes twice as long.
    pub(crate) fn new(server: &Path, port: u16, one_way: Duration) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let name = format!(".s.PGSQL.{port}");
        let listener = UnixListener::bind(folder.path().join(&name))?;
        let behind: PathBuf = server.join(&name);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = UnixStream::connect(&behind) else { continue };
                let (Ok(from_client), Ok(from_server)) = (client.try_clone(), server.try_clone())
                else {
                    continue;
                };
                deliver(from_client, server, one_way);
                deliver(from_server, client, one_way);
            }
        });
        Ok(Self { folder })
    }

    /// The same database by way of the proxy.
    pub(crate) fn url(&self, url: &str, server: &Path) -> Outcome<String> {
        let (near, far) = (server.to_string_lossy(), self.folder.path().to_string_lossy());
        let distant = url.replace(&*near, &far);
        if distant == url {
            return Err("the URL does not name the server's folder".into());
        }
        Ok(distant)
    }
}

/// Passes on what comes, later, without holding up what comes behind it.
fn deliver(mut from: UnixStream, mut to: UnixStream, delay: Duration) {
    let (sender, receiver) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut bytes = vec![0; 65536];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            if sender.send((Instant::now() + delay, bytes[..count].to_vec())).is_err() {
                return;
            }
        }
    });
    thread::spawn(move || {
        for (due, bytes) in receiver {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}
