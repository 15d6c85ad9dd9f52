//! What people read of a plan: `plan.md`, and `show` on a terminal.

use std::fmt::Write as _;

use snapbox::assert_data_eq;

use crate::postgres::fresh_database;
use crate::project::Project;

/// What is new in each run, put in words.
fn settled(text: &str, project: &Project, plan: &serde_json::Value) -> String {
    let text_of = |pointer: &str| match plan.pointer(pointer) {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => panic!("the plan has no {pointer}"),
    };
    let mut text = text.replace(project.path().as_str(), "[folder]");
    for (pointer, word) in [
        ("/target/database", "[database]"),
        ("/target/target_id", "[target id]"),
        ("/target/system_identifier", "[cluster]"),
        ("/observation/server_version", "[version]"),
        ("/created", "[now]"),
        ("/not_after", "[later]"),
        ("/target/database_oid", "[oid]"),
    ] {
        text = text.replace(&text_of(pointer), word);
    }
    // Digests: whole, and the first eight digits.
    let mut settled = String::new();
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let is_digest = [8, 64].contains(&digits.len())
            && digits.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
        let word = if is_digest { word.replace(digits, "[digest]") } else { word.to_owned() };
        let _ = write!(settled, "{word}");
    }
    settled
}

#[tokio::test]
async fn the_first_lines_tell_what_is_locked_and_what_is_lost() {
    let database = fresh_database("reading").await;
    let project = Project::new(&database);
    project.revision(
        "a",
        &[],
        "CREATE TABLE cats (id int PRIMARY KEY, name text, weight int, old text);
CREATE TABLE visits (id serial PRIMARY KEY, cat int REFERENCES cats, note text);
CREATE TABLE log (line text);
CREATE TABLE archive (line text);
CREATE SEQUENCE numbers;
CREATE MATERIALIZED VIEW per_cat AS SELECT cat, count(*) FROM visits GROUP BY cat;
CREATE VIEW heavy AS SELECT * FROM log;
INSERT INTO cats SELECT n, 'cat ' || n, n FROM generate_series(1, 12000) AS n;
INSERT INTO visits (cat, note) SELECT n, 'fine' FROM generate_series(1, 3000) AS n;
INSERT INTO log SELECT 'line ' || n FROM generate_series(1, 500) AS n;",
        "",
    );
    project.enact(&["upgrade"]).success();
    database.run("ANALYZE").await;
    project.revision(
        "b",
        &["a"],
        "ALTER TABLE cats ALTER COLUMN weight TYPE bigint;
ALTER TABLE cats DROP COLUMN old;
UPDATE cats SET name = upper(name);
DELETE FROM visits WHERE cat > 100;
TRUNCATE log;
DROP TABLE visits CASCADE;
DROP SEQUENCE numbers;
CREATE TABLE toys (id int PRIMARY KEY, cat int NOT NULL);
ALTER TABLE toys ADD COLUMN name text NOT NULL;
CREATE INDEX toys_name_idx ON toys (name);
INSERT INTO toys SELECT id, id, name FROM cats;
UPDATE toys SET name = 'ball';",
        "",
    );
    project.revision(
        "c",
        &["b"],
        "CREATE INDEX CONCURRENTLY cats_name_idx ON cats (name);",
        "DROP INDEX cats_name_idx;",
    );
    let path = project.plan();
    let plan: serde_json::Value =
        serde_json::from_str(&project.read(path.join("plan.json"))).unwrap();
    let markdown = project.read(path.join("plan.md"));
    assert_data_eq!(settled(&markdown, &project, &plan), snapbox::file!["reading.md"].raw());
    let shown = project.enact(&["show", path.as_str()]).success().stdout;
    assert_data_eq!(settled(&shown, &project, &plan), snapbox::file!["reading.txt"].raw());

    // What a reviewer sees first is what matters.
    let first: Vec<&str> = markdown.lines().take(10).collect();
    for needed in ["ACCESS EXCLUSIVE", "`public.cats.old`", "**Rewritten:** `public.cats`"] {
        assert!(first.iter().any(|line| line.contains(needed)), "{needed} is not in {first:?}");
    }
    let coloured = project.enact(&["show", path.as_str(), "--color", "always"]).success().stdout;
    assert!(coloured.contains("\u{1b}["));
    assert_eq!(without_colours(&coloured), shown);
}

