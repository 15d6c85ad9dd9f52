//! What a plan is refused for, with its place, its fact and what to do.

use crate::postgres::fresh_database;
use crate::project::Project;

/// Everything that a refusal says must hold these words.
#[track_caller]
fn says(stderr: &str, words: &[&str]) {
    for word in words {
        assert!(stderr.contains(word), "no `{word}` in:\n{stderr}");
    }
}

#[tokio::test]
async fn a_statement_that_fails_is_shown_where_the_server_points() {
    let database = fresh_database("fails").await;
    let project = Project::new(&database);
    let plan = |up: &str, exit, code: &str| {
        project.revision("a", &[], up, "");
        project.enact(&["plan"]).refused(exit, code).stderr
    };
    // Line 9 of the file; the position counts letters, not bytes.
    let said = plan(
        "CREATE TABLE cats (id int);\nSELECT 'é 猫', missing FROM cats;",
        3,
        "statement-failed",
    );
    says(
        &said,
        &["revisions/a_make_a.sql:10:15", "column \"missing\" does not exist", "^^^^^^^", "42703"],
    );
    let said = plan("CREATE TABLE cats (\n    id int,\n    name txet\n);", 3, "statement-failed");
    says(&said, &["revisions/a_make_a.sql:11:10", "type \"txet\" does not exist", "^^^^"]);
    let said =
        plan("CREATE TABLE cats (id int);\nCREATE TABLE cats (id int);", 3, "statement-failed");
    says(
        &said,
        &["revisions/a_make_a.sql:10:1", "already exists", "a parent missing in the header?"],
    );
    let said = plan("CREATE EXTENSION no_such_thing;", 3, "cannot-verify");
    says(&said, &["no_such_thing", "install the extension's package"]);
    let said =
        plan("CREATE TABLE cats ();\nGRANT SELECT ON cats TO nobody_here;", 3, "statement-failed");
    says(&said, &["role \"nobody_here\" does not exist", "create it there first"]);
    let said = plan(
        "CREATE TABLE cats (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO cats VALUES (1), (1);",
        3,
        "statement-failed",
    );
    says(&said, &["duplicate key", "at the end of the transaction"]);
    // The target was only looked at.
    assert!(database.session.client().batch_execute("TABLE cats").await.is_err());
    assert!(!project.path().join("plans").exists());
}

#[tokio::test]
async fn validate_names_the_setting_for_a_role_that_the_shadow_lacks() {
    let database = fresh_database("roles").await;
    let project = Project::new(&database);
    project.revision(
        "a",
        &[],
        "CREATE TABLE cats ();\nGRANT SELECT ON cats TO some_reader;",
        "DROP TABLE cats;",
    );
    let said = project.enact(&["validate"]).refused(3, "statement-failed").stderr;
    says(&said, &["role \"some_reader\" does not exist", "[shadow] roles = [\"some_reader\"]"]);
    project.config("[shadow]\nroles = [\"some_reader\"]\n[env.dev]\nurl_env = \"DATABASE_URL\"\n");
    project.enact(&["validate"]).success();
}

#[tokio::test]
async fn drift_is_listed_refused_planned_and_in_the_way() {
    let database = fresh_database("drift").await;
    let project = Project::new(&database);
    project.revision(
        "a",
        &[],
        "CREATE TABLE cats (id int);\nCREATE TABLE toys (id int);",
        "DROP TABLE cats, toys;",
    );
    project.enact(&["upgrade"]).success();
    database
        .run("ALTER TABLE cats ADD COLUMN by_hand text; CREATE TABLE handmade (); CREATE INDEX quick ON toys (id)")
        .await;
    project.revision(
        "b",
        &["a"],
        "ALTER TABLE toys ADD COLUMN name text;",
        "ALTER TABLE toys DROP COLUMN name;",
    );
    let said = project.enact(&["plan"]).refused(4, "drift").stderr;
    says(
        &said,
        &[
            "~ table public.cats",
            "by_hand",
            "+ table public.handmade",
            "+ index public.quick",
            "--allow-drift",
        ],
    );
    let plan = project.plan_with(&["--allow-drift"]);
    let markdown = project.read(plan.join("plan.md"));
    says(
        &markdown,
        &["## Drift that was accepted", "`table public.cats`", "`table public.handmade`"],
    );
    project.enact(&["verify", "--recompile", plan.as_str()]).success();
    project.enact(&["apply", plan.as_str()]).success();
    database.run("SELECT by_hand FROM cats; TABLE handmade; SELECT name FROM toys").await;

    project.revision(
        "c",
        &["b"],
        "ALTER TABLE cats ADD COLUMN born date;",
        "ALTER TABLE cats DROP COLUMN born;",
    );
    // What was accepted is no news, and it was tried on what is there.
    let plan = project.plan();
    let text = project.read(plan.join("plan.json"));
    says(&text, &["\"divergence\": [", "ALTER TABLE public.cats ADD COLUMN by_hand text"]);
    project.enact(&["verify", "--recompile", plan.as_str()]).success();
    project.enact(&["apply", plan.as_str()]).success();
    database.run("SELECT by_hand, born FROM cats").await;

    // What became of it under the plan is accepted with it.
    project.revision("d", &["c"], "CREATE TABLE more ();", "DROP TABLE more;");
    let plan = project.plan();
    says(&project.read(plan.join("plan.md")), &["`table public.cats`", "`index public.quick`"]);
    project.enact(&["apply", plan.as_str()]).success();

    project.revision("e", &["d"], "CREATE TABLE handmade ();", "DROP TABLE handmade;");
    let said = project.enact(&["plan"]).refused(4, "drift-in-the-way").stderr;
    says(&said, &["revision `e` changes table public.handmade", "bring the object back"]);
}

