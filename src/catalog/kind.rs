//! The register of kinds: one line for each kind of object that a catalog describes.
//!
//! In: a kind and the server's description. Out: a typed [`Object`], and its digest.

use std::fmt;

use serde::Serialize;

use super::{
    AccessMethod, Aggregate, BaseType, Cast, Collation, Composite, Constraint, Conversion,
    DefaultPrivileges, Domain, Enum, EventTrigger, Extension, ForeignDataWrapper, ForeignServer,
    ForeignTable, Index, Language, ObjectId, Operator, OperatorClass, OperatorFamily, Owner,
    Policy, Privileges, Publication, Range, Routine, Rule, Schema, Sequence, Statistics,
    Subscription, Table, Tablespace, TextSearchConfiguration, TextSearchDictionary,
    TextSearchParser, TextSearchTemplate, Transform, Trigger, UserMapping, View, canonical,
};
use crate::digest::{Digest, FieldHasher};

/// The first field of every object's digest. It changes when the canonical text changes meaning.
const OBJECT_TAG: &str = "enact.catalog.object.v1";

/// How objects of a kind are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// By a name in the database: `schema zoo`.
    InDatabase,
    /// By a name in a schema: `table public.cats`.
    InSchema,
    /// By a name on a table: `trigger public.cats.touch`.
    OnTable,
    /// By a name in a schema and the types of arguments: `function public.age(date)`,
    /// `operator public.<(integer, public.mood)`.
    WithArguments,
    /// By a name in a schema and an index method: `operator class public.mood_ops USING btree`.
    ForMethod,
    /// By what it stands between, in the server's words: `cast (text AS public.mood)`,
    /// `transform FOR public.mood LANGUAGE plperl`, `user mapping FOR tom SERVER far`; or by what it
    /// is about: `privileges ON table public.cats`.
    InWords,
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $kind:ident($body:ty) = $label:literal, $shape:ident;)+) => {
        /// A kind of database object. The order is one in which objects can be created.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Kind { $($(#[doc = $doc])+ $kind,)+ }

        impl Kind {
            /// Every kind, in order.
            pub const ALL: &[Self] = &[$(Self::$kind,)+];

            /// The words that people, SQL and [`ObjectId`]s use.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$kind => $label,)+ }
            }

            /// How objects of this kind are named.
            pub const fn shape(self) -> Shape {
                match self { $(Self::$kind => Shape::$shape,)+ }
            }
        }

        /// What an object is, apart from its identity.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(untagged)]
        #[non_exhaustive]
        pub enum Object { $($(#[doc = $doc])+ $kind($body),)+ }

        impl Object {
            /// Reads the server's description of an object of this kind.
            ///
            /// # Errors
            /// A description that is not JSON, or has a field that is not known here.
            pub fn from_json(kind: Kind, description: &str) -> serde_json::Result<Self> {
                Ok(match kind { $(Kind::$kind => Self::$kind(serde_json::from_str(description)?),)+ })
            }

            /// As [`Object::from_json`], from a description that was parsed.
            ///
            /// # Errors
            /// A description that has a field that is not known here, or a wrong one.
            pub fn from_value(kind: Kind, description: serde_json::Value) -> serde_json::Result<Self> {
                Ok(match kind { $(Kind::$kind => Self::$kind(serde_json::from_value(description)?),)+ })
            }

            /// The object's kind.
            pub const fn kind(&self) -> Kind {
                match self { $(Self::$kind(_) => Kind::$kind,)+ }
            }
        }
    };
}

kinds! {
    /// A schema.
    Schema(Schema) = "schema", InDatabase;
    /// An extension, with all that it brings.
    Extension(Extension) = "extension", InDatabase;
    /// A language.
    Language(Language) = "language", InDatabase;
    /// An access method of tables or indexes.
    AccessMethod(AccessMethod) = "access method", InDatabase;
    /// A collation.
    Collation(Collation) = "collation", InSchema;
    /// A base type.
    BaseType(BaseType) = "base type", InSchema;
    /// An enum type.
    Enum(Enum) = "enum", InSchema;
    /// A domain with its constraints.
    Domain(Domain) = "domain", InSchema;
    /// A composite type that stands by itself.
    Composite(Composite) = "composite", InSchema;
    /// A range type with its multirange type.
    Range(Range) = "range", InSchema;
    /// A foreign-data wrapper.
    ForeignDataWrapper(ForeignDataWrapper) = "foreign data wrapper", InDatabase;
    /// A foreign server.
    ForeignServer(ForeignServer) = "foreign server", InDatabase;
    /// A user mapping.
    UserMapping(UserMapping) = "user mapping", InWords;
    /// A sequence that is not an identity column's.
    Sequence(Sequence) = "sequence", InSchema;
    /// A table or partition with its columns.
    Table(Table) = "table", InSchema;
    /// A foreign table with its columns.
    ForeignTable(ForeignTable) = "foreign table", InSchema;
    /// A function or window function.
    Function(Routine) = "function", WithArguments;
    /// A procedure.
    Procedure(Routine) = "procedure", WithArguments;
    /// An aggregate function.
    Aggregate(Aggregate) = "aggregate", WithArguments;
    /// An operator.
    Operator(Operator) = "operator", WithArguments;
    /// An operator family.
    OperatorFamily(OperatorFamily) = "operator family", ForMethod;
    /// An operator class.
    OperatorClass(OperatorClass) = "operator class", ForMethod;
    /// A cast.
    Cast(Cast) = "cast", InWords;
    /// A transform.
    Transform(Transform) = "transform", InWords;
    /// A conversion between encodings.
    Conversion(Conversion) = "conversion", InSchema;
    /// A text search parser.
    TextSearchParser(TextSearchParser) = "text search parser", InSchema;
    /// A text search template.
    TextSearchTemplate(TextSearchTemplate) = "text search template", InSchema;
    /// A text search dictionary.
    TextSearchDictionary(TextSearchDictionary) = "text search dictionary", InSchema;
    /// A text search configuration.
    TextSearchConfiguration(TextSearchConfiguration) = "text search configuration", InSchema;
    /// A constraint of a table, with its index if it has one.
    Constraint(Constraint) = "constraint", OnTable;
    /// A view.
    View(View) = "view", InSchema;
    /// A materialized view.
    MaterializedView(View) = "materialized view", InSchema;
    /// An index that is not behind a constraint.
    Index(Index) = "index", InSchema;
    /// An extended statistics object.
    Statistics(Statistics) = "statistics", InSchema;
    /// A trigger.
    Trigger(Trigger) = "trigger", OnTable;
    /// A rewrite rule.
    Rule(Rule) = "rule", OnTable;
    /// A row-level security policy.
    Policy(Policy) = "policy", OnTable;
    /// An event trigger.
    EventTrigger(EventTrigger) = "event trigger", InDatabase;
    /// A publication.
    Publication(Publication) = "publication", InDatabase;
    /// A subscription.
    Subscription(Subscription) = "subscription", InDatabase;
    /// Whose an object is.
    Owner(Owner) = "owner", InWords;
    /// The rights on an object.
    Privileges(Privileges) = "privileges", InWords;
    /// The rights that new objects get.
    DefaultPrivileges(DefaultPrivileges) = "default privileges", InWords;
    /// Where a relation lies.
    Tablespace(Tablespace) = "tablespace", InWords;
}

impl Kind {
    /// Whether it is about rights: who owns what, and who may do what.
    pub const fn is_right(self) -> bool {
        matches!(self, Self::Owner | Self::Privileges | Self::DefaultPrivileges)
    }

    /// Whether it is told of as the statements that give it: rights, and where bytes lie.
    pub const fn is_given(self) -> bool {
        self.is_right() || matches!(self, Self::Tablespace)
    }

    /// Whether objects of this kind are often the matter of others than the revisions: of those who run
    /// the database. Where no revision makes one, it is no drift.
    pub const fn is_often_foreign(self) -> bool {
        self.is_given() || matches!(self, Self::Subscription)
    }

    /// The kind with this label.
    pub fn from_label(label: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.label() == label)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}

impl Object {
    /// The digest of this description under that identity.
    pub fn digest(&self, id: &ObjectId) -> Digest {
        let mut hasher = FieldHasher::new(OBJECT_TAG);
        hasher.field(id.to_string());
        hasher.field(canonical::text(&canonical::bare(self)));
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mood(description: &str) -> Object {
        Object::from_json(Kind::Enum, description).unwrap()
    }

    /// Plans and ledgers hold such digests: this value may change only with [`OBJECT_TAG`].
    #[test]
    fn the_digest_of_an_object_is_for_ever() {
        let id: ObjectId = "enum public.mood".parse().unwrap();
        let mood = mood(r#"{"labels": ["sad", "ok"], "comment": null}"#);
        let digest = "8d876be7a98f33159ca86b00407883d53e7a0283b37efc567a22e999ffe03b36";
        assert_eq!(mood.digest(&id).to_string(), digest);
    }

    #[test]
    fn the_name_is_part_of_the_digest() {
        let mood = mood(r#"{"labels": []}"#);
        let digest = |id: &str| mood.digest(&id.parse().unwrap());
        assert_ne!(digest("enum public.mood"), digest("enum zoo.mood"));
    }

    #[test]
    fn a_field_that_is_not_known_is_refused() {
        for kind in Kind::ALL {
            let error = Object::from_json(*kind, r#"{"colour": 1}"#).unwrap_err();
            assert!(error.to_string().contains("colour"), "{kind}: {error}");
            assert_eq!(Object::from_json(*kind, "{}").unwrap().kind(), *kind);
        }
    }
}
