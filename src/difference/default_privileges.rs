//! Rights that new objects get: ALTER DEFAULT PRIVILEGES.

use crate::catalog::{DefaultPrivileges, Grant};

use super::choice::Way;
use super::grant::steps;
use super::kind::{Site, Written};
use super::owner::SELF;
use super::privileges::usual_of;
use super::script::Statement;

impl Written for DefaultPrivileges {
    fn way(_: Site<'_>, _: &Self, _: &Self) -> Way {
        Way::Alter
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        statements(site, None, Some(self))
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        // With a schema, they go too.
        match self.schema_id() {
            Some(schema) if site.world.choices.drops(&schema) => Vec::new(),
            _ => statements(site, Some(self), None),
        }
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        statements(site, Some(before), Some(after))
    }
}

fn statements(
    site: Site<'_>,
    before: Option<&DefaultPrivileges>,
    after: Option<&DefaultPrivileges>,
) -> Vec<Statement> {
    defaults_sql(before, after).into_iter().map(|sql| Statement::new(site.id, sql)).collect()
}

/// The statements from one state to another of the same default privileges.
pub(super) fn defaults_sql(
    before: Option<&DefaultPrivileges>,
    after: Option<&DefaultPrivileges>,
) -> Vec<String> {
    let Some(either) = before.or(after) else {
        return Vec::new();
    };
    let grants = |defaults: Option<&DefaultPrivileges>| -> Vec<Grant> {
        match defaults {
            Some(defaults) => defaults.grants.clone(),
            // In a schema, what is given comes to what is given everywhere.
            None if either.schema.is_some() => Vec::new(),
            None => usual_of(&either.objects),
        }
    };
    let mut words = "ALTER DEFAULT PRIVILEGES".to_owned();
    if let Some(role) = &either.role {
        words.push_str(&format!(" FOR ROLE {role}"));
    }
    if let Some(schema) = &either.schema {
        words.push_str(&format!(" IN SCHEMA {schema}"));
    }
    let owner = either.role.as_deref().unwrap_or(SELF);
    let objects = either.objects.to_uppercase();
    let steps = steps(&grants(before), &grants(after), owner);
    steps.iter().map(|step| format!("{words} {}", step.sql(&objects, None))).collect()
}
