//! Aggregates: replaced in place where the server allows it.

use crate::catalog::{Aggregate, Object, Transition};

use super::choice::Way;
use super::kind::{Site, Written, comment, created};
use super::script::Statement;
use super::text::{in_schema, indented, literal, qualified};
use super::world::World;

impl Written for Aggregate {
    fn way(site: Site<'_>, before: &Self, after: &Self) -> Way {
        let ends = |aggregate: &Self| {
            (aggregate.transition.state.clone(), aggregate.transition.last.clone())
        };
        // Where both have their result from a function or state that is known, it must be the same.
        let (old, new) = (before.result(site.world), after.result(site.world));
        let same_result = ends(before) == ends(after) || old.is_some() && old == new;
        let same_call =
            before.arguments == after.arguments && before.hypothetical == after.hypothetical;
        Way::in_place_if(same_call && same_result)
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let create = Statement::new(site.id, self.definition(site, "CREATE"));
        created(create, &self.words(site), self.comment.as_ref())
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP {}", self.words(site)))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let with_comment = Self { comment: after.comment.clone(), ..before.clone() };
        let replace = after.definition(site, "CREATE OR REPLACE");
        let replace = (with_comment != *after).then(|| Statement::new(site.id, replace));
        let (old, new) = (before.comment.as_ref(), after.comment.as_ref());
        replace.into_iter().chain(comment(site.id, &after.words(site), old, new)).collect()
    }
}

impl Aggregate {
    /// `AGGREGATE public.total(value integer)`: an aggregate is called by its arguments, of which an
    /// ordered set has two lists.
    fn words(&self, site: Site<'_>) -> String {
        let arguments = if self.arguments.is_empty() { "*" } else { &self.arguments };
        format!("AGGREGATE {}({arguments})", qualified(site.id))
    }

    fn definition(&self, site: Site<'_>, verb: &str) -> String {
        let mut lines = Vec::new();
        let mut line = |key: &str, value: Option<&String>| {
            lines.extend(value.map(|value| format!("{key} = {value}")));
        };
        let is_set = self.arguments.contains("ORDER BY ");
        transition(&mut line, "", &self.transition, is_set);
        line("COMBINEFUNC", self.combine.as_ref());
        line("SERIALFUNC", self.serialize.as_ref());
        line("DESERIALFUNC", self.deserialize.as_ref());
        if let Some(moving) = &self.moving {
            transition(&mut line, "M", moving, is_set);
            line("MINVFUNC", self.moving_inverse.as_ref());
        }
        line("SORTOP", self.sort_operator.as_ref());
        if self.parallel != "unsafe" {
            line("PARALLEL", Some(&self.parallel.to_uppercase()));
        }
        if self.hypothetical {
            lines.push("HYPOTHETICAL".to_owned());
        }
        format!("{verb} {} (\n{}\n)", self.words(site), indented(&lines))
    }

    /// The type of its result, as far as our own functions and the state tell.
    fn result(&self, world: &World<'_>) -> Option<String> {
        let Some(last) = &self.transition.last else {
            return Some(self.transition.state.clone());
        };
        let mut results =
            world.after.catalog.objects.iter().filter_map(|(id, object)| match object {
                Object::Function(function) if in_schema(id.schema(), id.name()) == *last => {
                    function.result.clone()
                }
                _ => None,
            });
        // Of several functions of a name it is not known which one is meant.
        results.next().filter(|_| results.next().is_none())
    }
}

/// How values become a state; `prefix` is `M` for that of moving frames.
fn transition(
    line: &mut impl FnMut(&str, Option<&String>),
    prefix: &str,
    own: &Transition,
    is_set: bool,
) {
    let key = |word: &str| format!("{prefix}{word}");
    line(&key("SFUNC"), Some(&own.function));
    line(&key("STYPE"), Some(&own.state));
    line(&key("SSPACE"), (own.space != 0).then(|| own.space.to_string()).as_ref());
    line(&key("INITCOND"), own.initial.as_ref().map(|text| literal(text)).as_ref());
    line(&key("FINALFUNC"), own.last.as_ref());
    if own.last_extra {
        line(&key("FINALFUNC_EXTRA"), Some(&"true".to_owned()));
    }
    let usual = if is_set { "read_write" } else { "read_only" };
    let modify = own.last_modify.to_uppercase();
    line(&key("FINALFUNC_MODIFY"), (own.last_modify != usual).then_some(&modify));
}
