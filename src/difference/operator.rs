//! Operators: estimators are set in place, the rest is made anew.
//!
//! Two operators that are one another's commutator or negator are told so by one statement: the
//! second one's, which the server writes down for the first too. When one of them goes, the
//! server forgets it in the other.

use crate::catalog::{Kind, Object, ObjectId, Operator};

use super::choice::Way;
use super::kind::{Site, Written, comment, created};
use super::script::Statement;
use super::text::{call_name, identifiers, indented, name};
use super::world::World;

impl Written for Operator {
    fn way(site: Site<'_>, before: &Self, after: &Self) -> Way {
        let rest = |operator: &Self| Self {
            commutator: None,
            negator: None,
            restrict: None,
            join: None,
            comment: None,
            ..operator.clone()
        };
        let by_partner = |old: Option<ObjectId>, new: Option<ObjectId>| {
            let (is_gone, is_new) = (
                |id: &ObjectId| site.world.object_after(id).is_none(),
                |id: &ObjectId| site.world.object_before(id).is_none(),
            );
            old == new || old.as_ref().is_none_or(is_gone) && new.as_ref().is_none_or(is_new)
        };
        Way::in_place_if(
            rest(before) == rest(after)
                && by_partner(before.commutator_id(), after.commutator_id())
                && by_partner(before.negator_id(), after.negator_id()),
        )
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let mut lines = vec![format!("FUNCTION = {}", call_name(&self.function))];
        let mut line = |key: &str, value: Option<&String>| {
            lines.extend(value.map(|value| format!("{key} = {value}")));
        };
        line("LEFTARG", self.left.as_ref());
        line("RIGHTARG", Some(&self.right));
        line("COMMUTATOR", self.commutator.as_ref());
        line("NEGATOR", self.negator.as_ref());
        line("RESTRICT", self.restrict.as_ref());
        line("JOIN", self.join.as_ref());
        lines.extend(self.hashes.then(|| "HASHES".to_owned()));
        lines.extend(self.merges.then(|| "MERGES".to_owned()));
        let sql = format!("CREATE OPERATOR {} (\n{}\n)", called(site.id), indented(&lines));
        created(Statement::new(site.id, sql), &words(site), self.comment.as_ref())
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP {}", words(site)))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let mut changes = Vec::new();
        let mut set = |key: &str, old: &Option<String>, new: &Option<String>| {
            if old != new {
                changes.push(format!("{key} = {}", new.as_deref().unwrap_or("NONE")));
            }
        };
        set("RESTRICT", &before.restrict, &after.restrict);
        set("JOIN", &before.join, &after.join);
        let alter = format!("ALTER {} SET ({})", words(site), changes.join(", "));
        let alter = (!changes.is_empty()).then(|| Statement::new(site.id, alter));
        let (old, new) = (before.comment.as_ref(), after.comment.as_ref());
        alter.into_iter().chain(comment(site.id, &words(site), old, new)).collect()
    }
}

impl Operator {
    /// The operators that it has for partners, and that do not have it.
    pub(super) fn unaware_partners(&self, id: &ObjectId, world: &World<'_>) -> Vec<ObjectId> {
        let find = |partner: Option<ObjectId>, back: fn(&Self) -> Option<ObjectId>| {
            let partner = partner.filter(|partner| partner != id)?;
            match world.object_after(&partner)? {
                Object::Operator(other) if back(other).as_ref() != Some(id) => Some(partner),
                _ => None,
            }
        };
        let commutator = find(self.commutator_id(), Self::commutator_id);
        commutator.into_iter().chain(find(self.negator_id(), Self::negator_id)).collect()
    }

    fn commutator_id(&self) -> Option<ObjectId> {
        let left = self.left.as_deref().unwrap_or("NONE");
        partner(self.commutator.as_ref()?, &self.right, left)
    }

    fn negator_id(&self) -> Option<ObjectId> {
        let left = self.left.as_deref().unwrap_or("NONE");
        partner(self.negator.as_ref()?, left, &self.right)
    }
}

/// The operator that is written `OPERATOR(public.<)`.
fn partner(written: &str, left: &str, right: &str) -> Option<ObjectId> {
    let (schema, symbol) =
        written.strip_prefix("OPERATOR(")?.strip_suffix(')')?.rsplit_once('.')?;
    let operands = Some(format!("{left}, {right}"));
    let schema = identifiers(schema).pop();
    ObjectId::from_parts(Kind::Operator, schema, None, symbol.to_owned(), operands)
}

/// The operator with its schema: its own name takes no quotes.
fn called(id: &ObjectId) -> String {
    format!("{}.{}", name(id.schema().unwrap_or_default()), id.name())
}

fn words(site: Site<'_>) -> String {
    format!("OPERATOR {} ({})", called(site.id), site.id.arguments().unwrap_or_default())
}
