//! A ready plan of 1,000 small revisions with `enact apply`, beside one psql session that runs the
//! same statements in a transaction each and keeps `alembic_version`, but no ledger. Also from a
//! millisecond away, as databases of others than benchmarks are: there a round trip is what counts.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use enact::shadow::{Installation, Server, ServerOptions};

use super::Outcome;
use super::distance::Distance;
use super::measure::{Contender, report, timed};
use super::project::{self, Project};

const REVISIONS: usize = 1_000;

const HALF_A_MILLISECOND: Duration = Duration::from_micros(500);

pub(crate) async fn run(rounds: usize) -> Outcome {
    let durable = ["fsync", "full_page_writes", "synchronous_commit"];
    let on = durable.map(|name| (name.to_owned(), "on".to_owned())).to_vec();
    for (title, settings, one_way) in [
        ("apply 1,000 revisions, fsync off", Vec::new(), None),
        ("apply 1,000 revisions, fsync on", on, None),
        ("apply 1,000 revisions, 1 ms a round trip", Vec::new(), Some(HALF_A_MILLISECOND)),
    ] {
        let options = ServerOptions { settings, ..ServerOptions::default() };
        let installation = Installation::find(None)?;
        let server = Server::start_with(&installation, options).await?;
        compare(title, &server, &installation, one_way, rounds).await?;
    }
    Ok(())
}

async fn compare(
    title: &str,
    server: &Server,
    installation: &Installation,
    one_way: Option<Duration>,
    rounds: usize,
) -> Outcome {
    let project = Project::new(REVISIONS)?;
    let distance = match one_way {
        Some(one_way) => Some(Distance::new(server.socket_folder(), server.port(), one_way)?),
        None => None,
    };
    // How the contenders reach a database.
    let reached = |url: String| match &distance {
        Some(distance) => distance.url(&url, server.socket_folder()),
        None => Ok(url),
    };
    let (scripts, psql) = (project.folder(), installation.bin().join("psql"));
    let (each, whole) = (scripts.join("each.sql"), scripts.join("whole.sql"));
    fs::write(&each, script("\n"))?;
    fs::write(&whole, script(" \\;\n"))?;
    let run_script = |file: &Path, url: &str| {
        let mut command = Command::new(&psql);
        command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, "-f"]).arg(file);
        timed(&mut command)
    };
    let mut statements = Contender::new("psql, statement by statement", None);
    let mut messages = Contender::new("psql, one message a revision", None);
    let mut plans = Contender::new("enact plan, on the empty database", None);
    let mut applies = Contender::new("enact apply", Some(0.85));
    for round in 0..rounds {
        let database = async |name: &str| -> Outcome<String> {
            let name = format!("{name}_{round}");
            server.create_database(&name).await?;
            Ok(server.url(&name))
        };
        statements.took(run_script(&each, &reached(database("statements").await?)?)?);
        messages.took(run_script(&whole, &reached(database("messages").await?)?)?);
        // A plan binds to its database.
        let url = database("enact").await?;
        plans.took(timed(&mut project.enact(&url, &["plan"]))?);
        applies.took(timed(&mut project.enact(&reached(url)?, &["apply"]))?);
        check(server, round).await?;
        fs::remove_dir_all(project.folder().join("plans"))?;
        for name in ["statements", "messages", "enact"] {
            let sql = format!("DROP DATABASE {name}_{round}");
            server.session("postgres").await?.client().batch_execute(&sql).await?;
        }
    }
    report(title, &[statements, applies, messages, plans]);
    Ok(())
}

/// The baseline: a transaction a revision; `between` stands between two statements of one.
fn script(between: &str) -> String {
    let mut script = "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL, \
         CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));\n\
         INSERT INTO alembic_version VALUES ('r00000');\n"
        .to_owned();
    let between = if between == "\n" { ";\n" } else { between };
    for number in 1..=REVISIONS {
        let statements = project::statements(number).join(between);
        let (before, now) = (project::id(number - 1), project::id(number));
        let _ = writeln!(
            script,
            "BEGIN{between}{statements}{between}UPDATE alembic_version SET version_num = '{now}' \
             WHERE version_num = '{before}'{between}COMMIT;"
        );
    }
    script
}

/// All three ways made the same tables.
async fn check(server: &Server, round: usize) -> Outcome {
    const COUNT: &str = "SELECT count(*) FROM pg_description AS d JOIN pg_class AS c ON c.oid = d.objoid \
         WHERE c.relname LIKE 'cats\\_%' AND c.relkind = 'r'";
    for name in ["statements", "messages", "enact"] {
        let session = server.session(&format!("{name}_{round}")).await?;
        let tables: i64 = session.client().query_one(COUNT, &[]).await?.get(0);
        if tables != i64::try_from(REVISIONS)? {
            return Err(format!("`{name}` made {tables} tables").into());
        }
    }
    Ok(())
}
