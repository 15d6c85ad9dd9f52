//! Several at once: two runners, blockers with locks, Alembic beside us.

use super::{cats, dump, says, told_once, until, until_running};
use crate::postgres::TestDatabase;
use crate::project::Project;
use rustix::process::Signal;

const CONFIG: &str = "\
[env.dev]
url_env = \"DATABASE_URL\"
lock_timeout = \"100ms\"
lock_wait = \"1s\"
";

/// `cats`, and a plan that takes its time in the middle.
async fn slow(hint: &str) -> (TestDatabase, Project, String) {
    let (database, project) = cats(hint).await;
    project.revision(
        "b2",
        &["a1"],
        "CREATE TABLE dogs (id int);\nSELECT pg_sleep(count(*) / 50) FROM cats;",
        "",
    );
    let plan = project.plan().into_string();
    (database, project, plan)
}

#[tokio::test]
async fn fault_30_two_runners_with_the_same_plan() {
    let (database, project, plan) = slow("same").await;
    let first = project.start(&["apply", &plan]);
    until_running(&database, "%pg_sleep%").await;
    let second = project.start(&["apply", &plan]);
    first.end().await.success();
    let second = second.end().await.success();
    says(&second, "another run is at work");
    says(&second, "applied the plan meanwhile");
    told_once(&database, &project, 1).await;
    project.enact(&["apply", &plan]).refused(4, "plan-consumed");
}

#[tokio::test]
async fn fault_31_two_runners_with_different_plans() {
    let (database, project, plan) = slow("different").await;
    project.revision("b2", &["a1"], "CREATE TABLE birds (id int);", "");
    let other = project.plan().into_string();
    let first = project.start(&["apply", &plan]);
    until_running(&database, "%pg_sleep%").await;
    let second = project.start(&["apply", &other]);
    first.end().await.success();
    second.end().await.refused(4, "stale-ledger");
    told_once(&database, &project, 1).await;
}

#[tokio::test]
async fn fault_32_a_second_runner_while_an_index_is_built() {
    let (database, project) = cats("concurrent").await;
    project.revision("b2", &["a1"], "CREATE INDEX CONCURRENTLY cats_name ON cats (name);", "");
    let plan = project.plan().into_string();
    let snapshot = database.connect("postgres").await;
    let hold = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM cats";
    snapshot.client().batch_execute(hold).await.unwrap();
    let first = project.start(&["apply", &plan]);
    until_running(&database, "CREATE INDEX%").await;
    let second = project.start(&["apply", &plan]);
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    snapshot.client().batch_execute("COMMIT").await.unwrap();
    first.end().await.success();
    second.end().await.success();
    told_once(&database, &project, 1).await;
}

#[tokio::test]
async fn fault_33_a_lock_that_is_not_let_go() {
    let (database, project, plan) = slow("held").await;
    let holder = database.connect("postgres").await;
    let (class, object) = enact::ledger::LOCK_KEY;
    let sql = format!("SELECT pg_advisory_lock({class}, {object})");
    holder.client().batch_execute(&sql).await.unwrap();
    let before = dump(&database);
    let run = project.enact(&["apply", "--wait", "1", &plan]).refused(8, "lock-held");
    says(&run, &holder.backend_pid().to_string());
    // Stopping the wait is a clean stop.
    let waiting = project.start(&["apply", "--wait", "600", &plan]);
    until(
        &database,
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() \
         AND query LIKE '%advisory%' AND pid <> pg_backend_pid())",
    )
    .await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    waiting.signal(Signal::INT);
    waiting.end().await.refused(130, "interrupted");
    assert!(dump(&database) == before);
}

#[tokio::test]
async fn fault_34_alembic_at_the_same_time() {
    let (database, project, plan) = slow("alembic").await;
    let run = project.start(&["apply", &plan]);
    until_running(&database, "%pg_sleep%").await;
    database.run("UPDATE alembic_version SET version_num = 'zz'").await;
    let run = run.end().await.refused(9, "stage-failed");
    says(&run, "rolled back");
    let row =
        database.session().client().query_one("SELECT to_regclass('dogs') IS NULL", &[]).await;
    assert!(row.unwrap().get::<_, bool>(0));
    database.run("UPDATE alembic_version SET version_num = 'a1'").await;
    project.enact(&["apply", &plan]).success();
    told_once(&database, &project, 1).await;
}

/// `cats` with a short patience for locks, somebody who holds one, and a plan that wants it after
/// `stages_before` others.
async fn blocked(hint: &str, stages_before: usize) -> (TestDatabase, Project, String) {
    let (database, project) = cats(hint).await;
    project.config(CONFIG);
    let mut parent = "a1".to_owned();
    for stage in 0..stages_before {
        let id = format!("b{stage}");
        project.revision(&id, &[&parent], &format!("CREATE TABLE t{stage} (id int);"), "");
        parent = id;
    }
    project.revision("z9", &[&parent], "ALTER TABLE cats ADD COLUMN age int;", "");
    let plan = project.plan().into_string();
    (database, project, plan)
}

#[tokio::test]
async fn fault_36_a_lock_that_is_not_obtained() {
    let (database, project, plan) = blocked("blocked", 0).await;
    let blocker = database.connect("postgres").await;
    blocker.client().batch_execute("BEGIN; SELECT count(*) FROM cats").await.unwrap();
    let before = dump(&database);
    let run = project.enact(&["apply", &plan]).refused(9, "lock-timeout");
    says(&run, &format!("process {}", blocker.backend_pid()));
    says(&run, "trying again");
    assert!(dump(&database) == before);
    // Once it is let go, a try gets through.
    project.config(&CONFIG.replace("1s", "1min"));
    let running = project.start(&["apply", &plan]);
    until(&database, "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)").await;
    blocker.client().batch_execute("COMMIT").await.unwrap();
    let ended = running.end().await;
    if ended.code != 0 {
        // The plan states how long its tries go on: it may have been over.
        ended.refused(9, "lock-timeout");
        project.enact(&["apply", &plan]).success();
    }
    told_once(&database, &project, 1).await;
}

#[tokio::test]
async fn a_failure_after_a_stage_that_stays_is_partial() {
    let (database, project, plan) = blocked("partial", 2).await;
    let blocker = database.connect("postgres").await;
    blocker.client().batch_execute("BEGIN; SELECT count(*) FROM cats").await.unwrap();
    let run = project.enact(&["apply", &plan]).refused(10, "stage-partial");
    says(&run, "code of the failure: lock-timeout");
    says(&run, "stages 1 to 2 of 3 are applied and stay");
    blocker.client().batch_execute("COMMIT").await.unwrap();
    project.enact(&["apply", &plan]).success();
    told_once(&database, &project, 3).await;
}

#[tokio::test]
async fn a_statement_that_fails_on_the_targets_rows() {
    let (database, project) = cats("rows").await;
    project.revision("b2", &["a1"], "ALTER TABLE cats ADD CHECK (length(name) < 20);", "");
    let plan = project.plan().into_string();
    database.run("INSERT INTO cats VALUES (0, 'a cat with a rather long name')").await;
    let before = dump(&database);
    let run = project.enact(&["apply", &plan]).refused(9, "stage-failed");
    says(&run, "SQLSTATE 23514");
    assert!(!run.stderr.contains("rather long"), "a row's data is told: {}", run.stderr);
    assert!(dump(&database) == before);
    database.run("DELETE FROM cats WHERE id = 0").await;
    project.enact(&["apply", &plan]).success();
    told_once(&database, &project, 1).await;
}
