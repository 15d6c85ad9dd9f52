//! Whose an object is: ALTER … OWNER TO.

use crate::catalog::{Kind, ObjectId, Owner};

use super::choice::Way;
use super::kind::{Site, Written};
use super::script::Statement;
use super::text::{name, qualified, signature};

/// Who runs the statements: the migrating role, whose the objects without an owner here are.
pub(super) const SELF: &str = "CURRENT_USER";

impl Written for Owner {
    fn way(_: Site<'_>, _: &Self, _: &Self) -> Way {
        Way::Alter
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        statement(site.id, &self.role).into_iter().collect()
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        if subject_goes(site) {
            return Vec::new();
        }
        statement(site.id, SELF).into_iter().collect()
    }

    fn alter(site: Site<'_>, _: &Self, after: &Self) -> Vec<Statement> {
        after.create(site)
    }
}

/// Whether what it is told of is removed, if only to be made again.
pub(super) fn subject_goes(site: Site<'_>) -> bool {
    site.id.subject().is_none_or(|subject| site.world.choices.drops(&subject))
}

fn statement(id: &ObjectId, role: &str) -> Option<Statement> {
    Some(Statement::new(id, owner_sql(id, role)?))
}

/// The statement that gives what `id` is told of to `role`.
pub(super) fn owner_sql(id: &ObjectId, role: &str) -> Option<String> {
    let subject = id.subject()?;
    let words = match subject.kind() {
        Kind::Function | Kind::Procedure | Kind::Aggregate => signature(&subject),
        Kind::Operator => {
            let schema = name(subject.schema()?);
            format!("{schema}.{}({})", subject.name(), subject.arguments()?)
        }
        Kind::OperatorClass | Kind::OperatorFamily => {
            format!("{} USING {}", qualified(&subject), name(subject.method()?))
        }
        _ => qualified(&subject),
    };
    let label = match subject.kind() {
        Kind::Enum | Kind::Range | Kind::BaseType | Kind::Composite => "TYPE".to_owned(),
        Kind::ForeignServer => "SERVER".to_owned(),
        kind => kind.label().to_uppercase(),
    };
    Some(format!("ALTER {label} {words} OWNER TO {role}"))
}
