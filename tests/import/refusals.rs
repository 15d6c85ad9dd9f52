//! What cannot be imported: named with its file and line, and nothing is written.

use super::{fixture, revisions};
use crate::postgres::database;
use crate::project::Project;

async fn refused(tool: &str, files: &[(&str, &str)], exit: i32, code: &str, told: &[&str]) {
    let project = Project::new(&database().await);
    for (name, text) in files {
        project.write(&format!("db/{name}"), text);
    }
    let run = project.enact(&["import", tool, "db"]).refused(exit, code);
    for told in told {
        assert!(run.stderr.contains(told), "no {told:?} in:\n{run}");
    }
    assert_eq!(revisions(&project), "");
}

#[tokio::test]
async fn sql_that_no_revision_may_hold_is_named_by_file_and_line() {
    let up = "BEGIN;\nCREATE TABLE a ();\nCOMMIT;\n";
    let data = "COPY a FROM STDIN;\n1\n\\.\n";
    let meta = "-- a\n\\i other.sql\n";
    let files = [
        ("1_a.up.sql", up),
        ("2_b.up.sql", data),
        ("3_c.up.sql", meta),
        ("4_d.up.sql", "SELECT 1;\n"),
    ];
    let told = [
        "db/1_a.up.sql:1:1",
        "db/1_a.up.sql:3:1",
        "[copy-from-stdin]",
        "db/2_b.up.sql:1:1",
        "[meta-command]",
        "db/3_c.up.sql:2:1",
    ];
    refused("golang-migrate", &files, 3, "transaction-control", &told).await;
}

#[tokio::test]
async fn what_a_tool_fills_in_or_repeats_is_unconvertible() {
    let code = "import-unconvertible";
    let files = [
        ("V1__a.sql", "CREATE TABLE a ();\n"),
        ("V2__b.sql", "-- x\nCREATE TABLE ${schema}.b ();\n"),
        ("R__views.sql", "CREATE OR REPLACE VIEW v AS SELECT 1;\n"),
        ("V3__c.java", "class C {}\n"),
    ];
    let told =
        ["db/V2__b.sql:2:14", "`db/R__views.sql` runs again", "`db/V3__c.java` is a program"];
    refused("flyway", &files, 3, code, &told).await;

    let text = "-- +goose Up\n-- +goose ENVSUB ON\nCREATE TABLE a ();\n";
    let told = ["db/1_a.sql:2:1", "`db/2_b.go` is a program"];
    refused("goose", &[("1_a.sql", text), ("2_b.go", "package b\n")], 3, code, &told).await;
}

#[tokio::test]
async fn names_and_marks_that_do_not_fit_are_refused() {
    let table = "CREATE TABLE a ();\n";
    let both = [("1_a.sql", table), ("01_b.sql", table)];
    refused("sqlx", &both, 3, "duplicate-revision", &["have the same version"]).await;
    let alone = [("1_a.up.sql", table), ("2_b.down.sql", table)];
    refused("golang-migrate", &alone, 2, "import-unclear", &["db/2_b.down.sql"]).await;
    let long = format!("V{}__a.sql", "1".repeat(33));
    refused("flyway", &[(&long, table)], 3, "revision-id-invalid", &["longer"]).await;
    let early = "SELECT 1;\n-- migrate:up\nSELECT 2;\n";
    refused("dbmate", &[("1_a.sql", early)], 3, "section-invalid", &["SQL stands before"]).await;
    refused("dbmate", &[("1_a.sql", table)], 3, "section-invalid", &["no mark"]).await;
    let twice = "-- +goose Up\nSELECT 1;\n-- +goose Up\nSELECT 2;\n";
    refused("goose", &[("1_a.sql", twice)], 3, "section-invalid", &["db/1_a.sql:3:1"]).await;
    refused("diesel", &[("1_a.sql", table)], 2, "import-unclear", &["no migration"]).await;
    refused("rails", &[("1_a.sql", table)], 2, "import-unclear", &["the tools: alembic"]).await;
    let marker = "SELECT '\n-- migrate:down\n';\n";
    refused("sqlx", &[("1_a.sql", marker)], 3, "section-invalid", &[]).await;
    let dos = "SELECT 1;\r\n";
    refused("sqlx", &[("1_a.sql", dos)], 3, "carriage-return", &["db/1_a.sql:1:10"]).await;
}

#[tokio::test]
async fn a_folder_of_two_tools_or_of_none_is_not_guessed() {
    let project = Project::new(&database().await);
    project.write("db/1_a.sql", "-- migrate:up\nSELECT 1;\n");
    project.write("db/V1__a.sql", "SELECT 1;\n");
    let run = project.enact(&["import", "db"]).refused(2, "import-unclear");
    assert!(run.stderr.contains("dbmate and of flyway"), "{run}");
    project.write("none/readme.sql", "SELECT 1;\n");
    project.enact(&["import", "none"]).refused(2, "import-unclear");
    project.enact(&["import", "nowhere"]).refused(2, "file-missing");
}

#[tokio::test]
async fn a_file_in_the_way_stays_and_no_other_is_written() {
    let project = Project::new(&database().await);
    fixture(&project, "fixtures/numbered", "db");
    // Another revision under the name that the last file would take.
    let other = "-- other\n--\n-- Revision ID: other\n-- Revises:\n\n-- migrate:up\n";
    project.write("revisions/10_mood.sql", other);
    let before = revisions(&project);
    project.enact(&["import", "numbered", "db"]).refused(2, "file-exists");
    assert_eq!(revisions(&project), before);
}

#[tokio::test]
async fn a_migration_that_changed_since_it_was_imported_is_refused() {
    let project = Project::new(&database().await);
    fixture(&project, "fixtures/numbered", "db");
    project.enact(&["import", "numbered", "db"]).success();
    let before = revisions(&project);
    let name = project.path().join("db").read_dir_utf8().unwrap().next().unwrap().unwrap();
    let name = format!("db/{}", name.file_name());
    let text = project.read(&name);
    project.write(&name, format!("{text}\nSELECT 'more';\n"));
    let run = project.enact(&["import", "numbered", "db"]).refused(3, "duplicate-revision");
    assert!(run.stderr.contains("does something else now"), "{run}");
    assert_eq!(revisions(&project), before);
}
