//! Range types, each with its multirange type: made anew, beside the old ones where columns have them.

use crate::catalog::Range;

use super::aside::{aside, free_name, set_aside};
use super::choice::Way;
use super::kind::{Site, Written, comment, created};
use super::script::Statement;
use super::text::{in_schema, indented, name, qualified, split_qualified};

impl Written for Range {
    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        let schema = |range: &Self| split_qualified(&range.multirange).0;
        let renamed = Self {
            multirange: after.multirange.clone(),
            comment: after.comment.clone(),
            ..before.clone()
        };
        Way::in_place_if(renamed == *after && schema(before) == schema(after))
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let mut lines = vec![format!("subtype = {}", self.subtype)];
        let mut line = |key: &str, value: Option<&String>| {
            lines.extend(value.map(|value| format!("{key} = {value}")));
        };
        line("subtype_opclass", self.operator_class.as_ref());
        line("collation", self.collation.as_ref());
        line("canonical", self.canonical.as_ref());
        line("subtype_diff", self.difference.as_ref());
        let usual = in_schema(site.id.schema(), &usual_multirange(site.id.name()));
        line("multirange_type_name", (self.multirange != usual).then_some(&self.multirange));
        let sql = format!("CREATE TYPE {} AS RANGE (\n{}\n)", qualified(site.id), indented(&lines));
        let mut statements = Vec::new();
        if site.world.choices.way(site.id) == Some(Way::Replace) {
            statements.push(set_aside(site));
            statements.extend(self.set_multirange_aside(site));
        }
        statements.extend(created(
            Statement::new(site.id, sql),
            &words(site),
            self.comment.as_ref(),
        ));
        statements
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        let range = match site.world.choices.way(site.id) {
            Some(Way::Replace) => aside(site),
            _ => qualified(site.id),
        };
        vec![super::base_type::drop_type(site, &range)]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let (_, to) = split_qualified(&after.multirange);
        let rename = format!("ALTER TYPE {} RENAME TO {}", before.multirange, name(&to));
        let rename =
            (before.multirange != after.multirange).then(|| Statement::new(site.id, rename));
        let (old, new) = (before.comment.as_ref(), after.comment.as_ref());
        rename.into_iter().chain(comment(site.id, &words(site), old, new)).collect()
    }
}

impl Range {
    /// The multirange type of the old one has a name of its own, which may be wanted again.
    fn set_multirange_aside(&self, site: Site<'_>) -> Option<Statement> {
        let crate::catalog::Object::Range(before) = site.world.object_before(site.id)? else {
            return None;
        };
        let (_, own) = split_qualified(&before.multirange);
        let to = name(&free_name(site, &own));
        let sql = format!("ALTER TYPE {} RENAME TO {to}", before.multirange);
        (before.multirange == self.multirange).then(|| Statement::new(site.id, sql))
    }
}

fn words(site: Site<'_>) -> String {
    format!("TYPE {}", qualified(site.id))
}

/// How the server calls the multirange type of a range type, unless it is told.
fn usual_multirange(range: &str) -> String {
    if range.contains("range") {
        range.replacen("range", "multirange", 1)
    } else {
        format!("{range}_multirange")
    }
}
