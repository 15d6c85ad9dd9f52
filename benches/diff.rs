//! SQL from one schema of 500 tables to another with 20 differences: `enact diff` between two
//! databases, beside two `pg_dump --schema-only` with `diff`, and beside those peers that are
//! installed, each fed as it wants to be. What enact wrote is then run, and must be right.
//!
//! Peers are looked for in `PATH`, or where `ENACT_BENCH_PGMOLD`, `ENACT_BENCH_MIGRA` and
//! `ENACT_BENCH_PGEVOLVE` say.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::Instant;

use enact::shadow::{Installation, Server, ServerOptions};
use tempfile::TempDir;

use super::Outcome;
use super::generated::{DIFFERENCES, TABLES, schema};
use super::measure::{Contender, report};

pub(crate) async fn run(rounds: usize) -> Outcome {
    let installation = Installation::find(None)?;
    let hba =
        ["local all all trust", "host all all 127.0.0.1/32 trust"].map(str::to_owned).to_vec();
    let options = ServerOptions { tcp: true, hba, ..ServerOptions::default() };
    let server = Server::start_with(&installation, options).await?;
    let scene = Scene::new(&installation, &server).await?;
    let (mut contenders, peers) = (scene.contenders(), scene.peers());
    // What cannot do it at all is named, and stops nobody else.
    for (contender, mut command) in peers {
        match measured(&mut Contender::new("a trial", None), &mut command) {
            Ok(()) => contenders.push((contender, command)),
            Err(error) => println!("not compared, for it fails: {error}"),
        }
    }
    for _ in 0..rounds {
        for (contender, command) in &mut contenders {
            measured(contender, command)?;
        }
    }
    scene.check(&server).await?;
    let all: Vec<Contender> = contenders.into_iter().map(|(contender, _)| contender).collect();
    report(&format!("diff of two schemas of {TABLES} tables, {DIFFERENCES} differences"), &all);
    for (name, variable) in PEERS {
        if found(name, variable).is_none() {
            println!("  not compared, for it is not installed: {name} ({variable})");
        }
    }
    Ok(())
}

/// The peers, and the variable that says where each is.
const PEERS: [(&str, &str); 3] = [
    ("pgmold", "ENACT_BENCH_PGMOLD"),
    ("migra", "ENACT_BENCH_MIGRA"),
    ("pgevolve", "ENACT_BENCH_PGEVOLVE"),
];

fn found(name: &str, variable: &str) -> Option<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Some(path.into());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Runs a command that says by its exit status whether there are differences: 0, 1 or 2.
fn ran(command: &mut Command) -> Outcome<Output> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.code().is_none_or(|code| code > 2) {
        return Err(format!("{command:?} ended with {}: {}", output.status, said(&output)).into());
    }
    Ok(output)
}

/// The end of what a command complained of.
fn said(output: &Output) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = complaint.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(3)..].join("\n")
}

fn measured(contender: &mut Contender, command: &mut Command) -> Outcome {
    let started = Instant::now();
    let output = ran(command)?;
    contender.took(started.elapsed());
    if output.stdout.is_empty() {
        return Err(format!("{command:?} found no difference: {}", said(&output)).into());
    }
    Ok(())
}

/// Two databases, the files that make them, and snapshots of them.
struct Scene {
    folder: TempDir,
    bin: PathBuf,
    before: String,
    wanted: String,
    /// The first database by TCP, for those that know no sockets of a file system; with a search path
    /// that makes the server qualify names, which pgevolve needs.
    by_tcp: String,
}

impl Scene {
    async fn new(installation: &Installation, server: &Server) -> Outcome<Self> {
        let scene = Self {
            folder: tempfile::tempdir()?,
            bin: installation.bin().to_owned(),
            before: server.url("before"),
            wanted: server.url("wanted"),
            by_tcp: format!(
                "postgresql://postgres@127.0.0.1:{}/before?options=-csearch_path%3Dpg_catalog",
                server.port()
            ),
        };
        for (name, is_wanted) in [("before", false), ("wanted", true)] {
            let sql = schema(is_wanted);
            fs::write(scene.folder.path().join(format!("{name}.sql")), &sql)?;
            server.create_database(name).await?;
            let session = server.session(name).await?;
            session.client().batch_execute(&sql).await?;
            session.client().batch_execute("VACUUM ANALYZE").await?;
            let (url, file) = (server.url(name), format!("{name}.json"));
            ran(scene.enact().args(["snapshot", &url, "-o", &file]))?;
        }
        // What pgevolve calls a project: its own settings, and the wanted schema in a folder.
        let folder = scene.folder.path().join("pgevolve");
        fs::create_dir_all(folder.join("schema"))?;
        fs::write(folder.join("schema/public.sql"), schema(true))?;
        fs::write(folder.join("pgevolve.toml"), pgevolve_settings(&scene.by_tcp))?;
        Ok(scene)
    }

