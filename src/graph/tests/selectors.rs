//! Every form of a selector, and every way in which one can fail.

use super::*;

fn found(selector: &str, rows: &str) -> String {
    names(&traced().resolve(selector, &heads(rows)).unwrap())
}

fn refused(selector: &str, rows: &str) -> String {
    said(&traced().resolve(selector, &heads(rows)).unwrap_err())
}

#[test]
fn absolute_forms() {
    for (selector, expected) in [
        ("m001", "m001"),
        ("m", "m001"),
        ("left", "b001"),
        ("heads", "d001 n002"),
        ("base", ""),
        ("left@head", "d001"),
        ("other@head", "n002"),
        ("n001@head", "n002"),
        ("n001@heads", "n002"),
        ("a0@heads", "d001"),
        ("left@base", ""),
        ("other@n0", ""),
        ("left@m001", "m001"),
    ] {
        if selector == "other@n0" {
            assert!(refused(selector, "").contains("`n001`, `n002`"));
        } else {
            assert_eq!(found(selector, ""), expected, "{selector}");
        }
    }
    assert_eq!(found("current", "b001 c001"), "b001 c001");
}

#[test]
fn relative_forms() {
    for (selector, rows, expected) in [
        ("+1", "m001", "d001"),
        ("-1", "d001", "m001"),
        ("-1", "a001", ""),
        ("a001+1", "", ""),
        ("b001+2", "", "d001"),
        ("d001-1", "", "m001"),
        ("b001-2", "", ""),
        ("left@+1", "a001", "b001"),
        ("left@a001+1", "", "b001"),
        ("left@head-1", "", "m001"),
        ("other@+1", "a001", "n001"),
        ("other@+1", "n001 d001", "n002"),
        ("other@-1", "d001 n002", "n001"),
        ("left@-1", "b001 c001", "a001"),
    ] {
        if selector == "a001+1" {
            assert!(refused(selector, rows).contains("meets a fork at `a001`"));
        } else {
            assert_eq!(found(selector, rows), expected, "{selector} from {rows}");
        }
    }
    // `m001` is applied by way of `n002` alone, and the left branch starts from there.
    assert_eq!(found("left@+1", "n002"), "d001");
}

#[test]
fn what_cannot_be_resolved_says_why() {
    for (selector, rows, expected) in [
        ("", "", "`` is not a revision: a part of it is empty [selector-invalid]"),
        ("@head", "", "`@head` is not a revision: a part of it is empty [selector-invalid]"),
        ("a@b@c", "", "`a@b@c` is not a revision: it has two `@` [selector-invalid]"),
        (
            "a+x",
            "",
            "`a+x` is not a revision: what follows `+` or `-` is not a number [selector-invalid]",
        ),
        ("+0", "", "`+0` is not a revision: a step of 0 goes nowhere [selector-invalid]"),
        (
            "a:b",
            "",
            "`a:b` is not a revision: a range `A:B` is for `enact history` only [selector-invalid]",
        ),
        ("zz", "", "no revision or label is called `zz` [revision-unknown]"),
        ("nobody@head", "", "no revision or label is called `nobody` [revision-unknown]"),
        ("n", "", "`n` begins several ids: `n001`, `n002` [revision-ambiguous]"),
        ("head", "", "`head` is one of several heads: `d001`, `n002` [several-heads]"),
        ("heads-1", "", "`heads-1` is one of several heads: `d001`, `n002` [several-heads]"),
        ("left@n001", "", "`n001` is not in the lineage of `left` [revision-unknown]"),
        ("+1", "", "`+1` meets a fork at `base`: `a001`, `n001` [relative-walk]"),
        ("+1", "a001", "`+1` meets a fork at `a001`: `b001`, `c001` [relative-walk]"),
        ("+1", "b001 c001", "`+1` could start from `b001`, `c001`, all current [relative-walk]"),
        ("-1", "b001 c001", "`-1` could start from `b001`, `c001`, all current [relative-walk]"),
        ("+1", "d001", "`+1` leaves the graph [relative-walk]"),
        ("-2", "a001", "`-2` leaves the graph [relative-walk]"),
        ("-1", "", "`-1` starts where nothing is applied [relative-walk]"),
        ("-1", "m001", "`-1` meets a fork at `m001`: `b001`, `c001` [relative-walk]"),
        (
            "+99999999999",
            "",
            "`+99999999999` is not a revision: what follows `+` or `-` is not a number [selector-invalid]",
        ),
    ] {
        assert_eq!(refused(selector, rows), expected, "{selector} from {rows}");
    }
}

