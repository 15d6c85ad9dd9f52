//! What unfinished statements leave.

use super::{codes, heals_alone, managed};
use crate::project::Project;

#[tokio::test]
async fn an_index_of_a_failed_build_is_made_whole() {
    let (database, project) = managed("doctor_index").await;
    database.run("INSERT INTO cats VALUES (1, 'x'), (2, 'x')").await;
    let build = "CREATE UNIQUE INDEX CONCURRENTLY names ON cats (name)";
    database.session.client().batch_execute(build).await.unwrap_err();
    database.run("DELETE FROM cats").await;
    heals_alone(&database, &project, "index-invalid").await;
}

#[tokio::test]
async fn what_a_failed_rebuild_left_goes() {
    let (database, project) = managed("doctor_rebuild").await;
    database
        .run(
            "CREATE INDEX names ON cats (name); CREATE INDEX names_ccnew ON cats (name);
             UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'names_ccnew'::regclass",
        )
        .await;
    heals_alone(&database, &project, "index-invalid").await;
}

#[tokio::test]
async fn a_half_detached_partition_is_detached() {
    let (database, project) = managed("doctor_detach").await;
    database
        .run(
            "CREATE TABLE events (at int) PARTITION BY RANGE (at);
             CREATE TABLE old PARTITION OF events FOR VALUES FROM (0) TO (9);
             UPDATE pg_inherits SET inhdetachpending = true WHERE inhrelid = 'old'::regclass",
        )
        .await;
    heals_alone(&database, &project, "detach-pending").await;
}

/// A plan whose first stage builds a unique index, which duplicates make fail.
async fn begun(hint: &str) -> (crate::postgres::TestDatabase, Project) {
    let (database, project) = managed(hint).await;
    database.run("INSERT INTO cats VALUES (1, 'x'), (2, 'x')").await;
    project.revision(
        "c",
        &["b"],
        "CREATE UNIQUE INDEX CONCURRENTLY names ON cats (name);",
        "DROP INDEX names;",
    );
    let plan = project.plan();
    let run = project.enact(&["apply", plan.as_str()]);
    assert_ne!(run.code, 0, "{run}");
    (database, project)
}

#[tokio::test]
async fn an_intent_that_left_nothing_is_a_note() {
    let (database, project) = begun("doctor_intent").await;
    let sql = "DROP INDEX IF EXISTS names";
    database.run(sql).await;
    assert_eq!(codes(&database, &project), ["intent-left"]);
    project.enact(&["doctor"]).success();
}

#[tokio::test]
async fn an_intent_with_an_invalid_index_names_its_plan_and_not_the_index_twice() {
    let (database, project) = begun("doctor_half").await;
    let build = "CREATE UNIQUE INDEX CONCURRENTLY names ON cats (name)";
    database.run("DROP INDEX IF EXISTS names").await;
    database.session.client().batch_execute(build).await.unwrap_err();
    assert_eq!(codes(&database, &project), ["intent-left"]);
    project.enact(&["doctor"]).exits(1);
    database.run("DELETE FROM cats").await;
    project.enact(&["apply"]).success();
    assert_eq!(codes(&database, &project), [""; 0]);
}

#[tokio::test]
async fn an_intent_of_a_plan_that_nobody_has_is_named() {
    let (database, project) = managed("doctor_stray").await;
    database.run("INSERT INTO enact.intent VALUES (sha256('x'), 1, '\\x7b7d')").await;
    heals_alone(&database, &project, "intent-left").await;
}
