//! Where the demo plays: a server, a git repository with revisions and signers, and three people's
//! keys; all of it gone when the set is dropped.

use std::io::IsTerminal as _;
use std::process::Stdio;

use camino::{Utf8Path, Utf8PathBuf};
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;

use crate::approval::APPROVE_NAMESPACE;
use crate::database::{Session, refusal};
use crate::diagnostic::{Code, Exit, Refusal};
use crate::shadow::{Installation, Server};
use crate::spelling::counted;
use crate::workspace;

use super::screen::{Screen, Shown};

const DATABASE: &str = "cats";
const AUTHOR: &str = "alice";
const REVIEWERS: [&str; 2] = ["bob", "carol"];

/// The example's revisions, as this repository has them.
const REVISIONS: [(&str, &str); 3] = [
    ("001_initial_schema", include_str!("../../../revisions/001_initial_schema.sql")),
    ("002_cat_recognition", include_str!("../../../revisions/002_cat_recognition.sql")),
    ("003_activity_features", include_str!("../../../revisions/003_activity_features.sql")),
];

/// Variables of the watcher's that would change what the commands do.
const FOREIGN: [&str; 8] =
    ["PG", "POSTGRES_", "ENACT_", "GIT_", "DATABASE_URL", "NO_COLOR", "CLICOLOR", "SSH_"];

/// The set of the play.
pub(super) struct Set<'a> {
    pub(super) screen: Screen<'a>,
    session: Session,
    server: Server,
    bin: Utf8PathBuf,
    enact: Utf8PathBuf,
    folder: TempDir,
}

impl<'a> Set<'a> {
    /// Starts the server and writes the project.
    ///
    /// # Errors
    /// `shadow-missing` or `shadow-failed`; `git-failed`, `signing-failed` or `file-unwritable`.
    pub(super) async fn build(screen: Screen<'a>) -> Result<Self, Refusal> {
        let installation = Installation::find(None)?;
        screen.say(&format!(
            "enact demo: the story of one change, on a throw-away PostgreSQL {} with throw-away keys. \
             What follows `$` runs for real.",
            installation.major()
        ));
        let server = Server::start(&installation).await?;
        server.create_database(DATABASE).await?;
        let session = server.session(DATABASE).await?;
        let folder = tempfile::Builder::new()
            .prefix("enact-demo-")
            .tempdir()
            .map_err(|error| unwritable(&error.to_string()))?;
        let enact = std::env::current_exe()
            .ok()
            .and_then(|path| Utf8PathBuf::from_path_buf(path).ok())
            .ok_or_else(|| Refusal::new(Code::FileUnreadable, "enact does not know where it is"))?;
        let bin = Utf8PathBuf::from_path_buf(installation.bin().to_owned())
            .map_err(|_| unwritable("PostgreSQL's folder is no UTF-8"))?;
        let set = Self { screen, session, server, bin, enact, folder };
        set.furnish().await?;
        Ok(set)
    }

    async fn furnish(&self) -> Result<(), Refusal> {
        self.write("enact.toml", include_str!("enact.toml"))?;
        for (id, text) in REVISIONS {
            self.write(&format!("revisions/{id}.sql"), text)?;
        }
        self.write("keys/.gitignore", "*\n")?;
        for person in [AUTHOR].into_iter().chain(REVIEWERS) {
            let key = format!("keys/{person}");
            let make = ["-q", "-t", "ed25519", "-N", "", "-C", person, "-f", &key];
            self.tool("ssh-keygen", &make, Code::SigningFailed).await?;
        }
        let mut approvers = String::new();
        for person in REVIEWERS.into_iter().chain([AUTHOR]) {
            let key = self.read(&format!("keys/{person}.pub"))?;
            approvers.push_str(&format!("{person} namespaces=\"{APPROVE_NAMESPACE}\" {key}"));
        }
        self.write("approvers", &approvers)?;
        for arguments in [
            &["init", "--quiet"][..],
            &["symbolic-ref", "HEAD", "refs/heads/main"],
            &["config", "user.name", AUTHOR],
            &["config", "user.email", "alice@example.com"],
            &["config", "commit.gpgsign", "false"],
            &["add", "--all"],
            &["commit", "--quiet", "--no-verify", "--message", "The cat activities schema"],
        ] {
            self.tool("git", arguments, Code::GitFailed).await?;
        }
        Ok(())
    }

