//! What a step does to relations that were there before the plan: what others can notice. Relations
//! that the plan itself creates are nobody's yet, and an index is locked with its table.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Change;
use super::observation::{ObjectChange, Observation, RelationKind, RelationLock};

/// What others can notice of one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Impact {
    /// The strongest lock on each relation; an index only where its table is not locked as strongly.
    pub locks: Vec<RelationLock>,
    /// Tables that are written anew.
    pub rewritten: Vec<String>,
    /// Relations that are emptied, or filled anew in another way.
    pub refilled: Vec<String>,
    /// Tables that are read from end to end.
    pub scanned: Vec<String>,
    /// Objects that are created, altered or dropped, without what every view has of its own.
    pub objects: Vec<ObjectChange>,
}

/// The impacts of steps that run one after another, one for each.
pub fn impacts<'a>(steps: impl IntoIterator<Item = &'a Observation>) -> Vec<Impact> {
    let mut ours: BTreeSet<&str> = BTreeSet::new();
    let mut impacts = Vec::new();
    for observed in steps {
        let names = |change| {
            let of = move |object: &&ObjectChange| object.change == change;
            observed.objects.iter().filter(of).map(|object| object.name.as_str())
        };
        let dropped: BTreeSet<&str> = names(Change::Dropped).collect();
        let mut new = ours.clone();
        // What is dropped and made again in one step was there before.
        new.extend(names(Change::Created).filter(|name| !dropped.contains(name)));
        impacts.push(impact(observed, &new));
        ours.retain(|name| !dropped.contains(name));
        ours.extend(names(Change::Created));
    }
    impacts
}

fn impact(observed: &Observation, new: &BTreeSet<&str>) -> Impact {
    let others = |names: &[String]| -> Vec<String> {
        names.iter().filter(|name| !new.contains(name.as_str())).cloned().collect()
    };
    let is_index = |lock: &&RelationLock| lock.kind == RelationKind::Index;
    let strongest =
        observed.locks.iter().filter(|lock| !is_index(lock)).map(|lock| lock.mode).max();
    let locks = observed
        .locks
        .iter()
        .filter(|lock| !new.contains(lock.relation.as_str()))
        .filter(|lock| !is_index(lock) || strongest.is_none_or(|table| lock.mode > table))
        .cloned()
        .collect();
    let of_a_view =
        |object: &ObjectChange| object.kind == "rule" && object.name.starts_with("\"_RETURN\" on ");
    Impact {
        locks,
        rewritten: others(&observed.rewritten),
        refilled: others(&observed.refilled),
        scanned: others(&observed.scanned),
        objects: observed.objects.iter().filter(|object| !of_a_view(object)).cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::lock::LockMode;
    use crate::plan::observation::Known;

    fn lock(relation: &str, kind: RelationKind, mode: LockMode) -> RelationLock {
        RelationLock { relation: relation.into(), kind, mode }
    }

    /// A step that locks `cats`, with its index, and does this to it.
    fn step(changes: &[Change]) -> Observation {
        let object = |&change| ObjectChange { change, kind: "table".into(), name: "cats".into() };
        Observation {
            locks: vec![
                lock("cats", RelationKind::Table, LockMode::AccessExclusive),
                lock("cats_pkey", RelationKind::Index, LockMode::AccessExclusive),
            ],
            scanned: vec!["cats".into()],
            objects: changes.iter().map(object).collect(),
            ..Observation::empty(Known::Observed)
        }
    }

    #[test]
    fn only_what_was_there_before_is_noticed() {
        let steps = [
            step(&[Change::Altered]),
            step(&[Change::Dropped]),
            step(&[Change::Created]),
            step(&[]),
            step(&[Change::Dropped]),
            step(&[]),
            step(&[Change::Created, Change::Dropped]),
        ];
        let locked: Vec<bool> =
            impacts(&steps).iter().map(|impact| !impact.locks.is_empty()).collect();
        assert_eq!(locked, [true, true, false, false, false, true, true]);
        for impact in impacts(&steps) {
            assert_eq!(impact.locks.is_empty(), impact.scanned.is_empty());
        }
    }

    #[test]
    fn an_index_is_locked_with_its_table() {
        let names = |observed: &Observation| -> Vec<String> {
            impacts([observed])[0].locks.iter().map(|lock| lock.relation.clone()).collect()
        };
        let mut observed = step(&[]);
        assert_eq!(names(&observed), ["cats"]);
        observed.locks[0].mode = LockMode::Share;
        assert_eq!(names(&observed), ["cats", "cats_pkey"]);
        observed.locks.remove(0);
        assert_eq!(names(&observed), ["cats_pkey"]);
    }
}
