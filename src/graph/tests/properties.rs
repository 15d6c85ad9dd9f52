//! What holds for every graph: order, rows, and paths that can be cut anywhere.

use std::time::Instant;

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::graph::path::RowChange;

/// Up to 24 revisions, each with up to 3 parents and 2 dependencies among those before it.
fn any_graph() -> impl Strategy<Value = Vec<Revision>> {
    let row = (
        proptest::collection::vec(any::<Index>(), 0..4),
        proptest::collection::vec(any::<Index>(), 0..3),
        any::<u8>(),
    );
    proptest::collection::vec(row, 1..24).prop_map(|rows| {
        let name = |at: usize| format!("{:02x}_{at}", rows[at].2);
        let list = |picks: &[Index], at: usize| {
            let mut chosen: Vec<String> = Vec::new();
            if at > 0 {
                chosen.extend(picks.iter().map(|pick| name(pick.index(at))));
            }
            chosen.sort();
            chosen.dedup();
            chosen.join(",")
        };
        (0..rows.len())
            .map(|at| {
                let mut line = name(at);
                for (sign, picks) in [("<", &rows[at].0), ("&", &rows[at].1)] {
                    let names = list(picks, at);
                    if !names.is_empty() {
                        line = format!("{line} {sign} {names}");
                    }
                }
                revision(&line)
            })
            .collect()
    })
}

/// The rows that say that exactly `applied` is applied.
fn rows_for(graph: &RevisionGraph, applied: &Heads) -> Heads {
    let needed: Heads = applied
        .iter()
        .flat_map(|id| graph.ancestors(id.as_str()))
        .map(|revision| revision.id.clone())
        .collect();
    applied.difference(&needed).cloned().collect()
}

fn pick(ids: &[String], at: Index) -> &str {
    &ids[at.index(ids.len())]
}