    /// Runs `enact`; it must succeed.
    pub(super) async fn enact(&self, arguments: &[&str]) -> Result<(), Refusal> {
        self.perform(arguments, Shown::All, None).await
    }

    /// Runs `enact`, and shows only both ends of what it prints; it must succeed.
    pub(super) async fn enact_in_short(
        &self,
        arguments: &[&str],
        head: usize,
        tail: usize,
    ) -> Result<(), Refusal> {
        self.perform(arguments, Shown::Ends(head, tail), None).await
    }

    /// Runs `enact`; it must refuse with exactly this code.
    pub(super) async fn refused(&self, arguments: &[&str], code: Code) -> Result<(), Refusal> {
        self.perform(arguments, Shown::All, Some(code)).await
    }

    async fn perform(
        &self,
        arguments: &[&str],
        shown: Shown,
        refused: Option<Code>,
    ) -> Result<(), Refusal> {
        let words: Vec<String> = arguments.iter().map(|word| quoted(word)).collect();
        let shown_as = format!("enact {}", words.join(" "));
        self.screen.command("$", &shown_as);
        let (status, output) = self.output(self.enact.as_str(), arguments).await?;
        self.screen.output(&output, shown);
        let exit = refused.map_or(Exit::Done, Code::exit) as i32;
        let plain = anstream::adapter::strip_str(&output).to_string();
        let told = refused.is_none_or(|code| plain.contains(&format!("error[{code}]")));
        if status == Some(exit) && told {
            return Ok(());
        }
        let wanted = refused.map_or("success", Code::name);
        Err(Refusal::new(
            Code::Bug,
            format!(
                "`{shown_as}` ended with {}, and the story asks for {exit} ({wanted})",
                status.map_or_else(|| "a signal".to_owned(), |status| status.to_string())
            ),
        )
        .help("report it with the output above"))
    }

    /// Runs SQL as somebody at psql would, and shows what comes back.
    pub(super) async fn sql(&self, sql: &str) -> Result<(), Refusal> {
        self.screen.command(&format!("{DATABASE}=#"), &format!("{sql};"));
        let client = self.session.client();
        let failed = |error| refusal(&error, "run the demo's SQL");
        let (mut lines, count) = if sql.starts_with("SELECT") {
            let rows = client.query_typed(sql, &[]).await.map_err(failed)?;
            let mut lines = Vec::new();
            for row in &rows {
                let cells: Result<Vec<Option<String>>, _> =
                    (0..row.len()).map(|at| row.try_get(at)).collect();
                let text = |cell: Option<String>| cell.unwrap_or_else(|| "(null)".to_owned());
                lines.push(
                    cells.map_err(failed)?.into_iter().map(text).collect::<Vec<_>>().join(" | "),
                );
            }
            (lines, rows.len())
        } else {
            let count = client.execute_typed(sql, &[]).await.map_err(failed)?;
            (Vec::new(), usize::try_from(count).unwrap_or(usize::MAX))
        };
        match count {
            0 => {}
            _ => lines.push(format!("({})", counted(count, "row"))),
        }
        self.screen.output(&lines.join("\n"), Shown::All);
        Ok(())
    }

    /// Shows a file.
    pub(super) async fn file(&self, name: &str) -> Result<(), Refusal> {
        self.screen.command("$", &format!("cat {name}"));
        let (_, text) = self.output("cat", &[name]).await?;
        self.screen.output(&text, Shown::All);
        Ok(())
    }

    /// Writes the sections of a new revision below its header.
    pub(super) fn write_sections(&self, file: &str, sections: &str) -> Result<(), Refusal> {
        let text = self.read(file)?;
        let header = text.split("-- migrate:up").next().unwrap_or_default();
        self.write(file, &format!("{header}{sections}"))
    }

    /// The directory of the plan that leads to `head`, from the project's folder.
    pub(super) fn plan(&self, head: &str) -> Result<String, Refusal> {
        let parent = "plans/production";
        let names = self.path().join(parent).read_dir_utf8().into_iter().flatten().flatten();
        names
            .map(|entry| entry.file_name().to_owned())
            .find(|name| name.starts_with(head))
            .map(|name| format!("{parent}/{name}"))
            .ok_or_else(|| Refusal::new(Code::Bug, format!("there is no plan to `{head}`")))
    }

