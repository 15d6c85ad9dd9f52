//! What every kind of object can say about its SQL, and the register of the kinds that do.
//!
//! A kind is a file beside this one with an implementation of [`Written`], and its name in
//! `written!`. An object of a kind that is not listed there is named as what cannot be expressed.

use std::collections::BTreeSet;

use crate::catalog::{
    AccessMethod, Aggregate, BaseType, Cast, Collation, Composite, Constraint, Conversion,
    DefaultPrivileges, Domain, Enum, EventTrigger, Extension, ForeignDataWrapper, ForeignServer,
    ForeignTable, Index, Language, Object, ObjectId, Operator, OperatorClass, OperatorFamily,
    Owner, Policy, Privileges, Publication, Range, Routine, Rule, Schema, Sequence, Statistics,
    Table, Tablespace, TextSearchConfiguration, TextSearchDictionary, TextSearchParser,
    TextSearchTemplate, Transform, Trigger, UserMapping, View,
};

use super::choice::Way;
use super::script::Statement;
use super::world::World;

/// An object at its place between two catalogs.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) id: &'a ObjectId,
    pub(super) world: &'a World<'a>,
}

/// A description that can be written as SQL.
pub(super) trait Written: Sized {
    /// Brings `after` down to what statements can reach from `before` (none: it is new), and says
    /// what it takes back and why.
    fn reach(_site: Site<'_>, _before: Option<&Self>, _after: &mut Self) -> Vec<String> {
        Vec::new()
    }

    /// Gives `after` what would be lost on the way from `before`, and says what that is.
    fn keep(_before: &Self, _after: &mut Self) -> Vec<String> {
        Vec::new()
    }

    /// How to get from one to the other, where they differ.
    fn way(_site: Site<'_>, _before: &Self, _after: &Self) -> Way {
        Way::Rebuild
    }

    /// The columns that go, or change in a way that what stands on them does not survive.
    fn touched(_before: &Self, _after: &Self) -> BTreeSet<String> {
        BTreeSet::new()
    }

