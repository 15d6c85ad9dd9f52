//! Foreign tables: in their columns and parents they are tables, and the files of tables write
//! those. None has rows of ours; with another server, or columns in another order, one is made anew.

use std::collections::BTreeSet;

use crate::catalog::{Column, ForeignColumn, ForeignTable, Table};

use super::{changes, has_secrets, keep, listed, lost, reach};
use crate::difference::choice::Way;
use crate::difference::kind::{Site, Written, comment};
use crate::difference::script::Statement;
use crate::difference::table;
use crate::difference::text::{indented, name, qualified};
use crate::difference::values::conversion;

impl Written for ForeignTable {
    fn reach(site: Site<'_>, before: Option<&Self>, after: &mut Self) -> Vec<String> {
        let old_options = before.map_or(&[][..], |before| &before.options);
        let mut told = reach(old_options, &mut after.options);
        for column in &mut after.columns {
            let old = before.and_then(|before| find(before, &column.name));
            let options = reach(old.map_or(&[], |old| &old.options), &mut column.options);
            told.extend(options.iter().map(|what| format!("column {}: {what}", column.name)));
        }
        if after.detach_pending && !before.is_some_and(|before| before.detach_pending) {
            told.push("a detach that is begun and not finished".to_owned());
            after.detach_pending = false;
        }
        // Made anew, it would lose what nobody knows.
        let Some(before) = before.filter(|before| before.has_secrets() && after.has_secrets())
        else {
            return told;
        };
        if before.server != after.server {
            told.push(format!(
                "server {}: it would be made anew, and has an option whose value is not described",
                after.server
            ));
            after.server.clone_from(&before.server);
        }
        let mut shape = after.as_table();
        let order = table::reach(site, &before.as_table(), &mut shape);
        if !order.is_empty() {
            told.extend(order);
            after.take(shape, Some(before));
        }
        told
    }

    fn keep(before: &Self, after: &mut Self) -> Vec<String> {
        let mut shape = after.as_table();
        let mut told = table::keep(&before.as_table(), &mut shape, false);
        after.take(shape, Some(before));
        told.extend(keep(&before.options, &mut after.options));
        for column in &mut after.columns {
            if let Some(old) = find(before, &column.name) {
                let options = keep(&old.options, &mut column.options);
                told.extend(options.iter().map(|what| format!("{what} of column {}", column.name)));
            }
        }
        told
    }

    fn way(site: Site<'_>, before: &Self, after: &Self) -> Way {
        let (old, mut new) = (before.as_table(), after.as_table());
        let in_place = before.server == after.server
            && table::reach(site, &old, &mut new).is_empty()
            && !is_converted_by_parent(site, &old);
        if in_place { Way::Alter } else { Way::Rebuild }
    }

    fn touched(before: &Self, after: &Self) -> BTreeSet<String> {
        table::touched(&before.as_table(), &after.as_table())
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let shape = self.as_table();
        let born_linked = site.world.is_born_linked(site.id);
        let mut sql = format!("CREATE FOREIGN TABLE {}", qualified(site.id));
        let lines = table::lines(site, &shape, born_linked);
        let body =
            if lines.is_empty() { String::new() } else { format!("\n{}\n", indented(&lines)) };
        match self.partition_of.as_ref().filter(|_| born_linked) {
            Some(parent) => sql.push_str(&table::partition_of(parent, &body, &shape)),
            None => sql.push_str(&format!(" ({body})")),
        }
        if born_linked && !self.inherits.is_empty() {
            sql.push_str(&format!("\n    INHERITS ({})", self.inherits.join(", ")));
        }
        sql.push_str(&format!("\n    SERVER {}", name(&self.server)));
        if let Some(options) = listed(&self.options) {
            sql.push_str(&format!("\n    {options}"));
        }
        let mut statements = vec![Statement::new(site.id, sql)];
        if born_linked {
            for column in self.columns.iter().filter(|column| column.inherited) {
                statements.extend(column_options(site, &ForeignColumn::default(), column));
            }
        }
        statements.extend(comment(site.id, &words(site), None, self.comment.as_ref()));
        statements.extend(table::afterwards(site, &shape, born_linked));
        statements
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        let has_identity = self.columns.iter().any(|column| column.identity.is_some());
        let numbers = has_identity.then(|| "where the numbers of its identity stand".to_owned());
        let options = self.columns.iter().map(|column| &column.options).chain([&self.options]);
        let secrets = options.filter_map(|options| lost(options, &[]));
        let loses: Vec<String> = numbers.into_iter().chain(secrets).collect();
        let mut drop = Statement::new(site.id, format!("DROP {}", words(site)));
        drop.loses = (!loses.is_empty()).then(|| loses.join("; "));
        vec![drop]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let (old, new) = (before.as_table(), after.as_table());
        let mut statements = table::alter(site, &old, &new);
        let start = table::start(site, &old);
        let touched: BTreeSet<String> = table::replaced(&old, &new);
        let unknown = ForeignColumn::default();
        for column in &after.columns {
            let stays = find(before, &column.name).filter(|old| !touched.contains(&old.name));
            let is_given = start.columns.iter().any(|given| given.name == column.name);
            match stays {
                Some(old) => statements.extend(column_options(site, old, column)),
                // A parent knows nothing of options; a column of its own has got them already.
                None if is_given => statements.extend(column_options(site, &unknown, column)),
                None => {}
            }
        }
        if let Some(options) = changes(&before.options, &after.options) {
            let mut alter = Statement::new(site.id, format!("ALTER {} {options}", words(site)));
            alter.loses = lost(&before.options, &after.options);
            statements.push(alter);
        }
        let (before, after) = (before.comment.as_ref(), after.comment.as_ref());
        statements.extend(comment(site.id, &words(site), before, after));
        statements
    }

