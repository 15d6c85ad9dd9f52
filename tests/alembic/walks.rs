//! The same walks through Alembic and through enact: after every command the rows of
//! `alembic_version` are equal, and so are the lines of `current`.

use std::fmt::Write as _;

use enact::graph::{Direction, RevisionGraph};

use super::chance::Chance;
use super::oracle::{Answer, Oracle};
use super::ours;
use super::shapes::Shape;
use crate::postgres::{TestDatabase, fresh_database};

/// One graph in Alembic's hands and in enact's, each with a database of its own.
struct Pair {
    name: String,
    graph: RevisionGraph,
    oracle: Oracle,
    theirs: TestDatabase,
    ours: TestDatabase,
    /// How many commands both carried out.
    done: usize,
    /// How many both refused.
    refused: usize,
    /// Commands that only one of them carries out.
    differences: String,
}

impl Pair {
    async fn of(shape: &Shape) -> Self {
        Self {
            name: shape.name.clone(),
            graph: shape.graph(),
            oracle: Oracle::new(&shape.drafts),
            theirs: fresh_database("alembic").await,
            ours: fresh_database("enact").await,
            done: 0,
            refused: 0,
            differences: String::new(),
        }
    }

    /// Both start from these rows.
    async fn start_at(&mut self, rows: &[String]) {
        self.oracle.purge(&self.theirs.url, rows);
        self.oracle.purge(&self.ours.url, rows);
    }

    /// Both run one command.
    async fn step(&mut self, direction: Direction, selector: &str) {
        let before = ours::rows(&self.ours).await;
        let theirs = self.oracle.run(&self.theirs.url, verb(direction), &[selector]);
        let ours = ours::run(&self.ours, &self.graph, direction, selector).await;
        let rows = ours::rows(&self.ours).await;
        let told = format!("{}: {} {selector}, from {before:?}", self.name, verb(direction));
        match (&theirs.error, &ours) {
            (None, Ok(())) if theirs.rows == rows => self.done += 1,
            (Some(_), Err(_)) => {
                assert_eq!(rows, before, "{told}: a refusal leaves the rows");
                self.refused += 1;
            }
            _ => {
                let ours = ours.err().map_or_else(|| rows.join(" "), |refusal| refusal.to_string());
                writeln!(self.differences, "{told}\n  Alembic: {}\n  enact: {ours}", heard(&theirs)).unwrap();
                self.oracle.purge(&self.theirs.url, &rows);
            }
        }
        self.compare_current(&told).await;
    }

    /// `current` on enact's database, as Alembic and as enact print it.
    async fn compare_current(&mut self, told: &str) {
        let mut lines = self.oracle.run(&self.ours.url, "current", &[]).success().lines;
        lines.sort();
        assert_eq!(lines, ours::current(&self.ours, &self.graph).await, "{told}: current");
    }

    /// `heads`, as Alembic and as enact print it; labels are a set to Alembic.
    fn compare_heads(&mut self) {
        let lines = self.oracle.run(&self.ours.url, "heads", &[]).success().lines;
        let mut lines: Vec<String> = lines.iter().map(|line| with_sorted_labels(line)).collect();
        lines.sort();
        assert_eq!(lines, ours::heads(&self.graph), "{}: heads", self.name);
    }
}

fn verb(direction: Direction) -> &'static str {
    match direction {
        Direction::Upgrade => "upgrade",
        Direction::Downgrade => "downgrade",
        Direction::Stamp => "stamp",
    }
}

fn heard(answer: &Answer) -> String {
    answer.error.clone().unwrap_or_else(|| answer.rows.join(" "))
}

fn with_sorted_labels(line: &str) -> String {
    let Some((id, (labels, rest))) =
        line.split_once(" (").and_then(|(id, rest)| Some((id, rest.split_once(')')?)))
    else {
        return line.to_owned();
    };
    let mut labels: Vec<&str> = labels.split(", ").collect();
    labels.sort_unstable();
    format!("{id} ({}){rest}", labels.join(", "))
}

/// A command that people might give on this graph.
fn command(chance: &mut Chance, shape: &Shape) -> (Direction, String) {
    let id = |chance: &mut Chance| chance.of(&shape.drafts).id.to_string();
    let labels: Vec<&String> = shape.drafts.iter().flat_map(|draft| &draft.labels).collect();
    let direction = match chance.below(8) {
        0..4 => Direction::Upgrade,
        4..7 => Direction::Downgrade,
        _ => Direction::Stamp,
    };
    let selector = match (direction, chance.below(12)) {
        (_, 0..4) => id(chance),
        (Direction::Upgrade, 4..6) => "heads".to_owned(),
        (Direction::Upgrade, 6) => "head".to_owned(),
        (Direction::Upgrade, 7..9) => "+1".to_owned(),
        (Direction::Downgrade, 4) => "base".to_owned(),
        (Direction::Downgrade, 5..9) => "-1".to_owned(),
        (Direction::Stamp, 4..6) => "heads".to_owned(),
        (Direction::Stamp, 6) => "base".to_owned(),
        (_, 9) if !labels.is_empty() => format!("{}@head", chance.of(&labels)),
        (_, 10) if !labels.is_empty() => format!("{}@base", chance.of(&labels)),
        (Direction::Upgrade, 9..) => format!("{}+1", id(chance)),
        _ => format!("{}-1", id(chance)),
    };
    (direction, selector)
}

#[tokio::test]
async fn walks_leave_the_rows_that_alembic_leaves() {
    let (mut done, mut refused, mut differences) = (0, 0, String::new());
    for (shape, seed) in Shape::all().iter().zip(1..) {
        let mut pair = Pair::of(shape).await;
        pair.compare_heads();
        pair.step(Direction::Upgrade, "heads").await;
        pair.step(Direction::Downgrade, "base").await;
        let mut chance = Chance::new(seed);
        for _ in 0..18 {
            let (direction, selector) = command(&mut chance, shape);
            pair.step(direction, &selector).await;
        }
        done += pair.done;
        refused += pair.refused;
        differences += &pair.differences;
    }
    eprintln!("{done} done, {refused} refused");
    assert!(done >= 200, "only {done} commands were carried out by both");
    snapbox::assert_data_eq!(differences, snapbox::file!["differences.out"]);
}
