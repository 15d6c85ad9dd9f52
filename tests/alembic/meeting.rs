//! The real binary and Alembic on one database: the table is the same, `current` and `heads` agree,
//! each goes on where the other stopped, and enact's own schema is out of Alembic's sight.

use enact::revision::Draft;
use serde_json::json;
use snapbox::IntoData as _;

use super::oracle::Oracle;
use crate::postgres::{TestDatabase, fresh_database};
use crate::project::{self, Project};

/// A branch, a merge and a dependency, each revision with a table of its own.
fn revisions() -> Vec<Draft> {
    let revision = |id: &str, parents: &[&str]| {
        let (up, down) = (format!("CREATE TABLE {id} ();"), format!("DROP TABLE {id};"));
        project::draft(id, parents, &up, &down)
    };
    let mut revisions = vec![
        revision("a1", &[]),
        revision("b2", &["a1"]),
        revision("c3", &["a1"]),
        revision("m4", &["b2", "c3"]),
        revision("x1", &[]),
        revision("x2", &["x1"]),
    ];
    revisions[1].labels = vec!["left".to_owned()];
    revisions[4].labels = vec!["other".to_owned()];
    revisions[5].depends_on = vec!["m4".to_owned()];
    revisions
}

fn meeting(database: &TestDatabase) -> (Project, Oracle) {
    let (project, revisions) = (Project::new(database), revisions());
    for revision in &revisions {
        project.draft(revision);
    }
    (project, Oracle::new(&revisions))
}

