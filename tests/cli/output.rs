//! What is printed where: results alone on stdout, JSON where it is asked for, quiet where nobody
//! wants more, and a reader that goes away is no defect.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::postgres::fresh_database;
use crate::project::{Project, Run, finished};

async fn project(hint: &str) -> Project {
    let project = Project::new(&fresh_database(hint).await);
    project.revision("a", &[], "CREATE TABLE cats ();", "DROP TABLE cats;");
    project
}

#[track_caller]
fn json(run: &Run) -> Value {
    let document: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| {
        panic!("{error}\n{run}");
    });
    assert!(document["format_version"].is_number(), "{run}");
    document
}

#[tokio::test]
async fn every_command_answers_in_json() {
    let project = project("json").await;
    let plan = project.plan();
    let story: &[&[&str]] = &[
        &["init"],
        &["validate"],
        &["history", "--indicate-current"],
        &["heads"],
        &["plan"],
        &["show", plan.as_str()],
        &["verify", plan.as_str()],
        &["apply", plan.as_str()],
        &["current"],
        &["status"],
        &["plan"],
        &["upgrade"],
        &["downgrade", "base", "--dry-run"],
        &["downgrade", "-1", "--yes"],
        &["stamp", "--purge", "head"],
        &["ledger"],
        &["ledger", "verify"],
        &["create", "more"],
    ];
    for arguments in story {
        let run = project.enact(&[arguments, &["--format", "json"] as &[_]].concat()).success();
        let document = json(&run);
        assert!(run.stdout.starts_with("{\n  \"format_version\": 1,\n"), "{arguments:?}: {run}");
        // A plan is a file format of its own, and shown as it is.
        if document.get("observation").is_none() {
            assert_eq!(document["exit_code"], 0, "{arguments:?}: {run}");
            assert_eq!(document.get("code"), Some(&Value::Null), "{arguments:?}: {run}");
        }
    }
}

#[tokio::test]
async fn the_document_says_how_the_command_ended() {
    let project = project("json_ended").await;
    let ended = |arguments: &[&str]| {
        let run = project.enact(&[arguments, &["--format", "json"] as &[_]].concat());
        let document = json(&run);
        assert_eq!(document["exit_code"], run.code, "{run}");
        (run.code, document["code"].as_str().map(str::to_owned))
    };
    let code = |code: &str| Some(code.to_owned());
    assert_eq!(ended(&["current", "--check-heads"]), (1, code("pending")));
    assert_eq!(ended(&["status", "--exit-code"]).0, 1);
    assert_eq!(ended(&["plan", "--detailed-exitcode"]), (2, None));
    assert_eq!(ended(&["plan", "nowhere", "--detailed-exitcode"]), (1, code("revision-unknown")));
    project.revision("b", &["a"], "CREATE TABLE toys ();", "SELECT 1;");
    assert_eq!(ended(&["validate"]), (0, None));
    assert_eq!(ended(&["validate", "--strict"]), (1, code("down-incomplete")));
    project.revision("c", &["b"], "BEGIN;", "");
    assert_eq!(ended(&["validate"]), (3, code("transaction-control")));
}

#[tokio::test]
async fn a_format_that_the_command_lacks_is_refused() {
    let project = project("formats").await;
    let plan = project.plan();
    let dry = ["upgrade", "--dry-run"];
    for (arguments, formats) in [
        (&["status"] as &[_], "text, json"),
        (&["plan"], "text, json"),
        (&["upgrade"], "text, json"),
        (&["ledger", "verify"], "text, json"),
        (&["history"], "text, json, mermaid"),
        (&["show", plan.as_str()], "text, json, md, sql"),
        (&dry, "text, json, md, sql"),
        (&["demo"], "text"),
    ] {
        for format in ["json", "md", "sql", "mermaid"] {
            if formats.contains(format) {
                continue;
            }
            let asked = [arguments, &["--format", format]].concat();
            let run = project.enact(&asked).refused(2, "usage-invalid");
            assert!(run.stderr.contains(&format!("help: its formats: {formats}\n")), "{run}");
        }
    }
    for (arguments, format) in
        [(&dry as &[_], "sql"), (&["show", plan.as_str()], "md"), (&["history"], "mermaid")]
    {
        let run = project.enact(&[arguments, &["--format", format]].concat()).success();
        assert!(!run.stdout.is_empty(), "{run}");
    }
}

