//! The rows that Alembic itself left, command by command, on random graphs.

use super::*;

#[test]
fn rows_are_those_that_alembic_leaves() {
    let mut graph = graph(&[]);
    let mut count = 0;
    let lines = include_str!("alembic.txt").lines();
    for line in lines.filter(|line| !line.starts_with('#')) {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        if parts[0] == "graph" {
            graph = self::graph(&parts[1..]);
            continue;
        }
        let [kind, rows, selector, after] = parts[..] else {
            panic!("{line}");
        };
        let rows = heads(rows);
        let transition = match kind {
            "up" => graph.upgrade(&rows, selector),
            "down" => graph.downgrade(&rows, selector),
            _ => graph.stamp(&rows, &[selector], false),
        };
        assert_eq!(transition.unwrap().to, heads(after), "{line}");
        count += 1;
    }
    assert!(count > 500, "the file holds {count} commands only");
}
