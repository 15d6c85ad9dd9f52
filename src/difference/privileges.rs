//! Rights on objects: GRANT and REVOKE.
//!
//! A new object has the rights of its kind and those that default privileges give it; statements lead
//! from there.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, ColumnGrants, Grant, Kind, Object, ObjectId, Privileges};

use super::choice::Way;
use super::default_privileges::defaults_sql;
use super::grant::{others_differ, steps};
use super::kind::{Site, Written};
use super::owner::{SELF, owner_sql, subject_goes};
use super::script::Statement;
use super::tablespace::{self, tablespace_sql};
use super::text::{name, qualified, signature};
use super::world::World;

impl Written for Privileges {
    fn reach(_: Site<'_>, before: Option<&Self>, after: &mut Self) -> Vec<String> {
        let none = Self::default();
        let before = before.unwrap_or(&none);
        if !others_differ(&before.grants, &after.grants) {
            return Vec::new();
        }
        after.grants.retain(|grant| grant.grantor.is_none());
        after.grants.extend(before.grants.iter().filter(|grant| grant.grantor.is_some()).cloned());
        after.grants.sort_by(|one, other| one.name.cmp(&other.name));
        vec!["rights that others than the owner gave".to_owned()]
    }

    fn way(_: Site<'_>, _: &Self, _: &Self) -> Way {
        Way::Alter
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let Some(subject) = site.id.subject() else {
            return Vec::new();
        };
        let grants = initial(site.world, &subject);
        between(site, &Self { grants, columns: Vec::new() }, self)
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        match site.id.subject() {
            Some(subject) if !subject_goes(site) => {
                let grants = usual(&subject);
                between(site, self, &Self { grants, columns: Vec::new() })
            }
            _ => Vec::new(),
        }
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        between(site, before, after)
    }
}

fn between(site: Site<'_>, before: &Privileges, after: &Privileges) -> Vec<Statement> {
    let subject = site.id.subject();
    let Some(subject) = subject else {
        return Vec::new();
    };
    let columns = site.world.table_after(&subject).map(|table| {
        table.columns.iter().map(|column| column.name.as_str()).collect::<BTreeSet<_>>()
    });
    let is_there = |column: &str| columns.as_ref().is_none_or(|there| there.contains(column));
    let owner = owner_of(&site.world.after.catalog, &subject);
    let sql = grants_sql(&subject, before, after, owner.unwrap_or(SELF), is_there);
    sql.into_iter().map(|sql| Statement::new(site.id, sql)).collect()
}

/// The role that a catalog names as an object's owner.
fn owner_of<'a>(catalog: &'a Catalog, subject: &ObjectId) -> Option<&'a str> {
    match catalog.objects.get(&ObjectId::about(Kind::Owner, subject)?)? {
        Object::Owner(owner) => Some(&owner.role),
        _ => None,
    }
}

fn grants_sql(
    subject: &ObjectId,
    before: &Privileges,
    after: &Privileges,
    owner: &str,
    has_column: impl Fn(&str) -> bool,
) -> Vec<String> {
    let object = words(subject);
    let on_object = steps(&before.grants, &after.grants, owner);
    let mut sql: Vec<String> = on_object.iter().map(|step| step.sql(&object, None)).collect();
    let names = before.columns.iter().chain(&after.columns).map(|column| column.name.as_str());
    for column in names.filter(|column| has_column(column)).collect::<BTreeSet<_>>() {
        let of = |columns: &[ColumnGrants]| -> Vec<Grant> {
            let found = columns.iter().find(|other| other.name == column);
            found.map(|found| found.grants.clone()).unwrap_or_default()
        };
        let on_column = steps(&of(&before.columns), &of(&after.columns), owner);
        sql.extend(on_column.iter().map(|step| step.sql(&object, Some(&name(column)))));
    }
    sql
}

/// The statements that lead from one state of rights to another on a database that is otherwise the
/// same. `owners` is a catalog that knows the owners.
pub fn rights_sql(
    id: &ObjectId,
    before: Option<&Object>,
    after: Option<&Object>,
    owners: &Catalog,
    own_tablespace: Option<&str>,
) -> Vec<String> {
    let is_default = |object: &&Object| matches!(object, Object::DefaultPrivileges(_));
    match (before, after) {
        (_, Some(Object::Owner(owner))) => owner_sql(id, &owner.role).into_iter().collect(),
        (Some(Object::Owner(_)), None) => owner_sql(id, SELF).into_iter().collect(),
        (_, Some(Object::Tablespace(place))) => {
            tablespace_sql(id, &place.name).into_iter().collect()
        }
        (Some(Object::Tablespace(_)), None) => {
            tablespace_sql(id, &tablespace::usual(own_tablespace)).into_iter().collect()
        }
        _ if before.or(after).is_some_and(|object| is_default(&object)) => {
            let of = |object: Option<&Object>| match object {
                Some(Object::DefaultPrivileges(defaults)) => Some(defaults.clone()),
                _ => None,
            };
            defaults_sql(of(before).as_ref(), of(after).as_ref())
        }
        _ => {
            let Some(subject) = id.subject() else {
                return Vec::new();
            };
            let of = |object: Option<&Object>| match object {
                Some(Object::Privileges(privileges)) => privileges.clone(),
                _ => Privileges { grants: usual(&subject), columns: Vec::new() },
            };
            let owner = owner_of(owners, &subject).unwrap_or(SELF);
            grants_sql(&subject, &of(before), &of(after), owner, |_| true)
        }
    }
}

