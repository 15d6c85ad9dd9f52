//! A real Alembic project: at every revision, up and down, Alembic's database and enact's are equal.

use enact::database::read_catalog;

use super::{fixture, revisions};
use crate::alembic::oracle::{Oracle, programs};
use crate::postgres::{TestDatabase, database, fresh_database};
use crate::project::{Project, Run};

fn import(project: &Project, more: &[&str]) -> Run {
    let python = programs().join("python");
    let python = python.to_str().unwrap();
    project.enact(&[&["import", "alembic", "theirs", "--python", python], more].concat())
}

/// The fingerprint of the schema, and the rows that the revisions made.
async fn state(database: &TestDatabase) -> (String, Vec<String>) {
    let catalog = read_catalog(database.session()).await.unwrap();
    let objects: Vec<String> =
        catalog.digests().iter().map(|(id, digest)| format!("{id} {digest}")).collect();
    let client = database.session().client();
    let there = client.query_one("SELECT to_regclass('cats') IS NOT NULL", &[]).await.unwrap();
    let mut rows = Vec::new();
    if there.get(0) {
        let sql = "SELECT (to_jsonb(c) - 'born')::text FROM cats c ORDER BY id";
        let found = client.query(sql, &[]).await.unwrap();
        rows = found.iter().map(|row| row.get(0)).collect();
    }
    (format!("{}\n{}", catalog.fingerprint(), objects.join("\n")), rows)
}

#[tokio::test]
async fn at_every_revision_both_make_the_same_database() {
    let (theirs, ours) = (fresh_database("theirs").await, fresh_database("ours").await);
    let project = Project::new(&ours);
    fixture(&project, "project", "theirs");
    import(&project, &[]).success();
    let mut oracle = Oracle::new(&[]);
    oracle.learn_folder(&project.path().join("theirs/migrations"));
    let mut rows_seen = 0;
    for (command, selector) in [
        ("upgrade", "a001"),
        ("upgrade", "b001"),
        ("upgrade", "b002"),
        ("upgrade", "c001"),
        ("upgrade", "m001"),
        ("upgrade", "n001"),
        ("upgrade", "d001"),
        ("downgrade", "m001"),
        ("downgrade", "other@base"),
        ("downgrade", "b002"),
        ("downgrade", "b001"),
        ("downgrade", "a001"),
        ("upgrade", "c001"),
        ("downgrade", "a001"),
        ("downgrade", "base"),
    ] {
        let answer = oracle.run(&theirs.url, command, &[selector]).success();
        project.enact(&[command, selector, "--yes"]).success();
        let found = crate::alembic::ours::rows(&ours).await;
        assert_eq!(found, answer.rows, "{command} {selector}");
        let (one, other) = (state(&theirs).await, state(&ours).await);
        assert_eq!(one, other, "{command} {selector}");
        rows_seen += one.1.len();
    }
    assert!(rows_seen >= 8, "only {rows_seen} rows were compared");
}

#[tokio::test]
async fn the_revisions_say_what_alembics_say() {
    let project = Project::new(&database().await);
    fixture(&project, "project", "theirs");
    let run = import(&project, &["--format", "json"]).success();
    assert_eq!(run.json()["heads"], serde_json::json!(["d001", "n001"]));
    snapbox::assert_data_eq!(revisions(&project), snapbox::file!["alembic.out"].raw());
    // Nothing is left in their project, and a second time nothing is overwritten.
    assert!(!project.path().join("theirs/migrations/__pycache__").exists());
    let before = revisions(&project);
    let run = import(&project, &[]).success();
    assert!(run.stderr.contains("7 migrations imported before; nothing is new"), "{run}");
    assert_eq!(revisions(&project), before);
}

const STUBBORN: &str = r#""""stubborn

Revision ID: s001
Revises: d001
"""
import sqlalchemy as sa
from alembic import context, op

revision, down_revision = "s001", "d001"

def upgrade():
    op.execute("UPDATE cats SET motto = 'half'")
    for row in op.get_bind().execute(sa.text("SELECT id FROM cats")):
        op.execute(f"DELETE FROM cats WHERE id = {row.id}")

def downgrade():
    if context.is_offline_mode():
        return
    op.execute("SELECT 1")
"#;

#[tokio::test]
async fn what_needs_a_connection_is_listed_and_never_dropped() {
    let database = database().await;
    let project = Project::new(&database);
    fixture(&project, "project", "theirs");
    project.write("theirs/migrations/versions/s001.py", STUBBORN);
    let run = import(&project, &[]).refused(3, "import-unconvertible");
    for told in ["`upgrade` of `migrations/versions/s001.py:13`", "`downgrade` of", "runs offline"]
    {
        assert!(run.stderr.contains(told), "{run}");
    }
    assert_eq!(revisions(&project), "");

    let run = import(&project, &["--placeholders"]).success();
    assert!(run.stderr.contains("warning[import-unconvertible]"), "{run}");
    let text = project.read("revisions/s001_stubborn.sql");
    assert!(!text.contains("half") && text.contains("-- Not converted"), "{text}");
    let run = project.enact(&["upgrade", "s001"]);
    assert_ne!(run.code, 0);
    assert!(run.stderr.contains("revision s001 was not converted"), "{run}");
}

#[tokio::test]
async fn an_alembic_that_does_not_answer_is_told_with_what_is_missing() {
    let project = Project::new(&database().await);
    fixture(&project, "project", "theirs");
    let run = project.enact(&["import", "theirs", "--python", "/nowhere/python"]);
    assert!(run.refused(2, "alembic-failed").stderr.contains("it is not there"));
    // The environment's own interpreter, kept from seeing its packages.
    let python = programs().join("python");
    let bare = format!("#!/bin/sh\nexec {} -I -S \"$@\"\n", python.display());
    let script = project.write("bare", bare);
    project.tool("chmod", &["+x", script.as_str()]);
    let run = project.enact(&["import", "theirs", "--python", "./bare"]);
    assert!(run.refused(2, "alembic-failed").stderr.contains("has no Alembic"));

    let env = project.read("theirs/migrations/env.py");
    project.write("theirs/migrations/env.py", format!("import os\nos.environ['NO_SUCH']\n{env}"));
    let run = import(&project, &[]).refused(2, "alembic-failed");
    assert!(run.stderr.contains("KeyError: 'NO_SUCH'"), "{run}");
    let mysql = project.read("theirs/alembic.ini").replace("driver://", "mysql://");
    project.write("theirs/alembic.ini", mysql);
    project.write("theirs/migrations/env.py", env);
    let run = import(&project, &[]).refused(2, "alembic-failed");
    assert!(run.stderr.contains("the project is for mysql"), "{run}");
    assert_eq!(revisions(&project), "");
}
