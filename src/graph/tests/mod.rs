//! The graph's tests: what it refuses, Alembic's traces, selectors, properties, drawings.

mod alembic;
mod drawings;
mod properties;
mod refusals;
mod selectors;
mod traces;

use super::*;
use crate::revision::parse;
use crate::source::SourceFile;

/// A graph from lines `id [< parent,…] [& dependency,…] [# label,…]`.
fn graph(lines: &[&str]) -> RevisionGraph {
    RevisionGraph::new(revisions(lines)).unwrap()
}

fn revisions(lines: &[&str]) -> Vec<Revision> {
    lines.iter().map(|line| revision(line)).collect()
}

fn revision(line: &str) -> Revision {
    let mut text = String::new();
    let mut words = line.split(' ');
    let id = words.next().unwrap();
    let mut parents = "";
    while let Some(sign) = words.next() {
        let list = words.next().unwrap();
        match sign {
            "<" => parents = list,
            "&" => text = format!("{text}-- Depends On: {list}\n"),
            "#" => text = format!("{text}-- Branch Labels: {list}\n"),
            _ => panic!("{line}"),
        }
    }
    let text = format!(
        "-- about {id}\n--\n-- Revision ID: {id}\n-- Revises: {parents}\n{text}\n-- migrate:up\nSELECT 1;\n"
    );
    parse(SourceFile::new(format!("{id}.sql"), text.into()).unwrap()).unwrap()
}

/// The graph of facts and traces: two bases, a branch, a merge, a dependency.
fn traced() -> RevisionGraph {
    graph(&[
        "a001",
        "b001 < a001 # left",
        "c001 < a001 # right",
        "m001 < b001,c001",
        "d001 < m001",
        "n001 # other",
        "n002 < n001 & m001",
    ])
}

fn heads(ids: &str) -> Heads {
    ids.split(' ').filter(|id| !id.is_empty()).map(|id| id.parse().unwrap()).collect()
}

fn names(revisions: &[&Revision]) -> String {
    revisions.iter().map(|revision| revision.id.as_str()).collect::<Vec<_>>().join(" ")
}

fn said(refusal: &crate::diagnostic::Refusal) -> String {
    for finding in refusal.findings() {
        assert!(finding.help.is_some(), "{finding} has no help");
    }
    refusal.to_string()
}

#[test]
fn the_order_is_parents_first_and_then_by_id() {
    let graph = traced();
    let order: Vec<&Revision> = graph.iter().collect();
    assert_eq!(names(&order), "a001 b001 c001 m001 d001 n001 n002");
    let graph = graph_of_two_orders();
    let order: Vec<&Revision> = graph.iter().collect();
    assert_eq!(names(&order), "b z a y");
}

fn graph_of_two_orders() -> RevisionGraph {
    graph(&["a < z", "b", "y < a", "z"])
}

#[test]
fn heads_bases_and_relatives() {
    let graph = traced();
    assert_eq!(graph.heads(), heads("d001 n002"));
    assert_eq!(graph.bases(), heads("a001 n001"));
    assert_eq!(names(&graph.children("a001")), "b001 c001");
    assert_eq!(names(&graph.ancestors("n002")), "a001 b001 c001 m001 n001");
    assert_eq!(names(&graph.descendants("c001")), "m001 d001 n002");
    assert!(graph.children("nobody").is_empty());
    assert!(graph.get("m001").unwrap().is_merge());
}

#[test]
fn a_head_that_another_depends_on_is_no_real_head() {
    let graph = self::graph(&["a", "b & a"]);
    assert_eq!(graph.heads(), heads("a b"));
    assert_eq!(graph.real_heads(), heads("b"));
}

#[test]
fn a_label_holds_below_and_above_up_to_a_fork() {
    let graph = traced();
    let labelled: Vec<String> = graph
        .labels()
        .iter()
        .map(|(revision, labels)| format!("{} {}", revision.id, labels.join("+")))
        .collect();
    assert_eq!(
        labelled.join(", "),
        "a001 , b001 left, c001 right, m001 left+right, d001 left+right, n001 other, n002 other"
    );
    let line = self::graph(&["a", "b < a", "c < b # x", "d < c"]);
    assert!(line.labels().iter().all(|(_, labels)| labels == &["x"]));
}

#[test]
fn applied_pending_and_current_follow_from_the_rows() {
    let graph = traced();
    let rows = heads("n002");
    assert_eq!(names(&graph.applied(&rows).unwrap()), "a001 b001 c001 m001 n001 n002");
    assert_eq!(names(&graph.pending(&rows).unwrap()), "d001");
    // As Alembic's `current`: the dependency has no row, and yet is a tip of what is applied.
    assert_eq!(names(&graph.current(&rows).unwrap()), "m001 n002");
    assert_eq!(names(&graph.current(&heads("a001 b001")).unwrap()), "b001");
    assert_eq!(names(&graph.pending(&Heads::new()).unwrap()).len(), 34);
}
