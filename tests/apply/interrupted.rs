//! Runs that are killed, cancelled or cut off, and what the next run makes of it: the same end as
//! without, told once.

use super::{cats, dump_of_users, says, story, told_once, until, until_alone, until_running};
use crate::postgres::{TestDatabase, fresh_database};
use crate::project::{Project, Run};
use rustix::process::Signal;

/// What the same revisions leave in a database where nobody interrupts them.
async fn undisturbed(project: &Project) -> String {
    let database = fresh_database("undisturbed").await;
    project.enact(&["upgrade", "--yes", "--url", &database.url]).success();
    dump_of_users(&database)
}

async fn terminate(database: &TestDatabase, pattern: &str) {
    database
        .run(&format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid() AND query ILIKE '{pattern}'"
        ))
        .await;
}

/// `cats`, and a plan of one slow transactional stage.
async fn slow(hint: &str) -> (TestDatabase, Project, String) {
    let (database, project) = cats(hint).await;
    project.revision(
        "b2",
        &["a1"],
        "CREATE TABLE dogs (id int);\nSELECT pg_sleep(count(*) / 10) FROM cats WHERE id > 50;\n\
         INSERT INTO dogs VALUES (1);",
        "",
    );
    let plan = project.plan().into_string();
    (database, project, plan)
}

/// `cats`, a snapshot that holds up concurrent builds, and a plan that builds an index.
async fn building(
    hint: &str,
    up: &str,
) -> (TestDatabase, Project, String, enact::database::Session) {
    let (database, project) = cats(hint).await;
    project.revision("b2", &["a1"], up, "");
    let plan = project.plan().into_string();
    let snapshot = database.connect("postgres").await;
    hold(&snapshot).await;
    (database, project, plan, snapshot)
}

async fn hold(session: &enact::database::Session) {
    let sql = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM cats";
    session.client().batch_execute(sql).await.unwrap();
}

const INDEX: &str = "CREATE INDEX CONCURRENTLY cats_name ON cats (name);";

#[tokio::test]
async fn fault_03_killed_in_a_transactional_stage() {
    let (database, project, plan) = slow("kill").await;
    let run = project.start(&["apply", &plan]);
    until_running(&database, "%pg_sleep%").await;
    run.signal(Signal::KILL);
    assert_eq!(run.end().await.code, -1);
    project.enact(&["apply", &plan]).success();
    told_once(&database, &project, 1).await;
    assert_eq!(dump_of_users(&database), undisturbed(&project).await);
}

#[tokio::test]
async fn fault_05_killed_between_two_stages() {
    let (database, project) = cats("between").await;
    project.revision("b2", &["a1"], "CREATE TABLE dogs (id int);", "");
    project.revision("c3", &["b2"], "ALTER TABLE cats ADD COLUMN age int;", "");
    let plan = project.plan().into_string();
    let blocker = database.connect("postgres").await;
    blocker.client().batch_execute("BEGIN; LOCK TABLE cats").await.unwrap();
    let run = project.start(&["apply", &plan]);
    until(&database, "SELECT to_regclass('dogs') IS NOT NULL").await;
    run.signal(Signal::KILL);
    run.end().await;
    drop(blocker);
    until_alone(&database).await;
    let run = project.enact(&["apply", &plan]).success();
    says(&run, "stage 2 of 2");
    told_once(&database, &project, 2).await;
    assert_eq!(dump_of_users(&database), undisturbed(&project).await);
}

#[tokio::test]
async fn fault_06_killed_while_an_index_is_built() {
    let (database, project, plan, snapshot) = building("build", INDEX).await;
    let run = project.start(&["apply", &plan]);
    until_running(&database, "CREATE INDEX%").await;
    run.signal(Signal::KILL);
    run.end().await;
    // The server builds on, and the next run waits for it.
    let again = project.start(&["apply", &plan]);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    snapshot.client().batch_execute("COMMIT").await.unwrap();
    let again = again.end().await.success();
    says(&again, "taken over from an interrupted run");
    told_once(&database, &project, 1).await;
    assert_eq!(dump_of_users(&database), undisturbed(&project).await);
}