/// REVOKE of what default privileges give to new objects that are not to have it.
pub(super) fn unwanted(world: &World<'_>) -> Vec<Statement> {
    let made = world.choices.ways.keys().filter(|id| world.choices.creates(id));
    made.filter_map(|subject| Some((subject, ObjectId::about(Kind::Privileges, subject)?)))
        .filter(|(_, id)| world.object_after(id).is_none())
        .flat_map(|(subject, id)| {
            let grants = initial(world, subject);
            let had = Privileges { grants, columns: Vec::new() };
            let wanted = Privileges { grants: usual(subject), columns: Vec::new() };
            let sql = grants_sql(subject, &had, &wanted, SELF, |_| true);
            sql.into_iter().map(move |sql| Statement::new(&id, sql)).collect::<Vec<_>>()
        })
        .collect()
}

/// The grants that an object has before there was any GRANT: those of its kind, and for a new one
/// what default privileges give it.
fn initial(world: &World<'_>, subject: &ObjectId) -> Vec<Grant> {
    let mut grants = usual(subject);
    let Some(objects) = in_defaults(subject.kind()).filter(|_| world.is_new(subject)) else {
        return grants;
    };
    let before = world.before.catalog.objects.iter();
    let defaults = before.filter_map(|(id, object)| match object {
        Object::DefaultPrivileges(defaults) if !world.choices.drops(id) => Some(defaults),
        _ => None,
    });
    let fits = defaults.filter(|defaults| defaults.role.is_none() && defaults.objects == objects);
    let (in_schema, global): (Vec<_>, Vec<_>) =
        fits.partition(|defaults| defaults.schema.is_some());
    if let Some(global) = global.first() {
        grants.clone_from(&global.grants);
    }
    let own = in_schema.into_iter().filter(|defaults| {
        defaults.schema_id().is_some_and(|schema| Some(schema.name()) == subject.schema())
    });
    for given in own.flat_map(|defaults| &defaults.grants) {
        match grants.iter_mut().find(|grant| grant.name == given.name) {
            Some(grant) => {
                merge(&mut grant.privileges, &given.privileges);
                merge(&mut grant.grant_option, &given.grant_option);
            }
            None => grants.push(given.clone()),
        }
    }
    // By then it has its owner, who needs no grant.
    let owner = owner_of(&world.after.catalog, subject);
    grants.retain(|grant| Some(grant.name.as_str()) != owner);
    grants
}

fn merge(words: &mut Vec<String>, more: &[String]) {
    let all = |words: &[String]| words.iter().any(|word| word == "all");
    if all(words) || all(more) {
        *words = vec!["all".to_owned()];
        return;
    }
    words.extend(more.iter().cloned());
    words.sort_unstable();
    words.dedup();
}

/// What an object of this kind is called in default privileges.
fn in_defaults(kind: Kind) -> Option<&'static str> {
    Some(match kind {
        Kind::Table | Kind::View | Kind::MaterializedView | Kind::ForeignTable => "tables",
        Kind::Sequence => "sequences",
        Kind::Function | Kind::Procedure | Kind::Aggregate => "functions",
        Kind::Enum | Kind::Domain | Kind::Composite | Kind::Range | Kind::BaseType => "types",
        Kind::Schema => "schemas",
        _ => return None,
    })
}

/// The grants that an object of this kind has from the start. Before PostgreSQL 15 everybody could
/// also create in the schema `public`: that does not come back by itself.
fn usual(subject: &ObjectId) -> Vec<Grant> {
    match subject.kind() {
        Kind::Schema if subject.name() == "public" => {
            vec![grant(Grant::OWNER, "all"), grant("public", "usage")]
        }
        Kind::Language => usual_of("types"),
        Kind::ForeignDataWrapper | Kind::ForeignServer => vec![grant(Grant::OWNER, "usage")],
        kind => usual_of(in_defaults(kind).unwrap_or_default()),
    }
}

/// The grants from the start of what default privileges call `objects`.
pub(super) fn usual_of(objects: &str) -> Vec<Grant> {
    match objects {
        "functions" => vec![grant(Grant::OWNER, "execute"), grant("public", "execute")],
        "types" => vec![grant(Grant::OWNER, "usage"), grant("public", "usage")],
        _ => vec![grant(Grant::OWNER, "all")],
    }
}

fn grant(name: &str, word: &str) -> Grant {
    Grant { name: name.to_owned(), privileges: vec![word.to_owned()], ..Grant::default() }
}

/// An object in a GRANT.
fn words(subject: &ObjectId) -> String {
    let label = match subject.kind() {
        Kind::Sequence => "SEQUENCE",
        Kind::Function => "FUNCTION",
        Kind::Procedure => "PROCEDURE",
        Kind::Aggregate => {
            // Here, an ordered set's arguments stand in one list.
            let arguments = subject.arguments().unwrap_or_default();
            let arguments = match arguments.strip_prefix("ORDER BY ") {
                Some(ordered) => ordered.to_owned(),
                None => arguments.replacen(" ORDER BY ", ", ", 1),
            };
            return format!("FUNCTION {}({arguments})", qualified(subject));
        }
        Kind::Schema => "SCHEMA",
        Kind::ForeignDataWrapper => "FOREIGN DATA WRAPPER",
        Kind::ForeignServer => "FOREIGN SERVER",
        Kind::Language => "LANGUAGE",
        kind => match in_defaults(kind) {
            Some("types") => "TYPE",
            _ => "TABLE",
        },
    };
    match subject.kind() {
        Kind::Function | Kind::Procedure => format!("{label} {}", signature(subject)),
        _ => format!("{label} {}", qualified(subject)),
    }
}
