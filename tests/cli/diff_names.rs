//! What names of sides stand for, and what is said where they stand for nothing or for two things.

use crate::postgres::{CANARY, fresh_database, guarded_url};
use crate::project::Project;

async fn project(hint: &str) -> Project {
    let project = Project::new(&fresh_database(hint).await);
    project
        .config("[env.dev]\nurl_env = \"DATABASE_URL\"\n\n[env.production]\nurl_env = \"OTHER\"\n");
    project.revision("a1", &[], "CREATE TABLE cats ();", "");
    project.revision("a2", &["a1"], "CREATE TABLE toys ();", "");
    project
}

#[tokio::test]
async fn a_name_that_may_be_two_things_is_not_guessed() {
    let project = project("names_two").await;
    project.write("a1", "CREATE TABLE cats ();");
    let run = project.enact(&["diff", "a1", "head"]).refused(2, "side-ambiguous");
    assert!(run.stderr.contains("`rev:a1` or `file:a1`"), "{run}");
    project.enact(&["diff", "rev:a1", "file:a1"]).success();
    project.write("dev/cats.sql", "CREATE TABLE cats ();");
    let run = project.enact(&["diff", "dev", "head"]).refused(2, "side-ambiguous");
    assert!(run.stderr.contains("`env:dev` or `file:dev`"), "{run}");
    project.enact(&["diff", "a", "base"]).refused(2, "revision-ambiguous");
    project.enact(&["diff", "file:dev", "rev:a1"]).success();
}

#[tokio::test]
async fn a_name_that_is_nothing_says_what_could_be_meant() {
    let project = project("names_none").await;
    let refused = |name: &str, code: &str| project.enact(&["diff", name, "head"]).refused(2, code);
    for (name, code, says) in [
        ("prodction", "side-unknown", "did you mean `production`?"),
        ("nothing-like-it", "side-unknown", "write `env:NAME`"),
        ("", "side-unknown", "`` is no"),
        ("rev:b", "revision-unknown", "`b`"),
        ("env:staging", "environment-unknown", "`staging`"),
        ("schema", "config-invalid", "wanted schema"),
        ("missing.sql", "file-missing", "`missing.sql`"),
        ("there/missing", "file-missing", "`there/missing`"),
        ("snapshot:missing", "file-missing", "`missing`"),
        ("file:revisions/missing.sql", "file-missing", "missing.sql"),
        ("snapshot:enact.toml", "snapshot-invalid", "in `enact.toml`"),
        ("file:plans", "file-missing", "`plans`"),
        ("env:production", "connection-missing", "OTHER"),
    ] {
        let run = refused(name, code);
        assert!(run.stderr.contains(says), "{name}: no {says} in\n{run}");
        assert_eq!(run.stdout, "", "{name}");
    }
    project.write("broken.sql", "CREATE TABLE cats (id spoon);\n");
    let run = project.enact(&["diff", "head", "broken.sql"]).refused(3, "statement-failed");
    assert!(run.stderr.contains("broken.sql:1"), "{run}");
    let run = project.enact(&["diff", "head"]).exits(2);
    assert!(run.stderr.contains("<TO>"), "{run}");
}

#[tokio::test]
async fn where_a_database_is_out_of_reach_the_command_can_be_tried_again() {
    let project = project("names_reach").await;
    let nobody = "postgresql://tom@127.0.0.1:1/cats?sslmode=disable";
    project.enact(&["diff", nobody, "head"]).refused(7, "unreachable");
    project.enact(&["snapshot", nobody]).refused(7, "unreachable");
}

#[tokio::test]
async fn a_password_in_a_name_is_never_shown() {
    let url = guarded_url("names_secret").await;
    let project = project("names_secret").await;
    let near = url.replacen("postgresql://", "postgresq://", 1);
    let pairs = format!("host=127.0.0.1 port=1 user=tom password={CANARY} sslmode=disable");
    for (side, exit) in [(url.as_str(), 1), (near.as_str(), 2), (pairs.as_str(), 7)] {
        for format in ["text", "json", "sql"] {
            let run = project.enact(&["diff", side, "head", "--format", format]).exits(exit);
            assert!(!run.stdout.contains(CANARY) && !run.stderr.contains(CANARY), "{run}");
        }
    }
    let run = project.enact(&["snapshot", &url]).success();
    assert!(!run.stdout.contains(CANARY), "{run}");
}
