//! What is no graph, and how that is said.

use super::*;

fn refused(lines: &[&str]) -> Vec<String> {
    let refusal = RevisionGraph::new(revisions(lines)).unwrap_err();
    let findings = refusal.findings().iter();
    findings
        .map(|finding| {
            let place = finding.place.as_ref().unwrap();
            let (line, column) = (place.line, place.column);
            let help = finding.help.as_ref().unwrap();
            format!("{}:{line}:{column} {} | {help}", place.file, finding.message)
        })
        .collect()
}

#[test]
fn all_defects_are_told_at_once() {
    let lines = [
        "a001",
        "a001",
        "b001 < a01 # x",
        "c001 < b001 & y # x,a001",
        "d001 < e001",
        "e001 < d001",
        "f001 & f001",
    ];
    let mut revisions = revisions(&lines);
    let copy = SourceFile::new("z/copy.sql", revisions[1].source().text().into()).unwrap();
    revisions[1] = parse(copy).unwrap();
    let refusal = RevisionGraph::new(revisions).unwrap_err();
    let messages: Vec<String> = refusal.findings().iter().map(ToString::to_string).collect();
    assert_eq!(
        messages,
        [
            "z/copy.sql:3:17: the id `a001` is taken by `a001.sql` [duplicate-revision]",
            "c001.sql:6:21: the label `a001` is the id of a revision [label-conflict]",
            "c001.sql:6:19: the label `x` is taken by revision `b001` [label-conflict]",
            "b001.sql:4:13: the parent `a01` of `b001` is not there [unknown-parent]",
            "c001.sql:5:16: `c001` depends on `y`, which is not there [unknown-parent]",
            "d001.sql:4:13: revisions need one another in a circle: `d001 → e001 → d001` [revision-cycle]",
            "f001.sql:5:16: revisions need one another in a circle: `f001 → f001` [revision-cycle]",
        ]
    );
}

#[test]
fn a_slip_gets_a_suggestion_and_a_beginning_is_completed() {
    assert_eq!(
        refused(&["initial_schema", "cats < initial_shema", "dogs < init", "owls < x"]),
        [
            "cats.sql:4:13 the parent `initial_shema` of `cats` is not there | did you mean `initial_schema`?",
            "dogs.sql:4:13 the parent `init` of `dogs` is not there | did you mean `initial_schema`?",
            "owls.sql:4:13 the parent `x` of `owls` is not there | add the missing file, or name another parent",
        ]
    );
}

#[test]
fn a_circle_through_a_dependency_is_found_behind_sound_revisions() {
    let found = refused(&["a", "b < a & d", "c < b", "d < c", "e < d"]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("b.sql:5:16 "), "{found:?}");
    assert!(found[0].contains("`b → d → c → b`"), "{found:?}");
}

#[test]
fn rows_that_do_not_fit_the_graph_are_named() {
    let graph = traced();
    let unknown = graph.upgrade(&heads("zz a001 yy"), "heads").unwrap_err();
    assert_eq!(
        said(&unknown),
        "`alembic_version` names `yy`, which the project does not have [tracked-revision-unknown]; `alembic_version` names `zz`, which the project does not have [tracked-revision-unknown]"
    );
    let overlap = graph.downgrade(&heads("a001 b001"), "base").unwrap_err();
    assert_eq!(
        said(&overlap),
        "`alembic_version` names `a001` and `b001`, and `b001` implies `a001` [tracked-revisions-overlap]"
    );
    assert!(graph.upgrade(&heads("m001 n002"), "heads").is_err());
}

#[test]
fn a_downgrade_to_what_is_not_applied_is_refused() {
    let graph = traced();
    let refusal = graph.downgrade(&heads("a001"), "d001").unwrap_err();
    assert_eq!(
        said(&refusal),
        "`d001` is not applied, so nothing leads down to it [target-not-applied]"
    );
    // Applied as a dependency, and nothing above it along parents: done already.
    assert!(graph.downgrade(&heads("n002"), "m001").unwrap().moves.is_empty());
    assert!(graph.downgrade(&heads("d001"), "d001").unwrap().moves.is_empty());
    assert!(graph.downgrade(&Heads::new(), "base").unwrap().moves.is_empty());
}
