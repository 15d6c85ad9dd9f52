//! The schema of a database as a value: every object, canonically described.
//!
//! In: descriptions that the server wrote (`database::catalog` fetches them). Out: a [`Catalog`]
//! of typed objects, their digests, the fingerprint of the whole, and the difference between two.
//! The server is the canonicaliser: expressions and definitions are its words, with every name
//! qualified. Nothing here depends on object ids, on the order of creation, on dropped columns,
//! on the database's name, or on data.
//!
//! A kind of object is one file here (the struct), one line in `kind.rs`, one `.sql` file beside
//! `database/catalog`, and one fixture folder in `tests/catalog`.

#![expect(
    clippy::struct_excessive_bools,
    reason = "a description has the flags that PostgreSQL has"
)]

mod access_method;
mod aggregate;
mod base_type;
mod canonical;
mod cast;
mod change;
mod collation;
mod composite;
mod constraint;
mod conversion;
mod dependency;
mod diff;
mod domain;
mod enumeration;
mod event_trigger;
mod extension;
mod foreign;
mod id;
mod ignore;
mod index;
mod inventory;
mod kind;
mod language;
mod operator;
mod policy;
mod privileges;
mod publication;
mod range;
mod routine;
mod rule;
mod schema;
mod sequence;
mod snapshot;
mod statistics;
mod subscription;
mod table;
mod tablespace;
mod text_search;
mod transform;
mod trigger;
mod view;

use std::collections::BTreeMap;

use crate::digest::Digest;

pub use access_method::AccessMethod;
pub use aggregate::{Aggregate, Transition};
pub use base_type::BaseType;
pub use cast::Cast;
pub use change::Change;
pub use collation::Collation;
pub use composite::{Attribute, Composite};
pub use constraint::{Constraint, ConstraintType};
pub use conversion::Conversion;
pub use dependency::{Dependency, LinkedCatalog, Part};
pub use diff::{CatalogDiff, ObjectDiff};
pub use domain::{Domain, DomainConstraint};
pub use enumeration::Enum;
pub use event_trigger::EventTrigger;
pub use extension::Extension;
pub use foreign::{
    ForeignColumn, ForeignDataWrapper, ForeignOption, ForeignServer, ForeignTable, UserMapping,
};
pub use id::{NotAnObjectId, ObjectId};
pub use ignore::Ignore;
pub use index::Index;
pub use inventory::{Inventory, InventoryDiff, Replacement};
pub use kind::{Kind, Object, Shape};
pub use language::Language;
pub use operator::{Operator, OperatorClass, OperatorFamily};
pub use policy::Policy;
pub use privileges::{
    ColumnGrants, DefaultPrivileges, Grant, Owner, Privileges, Spoken, is_given_by_others,
};
pub use publication::{Publication, PublishedTable};
pub use range::Range;
pub use routine::Routine;
pub use rule::Rule;
pub use schema::Schema;
pub use sequence::Sequence;
pub use snapshot::{MAX_SNAPSHOT_BYTES, SNAPSHOT_VERSION, Snapshot};
pub use statistics::Statistics;
pub use subscription::Subscription;
pub use table::{Column, Identity, Table};
pub use tablespace::Tablespace;
pub use text_search::{
    TextSearchConfiguration, TextSearchDictionary, TextSearchParser, TextSearchTemplate,
    TokenMapping,
};
pub use transform::Transform;
pub use trigger::Trigger;
pub use view::{View, ViewColumn};

/// The schema of one database, without the system's objects, `enact`'s own, Alembic's version
/// table, temporary objects, and what belongs to extensions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    /// Every object of the kinds that are read.
    pub objects: BTreeMap<ObjectId, Object>,
    /// How many things there are of each kind that is not read, for instance `security label` → 3. They are
    /// not in the fingerprint; a plan names them.
    pub unread: BTreeMap<String, u64>,
}

impl Catalog {
    /// Every object with its digest.
    pub fn inventory(&self) -> Inventory {
        Inventory(self.digests())
    }

    /// Every object with its digest, as a plain map.
    pub fn digests(&self) -> BTreeMap<ObjectId, Digest> {
        self.objects.iter().map(|(id, object)| (id.clone(), object.digest(id))).collect()
    }

    /// The digest of the whole: two catalogs with equal objects have equal fingerprints.
    pub fn fingerprint(&self) -> Digest {
        self.inventory().fingerprint()
    }
}