    /// A program with nothing of the caller's environment but where to find others.
    fn command(&self, program: impl Into<PathBuf>) -> Command {
        let mut command = Command::new(program.into());
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folder = self.folder.path();
        command.current_dir(folder).env_clear().env("PATH", path).env("HOME", folder);
        command
    }

    fn enact(&self) -> Command {
        self.command(env!("CARGO_BIN_EXE_enact"))
    }

    /// SQL from one side to another.
    fn enact_diff(&self, from: &str, to: &str) -> Command {
        let mut command = self.enact();
        command.args(["diff", from, to, "--format", "sql"]);
        command
    }

    /// Who takes turns; the first is the limit.
    fn contenders(&self) -> Vec<(Contender, Command)> {
        let (before, wanted) = (self.before.as_str(), self.wanted.as_str());
        let contender = |name| Contender::new(name, None);
        vec![
            (contender("two pg_dump --schema-only at once, and diff"), self.dumps()),
            (contender("enact diff: two databases"), self.enact_diff(before, wanted)),
            (contender("enact diff: snapshot, database"), self.enact_diff("before.json", wanted)),
            (contender("enact diff: two snapshots"), self.enact_diff("before.json", "wanted.json")),
        ]
    }

    /// The peers that are installed, each fed as it wants to be.
    fn peers(&self) -> Vec<(Contender, Command)> {
        let (before, wanted) = (self.before.as_str(), self.wanted.as_str());
        let contender = |name| Contender::new(name, None);
        let mut all = Vec::new();
        let peer = |number: usize| {
            let (name, variable) = PEERS[number];
            found(name, variable).map(|program| self.command(program))
        };
        if let Some(mut pgmold) = peer(0) {
            pgmold.args(["diff", "--from", "sql:before.sql", "--to", "sql:wanted.sql"]);
            all.push((contender("pgmold diff: two files"), pgmold));
        }
        if let Some(mut pgmold) = peer(0) {
            pgmold.args(["plan", "--schema", "sql:wanted.sql", "--database", &self.by_tcp]);
            all.push((contender("pgmold plan: database, file"), pgmold));
        }
        if let Some(mut migra) = peer(1) {
            migra.args(["--unsafe", before, wanted]);
            all.push((contender("migra: two databases"), migra));
        }
        if let Some(mut pgevolve) = peer(2) {
            pgevolve.args(PGEVOLVE).current_dir(self.folder.path().join("pgevolve"));
            all.push((contender("pgevolve diff: database, file"), pgevolve));
        }
        all
    }

    fn dumps(&self) -> Command {
        let mut command = self.command("sh");
        let dump = "\"$0/pg_dump\" --schema-only";
        let both = format!(
            "{dump} \"$1\" >before.dump & {dump} \"$2\" >wanted.dump; wait; diff before.dump wanted.dump"
        );
        command.args(["-c", &both]).arg(&self.bin).args([&self.before, &self.wanted]);
        command
    }

    /// Runs what enact wrote on a copy of the first database: nothing may differ from the second
    /// afterwards, and the added value must have been one statement.
    async fn check(&self, server: &Server) -> Outcome {
        let output = ran(&mut self.enact_diff(&self.before, &self.wanted))?;
        let sql = String::from_utf8(output.stdout)?;
        server.create_database("after").await?;
        let session = server.session("after").await?;
        session.client().batch_execute(&schema(false)).await?;
        session.client().batch_execute(&sql).await?;
        let left = ran(&mut self.enact_diff(&server.url("after"), &self.wanted))?;
        if left.status.code() != Some(0) {
            return Err(format!("left over: {}", String::from_utf8_lossy(&left.stdout)).into());
        }
        let about_value = sql.matches("ADD VALUE").count();
        let statements = sql.lines().filter(|line| line.ends_with(';')).count();
        if about_value != 1 || sql.contains("mood_0_old") {
            return Err(format!("the added value took {about_value} statements:\n{sql}").into());
        }
        println!("\n{statements} statements, after which nothing differs; 1 for the added value");
        Ok(())
    }
}

/// What asks pgevolve for the SQL to its folder's schema.
const PGEVOLVE: [&str; 5] = ["diff", "--db", "dev", "--format", "sql"];

fn pgevolve_settings(url: &str) -> String {
    format!(
        "[project]\nname = \"bench\"\nschema_dir = \"schema\"\nplan_dir = \"plans\"\n\
         layout_profile = \"free-form\"\n\n[managed]\nschemas = [\"public\"]\n\n\
         [environments.dev]\nurl = \"{url}\"\n"
    )
}
