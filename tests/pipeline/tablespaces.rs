//! Revisions that say where bytes lie.

use crate::postgres::{TestDatabase, fresh_database};
use crate::project::Project;

/// Makes a tablespace that needs no folder of its own.
async fn with_tablespace(database: &TestDatabase, name: &str) {
    let client = database.session().client();
    client.batch_execute("SET allow_in_place_tablespaces = on").await.unwrap();
    client.batch_execute(&format!("CREATE TABLESPACE \"{name}\" LOCATION ''")).await.unwrap();
}

async fn tablespace_of(database: &TestDatabase, relation: &str) -> String {
    let sql =
        "SELECT t.spcname::text FROM pg_class c JOIN pg_tablespace t ON t.oid = c.reltablespace
               WHERE c.oid = $1::text::regclass";
    database.session().client().query_one(sql, &[&relation]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_revision_may_name_tablespaces_that_the_target_has() {
    let database = fresh_database("places").await;
    let project = Project::new(&database);
    project.revision(
        "a",
        &[],
        "CREATE TABLE cats (id int PRIMARY KEY USING INDEX TABLESPACE \"Places Fast\") TABLESPACE places_slow;",
        "DROP TABLE cats;",
    );
    project.revision(
        "b",
        &["a"],
        "ALTER TABLE cats SET TABLESPACE \"Places Fast\";",
        "ALTER TABLE cats SET TABLESPACE places_slow;",
    );
    if database.session().server_major() < 15 {
        // There a tablespace needs a folder of its own, which two shadows cannot share.
        project.enact(&["validate"]).refused(3, "statement-failed");
        return;
    }
    project.enact(&["validate"]).success();

    with_tablespace(&database, "places_slow").await;
    let said = project.enact(&["plan"]).refused(3, "statement-failed").stderr;
    for word in [
        "the target has no tablespace `Places Fast`",
        "revisions/a_make_a.sql:9:1",
        "CREATE TABLESPACE",
    ] {
        assert!(said.contains(word), "{said}");
    }
    assert!(!project.path().join("plans").exists());

    with_tablespace(&database, "Places Fast").await;
    let plan = project.plan_with(&["a"]);
    project.enact(&["verify", "--recompile", plan.as_str()]).success();
    project.enact(&["apply"]).success();
    assert_eq!(tablespace_of(&database, "cats").await, "places_slow");
    assert_eq!(tablespace_of(&database, "cats_pkey").await, "Places Fast");

    // Who moves bytes by hand changes no schema; that there is something is told.
    database.run("CREATE TABLE apart (a int) TABLESPACE places_slow").await;
    database.run("DROP TABLE apart; ALTER INDEX cats_pkey SET TABLESPACE places_slow").await;
    project.enact(&["drift"]).success();
    let plan = project.plan();
    project.enact(&["apply"]).success();
    assert_eq!(tablespace_of(&database, "cats").await, "Places Fast");
    let page = project.read(plan.join("plan.md"));
    for line in ["| not compared | 2 chosen tablespaces |", "- gives new storage to: `public.cats`"]
    {
        assert!(page.contains(line), "{page}");
    }
    let detected = project.enact(&["detect-state"]).success();
    assert!(detected.stdout.contains("managed"), "{detected}");
    project.enact(&["downgrade", "base", "--yes"]).success();
}
