//! Columns that get another type.

use crate::catalog::{Column, Object, ObjectId, Table};

use super::columns::is_retyped;
use super::{find, has_rows, named};
use crate::difference::choice::Way;
use crate::difference::enumeration::removed;
use crate::difference::kind::Site;
use crate::difference::script::Statement;
use crate::difference::sequence::Numbers;
use crate::difference::text::{name, qualified};
use crate::difference::values::{Using, conversion};

/// All changes of type in one statement: a table is rewritten once.
pub(super) fn retypes(
    site: Site<'_>,
    before: &Table,
    start: &mut Table,
    after: &Table,
) -> Vec<Statement> {
    let world = site.world;
    let mut parts = Vec::new();
    let (mut loses, mut fails) = (Vec::new(), Vec::new());
    let has_children = world.has_children(site.id);
    for old in &mut start.columns {
        let Some(new) = find(&after.columns, &old.name) else {
            continue;
        };
        // The parent's statement has done it, unless the column is the child's own.
        let by_parent = old.inherited && world.link_stays(site.id);
        let replaced = world.choices.is_retyped(site.id, &old.name) && !by_parent;
        if !is_retyped(old, new) && !replaced {
            continue;
        }
        let column = name(&old.name);
        if old.default.is_some() || has_children {
            parts.push(format!("ALTER COLUMN {column} DROP DEFAULT"));
            old.default = None;
        }
        let mut part = format!("ALTER COLUMN {column} TYPE {}", new.data_type);
        if let Some(collation) = &new.collation {
            part.push_str(&format!(" COLLATE {collation}"));
        }
        let was = find(&before.columns, &old.name).unwrap_or(old).data_type.clone();
        if !has_rows(site) {
            // What its values become is the matter of those who have them.
        } else if replaced {
            // Where only the collation is another one, nothing is to be converted.
            if let Some((text, gone)) = by_replacement(site, new) {
                part.push_str(&format!(" USING {column}::{text}::{}", new.data_type));
                loses.extend(gone.iter().map(|gone| format!("the labels {gone}")));
                fails.push("if a value is none of the new type".to_owned());
            }
        } else {
            let conversion = conversion(&was, &new.data_type);
            match conversion.using {
                Some(Using::Direct) => {
                    part.push_str(&format!(" USING {column}::{}", new.data_type));
                }
                Some(Using::ByText) => {
                    part.push_str(&format!(" USING {column}::text::{}", new.data_type));
                }
                None => {}
            }
            loses.extend(conversion.loses.map(|loss| format!("{loss} in {column}")));
            fails.extend(conversion.may_fail.map(str::to_owned));
        }
        parts.push(part);
        old.data_type.clone_from(&new.data_type);
        old.collation.clone_from(&new.collation);
        old.storage = None;
        old.compression = None;
        if let Some(identity) = &mut old.identity {
            let numbers = Numbers::from(&*identity).retyped(&was, &new.data_type);
            identity.minimum = numbers.minimum;
            identity.maximum = numbers.maximum;
        }
    }
    if parts.is_empty() {
        return Vec::new();
    }
    let body = match parts.as_slice() {
        [part] => format!(" {part}"),
        parts => format!("\n    {}", parts.join(",\n    ")),
    };
    let mut statement = Statement::new(site.id, format!("ALTER {}{body}", named(site)));
    let listed = |mut list: Vec<String>| {
        list.dedup();
        (!list.is_empty()).then(|| list.join("; "))
    };
    statement.loses = listed(loses);
    statement.may_fail = listed(fails);
    vec![statement]
}

/// The text type by which values reach a type that was made anew, and which labels it lacks; none
/// if it was not made anew.
fn by_replacement(site: Site<'_>, new: &Column) -> Option<(&'static str, Option<String>)> {
    let world = site.world;
    let element = new.data_type.strip_suffix("[]");
    let written = element.unwrap_or(&new.data_type);
    let is_written = |id: &ObjectId, object: &Object| match object {
        Object::Range(range) if range.multirange == written => true,
        Object::Enum(_) | Object::Domain(_) | Object::Range(_) => qualified(id) == written,
        _ => false,
    };
    let mut ways = world.choices.ways.iter();
    let (id, _) = ways.find(|(id, way)| {
        **way == Way::Replace && world.object_after(id).is_some_and(|object| is_written(id, object))
    })?;
    let gone = match (world.object_before(id), world.object_after(id)) {
        (Some(Object::Enum(before)), Some(Object::Enum(after))) => removed(before, after),
        _ => None,
    };
    Some((if element.is_some() { "text[]" } else { "text" }, gone))
}
