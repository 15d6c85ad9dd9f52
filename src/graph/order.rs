//! The order of a graph given as "who needs whom", and its circles. Nodes are numbered in the
//! order of their ids, so the smallest number is the smallest id.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::Rank;

/// Kahn's order: a node comes when all that it needs has come; of those that could come, the
/// smallest is next. Nodes on circles, and those that need them, do not come at all.
pub(super) fn topological(needs: &[Vec<Rank>]) -> Vec<Rank> {
    let mut missing: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut dependents: Vec<Vec<Rank>> = vec![Vec::new(); needs.len()];
    for (node, list) in (0..).zip(needs) {
        for &need in list {
            dependents[need as usize].push(node);
        }
    }
    let free = |&(_, &count): &(Rank, &usize)| count == 0;
    let mut ready: BinaryHeap<Reverse<Rank>> =
        (0..).zip(&missing).filter(free).map(|(node, _)| Reverse(node)).collect();
    let mut order = Vec::with_capacity(needs.len());
    while let Some(Reverse(node)) = ready.pop() {
        order.push(node);
        for &dependent in &dependents[node as usize] {
            missing[dependent as usize] -= 1;
            if missing[dependent as usize] == 0 {
                ready.push(Reverse(dependent));
            }
        }
    }
    order
}

/// One circle for each knot of circles among the nodes that `order` left out. Each begins with
/// its smallest node, and each node needs the next.
pub(super) fn cycles(needs: &[Vec<Rank>], order: &[Rank]) -> Vec<Vec<Rank>> {
    if order.len() == needs.len() {
        return Vec::new();
    }
    let knots = knots(needs);
    let mut cycles = Vec::new();
    let mut done = vec![false; needs.len()];
    for (node, &knot) in (0..).zip(&knots) {
        let within = |&need: &Rank| knots[need as usize] == knot;
        if done[knot as usize] || !needs[node as usize].iter().any(within) {
            continue;
        }
        done[knot as usize] = true;
        cycles.push(circle_from(node, needs, within));
    }
    cycles
}

/// Follows the smallest need within the knot until a node comes again.
fn circle_from(start: Rank, needs: &[Vec<Rank>], within: impl Fn(&Rank) -> bool) -> Vec<Rank> {
    let mut step: BTreeMap<Rank, usize> = BTreeMap::new();
    let mut path = Vec::new();
    let mut node = start;
    let closed = loop {
        if let Some(&met) = step.get(&node) {
            break met;
        }
        step.insert(node, path.len());
        path.push(node);
        let next = needs[node as usize].iter().copied().filter(|need| within(need)).min();
        node = next.expect("every node of a knot needs another of the same knot");
    };
    let mut circle = path.split_off(closed);
    let smallest = (0..circle.len()).min_by_key(|&at| circle[at]).unwrap_or(0);
    circle.rotate_left(smallest);
    circle
}

/// Which knot each node belongs to, a knot being named by one of its nodes: two nodes are in one
/// knot if each needs the other in the end. Tarjan's algorithm with its own stack.
fn knots(needs: &[Vec<Rank>]) -> Vec<Rank> {
    const NEW: u32 = u32::MAX;
    let mut knot = vec![NEW; needs.len()];
    let mut seen = vec![NEW; needs.len()];
    let mut low = vec![NEW; needs.len()];
    let mut open: Vec<Rank> = Vec::new();
    let mut clock = 0;
    for root in (0..).take(needs.len()) {
        let mut calls: Vec<(Rank, usize)> = Vec::new();
        if seen[root as usize] == NEW {
            calls.push((root, 0));
        }
        while let Some((node, at)) = calls.pop() {
            let n = node as usize;
            if at == 0 {
                (seen[n], low[n]) = (clock, clock);
                clock += 1;
                open.push(node);
            } else {
                // The need looked at last is done, or was met before and is still open.
                let need = needs[n][at - 1] as usize;
                if knot[need] == NEW {
                    low[n] = low[n].min(low[need]);
                }
            }
            if let Some(&need) = needs[n].get(at) {
                calls.push((node, at + 1));
                if seen[need as usize] == NEW {
                    calls.push((need, 0));
                }
            } else if low[n] == seen[n] {
                while let Some(member) = open.pop() {
                    knot[member as usize] = node;
                    if member == node {
                        break;
                    }
                }
            }
        }
    }
    knot
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_that_can_come_comes_next() {
        let needs = [vec![3], vec![], vec![1], vec![]];
        assert_eq!(topological(&needs), [1, 2, 3, 0]);
        assert!(cycles(&needs, &topological(&needs)).is_empty());
    }

    #[test]
    fn each_knot_gives_one_circle() {
        // 0 needs itself; 1 → 3 → 2 → 1; 4 hangs below a knot; 5 ⇄ 6 are one knot with 7.
        let needs = [vec![0], vec![3], vec![1], vec![2, 0], vec![1], vec![6, 7], vec![5], vec![5]];
        let order = topological(&needs);
        assert!(order.is_empty());
        let found = cycles(&needs, &order);
        assert_eq!(found, [vec![0], vec![1, 3, 2], vec![5, 6]]);
    }

    #[test]
    fn a_long_chain_and_a_long_circle_need_no_deep_stack() {
        let count = 100_000;
        let mut needs: Vec<Vec<Rank>> = (0..count).map(|at| vec![at + 1]).collect();
        needs.push(vec![]);
        assert_eq!(topological(&needs).len(), needs.len());
        needs[count as usize] = vec![0];
        assert_eq!(cycles(&needs, &topological(&needs))[0].len(), needs.len());
    }
}
