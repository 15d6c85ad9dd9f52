//! Tables: made whole, changed column by column, linked to their parents.

mod columns;
mod create;
mod links;
mod types;

use std::collections::BTreeSet;

use crate::catalog::{Column, Kind, Table};

use super::choice::Way;
use super::kind::{Site, Written, comment};
use super::script::Statement;
use super::text::{name, parameter_changes, parameters, qualified};

pub(super) use columns::{
    alter, given, is_born_alike, is_key, keep, reach, replaced, start, touched, usual_storage,
};
pub(super) use create::{afterwards, lines, partition_of, sequences};

impl Written for Table {
    fn reach(site: Site<'_>, before: Option<&Self>, after: &mut Self) -> Vec<String> {
        let mut told = Vec::new();
        if after.detach_pending && !before.is_some_and(|before| before.detach_pending) {
            told.push("a detach that is begun and not finished".to_owned());
            after.detach_pending = false;
        }
        let Some(before) = before else {
            return told;
        };
        if before.partition_by != after.partition_by {
            told.push(format!(
                "{}: the table would have to be rebuilt",
                match &after.partition_by {
                    Some(key) => format!("partitioning by {key}"),
                    None => "no partitioning any more".to_owned(),
                }
            ));
            after.partition_by.clone_from(&before.partition_by);
            after.inherits.clone_from(&before.inherits);
        }
        told.extend(reach(site, before, after));
        told
    }

    fn keep(before: &Self, after: &mut Self) -> Vec<String> {
        keep(before, after, true)
    }

    fn way(_: Site<'_>, _: &Self, _: &Self) -> Way {
        Way::Alter
    }

    fn touched(before: &Self, after: &Self) -> BTreeSet<String> {
        touched(before, after)
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        create::create(site, self)
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        let table = qualified(site.id);
        let drop =
            Statement::new(site.id, format!("DROP TABLE {table}")).losing("the rows of the table");
        let detach = self.partition_of.as_ref().map(|parent| {
            let sql = format!("ALTER TABLE {parent} DETACH PARTITION {table}");
            Statement::new(site.id, sql).failing("if rows elsewhere refer to its rows")
        });
        let detach = detach.filter(|_| site.world.is_referenced_partition(site.id));
        detach.into_iter().chain([drop]).collect()
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let mut statements = alter(site, before, after);
        statements.extend(properties(site, before, after));
        statements
    }

    fn loosen(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        loosen(site, before, after)
    }

    fn finish(site: Site<'_>, before: Option<&Self>, after: &Self) -> Vec<Statement> {
        let mut statements = finish(site, before, after);
        statements.extend(replica_identity(site, before, after));
        statements
    }
}

/// The defaults of a table that is to be dropped, where something that it stands on goes first.
pub(super) fn drop_defaults(site: Site<'_>, table: &Table) -> Vec<Statement> {
    let columns = table.columns.iter().filter(|column| column.default.is_some());
    let drop = |column: &Column| {
        let (table, column) = (qualified(site.id), name(&column.name));
        Statement::new(site.id, format!("ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT"))
    };
    columns.map(drop).collect()
}

pub(super) fn loosen(site: Site<'_>, before: &Table, after: &Table) -> Vec<Statement> {
    let mut statements = links::detach(site, before, after);
    for column in &before.columns {
        if site.world.choices.is_loosened(site.id, &column.name) {
            let sql =
                format!("ALTER {} ALTER COLUMN {} DROP DEFAULT", only(site), name(&column.name));
            statements.push(Statement::new(site.id, sql));
        }
        if site.world.gives_up_sequence(site.id, column) {
            let sql =
                format!("ALTER {} ALTER COLUMN {} DROP IDENTITY", named(site), name(&column.name));
            statements.push(Statement::new(site.id, sql).losing("where the numbers stand"));
        }
    }
    statements
}

pub(super) fn finish(site: Site<'_>, before: Option<&Table>, after: &Table) -> Vec<Statement> {
    let mut statements = links::attach(site, before, after);
    if site.world.choices.remedies.deferred.contains(site.id) {
        statements.extend(columns::defaults(site, before, after));
    }
    statements
}

/// Whether there are rows of ours in it.
fn has_rows(site: Site<'_>) -> bool {
    site.id.kind() != Kind::ForeignTable
}

/// `TABLE …` or `FOREIGN TABLE …`, as ALTER takes it.
fn named(site: Site<'_>) -> String {
    format!("{} {}", word(site), qualified(site.id))
}

/// The same for what is each table's own matter.
fn only(site: Site<'_>) -> String {
    let only = if site.world.has_children(site.id) { "ONLY " } else { "" };
    format!("{} {only}{}", word(site), qualified(site.id))
}

fn word(site: Site<'_>) -> &'static str {
    if has_rows(site) { "TABLE" } else { "FOREIGN TABLE" }
}

/// What is said about the table as a whole.
fn properties(site: Site<'_>, before: &Table, after: &Table) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut alter = |table: String, what: String| {
        statements.push(Statement::new(site.id, format!("ALTER TABLE {table} {what}")));
    };
    let table = qualified(site.id);
    if before.of_type != after.of_type {
        alter(
            table.clone(),
            match &after.of_type {
                Some(of_type) => format!("OF {of_type}"),
                None => "NOT OF".to_owned(),
            },
        );
    }
    if before.unlogged != after.unlogged {
        let state = if after.unlogged { "UNLOGGED" } else { "LOGGED" };
        alter(table.clone(), format!("SET {state}"));
    }
    if before.access_method != after.access_method {
        let method = after.access_method.as_deref().unwrap_or("heap");
        alter(table.clone(), format!("SET ACCESS METHOD {}", name(method)));
    }
    let (set, reset) = parameter_changes(&before.options, &after.options);
    if !reset.is_empty() {
        alter(table.clone(), format!("RESET ({})", reset.join(", ")));
    }
    if !set.is_empty() {
        alter(table.clone(), format!("SET ({})", parameters(set)));
    }
    if before.row_security != after.row_security {
        let state = if after.row_security { "ENABLE" } else { "DISABLE" };
        alter(table.clone(), format!("{state} ROW LEVEL SECURITY"));
    }
    if before.force_row_security != after.force_row_security {
        let state = if after.force_row_security { "FORCE" } else { "NO FORCE" };
        alter(table.clone(), format!("{state} ROW LEVEL SECURITY"));
    }
    let words = format!("TABLE {table}");
    statements.extend(comment(site.id, &words, before.comment.as_ref(), after.comment.as_ref()));
    statements
}

/// After the index that it may name is there.
fn replica_identity(site: Site<'_>, before: Option<&Table>, after: &Table) -> Option<Statement> {
    let old = before.and_then(|before| before.replica_identity.as_ref());
    let new = after.replica_identity.as_ref();
    if old == new && !site.world.loses_replica_identity(site.id, after) {
        return None;
    }
    let words = match new {
        None => "DEFAULT".to_owned(),
        Some(words) => match words.strip_prefix("using index ") {
            Some(index) => format!("USING INDEX {index}"),
            None => words.to_uppercase(),
        },
    };
    let sql = format!("ALTER TABLE {} REPLICA IDENTITY {words}", qualified(site.id));
    Some(Statement::new(site.id, sql))
}

/// The column of this name.
fn find<'a>(columns: &'a [Column], name: &str) -> Option<&'a Column> {
    columns.iter().find(|column| column.name == name)
}
