//! A throw-away server. In: an installation. Out: a running PostgreSQL on a private socket, with
//! nothing durable about it; dropping it ends and removes it, and so does our death.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};
use tokio_postgres::Config;

use crate::database::{Session, refusal};
use crate::diagnostic::{Code, Refusal};

use super::folder::{Account, Folder, copy_tree};
use super::installation::Installation;
use super::launch::{ServerOptions, furnish, spawn};
use super::template::{self, SUPERUSER};

/// The database that is there from the start.
const FIRST_DATABASE: &str = "postgres";
/// Since this major version a tablespace needs no folder of its own.
const FIRST_WITH_TABLESPACES_IN_PLACE: u16 = 15;

const PATIENCE: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(4);

/// A running server.
#[derive(Debug)]
pub struct Server {
    // Dropped after the process has ended.
    folder: Folder,
    process: Child,
    port: u16,
    installation: Installation,
    options: ServerOptions,
    account: Account,
    /// The name of the superuser.
    superuser: String,
    /// Whether sessions say that the superuser is the migrating role.
    is_shadow: bool,
}

impl Server {
    /// Starts a shadow and waits until it answers.
    ///
    /// # Errors
    /// `shadow-failed` with the end of its log.
    pub async fn start(installation: &Installation) -> Result<Self, Refusal> {
        Self::start_with(installation, ServerOptions::default()).await
    }

    /// Starts a server with `options` and waits until it answers.
    ///
    /// # Errors
    /// `shadow-failed` with the end of its log.
    pub async fn start_with(
        installation: &Installation,
        options: ServerOptions,
    ) -> Result<Self, Refusal> {
        let installation = installation.clone();
        let (mut server, from_cache) = aside(move || {
            let account = Account::of_servers()?;
            let folder = made(Folder::make(account))?;
            let from_cache = template::provide(&installation, account, &folder)?;
            let server = Self::launch(folder, installation, options, account)?;
            Ok((server, from_cache))
        })
        .await?;
        match server.ready().await {
            // The cache may hold a copy that a full disk or a crash has spoiled.
            Err(_) if from_cache => {
                let mut server = aside(move || {
                    server.end(Signal::QUIT);
                    template::renew(&server.installation, server.account, &server.folder)?;
                    server.relaunch()?;
                    Ok(server)
                })
                .await?;
                server.ready().await?;
                Ok(server)
            }
            outcome => outcome.map(|()| server),
        }
    }

    /// Ends the server cleanly and starts two that are equal to it: the same roles, databases,
    /// object identifiers and rows. Sessions are lost.
    ///
    /// # Errors
    /// `shadow-failed`.
    pub async fn fork(self) -> Result<(Self, Self), Refusal> {
        let (mut first, mut second) = aside(move || {
            let mut first = self;
            // Not SIGQUIT: the files must be whole before they are copied.
            first.end(Signal::INT);
            let folder = made(Folder::make(first.account))?;
            made(copy_tree(&first.folder.data(), &folder.data(), first.account))?;
            let mut second = Self::launch(
                folder,
                first.installation.clone(),
                first.options.clone(),
                first.account,
            )?;
            second.superuser.clone_from(&first.superuser);
            second.is_shadow = first.is_shadow;
            first.relaunch()?;
            Ok((first, second))
        })
        .await?;
        first.ready().await?;
        second.ready().await?;
        Ok((first, second))
    }

