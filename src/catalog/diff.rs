//! The difference between two catalogs, object by object and field by field.
//!
//! In: two catalogs. Out: a [`CatalogDiff`] with what was created, dropped and changed; a change
//! carries both values as people read them. The comparison walks the canonical values, so that a
//! field cannot be forgotten: two objects have no changes exactly if their digests are equal.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::change::Change;
use super::{Catalog, Object, ObjectId, canonical};

/// What differs between two catalogs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CatalogDiff {
    /// The objects that differ.
    pub objects: BTreeMap<ObjectId, ObjectDiff>,
    /// The kinds that are not read and whose number differs, with the numbers before and after.
    pub unread: BTreeMap<String, (u64, u64)>,
}

/// What became of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectDiff {
    /// It is there only after.
    Created,
    /// It is there only before.
    Dropped,
    /// It is described otherwise.
    Changed(Vec<Change>),
}

impl CatalogDiff {
    /// What differs from `before` to `after`.
    pub fn between(before: &Catalog, after: &Catalog) -> Self {
        let ids: BTreeSet<_> = before.objects.keys().chain(after.objects.keys()).collect();
        let objects = ids
            .into_iter()
            .filter_map(|id| {
                let diff = match (before.objects.get(id), after.objects.get(id)) {
                    (None, _) => ObjectDiff::Created,
                    (_, None) => ObjectDiff::Dropped,
                    (Some(before), Some(after)) if before == after => return None,
                    (Some(before), Some(after)) => ObjectDiff::Changed(changes(before, after)),
                };
                Some((id.clone(), diff))
            })
            .collect();
        let kinds: BTreeSet<_> = before.unread.keys().chain(after.unread.keys()).collect();
        let count = |catalog: &Catalog, kind| catalog.unread.get(kind).copied().unwrap_or(0);
        let unread = kinds
            .into_iter()
            .map(|kind| (kind.clone(), (count(before, kind), count(after, kind))))
            .filter(|(_, (before, after))| before != after)
            .collect();
        Self { objects, unread }
    }

    /// Whether no object differs.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }
}

fn changes(before: &Object, after: &Object) -> Vec<Change> {
    let mut changes = Vec::new();
    if let (Value::Object(before), Value::Object(after)) =
        (canonical::bare(before), canonical::bare(after))
    {
        compare_fields(None, "", &before, &after, &mut changes);
    }
    changes
}

/// Compares two sets of fields of `part`; `prefix` leads to them within it.
fn compare_fields(
    part: Option<&str>,
    prefix: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    changes: &mut Vec<Change>,
) {
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for name in names {
        let label = format!("{prefix}{}", name.replace('_', " "));
        let (before, after) = (before.get(name), after.get(name));
        match (before, after) {
            _ if before == after => {}
            (Some(Value::Object(before)), Some(Value::Object(after))) => {
                compare_fields(part, &format!("{label} "), before, after, changes);
            }
            _ if has_parts(before) || has_parts(after) => {
                let kind = label.trim_end_matches('s');
                let kind = part.map_or_else(|| kind.to_owned(), |part| format!("{part} {kind}"));
                compare_parts(&kind, before, after, changes);
            }
            _ => changes.push(Change {
                part: part.map(str::to_owned),
                field: Some(label),
                before: shown_beside(before, after),
                after: shown_beside(after, before),
            }),
        }
    }
}

/// Whether `value` is a list of things with names, such as columns.
fn has_parts(value: Option<&Value>) -> bool {
    matches!(value, Some(Value::Array(items)) if items.iter().any(Value::is_object))
}

/// Compares two lists of named parts: which came, which went, which changed, and their order.
fn compare_parts(
    kind: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    changes: &mut Vec<Change>,
) {
    let (before, after) = (named(before), named(after));
    for &(name, fields) in &before {
        let part = format!("{kind} \"{name}\"");
        match part_named(&after, name) {
            Some(after) => compare_fields(Some(&part), "", fields, after, changes),
            None => changes.push(Change::of_part(part, Some(summary(fields)), None)),
        }
    }
    for &(name, fields) in &after {
        if part_named(&before, name).is_none() {
            let part = format!("{kind} \"{name}\"");
            changes.push(Change::of_part(part, None, Some(summary(fields))));
        }
    }
    let (order_before, order_after) = (order(&before, &after), order(&after, &before));
    if order_before != order_after {
        changes.push(Change {
            part: None,
            field: Some(format!("{kind} order")),
            before: Some(order_before.join(", ")),
            after: Some(order_after.join(", ")),
        });
    }
}

type Parts<'a> = Vec<(&'a str, &'a Map<String, Value>)>;

fn named(value: Option<&Value>) -> Parts<'_> {
    let items = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let fields = items.iter().filter_map(Value::as_object);
    fields.filter_map(|fields| Some((fields.get("name")?.as_str()?, fields))).collect()
}

fn part_named<'a>(parts: &Parts<'a>, name: &str) -> Option<&'a Map<String, Value>> {
    let found = parts.iter().find(|(other, _)| *other == name);
    found.map(|(_, fields)| *fields)
}

/// The names of those parts that the others have too.
fn order<'a>(parts: &Parts<'a>, others: &Parts<'_>) -> Vec<&'a str> {
    let names = parts.iter().map(|(name, _)| *name);
    names.filter(|name| part_named(others, name).is_some()).collect()
}