#[tokio::test]
async fn what_is_lost_deep_in_a_statement_is_lost_too() {
    let database = fresh_database("losses").await;
    let project = Project::new(&database);
    project.revision(
        "a",
        &[],
        "CREATE TABLE cats (id int PRIMARY KEY, name text);
CREATE TABLE \"Toys\" (cat int REFERENCES cats ON DELETE CASCADE);
CREATE TABLE archive (id int PRIMARY KEY, name text);",
        "",
    );
    project.enact(&["upgrade"]).success();
    project.revision(
        "b",
        &["a"],
        "INSERT INTO cats VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET name = excluded.name;
INSERT INTO cats VALUES (1, 'a') ON CONFLICT DO NOTHING;
WITH gone AS (DELETE FROM \"Toys\" RETURNING cat) INSERT INTO archive SELECT cat FROM gone;
WITH new AS (UPDATE cats SET name = 'b' RETURNING *) SELECT count(*) FROM new;
WITH gone AS (DELETE FROM archive RETURNING *), new AS (UPDATE cats SET name = 'b')
    INSERT INTO \"Toys\" SELECT id FROM gone;
WITH new AS (INSERT INTO archive VALUES (1, 'a') RETURNING *) SELECT count(*) FROM new;
CREATE TABLE old AS WITH gone AS (DELETE FROM archive RETURNING *) SELECT * FROM gone;
MERGE INTO cats USING archive AS a ON a.id = cats.id WHEN MATCHED THEN DELETE;
MERGE INTO cats USING archive AS a ON a.id = cats.id WHEN NOT MATCHED THEN INSERT VALUES (a.id);
DELETE FROM cats;",
        "",
    );
    let plan = project.plan();
    let plan: serde_json::Value =
        serde_json::from_str(&project.read(plan.join("plan.json"))).unwrap();
    let mut losses = String::new();
    for step in plan["stages"][0]["steps"].as_array().unwrap() {
        for loss in step["loses"].as_array().unwrap() {
            let _ = writeln!(losses, "{} {}", step["number"], loss.as_str().unwrap());
        }
    }
    assert_data_eq!(
        losses.replace(" (about 0 rows, 0 bytes)", ""),
        snapbox::str![[r#"
1 former values of rows in `public.cats` (rows unknown, 8.0 kB)
3 rows of `public."Toys"` (rows unknown, 0 bytes)
4 former values of rows in `public.cats` (rows unknown, 8.0 kB)
5 rows of `public.archive` (rows unknown, 8.0 kB)
5 former values of rows in `public.cats` (rows unknown, 8.0 kB)
7 rows of `public.archive` (rows unknown, 8.0 kB)
8 rows of `public.cats` (rows unknown, 8.0 kB)
10 rows of `public."Toys"` (rows unknown, 0 bytes), `public.cats` (rows unknown, 8.0 kB)

"#]]
    );
}

/// The text between the escape sequences.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let plain = parts.next().unwrap_or_default().to_owned();
    parts.fold(plain, |plain, part| plain + part.split_once('m').map_or("", |(_, rest)| rest))
}

#[tokio::test]
async fn the_projects_own_template_is_rendered_and_verified() {
    let database = fresh_database("template").await;
    let project = Project::new(&database);
    project.config("[project]\ntemplates = \"ours\"\n[env.dev]\nurl_env = \"DATABASE_URL\"\n");
    project.revision("a", &[], "CREATE TABLE cats ();", "DROP TABLE cats;");
    let own = "{{ plan.environment }} to {{ to }}: {{ summary.created }} created\n";
    project.write("ours/plan.md.j2", own);
    let plan = project.plan();
    assert_eq!(project.read(plan.join("plan.md")), "dev to a: 1 created\n");
    assert!(project.read(plan.join("plan.sql")).contains("CREATE TABLE cats ()\n;"));
    project.enact(&["verify", plan.as_str()]).success();
    project.write("ours/plan.md.j2", "{{ plan.enviroment }}");
    project.enact(&["verify", plan.as_str()]).refused(2, "template-invalid");
    project.enact(&["show", "--format", "md", plan.as_str()]).refused(2, "template-invalid");
    // What is executed does not depend on how it is read.
    project.enact(&["apply", plan.as_str()]).success();
}