    /// Kills the server as a crash of the machine would, and starts it again. What was committed
    /// without being flushed may be lost, unless `fsync` and `synchronous_commit` are on.
    ///
    /// # Errors
    /// `shadow-failed`.
    pub async fn crash(self) -> Result<Self, Refusal> {
        let mut server = aside(move || {
            let mut server = self;
            server.end(Signal::KILL);
            Ok(server)
        })
        .await?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            server.relaunch()?;
            match server.ready().await {
                // The old backends have not all noticed yet, and hold the shared memory.
                Err(_) if Instant::now() < deadline => tokio::time::sleep(POLL * 10).await,
                outcome => return outcome.map(|()| server),
            }
        }
    }

    /// A superuser's session in `database`.
    ///
    /// # Errors
    /// `unreachable`, for instance if there is no such database.
    pub async fn session(&self, database: &str) -> Result<Session, Refusal> {
        let mut config = Config::new();
        config
            .host_path(self.socket_folder())
            .port(self.port)
            .user(&self.superuser)
            .dbname(database)
            .application_name("enact shadow");
        if self.is_shadow {
            let role = self.superuser.replace('\\', "\\\\").replace(' ', "\\ ");
            config.options(format!("-c enact.migrating_role={role}"));
        }
        Session::plain(&config).await
    }

    /// Makes this the shadow of a database whose revisions run as `role`: the superuser gets that name, so
    /// that revisions which name the role mean the same here as there.
    ///
    /// # Errors
    /// `database-failed`, if there is such a role, or none may have that name.
    pub async fn stand_for(&mut self, role: &str) -> Result<(), Refusal> {
        const STAND_IN: &str = "enact_stand_in";
        if role != self.superuser {
            let stand_in = format!("CREATE ROLE {STAND_IN} SUPERUSER LOGIN");
            self.run("rename the superuser of a shadow", &stand_in).await?;
            let own = std::mem::replace(&mut self.superuser, STAND_IN.to_owned());
            let rename = format!("ALTER ROLE {} RENAME TO {}", quoted(&own), quoted(role));
            self.run("rename the superuser of a shadow", &rename).await?;
            role.clone_into(&mut self.superuser);
            let done = format!("DROP ROLE {STAND_IN}");
            self.run("rename the superuser of a shadow", &done).await?;
        }
        self.is_shadow = true;
        Ok(())
    }

    /// Creates an empty database.
    ///
    /// # Errors
    /// `database-failed`, for instance if it is there.
    pub async fn create_database(&self, name: &str) -> Result<(), Refusal> {
        // 14 copies files anyway; later versions are slow with their default while fsync is off.
        let strategy = if self.installation.major() > 14 { " STRATEGY file_copy" } else { "" };
        let sql = format!("CREATE DATABASE {} TEMPLATE template0{strategy}", quoted(name));
        self.run("create a database", &sql).await
    }

    /// Creates a role that may log in.
    ///
    /// # Errors
    /// `database-failed`, for instance if it is there.
    pub async fn create_role(&self, name: &str) -> Result<(), Refusal> {
        self.run("create a role", &format!("CREATE ROLE {} LOGIN", quoted(name))).await
    }

    /// Creates tablespaces that lie in the server's own folder, which PostgreSQL 14 has not: there it does
    /// nothing.
    ///
    /// # Errors
    /// `database-failed`, for instance if one is there.
    pub async fn create_tablespaces(
        &self,
        names: impl IntoIterator<Item = &str>,
    ) -> Result<(), Refusal> {
        let mut names = names.into_iter().peekable();
        if names.peek().is_none() || !self.has_tablespaces() {
            return Ok(());
        }
        let session = self.session(FIRST_DATABASE).await?;
        // One by one: none may be made in a transaction, and statements in one message are one.
        let allow = "SET allow_in_place_tablespaces = on".to_owned();
        let create = names.map(|name| format!("CREATE TABLESPACE {} LOCATION ''", quoted(name)));
        for sql in std::iter::once(allow).chain(create) {
            let made = session.client().batch_execute(&sql).await;
            made.map_err(|error| refusal(&error, "create a tablespace"))?;
        }
        Ok(())
    }

    /// Puts a database to which nobody is connected into a tablespace, which is its own then.
    ///
    /// # Errors
    /// `database-failed`.
    pub async fn move_database(&self, name: &str, tablespace: &str) -> Result<(), Refusal> {
        if !self.has_tablespaces() {
            return Ok(());
        }
        let sql = format!("ALTER DATABASE {} SET TABLESPACE {}", quoted(name), quoted(tablespace));
        // None may be moved from within.
        let within = if name == FIRST_DATABASE { "template1" } else { FIRST_DATABASE };
        self.run_in(within, "move a database", &sql).await
    }

    /// Whether it can have tablespaces: those that [`Server::create_tablespaces`] makes.
    pub fn has_tablespaces(&self) -> bool {
        self.installation.major() >= FIRST_WITH_TABLESPACES_IN_PLACE
    }

    async fn run(&self, doing: &str, sql: &str) -> Result<(), Refusal> {
        self.run_in(FIRST_DATABASE, doing, sql).await
    }

    async fn run_in(&self, database: &str, doing: &str, sql: &str) -> Result<(), Refusal> {
        let session = self.session(database).await?;
        session.client().batch_execute(sql).await.map_err(|error| refusal(&error, doing))
    }

    /// The superuser's connection URL for `database`, as libpq reads it.
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgresql://{}@/{}?host={}&port={}",
            escaped(&self.superuser),
            escaped(database),
            escaped(&self.socket_folder().to_string_lossy()),
            self.port
        )
    }

    /// The folder of the socket.
    pub fn socket_folder(&self) -> &Path {
        self.folder.path()
    }

    /// The port: part of the socket's name, and on 127.0.0.1 if it listens there.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The data directory.
    pub fn data_folder(&self) -> PathBuf {
        self.folder.data()
    }

    /// The server's log so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.folder.log()).unwrap_or_default()).into_owned()
    }

    /// The server's version: [`Installation::release`].
    pub fn release(&self) -> &str {
        self.installation.release()
    }

    /// The major version.
    pub fn major(&self) -> u16 {
        self.installation.major()
    }

    /// Ends and removes the server at once, as dropping it does.
    pub fn stop(self) {
        drop(self);
    }

    /// Ends and removes the server while the caller goes on; the end of the runtime waits for it.
    pub fn retire(self) {
        tokio::task::spawn_blocking(|| drop(self));
    }

    fn launch(
        folder: Folder,
        installation: Installation,
        options: ServerOptions,
        account: Account,
    ) -> Result<Self, Refusal> {
        made(furnish(&folder.data(), &options, account))?;
        let (process, port) = made(spawn(&folder, &installation, &options, account))?;
        let superuser = SUPERUSER.to_owned();
        let is_shadow = false;
        Ok(Self { folder, process, port, installation, options, account, superuser, is_shadow })
    }

    fn relaunch(&mut self) -> Result<(), Refusal> {
        made(furnish(&self.folder.data(), &self.options, self.account))?;
        let spawned = spawn(&self.folder, &self.installation, &self.options, self.account);
        (self.process, self.port) = made(spawned)?;
        Ok(())
    }

    /// Waits until the server answers.
    async fn ready(&mut self) -> Result<(), Refusal> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let failed = match self.session(FIRST_DATABASE).await {
                Ok(_) => return Ok(()),
                Err(_) if made(self.process.try_wait())?.is_some() => "the shadow ended at once",
                Err(_) if Instant::now() > deadline => "the shadow does not answer",
                Err(_) => {
                    tokio::time::sleep(POLL).await;
                    continue;
                }
            };
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            return Err(lines[lines.len().saturating_sub(8)..]
                .iter()
                .fold(Refusal::new(Code::ShadowFailed, failed), |refusal, line| {
                    refusal.note((*line).to_owned())
                }));
        }
    }

    /// Sends `signal` and waits for the end.
    fn end(&mut self, signal: Signal) {
        if let Ok(None) = self.process.try_wait() {
            let pid = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw);
            let _ = pid.map(|pid| rustix::process::kill_process(pid, signal));
        }
        let _ = self.process.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end(Signal::QUIT);
    }
}

/// Runs what waits for files and processes apart from the sessions' tasks.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Refusal::new(Code::Bug, format!("starting a shadow panicked: {error}")))?
}

fn made<T>(outcome: std::io::Result<T>) -> Result<T, Refusal> {
    outcome.map_err(|error| {
        Refusal::new(
            Code::ShadowFailed,
            format!("cannot make a shadow's files or processes: {error}"),
        )
        .help("free some space, or set `TMPDIR` to a folder that can be written")
    })
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Percent-encodes what has a meaning in a URL.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("a String takes all that is written");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_for_sql_and_for_urls() {
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
        assert_eq!(escaped("/tmp/ä b?"), "/tmp/%C3%A4%20b%3F");
    }
}