#[test]
fn up_and_down_go_their_own_way_only() {
    let graph = traced();
    let up = graph.upgrade(&heads("d001"), "-1").unwrap_err();
    assert_eq!(said(&up), "`-1` goes down from the database's revision [relative-walk]");
    let down = graph.downgrade(&heads("a001"), "+1").unwrap_err();
    assert_eq!(said(&down), "`+1` goes up from the database's revision [relative-walk]");
    let several = graph.downgrade(&heads("d001 n002"), "-1").unwrap_err();
    assert!(said(&several).contains("`d001`, `n002`"));
    assert_eq!(graph.downgrade(&heads("d001 n002"), "other@-1").unwrap().to, heads("d001 n001"));
}

#[test]
fn ranges_include_both_ends_newest_first() {
    let range = |range: &str, rows: &str| names(&traced().range(range, &heads(rows)).unwrap());
    assert_eq!(range(":", ""), "n002 n001 d001 m001 c001 b001 a001");
    assert_eq!(range("b001:d001", ""), "d001 m001 b001");
    assert_eq!(range(":m001", ""), "m001 c001 b001 a001");
    assert_eq!(range("m001:", ""), "d001 m001");
    assert_eq!(range("current:", "b001"), "d001 m001 b001");
    assert_eq!(range("-1:d001", ""), "d001 m001");
    assert_eq!(range("-9:b001", ""), "b001 a001");
    assert_eq!(range("b001:+1", ""), "m001 b001");
    assert_eq!(range("-1:+1", "b001"), "m001 c001 b001 a001");
}

#[test]
fn a_range_the_wrong_way_round_is_refused() {
    let refusal = traced().range("d001:b001", &Heads::new()).unwrap_err();
    assert_eq!(said(&refusal), "`d001` is not an ancestor of `b001` [selector-invalid]");
}

#[test]
fn a_range_over_a_dependency_is_refused() {
    let range = |range: &str, rows: &str| traced().range(range, &heads(rows)).map(|r| names(&r));
    let said_of = |range_: &str, rows| said(&range(range_, rows).unwrap_err());
    for (text, rows) in [("b001:n002", ""), ("b001:other@head", ""), ("b001:current", "n002")] {
        let upper = text.split_once(':').unwrap().1;
        let expected = format!(
            "only a dependency leads from `b001` to `{upper}`, and a range follows parents [selector-invalid]"
        );
        assert_eq!(said_of(text, rows), expected);
    }
    // What is open at the end asks for what was built on the beginning.
    assert_eq!(range("a001:current", "d001 n002").unwrap(), "d001 m001 c001 b001 a001");
    let graph = graph(&["a", "b < a", "x & b"]);
    assert_eq!(names(&graph.range("a:", &Heads::new()).unwrap()), "b a");
}

#[test]
fn an_empty_graph_has_only_its_ends() {
    let graph = graph(&[]);
    assert!(graph.resolve("head", &Heads::new()).unwrap().is_empty());
    assert!(graph.upgrade(&Heads::new(), "heads").unwrap().moves.is_empty());
    assert!(graph.range(":", &Heads::new()).unwrap().is_empty());
    assert!(graph.resolve("+1", &Heads::new()).is_err());
}
