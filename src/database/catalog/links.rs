//! Dependencies between the objects of a catalog, out of addresses.
//!
//! In: rows of `address.sql` and `dependency.sql`. Out: [`Dependency`]s between objects that are
//! in the catalog; what the server records about anything else is left out.

use std::collections::HashMap;

use tokio_postgres::{Error, Row};

use crate::catalog::{Dependency, Kind, ObjectId, Part};

use super::Objects;

/// The dependencies, sorted.
pub(super) fn dependencies(
    addresses: &[Row],
    edges: &[Row],
    objects: &Objects,
) -> Result<Vec<Dependency>, Error> {
    let mut known: HashMap<(u32, u32), (ObjectId, Part)> = HashMap::new();
    for row in addresses {
        let address = (row.try_get(0)?, row.try_get(1)?);
        let kind: Option<&str> = row.try_get(2)?;
        let name: String = row.try_get(5)?;
        let id = kind.and_then(Kind::from_label).and_then(|kind| {
            let (schema, table) = (row.try_get(3).ok()?, row.try_get(4).ok()?);
            ObjectId::from_parts(kind, schema, table, name, row.try_get(6).ok()?)
        });
        if let Some(id) = id.filter(|id| objects.contains_key(id)) {
            let part = row.try_get::<_, Option<String>>(7)?.map_or(Part::Whole, Part::Default);
            known.insert(address, (id, part));
        }
    }
    let mut dependencies = Vec::with_capacity(edges.len());
    for row in edges {
        let (from, to) = ((row.try_get(0)?, row.try_get(1)?), (row.try_get(3)?, row.try_get(4)?));
        let (Some((object, part)), Some((on, on_part))) = (known.get(&from), known.get(&to)) else {
            continue;
        };
        let or_column = |part: &Part, column: Option<String>| match column {
            Some(column) => Part::Column(column),
            None => part.clone(),
        };
        let dependency = Dependency {
            object: object.clone(),
            part: or_column(part, row.try_get(2)?),
            on: on.clone(),
            on_part: or_column(on_part, row.try_get(5)?),
        };
        if dependency.object != dependency.on || dependency.part != dependency.on_part {
            dependencies.push(dependency);
        }
    }
    dependencies.extend(objects.iter().filter_map(|(id, object)| {
        Dependency::of_right(id, object).filter(|need| objects.contains_key(&need.on))
    }));
    dependencies.sort_unstable();
    dependencies.dedup();
    Ok(dependencies)
}