const CATS: &str = "CREATE TABLE cats (id bigint PRIMARY KEY, name text NOT NULL);";

/// A database that Alembic brought to `a1`.
async fn adopted(hint: &str) -> TestDatabase {
    let database = fresh_database(hint).await;
    database
        .run(&format!(
            "{CATS} CREATE TABLE alembic_version (version_num varchar(32) \
             CONSTRAINT alembic_version_pkc PRIMARY KEY); INSERT INTO alembic_version VALUES ('a1')"
        ))
        .await;
    database
}

/// In a database that Alembic brought here, the very first stage runs outside a transaction: its
/// intent begins the ledger.
#[tokio::test]
async fn fault_06_killed_in_the_first_stage_of_all() {
    let database = adopted("first").await;
    let project = Project::new(&database);
    project.revision("a1", &[], CATS, "");
    project.revision("b2", &["a1"], INDEX, "");
    let plan = project.plan().into_string();
    let snapshot = database.connect("postgres").await;
    hold(&snapshot).await;
    let run = project.start(&["apply", &plan]);
    until_running(&database, "CREATE INDEX%").await;
    run.signal(Signal::KILL);
    run.end().await;
    terminate(&database, "CREATE INDEX%").await;
    snapshot.client().batch_execute("COMMIT").await.unwrap();
    until_alone(&database).await;
    assert_eq!(story(&database).await, ["genesis"]);
    project.enact(&["apply"]).success();
    assert!(!invalid(&database).await);
    told_once(&database, &project, 1).await;
}

/// An index that lies apart: where it lies comes and goes with it.
#[tokio::test]
async fn fault_06_an_index_in_a_tablespace_is_built_and_dropped_again() {
    let database = adopted("apart").await;
    // Before PostgreSQL 15 no revision may say where.
    let place = if database.session().server_major() < 15 { "" } else { "TABLESPACE fast" };
    let project = Project::new(&database);
    project.revision("a1", &[], CATS, "");
    project.revision(
        "b2",
        &["a1"],
        &format!("CREATE INDEX CONCURRENTLY by_name ON cats (name) {place};"),
        "DROP INDEX CONCURRENTLY by_name;",
    );
    for (arguments, pattern) in
        [(&[][..], "CREATE INDEX%"), (&["--downgrade", "a1"], "DROP INDEX%")]
    {
        let plan = project.plan_with(arguments).into_string();
        let snapshot = database.connect("postgres").await;
        hold(&snapshot).await;
        cut(&database, &project, &plan, pattern).await;
        snapshot.client().batch_execute("COMMIT").await.unwrap();
        until_alone(&database).await;
        assert!(invalid(&database).await, "{pattern}");
        project.enact(&["apply", &plan]).success();
        assert!(!invalid(&database).await, "{pattern}");
        project.enact(&["drift"]).success();
    }
}

/// Applies until the statement like `pattern` waits for the snapshot, and ends its backend.
async fn cut(database: &TestDatabase, project: &Project, plan: &str, pattern: &str) -> Run {
    let run = project.start(&["apply", plan]);
    until_running(database, pattern).await;
    until(
        database,
        "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'virtualxid')",
    )
    .await;
    terminate(database, pattern).await;
    run.end().await
}

const INVALID: &str = "SELECT EXISTS (SELECT FROM pg_index WHERE NOT indisvalid)";

