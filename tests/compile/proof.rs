//! The proof of a whole history, up and down.

use crate::project::Project;

/// The ids in the places of findings, with the number of down parts that ran.
fn verdicts(project: &Project) -> (Vec<String>, u64) {
    let answer = project.enact(&["validate", "--format", "json"]).success().json();
    let findings = answer["findings"].as_array().unwrap();
    let file = |finding: &serde_json::Value| {
        assert_eq!(finding["code"], "down-incomplete");
        finding["place"]["file"].as_str().unwrap().to_owned()
    };
    (findings.iter().map(file).collect(), answer["replayed_down"].as_u64().unwrap())
}

#[test]
fn every_down_part_has_a_verdict_of_its_own() {
    let project = Project::at("postgres://nobody@localhost:1/none");
    project.revision("a", &[], "CREATE TABLE a ();", "DROP TABLE a;");
    project.revision("b", &["a"], "CREATE TABLE b (); CREATE VIEW v AS TABLE b;", "DROP VIEW v;");
    // A role is the whole server's: what is replayed again needs another server.
    project.revision("c", &["b"], "CREATE ROLE keeper;", "DROP ROLE keeper;");
    project.revision("d", &["c"], "ALTER TABLE a ADD d int;", "SELECT 1;");
    project.revision("e", &["d"], "CREATE TABLE e ();", "DROP TABLE e;");
    project.revision("f", &["e"], "CREATE TABLE f ();", "DROP TABLE f; DROP TABLE e CASCADE;");
    let incomplete = ["f_make_f", "d_make_d", "b_make_b"];
    let expected = incomplete.map(|name| format!("revisions/{name}.sql")).to_vec();
    assert_eq!(verdicts(&project), (expected, 6));

    // Below a revision that cannot be undone, nothing is proved.
    project.revision("g", &["f"], "CREATE TABLE g ();", "");
    assert_eq!(verdicts(&project), (Vec::new(), 0));
}
