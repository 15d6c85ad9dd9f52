//! Where a relation lies: ALTER … SET TABLESPACE.
//!
//! What has rows or keys as soon as it is made is made at its place. What is empty is made where the session makes
//! it, and moved then.

use crate::catalog::{ConstraintType, Kind, Object, ObjectId, Tablespace};

use super::choice::Way;
use super::kind::{Site, Written};
use super::owner::subject_goes;
use super::script::Statement;
use super::text::{name, qualified};
use super::world::World;

/// The tablespace of a database of which nobody has said otherwise.
const USUAL: &str = "pg_default";

/// The tablespace, as SQL has it, that the statement which makes `id` is to name.
pub(super) fn made_in<'a>(world: &World<'a>, id: &ObjectId) -> Option<&'a str> {
    // The parts of an index would come along, where it is told of the whole alone.
    let has_rows = |table: &ObjectId| {
        let is_empty = world.is_new(table) && table.kind() != Kind::MaterializedView;
        !is_empty && !world.is_partitioned(table)
    };
    let at_once = match world.object_after(id)? {
        Object::MaterializedView(_) => true,
        Object::Index(index) => has_rows(&world.relation(id.schema(), &index.table)),
        Object::Constraint(constraint) => {
            matches!(
                constraint.constraint_type,
                ConstraintType::PrimaryKey | ConstraintType::Unique | ConstraintType::Exclusion
            ) && !world.choices.is_inline(id)
                && has_rows(&world.table_of(id))
        }
        _ => false,
    };
    match world.object_after(&ObjectId::about(Kind::Tablespace, id)?)? {
        Object::Tablespace(place) if at_once && world.is_new(id) => Some(&place.name),
        _ => None,
    }
}

impl Written for Tablespace {
    fn way(_: Site<'_>, _: &Self, _: &Self) -> Way {
        Way::Alter
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let is_there = |subject| made_in(site.world, &subject).is_some();
        if site.id.subject().is_some_and(is_there) {
            return Vec::new();
        }
        statement(site.id, &self.name)
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        if subject_goes(site) {
            return Vec::new();
        }
        statement(site.id, &usual(site.world.options.own_tablespace.as_deref()))
    }

    fn alter(site: Site<'_>, _: &Self, after: &Self) -> Vec<Statement> {
        after.create(site)
    }
}

fn statement(id: &ObjectId, tablespace: &str) -> Vec<Statement> {
    tablespace_sql(id, tablespace).into_iter().map(|sql| Statement::new(id, sql)).collect()
}

/// The tablespace of what is told to lie in none, in a database with `own_tablespace`, as SQL has it.
pub(super) fn usual(own_tablespace: Option<&str>) -> String {
    name(own_tablespace.unwrap_or(USUAL))
}

/// The statement that moves what `id` is told of.
pub(super) fn tablespace_sql(id: &ObjectId, tablespace: &str) -> Option<String> {
    let subject = id.subject()?;
    let words = match subject.kind() {
        Kind::Table => format!("TABLE {}", qualified(&subject)),
        Kind::MaterializedView => format!("MATERIALIZED VIEW {}", qualified(&subject)),
        Kind::Index => format!("INDEX {}", qualified(&subject)),
        Kind::Constraint => {
            format!("INDEX {}.{}", name(subject.schema()?), name(subject.name()))
        }
        _ => return None,
    };
    Some(format!("ALTER {words} SET TABLESPACE {tablespace}"))
}
