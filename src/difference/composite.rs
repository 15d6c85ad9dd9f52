//! Composite types: attributes come and go in place, unless their order forbids it.

use std::collections::BTreeSet;

use crate::catalog::{Attribute, Composite, Kind};

use super::choice::Way;
use super::kind::{Site, Written, comment};
use super::script::Statement;
use super::text::{indented, name, qualified};

impl Written for Composite {
    fn reach(site: Site<'_>, before: Option<&Self>, after: &mut Self) -> Vec<String> {
        let Some(before) = before.filter(|_| site.world.is_in_columns(site.id)) else {
            return Vec::new();
        };
        let mut told = Vec::new();
        for attribute in &mut after.attributes {
            if let Some(old) = find(&before.attributes, &attribute.name)
                && kept(old) != kept(attribute)
            {
                told.push(format!(
                    "type {} of attribute {}: columns have the composite type",
                    attribute.data_type, attribute.name
                ));
                attribute.data_type.clone_from(&old.data_type);
                attribute.collation.clone_from(&old.collation);
            }
        }
        let reachable = reachable(before, after);
        if names(&reachable) != names(&after.attributes) {
            let wanted = names(&after.attributes).join(", ");
            told.push(format!("the order of its attributes, {wanted}: columns have the type"));
            after.attributes = reachable;
        }
        told
    }

    fn keep(before: &Self, after: &mut Self) -> Vec<String> {
        let mut told = Vec::new();
        for (at, attribute) in before.attributes.iter().enumerate() {
            if find(&after.attributes, &attribute.name).is_none() {
                told.push(format!("the removal of attribute {}", attribute.name));
                after.attributes.insert(at.min(after.attributes.len()), attribute.clone());
            }
        }
        told
    }

    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        let in_order = names(&reachable(before, after)) == names(&after.attributes);
        if in_order { Way::Alter } else { Way::Rebuild }
    }

    fn touched(before: &Self, after: &Self) -> BTreeSet<String> {
        let survives = |old: &&Attribute| {
            find(&after.attributes, &old.name).is_some_and(|new| kept(new) == kept(old))
        };
        let gone = before.attributes.iter().filter(|old| !survives(old));
        gone.map(|attribute| attribute.name.clone()).collect()
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let type_name = qualified(site.id);
        let lines: Vec<String> = self.attributes.iter().map(definition).collect();
        let body =
            if lines.is_empty() { String::new() } else { format!("\n{}\n", indented(&lines)) };
        let create = Statement::new(site.id, format!("CREATE TYPE {type_name} AS ({body})"));
        let none = Self {
            attributes: self
                .attributes
                .iter()
                .map(|attribute| Attribute { comment: None, ..attribute.clone() })
                .collect(),
            comment: None,
        };
        [create].into_iter().chain(comments(site, &none, self)).collect()
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP TYPE {}", qualified(site.id)))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        // Typed tables follow their type.
        let typed = site.world.before.catalog.objects.iter().any(|(_, object)| match object {
            crate::catalog::Object::Table(table) => {
                table.of_type.as_deref() == Some(&qualified(site.id))
            }
            _ => false,
        });
        let cascade = if typed { " CASCADE" } else { "" };
        let mut statements = Vec::new();
        let mut alter = |what: String| {
            let sql = format!("ALTER TYPE {} {what}{cascade}", qualified(site.id));
            statements.push(Statement::new(site.id, sql));
        };
        for old in &before.attributes {
            match find(&after.attributes, &old.name) {
                None => alter(format!("DROP ATTRIBUTE {}", name(&old.name))),
                Some(new) if kept(new) != kept(old) => {
                    let collation = collate(new.collation.as_ref());
                    alter(format!(
                        "ALTER ATTRIBUTE {} TYPE {}{collation}",
                        name(&new.name),
                        new.data_type
                    ));
                }
                Some(_) => {}
            }
        }
        for new in &after.attributes {
            if find(&before.attributes, &new.name).is_none() {
                alter(format!("ADD ATTRIBUTE {}", definition(new)));
            }
        }
        let in_columns = site.world.is_in_columns(site.id);
        for statement in &mut statements {
            if in_columns && statement.sql.contains(" DROP ATTRIBUTE ") {
                statement.loses = Some("the attribute in every column of the type".to_owned());
            }
        }
        statements.extend(comments(site, before, after));
        statements
    }
}

fn comments(site: Site<'_>, before: &Composite, after: &Composite) -> Vec<Statement> {
    debug_assert_eq!(site.id.kind(), Kind::Composite);
    let type_name = qualified(site.id);
    let mut statements = Vec::new();
    let words = format!("TYPE {type_name}");
    statements.extend(comment(site.id, &words, before.comment.as_ref(), after.comment.as_ref()));
    for new in &after.attributes {
        let old = find(&before.attributes, &new.name).and_then(|old| old.comment.as_ref());
        let words = format!("COLUMN {type_name}.{}", name(&new.name));
        statements.extend(comment(site.id, &words, old, new.comment.as_ref()));
    }
    statements
}

fn definition(attribute: &Attribute) -> String {
    let collation = collate(attribute.collation.as_ref());
    format!("{} {}{collation}", name(&attribute.name), attribute.data_type)
}

fn collate(collation: Option<&String>) -> String {
    collation.map(|collation| format!(" COLLATE {collation}")).unwrap_or_default()
}

fn kept(attribute: &Attribute) -> (&str, Option<&str>) {
    (&attribute.data_type, attribute.collation.as_deref())
}

fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a Attribute> {
    attributes.iter().find(|attribute| attribute.name == name)
}

fn names(attributes: &[Attribute]) -> Vec<&str> {
    attributes.iter().map(|attribute| attribute.name.as_str()).collect()
}

/// The attributes of `after` in the order that ADD and DROP give.
fn reachable(before: &Composite, after: &Composite) -> Vec<Attribute> {
    let old = before.attributes.iter().filter_map(|old| find(&after.attributes, &old.name));
    let new = after.attributes.iter().filter(|new| find(&before.attributes, &new.name).is_none());
    old.chain(new).cloned().collect()
}