/// Follows a transition by its row operations alone, and checks each of them.
fn follow(graph: &RevisionGraph, transition: &Transition) {
    let mut rows = transition.from.clone();
    let mut applied: Heads =
        graph.applied(&rows).unwrap().iter().map(|revision| revision.id.clone()).collect();
    for step in &transition.moves {
        for change in &step.rows {
            match change {
                RowChange::Insert(id) => assert!(rows.insert(id.clone())),
                RowChange::Update { from, to } => {
                    assert!(rows.remove(from));
                    assert!(rows.insert(to.clone()));
                }
                RowChange::Delete(id) => assert!(rows.remove(id)),
            }
        }
        match transition.direction {
            Direction::Upgrade => assert!(applied.insert(step.revision.clone())),
            Direction::Downgrade => assert!(applied.remove(&step.revision)),
            Direction::Stamp => {}
        }
        assert_eq!(rows, step.after);
        assert_eq!(rows, rows_for(graph, &applied));
    }
    assert_eq!(rows, transition.to);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_order_puts_needs_first_and_forgets_the_order_of_files(
        (revisions, shuffled) in any_graph().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))
    ) {
        let graph = RevisionGraph::new(revisions).unwrap();
        let other = RevisionGraph::new(shuffled).unwrap();
        prop_assert!(graph.iter().eq(other.iter()));
        let order: Vec<&str> = graph.iter().map(|revision| revision.id.as_str()).collect();
        for (at, revision) in graph.iter().enumerate() {
            let parents = revision.parents.iter().map(RevisionId::as_str);
            for need in parents.chain(revision.depends_on.iter().map(String::as_str)) {
                prop_assert!(order[..at].contains(&need));
            }
        }
    }

    #[test]
    fn all_the_way_up_and_down_ends_empty(revisions in any_graph()) {
        let graph = RevisionGraph::new(revisions).unwrap();
        let up = graph.upgrade(&Heads::new(), "heads").unwrap();
        follow(&graph, &up);
        prop_assert_eq!(&up.to, &graph.real_heads());
        prop_assert_eq!(up.moves.len(), graph.len());
        let down = graph.downgrade(&up.to, "base").unwrap();
        follow(&graph, &down);
        prop_assert_eq!(down.moves.len(), graph.len());
        prop_assert!(down.to.is_empty());
    }

    #[test]
    fn a_path_cut_anywhere_continues_as_it_would_have(
        revisions in any_graph(), target in any::<Index>(), cut in any::<Index>(), back in any::<Index>()
    ) {
        let graph = RevisionGraph::new(revisions).unwrap();
        let ids: Vec<String> = graph.iter().map(|revision| revision.id.to_string()).collect();
        let up = graph.upgrade(&Heads::new(), pick(&ids, target)).unwrap();
        let cut = cut.index(up.moves.len());
        let rest = graph.upgrade(&up.moves[cut].after, pick(&ids, target)).unwrap();
        prop_assert_eq!(&rest.moves[..], &up.moves[cut + 1..]);
        prop_assert_eq!(&rest.to, &up.to);
        let all = graph.real_heads();
        let down = graph.downgrade(&all, pick(&ids, back)).unwrap();
        follow(&graph, &down);
        if let Some(half) = down.moves.get(down.moves.len() / 2) {
            let rest = graph.downgrade(&half.after, pick(&ids, back)).unwrap();
            prop_assert_eq!(&rest.moves[..], &down.moves[down.moves.len() / 2 + 1..]);
        }
    }

    #[test]
    fn a_stamp_says_what_an_upgrade_would_have_done(revisions in any_graph(), target in any::<Index>()) {
        let graph = RevisionGraph::new(revisions).unwrap();
        let ids: Vec<String> = graph.iter().map(|revision| revision.id.to_string()).collect();
        let stamp = graph.stamp(&Heads::new(), &[pick(&ids, target)], false).unwrap();
        prop_assert_eq!(&stamp.to, &graph.upgrade(&Heads::new(), pick(&ids, target)).unwrap().to);
        let again = graph.stamp(&stamp.to, &["heads"], false).unwrap();
        prop_assert_eq!(&again.to, &graph.real_heads());
        prop_assert!(graph.stamp(&again.to, &["base"], false).unwrap().to.is_empty());
    }

    #[test]
    fn no_selector_makes_the_graph_panic(
        selector in "(heads?|base|current|left|a|b001|[-+@:0-9é]){0,5}", rows in proptest::sample::subsequence(
            vec!["a001", "b001", "c001", "m001", "d001", "n001", "n002", "zz"], 0..4)
    ) {
        let graph = traced();
        let rows = heads(&rows.join(" "));
        for transition in [graph.upgrade(&rows, &selector), graph.downgrade(&rows, &selector), graph.stamp(&rows, &[&selector], false)].into_iter().flatten() {
                prop_assert_eq!(&transition.from, &rows);
                prop_assert!(graph.rows_apart(&transition.to).is_ok());
        }
        let _ = graph.range(&selector, &rows);
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test may read the clock")]
fn ten_thousand_revisions_are_no_effort() {
    let linear = (0..10_000).map(|at| match at {
        0 => revision("00000"),
        _ => revision(&format!("{at:05} < {:05}", at - 1)),
    });
    let bushy = (0..10_000).map(|at| match at {
        0 => revision("00000"),
        _ if at % 50 == 49 => revision(&format!("{at:05} < {:05},{:05}", at - 1, at - 2)),
        _ => revision(&format!("{at:05} < {:05} & {:05}", (at - 1) / 2, at / 3)),
    });
    for revisions in [linear.collect::<Vec<_>>(), bushy.collect()] {
        let start = Instant::now();
        let graph = RevisionGraph::new(revisions).unwrap();
        let built = start.elapsed();
        let heads = graph.real_heads();
        let pending = graph.pending(&heads).unwrap();
        assert!(pending.is_empty());
        let last = graph.upgrade(&Heads::new(), "09999").unwrap();
        assert!(!graph.downgrade(&last.to, "base").unwrap().moves.is_empty());
        // Generous for an unoptimised build on a busy machine; quadratic work takes minutes.
        assert!(start.elapsed().as_secs() < 20, "{built:?}, {:?}", start.elapsed());
    }
}
