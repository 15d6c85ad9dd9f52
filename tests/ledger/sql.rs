//! `plan.sql` writes ledger entries without enact: PostgreSQL must come to the same hashes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use enact::ledger::HASH_SQL;

use super::{TARGET, ledger};

/// A throw-away server on a unix socket of its own; it is stopped and removed when dropped.
struct Server {
    folder: tempfile::TempDir,
    programs: PathBuf,
}

impl Server {
    fn start() -> Self {
        let programs = programs();
        let folder = tempfile::tempdir().unwrap();
        let server = Self { folder, programs };
        if rustix::process::geteuid().is_root() {
            let folder = server.folder.path();
            let status = Command::new("chown").arg("postgres").arg(folder).status();
            assert!(status.unwrap().success());
        }
        let data = server.data();
        server.run("initdb", &["-A", "trust", "-N", "-U", "enact", "-D", &data]);
        let options = format!("-F -c listen_addresses='' -k {}", server.path().display());
        server.run("pg_ctl", &["-D", &data, "-w", "-o", &options, "-l", "/dev/null", "start"]);
        server
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn data(&self) -> String {
        self.path().join("data").display().to_string()
    }

    /// Runs a program of PostgreSQL's, not as root, and gives what it prints.
    fn run(&self, program: &str, arguments: &[&str]) -> String {
        let program = self.programs.join(program);
        let mut command = if rustix::process::geteuid().is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // pg_ctl's server would keep a piped stderr open.
        let output = command
            .args(arguments)
            .current_dir(self.path())
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn query(&self, sql: &str) -> String {
        let socket = self.path().display().to_string();
        let arguments = ["-h", &socket, "-U", "enact", "-XAtqc", sql, "postgres"];
        self.run("psql", &arguments)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]);
    }
}

/// The folder of `initdb`: what `pg_config` says, or the newest where Debian puts them.
fn programs() -> PathBuf {
    let told = Command::new("pg_config").arg("--bindir").output();
    let told = told.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path().join("bin"));
    let mut found: Vec<PathBuf> = debian
        .chain(told.map(|path| PathBuf::from(path.trim())))
        .filter(|folder| folder.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().expect("install PostgreSQL, for instance with `apt-get install postgresql`")
}

#[test]
fn postgresql_computes_the_same_hashes() {
    let entries = ledger();
    let mut sql = format!("SELECT encode({HASH_SQL}, 'hex') FROM (VALUES ");
    for (at, entry) in entries.iter().enumerate() {
        let comma = if at == 0 { "" } else { ", " };
        let payload = data_encoding::HEXLOWER.encode(&entry.payload);
        write!(
            sql,
            "{comma}('{TARGET}'::uuid, {}::bigint, '\\x{}'::bytea, '\\x{payload}'::bytea)",
            entry.seq, entry.prev
        )
        .unwrap();
    }
    sql.push_str(") AS ledger (target_id, seq, prev, payload) ORDER BY seq");
    let server = Server::start();
    let hashes = server.query(&sql);
    let expected: Vec<_> = entries.iter().map(|entry| entry.hash.to_string()).collect();
    assert_eq!(hashes.lines().collect::<Vec<_>>(), expected);
}
