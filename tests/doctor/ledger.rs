//! The ledger against the database that it stands in, the rows, the markers and the files.

use super::{codes, findings, heals, heals_alone, managed};
use crate::postgres::server;
use crate::project::Project;

#[tokio::test]
async fn what_alembic_did_since_is_told_to_the_ledger() {
    let (database, project) = managed("doctor_outrun").await;
    project.revision("c", &["b"], "CREATE TABLE bowls ();", "");
    database.run("CREATE TABLE bowls (); UPDATE alembic_version SET version_num = 'c'").await;
    let run = project.enact(&["doctor"]).exits(1);
    assert!(run.stderr.contains("applied without enact: `c`"), "{run}");
    heals_alone(&database, &project, "ledger-outrun").await;
    project.enact(&["ledger", "verify"]).success();
}

#[tokio::test]
async fn a_revision_that_was_edited_is_named_by_what_changed() {
    let (database, project) = managed("doctor_edited").await;
    let folder = std::fs::read_dir(project.path().join("revisions")).unwrap();
    let file = folder
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_str().unwrap().contains("/b_"))
        .unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    for (edited, severity) in [
        (text.replace("CREATE TABLE toys ();", "-- toys\nCREATE  TABLE toys ();"), "warning"),
        (text.replace("CREATE TABLE toys ();", "CREATE TABLE toys (id int);"), "error"),
    ] {
        std::fs::write(&file, edited).unwrap();
        assert_eq!(codes(&database, &project), ["revision-edited"]);
        let run = project.enact(&["doctor", "--format", "json"]);
        assert_eq!(findings(&run)[0]["severity"], severity);
    }
    std::fs::write(&file, text).unwrap();
    assert_eq!(codes(&database, &project), [""; 0]);
}

#[tokio::test]
async fn an_edited_entry_breaks_the_chain() {
    let (database, project) = managed("doctor_chain").await;
    database
        .run(
            "ALTER TABLE enact.ledger DISABLE TRIGGER append_only;
             UPDATE enact.ledger SET payload = payload || ' '::bytea WHERE seq = 1",
        )
        .await;
    assert_eq!(codes(&database, &project), ["ledger-broken"]);
}

#[tokio::test]
async fn a_cut_end_leaves_markers() {
    let (database, project) = managed("doctor_cut").await;
    database
        .run(
            "ALTER TABLE enact.ledger DISABLE TRIGGER append_only;
             DELETE FROM enact.ledger WHERE seq = (SELECT max(seq) FROM enact.ledger)",
        )
        .await;
    heals(&database, &project, "marker-untold").await;
    heals_alone(&database, &project, "ledger-outrun").await;
}

#[tokio::test]
async fn a_ledger_without_its_table_begins_anew() {
    let (database, project) = managed("doctor_dropped").await;
    database.run("DROP TABLE enact.ledger").await;
    assert_eq!(codes(&database, &project), ["ledger-broken"]);
    database.run("DROP SCHEMA enact CASCADE").await;
    assert_eq!(codes(&database, &project), [""; 0]);
}

#[tokio::test]
async fn a_marker_that_was_removed_comes_back() {
    let (database, project) = managed("doctor_marker").await;
    database.run("DELETE FROM enact.marker WHERE stage = 2").await;
    heals_alone(&database, &project, "marker-missing").await;
}

#[tokio::test]
async fn a_copy_can_begin_its_own_ledger() {
    let (database, project) = managed("doctor_original").await;
    let name = format!("{}_copy", database.name);
    let original = database.name.clone();
    let url = server().await.url(&name);
    drop(database);
    let admin = crate::postgres::fresh_database("doctor_admin").await;
    let sql = format!("CREATE DATABASE {name} TEMPLATE {original}");
    let mut tries = 0;
    // The sessions in the original take a moment to end.
    while let Err(error) = admin.session.client().batch_execute(&sql).await {
        tries += 1;
        assert!(tries < 100, "{error:?}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let copy = crate::postgres::TestDatabase {
        session: server().await.session(&name).await.unwrap(),
        url: url.clone(),
        name,
    };
    let there = Project::at(&url);
    for entry in std::fs::read_dir(project.path().join("revisions")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        there.write(&format!("revisions/{name}"), std::fs::read(&path).unwrap());
    }
    heals_alone(&copy, &there, "ledger-foreign").await;
}

#[tokio::test]
async fn a_ledger_of_another_environment_is_named() {
    let (database, project) = managed("doctor_environment").await;
    project.config("[env.staging]\nurl_env = \"DATABASE_URL\"\n");
    heals_alone(&database, &project, "wrong-environment").await;
}

#[tokio::test]
async fn a_head_that_a_plan_saw_and_that_is_gone_is_named() {
    let (database, project) = managed("doctor_rewound").await;
    project.revision("c", &["b"], "CREATE TABLE bowls ();", "");
    project.plan();
    database
        .run(
            "ALTER TABLE enact.ledger DISABLE TRIGGER append_only;
             DELETE FROM enact.ledger WHERE seq = (SELECT max(seq) FROM enact.ledger)",
        )
        .await;
    assert_eq!(codes(&database, &project), ["ledger-rewound", "ledger-outrun", "marker-untold"]);
}
