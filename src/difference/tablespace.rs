//! Where a relation lies: ALTER … SET TABLESPACE.
//!
//! What is new is made where the session makes it, and moved then: an index or a materialized view with all that
//! it has by then.

use crate::catalog::{Kind, ObjectId, Tablespace};

use super::choice::Way;
use super::kind::{Site, Written};
use super::owner::subject_goes;
use super::script::Statement;
use super::text::{name, qualified};

/// The tablespace of a database of which nobody has said otherwise.
const USUAL: &str = "pg_default";

impl Written for Tablespace {
    fn way(_: Site<'_>, _: &Self, _: &Self) -> Way {
        Way::Alter
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        statement(site.id, &self.name)
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        if subject_goes(site) {
            return Vec::new();
        }
        statement(site.id, USUAL)
    }

    fn alter(site: Site<'_>, _: &Self, after: &Self) -> Vec<Statement> {
        after.create(site)
    }
}

fn statement(id: &ObjectId, tablespace: &str) -> Vec<Statement> {
    tablespace_sql(id, Some(tablespace)).into_iter().map(|sql| Statement::new(id, sql)).collect()
}

/// The statement that moves what `id` is told of; to the usual tablespace, where none is given.
pub(super) fn tablespace_sql(id: &ObjectId, tablespace: Option<&str>) -> Option<String> {
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
    Some(format!("ALTER {words} SET TABLESPACE {}", tablespace.unwrap_or(USUAL)))
}