fn dump(database: &TestDatabase) -> String {
    let mut tool = database.tool("pg_dump");
    let dumped = tool.args(["--schema-only", "--exclude-schema", "enact"]).output().unwrap();
    assert!(dumped.status.success(), "{dumped:?}");
    let text = String::from_utf8(dumped.stdout).unwrap();
    // A dump begins and ends with a key that is new each time.
    text.lines().filter(|line| !line.contains("restrict ")).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn both_leave_the_same_database() {
    let (ours, theirs) = (fresh_database("enact").await, fresh_database("alembic").await);
    let (project, mut oracle) = meeting(&ours);

    project.enact(&["upgrade"]).success();
    oracle.run(&theirs.url, "upgrade", &["heads"]).success();
    let dumped = dump(&ours);
    assert!(dumped.contains("CREATE TABLE public.alembic_version"), "{dumped}");
    assert!(dumped.contains("CREATE TABLE public.x2"), "{dumped}");
    snapbox::assert_data_eq!(dumped, dump(&theirs).raw());

    project.enact(&["downgrade", "left@a1", "--yes"]).success();
    oracle.run(&theirs.url, "downgrade", &["left@a1"]).success();
    snapbox::assert_data_eq!(dump(&ours), dump(&theirs).raw());
}

#[tokio::test]
async fn the_two_take_turns_on_one_database() {
    let database = fresh_database("turns").await;
    let (project, mut oracle) = meeting(&database);
    let url = &database.url;
    let agree = |oracle: &mut Oracle, rows: &[&str]| {
        for command in ["current", "heads"] {
            let run = project.enact(&[command]).success();
            let mut ours: Vec<&str> = run.stdout.lines().collect();
            let mut theirs = oracle.run(url, command, &[]).success().lines;
            ours.sort_unstable();
            theirs.sort_unstable();
            assert_eq!(ours, theirs, "{command}");
        }
        assert_eq!(oracle.run(url, "heads", &[]).rows, rows);
    };

    project.enact(&["upgrade", "b2"]).success();
    agree(&mut oracle, &["b2"]);
    oracle.run(url, "upgrade", &["c3"]).success();
    agree(&mut oracle, &["b2", "c3"]);
    project.enact(&["upgrade"]).success();
    agree(&mut oracle, &["x2"]);
    oracle.run(url, "downgrade", &["x1"]).success();
    agree(&mut oracle, &["m4", "x1"]);
    project.enact(&["downgrade", "other@base", "--yes"]).success();
    agree(&mut oracle, &["m4"]);
    project.enact(&["stamp", "x1"]).success();
    agree(&mut oracle, &["m4", "x1"]);
    oracle.run(url, "stamp", &["b2"]).success();
    agree(&mut oracle, &["b2", "x1"]);
    // The ledger cannot tell what Alembic did, and says so until enact has said where it is.
    let run = project.enact(&["ledger", "verify"]).exits(1);
    assert!(run.stderr.starts_with("error[ledger-outrun]"), "{}", run.stderr);
    project.enact(&["stamp", "m4"]).success();
    agree(&mut oracle, &["m4", "x1"]);
    project.enact(&["ledger", "verify"]).success();
}

/// As where a project lives in a schema of its own, which whoever set the database up has made.
#[tokio::test]
async fn the_table_is_found_in_the_schema_that_the_search_path_names() {
    let database = fresh_database("elsewhere").await;
    database.run("CREATE SCHEMA app").await;
    database.run(&format!("ALTER DATABASE {} SET search_path = app, public", database.name)).await;
    let mut revisions = revisions();
    revisions[0].up = "CREATE SCHEMA IF NOT EXISTS app;".to_owned();
    let project = Project::new(&database);
    for revision in &revisions {
        project.draft(revision);
    }
    let mut oracle = Oracle::new(&revisions);

    oracle.run(&database.url, "upgrade", &["a1"]).success();
    project.enact(&["upgrade"]).success();
    assert_eq!(project.enact(&["status"]).success().stderr, "");
    assert_eq!(oracle.run(&database.url, "current", &[]).success().rows, ["x2"]);
    database.run("TABLE app.alembic_version").await;
    let public = database.session.client().batch_execute("TABLE public.alembic_version").await;
    assert!(public.is_err(), "there is one table only");
}

#[tokio::test]
async fn autogenerate_does_not_see_what_enact_keeps() {
    let database = fresh_database("autogenerate").await;
    let (project, mut oracle) = meeting(&database);
    project.enact(&["upgrade", "b2"]).success();
    let seen = oracle.run_with(&database.url, "removals", &json!([]), &json!({})).success().lines;
    assert_eq!(seen, ["remove_table a1", "remove_table b2"]);
    // Whoever lets it look at every schema has to name the one to leave alone.
    let everywhere = json!({ "include_schemas": true });
    let seen = oracle.run_with(&database.url, "removals", &json!([]), &everywhere).success().lines;
    assert!(seen.contains(&"remove_table enact.ledger".to_owned()), "{seen:?}");
}

/// Databases that somebody led to a state by hand: enact finds the state and goes on, Alembic is told
/// it. Both end alike, and Alembic goes on from enact's.
#[tokio::test]
async fn what_enact_adopts_is_what_alembic_stamps() {
    for state in [&["a1"][..], &["a1", "b2"], &["a1", "b2", "c3"], &["a1", "b2", "c3", "m4", "x1"]]
    {
        let (ours, theirs) = (fresh_database("found").await, fresh_database("told").await);
        let (project, mut oracle) = meeting(&ours);
        for database in [&ours, &theirs] {
            for table in state {
                database
                    .run(&format!("CREATE TABLE {table} (); INSERT INTO {table} DEFAULT VALUES"))
                    .await;
            }
        }
        let found = project.enact(&["detect-state", "--format", "json"]).success().json();
        let found: Vec<&str> = found["exact"][0]
            .as_array()
            .unwrap()
            .iter()
            .map(|head| head.as_str().unwrap())
            .collect();

        project.enact(&["handle-legacy"]).success();
        oracle.run_with(&theirs.url, "stamp", &json!([found]), &json!({})).success();
        let stamped = oracle.run(&theirs.url, "upgrade", &["heads"]).success();
        assert_eq!(oracle.run(&ours.url, "current", &[]).success().rows, stamped.rows, "{state:?}");
        snapbox::assert_data_eq!(dump(&ours), dump(&theirs).raw());

        let (url, rows) = (&ours.url, &stamped.rows);
        assert_eq!(&oracle.run(url, "upgrade", &["heads"]).success().rows, rows);
        oracle.run(url, "downgrade", &["left@a1"]).success();
        oracle.run(&theirs.url, "downgrade", &["left@a1"]).success();
        snapbox::assert_data_eq!(dump(&ours), dump(&theirs).raw());
    }
}
