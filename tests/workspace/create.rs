//! New revisions.

use std::fs;

use camino::Utf8PathBuf;
use enact::diagnostic::{Code, Refusal};
use enact::graph::Heads;
use enact::workspace::{NewRevision, Project, create, init};

use super::Folder;

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn made(project: &Project, new: &NewRevision<'_>, id: &str) -> Result<Utf8PathBuf, Refusal> {
    create(project, new, "2024-01-15T10:30:00Z".parse().unwrap(), id)
}

#[test]
fn new_revisions_grow_the_graph() {
    let folder = Folder::new();
    init(folder.path()).unwrap();
    let project = Project::find(folder.path(), None).unwrap();
    let plain = |message| NewRevision { message, ..NewRevision::default() };
    let first = made(&project, &plain("Add cats"), "aaaa00000001").unwrap();
    assert_eq!(first, folder.path().join("revisions/aaaa00000001_add_cats.sql"));
    assert_eq!(
        fs::read_to_string(&first).unwrap(),
        "-- Add cats\n--\n-- Revision ID: aaaa00000001\n-- Revises:\n-- Create Date: 2024-01-15T10:30:00Z\n\n-- migrate:up\n\n-- migrate:down\n"
    );
    made(&project, &plain("left"), "bbbb").unwrap();
    let right = NewRevision {
        heads: &strings(&["aaaa"]),
        labels: &strings(&["right"]),
        splice: true,
        id: Some("cccc"),
        ..plain("right")
    };
    made(&project, &right, "unused").unwrap();
    let several = made(&project, &plain("lost"), "dddd").unwrap_err();
    assert_eq!(several.code(), Code::SeveralHeads);
    let merge = NewRevision { merge: true, ..plain("both") };
    made(&project, &merge, "eeee").unwrap();
    let other = NewRevision {
        heads: &strings(&["base"]),
        depends_on: &strings(&["bb", "right"]),
        ..plain("apart")
    };
    made(&project, &other, "ffff").unwrap();
    let graph = project.revisions().unwrap();
    assert_eq!(graph.get("eeee").unwrap().parents.len(), 2);
    assert_eq!(graph.get("ffff").unwrap().depends_on, ["bbbb", "right"]);
    assert_eq!(graph.upgrade(&Heads::new(), "heads").unwrap().moves.len(), 5);
}

#[test]
fn what_would_break_the_graph_is_never_written() {
    let folder = Folder::new();
    folder.revision("a", "");
    folder.revision("b", "a");
    let project = folder.project();
    let plain = |message| NewRevision { message, ..NewRevision::default() };
    let refusals = [
        (NewRevision { heads: &strings(&["a"]), ..plain("m") }, Code::SelectorInvalid),
        (NewRevision { merge: true, ..plain("m") }, Code::SelectorInvalid),
        (NewRevision { heads: &strings(&["zz"]), ..plain("m") }, Code::RevisionUnknown),
        (NewRevision { id: Some("a"), ..plain("m") }, Code::DuplicateRevision),
        (NewRevision { id: Some("a-b"), ..plain("m") }, Code::RevisionIdInvalid),
        (NewRevision { labels: &strings(&["a"]), ..plain("m") }, Code::LabelConflict),
        (NewRevision { labels: &strings(&["x,y"]), ..plain("m") }, Code::HeaderInvalid),
        (NewRevision { depends_on: &strings(&["zz"]), ..plain("m") }, Code::RevisionUnknown),
        (plain(" "), Code::HeaderInvalid),
        (plain("m\nDROP TABLE cats;"), Code::SectionInvalid),
        (plain("migrate:up"), Code::SectionInvalid),
        (plain("Revises: a"), Code::HeaderInvalid),
        (plain("two\n-- lines"), Code::HeaderInvalid),
        (plain("esc \u{1b}[2J"), Code::HeaderInvalid),
        (plain("crlf\r\n"), Code::HeaderInvalid),
    ];
    for (new, code) in refusals {
        match made(&project, &new, "cccc") {
            Err(refusal) => assert_eq!(refusal.code(), code, "{new:?}: {refusal}"),
            Ok(path) => assert!(new.message == "crlf\r\n", "{new:?} wrote {path}"),
        }
    }
    assert_eq!(folder.names("revisions"), ["a.sql", "b.sql", "cccc_crlf.sql"]);
}
