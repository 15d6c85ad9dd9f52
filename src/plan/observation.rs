//! What a statement was seen to do on a shadow, as the plan stores it.
//!
//! Names are schema-qualified and quoted as PostgreSQL quotes them; every list is sorted and
//! without doubles, so that the same statement gives the same bytes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::plan::lock::LockMode;

/// The locks and effects of one statement, or of several in one transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// How it is known.
    pub known: Known,
    /// The strongest lock on each relation that was there before; a toast table counts as its
    /// table, system catalogs are left out.
    pub locks: Vec<RelationLock>,
    /// Tables that ALTER TABLE rewrote: every row is written anew.
    pub rewritten: Vec<String>,
    /// Relations that got new storage in another way: TRUNCATE, REFRESH, REINDEX, CLUSTER.
    pub refilled: Vec<String>,
    /// Tables that were read from end to end. A foreign key's parent is missing here when it was
    /// empty on the shadow.
    pub scanned: Vec<String>,
    /// Objects that were created, altered or dropped. Roles, databases, tablespaces and event
    /// triggers are not seen.
    pub objects: Vec<ObjectChange>,
}

impl Observation {
    /// An observation of nothing at all.
    pub const fn empty(known: Known) -> Self {
        Self {
            known,
            locks: Vec::new(),
            rewritten: Vec::new(),
            refilled: Vec::new(),
            scanned: Vec::new(),
            objects: Vec::new(),
        }
    }

    /// The strongest lock on any table, which is what others wait for.
    pub fn strongest(&self) -> Option<LockMode> {
        self.locks.iter().map(|lock| lock.mode).max()
    }
}

/// A lock on a relation that was there before the statement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelationLock {
    /// The relation's name.
    pub relation: String,
    /// What it is.
    pub kind: RelationKind,
    /// The strongest mode that was held.
    pub mode: LockMode,
}

/// What a locked relation is; partitioned ones count as what they are partitions of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelationKind {
    /// A table, partitioned or not.
    Table,
    /// An index, partitioned or not.
    Index,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// A sequence.
    Sequence,
    /// A foreign table.
    ForeignTable,
    /// A composite type.
    CompositeType,
}

/// One object that a statement changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectChange {
    /// What happened to it.
    pub change: Change,
    /// What it is, in PostgreSQL's words: `table`, `table constraint`, `index`, …
    pub kind: String,
    /// Its identity, as `pg_identify_object` gives it.
    pub name: String,
}

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It was not there before.
    Created,
    /// It was there and still is.
    Altered,
    /// It is gone.
    Dropped,
}

impl Change {
    /// The sign that plans show: `+`, `~` or `-`.
    pub const fn sign(self) -> char {
        match self {
            Self::Created => '+',
            Self::Altered => '~',
            Self::Dropped => '-',
        }
    }
}

/// How an [`Observation`] is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Known {
    /// The statement ran alone in a transaction, and was watched.
    Observed,
    /// Several statements ran in one transaction; only their union could be seen.
    ObservedTogether,
    /// The statement cannot run in a transaction; its locks follow from this rule.
    Derived(String),
    /// Nothing is known of its locks.
    Unknown,
}

const DERIVED: &str = "derived: ";

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Observed => f.write_str("observed"),
            Self::ObservedTogether => f.write_str("observed together"),
            Self::Derived(rule) => write!(f, "{DERIVED}{rule}"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// A text that is no form of [`Known`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotKnown;

impl fmt::Display for NotKnown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected `observed`, `observed together`, `derived: …` or `unknown`")
    }
}

impl std::error::Error for NotKnown {}

impl FromStr for Known {
    type Err = NotKnown;

    fn from_str(text: &str) -> Result<Self, NotKnown> {
        match text {
            "observed" => Ok(Self::Observed),
            "observed together" => Ok(Self::ObservedTogether),
            "unknown" => Ok(Self::Unknown),
            _ => match text.strip_prefix(DERIVED) {
                Some(rule) if !rule.is_empty() => Ok(Self::Derived(rule.to_owned())),
                _ => Err(NotKnown),
            },
        }
    }
}

impl Serialize for Known {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Known {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_is_text_and_comes_back() {
        let all = [
            Known::Observed,
            Known::ObservedTogether,
            Known::Derived("VACUUM".to_owned()),
            Known::Unknown,
        ];
        for known in all {
            let text = serde_json::to_string(&known).unwrap();
            assert_eq!(serde_json::from_str::<Known>(&text).unwrap(), known);
        }
        assert_eq!("derived: ".parse::<Known>(), Err(NotKnown));
        assert_eq!("Observed".parse::<Known>(), Err(NotKnown));
    }

    #[test]
    fn the_stored_form_is_strict() {
        let observation = Observation {
            locks: vec![RelationLock {
                relation: "public.cats".to_owned(),
                kind: RelationKind::Table,
                mode: LockMode::AccessExclusive,
            }],
            ..Observation::empty(Known::Observed)
        };
        let text = serde_json::to_string(&observation).unwrap();
        assert_eq!(
            text,
            r#"{"known":"observed","locks":[{"relation":"public.cats","kind":"table","mode":"ACCESS EXCLUSIVE"}],"rewritten":[],"refilled":[],"scanned":[],"objects":[]}"#
        );
        assert_eq!(serde_json::from_str::<Observation>(&text).unwrap(), observation);
        let more = text.replacen('{', r#"{"more":1,"#, 1);
        assert!(serde_json::from_str::<Observation>(&more).is_err());
    }
}
