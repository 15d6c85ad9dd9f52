//! A table made whole.

use crate::catalog::{Column, Constraint, Identity, Object, ObjectId, Table};

use super::columns::details;
use super::{find, has_rows};
use crate::difference::foreign::options_of;
use crate::difference::kind::Site;
use crate::difference::script::Statement;
use crate::difference::sequence::Numbers;
use crate::difference::text::{in_schema, indented, name, parameters, qualified};
use crate::difference::world::table_named;

pub(super) fn create(site: Site<'_>, table: &Table) -> Vec<Statement> {
    let born_linked = site.world.is_born_linked(site.id);
    let unlogged = if table.unlogged { "UNLOGGED " } else { "" };
    let mut sql = format!("CREATE {unlogged}TABLE {}", qualified(site.id));
    if let Some(of_type) = &table.of_type {
        sql.push_str(&format!(" OF {of_type}"));
    }
    let lines = lines(site, table, born_linked);
    let body = if lines.is_empty() { String::new() } else { format!("\n{}\n", indented(&lines)) };
    match &table.partition_of {
        Some(parent) if born_linked => sql.push_str(&partition_of(parent, &body, table)),
        _ if table.of_type.is_some() && body.is_empty() => {}
        _ => sql.push_str(&format!(" ({body})")),
    }
    if born_linked && !table.inherits.is_empty() {
        sql.push_str(&format!("\n    INHERITS ({})", table.inherits.join(", ")));
    }
    if let Some(key) = &table.partition_by {
        sql.push_str(&format!("\n    PARTITION BY {key}"));
    }
    if let Some(method) = &table.access_method {
        sql.push_str(&format!("\n    USING {}", name(method)));
    }
    if !table.options.is_empty() {
        sql.push_str(&format!("\n    WITH ({})", parameters(&table.options)));
    }
    let mut statements = vec![Statement::new(site.id, sql)];
    let start = Table {
        row_security: false,
        force_row_security: false,
        replica_identity: None,
        comment: None,
        ..table.clone()
    };
    statements.extend(super::properties(site, &start, table));
    statements.extend(afterwards(site, table, born_linked));
    statements
}

/// What stands between the brackets: columns, where they do not come from elsewhere, and constraints.
pub(in crate::difference) fn lines(
    site: Site<'_>,
    table: &Table,
    born_linked: bool,
) -> Vec<String> {
    let mut lines = Vec::new();
    if table.of_type.is_some() {
        lines.extend(table.columns.iter().filter_map(|column| typed(site, column)));
    } else if !born_linked {
        lines.extend(table.columns.iter().map(|column| definition(site, column)));
    } else if table.partition_of.is_none() {
        let own = table.columns.iter().filter(|column| !column.inherited);
        lines.extend(own.map(|column| definition(site, column)));
    }
    for (id, constraint) in inline(site) {
        lines.push(constraint.inline(id));
    }
    lines
}

/// `PARTITION OF …`, with its bound.
pub(in crate::difference) fn partition_of(parent: &str, body: &str, table: &Table) -> String {
    let bound = table.partition_bound.as_deref().unwrap_or_default();
    let body = if body.is_empty() { String::new() } else { format!(" ({body})") };
    format!("\n    PARTITION OF {parent}{body}\n    {bound}")
}

/// What is said of columns and constraints when they are there.
pub(in crate::difference) fn afterwards(
    site: Site<'_>,
    table: &Table,
    born_linked: bool,
) -> Vec<Statement> {
    let mut statements = Vec::new();
    for column in &table.columns {
        let start = born(site, table, column, born_linked);
        statements.extend(details(site, &start, column));
    }
    for (id, constraint) in inline(site) {
        statements.extend(constraint.details(Site { id, ..site }));
    }
    statements
}

/// The constraints that stand in the table's own statement.
fn inline(site: Site<'_>) -> impl Iterator<Item = (&ObjectId, &Constraint)> {
    let inline = site.world.choices.inline.get(site.id).map_or(&[][..], Vec::as_slice);
    inline.iter().filter_map(move |id| match site.world.object_after(id)? {
        Object::Constraint(constraint) => Some((id, constraint)),
        _ => None,
    })
}

/// A column as CREATE TABLE leaves it: what is said apart from its definition is not there yet.
fn born(site: Site<'_>, table: &Table, column: &Column, born_linked: bool) -> Column {
    let parents = if born_linked { site.world.parents_after(table) } else { Vec::new() };
    let given = parents
        .iter()
        .filter_map(|parent| site.world.table_after(parent))
        .find_map(|parent| find(&parent.columns, &column.name));
    Column {
        storage: given.and_then(|given| given.storage.clone()),
        compression: given.filter(|_| has_rows(site)).and_then(|given| given.compression.clone()),
        statistics: None,
        options: Vec::new(),
        comment: None,
        ..column.clone()
    }
}

/// A column as CREATE TABLE and ADD COLUMN take it.
pub(super) fn definition(site: Site<'_>, column: &Column) -> String {
    let mut sql = format!("{} {}", name(&column.name), column.data_type);
    if let Some(options) = options_of(site.world, site.id, &column.name) {
        sql.push_str(&format!(" {options}"));
    }
    if let Some(collation) = &column.collation {
        sql.push_str(&format!(" COLLATE {collation}"));
    }
    sql.push_str(&constraints(site, column));
    sql
}

/// A column of a typed table, if there is anything to say about it.
fn typed(site: Site<'_>, column: &Column) -> Option<String> {
    let constraints = constraints(site, column);
    (!constraints.is_empty()).then(|| format!("{} WITH OPTIONS{constraints}", name(&column.name)))
}

fn constraints(site: Site<'_>, column: &Column) -> String {
    let mut sql = String::new();
    if let Some(expression) = &column.generated {
        let kind = if column.is_virtual { "VIRTUAL" } else { "STORED" };
        sql.push_str(&format!(" GENERATED ALWAYS AS ({expression}) {kind}"));
    }
    let deferred = site.world.choices.remedies.deferred.contains(site.id);
    if let Some(default) = column.default.as_ref().filter(|_| !deferred) {
        sql.push_str(&format!(" DEFAULT {default}"));
    }
    if let Some(identity) = &column.identity {
        sql.push_str(&format!(" {}", generated(site.id, column, identity)));
    }
    // An identity is NOT NULL anyway.
    if column.not_null && column.identity.is_none() {
        sql.push_str(" NOT NULL");
    }
    sql
}

/// `GENERATED … AS IDENTITY (…)`.
pub(super) fn generated(table: &ObjectId, column: &Column, identity: &Identity) -> String {
    let when = if identity.always { "ALWAYS" } else { "BY DEFAULT" };
    let mut options = Vec::new();
    if identity.sequence != usual_sequence(table, column) {
        options.push(format!("SEQUENCE NAME {}", identity.sequence));
    }
    options.extend(Numbers::from(identity).new_options(&column.data_type));
    let options =
        if options.is_empty() { String::new() } else { format!(" ({})", options.join(" ")) };
    format!("GENERATED {when} AS IDENTITY{options}")
}

/// The name that the server gives an identity's sequence, where it has room for all of it.
fn usual_sequence(table: &ObjectId, column: &Column) -> String {
    let name = format!("{}_{}_seq", table.name(), column.name);
    if name.len() < 64 { in_schema(table.schema(), &name) } else { String::new() }
}

/// The names of the sequences that a table's identities bring.
pub(in crate::difference) fn sequences(table: &Table) -> Vec<ObjectId> {
    let identities = table.columns.iter().filter_map(|column| column.identity.as_ref());
    identities.map(|identity| table_named(&identity.sequence)).collect()
}