#[tokio::test]
async fn refusals_are_json_too() {
    let project = project("json_refused").await;
    let run = project.enact(&["current", "--check-heads", "--format", "json"]).exits(1);
    assert_eq!(json(&run)["on_heads"], false);
    let cases: &[(&[&str], &str, i64)] = &[
        (&["show", "nowhere"], "file-missing", 2),
        (&["plan", "--env", "nowhere"], "environment-unknown", 2),
        (&["upgrade", "nowhere"], "revision-unknown", 2),
        (&["status", "--no-such-flag"], "usage-invalid", 2),
        (&["no-such-command"], "usage-invalid", 2),
    ];
    for (arguments, code, exit) in cases {
        let run = project.enact(&[arguments, &["--format=json"] as &[_]].concat());
        let documents: Vec<Value> = serde_json::Deserializer::from_str(&run.stdout)
            .into_iter()
            .collect::<Result<_, _>>()
            .unwrap_or_else(|error| panic!("{error}\n{run}"));
        assert_eq!(documents.last().unwrap()["code"], **code, "{run}");
        assert_eq!(documents.last().unwrap()["exit_code"], *exit, "{run}");
        assert_eq!(i64::from(run.code), *exit, "{run}");
        assert_eq!(documents.len(), 1, "{run}");
    }
}

#[tokio::test]
async fn what_there_is_one_of_is_said_so() {
    let project = project("one").await;
    let validated = project.enact(&["validate"]).success();
    assert!(validated.stdout.starts_with("1 revision, 2 statements, head a\n"), "{validated}");
    assert!(validated.stderr.contains("replaying 1 revision on"), "{validated}");
    let upgraded = project.enact(&["upgrade"]).success();
    assert!(upgraded.stdout.contains(": 1 of 1 stage now\n"), "{upgraded}");
    let verified = project.enact(&["ledger", "verify"]).success();
    assert!(verified.stdout.contains("whole: 3 entries; "), "{verified}");
    project.config("[env.dev]\nurl_env = \"DATABASE_URL\"\napprovals = 1\n");
    project.revision("b", &["a"], "CREATE TABLE toys ();", "");
    project.revision("c", &["a"], "CREATE TABLE dogs ();", "");
    let validated = project.enact(&["validate"]).success();
    assert!(validated.stdout.starts_with("3 revisions, 4 statements, heads b, c\n"), "{validated}");
    project.keys(&["alice"]);
    let plan = project.plan();
    let missing = project.enact(&["verify", plan.as_str()]).refused(5, "approvals-missing");
    assert!(missing.stderr.contains(": 0 of 1 approval\n"), "{missing}");
    assert!(missing.stderr.contains(&format!("to run `enact approve {plan}`")), "{missing}");
}

#[tokio::test]
async fn quiet_says_only_the_result() {
    let project = project("quiet").await;
    for arguments in [&["plan"] as &[_], &["upgrade"], &["status"], &["ledger", "verify"]] {
        let run = project.enact(&[arguments, &["--quiet"]].concat()).success();
        assert_eq!(run.stderr, "", "{arguments:?}");
        assert!(!run.stdout.is_empty(), "{arguments:?}");
    }
}

#[tokio::test]
async fn a_reader_that_has_gone_is_no_defect() {
    let project = project("gone").await;
    for arguments in [&["history"] as &[_], &["status"], &["plan", "--format", "json"], &["--help"]]
    {
        let mut child = project.binary(arguments);
        let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && !said.contains("error"), "{arguments:?}: {said}");
    }
}

#[tokio::test]
async fn a_result_that_is_lost_is_told() {
    let project = project("lost").await;
    let shell = "exec \"$0\" heads >/dev/full";
    let binary = project.binary(&[]);
    let mut command = Command::new("sh");
    command.args(["-c", shell]).arg(binary.get_program()).current_dir(project.path());
    let run = finished(command).exits(2);
    assert!(run.stderr.starts_with("error[result-unwritable]: "), "{run}");
}
