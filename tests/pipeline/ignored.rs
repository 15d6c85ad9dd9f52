//! Objects that are not the project's: with a pattern they are in no comparison, from the plan to
//! what is looked at after it; and no pattern hides an object of the revisions.

use enact::plan::file::PlanFile;

use crate::postgres::{TestDatabase, fresh_database};
use crate::project::Project;

/// What a provider has put into the database, or another team.
const PROVIDED: &str = "CREATE FUNCTION provider_note() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
    CREATE EVENT TRIGGER provider_watch ON ddl_command_end EXECUTE FUNCTION provider_note();
    CREATE PUBLICATION provider_stream FOR TABLE cats;
    CREATE SCHEMA strays; CREATE TABLE strays.dogs (id serial PRIMARY KEY); CREATE INDEX ON strays.dogs (id)";

const PATTERNS: [&str; 5] =
    ["event trigger *", "publication provider_*", "*.provider_note()", "strays.*", "schema strays"];

fn configured(project: &Project, patterns: &[&str]) {
    let quoted: Vec<String> = patterns.iter().map(|pattern| format!("'{pattern}'")).collect();
    project.config(&format!(
        "[project]\nignore = [{}]\n[env.dev]\nurl_env = \"DATABASE_URL\"\n",
        quoted.join(", ")
    ));
}

/// At `a`, with `b` pending, among objects of others.
async fn provided(hint: &str) -> (TestDatabase, Project) {
    let database = fresh_database(hint).await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE cats (id int);", "DROP TABLE cats;");
    project.enact(&["upgrade"]).success();
    database.run(PROVIDED).await;
    project.revision(
        "b",
        &["a"],
        "CREATE INDEX cats_by_id ON cats (id);",
        "DROP INDEX cats_by_id;",
    );
    (database, project)
}

#[tokio::test]
async fn what_is_left_out_is_in_no_comparison_of_the_plan() {
    let (database, project) = provided("left_out").await;
    let refused = project.enact(&["plan"]).refused(4, "drift");
    for object in ["event trigger provider_watch", "publication provider_stream", "schema strays"] {
        assert!(refused.stderr.contains(&format!("+ {object}\n")), "{refused}");
    }
    assert!(refused.stderr.contains("--ignore"), "{refused}");

    configured(&project, &PATTERNS);
    let plan = project.plan();
    let file = PlanFile::decode(project.read(plan.join("plan.json")).into_bytes()).unwrap();
    let mut sorted = PATTERNS;
    sorted.sort_unstable();
    assert!(file.plan().ignore.patterns().eq(sorted));
    assert_eq!(file.plan().drift, []);
    let read = project.read(plan.join("plan.md"));
    let line = "- **Left out of every comparison:** `*.provider_note()`, `event trigger *`, ";
    assert!(read.contains(line), "{read}");
    let shown = project.enact(&["show", plan.as_str()]).success().stdout;
    assert!(shown.contains("left out *.provider_note(), event trigger *, "), "{shown}");
    project.enact(&["verify", "--recompile", plan.as_str()]).success();

    // What is left out may change until the plan is applied, and the patterns are the plan's own.
    database
        .run("DROP EVENT TRIGGER provider_watch; ALTER TABLE strays.dogs ADD name text; CREATE VIEW strays.all AS TABLE strays.dogs")
        .await;
    configured(&project, &[]);
    project.enact(&["verify", "--recompile", plan.as_str()]).success();
    project.enact(&["apply", plan.as_str()]).success();
    assert_eq!(project.enact(&["current"]).success().stdout, "b (head)\n");

    project.enact(&["drift"]).exits(1);
    let flags: Vec<&str> = PATTERNS.iter().flat_map(|pattern| ["--ignore", *pattern]).collect();
    let none = project.enact(&[&["drift"], &flags[..]].concat()).success();
    assert!(none.stdout.starts_with("No drift"), "{none}");
    let script = project.enact(&[&["drift", "--format", "sql"], &flags[..]].concat()).success();
    assert_eq!(script.stdout.trim(), "", "{script}");
    let without = project.enact(&["drift", "--format", "sql"]).exits(1).stdout;
    assert!(without.contains("DROP FUNCTION public.provider_note()"), "{without}");
    // A plan without patterns has no such key.
    project.enact(&["downgrade", "base", "--yes"]).refused(4, "drift");
    project.enact(&[&["downgrade", "a"], &flags[..]].concat()).success();
    project.enact(&[&["upgrade"], &flags[..]].concat()).success();
    let accepted = project.plan_with(&["--allow-drift", "--downgrade", "a"]);
    assert!(!project.read(accepted.join("plan.json")).contains("\"ignore\""));
}

