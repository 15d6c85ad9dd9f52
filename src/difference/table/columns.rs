//! The columns of a table that is changed in place.
//!
//! What a parent's statements do to its children is taken into account first; then each table does
//! what is left.

use std::collections::BTreeSet;

use crate::catalog::{Column, ConstraintType, Object, Table};

use super::create::{definition, generated};
use super::types::retypes;
use super::{find, has_rows, named, only};
use crate::difference::kind::{Site, comment};
use crate::difference::script::{Placement, Statement};
use crate::difference::sequence::Numbers;
use crate::difference::text::{name, parameter_changes, parameters, qualified};
use crate::difference::values::conversion;

/// Whether a column can become the other in place: what generates it cannot be exchanged.
fn survives(old: &Column, new: &Column) -> bool {
    match (&old.generated, &new.generated) {
        (None, None) => true,
        (Some(_), None) => !old.is_virtual,
        (None, Some(_)) => false,
        (Some(before), Some(after)) => before == after && old.is_virtual == new.is_virtual,
    }
}

/// The columns that are dropped and added again.
pub(in crate::difference) fn replaced(before: &Table, after: &Table) -> BTreeSet<String> {
    let again =
        |old: &&Column| find(&after.columns, &old.name).is_some_and(|new| !survives(old, new));
    before.columns.iter().filter(again).map(|column| column.name.clone()).collect()
}

pub(super) fn is_retyped(old: &Column, new: &Column) -> bool {
    old.data_type != new.data_type || old.collation != new.collation
}

/// Whether a child gets this column just so from its parent, when it is made.
pub(in crate::difference) fn is_born_alike(given: &Column, own: &Column) -> bool {
    own.inherited
        && own.identity.is_none()
        && given.identity.is_none()
        && given.name == own.name
        && given.default == own.default
        && given.not_null == own.not_null
        && !is_retyped(given, own)
        && survives(given, own)
        && given.generated == own.generated
}

/// A parent's column as a child gets it.
pub(in crate::difference) fn given(column: &Column) -> Column {
    Column {
        identity: None,
        statistics: None,
        options: Vec::new(),
        comment: None,
        inherited: true,
        ..column.clone()
    }
}

pub(in crate::difference) fn touched(before: &Table, after: &Table) -> BTreeSet<String> {
    let stays = |old: &&Column| {
        find(&after.columns, &old.name)
            .is_some_and(|new| survives(old, new) && !is_retyped(old, new))
    };
    before.columns.iter().filter(|old| !stays(old)).map(|column| column.name.clone()).collect()
}

pub(in crate::difference) fn reach(
    site: Site<'_>,
    before: &Table,
    after: &mut Table,
) -> Vec<String> {
    let mut told = Vec::new();
    if let Some(key) = &before.partition_by {
        for column in &before.columns {
            let new = find(&after.columns, &column.name);
            let is_key = is_key(key, &column.name);
            let stays = new.is_some_and(|new| survives(column, new) && !is_retyped(column, new));
            if is_key && !stays {
                told.push(format!("column {}: the table is partitioned by it", column.name));
                match after.columns.iter_mut().find(|new| new.name == column.name) {
                    Some(new) => *new = column.clone(),
                    None => after.columns.push(column.clone()),
                }
            }
        }
    }
    let start = start(site, before);
    let kept = start
        .columns
        .iter()
        .filter_map(|old| find(&after.columns, &old.name).filter(|new| survives(old, new)));
    let is_new =
        |new: &&Column| find(&start.columns, &new.name).is_none_or(|old| !survives(old, new));
    let reachable: Vec<Column> = kept.chain(after.columns.iter().filter(is_new)).cloned().collect();
    let names = |columns: &[Column]| -> Vec<String> {
        columns.iter().map(|column| column.name.clone()).collect()
    };
    if names(&reachable) != names(&after.columns) {
        told.push(format!(
            "the order of its columns, {}: the table would have to be rebuilt",
            names(&after.columns).join(", ")
        ));
        after.columns = reachable;
    }
    told
}

/// Whether a partition key such as `RANGE (born)` names the column.
pub(in crate::difference) fn is_key(key: &str, column: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$' || c == '"';
    key.split(|c| !is_word(c)).any(|word| word == name(column))
}

