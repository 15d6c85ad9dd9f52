//! This repository's own `revisions/`, `plans/` and `approvers`: they are what they claim to be.
//!
//! With `ENACT_EXAMPLE=overwrite` (scripts/example) the plans and their signers are made anew.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use enact::compile;
use enact::render;
use enact::workspace::{self, plans, trust};

use crate::postgres::{TestDatabase, fresh_database, installation};
use crate::project::Project;

const SIGNERS_HEADER: &str = "# Throw-away keys: their private halves were deleted when the example's \
plans were signed.\n# See scripts/example.\n";

fn root() -> &'static Utf8Path {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn here() -> workspace::Project {
    workspace::Project::find(root(), None).unwrap()
}

/// A project with the example's revisions and configuration.
fn copy(database: &TestDatabase) -> Project {
    let project = Project::new(database);
    project.config(&fs::read_to_string(root().join("enact.toml")).unwrap());
    for entry in root().join("revisions").read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        let name = format!("revisions/{}", entry.file_name());
        project.write(&name, fs::read(entry.path()).unwrap());
    }
    project
}

/// The example's story: a plan to the second revision, applied; then one to the third.
async fn made() -> Project {
    let database = fresh_database("cats").await;
    let project = copy(&database);
    project.keys(&["alice", "bob"]);
    let signers = project.read("approvers");
    project.write("approvers", format!("{SIGNERS_HEADER}{signers}"));
    project.commit("the cat activities schema");
    let target = ["--env", "production", "--url", &database.url];
    let first = project.plan_with(&[&target[..], &["002_cat_recognition"]].concat());
    approved(&project, &first);
    project.enact(&[&["apply"], &target[..]].concat()).success();
    let second = project.plan_with(&target);
    approved(&project, &second);
    project
}

fn approved(project: &Project, plan: &Utf8Path) {
    for person in ["alice", "bob"] {
        let key = project.key(person);
        project.enact(&["approve", "--yes", "--key", key.as_str(), plan.as_str()]).success();
    }
}

fn copy_tree(from: &Utf8Path, to: &Utf8Path) {
    fs::create_dir_all(to).unwrap();
    for entry in from.read_dir_utf8().unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_tree(entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test]
async fn the_revisions_make_the_cat_schema() {
    let database = fresh_database("cat_schema").await;
    let project = copy(&database);
    project.enact(&["upgrade", "--env", "dev"]).success();
    let sql = include_str!("schema.sql");
    let rows = database.session.client().query(sql, &[]).await.unwrap();
    let lines: String = rows.iter().map(|row| row.get::<_, String>(0) + "\n").collect();
    snapbox::assert_data_eq!(lines, snapbox::file!["schema.out"]);
    // And down again, to nothing but what enact keeps.
    project.enact(&["downgrade", "base", "--env", "dev", "--yes"]).success();
    let rows = database.session.client().query(sql, &[]).await.unwrap();
    assert!(rows.is_empty(), "{} lines are left", rows.len());
}

#[test]
fn the_plans_are_signed_and_their_readings_are_true() {
    let project = here();
    let trusted = trust::read(&project, "production", None).unwrap();
    let templates = project.templates().unwrap();
    let all = plans::of_environment(&project, "production").unwrap();
    assert_eq!(all.len(), 2, "the example has two plans");
    for directory in all {
        let file = &directory.file;
        let markdown = render::markdown(&templates, file).unwrap();
        let script = render::psql_script(&templates, file).unwrap();
        assert_eq!(directory.reading("plan.md").unwrap().as_deref(), Some(markdown.as_str()));
        assert_eq!(directory.reading("plan.sql").unwrap().as_deref(), Some(script.as_str()));
        let folder = file.plan().folder_name(file.digest());
        assert_eq!(directory.path.file_name(), Some(folder.as_str()));
        // As it was when they were made: a plan does not live as long as an example.
        let created = file.plan().created;
        let approved = directory.approve(&trusted, created).unwrap();
        let people: Vec<&str> =
            approved.approvals().iter().map(|approval| approval.person.as_str()).collect();
        assert_eq!(people, ["alice", "bob"]);
    }
}

#[tokio::test]
async fn the_plans_compile_again_to_the_same_bytes() {
    let mut project = here();
    let mut all = plans::of_environment(&project, "production").unwrap();
    let major = installation().major();
    let anew;
    if all.iter().any(|directory| directory.file.plan().target.server_major != major) {
        // Only PostgreSQL of a plan's own major version compiles it again; here it is another, so
        // that plans made here and now are compiled again instead.
        anew = made().await;
        project = workspace::Project::find(anew.path(), None).unwrap();
        all = plans::of_environment(&project, "production").unwrap();
    }
    let graph = project.revisions().unwrap();
    for directory in &all {
        compile::recompile(&graph, &directory.file).await.unwrap();
    }
}

#[tokio::test]
async fn the_example_is_made_anew_on_request() {
    if std::env::var("ENACT_EXAMPLE").as_deref() != Ok("overwrite") {
        return;
    }
    let project = made().await;
    let plans: Utf8PathBuf = root().join("plans");
    if plans.exists() {
        fs::remove_dir_all(&plans).unwrap();
    }
    copy_tree(&project.path().join("plans"), &plans);
    fs::write(root().join("approvers"), project.read("approvers")).unwrap();
}