#[tokio::test]
async fn what_is_not_left_out_makes_the_plan_stale_as_ever() {
    let (database, project) = provided("not_left_out").await;
    configured(&project, &PATTERNS);
    let plan = project.plan();
    database.run("CREATE TABLE by_hand ()").await;
    project.enact(&["apply", plan.as_str()]).refused(4, "stale-schema");
    let refused = project.enact(&["plan"]).refused(4, "drift");
    assert!(refused.stderr.contains("+ table public.by_hand\n"), "{refused}");
    assert!(!refused.stderr.contains("strays"), "{refused}");
    let plan = project.plan_with(&["--ignore", "table public.by_*"]);
    project.enact(&["apply", plan.as_str()]).success();
}

#[tokio::test]
async fn no_pattern_hides_what_revisions_do() {
    let database = fresh_database("hides").await;
    let project = Project::new(&database);
    project.revision(
        "a",
        &[],
        "CREATE SCHEMA zoo; CREATE TABLE zoo.cats (id int);",
        "DROP SCHEMA zoo CASCADE;",
    );
    let said = project.enact(&["plan", "--ignore", "zoo.*"]).refused(2, "ignored-object").stderr;
    assert!(
        said.contains("revision `a` changes table zoo.cats, which the pattern `zoo.*` leaves out"),
        "{said}"
    );
    // What every new database has is not the revisions'.
    project.enact(&["upgrade", "--ignore", "extension *", "--ignore", "schema public"]).success();

    project.revision("b", &["a"], "CREATE TABLE zoo.dogs ();", "DROP TABLE zoo.dogs;");
    let applied = |command: &[&str]| {
        let said = project.enact(command).refused(2, "ignored-object").stderr;
        let fact = "the applied revisions make or change table zoo.cats, which the pattern `*cats` leaves out";
        assert!(said.contains(fact), "{said}");
    };
    applied(&["plan", "--ignore", "*cats"]);
    applied(&["drift", "--ignore", "*cats"]);
    project.config("[project]\nignore = ['*cats']\n[env.dev]\nurl_env = \"DATABASE_URL\"\n");
    applied(&["ensure"]);
    let said = project.enact(&["validate"]).refused(2, "ignored-object").stderr;
    assert!(said.contains("revisions/a_make_a.sql"), "{said}");

    // A schema that goes takes along what stands in it, whosever that is.
    database.run("CREATE TABLE zoo.visitors ()").await;
    configured(&project, &["*visitors"]);
    let said = project.enact(&["plan", "--downgrade", "base"]).refused(2, "ignored-object").stderr;
    assert!(said.contains("revision `a` drops schema zoo, and in it table zoo.visitors"), "{said}");
    project.enact(&["upgrade"]).success();
    database.run("TABLE zoo.visitors; TABLE zoo.dogs").await;
}

#[tokio::test]
async fn what_a_cascade_takes_along_is_told() {
    let database = fresh_database("cascade").await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE cats (id int);", "DROP TABLE cats CASCADE;");
    project.enact(&["upgrade"]).success();
    database.run("CREATE SCHEMA reports; CREATE VIEW reports.cats AS TABLE cats").await;
    configured(&project, &["reports.*", "schema reports"]);
    let down = ["downgrade", "base", "--yes", "--format", "json"];
    let run = project.enact(&down).success();
    assert_eq!(run.json()["gone"], serde_json::json!(["view reports.cats"]), "{run}");
    assert!(run.stderr.contains("warning[ignored-object-gone]"), "{run}");
    assert!(run.stderr.contains("- view reports.cats"), "{run}");
    let run = project.enact(&["upgrade", "--format", "json"]).success();
    assert_eq!(run.json()["gone"], serde_json::json!([]), "{run}");
}

