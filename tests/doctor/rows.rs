//! The rows of `alembic_version` against revisions, ledger and schema.

use super::{codes, findings, heals, heals_alone, managed};
use crate::postgres::fresh_database;
use crate::project::Project;

#[tokio::test]
async fn a_doubled_row_is_single_again() {
    let (database, project) = managed("doctor_doubled").await;
    database
        .run(
            "ALTER TABLE alembic_version DROP CONSTRAINT alembic_version_pkc;
             INSERT INTO alembic_version VALUES ('b')",
        )
        .await;
    heals(&database, &project, "tracked-rows-doubled").await;
    heals_alone(&database, &project, "version-table-unkeyed").await;
}

#[tokio::test]
async fn rows_that_are_no_ids_go() {
    let (database, project) = managed("doctor_strange").await;
    database.run("INSERT INTO alembic_version VALUES ('it''s + not')").await;
    heals(&database, &project, "tracked-row-invalid").await;
    database
        .run(
            "ALTER TABLE alembic_version DROP CONSTRAINT alembic_version_pkc;
             ALTER TABLE alembic_version ALTER version_num DROP NOT NULL;
             INSERT INTO alembic_version VALUES (NULL)",
        )
        .await;
    heals(&database, &project, "tracked-row-invalid").await;
    heals_alone(&database, &project, "version-table-unkeyed").await;
}

#[tokio::test]
async fn an_unknown_revision_is_known_again_with_its_file() {
    let (database, project) = managed("doctor_unknown").await;
    let file = std::fs::read_dir(project.path().join("revisions")).unwrap();
    let file = file
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_str().unwrap().contains("/b_"))
        .unwrap();
    let text = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(codes(&database, &project), ["tracked-revision-unknown"]);
    let run = project.enact(&["doctor", "--format", "json"]);
    assert!(findings(&run)[0]["notes"][0].as_str().unwrap().contains("applied at"), "{run}");
    std::fs::write(&file, text).unwrap();
    assert_eq!(codes(&database, &project), [""; 0]);
}

#[tokio::test]
async fn an_ancestor_beside_its_descendant_goes() {
    let (database, project) = managed("doctor_overlap").await;
    database.run("INSERT INTO alembic_version VALUES ('a')").await;
    heals(&database, &project, "tracked-revisions-overlap").await;
    assert_eq!(codes(&database, &project), [""; 0]);
}

#[tokio::test]
async fn where_approvals_are_asked_for_the_remedies_are_no_stamps() {
    let (database, project) = managed("doctor_policy").await;
    project.keys(&["alice"]);
    project.config("[env.dev]\nurl_env = \"DATABASE_URL\"\napprovals = 1\n");
    database.run("INSERT INTO alembic_version VALUES ('a')").await;
    heals(&database, &project, "tracked-revisions-overlap").await;
    assert_eq!(codes(&database, &project), [""; 0]);
}

#[tokio::test]
async fn a_row_that_another_depends_on_goes() {
    let database = fresh_database("doctor_depends").await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE cats ();", "");
    let mut draft = crate::project::draft("other", &[], "CREATE TABLE toys ();", "");
    draft.depends_on = vec!["a".parse().unwrap()];
    project.draft(&draft);
    project.enact(&["upgrade"]).success();
    database.run("INSERT INTO alembic_version VALUES ('a')").await;
    heals(&database, &project, "tracked-revisions-overlap").await;
    assert_eq!(codes(&database, &project), [""; 0]);
}

#[tokio::test]
async fn an_emptied_table_over_a_schema_is_what_the_ledger_says() {
    let (database, project) = managed("doctor_emptied").await;
    database.run("DELETE FROM alembic_version").await;
    heals_alone(&database, &project, "database-untracked").await;
    database.run("DROP TABLE alembic_version").await;
    heals_alone(&database, &project, "database-untracked").await;
}

#[tokio::test]
async fn a_schema_that_nothing_tracks_is_named() {
    let database = fresh_database("doctor_legacy").await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE cats ();", "");
    database.run("CREATE TABLE cats ()").await;
    assert_eq!(codes(&database, &project), ["database-untracked"]);
    project.enact(&["stamp", "a"]).success();
    assert_eq!(codes(&database, &project), [""; 0]);
}

#[tokio::test]
async fn rows_over_an_empty_schema_begin_anew() {
    let (database, project) = managed("doctor_empty").await;
    database.run("DROP TABLE cats, toys").await;
    heals_alone(&database, &project, "schema-missing").await;
    database.run("TABLE cats").await;
}
