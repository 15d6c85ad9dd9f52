//! A catalog reduced to digests: enough to foretell a fingerprint, small enough for a plan.
//!
//! In: objects with their digests. Out: the fingerprint of the whole, what differs between two
//! inventories, and an inventory with such a difference applied.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::id::ObjectId;
use super::kind::Kind;
use crate::digest::{Digest, FieldHasher};

/// The first field of every fingerprint.
const CATALOG_TAG: &str = "enact.catalog.v1";

/// Every object of a catalog with its digest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Inventory(pub BTreeMap<ObjectId, Digest>);

/// What became of one object: its digest before and after; none where it is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replacement {
    /// The digest before.
    pub before: Option<Digest>,
    /// The digest after.
    pub after: Option<Digest>,
}

/// The objects that differ between two inventories.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InventoryDiff(pub BTreeMap<ObjectId, Replacement>);

impl Inventory {
    /// The digest of the whole.
    pub fn fingerprint(&self) -> Digest {
        let mut hasher = FieldHasher::new(CATALOG_TAG);
        for (id, digest) in &self.0 {
            hasher.field(id.to_string());
            hasher.field(digest.as_bytes());
        }
        hasher.finish()
    }

    /// How many objects a project could have made: extensions and the schema `public` are there in new
    /// databases too, and rights may be.
    pub fn made(&self) -> usize {
        let given = |id: &&ObjectId| {
            id.kind() == Kind::Extension
                || id.kind().is_often_foreign()
                || (id.kind() == Kind::Schema && id.name() == "public")
        };
        self.0.keys().filter(|id| !given(id)).count()
    }

    /// The digest of an object, if it is there.
    pub fn get(&self, id: &ObjectId) -> Option<Digest> {
        self.0.get(id).copied()
    }

    /// Puts an object there with this digest, or takes it away.
    pub fn set(&mut self, id: ObjectId, digest: Option<Digest>) {
        match digest {
            Some(digest) => self.0.insert(id, digest),
            None => self.0.remove(&id),
        };
    }

    /// This inventory after `diff`.
    ///
    /// # Errors
    /// The objects that are not here as `diff` has them before, if there are any: what becomes
    /// of them cannot be foretold.
    pub fn patched(&self, diff: &InventoryDiff) -> Result<Self, Vec<ObjectId>> {
        let strangers: Vec<ObjectId> = diff
            .0
            .iter()
            .filter(|(id, replacement)| self.0.get(id).copied() != replacement.before)
            .map(|(id, _)| id.clone())
            .collect();
        if !strangers.is_empty() {
            return Err(strangers);
        }
        let mut patched = self.clone();
        for (id, replacement) in &diff.0 {
            match replacement.after {
                Some(digest) => patched.0.insert(id.clone(), digest),
                None => patched.0.remove(id),
            };
        }
        Ok(patched)
    }
}

impl InventoryDiff {
    /// What differs from `before` to `after`.
    pub fn between(before: &Inventory, after: &Inventory) -> Self {
        let ids: BTreeSet<_> = before.0.keys().chain(after.0.keys()).collect();
        let replacement = |id: &ObjectId| Replacement {
            before: before.0.get(id).copied(),
            after: after.0.get(id).copied(),
        };
        Self(
            ids.into_iter()
                .map(|id| (id.clone(), replacement(id)))
                .filter(|(_, replacement)| replacement.before != replacement.after)
                .collect(),
        )
    }

    /// Makes this the difference from before it to after `next`, which follows it.
    pub fn then(&mut self, next: Self) {
        for (id, replacement) in next.0 {
            match self.0.entry(id) {
                Entry::Vacant(entry) => {
                    entry.insert(replacement);
                }
                Entry::Occupied(mut entry) => {
                    entry.get_mut().after = replacement.after;
                    if entry.get().before == entry.get().after {
                        entry.remove();
                    }
                }
            }
        }
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn inventory(objects: &[(&str, &str)]) -> Inventory {
        let object =
            |&(name, text): &(&str, &str)| (ObjectId::table("public", name), Digest::of(text));
        Inventory(objects.iter().map(object).collect())
    }

    #[test]
    fn a_patch_that_does_not_fit_names_the_objects() {
        let diff = InventoryDiff::between(
            &inventory(&[("a", "1")]),
            &inventory(&[("a", "2"), ("b", "1")]),
        );
        let drifted = inventory(&[("a", "1"), ("b", "other")]);
        assert_eq!(drifted.patched(&diff), Err(vec![ObjectId::table("public", "b")]));
    }

    #[test]
    fn drift_elsewhere_stays_in_the_foretold_fingerprint() {
        let diff = InventoryDiff::between(&inventory(&[("a", "1")]), &inventory(&[("b", "2")]));
        let target = inventory(&[("a", "1"), ("drift", "x")]);
        let foretold = target.patched(&diff).unwrap();
        assert_eq!(foretold, inventory(&[("b", "2"), ("drift", "x")]));
        assert_ne!(foretold.fingerprint(), target.fingerprint());
    }

    proptest! {
        #[test]
        fn a_patch_leads_from_before_to_after(
            before in proptest::collection::btree_map("[a-c]{1,2}", "[0-2]", 0..6),
            after in proptest::collection::btree_map("[a-c]{1,2}", "[0-2]", 0..6),
        ) {
            let of = |map: &BTreeMap<String, String>| {
                let pairs: Vec<_> = map.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
                inventory(&pairs)
            };
            let (before, after) = (of(&before), of(&after));
            let diff = InventoryDiff::between(&before, &after);
            prop_assert_eq!(diff.is_empty(), before == after);
            prop_assert_eq!(before.fingerprint() == after.fingerprint(), before == after);
            prop_assert_eq!(before.patched(&diff), Ok(after));
        }

        #[test]
        fn differences_that_follow_one_another_are_one(
            states in proptest::collection::vec(
                proptest::collection::btree_map("[a-c]{1,2}", "[0-2]", 0..6), 3),
        ) {
            let states: Vec<Inventory> = states
                .iter()
                .map(|map| {
                    let pairs: Vec<_> = map.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
                    inventory(&pairs)
                })
                .collect();
            let mut both = InventoryDiff::between(&states[0], &states[1]);
            both.then(InventoryDiff::between(&states[1], &states[2]));
            prop_assert_eq!(both, InventoryDiff::between(&states[0], &states[2]));
        }
    }
}
