//! Range types, each with its multirange type: made anew, beside the old ones where columns have them.

use crate::catalog::{Object, Range};

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
            statements.extend(self.set_parts_aside(site));
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
    /// What belongs to the old one has names of its own, which are wanted again: the multirange
    /// type, and constructors that take the same arguments.
    fn set_parts_aside(&self, site: Site<'_>) -> Vec<Statement> {
        let Some(Object::Range(before)) = site.world.object_before(site.id) else {
            return Vec::new();
        };
        let mut statements = Vec::new();
        let mut rename = |what: String, own: &str| {
            let sql = format!("ALTER {what} RENAME TO {}", name(&free_name(site, own)));
            statements.push(Statement::new(site.id, sql));
        };
        // A subtype that is made anew is another one.
        let is_anew = site
            .world
            .choices
            .ways
            .iter()
            .any(|(id, way)| *way == Way::Replace && qualified(id) == self.subtype);
        if before.subtype == self.subtype && !is_anew {
            let (range, subtype) = (qualified(site.id), &self.subtype);
            rename(format!("FUNCTION {range}({subtype}, {subtype})"), site.id.name());
            rename(format!("FUNCTION {range}({subtype}, {subtype}, text)"), site.id.name());
        }
        if before.multirange == self.multirange {
            let (_, own) = split_qualified(&before.multirange);
            rename(format!("TYPE {}", before.multirange), &own);
            rename(format!("FUNCTION {}()", before.multirange), &own);
        }
        statements
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
