//! Publications. What leaves one leaves it before anything else changes, what joins it joins when
//! it is there; what stays in it stays without a gap, unless its own column or condition goes.

use crate::catalog::{Kind, ObjectId, Publication, PublishedTable};

use super::choice::Way;
use super::kind::{Site, Written, comment};
use super::script::Statement;
use super::text::{find_outside, literal, name};
use super::world::table_named;

impl Written for Publication {
    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        if before.all_tables == after.all_tables { Way::Alter } else { Way::Rebuild }
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let mut sql = format!("CREATE PUBLICATION {}", name(site.id.name()));
        if self.all_tables {
            sql.push_str(" FOR ALL TABLES");
        }
        if let Some(members) = members(site, self.tables.iter(), &self.schemas) {
            sql.push_str(&format!("\n    FOR {members}"));
        }
        let options = self.options(&Self::usual());
        if !options.is_empty() {
            sql.push_str(&format!("\n    WITH ({})", options.join(", ")));
        }
        let comment = comment_on(site, None, self);
        [Statement::new(site.id, sql)].into_iter().chain(comment).collect()
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP PUBLICATION {}", name(site.id.name())))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let mut statements = Vec::new();
        let mut alter = |what: String| {
            let sql = format!("ALTER PUBLICATION {} {what}", name(site.id.name()));
            statements.push(Statement::new(site.id, sql));
        };
        let left = |table: &&PublishedTable| !leaves(site, table, after);
        let there: Vec<_> = before.tables.iter().filter(left).collect();
        let changed = there.iter().any(|table| !after.tables.contains(table));
        let new = after.tables.iter().filter(|table| !there.contains(table));
        let schemas: Vec<_> = after
            .schemas
            .iter()
            .filter(|schema| !before.schemas.contains(schema))
            .cloned()
            .collect();
        if changed {
            // In one statement nobody misses a row of the tables that stay.
            if let Some(members) = members(site, after.tables.iter(), &after.schemas) {
                alter(format!("SET {members}"));
            }
        } else if let Some(members) = members(site, new, &schemas) {
            alter(format!("ADD {members}"));
        }
        let options = after.options(before);
        if !options.is_empty() {
            alter(format!("SET ({})", options.join(", ")));
        }
        statements.extend(comment_on(site, Some(before), after));
        statements
    }

    /// What leaves it, and what it cannot keep while others change.
    fn loosen(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let drop = |what: String| {
            let sql = format!("ALTER PUBLICATION {} DROP {what}", name(site.id.name()));
            Statement::new(site.id, sql)
        };
        let tables = before.tables.iter().filter(|table| leaves(site, table, after));
        let bare = tables
            .map(|table| PublishedTable { name: table.name.clone(), ..PublishedTable::default() });
        let bare: Vec<_> = bare.collect();
        let schemas: Vec<_> = before
            .schemas
            .iter()
            .filter(|schema| !after.schemas.contains(schema))
            .cloned()
            .collect();
        members(site, bare.iter(), &schemas).map(drop).into_iter().collect()
    }
}

impl Publication {
    /// As one is without a word about it.
    fn usual() -> Self {
        let publish = ["insert", "update", "delete", "truncate"].map(str::to_owned).to_vec();
        Self { publish, ..Self::default() }
    }

    /// The options that lead from `before` to this.
    fn options(&self, before: &Self) -> Vec<String> {
        let mut options = Vec::new();
        let mut option = |differs: bool, words: String| {
            if differs {
                options.push(words);
            }
        };
        let publish = literal(&self.publish.join(", "));
        option(self.publish != before.publish, format!("publish = {publish}"));
        let words = format!("publish_via_partition_root = {}", self.via_root);
        option(self.via_root != before.via_root, words);
        let columns = if self.generated_columns { "stored" } else { "none" };
        let words = format!("publish_generated_columns = {columns}");
        option(self.generated_columns != before.generated_columns, words);
        options
    }
}

/// Whether a table is out of the publication before it is altered.
fn leaves(site: Site<'_>, table: &PublishedTable, after: &Publication) -> bool {
    let stays = after.tables.iter().any(|other| other.name == table.name);
    let id = table_named(&table.name);
    !stays || site.world.choices.is_loosened(site.id, &entry(&id))
}

/// How a table that a publication lets go of for a while is noted among the choices.
pub(super) fn entry(table: &ObjectId) -> String {
    table.to_string()
}

/// `TABLE …, TABLES IN SCHEMA …`; none for nothing.
fn members<'a>(
    site: Site<'_>,
    tables: impl Iterator<Item = &'a PublishedTable>,
    schemas: &[String],
) -> Option<String> {
    let mut parts = Vec::new();
    let tables: Vec<String> = tables.map(|table| member(site, table)).collect();
    if !tables.is_empty() {
        parts.push(format!("TABLE {}", tables.join(", ")));
    }
    if !schemas.is_empty() {
        let schemas: Vec<String> = schemas.iter().map(|schema| name(schema)).collect();
        parts.push(format!("TABLES IN SCHEMA {}", schemas.join(", ")));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn member(site: Site<'_>, table: &PublishedTable) -> String {
    let id = table_named(&table.name);
    debug_assert_eq!(id.kind(), Kind::Table);
    // Without the word, what inherits from it would come and go with it.
    let spreads = site.world.has_children(&id) && !site.world.is_partitioned(&id);
    let only = if spreads { "ONLY " } else { "" };
    let mut sql = format!("{only}{}", table.name);
    if !table.columns.is_empty() {
        let columns: Vec<String> = table.columns.iter().map(|column| name(column)).collect();
        sql.push_str(&format!(" ({})", columns.join(", ")));
    }
    if let Some(filter) = &table.filter {
        let is_bracketed = filter.starts_with('(') && find_outside(filter, " ").is_none();
        let filter = if is_bracketed { filter.clone() } else { format!("({filter})") };
        sql.push_str(&format!(" WHERE {filter}"));
    }
    sql
}

fn comment_on(
    site: Site<'_>,
    before: Option<&Publication>,
    after: &Publication,
) -> Option<Statement> {
    let words = format!("PUBLICATION {}", name(site.id.name()));
    let before = before.and_then(|before| before.comment.as_ref());
    comment(site.id, &words, before, after.comment.as_ref())
}
