//! Databases that nobody tracks are taken over: the example's at each of its levels, whole and damaged, with
//! rows in every table, which are the same afterwards.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::locate::{LEVELS, at_level};
use crate::pipeline::{dumped, psql};
use crate::postgres::{TestDatabase, fresh_database};
use crate::project::Project;

/// Rows for the tables of each level.
const ROWS: [&str; 3] = [
    "INSERT INTO cat_profiles (name, breed, favorite_activities, created_timestamp, total_detections, average_confidence)
         VALUES ('Tom', 'Manx', '[\"sleeping\"]', '2024-01-02', 7, 0.75);
     INSERT INTO feedback (feedback_id, image_filename, image_path, original_detections, user_annotations, feedback_type, timestamp, user_id)
         VALUES ('f1', 'a.jpg', '/a.jpg', '{}', '[1]', 'correction', '2024-01-03', '42');
     INSERT INTO detection_results (source_name, detected, count, confidence, detections, total_animals, timestamp)
         SELECT 'door', true, n, 0.5, '[]', n, '2024-01-04' FROM generate_series(1, 3) AS n",
    "INSERT INTO cat_features (cat_name, feature_vector, quality_score) VALUES ('Tom', '{0.1,0.2}', 0.9);
     INSERT INTO cat_recognition_models (model_name, model_path, feature_extractor, cats_included) VALUES ('m', '/m', 'x', '{Tom}')",
    "INSERT INTO activity_features (detection_result_id, cat_index, speed) VALUES (2, 1, 3.5);
     INSERT INTO activity_models (model_name, model_path, model_type) VALUES ('a', '/a', 't');
     INSERT INTO migration_history (migration_name) VALUES ('by hand')",
];