#[tokio::test]
async fn who_starts_up_and_who_examines_leave_them_out_too() {
    let database = fresh_database("start_up").await;
    database
        .run("CREATE TABLE cats (); CREATE TABLE strays (id int); INSERT INTO strays VALUES (1), (1)")
        .await;
    database.run("CREATE PUBLICATION provider_stream FOR TABLE cats").await;
    let _ = database
        .session
        .client()
        .batch_execute("CREATE UNIQUE INDEX CONCURRENTLY strays_id ON strays (id)")
        .await
        .unwrap_err();
    database.run("DROP TABLE cats CASCADE").await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE cats ();", "DROP TABLE cats;");
    let codes = || {
        let answer = project.enact(&["doctor", "--format", "json"]).json();
        let findings = answer["findings"].as_array().unwrap().clone();
        findings
            .iter()
            .map(|finding| finding["code"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(), ["database-untracked", "index-invalid"]);
    project.enact(&["ensure"]).refused(4, "location-unknown");
    let flags = ["--ignore", "public.strays*", "--ignore", "publication *"];
    project.enact(&[&["doctor"], &flags[..]].concat()).success();
    project.enact(&[&["ensure", "--check"], &flags[..]].concat()).exits(1);

    configured(&project, &["public.strays*", "publication *"]);
    assert_eq!(codes(), Vec::<String>::new());
    let run = project.enact(&["ensure"]).success();
    assert_eq!(run.stdout, "at a: 1 plan applied now\n", "{run}");
}

#[tokio::test]
async fn no_revision_is_written_for_what_is_left_out() {
    let database = fresh_database("not_written").await;
    database
        .run("CREATE TABLE cats (); CREATE TABLE cats_audit (); CREATE PUBLICATION stream")
        .await;
    let project = Project::new(&database);
    project.revision("a", &[], "CREATE TABLE cats ();", "DROP TABLE cats;");
    let from = ["create", "--autogenerate", "more", "--from-url", database.url.as_str()];
    let flags = ["--ignore", "publication *", "--ignore", "*_audit"];
    let run = project.enact(&[&from, &flags[..]].concat()).success();
    assert!(run.stdout.contains("Nothing to do"), "{run}");
    let run = project.enact(&[&from, &flags[..2]].concat()).success();
    let file = run.stdout.trim().trim_start_matches("wrote ").to_owned();
    let written = project.read(&file);
    assert!(written.contains("cats_audit") && !written.contains("PUBLICATION"), "{written}");
    std::fs::remove_file(project.path().join(file)).unwrap();

    // Nor is it dropped, where the wanted schema does not have it.
    project.write("schema.sql", "CREATE TABLE cats (); CREATE PUBLICATION stream;");
    let config = |ignore: &str| {
        project.config(&format!(
            "[project]\nschema = \"schema.sql\"\nignore = [{ignore}]\n[env.dev]\nurl_env = \"DATABASE_URL\"\n"
        ));
    };
    config("");
    project.enact(&["validate"]).refused(1, "schema-differs");
    config("'publication *', 'extension *'");
    project.enact(&["validate"]).success();
    let run = project.enact(&["create", "--autogenerate", "more"]).success();
    assert!(run.stdout.contains("Nothing to do"), "{run}");
    // What is wanted besides is written, and tried, though both shadows have what is left out.
    project.write("schema.sql", "CREATE TABLE cats (name text); CREATE PUBLICATION stream;");
    project.enact(&["create", "--autogenerate", "name"]).success();
    project.enact(&["validate"]).success();
}
