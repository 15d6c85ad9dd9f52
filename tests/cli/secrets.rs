//! Case 67: a password that enact was given stands nowhere in what it prints or writes.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::spoil::listing;
use crate::postgres::{CANARY, guarded_url};
use crate::project::{Project, Run, finished};

/// Ways to write a URL or a conninfo wrongly, each with the password in it.
const MALFORMED: &[&str] = &[
    "postgresql://mia:CANARY@127.0.0.1:port/cats",
    "postgresql://mia:CANARY@127.0.0.1:99999/cats",
    "postgresql://mia:CANARY@[::1/cats",
    "postgresql://mia:CANARY@127.0.0.1/cats?sslmode=maybe",
    "postgresql://mia:CANARY@127.0.0.1/cats?unheard=of",
    "postgresql://mia:CANARY%zz@127.0.0.1/cats",
    "postgresql://mia:CANARY@127.0.0.1/cats%00",
    "postgresql://127.0.0.1/cats?password=CANARY&sslmode=maybe",
    "postgresql://127.0.0.1/cats?passwort=CANARY",
    "mysql://mia:CANARY@127.0.0.1/cats",
    "mia:CANARY@127.0.0.1/cats",
    "CANARY",
    "host=127.0.0.1 password='CANARY",
    "host=127.0.0.1 password=CANARY port=many",
    "host=127.0.0.1 passwort=CANARY",
    "host=127.0.0.1 password = CANARY sslrootcert=/nowhere sslmode=verify-full",
    "host=127.0.0.1 = CANARY",
];

#[track_caller]
fn hides(what: &str, run: &Run) {
    assert!(!format!("{run}").contains(CANARY), "{what}: the password is shown\n{run}");
}

/// No file of the project may hold the password.
fn stands_nowhere(project: &Project) {
    for path in listing(project.path()).into_keys() {
        if let Ok(bytes) = fs::read(&path) {
            let found = bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes());
            assert!(!found, "{path} holds the password");
        }
    }
}

fn small_project(url: &str) -> Project {
    let project = Project::at(url);
    project.revision("a", &[], "CREATE TABLE cats ();", "DROP TABLE cats;");
    project
}

#[tokio::test]
async fn a_malformed_connection_is_refused_without_being_quoted() {
    let project = small_project("");
    for text in MALFORMED {
        let text = text.replace("CANARY", CANARY);
        for format in ["text", "json"] {
            for arguments in [["--url", &text], ["--no-input", "--quiet"]] {
                let mut command = project.binary(&["status", "--format", format]);
                command.args(arguments).env("DATABASE_URL", &text);
                let run = finished(command);
                hides(&text, &run);
                assert!([2, 7].contains(&run.code), "{text}\n{run}");
            }
        }
    }
}

#[tokio::test]
async fn every_source_of_a_password_is_kept_out_of_every_output() {
    let url = guarded_url("secrets").await;
    let (_, at) = url.split_once('@').unwrap();
    let (host, rest) = at.split_once(':').unwrap();
    let (port, rest) = rest.split_once('/').unwrap();
    let name = rest.split_once('?').unwrap().0;
    let project = small_project("");
    let pgpass = project.write("home/.pgpass", format!("{host}:{port}:*:guarded:{CANARY}\n"));
    fs::set_permissions(&pgpass, fs::Permissions::from_mode(0o600)).unwrap();

    let libpq = [("PGHOST", host), ("PGPORT", port), ("PGDATABASE", name), ("PGUSER", "guarded")];
    let container = [
        ("POSTGRES_HOST", host),
        ("POSTGRES_PORT", port),
        ("POSTGRES_DB", name),
        ("POSTGRES_USER", "guarded"),
        ("POSTGRES_PASSWORD", CANARY),
    ];
    let sources: [(&str, Vec<(&str, &str)>); 4] = [
        ("url", vec![("DATABASE_URL", &url)]),
        ("PGPASSWORD", [&libpq[..], &[("PGPASSWORD", CANARY)]].concat()),
        ("pgpass", libpq.to_vec()),
        ("POSTGRES_PASSWORD", container.to_vec()),
    ];
    for (source, variables) in &sources {
        for wrong in [false, true] {
            let mut command = project.binary(&["status", "--format", "json"]);
            command.env_remove("DATABASE_URL").env("PGSSLMODE", "disable");
            command.envs(variables.iter().copied());
            if wrong {
                command.env("PGAPPNAME", CANARY).args(["--url", "port=1"]);
            }
            let run = finished(command);
            hides(source, &run);
            assert_eq!(run.code, if wrong { 7 } else { 0 }, "{source}\n{run}");
        }
    }
    fs::remove_file(&pgpass).unwrap();
}

#[tokio::test]
async fn plans_and_the_ledger_know_no_password() {
    let project = small_project(&guarded_url("secret_story").await);
    let broken = "CREATE TABLE dogs (); SELECT 1 / 0;";
    let story: &[&[&str]] = &[
        &["validate"],
        &["plan"],
        &["plan", "--format", "json"],
        &["upgrade"],
        &["status", "--format", "json"],
        &["ledger"],
        &["ledger", "--format", "json"],
        &["ledger", "verify"],
        &["current"],
        &["downgrade", "--yes", "base"],
        &["stamp", "head"],
        &["stamp", "base"],
        &["upgrade", "--quiet"],
    ];
    for arguments in story {
        let run = project.enact(arguments).success();
        hides(&arguments.join(" "), &run);
    }
    project.revision("b", &["a"], broken, "");
    for arguments in [&["upgrade"] as &[_], &["plan", "--format", "json"], &["validate"]] {
        let run = project.enact(arguments).exits(3);
        hides(&arguments.join(" "), &run);
    }
    stands_nowhere(&project);
}