/// What becomes of a damaged database.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// It is at a revision.
    Located,
    /// It is repaired, and exactly what the revisions make.
    Repaired,
    /// It is repaired but for what is kept.
    Kept(&'static str),
    /// It is left alone, and this is why.
    Refused(&'static str),
}

/// At every level.
const DAMAGES: [(&str, End); 6] = [
    ("", End::Located),
    // A column in the midst of a table that 002 changes.
    ("ALTER TABLE detection_results DROP COLUMN image_array_hash", End::Kept("column order")),
    (
        "CREATE TABLE strays (id serial PRIMARY KEY, name text); INSERT INTO strays (name) VALUES ('x')",
        End::Kept("table public.strays"),
    ),
    ("ALTER TABLE cat_profiles ALTER breed TYPE varchar(40)", End::Repaired),
    (
        "ALTER TABLE cat_profiles ALTER average_confidence TYPE numeric",
        End::Refused("type double precision of column average_confidence: digits"),
    ),
    ("DROP TABLE feedback", End::Repaired),
];

/// At one level each.
const MORE_DAMAGES: [&[(&str, End)]; 3] = [
    &[
        ("ALTER TABLE cat_profiles DROP COLUMN updated_at CASCADE", End::Repaired),
        ("ALTER TABLE feedback ALTER user_id TYPE integer USING user_id::integer", End::Repaired),
        (
            "ALTER TABLE cat_profiles ADD CHECK (total_detections < 10)",
            End::Refused("+ constraint public.cat_profiles.cat_profiles_total_detections_check"),
        ),
    ],
    &[
        ("ALTER TABLE cat_profiles ALTER total_detections TYPE smallint", End::Repaired),
        (
            "ALTER TABLE cat_profiles ALTER total_detections TYPE text",
            End::Refused("type integer of column total_detections: the spelling"),
        ),
    ],
    &[
        ("ALTER TABLE cat_profiles ALTER breed TYPE text", End::Repaired),
        (
            "ALTER TABLE cat_profiles ADD COLUMN mood text DEFAULT 'good'",
            End::Refused("the removal of column mood"),
        ),
    ],
];

/// The rows of every table of schema `public`, in the columns that were there at first.
struct Rows(BTreeMap<String, (String, String)>);

impl Rows {
    async fn of(database: &TestDatabase) -> Self {
        let sql = "SELECT table_name::text, string_agg(format('coalesce(%I::text, ''NULL'')', column_name), ', ' ORDER BY column_name)
                   FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version' GROUP BY 1";
        let mut rows = BTreeMap::new();
        for row in database.session().client().query(sql, &[]).await.unwrap() {
            let (table, columns): (String, String) = (row.get(0), row.get(1));
            let there = read(database, &table, &columns).await;
            rows.insert(table, (columns, there));
        }
        Self(rows)
    }

    /// Compares with what is there now.
    async fn are_the_same(&self, database: &TestDatabase, case: &str) {
        for (table, (columns, rows)) in &self.0 {
            assert_eq!(read(database, table, columns).await, *rows, "{table} after {case}");
        }
    }
}

async fn read(database: &TestDatabase, table: &str, columns: &str) -> String {
    let sql = format!(
        "SELECT coalesce(string_agg(r, E'\\n' ORDER BY r), '') FROM (SELECT concat_ws('|', {columns}) FROM {table}) AS t (r)"
    );
    database.session().client().query_one(&sql, &[]).await.unwrap().get(0)
}

async fn versions(database: &TestDatabase) -> Vec<String> {
    let sql = "SELECT version_num FROM alembic_version ORDER BY 1";
    let rows = database.session().client().query(sql, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// A database at a level, with rows in its tables, and damaged.
async fn damaged(level: usize, damage: &str) -> (Project, TestDatabase, Rows) {
    let then: Vec<&str> = ROWS[..level].iter().copied().chain([damage]).collect();
    let (project, database) = at_level(level, &then.join(";\n")).await;
    let rows = Rows::of(&database).await;
    (project, database, rows)
}

/// Whether the database is the project's own, at the head, as the ledger and a doctor tell it.
#[track_caller]
fn is_managed(project: &Project) {
    assert_eq!(project.enact(&["current"]).success().stdout, format!("{} (head)\n", LEVELS[2]));
    project.enact(&["ledger", "verify"]).success();
    project.enact(&["doctor"]).success();
    project.enact(&["ensure", "--check"]).success();
}

async fn every_damage_at(level: usize) {
    for &(damage, end) in DAMAGES.iter().chain(MORE_DAMAGES[level - 1]) {
        let case = format!("`{damage}` at {}", LEVELS[level - 1]);
        let (project, database, rows) = damaged(level, damage).await;
        let detected = project.enact(&["detect-state", "--format", "json"]).success().json();
        let at = serde_json::json!([LEVELS[level - 1]]);
        if end == End::Located {
            assert_eq!(detected["exact"], serde_json::json!([at]), "{case}: {detected}");
        } else {
            assert_eq!(detected["nearest"][0]["heads"], at, "{case}: {detected}");
        }
        if let End::Refused(why) = end {
            let before = detected["fingerprint"].clone();
            let run = project.enact(&["ensure"]).refused(4, "repair-incomplete");
            assert!(run.stderr.contains(why), "{case}: {run}");
            let after = project.enact(&["detect-state", "--format", "json"]).success().json();
            assert_eq!(after["fingerprint"], before, "{case}");
            project.enact(&["handle-legacy", "--yes", "--allow-drift"]).success();
        } else {
            project.enact(&["ensure"]).success();
        }
        is_managed(&project);
        assert_eq!(versions(&database).await, [LEVELS[2]], "{case}");
        rows.are_the_same(&database, &case).await;
        let drift = project.enact(&["drift"]);
        match end {
            End::Located | End::Repaired => assert_eq!(drift.code, 0, "{case}: {drift}"),
            End::Kept(what) => assert!(drift.stdout.contains(what), "{case}: {drift}"),
            End::Refused(_) => assert!(drift.stdout.contains("cat_profiles"), "{case}: {drift}"),
        }
    }
}

#[tokio::test]
async fn a_database_at_the_first_level_is_taken_over_whatever_is_wrong_with_it() {
    every_damage_at(1).await;
}

#[tokio::test]
async fn a_database_at_the_second_level_is_taken_over_whatever_is_wrong_with_it() {
    every_damage_at(2).await;
}

#[tokio::test]
async fn a_database_at_the_third_level_is_taken_over_whatever_is_wrong_with_it() {
    every_damage_at(3).await;
}

/// The last result that a plan gave, as JSON.
fn plan_of(project: &Project, arguments: &[&str]) -> Utf8PathBuf {
    let all = [&["handle-legacy", "--format", "json"], arguments].concat();
    let answer = project.enact(&all).success().json();
    answer["directory"].as_str().unwrap().into()
}

/// Two people must approve.
fn ask(project: &Project) {
    project.config("[env.dev]\nurl_env = \"DATABASE_URL\"\napprovals = 2\n");
    project.keys(&["alice", "bob"]);
    project.commit("policy");
}

const DAMAGED: &str = "ALTER TABLE detection_results DROP COLUMN image_array_hash; CREATE TABLE strays (); DROP INDEX idx_feedback_type";

#[tokio::test]
async fn where_approvals_are_asked_for_a_plan_takes_over_and_ensure_goes_by_it() {
    let (project, database, rows) = damaged(2, DAMAGED).await;
    ask(&project);
    let said = project.enact(&["ensure"]).refused(4, "database-untracked");
    assert!(said.stderr.contains("enact handle-legacy --env dev"), "{said}");
    let plan = plan_of(&project, &[]);
    assert!(plan.as_str().starts_with("plans/dev/002_cat_recognition-"), "{plan}");
    assert_eq!(project.enact(&["current"]).success().stdout, "");

    let reading = project.read(plan.join("plan.md"));
    for words in [
        "# Take over `dev`: base → 002_cat_recognition",
        "none has its schema",
        "`002_cat_recognition`: 3 objects differ",
        "## Drift that was accepted",
        "`table public.strays`",
        "ADD COLUMN image_array_hash",
        "## Revisions that count as applied",
        "| `001_initial_schema` |",
    ] {
        assert!(reading.contains(words), "{words} in:\n{reading}");
    }
    let verify = ["verify", "--recompile", "--no-approvals", plan.as_str()];
    project.enact(&verify).success();
    project.enact(&["apply", plan.as_str()]).refused(5, "approvals-missing");
    project.enact(&["ensure"]).refused(5, "approvals-missing");
    project.approve(&plan, "alice");
    project.approve(&plan, "bob");
    project.enact(&["verify", plan.as_str()]).success();
    let check = project.enact(&["ensure", "--check"]).exits(1).stdout;
    assert!(
        check.contains(
            "taken over at 002_cat_recognition, repaired by 2 statements, with 2 objects kept"
        ),
        "{check}"
    );

    // The plan after it has yet to be made: what ensure did until then stays.
    let said = project.enact(&["ensure"]).refused(2, "plan-missing");
    assert!(said.stderr.contains("pending: 003_activity_features"), "{said}");
    assert_eq!(versions(&database).await, ["002_cat_recognition"]);
    project.enact(&["apply", plan.as_str()]).refused(4, "plan-consumed");
    // What was accepted is listed again, and refused no more.
    let next = project.plan();
    assert!(project.read(next.join("plan.md")).contains("`table public.strays`"));
    project.enact(&["verify", "--recompile", "--no-approvals", next.as_str()]).success();
    project.approve(&next, "alice");
    project.approve(&next, "bob");
    project.enact(&["ensure"]).success();
    is_managed(&project);
    rows.are_the_same(&database, "an approved repair").await;
    let entry = "SELECT convert_from(payload, 'UTF8') FROM enact.ledger WHERE seq = 1";
    let entry: String = database.session().client().query_one(entry, &[]).await.unwrap().get(0);
    let entry: serde_json::Value = serde_json::from_str(&entry).unwrap();
    assert_eq!(entry["located"]["nearest"][0]["objects"], 3, "{entry}");
    assert_eq!(entry["drift"].as_array().unwrap().len(), 2, "{entry}");
    assert_eq!(entry["approvals"].as_array().unwrap().len(), 2, "{entry}");

    // Something new is news.
    project.revision("004", &[LEVELS[2]], "CREATE TABLE toys ();", "DROP TABLE toys;");
    project.enact(&["plan"]).success();
    database.run("ALTER TABLE strays ADD COLUMN name text").await;
    let said = project.enact(&["plan"]).refused(4, "drift");
    assert!(said.stderr.contains("table public.strays"), "{said}");
    assert!(!said.stderr.contains("detection_results"), "{said}");
}

#[tokio::test]
async fn a_plan_that_adopts_is_stale_when_the_schema_changes_after_it() {
    let (project, database, _) = damaged(1, "").await;
    ask(&project);
    let plan = plan_of(&project, &[]);
    project.approve(&plan, "alice");
    project.approve(&plan, "bob");
    project.enact(&["verify", "--recompile", plan.as_str()]).success();
    database.run("CREATE TABLE strays ()").await;
    project.enact(&["apply", plan.as_str()]).refused(4, "stale-schema");
    database.run("DROP TABLE strays").await;
    project.enact(&["apply", plan.as_str()]).success();
    assert_eq!(versions(&database).await, [LEVELS[0]]);
    // Plain `plan` goes on.
    let next = project.plan();
    assert!(next.as_str().contains("003_activity_features"), "{next}");
}

#[tokio::test]
async fn a_plan_that_adopts_is_what_it_was_compiled_to() {
    let (project, _database, _) = damaged(2, DAMAGED).await;
    ask(&project);
    let plan = plan_of(&project, &[]);
    let path = plan.join("plan.json");
    let text = project.read(&path);
    let recompile = ["verify", "--recompile", "--no-approvals", plan.as_str()];
    let edited = |from: &str, to: &str| {
        assert!(text.contains(from), "{from} in:\n{text}");
        project.write(path.as_str(), text.replacen(from, to, 1));
        for reading in ["plan.md", "plan.sql"] {
            let format = if reading == "plan.md" { "md" } else { "sql" };
            let shown = project.enact(&["show", "--format", format, plan.as_str()]);
            project.write(plan.join(reading).as_str(), shown.stdout);
        }
        project.enact(&recompile)
    };
    let said = edited("CREATE TABLE public.strays", "CREATE TABLE public.others");
    said.refused(4, "not-reproducible");
    let said = edited("CREATE TABLE public.strays ()", "COPY pg_class TO PROGRAM 'true'");
    said.refused(6, "reaches-outside");
    let said = edited("CREATE TABLE public.strays ()", "SELECT 1; SELECT 2");
    said.refused(2, "plan-invalid");
    project.write(path.as_str(), &text);
}

#[tokio::test]
async fn psql_takes_over_by_the_script_as_apply_does() {
    let mut dumps = Vec::new();
    for by_psql in [false, true] {
        let (project, database, rows) = damaged(2, DAMAGED).await;
        ask(&project);
        let plan = plan_of(&project, &[]);
        if by_psql {
            let script = project.read(plan.join("plan.sql"));
            psql(&database, &[], &script).unwrap_or_else(|said| panic!("{said}"));
        } else {
            project.approve(&plan, "alice");
            project.approve(&plan, "bob");
            project.enact(&["apply", plan.as_str()]).success();
        }
        project.enact(&["ledger", "verify"]).success();
        project.enact(&["doctor"]).success();
        assert_eq!(versions(&database).await, [LEVELS[1]]);
        rows.are_the_same(&database, "the script").await;
        dumps.push(dumped(&database));
        // What was accepted by the script's record is accepted, too.
        project.plan();
    }
    assert_eq!(dumps[0], dumps[1]);
}

#[tokio::test]
async fn a_repair_may_keep_its_tables_open() {
    let damage =
        "DROP INDEX idx_feedback_type; ALTER TABLE feedback ALTER image_path DROP NOT NULL";
    let (project, database, rows) = damaged(1, damage).await;
    ask(&project);
    let plan = plan_of(&project, &["--online"]);
    let text = project.read(plan.join("plan.json"));
    assert!(text.contains("CREATE INDEX CONCURRENTLY idx_feedback_type"), "{text}");
    assert!(text.contains("VALIDATE CONSTRAINT image_path_not_null"), "{text}");
    assert!(project.read(plan.join("plan.md")).contains("constraints validated after a commit"));
    project.enact(&["verify", "--recompile", "--no-approvals", plan.as_str()]).success();
    project.approve(&plan, "alice");
    project.approve(&plan, "bob");
    project.enact(&["apply", plan.as_str()]).success();
    assert_eq!(versions(&database).await, [LEVELS[0]]);
    rows.are_the_same(&database, "a repair online").await;
    project.enact(&["drift"]).success();
    project.enact(&["ledger", "verify"]).success();
}

/// A repair in stages that rows stop half-way is neither lost nor taken for done.
#[tokio::test]
async fn a_repair_in_stages_goes_on_where_it_was_stopped() {
    let damage = "DROP INDEX idx_feedback_type; ALTER TABLE feedback ALTER image_path DROP NOT NULL; UPDATE feedback SET image_path = NULL";
    for goes_on in [true, false] {
        let (project, database, rows) = damaged(1, damage).await;
        let online = ["handle-legacy", "--online", "--yes", "--stamp-only"];
        let said = project.enact(&online).refused(10, "stage-partial");
        assert!(said.stderr.contains("the plan is kept: `enact apply --env dev "), "{said}");
        rows.are_the_same(&database, "a repair that was stopped").await;
        let state = project.enact(&["detect-state"]).success();
        assert!(state.stdout.contains("partial"), "{state}");
        database.run("UPDATE feedback SET image_path = '/lost'").await;
        if goes_on {
            let (_, rest) = said.stderr.split_once("`enact apply --env dev ").unwrap();
            let (plan, _) = rest.split_once('`').unwrap();
            project.enact(&["apply", plan]).success();
        } else {
            // What the first stage has made is no revision's.
            let again = project.enact(&online).refused(3, "cannot-verify");
            assert!(again.stderr.contains("image_path_not_null"), "{again}");
            database.run("ALTER TABLE feedback DROP CONSTRAINT image_path_not_null").await;
            project.enact(&online).success();
        }
        assert_eq!(versions(&database).await, [LEVELS[0]]);
        project.enact(&["drift"]).success();
        project.enact(&["ledger", "verify"]).success();
        project.enact(&["ensure"]).success();
        is_managed(&project);
    }
}

#[tokio::test]
async fn rows_that_a_repair_cannot_satisfy_stop_it_and_stay() {
    let damage = "ALTER TABLE feedback ALTER image_path DROP NOT NULL; UPDATE feedback SET image_path = NULL; DROP INDEX idx_feedback_type";
    let (project, database, rows) = damaged(1, damage).await;
    let said = project.enact(&["handle-legacy", "--yes"]).refused(9, "stage-failed");
    assert!(said.stderr.contains("repair-may-fail"), "{said}");
    assert!(said.stderr.contains("contains null values"), "{said}");
    rows.are_the_same(&database, "a repair that failed").await;
    assert_eq!(project.enact(&["current"]).success().stdout, "");
    database.run("UPDATE feedback SET image_path = '/lost'").await;
    project.enact(&["ensure"]).success();
    is_managed(&project);
}

#[tokio::test]
async fn a_goal_can_be_named_and_must_be_where_two_are_equally_near() {
    let database = fresh_database("goals").await;
    database.run("CREATE TABLE cats (name text); CREATE TABLE toys ()").await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE cats (name text, born date);", "");
    project.revision("b", &["a"], "INSERT INTO cats VALUES ('Tom');", "");
    project.revision("c", &["b"], "CREATE TABLE dogs ();", "");
    let said = project.enact(&["ensure"]).refused(2, "location-ambiguous");
    assert!(said.stderr.contains("2 objects differ"), "{said}");
    project.enact(&["handle-legacy", "--yes", "--at", "d"]).refused(2, "revision-unknown");
    project.enact(&["handle-legacy", "--no-input", "--at", "b"]).refused(6, "confirmation-needed");
    project.enact(&["handle-legacy", "--yes", "--stamp-only", "--at", "b"]).success();
    assert_eq!(versions(&database).await, ["b"]);
    database.run("SELECT born FROM cats; TABLE toys").await;
    let cats = "SELECT count(*) FROM cats";
    let cats: i64 = database.session().client().query_one(cats, &[]).await.unwrap().get(0);
    assert_eq!(cats, 0);
    project.enact(&["ensure"]).success();
}

#[tokio::test]
async fn a_database_with_nothing_of_the_revisions_is_not_taken_over() {
    let database = fresh_database("foreign").await;
    database.run("CREATE TABLE invoices (id int)").await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE cats ();", "");
    for command in [&["ensure"][..], &["ensure", "--check"], &["handle-legacy", "--yes"]] {
        let said = project.enact(command).refused(4, "location-unknown");
        assert!(said.stderr.contains("is it the right database?"), "{said}");
    }
    project.enact(&["upgrade", "--allow-drift"]).success();
    project.revision("b", &["a"], "CREATE TABLE toys ();", "");
    // Accepted once is accepted.
    project.enact(&["ensure"]).success();
}

/// A new database has a schema and an extension, which the shadow has too: what is left out is left out on
/// both sides.
#[tokio::test]
async fn what_every_new_database_has_can_be_left_out_of_a_repair() {
    let damage = "ALTER TABLE cat_features DROP COLUMN pose_variant";
    let left_out = ["--ignore", "extension *", "--ignore", "schema public"];
    let (project, database) = at_level(2, damage).await;
    let now = ["handle-legacy", "--yes", "--stamp-only"];
    project.enact(&[&now, &left_out[..]].concat()).success();
    assert_eq!(versions(&database).await, [LEVELS[1]]);

    let (project, _database) = at_level(2, damage).await;
    ask(&project);
    let plan = plan_of(&project, &left_out);
    assert!(!project.read(plan.join("plan.json")).contains("plpgsql"));
    project.enact(&["verify", "--recompile", "--no-approvals", plan.as_str()]).success();
}

#[tokio::test]
async fn several_heads_are_adopted_at_once() {
    let database = fresh_database("heads").await;
    database.run("CREATE TABLE a (); CREATE TABLE b (); CREATE TABLE c (); CREATE INDEX extra ON c ((1))").await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE a ();", "");
    project.revision("b", &["a"], "CREATE TABLE b ();", "");
    project.revision("c", &["a"], "CREATE TABLE c ();", "");
    project.enact(&["handle-legacy", "--yes"]).success();
    assert_eq!(versions(&database).await, ["b", "c"]);
    project.enact(&["ledger", "verify"]).success();
    project.enact(&["ensure", "--check"]).success();
}

#[tokio::test]
async fn a_part_of_a_later_revision_makes_that_revision_the_goal() {
    // 003 begins with this table, and its indexes: a person stopped there.
    let begun = "CREATE TABLE activity_models (id serial PRIMARY KEY, model_name varchar NOT NULL UNIQUE, model_path varchar NOT NULL,
                 model_type varchar NOT NULL, feature_types varchar[], activities_included varchar[],
                 created_timestamp timestamp DEFAULT CURRENT_TIMESTAMP, validation_accuracy double precision, is_active boolean,
                 training_samples integer, feature_importance jsonb);
                 INSERT INTO activity_models (model_name, model_path, model_type) VALUES ('a', '/a', 't')";
    let (project, database, rows) = damaged(2, begun).await;
    let detected = project.enact(&["detect-state", "--format", "json"]).success().json();
    assert_eq!(detected["nearest"][0]["heads"], serde_json::json!([LEVELS[2]]), "{detected}");
    let text = project.enact(&["detect-state"]).success().stdout;
    assert!(text.contains("as a later revision makes them"), "{text}");
    project.enact(&["ensure"]).success();
    is_managed(&project);
    rows.are_the_same(&database, "a part of 003").await;
    project.enact(&["drift"]).success();
}

#[tokio::test]
async fn what_a_later_revision_does_to_rows_is_not_skipped_unasked() {
    let make = async || {
        let database = fresh_database("skipped").await;
        database.run("CREATE TABLE cats (name text); CREATE TABLE toys ()").await;
        let project = Project::new(&database);
        project.revision("a", &[], "CREATE TABLE cats (name text);", "");
        let up = "CREATE TABLE toys ();\nCREATE TABLE x ();\nCREATE TABLE y ();\nINSERT INTO cats VALUES ('Tom');";
        project.revision("b", &["a"], up, "");
        (project, database)
    };
    let (project, _database) = make().await;
    let said = project.enact(&["ensure"]).refused(2, "location-ambiguous");
    assert!(said.stderr.contains("revision `b` may change rows"), "{said}");
    project.enact(&["handle-legacy", "--yes", "--at", "b"]).success();
    // At the other one, what is there stands in the way of `b`.
    let (project, _database) = make().await;
    project.enact(&["handle-legacy", "--yes", "--at", "a"]).refused(4, "drift-in-the-way");
    assert_eq!(project.enact(&["current"]).success().stdout, "a\n");
}

#[tokio::test]
async fn new_numbers_begin_behind_those_of_the_rows() {
    let database = fresh_database("numbers").await;
    database
        .run(
            "CREATE TABLE cats (id integer PRIMARY KEY); INSERT INTO cats VALUES (41);
              CREATE TABLE \"Toys\" (\"Id\" bigint NOT NULL); INSERT INTO \"Toys\" VALUES (6)",
        )
        .await;
    let project = Project::new(&database);
    let up = "CREATE TABLE cats (id serial PRIMARY KEY);\nCREATE TABLE \"Toys\" (\"Id\" bigint GENERATED BY DEFAULT AS IDENTITY);";
    project.revision("a", &[], up, "");
    // Before anybody can take a number.
    ask(&project);
    let plan = plan_of(&project, &["--online"]);
    let text = project.read(plan.join("plan.sql"));
    let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words} in:\n{text}"));
    let (made, counted) =
        (place("CREATE SEQUENCE public.cats_id_seq"), place("setval('public.cats_id_seq'"));
    assert!(made < counted && counted < place("SET DEFAULT nextval"), "{text}");
    let (made, counted) = (place("ADD GENERATED"), place("setval('public.\"Toys_Id_seq\"'"));
    assert!(made < counted && !text[made..counted].contains("COMMIT"), "{text}");
    project.config("[env.dev]\nurl_env = \"DATABASE_URL\"\n");
    project.enact(&["ensure"]).success();
    project.enact(&["drift"]).success();
    database.run("INSERT INTO cats DEFAULT VALUES; INSERT INTO \"Toys\" DEFAULT VALUES").await;
    let sql = "SELECT max(id), (SELECT max(\"Id\") FROM \"Toys\") FROM cats";
    let row = database.session().client().query_one(sql, &[]).await.unwrap();
    assert_eq!((row.get::<_, i32>(0), row.get::<_, i64>(1)), (42, 7));
}