/// Keeps what would be lost; a table without rows of ours has no values to lose.
pub(in crate::difference) fn keep(
    before: &Table,
    after: &mut Table,
    has_rows: bool,
) -> Vec<String> {
    let mut told = Vec::new();
    for (at, old) in before.columns.iter().enumerate() {
        let Some(new) = after.columns.iter_mut().find(|new| new.name == old.name) else {
            told.push(format!("the removal of column {}", old.name));
            after.columns.insert(at.min(after.columns.len()), old.clone());
            continue;
        };
        if has_rows && !survives(old, new) && old.generated.is_none() {
            told.push(format!("column {} as a generated one: its values would go", old.name));
            *new = old.clone();
        } else if has_rows
            && is_retyped(old, new)
            && let Some(loss) = conversion(&old.data_type, &new.data_type).loses
        {
            told.push(format!("type {} of column {}: {loss}", new.data_type, old.name));
            new.data_type.clone_from(&old.data_type);
            new.collation.clone_from(&old.collation);
            new.default.clone_from(&old.default);
        }
        if old.identity.is_some() && new.identity.is_none() {
            told.push(format!("column {} without an identity", old.name));
            new.identity.clone_from(&old.identity);
            new.default.clone_from(&old.default);
            new.not_null = old.not_null;
        }
    }
    told
}

/// The table as it is when its own turn comes.
pub(in crate::difference) fn start(site: Site<'_>, before: &Table) -> Table {
    let world = site.world;
    let mut start = before.clone();
    for column in &mut start.columns {
        if world.choices.is_loosened(site.id, &column.name) {
            column.default = None;
        }
        if world.gives_up_sequence(site.id, column) {
            column.identity = None;
        }
    }
    if !world.link_stays(site.id) {
        return start;
    }
    for parent in world.parents_before(before) {
        let Some((old, new)) = world.table_before(&parent).zip(world.table_after(&parent)) else {
            continue;
        };
        for column in &old.columns {
            let after = find(&new.columns, &column.name).filter(|new| survives(column, new));
            let Some(after) = after else {
                start.columns.retain(|own| own.name != column.name || !own.inherited);
                continue;
            };
            let own = start.columns.iter_mut().find(|own| own.name == column.name);
            let Some(own) = own.filter(|own| own.inherited) else {
                continue;
            };
            if is_retyped(column, after) || world.choices.is_retyped(&parent, &column.name) {
                own.data_type.clone_from(&after.data_type);
                own.collation.clone_from(&after.collation);
                own.default = None;
                own.storage = None;
                own.compression = None;
            }
            if column.not_null != after.not_null {
                own.not_null = after.not_null;
            }
            if column.generated != after.generated {
                own.generated = None;
            }
        }
        for column in &new.columns {
            let is_new = find(&old.columns, &column.name).is_none_or(|old| !survives(old, column));
            if !is_new {
                continue;
            }
            match start.columns.iter_mut().find(|own| own.name == column.name) {
                Some(own) => own.not_null |= column.not_null,
                None => {
                    let mut given = given(column);
                    if world.choices.remedies.deferred.contains(&parent) {
                        given.default = None;
                    }
                    start.columns.push(given);
                }
            }
        }
    }
    start
}

pub(in crate::difference) fn alter(
    site: Site<'_>,
    before: &Table,
    after: &Table,
) -> Vec<Statement> {
    let mut start = start(site, before);
    let table = named(site);
    let mut statements = Vec::new();
    // A typed table's columns are its type's matter.
    let typed = before.of_type.is_some() && before.of_type == after.of_type;
    if !typed {
        statements.extend(drops(site, before, &mut start, after));
        statements.extend(retypes(site, before, &mut start, after));
    }
    for new in &after.columns {
        let old = match find(&start.columns, &new.name) {
            Some(old) => old.clone(),
            None if typed => Column {
                data_type: new.data_type.clone(),
                collation: new.collation.clone(),
                name: new.name.clone(),
                ..Column::default()
            },
            None => {
                let add = format!("ALTER {table} ADD COLUMN {}", definition(site, new));
                let add = Statement::new(site.id, add);
                let filled = new.default.is_some()
                    || new.identity.is_some()
                    || new.generated.is_some()
                    || !new.not_null
                    || !has_rows(site);
                statements.push(if filled { add } else { add.failing("if the table has rows") });
                Column {
                    storage: None,
                    compression: None,
                    statistics: None,
                    options: Vec::new(),
                    comment: None,
                    ..new.clone()
                }
            }
        };
        statements.extend(values(site, &old, new));
        statements.extend(details(site, &old, new));
    }
    statements
}