    /// Changes one byte of the plan: the year in which it ends.
    pub(super) fn edit(&self, plan: &str) -> Result<Edit, Refusal> {
        let name = format!("{plan}/plan.json");
        let before = self.read(&name)?;
        let line = before.lines().find(|line| line.contains("\"not_after\"")).unwrap_or_default();
        let edited = line.replacen("\"20", "\"21", 1);
        self.screen.output(&format!("-{line}\n+{edited}"), Shown::All);
        self.write(&name, &before.replacen(line, &edited, 1))?;
        Ok(Edit { path: self.path().join(name), before })
    }

    fn path(&self) -> &Utf8Path {
        // Where the folder for temporary files is no UTF-8, the first write says so.
        Utf8Path::from_path(self.folder.path()).unwrap_or_else(|| Utf8Path::new(""))
    }

    fn read(&self, name: &str) -> Result<String, Refusal> {
        std::fs::read_to_string(self.path().join(name)).map_err(|error| {
            Refusal::new(Code::FileUnreadable, format!("`{name}` cannot be read: {error}"))
        })
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Refusal> {
        workspace::replace(&self.path().join(name), text.as_bytes())
    }

    /// Runs a tool that says nothing when it succeeds.
    async fn tool(&self, program: &str, arguments: &[&str], code: Code) -> Result<(), Refusal> {
        let (status, output) = self.output(program, arguments).await?;
        if status == Some(0) {
            return Ok(());
        }
        Err(Refusal::new(code, format!("`{program} {}` failed", arguments.join(" ")))
            .note(output.trim().to_owned())
            .help(format!("see that {program} works")))
    }

    /// The exit status of a program and all that it prints, in its order.
    async fn output(
        &self,
        program: &str,
        arguments: &[&str],
    ) -> Result<(Option<i32>, String), Refusal> {
        let failed = |error: std::io::Error| {
            Refusal::new(Code::FileMissing, format!("`{program}` does not run: {error}"))
                .help(format!("install {program}"))
        };
        let (sender, mut receiver) = tokio::net::unix::pipe::pipe().map_err(failed)?;
        let sender = sender.into_blocking_fd().map_err(failed)?;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.path()).kill_on_drop(true).stdin(Stdio::null());
        command.stdout(sender.try_clone().map_err(failed)?).stderr(sender);
        self.surround(&mut command);
        let mut child = command.spawn().map_err(failed)?;
        // It holds the pipe's other ends.
        drop(command);
        let mut output = Vec::new();
        receiver.read_to_end(&mut output).await.map_err(failed)?;
        let status = child.wait().await.map_err(failed)?;
        Ok((status.code(), String::from_utf8_lossy(&output).into_owned()))
    }

    /// The environment of the demo's commands: nothing of the watcher's that would change them.
    fn surround(&self, command: &mut Command) {
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if FOREIGN.iter().any(|prefix| text.starts_with(prefix)) {
                command.env_remove(&name);
            }
        }
        let url = self.server.url(DATABASE);
        command.env("PRODUCTION_DATABASE_URL", url).env("ENACT_PG_BIN", &self.bin);
        command.env("USER", AUTHOR).env("HOSTNAME", "demo");
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
        if std::io::stdout().is_terminal() {
            command.env("CLICOLOR_FORCE", "1");
        } else {
            command.env("NO_COLOR", "1");
        }
    }
}

/// A change to a file that can be undone.
pub(super) struct Edit {
    path: Utf8PathBuf,
    before: String,
}

impl Edit {
    /// Brings the file back as it was.
    pub(super) fn undo(self) -> Result<(), Refusal> {
        workspace::replace(&self.path, self.before.as_bytes())
    }
}

fn quoted(word: &str) -> String {
    if word.contains(' ') { format!("\"{word}\"") } else { word.to_owned() }
}

fn unwritable(why: &str) -> Refusal {
    Refusal::new(Code::FileUnwritable, format!("the demo's folder cannot be made: {why}"))
        .help("set `TMPDIR` to a folder that can be written")
}
