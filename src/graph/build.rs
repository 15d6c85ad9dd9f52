//! From revisions in any order to the graph, or everything that keeps them from being one.

use std::collections::BTreeMap;

use super::{Edges, Rank, RevisionGraph, order};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::revision::{Key, Revision};
use crate::spelling;

/// How many unknown names get a suggestion: a search through all ids for each would take long
/// where thousands are unknown, and then none of them is a slip.
const MAX_SUGGESTIONS: usize = 20;

impl RevisionGraph {
    /// Checks that `revisions` are a graph, and orders them.
    ///
    /// # Errors
    /// All at once: `duplicate-revision`, `label-conflict`, `unknown-parent` for parents and
    /// dependencies, `revision-cycle`.
    pub fn new(mut revisions: Vec<Revision>) -> Result<Self, Refusal> {
        // Sorted by id and file, so that findings come in one order too.
        revisions.sort_by(|a, b| (&a.id, a.source().name()).cmp(&(&b.id, b.source().name())));
        let mut findings = Vec::new();
        reject_duplicates(&mut revisions, &mut findings);
        let labels = labels(&revisions, &mut findings);
        let mut resolver =
            Resolver { revisions: &revisions, labels: &labels, suggestions: MAX_SUGGESTIONS };
        let needs: Vec<Needs> =
            revisions.iter().map(|revision| resolver.needs(revision, &mut findings)).collect();
        let all: Vec<Vec<Rank>> = needs.iter().map(Needs::all).collect();
        let order = order::topological(&all);
        for cycle in order::cycles(&all, &order) {
            findings.push(circle(&revisions, &cycle));
        }
        Refusal::unless_empty(findings)?;
        Ok(assemble(revisions, &needs, &labels, &order))
    }
}

/// What one revision needs, as indexes into the revisions sorted by id.
struct Needs {
    parents: Vec<Rank>,
    dependencies: Vec<Rank>,
}

impl Needs {
    /// Parents, then dependencies that are not parents.
    fn all(&self) -> Vec<Rank> {
        let mut all = self.parents.clone();
        for &dependency in &self.dependencies {
            if !all.contains(&dependency) {
                all.push(dependency);
            }
        }
        all
    }
}

fn index(at: usize) -> Rank {
    Rank::try_from(at).expect("a project has fewer than 2^32 revisions, each of them in memory")
}

fn reject_duplicates(revisions: &mut Vec<Revision>, findings: &mut Vec<Finding>) {
    revisions.dedup_by(|again, first| {
        let same = again.id == first.id;
        if same {
            let message = format!("the id `{}` is taken by `{}`", again.id, first.source().name());
            findings.push(
                Finding::error(Code::DuplicateRevision, message)
                    .at(again.place(Key::RevisionId, again.id.as_str()))
                    .help("give one of the two files another id, and the revisions after it too"),
            );
        }
        same
    });
}

fn labels(revisions: &[Revision], findings: &mut Vec<Finding>) -> BTreeMap<String, Rank> {
    let mut labels: BTreeMap<String, Rank> = BTreeMap::new();
    for (at, revision) in revisions.iter().enumerate() {
        for label in &revision.labels {
            let taken = match (find(revisions, label), labels.get(label)) {
                (Some(_), _) => format!("the label `{label}` is the id of a revision"),
                (None, Some(&owner)) => {
                    let owner = &revisions[owner as usize].id;
                    format!("the label `{label}` is taken by revision `{owner}`")
                }
                (None, None) => {
                    labels.insert(label.clone(), index(at));
                    continue;
                }
            };
            findings.push(
                Finding::error(Code::LabelConflict, taken)
                    .at(revision.place(Key::BranchLabels, label))
                    .help("choose another label; one label belongs to one revision"),
            );
        }
    }
    labels
}

fn find(revisions: &[Revision], id: &str) -> Option<Rank> {
    let found = revisions.binary_search_by(|revision| revision.id.as_str().cmp(id));
    found.ok().map(index)
}

struct Resolver<'a> {
    revisions: &'a [Revision],
    labels: &'a BTreeMap<String, Rank>,
    suggestions: usize,
}

