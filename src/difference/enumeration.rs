//! Enum types: labels are added in place; where one goes or moves, the type is made anew beside
//! the old one, and columns are converted.

use crate::catalog::Enum;

use super::aside::{aside, set_aside};
use super::choice::Way;
use super::kind::{Site, Written, comment};
use super::script::{Placement, Statement};
use super::text::{literal, qualified};

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
            Some(Way::Replace) => aside(site),
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