#[tokio::test]
async fn an_irreversible_revision_on_the_way_down_is_named() {
    let database = fresh_database("down").await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE cats ();", "DROP TABLE cats;");
    project.revision("b", &["a"], "CREATE TABLE toys ();", "");
    project.revision("c", &["b"], "CREATE TABLE visits ();", "DROP TABLE visits;");
    project.enact(&["upgrade"]).success();
    let said = project.enact(&["plan", "--downgrade", "base"]).refused(6, "irreversible").stderr;
    says(&said, &["revision `b` has no down part", "revisions/b_make_b.sql"]);
    let down = project.plan_with(&["--downgrade", "-1"]);
    says(
        &project.read(down.join("plan.md")),
        &["# Downgrade `dev`: c → b", "all rows of `public.visits`"],
    );
    project.enact(&["apply", down.as_str()]).success();
    assert_eq!(project.enact(&["current"]).success().stdout, "b\n");
}

#[tokio::test]
async fn a_revision_that_was_edited_after_it_was_applied_is_told_apart_by_what_changed() {
    let database = fresh_database("edited").await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE cats (id int);", "DROP TABLE cats;");
    project.enact(&["upgrade"]).success();
    project.revision("b", &["a"], "CREATE TABLE toys ();", "DROP TABLE toys;");

    let text = project.read("revisions/a_make_a.sql");
    project.write(
        "revisions/a_make_a.sql",
        text.replace("CREATE", "create").replace("id int", "id /* ! */\n  int"),
    );
    let status = project.enact(&["status"]).success();
    says(&status.stderr, &["warning[revision-edited]", "comments, layout, header or down part"]);
    let plan = project.plan();
    says(&project.read(plan.join("plan.md")), &["**revision-edited**"]);
    project.enact(&["verify", "--recompile", plan.as_str()]).success();

    project.write("revisions/a_make_a.sql", text.replace("id int", "id bigint"));
    let status = project.enact(&["status", "--exit-code"]).exits(1);
    says(&status.stderr, &["error[revision-edited]", "the SQL of revision `a` was edited"]);
    let said = project.enact(&["plan"]).refused(3, "revision-edited").stderr;
    says(&said, &["the SQL of revision `a` was edited after it was applied", "restore the file"]);
}

#[tokio::test]
async fn a_role_that_a_revision_makes_is_made_again_on_the_shadow() {
    let database = fresh_database("makes_role").await;
    let project = Project::new(&database);
    project.revision(
        "a",
        &[],
        "CREATE ROLE \"pipeline made\";\nCREATE TABLE cats ();\nGRANT SELECT ON cats TO \"pipeline made\";",
        "DROP TABLE cats;\nDROP ROLE \"pipeline made\";",
    );
    project.enact(&["upgrade"]).success();
    project.revision(
        "b",
        &["a"],
        "GRANT INSERT ON cats TO \"pipeline made\";",
        "REVOKE INSERT ON cats FROM \"pipeline made\";",
    );
    let plan = project.plan();
    project.enact(&["verify", "--recompile", plan.as_str()]).success();
    project.enact(&["apply", plan.as_str()]).success();
    project.enact(&["downgrade", "base", "--yes"]).success();
}
