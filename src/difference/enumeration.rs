//! Enum types: labels are added in place; where one goes or moves, the type is made anew beside
//! the old one, and columns are converted.

use crate::catalog::Enum;

use super::choice::Way;
use super::kind::{Site, Written, comment};
use super::script::{Placement, Statement};
use super::text::{in_schema, literal, qualified};
use super::world::World;

impl Written for Enum {
    fn keep(before: &Self, after: &mut Self) -> Vec<String> {
        if is_within(&before.labels, &after.labels) {
            return Vec::new();
        }
        let gone = without(&before.labels, &after.labels);
        let what = if gone.is_empty() {
            format!("the order of its labels, {}", listed(&after.labels))
        } else {
            format!("the removal of {}", listed(&gone))
        };
        let mut labels = before.labels.clone();
        for (at, label) in after.labels.iter().enumerate() {
            if !labels.contains(label) {
                let previous = at.checked_sub(1).map(|at| &after.labels[at]);
                let place = previous.and_then(|label| labels.iter().position(|own| own == label));
                labels.insert(place.map_or(0, |place| place + 1), label.clone());
            }
        }
        after.labels = labels;
        vec![what]
    }

    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        if is_within(&before.labels, &after.labels) { Way::Alter } else { Way::Rebuild }
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let mut statements = Vec::new();
        let type_name = qualified(site.id);
        if site.world.choices.way(site.id) == Some(Way::Replace) {
            statements.push(set_aside(site));
        }
        let labels: Vec<_> = self.labels.iter().map(|label| literal(label)).collect();
        let sql = format!("CREATE TYPE {type_name} AS ENUM ({})", labels.join(", "));
        statements.push(Statement::new(site.id, sql));
        let words = format!("TYPE {type_name}");
        statements.extend(comment(site.id, &words, None, self.comment.as_ref()));
        statements
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        let type_name = match site.world.choices.way(site.id) {
            Some(Way::Replace) => aside(site.world, site),
            _ => qualified(site.id),
        };
        vec![Statement::new(site.id, format!("DROP TYPE {type_name}"))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let words = format!("TYPE {}", qualified(site.id));
        let mut statements = Vec::new();
        let mut labels = before.labels.clone();
        for (at, label) in after.labels.iter().enumerate() {
            if labels.get(at) == Some(label) {
                continue;
            }
            let mut sql = format!("ALTER {words} ADD VALUE {}", literal(label));
            // At the end is where the server puts it anyway.
            if at < labels.len() {
                sql.push_str(&match at.checked_sub(1) {
                    Some(previous) => format!(" AFTER {}", literal(&labels[previous])),
                    None => format!(" BEFORE {}", literal(&labels[0])),
                });
            }
            labels.insert(at, label.clone());
            statements.push(Statement::new(site.id, sql).placed(Placement::CommitAfter));
        }
        statements.extend(comment(
            site.id,
            &words,
            before.comment.as_ref(),
            after.comment.as_ref(),
        ));
        statements
    }
}

/// What a conversion of columns by way of text does to values of this type.
pub(super) fn removed(before: &Enum, after: &Enum) -> Option<String> {
    let gone = without(&before.labels, &after.labels);
    (!gone.is_empty()).then(|| listed(&gone))
}

/// Renames the type, so that the new one can have its name while columns still have the old one.
pub(super) fn set_aside(site: Site<'_>) -> Statement {
    let word = if site.id.kind() == crate::catalog::Kind::Domain { "DOMAIN" } else { "TYPE" };
    let aside = super::text::name(&aside_name(site.world, site));
    Statement::new(site.id, format!("ALTER {word} {} RENAME TO {aside}", qualified(site.id)))
}

/// The qualified name of the old type.
pub(super) fn aside(world: &World<'_>, site: Site<'_>) -> String {
    in_schema(site.id.schema(), &aside_name(world, site))
}

fn aside_name(world: &World<'_>, site: Site<'_>) -> String {
    let taken = |name: &str| world.has_name(site.id.schema(), name);
    let own: String = site.id.name().chars().take(50).collect();
    let numbered = (2_u32..).map(|number| format!("{own}_old{number}"));
    [format!("{own}_old")].into_iter().chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}

fn is_within(few: &[String], many: &[String]) -> bool {
    let mut many = many.iter();
    few.iter().all(|label| many.any(|other| other == label))
}

fn without(labels: &[String], others: &[String]) -> Vec<String> {
    labels.iter().filter(|label| !others.contains(label)).cloned().collect()
}

fn listed(labels: &[String]) -> String {
    labels.iter().map(|label| literal(label)).collect::<Vec<_>>().join(", ")
}
