//! Databases that nobody tracks: located, stamped and upgraded, or told what differs.

use std::path::Path;

use crate::postgres::{TestDatabase, fresh_database};
use crate::project::Project;

pub(super) const LEVELS: [&str; 3] =
    ["001_initial_schema", "002_cat_recognition", "003_activity_features"];
const ROW: &str =
    "INSERT INTO cat_profiles (name, created_timestamp) VALUES ('Minka', '2024-01-01')";

/// The example's revisions by id, with their up parts.
fn cats() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("revisions");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read_to_string(path).unwrap())
    };
    files.iter().map(read).collect()
}

fn up_part(text: &str) -> &str {
    let (_, up) = text.split_once("-- migrate:up\n").unwrap();
    up.split_once("-- migrate:down\n").map_or(up, |(up, _)| up)
}

/// A project with the example's revisions, and a database that psql has left at a level, with rows.
pub(super) async fn at_level(level: usize, then: &str) -> (Project, TestDatabase) {
    let database = fresh_database("cats").await;
    for (_, text) in cats().iter().take(level) {
        database.run(up_part(text)).await;
    }
    database.run(ROW).await;
    database.run(then).await;
    let project = Project::new(&database);
    for (name, text) in cats() {
        project.write(&format!("revisions/{name}"), text);
    }
    (project, database)
}

async fn rows(database: &TestDatabase) -> i64 {
    let sql = "SELECT count(*) FROM cat_profiles WHERE name = 'Minka'";
    database.session().client().query_one(sql, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn cats_at_each_level_are_located_stamped_and_upgraded() {
    assert_eq!(cats().len(), LEVELS.len());
    for (level, id) in (1..).zip(LEVELS) {
        let (project, database) = at_level(level, "").await;
        let detected = project.enact(&["detect-state", "--format", "json"]).success().json();
        assert_eq!(detected["state"], "legacy", "{detected}");
        assert_eq!(detected["exact"], serde_json::json!([[id]]), "{detected}");
        assert_eq!(detected["candidates"], 4);
        project.enact(&["detect-state", "--exit-code"]).exits(1);

        let run = project.enact(&["handle-legacy"]).success();
        assert!(run.stderr.contains(&format!("stamped: base → {id}")), "{run}");
        assert_eq!(project.enact(&["current"]).success().stdout, format!("{} (head)\n", LEVELS[2]));
        assert_eq!(rows(&database).await, 1);
        project.enact(&["ledger", "verify"]).success();
        let entry = "SELECT convert_from(payload, 'UTF8') FROM enact.ledger WHERE seq = 1";
        let entry: String = database.session().client().query_one(entry, &[]).await.unwrap().get(0);
        let entry: serde_json::Value = serde_json::from_str(&entry).unwrap();
        assert_eq!(entry["kind"], "plan");
        assert_eq!(entry["located"]["exact"], serde_json::json!([[id]]));
        assert_eq!(entry["located"]["fingerprint"], detected["fingerprint"]);
        assert_eq!(entry["located"]["candidates"], 4);

        let managed = project.enact(&["detect-state", "--exit-code"]).success();
        assert!(managed.stdout.contains("managed"), "{managed}");
        project.enact(&["handle-legacy"]).success();
    }
}

#[tokio::test]
async fn what_differs_from_the_nearest_revision_is_told() {
    let changes = [
        ("ALTER TABLE cat_profiles DROP COLUMN breed", "~ table public.cat_profiles"),
        ("CREATE TABLE strays (id int)", "+ table public.strays"),
        ("ALTER TABLE cat_profiles ALTER breed TYPE text", "column \"breed\": type"),
        ("DROP INDEX idx_feedback_type", "- index public.idx_feedback_type"),
    ];
    for (level, id) in (1..).zip(LEVELS) {
        for (change, told) in changes {
            let (project, _database) = at_level(level, change).await;
            let detected = project.enact(&["detect-state", "--format", "json"]).success().json();
            assert_eq!(detected["state"], "partial", "{change}: {detected}");
            assert_eq!(detected["nearest"][0]["heads"], serde_json::json!([id]), "{change}");
            assert_eq!(detected["nearest"][0]["objects"].as_array().unwrap().len(), 1, "{change}");
            let text = project.enact(&["detect-state"]).success().stdout;
            assert!(text.contains(told), "{told} in:\n{text}");
            assert!(text.contains("enact handle-legacy --env dev"), "{text}");
        }
    }
}

#[tokio::test]
async fn objects_that_are_not_ours_can_be_left_out() {
    let strays = "CREATE TABLE strays (id serial PRIMARY KEY)";
    let (project, database) = at_level(2, strays).await;
    let all = ["--ignore", "*.strays*"];
    let run = project.enact(&[&["detect-state", "--format", "json"], &all[..]].concat()).success();
    assert_eq!(run.json()["state"], "legacy", "{run}");
    project.config("[project]\nignore = [\"table public.strays\", \"sequence public.strays_id_seq\"]\n[env.dev]\nurl_env = \"DATABASE_URL\"\n");
    project.enact(&["handle-legacy"]).success();
    assert_eq!(project.enact(&["current"]).success().stdout, format!("{} (head)\n", LEVELS[2]));
    database.run("TABLE strays").await;
}

#[tokio::test]
async fn looking_needs_no_right_to_write_and_writes_nothing() {
    let (project, database) = at_level(2, "CREATE TABLE strays (id int)").await;
    database.run("CREATE ROLE cats_onlooker LOGIN; ALTER ROLE cats_onlooker SET default_transaction_read_only = on").await;
    let dump = || {
        let output = database.tool("pg_dump").output().unwrap();
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        // Recent versions put a word of chance into every dump.
        let lines = text.lines().filter(|line| !line.contains("restrict "));
        lines.collect::<Vec<_>>().join("\n")
    };
    let before = dump();
    let url = database.url.replace("postgresql://postgres@", "postgresql://cats_onlooker@");
    assert_ne!(url, database.url);
    let run = project.enact(&["--url", &url, "detect-state"]).success();
    assert!(run.stdout.contains("partial"), "{run}");
    assert_eq!(dump(), before);
}

#[tokio::test]
async fn extensions_and_an_empty_version_table_leave_a_database_fresh() {
    let database = fresh_database("fresh").await;
    database
        .run(
            "CREATE EXTENSION pg_stat_statements; CREATE SCHEMA app;
             CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))",
        )
        .await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE cats ();", "");
    let detected = project.enact(&["detect-state", "--format", "json"]).success().json();
    assert_eq!(detected["state"], "fresh", "{detected}");
    assert_eq!(detected["exact"], serde_json::json!([]));
}

