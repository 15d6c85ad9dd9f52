//! Foreign data: wrappers, servers, user mappings, foreign tables, and what they have in common:
//! options, some of whose values nobody is told.

mod server;
mod table;
mod user_mapping;
mod wrapper;

use std::borrow::Cow;

use crate::catalog::{ForeignOption, Object, ObjectId, Table};

use super::text::{literal, name};
use super::world::World;

/// Why an object cannot be removed and made again without losing what no description has.
pub(super) fn is_irreplaceable(object: &Object) -> Option<&'static str> {
    const SECRET: &str = "has an option whose value is not described";
    let secret = match object {
        Object::UserMapping(_) => return Some("has options that are not described"),
        Object::ForeignDataWrapper(wrapper) => has_secrets(&wrapper.options),
        Object::ForeignServer(server) => has_secrets(&server.options),
        Object::ForeignTable(table) => table.has_secrets(),
        _ => false,
    };
    secret.then_some(SECRET)
}

/// A table, or a foreign table as one.
pub(super) fn shape(object: &Object) -> Option<Cow<'_, Table>> {
    match object {
        Object::Table(table) => Some(Cow::Borrowed(table)),
        Object::ForeignTable(table) => Some(Cow::Owned(table.as_table())),
        _ => None,
    }
}

/// Makes an object the table that was made of its shape; `was` is what it was before.
pub(super) fn take_shape(object: &mut Object, table: Table, was: Option<&Object>) {
    match (object, was) {
        (Object::Table(own), _) => *own = table,
        (Object::ForeignTable(own), Some(Object::ForeignTable(was))) => own.take(table, Some(was)),
        (Object::ForeignTable(own), _) => own.take(table, None),
        _ => {}
    }
}

/// The options of a column, as CREATE takes them; none for a column of a table.
pub(super) fn options_of(world: &World<'_>, table: &ObjectId, column: &str) -> Option<String> {
    match world.object_after(table)? {
        Object::ForeignTable(table) => {
            listed(&table.columns.iter().find(|other| other.name == column)?.options)
        }
        _ => None,
    }
}

fn has_secrets(options: &[ForeignOption]) -> bool {
    options.iter().any(|option| option.value.is_none())
}

fn find<'a>(options: &'a [ForeignOption], name: &str) -> Option<&'a ForeignOption> {
    options.iter().find(|option| option.name == name)
}

/// Takes back options that are new and whose values are not described.
fn reach(before: &[ForeignOption], after: &mut Vec<ForeignOption>) -> Vec<String> {
    let is_unknown =
        |option: &ForeignOption| option.value.is_none() && find(before, &option.name).is_none();
    let told = after.iter().filter(|option| is_unknown(option));
    let told = told.map(|option| format!("option {}: its value is not described", option.name));
    let told = told.collect();
    after.retain(|option| !is_unknown(option));
    told
}

/// Keeps options whose values nobody could give again.
fn keep(before: &[ForeignOption], after: &mut Vec<ForeignOption>) -> Vec<String> {
    let mut told = Vec::new();
    for option in before.iter().filter(|option| option.value.is_none()) {
        if find(after, &option.name).is_none() {
            told.push(format!("the removal of option {}", option.name));
            after.push(option.clone());
        }
    }
    after.sort_by(|one, other| one.name.cmp(&other.name));
    told
}

/// `OPTIONS (host 'here', port '1')`; none without options.
fn listed(options: &[ForeignOption]) -> Option<String> {
    let one = |option: &ForeignOption| {
        Some(format!("{} {}", name(&option.name), literal(option.value.as_deref()?)))
    };
    in_brackets(options.iter().filter_map(one).collect())
}

/// `OPTIONS (ADD …, SET …, DROP …)`; none where nothing differs.
fn changes(before: &[ForeignOption], after: &[ForeignOption]) -> Option<String> {
    let gone = before.iter().filter(|old| find(after, &old.name).is_none());
    let mut parts: Vec<String> = gone.map(|old| format!("DROP {}", name(&old.name))).collect();
    for new in after {
        let Some(value) = &new.value else {
            continue;
        };
        match find(before, &new.name) {
            Some(old) if old == new => {}
            Some(_) => parts.push(format!("SET {} {}", name(&new.name), literal(value))),
            None => parts.push(format!("ADD {} {}", name(&new.name), literal(value))),
        }
    }
    in_brackets(parts)
}

fn in_brackets(parts: Vec<String>) -> Option<String> {
    (!parts.is_empty()).then(|| format!("OPTIONS ({})", parts.join(", ")))
}

/// What goes with options whose values nobody could give again.
fn lost(before: &[ForeignOption], after: &[ForeignOption]) -> Option<String> {
    let gone = before.iter().filter(|old| old.value.is_none() && find(after, &old.name).is_none());
    let gone: Vec<&str> = gone.map(|old| old.name.as_str()).collect();
    (!gone.is_empty()).then(|| format!("the value of option {}", gone.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(list: &[(&str, Option<&str>)]) -> Vec<ForeignOption> {
        let one = |(name, value): &(&str, Option<&str>)| ForeignOption {
            name: (*name).to_owned(),
            value: value.map(str::to_owned),
        };
        list.iter().map(one).collect()
    }

    #[test]
    fn a_value_that_is_not_described_is_neither_written_nor_made_up() {
        let before = options(&[("host", Some("here")), ("password", None), ("token", None)]);
        let mut after = options(&[("Port", Some("1")), ("secret", None), ("token", None)]);
        assert_eq!(reach(&before, &mut after), ["option secret: its value is not described"]);
        let words = changes(&before, &after).unwrap();
        assert_eq!(words, "OPTIONS (DROP host, DROP password, ADD \"Port\" '1')");
        assert_eq!(lost(&before, &after).unwrap(), "the value of option password");
        assert_eq!(keep(&before, &mut after), ["the removal of option password"]);
        assert_eq!(listed(&after).unwrap(), "OPTIONS (\"Port\" '1')");
        assert_eq!(changes(&after, &after), None);
    }
}
