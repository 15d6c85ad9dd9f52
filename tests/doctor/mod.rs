//! `enact doctor` with the real binary: each disagreement is made by hand, the doctor names it and writes
//! nothing, and the remedy that it names leaves it content.

mod ledger;
mod leftovers;
mod rows;
mod table;

use crate::postgres::{TestDatabase, fresh_database};
use crate::project::{Project, Run};

/// `dev` at `b`, of a chain `a`, `b`.
async fn managed(hint: &str) -> (TestDatabase, Project) {
    let database = fresh_database(hint).await;
    let project = Project::new(&database);
    project.revision(
        "a",
        &[],
        "CREATE TABLE cats (id bigint PRIMARY KEY, name text);",
        "DROP TABLE cats;",
    );
    project.revision("b", &["a"], "CREATE TABLE toys ();", "DROP TABLE toys;");
    project.enact(&["upgrade", "b"]).success();
    (database, project)
}

/// The doctor's codes, in order; nothing is written meanwhile.
#[track_caller]
fn codes(database: &TestDatabase, project: &Project) -> Vec<String> {
    let before = dump(database);
    let run = project.enact(&["doctor", "--format", "json"]);
    assert!(dump(database) == before, "the doctor changed the database");
    let findings = findings(&run);
    let wrong = findings.iter().any(|finding| finding["severity"] != "note");
    assert_eq!(run.code, i32::from(wrong), "{run}");
    findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
}

#[track_caller]
fn findings(run: &Run) -> Vec<serde_json::Value> {
    run.json()["findings"].as_array().unwrap_or_else(|| panic!("no findings:\n{run}")).clone()
}

/// The commands and statements that the remedy of `code` says to run.
#[track_caller]
fn remedy(project: &Project, code: &str) -> Vec<String> {
    let run = project.enact(&["doctor", "--format", "json"]);
    let findings = findings(&run);
    let found = findings.iter().find(|finding| finding["code"] == code);
    let help = found.unwrap_or_else(|| panic!("no {code}:\n{run}"))["help"].as_str().unwrap();
    let (_, rest) = help.split_once("run `").unwrap_or_else(|| panic!("nothing to run: {help}"));
    let first = rest.split('`').next().unwrap().to_owned();
    let then = rest.split_once("then `").and_then(|(_, rest)| rest.split('`').next());
    std::iter::once(first).chain(then.map(str::to_owned)).collect()
}

/// Finds `code`, does what its remedy says, and finds it no more.
async fn heals(database: &TestDatabase, project: &Project, code: &str) {
    let before = codes(database, project);
    assert!(before.iter().any(|found| found == code), "no {code} in {before:?}");
    for step in remedy(project, code) {
        match step.strip_prefix("enact ") {
            Some(command) => {
                let arguments: Vec<&str> = command.split_whitespace().collect();
                project.enact(&arguments).success();
            }
            None => database.run(&step).await,
        }
    }
    let after = codes(database, project);
    assert!(!after.iter().any(|found| found == code), "still {code}: {after:?}");
}

/// As [`heals`], and nothing else was or is wrong.
async fn heals_alone(database: &TestDatabase, project: &Project, code: &str) {
    assert_eq!(codes(database, project), [code]);
    heals(database, project, code).await;
    assert_eq!(codes(database, project), [""; 0]);
}

fn dump(database: &TestDatabase) -> String {
    let output = database.tool("pg_dump").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Newer pg_dump guards its scripts with a random key.
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter(|line| !line.starts_with('\\')).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_healthy_database_is_said_to_be_so() {
    let (database, project) = managed("doctor_healthy").await;
    assert_eq!(codes(&database, &project), [""; 0]);
    let run = project.enact(&["doctor"]).success();
    assert_eq!(run.stdout, format!("{} at b: no disagreement found\n", database.name));
}

#[tokio::test]
async fn a_fresh_database_is_healthy() {
    let database = fresh_database("doctor_fresh").await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE cats ();", "");
    assert_eq!(codes(&database, &project), [""; 0]);
}

#[tokio::test]
async fn no_disagreement_hides_another() {
    let (database, project) = managed("doctor_all").await;
    database
        .run(
            "ALTER TABLE alembic_version DROP CONSTRAINT alembic_version_pkc;
             ALTER TABLE alembic_version ALTER version_num TYPE varchar(64);
             INSERT INTO alembic_version VALUES ('a'), ('a'), ('elsewhere'), ('no id');
             DELETE FROM enact.marker WHERE stage = 1",
        )
        .await;
    assert_eq!(
        codes(&database, &project),
        [
            "version-column-altered",
            "tracked-rows-doubled",
            "tracked-row-invalid",
            "version-table-unkeyed",
            "tracked-revision-unknown",
            "tracked-revisions-overlap",
            "ledger-outrun",
            "marker-missing",
        ]
    );
}

#[tokio::test]
async fn a_role_that_may_only_read_is_enough() {
    let (database, project) = managed("doctor_reader").await;
    let role = format!("reader_{}", database.name);
    let grants = format!(
        "CREATE ROLE {role} LOGIN; ALTER ROLE {role} SET default_transaction_read_only = on;
         GRANT USAGE ON SCHEMA enact TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA enact TO {role};
         GRANT SELECT ON alembic_version TO {role}"
    );
    database.run(&grants).await;
    let url = reader_url(&database.url, &role);
    project.enact(&["doctor", "--url", &url]).success();
}

/// The same database as another role.
fn reader_url(url: &str, role: &str) -> String {
    let (_, rest) = url.split_once('@').unwrap();
    format!("postgresql://{role}@{rest}")
}
