//! `plan.sql` for break-glass: psql runs it instead of enact, and nobody can tell afterwards.

use camino::Utf8Path;

use crate::postgres::{TestDatabase, fresh_database};
use crate::project::Project;

use super::{dumped, psql};

/// What must be so after psql ran a plan's script, as if enact had applied it.
#[track_caller]
fn stands_as_applied(project: &Project) {
    project.enact(&["ledger", "verify"]).success();
    let status = project.enact(&["status", "--exit-code"]).success();
    assert!(status.stdout.contains("Pending      none"), "{}", status.stdout);
}

#[track_caller]
fn run_script(database: &TestDatabase, project: &Project, plan: &Utf8Path, options: &[&str]) {
    let script = project.read(plan.join("plan.sql"));
    psql(database, options, &script).unwrap_or_else(|said| panic!("{said}"));
}

/// A dump of everything, enact's tables and Alembic's with it.
fn everything(database: &TestDatabase) -> String {
    let output = database.tool("pg_dump").output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let same_each_time = |line: &&str| !line.contains("restrict ");
    text.lines().filter(same_each_time).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn psql_runs_the_script_and_enact_goes_on_from_there() {
    let database = fresh_database("script").await;
    let project = Project::new(&database);
    project.revision(
        "a",
        &[],
        "CREATE TABLE cats (id int PRIMARY KEY, name text);\nCREATE INDEX CONCURRENTLY cats_name ON cats (name);\n\
         INSERT INTO cats VALUES (1, 'Tom');",
        "DROP TABLE cats;",
    );
    project.revision("b", &["a"], "ALTER TABLE cats ADD born date;", "ALTER TABLE cats DROP born;");
    let plan = project.plan();
    run_script(&database, &project, &plan, &[]);
    stands_as_applied(&project);
    project.enact(&["apply", plan.as_str()]).refused(4, "plan-consumed");

    let before = everything(&database);
    let script = project.read(plan.join("plan.sql"));
    let again = psql(&database, &[], &script).unwrap_err();
    assert!(again.contains("stale-ledger"), "{again}");
    assert_eq!(everything(&database), before);

    // Up by enact, down by the script, up by enact again.
    project.revision("c", &["b"], "CREATE TABLE dogs ();", "DROP TABLE dogs;");
    let next = project.plan();
    project.enact(&["apply", next.as_str()]).success();
    let down = project.plan_with(&["--downgrade", "a"]);
    run_script(&database, &project, &down, &[]);
    assert_eq!(project.enact(&["current"]).success().stdout, "a\n");
    project.enact(&["upgrade"]).success();
    stands_as_applied(&project);
    let last = project.plan_with(&["--downgrade", "base"]);
    run_script(&database, &project, &last, &[]);
    project.enact(&["ledger", "verify"]).success();
    assert_eq!(dumped(&database), dumped(&fresh_database("script").await));
}

#[tokio::test]
async fn the_script_says_to_psql_exactly_what_enact_says_to_the_server() {
    let (by_enact, by_psql) = (fresh_database("words").await, fresh_database("words").await);
    let up = r#"
CREATE TABLE "odd ""names""; --" (text text, at timestamptz, "Ünïcode" text);
INSERT INTO "odd ""names""; --" (text) VALUES
    ('it''s \n a backslash'), (E'it\'s \n a line\\'), ($q$ $$ \d :x ' $q$), ('$enact$'), (U&'\00e9'),
    (':x :''x'' :"x"'), ('\set x 1'), ('{{ braces }} {% raw %}'), ('é 猫 '' ;'), ('-- no comment'), ('/* none */');
INSERT INTO "odd ""names""; --" (at) VALUES ('2024-07-01 12:00'), ('02/03/2024 12:00');
INSERT INTO "odd ""names""; --" (text) SELECT ('{a,b,c}'::text[])[1:x]::text FROM (VALUES (2)) AS of (x);
CREATE TABLE days (at timestamptz) PARTITION BY RANGE (at);
CREATE TABLE days_of_2024 PARTITION OF days FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE FUNCTION colon() RETURNS text LANGUAGE plpgsql AS $enact$
DECLARE x int := 1; words text[] := '{a,b}';
BEGIN
    RETURN words[1:x]::text || ':x' || $$\q$$;
END
$enact$;
SELECT 1 -- a comment without an end
;
CREATE INDEX CONCURRENTLY ON "odd ""names""; --" (text) WHERE text <> 'é:x\';
INSERT INTO "odd ""names""; --" ("Ünïcode") VALUES ('ß'); /* the last one */
"#;
    for database in [&by_enact, &by_psql] {
        database
            .run(&format!(
                "ALTER DATABASE {name} SET standard_conforming_strings = off;
                 ALTER DATABASE {name} SET timezone = 'America/New_York';
                 ALTER DATABASE {name} SET datestyle = 'SQL, DMY';
                 ALTER DATABASE {name} SET statement_timeout = '1h'",
                name = database.name
            ))
            .await;
        let project = Project::new(database);
        project.revision("a", &[], up, "");
        let plan = project.plan();
        if database.name == by_enact.name {
            project.enact(&["apply", plan.as_str()]).success();
        } else {
            let hostile = ["-v", "x=oops", "-v", "enact=oops", "--set=ENCODING=LATIN1"];
            let script = project.read(plan.join("plan.sql"));
            let script = format!("\\encoding LATIN1\n{script}");
            psql(database, &hostile, &script).unwrap_or_else(|said| panic!("{said}"));
        }
        stands_as_applied(&project);
    }
    assert_eq!(dumped(&by_enact), dumped(&by_psql));
    let rows = "SET timezone = 'UTC'; TABLE \"odd \"\"names\"\"; --\"; SELECT colon();";
    let (enact, psql) = (psql(&by_enact, &[], rows).unwrap(), psql(&by_psql, &[], rows).unwrap());
    assert_eq!(enact, psql);
    // Whatever the database is set to, a text has one meaning: UTC, and the month first.
    assert!(enact.contains("01/07/2024 12:00:00 UTC"), "{enact}");
    assert!(enact.contains("03/02/2024 12:00:00 UTC"), "{enact}");
}

#[tokio::test]
async fn a_script_that_stops_half_way_leaves_whole_stages() {
    let database = fresh_database("half").await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE cats (id int);", "DROP TABLE cats;");
    project.revision("b", &["a"], "CREATE UNIQUE INDEX ON cats (id);", "");
    let plan = project.plan();
    let script = project.read(plan.join("plan.sql"));
    // Rows come between the stages, and the second cannot be.
    let (first, second) = script.split_once("\\echo 'stage 2 of 2").unwrap();
    let failed =
        format!("{first}INSERT INTO public.cats VALUES (1), (1);\n\\echo 'stage 2 of 2{second}");
    let said = psql(&database, &[], &failed).unwrap_err();
    assert!(said.contains("could not create unique index"), "{said}");
    assert_eq!(project.enact(&["current"]).success().stdout, "a\n");
    project.enact(&["ledger", "verify"]).success();
    database.run("DELETE FROM cats").await;
    // enact goes on with the same plan where psql stopped.
    project.enact(&["apply", plan.as_str()]).success();
    stands_as_applied(&project);
}
