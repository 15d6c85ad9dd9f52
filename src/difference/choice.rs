//! What is to become of each object.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Kind, ObjectId};

/// What becomes of an object that is not left as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It is made.
    Create,
    /// It is removed.
    Drop,
    /// It is changed in place.
    Alter,
    /// It is removed and made again.
    Rebuild,
    /// It is made again beside the old one, which goes when nothing has it any more: a type or collation
    /// of columns.
    Replace,
}

impl Way {
    /// In place, where that is possible; else made again.
    pub(super) fn in_place_if(possible: bool) -> Self {
        if possible { Self::Alter } else { Self::Rebuild }
    }
}

/// Whether objects of this kind can be made again beside the old one, while columns still have that.
pub(super) fn can_stand_beside(kind: Kind) -> bool {
    matches!(kind, Kind::Collation | Kind::Enum | Kind::Domain | Kind::Range)
}

/// What was decided, object by object.
#[derive(Debug, Clone, Default)]
pub(super) struct Choices {
    pub(super) ways: BTreeMap<ObjectId, Way>,
    /// Columns whose default, and tables whose entry in a publication, goes before something that it
    /// stands on; checks of domains that do, and defaults of domains, which have no name.
    pub(super) loosened: BTreeSet<(ObjectId, String)>,
    /// Columns that get their type anew although its name stays.
    pub(super) retyped: BTreeSet<(ObjectId, String)>,
    pub(super) remedies: Remedies,
    /// Constraints that stand in their table's CREATE TABLE.
    pub(super) inline: BTreeMap<ObjectId, Vec<ObjectId>>,
}

/// What breaks circles among the statements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Remedies {
    /// Constraints that are added apart from their table, and dropped before it.
    pub(super) apart: BTreeSet<ObjectId>,
    /// Tables whose defaults are set when everything else is there.
    pub(super) deferred: BTreeSet<ObjectId>,
    /// Tables whose defaults go before they do.
    pub(super) bared: BTreeSet<ObjectId>,
    /// Types that are made beside the old ones, although no column keeps them.
    pub(super) replaced: BTreeSet<ObjectId>,
    /// Objects that are made again, although they could be changed in place.
    pub(super) rebuilt: BTreeSet<ObjectId>,
}

impl Choices {
    pub(super) fn way(&self, id: &ObjectId) -> Option<Way> {
        self.ways.get(id).copied()
    }

    pub(super) fn drops(&self, id: &ObjectId) -> bool {
        matches!(self.way(id), Some(Way::Drop | Way::Rebuild | Way::Replace))
    }

    pub(super) fn creates(&self, id: &ObjectId) -> bool {
        matches!(self.way(id), Some(Way::Create | Way::Rebuild | Way::Replace))
    }

    /// Whether it is removed and made again under its name.
    pub(super) fn is_made_again(&self, id: &ObjectId) -> bool {
        self.drops(id) && self.creates(id)
    }

    pub(super) fn is_inline(&self, id: &ObjectId) -> bool {
        let table = |kind| {
            let part = |text: Option<&str>| text.map(str::to_owned);
            let name = part(id.on_table())?;
            ObjectId::from_parts(kind, part(id.schema()), None, name, None)
        };
        let tables = [Kind::Table, Kind::ForeignTable].into_iter().filter_map(table);
        tables.filter_map(|table| self.inline.get(&table)).any(|inline| inline.contains(id))
    }

    pub(super) fn is_loosened(&self, object: &ObjectId, part: &str) -> bool {
        self.loosened.contains(&(object.clone(), part.to_owned()))
    }

    pub(super) fn is_retyped(&self, table: &ObjectId, column: &str) -> bool {
        self.retyped.contains(&(table.clone(), column.to_owned()))
    }
}
