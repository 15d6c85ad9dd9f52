//! `enact apply` with the real binary on real servers: what it refuses, what it survives, and what
//! is left in the database afterwards.

mod codes;
mod cut;
mod disasters;
mod fit;
mod hostile;
mod interrupted;
mod locks;
mod signatures;
mod version_rows;

use crate::postgres::{TestDatabase, fresh_database};
use crate::project::{Project, Run};

/// Everything in a database, enact's own schema too, as text.
fn dump(database: &TestDatabase) -> String {
    let output = database.tool("pg_dump").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Newer pg_dump guards its scripts with a random key.
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with(['\\']) || *line == "\\.");
    lines.collect::<Vec<_>>().join("\n")
}

/// The same without enact's schema: what users have.
fn dump_of_users(database: &TestDatabase) -> String {
    let output = database.tool("pg_dump").args(["--exclude-schema", "enact"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with(['\\']) || *line == "\\.");
    lines.collect::<Vec<_>>().join("\n")
}

/// Applies, which must be refused with `code` and `exit`, and must leave the database as it was.
#[track_caller]
fn refused(database: &TestDatabase, project: &Project, arguments: &[&str], code: &str, exit: i32) {
    let before = dump(database);
    let run = project.enact(&[&["apply"], arguments].concat());
    run.refused(exit, code);
    assert!(dump(database) == before, "`{code}` changed the database");
}

/// A database with `cats`, and a project whose first revision made it.
async fn cats(hint: &str) -> (TestDatabase, Project) {
    let database = fresh_database(hint).await;
    let project = Project::new(&database);
    project.revision(
        "a1",
        &[],
        "CREATE TABLE cats (id bigint PRIMARY KEY, name text NOT NULL);\n\
         INSERT INTO cats SELECT n, 'cat ' || n FROM generate_series(1, 100) AS n;",
        "DROP TABLE cats;",
    );
    let plan = project.plan();
    project.enact(&["apply", plan.as_str()]).success();
    (database, project)
}

/// The ledger's story: each record's kind and stage, in order.
async fn story(database: &TestDatabase) -> Vec<String> {
    let rows = database
        .session()
        .client()
        .query(
            "SELECT convert_from(payload, 'UTF8')::json ->> 'kind',
                    convert_from(payload, 'UTF8')::json ->> 'stage'
             FROM enact.ledger ORDER BY seq",
            &[],
        )
        .await
        .unwrap();
    rows.iter()
        .map(|row| match row.get::<_, Option<String>>(1) {
            Some(stage) => format!("{} {stage}", row.get::<_, String>(0)),
            None => row.get(0),
        })
        .collect()
}

/// Checks that the ledger holds together and tells every stage of the last plan once.
async fn told_once(database: &TestDatabase, project: &Project, stages: usize) {
    project.enact(&["ledger", "verify"]).success();
    let story = story(database).await;
    let last_plan = story.iter().rposition(|record| record == "plan").unwrap();
    let expected: Vec<String> = (1..=stages).map(|stage| format!("stage {stage}")).collect();
    assert_eq!(story[last_plan + 1..], expected);
}

/// Waits until `sql`, which gives one boolean, says yes.
async fn until(database: &TestDatabase, sql: &str) {
    for _ in 0..600 {
        let row = database.session().client().query_one(sql, &[]).await.unwrap();
        if row.get::<_, bool>(0) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("it never came to be that {sql}");
}

/// Waits until enact runs a statement like `pattern` in this database.
async fn until_running(database: &TestDatabase, pattern: &str) {
    let sql = format!(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() \
         AND pid <> pg_backend_pid() AND state = 'active' AND query ILIKE '{pattern}')"
    );
    until(database, &sql).await;
}

/// Waits until nobody else but this test is connected to the database.
async fn until_alone(database: &TestDatabase) {
    until(
        database,
        "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() \
         AND pid <> pg_backend_pid() AND application_name LIKE 'enact%')",
    )
    .await;
}

#[track_caller]
fn says(run: &Run, text: &str) {
    assert!(run.stderr.contains(text), "no `{text}` in:\n{}", run.stderr);
}
