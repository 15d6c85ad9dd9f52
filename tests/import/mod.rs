//! Migrations of other tools, imported by the real binary, run, and taken over.

mod alembic;
mod refusals;
mod takeover;

use std::fmt::Write as _;
use std::fs;

use camino::Utf8Path;

use crate::postgres::database;
use crate::project::Project;

/// Copies a fixture of this folder into the project, as `name`.
fn fixture(project: &Project, from: &str, name: &str) {
    fn copy(from: &Utf8Path, to: &Utf8Path) {
        fs::create_dir_all(to).unwrap();
        for entry in from.read_dir_utf8().unwrap() {
            let entry = entry.unwrap();
            let to = to.join(entry.file_name());
            if entry.path().is_dir() {
                copy(entry.path(), &to);
            } else {
                fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    let fixtures = Utf8Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import");
    copy(&fixtures.join(from), &project.path().join(name));
}

/// Every revision file of the project, sorted by name.
fn revisions(project: &Project) -> String {
    let folder = project.path().join("revisions");
    let mut names: Vec<String> = folder
        .read_dir_utf8()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_owned())
        .collect();
    names.sort_unstable();
    let mut text = String::new();
    for name in names {
        writeln!(text, "## {name}\n{}", project.read(format!("revisions/{name}"))).unwrap();
    }
    text
}

/// A tool's fixture becomes the revisions that stand in its golden file, and they run up and down.
async fn imports(tool: &str, golden: snapbox::Data) {
    let database = database().await;
    let project = Project::new(&database);
    fixture(&project, &format!("fixtures/{tool}"), "db");
    let run = project.enact(&["import", tool, "db"]).success();
    let text =
        format!("$ enact import {tool} db\n{}{}\n{}", run.stdout, run.stderr, revisions(&project));
    snapbox::assert_data_eq!(text, golden.raw());
    project.enact(&["upgrade"]).success();

    // Without the tool's name: the folder tells, and sqlx's tells as much as numbers do.
    let guessed = Project::new(&database);
    fixture(&guessed, &format!("fixtures/{tool}"), "db");
    let run = guessed.enact(&["import", "db"]).success();
    let told = if tool == "sqlx" { "numbered" } else { tool };
    assert!(run.stderr.contains(&format!("took `db` for the work of {told}")), "{run}");
    if tool != "sqlx" {
        assert_eq!(revisions(&guessed), revisions(&project));
    }
}

#[tokio::test]
async fn golang_migrate() {
    imports("golang-migrate", snapbox::file!["golang-migrate.out"]).await;
}

#[tokio::test]
async fn dbmate() {
    imports("dbmate", snapbox::file!["dbmate.out"]).await;
}

#[tokio::test]
async fn sqlx() {
    imports("sqlx", snapbox::file!["sqlx.out"]).await;
}

#[tokio::test]
async fn diesel() {
    imports("diesel", snapbox::file!["diesel.out"]).await;
}

#[tokio::test]
async fn flyway() {
    imports("flyway", snapbox::file!["flyway.out"]).await;
}

#[tokio::test]
async fn goose() {
    imports("goose", snapbox::file!["goose.out"]).await;
}

#[tokio::test]
async fn node_pg_migrate() {
    imports("node-pg-migrate", snapbox::file!["node-pg-migrate.out"]).await;
}

#[tokio::test]
async fn numbered() {
    imports("numbered", snapbox::file!["numbered.out"]).await;
}

/// Both are used for a while: what an earlier import wrote stays, also where it was written by hand.
#[tokio::test]
async fn a_second_import_writes_what_is_new() {
    let project = Project::new(&database().await);
    project.write("db/V1__cats.sql", "CREATE TABLE cats ();\n");
    project.write("db/V2__filled.sql", "COMMENT ON TABLE cats IS '${what}';\n");
    project.enact(&["import", "flyway", "db", "--placeholders"]).success();
    let by_hand = project.read("revisions/2_filled.sql");
    let (head, _) = by_hand.split_once("-- migrate:up\n").unwrap();
    let by_hand = format!("{head}-- migrate:up\n\nCOMMENT ON TABLE cats IS 'small';\n");
    project.write("revisions/2_filled.sql", &by_hand);

    project.write("db/later/2026/V3__dogs.sql", "CREATE TABLE dogs ();\n");
    let run = project.enact(&["import", "flyway", "db"]).success();
    assert_eq!(run.stdout, "wrote revisions/3_dogs.sql\n");
    assert!(run.stderr.contains("2 migrations imported before"), "{run}");
    assert_eq!(project.read("revisions/2_filled.sql"), by_hand);
    assert!(project.read("revisions/3_dogs.sql").contains("-- Revises: 2\n"));
    project.enact(&["upgrade"]).success();

    let run = project.enact(&["import", "flyway", "db"]).success();
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("3 migrations imported before; nothing is new"), "{run}");
}