async fn invalid(database: &TestDatabase) -> bool {
    database.session().client().query_one(INVALID, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn fault_07_an_invalid_index_is_built_again() {
    let (database, project, plan, snapshot) = building("invalid", INDEX).await;
    cut(&database, &project, &plan, "CREATE INDEX%").await.refused(11, "outcome-unknown");
    assert!(invalid(&database).await);
    snapshot.client().batch_execute("COMMIT").await.unwrap();
    project.enact(&["apply", &plan]).success();
    assert!(!invalid(&database).await);
    told_once(&database, &project, 1).await;
    assert_eq!(dump_of_users(&database), undisturbed(&project).await);
}

#[tokio::test]
async fn fault_07_an_index_that_was_half_dropped() {
    let (database, project) = cats("dropping").await;
    project.revision("b2", &["a1"], "CREATE INDEX cats_name ON cats (name);", "");
    project.enact(&["apply", project.plan().as_str()]).success();
    project.revision("c3", &["b2"], "DROP INDEX CONCURRENTLY cats_name;", "");
    let plan = project.plan().into_string();
    let snapshot = database.connect("postgres").await;
    hold(&snapshot).await;
    cut(&database, &project, &plan, "DROP INDEX%").await.refused(11, "outcome-unknown");
    assert!(invalid(&database).await);
    snapshot.client().batch_execute("COMMIT").await.unwrap();
    project.enact(&["apply", &plan]).success();
    told_once(&database, &project, 1).await;
    assert_eq!(dump_of_users(&database), undisturbed(&project).await);
}

#[tokio::test]
async fn fault_07_an_index_that_was_half_rebuilt() {
    let (database, project) = cats("rebuilding").await;
    project.revision("b2", &["a1"], "CREATE INDEX cats_name ON cats (name);", "");
    project.enact(&["apply", project.plan().as_str()]).success();
    project.revision("c3", &["b2"], "REINDEX INDEX CONCURRENTLY cats_name;", "");
    let plan = project.plan().into_string();
    let snapshot = database.connect("postgres").await;
    hold(&snapshot).await;
    cut(&database, &project, &plan, "REINDEX%").await.refused(11, "outcome-unknown");
    assert!(invalid(&database).await);
    snapshot.client().batch_execute("COMMIT").await.unwrap();
    project.enact(&["apply", &plan]).success();
    assert!(!invalid(&database).await);
    told_once(&database, &project, 1).await;
    assert_eq!(dump_of_users(&database), undisturbed(&project).await);
}

#[tokio::test]
async fn a_unique_index_over_duplicates_leaves_nothing_and_can_be_tried_again() {
    let unique = "CREATE UNIQUE INDEX CONCURRENTLY cats_name ON cats (name);";
    let (database, project) = cats("duplicates").await;
    project.revision("b2", &["a1"], "CREATE TABLE dogs (id int);", "");
    project.revision("c3", &["b2"], unique, "");
    let plan = project.plan().into_string();
    database.run("INSERT INTO cats VALUES (101, 'cat 1')").await;
    let run = project.enact(&["apply", &plan]).refused(10, "stage-partial");
    says(&run, "23505");
    assert!(!invalid(&database).await);
    let again = project.enact(&["apply", &plan]).refused(10, "stage-partial");
    says(&again, "stages 1 to 1 of 2 are applied and stay");
    database.run("DELETE FROM cats WHERE id = 101").await;
    project.enact(&["apply", &plan]).success();
    told_once(&database, &project, 2).await;
}

#[tokio::test]
async fn a_unique_index_alone_over_duplicates_fails_whole() {
    let unique = "CREATE UNIQUE INDEX CONCURRENTLY cats_name ON cats (name);";
    let (database, project) = cats("alone").await;
    project.revision("b2", &["a1"], unique, "");
    let plan = project.plan().into_string();
    database.run("INSERT INTO cats VALUES (101, 'cat 1')").await;
    project.enact(&["apply", &plan]).refused(9, "stage-failed");
    assert!(!invalid(&database).await);
    assert_eq!(story(&database).await, ["genesis", "plan", "stage 1"]);
}

const UNIQUE: &str = "CREATE UNIQUE INDEX CONCURRENTLY cats_name ON cats (name);";

/// Plans that can be applied for so long.
fn expiring(project: &Project, seconds: u64) {
    project.config(&format!("[env.dev]\nurl_env = \"DATABASE_URL\"\nplan_ttl = \"{seconds}s\"\n"));
}

/// Plans and clocks are read in whole seconds.
fn until_expired(seconds: u64) {
    std::thread::sleep(std::time::Duration::from_millis(seconds * 1000 + 1100));
}

#[tokio::test]
async fn an_intent_that_left_nothing_does_not_keep_a_plan_alive() {
    let (database, project) = cats("lapsed").await;
    expiring(&project, 8);
    project.revision("b2", &["a1"], UNIQUE, "");
    let plan = project.plan().into_string();
    database.run("INSERT INTO cats VALUES (101, 'cat 1')").await;
    project.enact(&["apply", &plan]).refused(9, "stage-failed");
    until_expired(8);
    super::refused(&database, &project, &[&plan], "plan-expired", 5);
    super::refused(&database, &project, &[], "plan-expired", 5);
}

#[tokio::test]
async fn what_an_interrupted_build_left_is_cleared_away_by_an_expired_plan_too() {
    let (database, project) = cats("lapsing").await;
    expiring(&project, 8);
    project.revision("b2", &["a1"], INDEX, "");
    let plan = project.plan().into_string();
    let snapshot = database.connect("postgres").await;
    hold(&snapshot).await;
    cut(&database, &project, &plan, "CREATE INDEX%").await.refused(11, "outcome-unknown");
    snapshot.client().batch_execute("COMMIT").await.unwrap();
    assert!(invalid(&database).await);
    until_expired(8);
    project.enact(&["apply"]).success();
    assert!(!invalid(&database).await);
    told_once(&database, &project, 1).await;
}

/// The intent of a first stage begins the ledger, and so moves it on.
#[tokio::test]
async fn a_new_plan_goes_before_one_whose_intent_left_nothing() {
    let database = adopted("passed").await;
    let project = Project::new(&database);
    project.revision("a1", &[], CATS, "");
    project.revision("b2", &["a1"], UNIQUE, "");
    database.run("INSERT INTO cats VALUES (1, 'tom'), (2, 'tom')").await;
    project.plan();
    for _ in 0..2 {
        project.enact(&["apply"]).refused(9, "stage-failed");
        assert_eq!(story(&database).await, ["genesis"]);
    }
    project.revision("b2", &["a1"], INDEX, "");
    project.plan();
    project.enact(&["apply"]).success();
    told_once(&database, &project, 1).await;
}

#[tokio::test]
async fn fault_10_stopped_once_rolls_back() {
    let (database, project, plan) = slow("stop").await;
    let before = dump_of_users(&database);
    for signal in [Signal::INT, Signal::TERM] {
        let run = project.start(&["apply", &plan]);
        until_running(&database, "%pg_sleep%").await;
        run.signal(signal);
        let run = run.end().await.refused(130, "interrupted");
        says(&run, "nothing of the plan was applied");
        assert_eq!(dump_of_users(&database), before);
    }
    project.enact(&["apply", &plan]).success();
    told_once(&database, &project, 1).await;
}

#[tokio::test]
async fn fault_10_stopped_while_an_index_is_built() {
    let (database, project, plan, snapshot) = building("stopbuild", INDEX).await;
    let run = project.start(&["apply", &plan]);
    until_running(&database, "CREATE INDEX%").await;
    until(&database, INVALID).await;
    run.signal(Signal::INT);
    let run = run.end().await.refused(130, "interrupted");
    // The snapshot's reader of the table holds up the clearing away, too: it is told.
    says(&run, "cats_name");
    snapshot.client().batch_execute("COMMIT").await.unwrap();
    project.enact(&["apply", &plan]).success();
    assert!(!invalid(&database).await);
    told_once(&database, &project, 1).await;
}

#[tokio::test]
async fn fault_22_terminated_in_a_transactional_stage() {
    let (database, project, plan) = slow("terminated").await;
    let before = dump_of_users(&database);
    let run = project.start(&["apply", &plan]);
    until_running(&database, "%pg_sleep%").await;
    terminate(&database, "%pg_sleep%").await;
    run.end().await.refused(9, "stage-failed");
    assert_eq!(dump_of_users(&database), before);
    project.enact(&["apply", &plan]).success();
    told_once(&database, &project, 1).await;
}
