//! A PostgreSQL of this test's own: a private folder, a unix socket, gone when dropped.

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A running server that listens in its own folder only.
pub(super) struct Server {
    bin: PathBuf,
    home: TempDir,
}

impl Server {
    /// Starts one, with the installation that `pg_config` names, or the newest of Debian's.
    pub(super) fn start() -> Self {
        let home = tempfile::Builder::new().prefix("enact-test-").tempdir_in("/tmp").unwrap();
        let server = Self { bin: bin(), home };
        if is_root() {
            // PostgreSQL refuses to run as root; the folder goes to the user that it runs as.
            let id = Command::new("id").args(["-u", "postgres"]).output().unwrap();
            let id = String::from_utf8(id.stdout).unwrap().trim().parse().unwrap();
            chown(server.home.path(), Some(id), None).unwrap();
        }
        let access = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(server.home.path(), access).unwrap();
        let data = server.data();
        let data = data.to_str().unwrap();
        server.run(
            "initdb",
            &["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        );
        let options = format!(
            "-c listen_addresses= -c unix_socket_directories={} -c fsync=off -c max_prepared_transactions=2",
            server.home.path().display()
        );
        let log = server.home.path().join("log");
        server.run(
            "pg_ctl",
            &["-D", data, "-l", log.to_str().unwrap(), "-o", &options, "-w", "start"],
        );
        server
    }

    /// A connection to the database `postgres`, as its superuser.
    pub(super) async fn connect(&self) -> tokio_postgres::Client {
        let (client, connection) = tokio_postgres::Config::new()
            .host_path(self.home.path())
            .user("postgres")
            .dbname("postgres")
            .connect(tokio_postgres::NoTls)
            .await
            .unwrap();
        tokio::spawn(connection);
        client
    }

    fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    fn output(&self, program: &str, arguments: &[&str]) -> Output {
        let program = self.bin.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir("/").args(arguments).output().unwrap()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let output = self.output(program, arguments);
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.data();
        self.output("pg_ctl", &["-D", data.to_str().unwrap(), "-m", "immediate", "stop"]);
    }
}

fn is_root() -> bool {
    Path::new("/proc/self").metadata().is_ok_and(|me| me.uid() == 0)
}

/// Where the server's programs are. `initdb` missing is a failure, not a reason to skip.
fn bin() -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().unwrap_or_else(|| {
        let output = Command::new("pg_config").arg("--bindir").output();
        let output = output.expect("install PostgreSQL's server: no initdb and no pg_config found");
        PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
    })
}