/// A part in one line, apart from its name: `type text, not null`.
fn summary(fields: &Map<String, Value>) -> String {
    let fields: BTreeMap<_, _> = fields.iter().filter(|(name, _)| *name != "name").collect();
    let words = fields.into_iter().map(|(name, value)| match value {
        Value::Bool(_) => name.replace('_', " "),
        _ => format!("{} {}", name.replace('_', " "), shown(value)),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// `value` as people read it. Absent means the default, and that of a flag is `no`.
fn shown_beside(value: Option<&Value>, other: Option<&Value>) -> Option<String> {
    match (value, other) {
        (None, Some(Value::Bool(_))) => Some("no".to_owned()),
        (value, _) => value.map(shown),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "\"\"".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Array(items) => {
            let items = items.iter().map(|item| match item {
                Value::String(text) if text.is_empty() || text.contains([',', '"']) => {
                    format!("{text:?}")
                }
                item => match (item.get("name").and_then(Value::as_str), shown(item)) {
                    (Some(name), rest) => format!("\"{name}\" {rest}"),
                    (None, shown) => shown,
                },
            });
            items.collect::<Vec<_>>().join(", ")
        }
        Value::Object(fields) => format!("({})", summary(fields)),
        scalar => scalar.to_string(),
    }
}

impl fmt::Display for CatalogDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (id, diff) in &self.objects {
            match diff {
                ObjectDiff::Created => writeln!(f, "+ {id}")?,
                ObjectDiff::Dropped => writeln!(f, "- {id}")?,
                ObjectDiff::Changed(changes) => {
                    writeln!(f, "~ {id}")?;
                    for change in changes {
                        writeln!(f, "    {}", change.to_string().replace('\n', "\n    "))?;
                    }
                }
            }
        }
        for (kind, (before, after)) in &self.unread {
            writeln!(f, "? {kind}: {before} → {after}, not read")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalog::{Column, Enum, Identity, Table};

    fn column(name: &str, data_type: &str) -> Column {
        Column { name: name.to_owned(), data_type: data_type.to_owned(), ..Column::default() }
    }

    fn cats(columns: Vec<Column>) -> Catalog {
        let table = Table { columns, ..Table::default() };
        Catalog {
            objects: [(ObjectId::table("public", "cats"), Object::Table(table))].into(),
            unread: BTreeMap::new(),
        }
    }

    #[test]
    fn a_change_reads_as_a_person_would_say_it() {
        let before =
            cats(vec![column("id", "integer"), column("age", "integer"), column("old", "text")]);
        let id = Column {
            identity: Some(Identity {
                sequence: "public.cats_id_seq".to_owned(),
                start: 1,
                ..Identity::default()
            }),
            not_null: true,
            ..column("id", "integer")
        };
        let after = cats(vec![column("age", "bigint"), id, column("name", "text")]);
        let diff = CatalogDiff::between(&before, &after);
        let expected = "\
~ table public.cats
    column \"id\": identity none → (cache 0, increment 0, maximum 0, minimum 0, sequence public.cats_id_seq, start 1)
    column \"id\": not null no → yes
    column \"age\": type integer → bigint
    column \"old\": dropped, was type text
    column \"name\": added, type text
    column order id, age → age, id
";
        assert_eq!(diff.to_string(), expected);
    }

    #[test]
    fn unread_kinds_that_differ_in_number_are_named() {
        let mut before = Catalog::default();
        before.unread.insert("rule".to_owned(), 2);
        let diff = CatalogDiff::between(&before, &Catalog::default());
        assert_eq!(diff.to_string(), "? rule: 2 → 0, not read\n");
        assert!(diff.is_empty());
    }

    fn any_columns() -> impl Strategy<Value = Vec<Column>> {
        let any_column = ("[a-c]", "[x-y]", any::<bool>(), proptest::option::of("[pq]"));
        proptest::collection::vec(any_column, 0..4).prop_map(|columns| {
            let mut seen = BTreeSet::new();
            let columns = columns.into_iter().filter(|column| seen.insert(column.0.clone()));
            columns
                .map(|(name, data_type, not_null, default)| Column {
                    not_null,
                    default,
                    ..column(&name, &data_type)
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn digests_differ_exactly_where_a_change_is_listed(before in any_columns(), after in any_columns()) {
            let (before, after) = (cats(before), cats(after));
            let diff = CatalogDiff::between(&before, &after);
            let listed = diff.objects.values().any(|diff| *diff != ObjectDiff::Changed(vec![]));
            prop_assert_eq!(listed, before.fingerprint() != after.fingerprint());
            prop_assert_eq!(diff.is_empty(), before.fingerprint() == after.fingerprint());
        }

        #[test]
        fn the_order_of_labels_is_a_change(labels in proptest::collection::vec("[a-z, \"]{0,3}", 2..4)) {
            let of = |labels: Vec<String>| Object::Enum(Enum { labels, comment: None });
            let reversed = labels.iter().rev().cloned().collect();
            let (before, after) = (of(labels), of(reversed));
            prop_assert_eq!(changes(&before, &after).is_empty(), before == after);
        }
    }
}
