//! Puts an observation together. In: what was there before a statement, what the worker holds
//! after it, and what event triggers wrote down. Out: the [`Observation`].

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer};

use crate::plan::lock::LockMode;
use crate::plan::observation::{
    Change, Known, ObjectChange, Observation, RelationKind, RelationLock,
};

/// A relation as it was before the statement.
#[derive(Debug)]
pub(super) struct Before {
    pub(super) name: String,
    pub(super) kind: RelationKind,
    /// A part of the table that it is named for.
    pub(super) toast: bool,
    /// The table that it is an index of.
    pub(super) indexed: Option<u32>,
    pub(super) storage: Option<u32>,
}

/// A relation that the worker has locked, as it is after the statement.
#[derive(Debug)]
pub(super) struct After {
    pub(super) oid: u32,
    pub(super) mode: LockMode,
    pub(super) storage: Option<u32>,
    pub(super) scans: i64,
}

/// What an event trigger wrote down.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Seen {
    Rewrite(#[serde(deserialize_with = "oid")] u32),
    Drop { kind: String, name: String },
    Command(Command),
}

#[derive(Debug, Deserialize)]
pub(super) struct Command {
    pub(super) tag: String,
    #[serde(deserialize_with = "oid_or_none")]
    class: Option<u32>,
    #[serde(deserialize_with = "oid_or_none")]
    object: Option<u32>,
    kind: String,
    name: Option<String>,
}

impl Command {
    /// Catalog and object identifier of what was commanded.
    pub(super) fn identity(&self) -> Option<(u32, u32)> {
        self.class.zip(self.object)
    }
}

/// The changed objects; `is_new` tells which were not there before.
pub(super) fn changes(seen: &[Seen], is_new: impl Fn(&Command) -> bool) -> Vec<ObjectChange> {
    let changes = seen.iter().filter_map(|seen| match seen {
        Seen::Rewrite(_) => None,
        Seen::Drop { kind, name } => Some((Change::Dropped, kind.clone(), name.clone())),
        Seen::Command(command) => {
            let change = if is_new(command) { Change::Created } else { Change::Altered };
            let kind = command.kind.to_lowercase();
            Some(match &command.name {
                Some(name) => (change, kind, name.clone()),
                // GRANT and its kin name a kind of object and nothing more.
                None => (change, "privileges".to_owned(), kind),
            })
        }
    });
    let changes = changes.map(|(change, kind, name)| ObjectChange { change, kind, name });
    changes.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Puts together what was before and what is after.
pub(super) fn told(
    before: &BTreeMap<u32, Before>,
    after: &[After],
    earlier: &BTreeMap<u32, i64>,
    seen: &[Seen],
    emptied: bool,
) -> Observation {
    let mut locks: BTreeMap<String, (RelationKind, LockMode)> = BTreeMap::new();
    let mut scanned = BTreeSet::new();
    let mut stored_anew = BTreeSet::new();
    let rewrites: BTreeSet<u32> = seen
        .iter()
        .filter_map(|seen| match seen {
            Seen::Rewrite(oid) => Some(*oid),
            _ => None,
        })
        .collect();
    for now in after {
        let Some(was) = before.get(&now.oid) else {
            continue;
        };
        let lock = locks.entry(was.name.clone()).or_insert((was.kind, now.mode));
        lock.1 = lock.1.max(now.mode);
        if was.toast {
            continue;
        }
        let moved = was.storage.is_some() && now.storage.is_some() && was.storage != now.storage;
        if moved && !rewrites.contains(&now.oid) {
            stored_anew.insert(now.oid);
        }
        let scans = now.scans > earlier.get(&now.oid).copied().unwrap_or(0);
        // TRUNCATE builds its empty indexes anew, which counts as scans of an empty table.
        if scans && was.kind != RelationKind::Index && !(emptied && moved) {
            scanned.insert(was.name.clone());
        }
    }
    let name = |oid: &u32| before.get(oid).map(|was| was.name.clone());
    let with_its_table = |oid: &&u32| {
        let table = before.get(*oid).and_then(|was| was.indexed);
        table.is_some_and(|table| stored_anew.contains(&table) || rewrites.contains(&table))
    };
    let refilled = stored_anew.iter().filter(|oid| !with_its_table(oid)).filter_map(name);
    Observation {
        locks: listed(locks),
        rewritten: sorted(rewrites.iter().filter_map(name)),
        refilled: sorted(refilled),
        scanned: scanned.into_iter().collect(),
        ..Observation::empty(Known::Observed)
    }
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

pub(super) fn listed(locks: BTreeMap<String, (RelationKind, LockMode)>) -> Vec<RelationLock> {
    let locks = locks.into_iter();
    locks.map(|(relation, (kind, mode))| RelationLock { relation, kind, mode }).collect()
}

/// From `pg_class.relkind`.
pub(super) fn relation_kind(relkind: i8) -> RelationKind {
    match relkind.cast_unsigned() {
        b'i' | b'I' => RelationKind::Index,
        b'v' => RelationKind::View,
        b'm' => RelationKind::MaterializedView,
        b'S' => RelationKind::Sequence,
        b'f' => RelationKind::ForeignTable,
        b'c' => RelationKind::CompositeType,
        _ => RelationKind::Table,
    }
}

fn oid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    oid_or_none(deserializer)?.ok_or_else(|| serde::de::Error::custom("expected an oid"))
}

/// PostgreSQL's JSON writes object identifiers as text.
fn oid_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(serde::de::Error::custom)).transpose()
}
