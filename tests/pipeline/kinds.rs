//! Every kind of statement that migrations use goes the whole way, up and down, and leaves what psql
//! leaves when it runs the same files.

use std::collections::BTreeSet;
use std::path::Path;

use camino::Utf8Path;
use enact::catalog::{Kind, ObjectId};

use crate::postgres::{self, TestDatabase, fresh_database, installation};
use crate::project::Project;

use super::{dumped, psql};

const ROLES: [&str; 3] = ["pipeline_keeper", "pipeline_guest", "pipeline_passing"];

/// A revision that says where things lie, for servers whose shadows can have tablespaces.
const PLACES: &str = "-- Places
--
-- Revision ID: 09_places
-- Revises: 08_rare
-- Create Date: 2024-01-15T10:30:00Z

-- migrate:up

CREATE TABLE shelter.archive (id int PRIMARY KEY USING INDEX TABLESPACE fast, note text) TABLESPACE slow;
CREATE INDEX archive_note ON shelter.archive (note) TABLESPACE fast;
ALTER TABLE shelter.archive SET TABLESPACE fast;
ALTER INDEX shelter.archive_note SET TABLESPACE pg_default;

-- migrate:down

DROP TABLE shelter.archive;
";

/// The revisions, with their names.
fn revisions() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pipeline/kinds");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path()))
        .map(|(name, path)| (name, std::fs::read_to_string(path).unwrap()))
        .collect();
    files.sort();
    if installation().major() >= 15 {
        files.push(("09_places.sql".to_owned(), PLACES.to_owned()));
    }
    files
}

fn up_part(text: &str) -> &str {
    let (_, up) = text.split_once("-- migrate:up\n").unwrap();
    up.split_once("-- migrate:down\n").map_or(up, |(up, _)| up)
}

/// The kinds of object that a plan foretells.
fn touched(plan: &serde_json::Value) -> BTreeSet<Kind> {
    let stages = plan["stages"].as_array().unwrap();
    let effects = stages.iter().flat_map(|stage| stage["effects"].as_array().unwrap());
    let id = |effect: &serde_json::Value| effect["object"].as_str().unwrap().parse::<ObjectId>();
    effects.map(|effect| id(effect).unwrap().kind()).collect()
}

/// The kinds of statement in a plan.
fn kinds(plan: &serde_json::Value) -> BTreeSet<String> {
    plan["stages"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|stage| stage["steps"].as_array().unwrap())
        .map(|step| step["kind"].as_str().unwrap().to_owned())
        .collect()
}

fn read_plan(project: &Project, plan: &Utf8Path) -> serde_json::Value {
    serde_json::from_str(&project.read(plan.join("plan.json"))).unwrap()
}

/// Approves a plan by two people, verifies and applies it; gives what apply says.
fn approved_and_applied(project: &Project, plan: &Utf8Path) -> serde_json::Value {
    project.approve(plan, "alice");
    project.enact(&["verify", plan.as_str()]).refused(5, "approvals-missing");
    project.approve(plan, "bob");
    let verified = project.enact(&["verify", "--recompile", plan.as_str()]).success();
    assert!(verified.stderr.contains("alice approved") && verified.stderr.contains("bob approved"));
    project
        .enact(&["apply", "--env", "production", plan.as_str(), "--format", "json"])
        .success()
        .json()
}

async fn roles(database: &TestDatabase) {
    for role in ROLES {
        database.run(&format!("CREATE ROLE {role}")).await;
    }
}

#[tokio::test]
async fn sixty_kinds_go_the_whole_way_and_leave_what_psql_leaves() {
    let (ours, theirs) = (fresh_database("kinds").await, fresh_database("kinds").await);
    roles(&ours).await;
    let project = Project::new(&ours);
    let names: Vec<String> = ROLES.iter().map(|role| format!("\"{role}\"")).collect();
    project.config(&format!(
        "[shadow]\nroles = [{}]\n[env.production]\nurl_env = \"DATABASE_URL\"\napprovals = 2\n",
        names.join(", ")
    ));
    project.keys(&["alice", "bob"]);
    for (name, text) in revisions() {
        project.write(&format!("revisions/{name}"), &text);
        let commits_between = name.starts_with("01") || name.starts_with("07");
        let options: &[&str] = if commits_between { &[] } else { &["--single-transaction"] };
        let ran = psql(&theirs, options, up_part(&text));
        ran.unwrap_or_else(|said| panic!("{name}: {said}"));
    }
    let empty = dumped(&ours);

    // There is much to say about them, and nothing that stops them.
    let validated = project.enact(&["validate"]);
    assert_eq!(validated.code, 1, "{}", validated.stderr);
    let count = revisions().len();
    let proved = format!("{count} ran up and {count} down");
    assert!(validated.stdout.contains(&proved), "{}\n{}", validated.stdout, validated.stderr);
    let up = project.plan();
    let planned = read_plan(&project, &up);
    let applied = approved_and_applied(&project, &up);
    assert_eq!(applied["fingerprint"], planned["fingerprints"]["after"]);
    assert_eq!(dumped(&ours), dumped(&theirs));
    let mut seen = kinds(&planned);
    let mut made = touched(&planned);
    // The one came with the database, and no revision may make the other.
    made.extend([Kind::Extension, Kind::Subscription]);
    assert!(made.iter().copied().eq(postgres::kinds()), "{made:?}");

    let down = project.plan_with(&["--downgrade", "base"]);
    let planned = read_plan(&project, &down);
    let applied = approved_and_applied(&project, &down);
    assert_eq!(applied["fingerprint"], planned["fingerprints"]["after"]);
    assert_eq!(dumped(&ours), empty);
    assert!(seen.len() >= 60, "only {} kinds up: {seen:?}", seen.len());
    seen.append(&mut kinds(&planned));
    assert!(seen.len() >= 120, "only {} kinds up and down: {seen:?}", seen.len());
    project.enact(&["ledger", "verify"]).success();
}
