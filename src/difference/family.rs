//! What belongs together in one catalog: parents and children, a table and what stands on it.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, Dependency, Kind, LinkedCatalog, Object, ObjectId, Table};

use super::foreign::shape;
use super::text::split_qualified;

/// The tables that inherit from each, or are its partitions.
pub(super) type Children = BTreeMap<ObjectId, Vec<ObjectId>>;

pub(super) fn children(catalog: &Catalog) -> Children {
    let mut children = Children::new();
    for (id, object) in &catalog.objects {
        let Some(table) = shape(object) else {
            continue;
        };
        for parent in parents(&table, catalog) {
            children.entry(parent).or_default().push(id.clone());
        }
    }
    children
}

/// Foreign tables, as the tables that they are but for what is foreign in them.
pub(super) type Foreign = BTreeMap<ObjectId, Table>;

pub(super) fn foreign(catalog: &Catalog) -> Foreign {
    let is_foreign = |(_, object): &(&ObjectId, &Object)| object.kind() == Kind::ForeignTable;
    let objects = catalog.objects.iter().filter(is_foreign);
    objects.filter_map(|(id, object)| Some((id.clone(), shape(object)?.into_owned()))).collect()
}

/// The tables that a table inherits from, or is a partition of.
pub(super) fn parents(table: &Table, catalog: &Catalog) -> Vec<ObjectId> {
    let names = table.partition_of.iter().chain(&table.inherits);
    names
        .map(|written| {
            let table = table_named(written);
            let foreign = as_kind(&table, Kind::ForeignTable);
            foreign
                .filter(|id| {
                    !catalog.objects.contains_key(&table) && catalog.objects.contains_key(id)
                })
                .unwrap_or(table)
        })
        .collect()
}

/// The relation of this kind with the same name.
pub(super) fn as_kind(relation: &ObjectId, kind: Kind) -> Option<ObjectId> {
    let schema = relation.schema().map(str::to_owned);
    ObjectId::from_parts(kind, schema, None, relation.name().to_owned(), None)
}

pub(super) fn table_named(written: &str) -> ObjectId {
    let (schema, name) = split_qualified(written);
    ObjectId::table(schema.unwrap_or_default(), name)
}

/// The constraints of a table.
pub(super) fn constraints_in<'a>(
    catalog: &'a Catalog,
    table: &ObjectId,
) -> impl Iterator<Item = (&'a ObjectId, &'a Object)> {
    standing_on(catalog, table, Kind::Constraint)
}

/// What of this kind stands on a table or view.
pub(super) fn standing_on<'a>(
    catalog: &'a Catalog,
    relation: &ObjectId,
    kind: Kind,
) -> impl Iterator<Item = (&'a ObjectId, &'a Object)> {
    let schema = relation.schema().unwrap_or_default().to_owned();
    let name = relation.name().to_owned();
    let first = (Some(schema.clone()), Some(name.clone()));
    let first = ObjectId::from_parts(kind, first.0, first.1, String::new(), None);
    let objects = first.into_iter().flat_map(|first| catalog.objects.range(first..));
    objects.take_while(move |(id, _)| {
        id.kind() == kind && id.schema() == Some(&schema) && id.on_table() == Some(&name)
    })
}

/// The constraint or trigger of the same name on another table.
pub(super) fn on_other(table: &ObjectId, id: &ObjectId) -> Option<ObjectId> {
    let schema = table.schema().map(str::to_owned);
    let name = table.name().to_owned();
    ObjectId::from_parts(id.kind(), schema, Some(name), id.name().to_owned(), None)
}

/// The index or constraint of a partitioned table that one of a partition is a part of.
pub(super) fn whole_of<'a>(id: &ObjectId, linked: &'a LinkedCatalog) -> Option<&'a ObjectId> {
    let objects = &linked.catalog.objects;
    let table = match objects.get(id)? {
        Object::Index(index) => {
            index.partition_of.as_ref()?;
            ObjectId::table(id.schema()?, &index.table)
        }
        Object::Constraint(constraint) if constraint.inherited => {
            ObjectId::table(id.schema()?, id.on_table()?)
        }
        _ => return None,
    };
    let Object::Table(table) = objects.get(&table)? else {
        return None;
    };
    let parents = parents(table, &linked.catalog);
    needs_of(id, linked).iter().map(|need| &need.on).find(|on| match objects.get(on) {
        Some(Object::Index(whole)) => on
            .schema()
            .is_some_and(|schema| parents.contains(&ObjectId::table(schema, &whole.table))),
        Some(Object::Constraint(_)) => {
            let own = on.schema().zip(on.on_table());
            own.is_some_and(|(schema, table)| parents.contains(&ObjectId::table(schema, table)))
        }
        _ => false,
    })
}

/// What an object needs.
pub(super) fn needs_of<'a>(id: &ObjectId, linked: &'a LinkedCatalog) -> &'a [Dependency] {
    let dependencies = &linked.dependencies;
    let start = dependencies.partition_point(|need| need.object < *id);
    let count = dependencies[start..].partition_point(|need| need.object == *id);
    &dependencies[start..start + count]
}

/// Whether two tables hang on the same parents in the same way.
pub(super) fn same_link(before: &Table, after: &Table) -> bool {
    before.partition_of == after.partition_of
        && before.partition_bound == after.partition_bound
        && before.inherits == after.inherits
        && (!before.detach_pending || after.detach_pending)
}

pub(super) fn is_child(table: &Table) -> bool {
    table.partition_of.is_some() || !table.inherits.is_empty()
}

/// What of the relations with this name there is in a catalog.
pub(super) fn relation_in(catalog: &Catalog, table: &ObjectId) -> Option<ObjectId> {
    let kinds = [Kind::Table, Kind::ForeignTable, Kind::View, Kind::MaterializedView];
    let named = kinds.into_iter().filter_map(|kind| as_kind(table, kind));
    named.into_iter().find(|id| catalog.objects.contains_key(id))
}