const VALUES: &str = "the values of the column";

/// Columns that go, each by itself: it is the statement that a reviewer looks for.
fn drops(site: Site<'_>, before: &Table, start: &mut Table, after: &Table) -> Vec<Statement> {
    let table = named(site);
    let mut statements = Vec::new();
    let goes = |old: &Column| find(&after.columns, &old.name).is_none_or(|new| !survives(old, new));
    // Where a parent's column went, a child may have declared it too, and keeps it.
    if !before.inherits.is_empty() {
        for old in &before.columns {
            if find(&start.columns, &old.name).is_none() && goes(old) {
                let column = name(&old.name);
                let sql = format!("ALTER {table} DROP COLUMN IF EXISTS {column}");
                let drop = Statement::new(site.id, sql);
                let lossless = !has_rows(site);
                statements.push(if lossless { drop } else { drop.losing(VALUES) });
            }
        }
    }
    // What is generated from others goes, or stands by itself, before they do.
    for old in &mut start.columns {
        let stays = find(&after.columns, &old.name).filter(|new| survives(old, new));
        if old.generated.is_some() && stays.is_some_and(|new| new.generated.is_none()) {
            let sql = format!("ALTER {table} ALTER COLUMN {} DROP EXPRESSION", name(&old.name));
            statements.push(Statement::new(site.id, sql));
            old.generated = None;
        }
    }
    let (generated, plain): (Vec<_>, Vec<_>) =
        start.columns.clone().into_iter().partition(|column| column.generated.is_some());
    for old in generated.into_iter().chain(plain) {
        if goes(&old) {
            let sql = format!("ALTER {table} DROP COLUMN {}", name(&old.name));
            let drop = Statement::new(site.id, sql);
            // What is generated can be computed again.
            let lossless = old.generated.is_some() || !has_rows(site);
            statements.push(if lossless { drop } else { drop.losing(VALUES) });
            start.columns.retain(|column| column.name != old.name);
        }
    }
    statements
}

/// What gives a column its values: generation, default, identity, NOT NULL.
fn values(site: Site<'_>, old: &Column, new: &Column) -> Vec<Statement> {
    let own = only(site);
    let table = named(site);
    let column = name(&new.name);
    let mut statements = Vec::new();
    let alter = |table: &str, what: &str| {
        Statement::new(site.id, format!("ALTER {table} ALTER COLUMN {column} {what}"))
    };
    if old.identity.is_some() && new.identity.is_none() {
        statements.push(alter(&table, "DROP IDENTITY").losing("where the numbers stand"));
    }
    let deferred = site.world.choices.remedies.deferred.contains(site.id);
    if old.default != new.default && (new.default.is_none() || !deferred) {
        statements.push(match &new.default {
            Some(default) => alter(&own, &format!("SET DEFAULT {default}")),
            None => alter(&own, "DROP DEFAULT"),
        });
    }
    match (old.not_null, new.not_null) {
        (false, true) if is_set_by_name(site, new) => {}
        (false, true) => statements.extend(set_not_null(site, new)),
        (true, false) => statements.push(alter(&table, "DROP NOT NULL")),
        _ => {}
    }
    if let Some(identity) = &new.identity {
        match &old.identity {
            None => {
                let words = generated(site.id, new, identity);
                statements.push(alter(&table, &format!("ADD {words}")));
            }
            Some(before) => {
                if before.sequence != identity.sequence {
                    let (_, to) = crate::difference::text::split_qualified(&identity.sequence);
                    let sql = format!("ALTER SEQUENCE {} RENAME TO {}", before.sequence, name(&to));
                    statements.push(Statement::new(site.id, sql));
                }
                let mut words = Vec::new();
                if before.always != identity.always {
                    let when = if identity.always { "ALWAYS" } else { "BY DEFAULT" };
                    words.push(format!("SET GENERATED {when}"));
                }
                words.extend(Numbers::from(identity).options(&Numbers::from(before), "SET "));
                if !words.is_empty() {
                    statements.push(alter(&table, &words.join(" ")));
                }
            }
        }
    }
    statements
}

