//! Starts the server's process. In: a folder with a data directory, and options. Out: the
//! process, and the port it was given.

use std::fs::{self, File};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::folder::{Account, Folder};
use super::installation::Installation;
use super::template::SUPERUSER;

const PORT: u16 = 5432;

/// Fast and not durable; one process a session, so that statistics and locks are all its own.
const SETTINGS: [&str; 20] = [
    "unix_socket_permissions=0700",
    // Below the data directory, so that nothing of it stays when the server is killed.
    "dynamic_shared_memory_type=mmap",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "autovacuum=off",
    "jit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_parallel_workers=0",
    "max_parallel_maintenance_workers=0",
    "max_logical_replication_workers=0",
    "max_wal_size=4GB",
    "checkpoint_timeout=1d",
    "shared_buffers=32MB",
    "max_connections=40",
    "TimeZone=UTC",
    "lc_messages=C",
    "log_min_messages=warning",
    "log_min_error_statement=panic",
];

/// What a test target has that a shadow has not. The default is a shadow.
#[derive(Debug, Clone, Default)]
pub struct ServerOptions {
    /// Settings after the usual ones, such as `("fsync", "on")`.
    pub settings: Vec<(String, String)>,
    /// Whether to listen on 127.0.0.1 too, at [`Server::port`](super::Server::port).
    pub tcp: bool,
    /// Lines of `pg_hba.conf`, after the one that trusts `postgres` on the socket. Without any,
    /// everybody on the socket is trusted.
    pub hba: Vec<String>,
    /// Files in the data directory, such as `server.key`.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Writes `pg_hba.conf` and the extra files into the data directory.
pub(super) fn furnish(data: &Path, options: &ServerOptions, account: Account) -> io::Result<()> {
    if !options.hba.is_empty() {
        let mut hba = format!("local all {SUPERUSER} trust\n");
        for line in &options.hba {
            hba.extend([line, "\n"]);
        }
        fs::write(data.join("pg_hba.conf"), hba)?;
    }
    for (name, bytes) in &options.files {
        let path = data.join(name);
        fs::write(&path, bytes)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        account.own(&path)?;
    }
    Ok(())
}

pub(super) fn spawn(
    folder: &Folder,
    installation: &Installation,
    options: &ServerOptions,
    account: Account,
) -> io::Result<(Child, u16)> {
    let (listen, port) = if options.tcp {
        ("127.0.0.1", TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
    } else {
        ("", PORT)
    };
    let log = File::create(folder.log())?;
    let mut command = Command::new(installation.bin().join("postgres"));
    account.dress(&mut command);
    command.arg("-D").arg(folder.data());
    command.arg("-c").arg(format!("listen_addresses={listen}"));
    command.arg("-c").arg(format!("port={port}"));
    command.arg("-c").arg(format!("unix_socket_directories={}", folder.path().display()));
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    for (name, value) in &options.settings {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    Ok((command.spawn()?, port))
}