impl Resolver<'_> {
    fn needs(&mut self, revision: &Revision, findings: &mut Vec<Finding>) -> Needs {
        let mut needs = Needs { parents: Vec::new(), dependencies: Vec::new() };
        for parent in &revision.parents {
            match find(self.revisions, parent.as_str()) {
                Some(found) => needs.parents.push(found),
                None => findings.push(self.unknown(revision, Key::Revises, parent.as_str())),
            }
        }
        for name in &revision.depends_on {
            match find(self.revisions, name).or_else(|| self.labels.get(name).copied()) {
                Some(found) => needs.dependencies.push(found),
                None => findings.push(self.unknown(revision, Key::DependsOn, name)),
            }
        }
        needs
    }

    fn unknown(&mut self, revision: &Revision, key: Key, name: &str) -> Finding {
        let message = match key {
            Key::Revises => format!("the parent `{name}` of `{}` is not there", revision.id),
            _ => format!("`{}` depends on `{name}`, which is not there", revision.id),
        };
        let mut meant = None;
        if self.suggestions > 0 {
            self.suggestions -= 1;
            meant = self.meant(revision, key, name);
        }
        let help = match meant {
            Some(known) => format!("did you mean `{known}`?"),
            None if key == Key::Revises => "add the missing file, or name another parent".into(),
            None => "add the missing file, or name another revision or label".into(),
        };
        Finding::error(Code::UnknownParent, message).at(revision.place(key, name)).help(help)
    }

    /// The one id that `name` begins, or the closest name.
    fn meant(&self, revision: &Revision, key: Key, name: &str) -> Option<&str> {
        let ids = self.revisions.iter().map(|revision| revision.id.as_str());
        let others = ids.filter(|&id| id != revision.id.as_str());
        let mut begun = others.clone().filter(|id| id.starts_with(name));
        if let (Some(id), None) = (begun.next(), begun.next()) {
            return Some(id);
        }
        let labels = self.labels.keys().map(String::as_str);
        spelling::closest(name, others.chain(labels.filter(|_| key == Key::DependsOn)))
    }
}

fn circle(revisions: &[Revision], cycle: &[Rank]) -> Finding {
    let id = |at: Rank| revisions[at as usize].id.as_str();
    let mut names: Vec<&str> = cycle.iter().map(|&at| id(at)).collect();
    names.push(names[0]);
    let first = &revisions[cycle[0] as usize];
    let next = names[1];
    let key = if first.parents.iter().any(|parent| parent.as_str() == next) {
        Key::Revises
    } else {
        Key::DependsOn
    };
    let message = format!("revisions need one another in a circle: `{}`", names.join(" → "));
    Finding::error(Code::RevisionCycle, message)
        .at(first.place(key, next))
        .note("`a → b` reads: `a` needs `b`, as a parent or as a dependency")
        .help("change `Revises` or `Depends On` of one of them")
}

/// Moves everything from its place by id to its place in the topological order.
fn assemble(
    revisions: Vec<Revision>,
    needs: &[Needs],
    labels: &BTreeMap<String, Rank>,
    order: &[Rank],
) -> RevisionGraph {
    let mut by_id: Vec<Rank> = vec![0; revisions.len()];
    for (rank, &at) in order.iter().enumerate() {
        by_id[at as usize] = index(rank);
    }
    let ranks = |list: &[Rank]| list.iter().map(|&at| by_id[at as usize]).collect::<Vec<_>>();
    let mut edges = vec![Edges::default(); revisions.len()];
    for (rank, &at) in order.iter().enumerate() {
        let parents = ranks(&needs[at as usize].parents);
        let all = ranks(&needs[at as usize].all());
        for &parent in &parents {
            edges[parent as usize].children.push(index(rank));
        }
        for &need in &all {
            edges[need as usize].dependents.push(index(rank));
        }
        edges[rank].parents = parents;
        edges[rank].needs = all;
    }
    let labels =
        labels.iter().map(|(label, &owner)| (label.clone(), by_id[owner as usize])).collect();
    let mut slots: Vec<Option<Revision>> = revisions.into_iter().map(Some).collect();
    let revisions = order.iter().filter_map(|&at| slots[at as usize].take()).collect();
    RevisionGraph { revisions, by_id, edges, labels }
}
