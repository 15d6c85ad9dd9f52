//! `enact ensure` with the real binary: what an application's start finds, and leaves.

use crate::postgres::{TestDatabase, fresh_database};
use crate::project::Project;

/// Two revisions, and nothing applied.
async fn fresh(hint: &str) -> (TestDatabase, Project) {
    let database = fresh_database(hint).await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE cats (name text);", "DROP TABLE cats;");
    project.revision("b", &["a"], "CREATE TABLE toys ();", "DROP TABLE toys;");
    (database, project)
}

/// `dev` asks for alice's approval.
fn ask(project: &Project) {
    project.keys(&["alice"]);
    project.config("[env.dev]\nurl_env = \"DATABASE_URL\"\napprovals = 1\n");
    project.commit("policy");
}

/// The kinds of the ledger's entries.
async fn story(database: &TestDatabase) -> String {
    let sql = "SELECT string_agg(convert_from(payload, 'UTF8')::json ->> 'kind', ' ' ORDER BY seq) FROM enact.ledger";
    database.session.client().query_one(sql, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn two_instances_at_once_tell_one_story() {
    let (database, project) = fresh("ensure_two").await;
    let (one, two) = (project.start(&["ensure"]), project.start(&["ensure"]));
    let (one, two) = (one.end().await.success(), two.end().await.success());
    let mut said = [one.stdout, two.stdout];
    said.sort();
    assert_eq!(said, ["at b: 0 plans applied now\n", "at b: 1 plan applied now\n"]);
    assert_eq!(story(&database).await, "genesis plan stage stage");
    project.enact(&["ledger", "verify"]).success();
    project.enact(&["doctor"]).success();
}

#[tokio::test]
async fn at_the_head_it_needs_neither_a_shadow_nor_a_right_to_write() {
    let (database, project) = fresh("ensure_head").await;
    project.enact(&["ensure"]).success();
    let sql = format!("ALTER DATABASE {} SET default_transaction_read_only = on", database.name);
    database.run(&sql).await;
    let mut command = project.binary(&["ensure", "--format", "json"]);
    // Without an installation no shadow could start.
    command.env("PATH", "/nowhere").env("ENACT_PG_BIN", "/nowhere");
    let run = crate::project::finished(command).success();
    assert_eq!(run.json()["heads"], serde_json::json!(["b"]));
    assert_eq!(run.json()["applied"], serde_json::json!([]));
}

#[tokio::test]
async fn what_is_pending_is_told_and_then_applied() {
    let (database, project) = fresh("ensure_pending").await;
    project.enact(&["upgrade", "a"]).success();
    let run = project.enact(&["ensure", "--check"]).exits(1);
    assert!(run.stdout.starts_with("at a; pending: b\n"), "{run}");
    assert_eq!(story(&database).await, "genesis plan stage");
    project.enact(&["ensure"]).success();
    project.enact(&["ensure", "--check"]).success();
    database.run("TABLE toys").await;
}

#[tokio::test]
async fn with_approvals_only_an_approved_plan_is_applied() {
    let (database, project) = fresh("ensure_approvals").await;
    ask(&project);
    let run = project.enact(&["ensure"]).refused(2, "plan-missing");
    assert!(run.stderr.contains("pending: a, b"), "{run}");
    let plan = project.plan();
    project.enact(&["ensure"]).refused(5, "approvals-missing");
    project.enact(&["ensure", "--check"]).refused(5, "approvals-missing");
    project.approve(&plan, "alice");
    let run = project.enact(&["ensure", "--check"]).exits(1);
    assert!(run.stdout.contains("which is approved, would be applied"), "{run}");
    let run = project.enact(&["ensure"]).success();
    assert_eq!(run.stdout, "at b: 1 plan applied now\n");
    assert_eq!(story(&database).await, "genesis plan stage stage");
}

#[tokio::test]
async fn an_approved_plan_that_goes_down_is_not_applied() {
    let (database, project) = fresh("ensure_down").await;
    project.enact(&["upgrade", "a"]).success();
    ask(&project);
    let plan = project.plan_with(&["--downgrade", "base"]);
    project.approve(&plan, "alice");
    project.enact(&["ensure"]).refused(2, "plan-missing");
    database.run("TABLE cats").await;
}

#[tokio::test]
async fn an_approved_plan_that_ends_before_the_head_says_what_is_missing() {
    let (database, project) = fresh("ensure_short").await;
    ask(&project);
    let plan = project.plan_with(&["a"]);
    project.approve(&plan, "alice");
    let run = project.enact(&["ensure"]).refused(2, "plan-missing");
    assert!(run.stderr.contains("pending: b"), "{run}");
    database.run("TABLE cats").await;
}

#[tokio::test]
async fn a_revision_that_fails_stops_it_before_any_effect() {
    let (database, project) = fresh("ensure_fails").await;
    project.revision("c", &["b"], "CREATE TABLE toys ();", "");
    project.enact(&["ensure"]).refused(3, "statement-failed");
    let sql =
        "SELECT count(*) FROM pg_class WHERE relname IN ('cats', 'alembic_version', 'ledger')";
    let row = database.session.client().query_one(sql, &[]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a_revision_that_fails_on_the_rows_keeps_what_was_committed() {
    let (database, project) = fresh("ensure_rows").await;
    project.enact(&["upgrade"]).success();
    database.run("INSERT INTO cats VALUES ('x'), ('x')").await;
    project.revision("c", &["b"], "CREATE UNIQUE INDEX names ON cats (name);", "");
    project.enact(&["ensure"]).refused(9, "stage-failed");
    database.run("DELETE FROM cats").await;
    project.enact(&["ensure"]).success();
}

#[tokio::test]
async fn data_is_not_lost_unasked() {
    let (_database, project) = fresh("ensure_loses").await;
    project.enact(&["ensure"]).success();
    project.revision("c", &["b"], "DROP TABLE cats;", "");
    project.enact(&["ensure"]).refused(6, "confirmation-needed");
    project.enact(&["ensure", "--yes"]).success();
}

#[tokio::test]
async fn a_schema_that_nothing_tracks_is_taken_over() {
    let (database, project) = fresh("ensure_legacy").await;
    database.run("CREATE TABLE cats (name text)").await;
    let said = project.enact(&["ensure", "--check"]).exits(1).stdout;
    assert!(
        said.starts_with("tracked by nobody, and would be taken over at a; pending: b\n"),
        "{said}"
    );
    let (one, two) = (project.start(&["ensure"]), project.start(&["ensure"]));
    let (one, two) = (one.end().await.success(), two.end().await.success());
    let mut said = [one.stdout, two.stdout];
    said.sort();
    assert_eq!(said, ["at b: 0 plans applied now\n", "at b: 2 plans applied now\n"]);
    assert_eq!(story(&database).await, "genesis plan stage plan stage");
    database.run("DELETE FROM alembic_version").await;
    let run = project.enact(&["ensure"]).refused(4, "database-untracked");
    assert!(run.stderr.contains("enact doctor --env dev"), "{run}");
}

#[tokio::test]
async fn a_downgrade_to_base_leaves_nothing_in_the_way() {
    let (_database, project) = fresh("ensure_base").await;
    project.enact(&["ensure"]).success();
    project.enact(&["downgrade", "base", "--yes"]).success();
    project.enact(&["ensure"]).success();
}

#[tokio::test]
async fn another_environments_database_is_refused() {
    let (_database, project) = fresh("ensure_environment").await;
    project.enact(&["upgrade", "a"]).success();
    project.config("[env.staging]\nurl_env = \"DATABASE_URL\"\n");
    project.enact(&["ensure"]).refused(4, "wrong-environment");
}

#[tokio::test]
async fn a_service_can_call_it() {
    use enact::database::{Environment, Settings};
    use enact::ensure::Request;

    let (database, project) = fresh("ensure_library").await;
    let settings =
        Settings::resolve(Some(&database.url), None, &Environment::of_process()).unwrap();
    let project = enact::workspace::Project::find(project.path(), None).unwrap();
    let request = Request::new(&project, "dev", &settings, "cats 1.4");
    let ensured = enact::ensure(&request).await.unwrap();
    assert_eq!((ensured.heads, ensured.applied.len()), (vec!["b".to_owned()], 1));
    let again = enact::ensure(&request).await.unwrap();
    assert_eq!(again.applied.len(), 0);
}