    fn loosen(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        table::loosen(site, &before.as_table(), &after.as_table())
    }

    fn finish(site: Site<'_>, before: Option<&Self>, after: &Self) -> Vec<Statement> {
        table::finish(site, before.map(Self::as_table).as_ref(), &after.as_table())
    }
}

fn words(site: Site<'_>) -> String {
    format!("FOREIGN TABLE {}", qualified(site.id))
}

fn find<'a>(table: &'a ForeignTable, name: &str) -> Option<&'a ForeignColumn> {
    table.columns.iter().find(|column| column.name == name)
}

fn column_options(
    site: Site<'_>,
    before: &ForeignColumn,
    after: &ForeignColumn,
) -> Option<Statement> {
    let options = changes(&before.options, &after.options)?;
    let column = name(&after.name);
    let sql = format!("ALTER {} ALTER COLUMN {column} {options}", words(site));
    let mut alter = Statement::new(site.id, sql);
    alter.loses = lost(&before.options, &after.options);
    Some(alter)
}

/// Whether a parent's columns are converted by an expression, which a foreign table refuses.
fn is_converted_by_parent(site: Site<'_>, before: &Table) -> bool {
    let world = site.world;
    world.link_stays(site.id)
        && world.parents_before(before).iter().any(|parent| {
            let Some((old, new)) = world.table_before(parent).zip(world.table_after(parent)) else {
                return false;
            };
            old.columns.iter().any(|old| {
                let new = new.columns.iter().find(|new| new.name == old.name);
                new.is_some_and(|new| conversion(&old.data_type, &new.data_type).using.is_some())
            })
        })
}

impl ForeignTable {
    pub(super) fn has_secrets(&self) -> bool {
        let mut options = self.columns.iter().map(|column| &column.options).chain([&self.options]);
        options.any(|options| has_secrets(options))
    }

    /// Itself without what is foreign in it.
    pub(super) fn as_table(&self) -> Table {
        Table {
            columns: self.columns.iter().map(ForeignColumn::as_column).collect(),
            partition_of: self.partition_of.clone(),
            partition_bound: self.partition_bound.clone(),
            detach_pending: self.detach_pending,
            inherits: self.inherits.clone(),
            comment: self.comment.clone(),
            ..Table::default()
        }
    }

    /// Becomes the table; columns that are new in it have the options that they had in `was`.
    pub(super) fn take(&mut self, table: Table, was: Option<&Self>) {
        let columns = table.columns.into_iter().map(|column| {
            let known = find(self, &column.name);
            let known = known.or_else(|| find(was?, &column.name));
            let options = known.map(|known| known.options.clone()).unwrap_or_default();
            ForeignColumn {
                name: column.name,
                data_type: column.data_type,
                collation: column.collation,
                not_null: column.not_null,
                default: column.default,
                generated: column.generated,
                is_virtual: column.is_virtual,
                identity: column.identity,
                storage: column.storage,
                statistics: column.statistics,
                planner_options: column.options,
                options,
                inherited: column.inherited,
                comment: column.comment,
            }
        });
        self.columns = columns.collect();
        self.partition_of = table.partition_of;
        self.partition_bound = table.partition_bound;
        self.detach_pending = table.detach_pending;
        self.inherits = table.inherits;
    }
}

impl ForeignColumn {
    fn as_column(&self) -> Column {
        Column {
            name: self.name.clone(),
            data_type: self.data_type.clone(),
            collation: self.collation.clone(),
            not_null: self.not_null,
            default: self.default.clone(),
            generated: self.generated.clone(),
            is_virtual: self.is_virtual,
            identity: self.identity.clone(),
            storage: self.storage.clone(),
            compression: None,
            statistics: self.statistics,
            options: self.planner_options.clone(),
            inherited: self.inherited,
            comment: self.comment.clone(),
        }
    }
}
