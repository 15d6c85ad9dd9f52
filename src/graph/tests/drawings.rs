//! What people see of a graph.

use super::*;
use crate::graph::draw::{mermaid, terminal};

fn drawn(entries: &[HistoryEntry]) -> String {
    terminal(entries, |text, _| text)
}

#[test]
fn alembics_lines() {
    let history = traced().history(&heads("m001"));
    let lines: Vec<String> = history.iter().map(HistoryEntry::line).collect();
    assert_eq!(
        lines,
        [
            "n001 (m001) -> n002 (other) (head), about n002",
            "<base> -> n001 (other), about n001",
            "m001 -> d001 (left, right) (head), about d001",
            "b001, c001 -> m001 (left, right) (current) (mergepoint), about m001",
            "a001 -> c001 (right), about c001",
            "a001 -> b001 (left), about b001",
            "<base> -> a001 (branchpoint), about a001",
        ]
    );
    assert_eq!(history[0].head_line(), "n002 (other) (head)");
    assert_eq!(history[3].current_line(), "m001 (mergepoint)");
    let depended = graph(&["a", "b & a"]).history(&Heads::new());
    assert_eq!(depended[1].head_line(), "a (effective head)");
}

#[test]
fn a_line_is_drawn_as_a_line() {
    let graph = graph(&["a", "b < a", "c < b # x"]);
    assert_eq!(
        drawn(&graph.history(&heads("b"))),
        "\
○  c (x) (head), about c
●  b (x) (current), about b
○  a (x), about a
"
    );
}

#[test]
fn branches_merges_and_dependencies_are_drawn_as_they_are() {
    let drawing = drawn(&traced().history(&heads("d001 n002")));
    assert_eq!(
        drawing,
        "\
●    n002 (other) (head) (current), about n002
├─╮
│ ╷
○ ╷  n001 (other), about n001
  ╷
● ╷  d001 (left, right) (head) (current), about d001
├─╯
○    m001 (left, right), about m001
├─╮
│ ○  c001 (right), about c001
○ │  b001 (left), about b001
├─╯
○  a001, about a001
"
    );
}

#[test]
fn a_text_that_is_folded_does_not_break_the_drawing() {
    let entries = graph(&["a", "b < a", "c < a"]).history(&Heads::new());
    let fold = |text: String, columns: usize| text.replace(", about", &format!(",\n{columns}"));
    assert_eq!(
        terminal(&entries, fold),
        "\
○  c (head),
│  3 c
│ ○  b (head),
├─╯  5 b
○  a,
   3 a
"
    );
}

#[test]
fn what_is_left_out_is_hinted_at() {
    let entries = traced().history_range("m001:d001", &Heads::new()).unwrap();
    assert_eq!(
        drawn(&entries),
        "\
○  d001 (left, right) (head), about d001
○    m001 (left, right), about m001
├─╮
│ │
~ ~
"
    );
}

#[test]
fn mermaid_shows_the_same_and_reads_nothing_in_messages() {
    let mut entries = graph(&["a", "b < a", "c & a"]).history(&Heads::new());
    entries[0].message = "say \"x\"] --> <script>".to_owned();
    assert_eq!(
        mermaid(&entries),
        "\
flowchart BT
    r1[\"a<br>about a\"]
    r2[\"b (head)<br>about b\"]
    r1 --> r2
    r3[\"c (head)<br>say #34;x#34;#93; #45;#45;#62; #60;script#62;\"]
    r1 -.-> r3
"
    );
}

#[test]
fn entries_are_json() {
    let entries = graph(&["a # x"]).history(&heads("a"));
    assert_eq!(
        serde_json::to_string(&entries).unwrap(),
        r#"[{"id":"a","parents":[],"depends_on":[],"dependencies":[],"labels":["x"],"message":"about a","created":null,"file":"a.sql","head":true,"effective_head":false,"branch_point":false,"merge_point":false,"current":true}]"#
    );
}