    /// Makes it.
    fn create(&self, site: Site<'_>) -> Vec<Statement>;

    /// Removes it.
    fn drop(&self, site: Site<'_>) -> Vec<Statement>;

    /// Makes one from the other in place.
    fn alter(_site: Site<'_>, _before: &Self, _after: &Self) -> Vec<Statement> {
        Vec::new()
    }

    /// What of `alter` must come before others are dropped.
    fn loosen(_site: Site<'_>, _before: &Self, _after: &Self) -> Vec<Statement> {
        Vec::new()
    }

    /// What of `create` and `alter` must come after others are made.
    fn finish(_site: Site<'_>, _before: Option<&Self>, _after: &Self) -> Vec<Statement> {
        Vec::new()
    }
}

macro_rules! written {
    ($($kind:ident($body:ty)),+ $(,)?) => {
        /// Whether objects of this kind can be written.
        #[allow(unreachable_patterns, reason = "there may be kinds that are not listed")]
        pub(super) fn is_written(object: &Object) -> bool {
            match object {
                $(Object::$kind(_))|+ => true,
                _ => false,
            }
        }

        #[allow(unreachable_patterns, reason = "there may be kinds that are not listed")]
        pub(super) fn reach(site: Site<'_>, before: Option<&Object>, after: &mut Object) -> Vec<String> {
            match (before, after) {
                $((Some(Object::$kind(before)), Object::$kind(after)) => <$body>::reach(site, Some(before), after),)+
                $((None, Object::$kind(after)) => <$body>::reach(site, None, after),)+
                _ => Vec::new(),
            }
        }

        pub(super) fn keep(before: &Object, after: &mut Object) -> Vec<String> {
            match (before, after) {
                $((Object::$kind(before), Object::$kind(after)) => <$body>::keep(before, after),)+
                _ => Vec::new(),
            }
        }

        pub(super) fn way(site: Site<'_>, before: &Object, after: &Object) -> Way {
            match (before, after) {
                $((Object::$kind(before), Object::$kind(after)) => <$body>::way(site, before, after),)+
                _ => Way::Rebuild,
            }
        }

        pub(super) fn touched(before: &Object, after: &Object) -> BTreeSet<String> {
            match (before, after) {
                $((Object::$kind(before), Object::$kind(after)) => <$body>::touched(before, after),)+
                _ => BTreeSet::new(),
            }
        }

        #[allow(unreachable_patterns, reason = "there may be kinds that are not listed")]
        pub(super) fn create(site: Site<'_>, object: &Object) -> Vec<Statement> {
            match object {
                $(Object::$kind(object) => object.create(site),)+
                _ => Vec::new(),
            }
        }

        #[allow(unreachable_patterns, reason = "there may be kinds that are not listed")]
        pub(super) fn drop(site: Site<'_>, object: &Object) -> Vec<Statement> {
            match object {
                $(Object::$kind(object) => object.drop(site),)+
                _ => Vec::new(),
            }
        }

        pub(super) fn alter(site: Site<'_>, before: &Object, after: &Object) -> Vec<Statement> {
            match (before, after) {
                $((Object::$kind(before), Object::$kind(after)) => <$body>::alter(site, before, after),)+
                _ => Vec::new(),
            }
        }

        pub(super) fn loosen(site: Site<'_>, before: &Object, after: &Object) -> Vec<Statement> {
            match (before, after) {
                $((Object::$kind(before), Object::$kind(after)) => <$body>::loosen(site, before, after),)+
                _ => Vec::new(),
            }
        }

        #[allow(unreachable_patterns, reason = "there may be kinds that are not listed")]
        pub(super) fn finish(site: Site<'_>, before: Option<&Object>, after: &Object) -> Vec<Statement> {
            match (before, after) {
                $((Some(Object::$kind(before)), Object::$kind(after)) => <$body>::finish(site, Some(before), after),)+
                $((None, Object::$kind(after)) => <$body>::finish(site, None, after),)+
                _ => Vec::new(),
            }
        }
    };
}

written! {
    Schema(Schema),
    Extension(Extension),
    Language(Language),
    AccessMethod(AccessMethod),
    Enum(Enum),
    Domain(Domain),
    Composite(Composite),
    ForeignDataWrapper(ForeignDataWrapper),
    ForeignServer(ForeignServer),
    UserMapping(UserMapping),
    Sequence(Sequence),
    Table(Table),
    ForeignTable(ForeignTable),
    Function(Routine),
    Procedure(Routine),
    Constraint(Constraint),
    View(View),
    MaterializedView(View),
    Index(Index),
    Statistics(Statistics),
    Trigger(Trigger),
    Rule(Rule),
    Policy(Policy),
    EventTrigger(EventTrigger),
    Publication(Publication),
    Owner(Owner),
    Privileges(Privileges),
    DefaultPrivileges(DefaultPrivileges),
    Tablespace(Tablespace),
    Collation(Collation),
    BaseType(BaseType),
    Range(Range),
    Aggregate(Aggregate),
    Operator(Operator),
    OperatorFamily(OperatorFamily),
    OperatorClass(OperatorClass),
    Cast(Cast),
    Transform(Transform),
    Conversion(Conversion),
    TextSearchParser(TextSearchParser),
    TextSearchTemplate(TextSearchTemplate),
    TextSearchDictionary(TextSearchDictionary),
    TextSearchConfiguration(TextSearchConfiguration),
}

/// The statement that makes an object, and its comment.
pub(super) fn created(create: Statement, words: &str, text: Option<&String>) -> Vec<Statement> {
    let comment = comment(&create.object, words, None, text);
    [create].into_iter().chain(comment).collect()
}

/// `COMMENT ON <words> …`, where the comment differs.
pub(super) fn comment(
    id: &ObjectId,
    words: &str,
    before: Option<&String>,
    after: Option<&String>,
) -> Option<Statement> {
    let text = match after {
        _ if before == after => return None,
        Some(text) => super::text::literal(text),
        None => "NULL".to_owned(),
    };
    Some(Statement::new(id, format!("COMMENT ON {words} IS {text}")))
}