/// Whether a NOT NULL that has a name of its own comes with it (PostgreSQL 18 and later).
fn is_set_by_name(site: Site<'_>, column: &Column) -> bool {
    let words = format!("NOT NULL {}", name(&column.name));
    site.world.constraints_of(site.id).any(|(id, object)| match object {
        Object::Constraint(constraint) => {
            constraint.constraint_type == ConstraintType::NotNull
                && constraint.definition == words
                && site.world.choices.creates(id)
        }
        _ => false,
    })
}

fn set_not_null(site: Site<'_>, column: &Column) -> Vec<Statement> {
    let table = named(site);
    let written = name(&column.name);
    let sql = format!("ALTER {table} ALTER COLUMN {written} SET NOT NULL");
    let set = Statement::new(site.id, sql);
    let when = "if a row has NULL there";
    if !has_rows(site) {
        return vec![set];
    }
    if !site.world.options.online || site.world.has_children(site.id) {
        return vec![set.failing(when)];
    }
    // A valid check spares the scan under the lock that SET NOT NULL takes.
    let check: String = format!("{}_not_null", column.name).chars().take(60).collect();
    let check = name(&check);
    let statement = |what: String| Statement::new(site.id, format!("ALTER {table}{what}"));
    vec![
        statement(format!("\n    ADD CONSTRAINT {check} CHECK ({written} IS NOT NULL) NOT VALID"))
            .placed(Placement::CommitAfter),
        statement(format!(" VALIDATE CONSTRAINT {check}"))
            .failing(when)
            .placed(Placement::CommitAfter),
        set,
        statement(format!(" DROP CONSTRAINT {check}")),
    ]
}

/// Defaults that had to wait.
pub(super) fn defaults(site: Site<'_>, before: Option<&Table>, after: &Table) -> Vec<Statement> {
    let start = before.map(|before| start(site, before)).unwrap_or_default();
    let mut statements = Vec::new();
    for new in &after.columns {
        let old = find(&start.columns, &new.name).and_then(|old| old.default.as_ref());
        if let Some(default) = new.default.as_ref().filter(|default| old != Some(default)) {
            let column = name(&new.name);
            let sql = format!("ALTER {} ALTER COLUMN {column} SET DEFAULT {default}", only(site));
            statements.push(Statement::new(site.id, sql));
        }
    }
    statements
}

/// What is kept of a column beside its values.
pub(super) fn details(site: Site<'_>, old: &Column, new: &Column) -> Vec<Statement> {
    let own = only(site);
    let column = name(&new.name);
    let mut statements = Vec::new();
    let mut alter = |differs: bool, what: String| {
        if differs {
            let sql = format!("ALTER {own} ALTER COLUMN {column} {what}");
            statements.push(Statement::new(site.id, sql));
        }
    };
    let storage = new.storage.as_deref().unwrap_or_else(|| usual_storage(&new.data_type));
    alter(old.storage != new.storage, format!("SET STORAGE {}", storage.to_uppercase()));
    let compression = new.compression.as_deref().unwrap_or("default");
    alter(old.compression != new.compression, format!("SET COMPRESSION {compression}"));
    let statistics = new.statistics.unwrap_or(-1);
    alter(old.statistics != new.statistics, format!("SET STATISTICS {statistics}"));
    let (set, reset) = parameter_changes(&old.options, &new.options);
    alter(!reset.is_empty(), format!("RESET ({})", reset.join(", ")));
    alter(!set.is_empty(), format!("SET ({})", parameters(set)));
    let words = format!("COLUMN {}.{column}", qualified(site.id));
    statements.extend(comment(site.id, &words, old.comment.as_ref(), new.comment.as_ref()));
    statements
}

/// How the server stores values of a type unless it is told otherwise. SET STORAGE DEFAULT is known
/// to PostgreSQL 16 and later only.
pub(in crate::difference) fn usual_storage(data_type: &str) -> &'static str {
    let base = data_type.split('(').next().unwrap_or(data_type);
    match base {
        _ if data_type.ends_with("[]") => "extended",
        "numeric" | "inet" | "cidr" => "main",
        "smallint" | "integer" | "bigint" | "real" | "double precision" | "boolean" | "date"
        | "uuid" | "oid" | "point" | "interval" | "money" | "macaddr" => "plain",
        _ if base.starts_with("time") => "plain",
        _ => "extended",
    }
}
