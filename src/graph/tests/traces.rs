//! The row operations that Alembic was seen to do, command by command.

use super::*;
use crate::graph::path::{RowChange, Transition};

/// The row operations in short: `+new`, `-gone`, `old>new`; moves are separated by `;`.
fn told(transition: &Transition) -> String {
    let change = |change: &RowChange| match change {
        RowChange::Insert(id) => format!("+{id}"),
        RowChange::Update { from, to } => format!("{from}>{to}"),
        RowChange::Delete(id) => format!("-{id}"),
    };
    let moves = transition.moves.iter();
    moves
        .map(|step| step.rows.iter().map(change).collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join("; ")
}

fn up(rows: &str, selector: &str) -> (String, Heads) {
    let transition = traced().upgrade(&heads(rows), selector).unwrap();
    (told(&transition), transition.to)
}

fn down(rows: &str, selector: &str) -> (String, Heads) {
    let transition = traced().downgrade(&heads(rows), selector).unwrap();
    (told(&transition), transition.to)
}

fn stamp(rows: &str, selectors: &[&str], purge: bool) -> (String, Heads) {
    let transition = traced().stamp(&heads(rows), selectors, purge).unwrap();
    (told(&transition), transition.to)
}

fn end(told: &str, rows: &str) -> (String, Heads) {
    (told.to_owned(), heads(rows))
}

#[test]
fn upgrades() {
    assert_eq!(up("", "b001"), end("+a001; a001>b001", "b001"));
    assert_eq!(
        up("b001", "heads"),
        end("+c001; -b001 c001>m001; m001>d001; +n001; n001>n002", "d001 n002")
    );
    assert_eq!(up("m001", "other@head"), end("+n001; -n001 m001>n002", "n002"));
    assert_eq!(
        up("a001", "left@head"),
        end("a001>b001; +c001; -b001 c001>m001; m001>d001", "d001")
    );
    // The dependency has no row of its own, so work on it is a new row.
    assert_eq!(up("n002", "d001"), end("+d001", "d001 n002"));
    assert_eq!(up("d001 n002", "heads"), end("", "d001 n002"));
    assert_eq!(up("b001", "a001"), end("", "b001"));
    assert_eq!(up("b001", "base"), end("", "b001"));
}

#[test]
fn downgrades() {
    assert_eq!(down("d001 n002", "n002-1"), end("n002>n001", "d001 n001"));
    assert_eq!(
        down("d001 n001", "base"),
        end("-n001; d001>m001; +b001 m001>c001; -c001; b001>a001; -a001", "")
    );
    assert_eq!(down("d001 n002", "m001"), end("-d001", "n002"));
    assert_eq!(down("n002", "n001"), end("+n001 n002>m001", "m001 n001"));
    assert_eq!(down("n002", "other@base"), end("+n001 n002>m001; -n001", "m001"));
    assert_eq!(down("d001", "left@a001"), end("d001>m001; +b001 m001>c001; -b001", "c001"));
}

#[test]
fn stamps() {
    assert_eq!(stamp("", &["n002"], false), end("+n002", "n002"));
    assert_eq!(stamp("n002", &["b001"], false), end("n002>b001", "b001"));
    assert_eq!(stamp("b001", &["c001"], false), end("+c001", "b001 c001"));
    assert_eq!(stamp("b001 c001", &["heads"], false), end("-b001 c001>d001; +n002", "d001 n002"));
    assert_eq!(stamp("d001 n002", &["base"], false), end("-d001; -n002", ""));
    assert_eq!(stamp("zz", &["b001", "c001"], true), end("-zz; +b001; +c001", "b001 c001"));
    assert_eq!(stamp("d001 n001", &["other@base"], false), end("-n001", "d001"));
    assert_eq!(stamp("b001", &["b001"], false), end("", "b001"));
    // Where Alembic's several steps for several revisions get in one another's way.
    assert_eq!(stamp("d001", &["b001", "c001"], false), end("d001>b001; +c001", "b001 c001"));
    assert_eq!(stamp("a001 b001", &["b001"], false), end("-a001", "b001"));
    // A row that is selected already stays, and so does a row that only the label is related to.
    assert_eq!(stamp("c001 n001", &["n001", "b001"], false), end("+b001", "b001 c001 n001"));
    assert_eq!(stamp("d001 n002", &["left@head"], false), end("", "d001 n002"));
}

#[test]
fn a_stamp_on_both_a_revision_and_its_ancestor_is_refused() {
    let refusal = traced().stamp(&Heads::new(), &["a001", "b001"], false).unwrap_err();
    assert_eq!(
        said(&refusal),
        "`a001` is implied by another of the selected revisions [selector-invalid]"
    );
    assert!(traced().stamp(&heads("zz"), &["b001"], false).is_err());
    let refusal = traced().stamp(&heads("b001"), &["+1"], false).unwrap_err();
    assert_eq!(
        said(&refusal),
        "`+1` does not say at which revision the database is [selector-invalid]"
    );
}

#[test]
fn a_dependency_on_the_own_grandparent_leaves_one_row() {
    let graph = graph(&["a", "b < a", "c < b & a", "x"]);
    let upgrade = graph.upgrade(&Heads::new(), "heads").unwrap();
    assert_eq!(told(&upgrade), "+a; a>b; b>c; +x");
    let downgrade = graph.downgrade(&upgrade.to, "b").unwrap();
    assert_eq!(told(&downgrade), "c>b");
}

#[test]
fn twin_merges_share_their_parents() {
    let graph = graph(&["a", "b < a", "c < a", "m < b,c", "n < b,c"]);
    let upgrade = graph.upgrade(&Heads::new(), "heads").unwrap();
    assert_eq!(told(&upgrade), "+a; a>b; +c; -b c>m; +n");
    let downgrade = graph.downgrade(&upgrade.to, "base").unwrap();
    assert_eq!(told(&downgrade), "-n; +b m>c; -c; b>a; -a");
}

#[test]
fn not_quite_twin_merges_give_back_only_what_is_free() {
    let graph = graph(&["a", "b < a", "c < a", "d < a", "m < b,c", "n < c,d"]);
    let upgrade = graph.upgrade(&Heads::new(), "heads").unwrap();
    assert_eq!(told(&upgrade), "+a; a>b; +c; +d; -b c>m; d>n");
    let downgrade = graph.downgrade(&upgrade.to, "m").unwrap();
    assert_eq!(told(&downgrade), "");
    let downgrade = graph.downgrade(&upgrade.to, "d").unwrap();
    assert_eq!(told(&downgrade), "n>d");
}

#[test]
fn a_three_way_merge_takes_and_gives_three_rows() {
    let graph = graph(&["a", "b", "c", "m < c,a,b"]);
    let upgrade = graph.upgrade(&Heads::new(), "head").unwrap();
    assert_eq!(told(&upgrade), "+a; +b; +c; -c -a b>m");
    let downgrade = graph.downgrade(&upgrade.to, "base").unwrap();
    assert_eq!(told(&downgrade), "+c +a m>b; -c; -b; -a");
}
