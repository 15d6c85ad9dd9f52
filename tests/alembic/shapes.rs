//! The graphs on which enact and Alembic are compared.

use enact::graph::RevisionGraph;
use enact::revision::{self, Draft};
use enact::source::SourceFile;

use super::chance::Chance;
use crate::project;

/// Graphs with their names; a revision is `id [< parent,…] [& dependency,…] [# label,…]`.
/// Alembic's own tests name most of them.
const SHAPES: &[(&str, &[&str])] = &[
    ("linear", &["a1", "b2 < a1", "c3 < b2", "d4 < c3"]),
    ("branched", &["a1", "b2 < a1 # left", "c3 < a1 # right", "d4 < b2", "e5 < c3"]),
    ("merged", &["a1", "b2 < a1", "c3 < a1", "m4 < b2,c3", "d5 < m4"]),
    ("three-way merge", &["a1", "b2 < a1", "c3 < a1", "d4 < a1", "m5 < d4,b2,c3", "e6 < m5"]),
    ("twin merges", &["a1", "b2 < a1", "c3 < a1", "m4 < b2,c3", "n5 < b2,c3"]),
    ("not quite twin merges", &["a1", "b2 < a1", "c3 < a1", "d4 < a1", "m5 < b2,c3", "n6 < c3,d4"]),
    ("forest", &["a1 # one", "b2 < a1", "c3 # two", "d4 < c3", "e5 # three", "f6 < d4"]),
    ("forest that merges", &["a1", "b2 < a1", "c3", "d4 < c3", "m5 < b2,d4"]),
    ("depends on its grandparent", &["a1", "b2 < a1", "c3 < b2 & a1", "d4 < c3"]),
    ("depends across bases", &["a1 # one", "b2 < a1", "c3 # two", "d4 < c3 & b2", "e5 < b2"]),
    (
        "depends across branches",
        &["a1", "b2 < a1 # left", "c3 < a1 # right", "d4 < b2", "e5 < c3 & d4", "f6 < d4"],
    ),
    ("depends on a label", &["a1 # one", "b2 < a1", "c3 # two", "d4 < c3 & one", "e5 < d4"]),
    (
        "labels of branches",
        &["a1", "b2 < a1 # left", "c3 < b2", "d4 < a1 # right", "e5 < d4", "m6 < c3,e5 # whole"],
    ),
    (
        "the traced one",
        &[
            "a001",
            "b001 < a001 # left",
            "c001 < a001 # right",
            "m001 < b001,c001",
            "d001 < m001",
            "n001 # other",
            "n002 < n001 & m001",
        ],
    ),
];

/// A graph for both sides.
pub(crate) struct Shape {
    pub(crate) name: String,
    pub(crate) drafts: Vec<Draft>,
}

impl Shape {
    /// The named graphs, and some of chance.
    pub(crate) fn all() -> Vec<Self> {
        let named = SHAPES.iter().map(|(name, lines)| Self::of(name, lines));
        named.chain((1..=4).map(Self::by_chance)).collect()
    }

    pub(crate) fn named(name: &str) -> Self {
        let (name, lines) = SHAPES.iter().find(|shape| shape.0 == name).unwrap();
        Self::of(name, lines)
    }

    fn of(name: &str, lines: &[impl AsRef<str>]) -> Self {
        let drafts = lines.iter().map(|line| draft(line.as_ref())).collect();
        Self { name: name.to_owned(), drafts }
    }

    /// Up to 16 revisions, each with up to two parents and a dependency among those before it.
    fn by_chance(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let mut lines = Vec::new();
        let mut ids: Vec<String> = Vec::new();
        for number in 0..10 + chance.below(7) {
            let id =
                format!("{}{number}", char::from(b'a' + u8::try_from(chance.below(26)).unwrap()));
            let mut line = id.clone();
            if !ids.is_empty() && chance.below(6) > 0 {
                let mut parents = vec![chance.of(&ids).clone(), chance.of(&ids).clone()];
                parents.truncate(if chance.below(4) == 0 { 2 } else { 1 });
                parents.dedup();
                line = format!("{line} < {}", parents.join(","));
            }
            if !ids.is_empty() && chance.below(5) == 0 {
                line = format!("{line} & {}", chance.of(&ids));
            }
            if chance.below(5) == 0 {
                line = format!("{line} # label{number}");
            }
            ids.push(id);
            lines.push(line);
        }
        Self::of(&format!("chance {seed}"), &lines)
    }

    /// The graph as enact reads it.
    pub(crate) fn graph(&self) -> RevisionGraph {
        let parsed = self.drafts.iter().map(|draft| {
            let name = revision::file_name(&draft.id, &draft.message);
            let source = SourceFile::new(name, revision::template(draft).into()).unwrap();
            revision::parse(source).unwrap()
        });
        RevisionGraph::new(parsed.collect()).unwrap()
    }
}

/// A revision that makes nothing, so that a stamp says nothing wrong.
pub(crate) fn draft(line: &str) -> Draft {
    let mut words = line.split(' ');
    let mut draft = project::draft(words.next().unwrap(), &[], "SELECT 1;", "SELECT 1;");
    while let Some(sign) = words.next() {
        let names = words.next().unwrap().split(',');
        match sign {
            "<" => draft.parents = names.map(|id| id.parse().unwrap()).collect(),
            "&" => draft.depends_on = names.map(str::to_owned).collect(),
            "#" => draft.labels = names.map(str::to_owned).collect(),
            _ => panic!("{line}"),
        }
    }
    draft
}