#[tokio::test]
async fn of_several_equal_revisions_a_person_chooses() {
    let make = async || {
        let database = fresh_database("several").await;
        database.run("CREATE TABLE cats (name text)").await;
        let project = Project::new(&database);
        project.revision("a", &[], "CREATE TABLE cats (name text);", "");
        project.revision("b", &["a"], "INSERT INTO cats VALUES ('Tom');", "");
        project.revision("c", &["b"], "CREATE TABLE dogs ();", "");
        (project, database)
    };
    let (project, database) = make().await;
    let detected = project.enact(&["detect-state", "--format", "json"]).success().json();
    assert_eq!(detected["exact"], serde_json::json!([["a"], ["b"]]));
    project.enact(&["handle-legacy"]).refused(2, "location-ambiguous");
    project.enact(&["handle-legacy", "--at", "c"]).refused(4, "location-unknown");
    project.enact(&["handle-legacy", "--choose", "oldest"]).success();
    let count = "SELECT count(*) FROM cats";
    let cats = async |database: &TestDatabase| -> i64 {
        database.session().client().query_one(count, &[]).await.unwrap().get(0)
    };
    assert_eq!(cats(&database).await, 1);
    let (project, database) = make().await;
    project.enact(&["handle-legacy", "--choose", "newest", "--stamp-only"]).success();
    assert_eq!(project.enact(&["current"]).success().stdout, "b\n");
    assert_eq!(cats(&database).await, 0);
    let (project, _) = make().await;
    project.enact(&["handle-legacy", "--at", "a", "--stamp-only"]).success();
    assert_eq!(project.enact(&["current"]).success().stdout, "a\n");
}

#[tokio::test]
async fn a_branch_alone_is_a_candidate() {
    let database = fresh_database("branch").await;
    database.run("CREATE TABLE a (); CREATE TABLE c (); CREATE TABLE d ()").await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE a ();", "");
    project.revision("b", &["a"], "CREATE TABLE b ();", "");
    project.revision("c", &["a"], "CREATE TABLE c ();", "");
    project.revision("d", &["c"], "CREATE TABLE d ();", "");
    project.revision("m", &["b", "d"], "CREATE TABLE m ();", "");
    let detected = project.enact(&["detect-state", "--format", "json"]).success().json();
    assert_eq!(detected["exact"], serde_json::json!([["d"]]), "{detected}");
    // Nothing; a; b; b and c; b and d; m; and c and d alone.
    assert_eq!(detected["candidates"], 8);
    project.enact(&["handle-legacy"]).success();
    assert_eq!(project.enact(&["current"]).success().stdout, "m (head) (mergepoint)\n");
}
