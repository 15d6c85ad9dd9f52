//! Making a plan again, from its revisions and its own observation, gives the same bytes; what
//! differs is told.

use crate::postgres::fresh_database;
use crate::project::Project;

/// What `verify --recompile` says about lines.
fn lines(said: &str) -> Vec<&str> {
    said.lines().filter_map(|line| line.trim().strip_prefix("= note: ")).collect()
}

#[tokio::test]
async fn compiling_again_gives_the_same_bytes_until_a_revision_changes() {
    let database = fresh_database("again").await;
    database.run("CREATE ROLE again_owner").await;
    let project = Project::new(&database);
    let up = "CREATE TABLE cats (id int);\nALTER TABLE cats OWNER TO again_owner;\nCREATE INDEX CONCURRENTLY ON cats (id);";
    project.revision("a", &[], up, "");
    let plan = project.plan();
    let verify = ["verify", "--recompile", "--no-approvals", plan.as_str()];
    project.enact(&verify).success();
    // The target moves on; the plan says what it saw.
    database.run("CREATE TABLE elsewhere (); CREATE ROLE again_later").await;
    project.enact(&verify).success();

    // The project moves on, too: `heads` is another revision now, and the plan is what it was.
    project.revision("b", &["a"], "CREATE TABLE dogs ()", "");
    project.enact(&verify).success();

    let file = project.path().join("revisions/a_make_a.sql");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("(id int)", "(id bigint)")).unwrap();
    let said = project.enact(&verify).refused(4, "not-reproducible");
    let [planned, compiled] = lines(&said.stderr)[..] else { panic!("{}", said.stderr) };
    assert!(planned.contains("of the plan: \"after\": "), "{planned}");
    assert!(compiled.starts_with("compiled again: \"after\": "), "{compiled}");

    std::fs::write(&file, text.replace("-- migrate:up", "-- migrate:up\n-- a comment")).unwrap();
    let said = project.enact(&verify).refused(4, "not-reproducible");
    let [planned, _] = lines(&said.stderr)[..] else { panic!("{}", said.stderr) };
    assert!(planned.contains("of the plan: \"text\": "), "{planned}");
    std::fs::write(&file, text).unwrap();
    project.enact(&verify).success();

    // A reading that was edited is found out without compiling.
    let reading = plan.join("plan.md");
    let shown = project.read(&reading);
    project.write(reading.as_str(), shown.replace("cats", "dogs"));
    project.enact(&["verify", "--no-approvals", plan.as_str()]).refused(5, "reading-differs");
}
