//! What data a step loses, from what it was seen to do and from what its text says.

use super::Change;
use super::impact::Impact;
use super::lock::LockMode;
use super::observation::{Known, ObjectChange, RelationKind};
use super::target::TargetObservation;
use crate::statement::{Kind, QualifiedName, RowChanges, Statement};

/// What is lost by a step, one loss a line; empty where nothing is. Only relations that were there
/// before the plan lose anything; of a step that was not seen by itself only its text tells.
pub(super) fn losses(
    statement: &Statement,
    known: &Known,
    impact: &Impact,
    target: &TargetObservation,
) -> Vec<String> {
    let sized = |relation: &str| match target.size_of(relation) {
        Some(size) => format!("`{relation}` ({})", super::summary::size_text(size)),
        None => format!("`{relation}`"),
    };
    let mut losses: Vec<String> = dropped(impact)
        .filter_map(|object| match object.kind.as_str() {
            "table" | "foreign table" => Some(format!("all rows of {}", sized(&object.name))),
            "materialized view" => {
                Some(format!("the contents of materialized view {}", sized(&object.name)))
            }
            "table column" => Some(format!("the values of column `{}`", object.name)),
            "sequence" => Some(format!("the position of sequence `{}`", object.name)),
            _ => None,
        })
        .collect();
    // The relations that it writes to, by their locks.
    let written: Vec<&str> = impact
        .locks
        .iter()
        .filter(|lock| lock.mode == LockMode::RowExclusive && lock.kind != RelationKind::Index)
        .map(|lock| lock.relation.as_str())
        .collect();
    let unseen = *known != Known::Observed;
    let of = |what: &str, names: &[&str]| match names {
        [] if unseen => Some(format!("{what} what it names")),
        [] => None,
        names => {
            let names: Vec<String> = names.iter().copied().map(sized).collect();
            Some(format!("{what} {}", names.join(", ")))
        }
    };
    let refilled: Vec<&str> = impact.refilled.iter().map(String::as_str).collect();
    let perhaps = |others: &[&str]| {
        of("perhaps rows, or former values, of", &[refilled.as_slice(), others].concat())
    };
    match statement.kind() {
        Kind::Truncate => losses.extend(of("all rows of", &refilled)),
        // What these run is not in their text.
        Kind::Do | Kind::Call => losses.extend(perhaps(&written)),
        kind => {
            let rows = statement.row_changes();
            let Losers { deleted, updated, unnamed } = Losers::of(&rows, &written);
            if !rows.deleted.is_empty() {
                losses.extend(of("rows of", &deleted));
            }
            if !rows.updated.is_empty() {
                losses.extend(of("former values of rows in", &updated));
            }
            let runs_more = matches!(kind, Kind::Select | Kind::Execute);
            if runs_more && !(refilled.is_empty() && unnamed.is_empty()) {
                losses.extend(perhaps(&unnamed));
            }
        }
    }
    losses
}

/// The relations that a statement writes to, by what they lose. One that only gains rows is in none.
#[derive(Default)]
struct Losers<'a> {
    deleted: Vec<&'a str>,
    updated: Vec<&'a str>,
    /// The text neither names it nor takes anything away.
    unnamed: Vec<&'a str>,
}

impl<'a> Losers<'a> {
    fn of(rows: &RowChanges, written: &[&'a str]) -> Self {
        let mut losers = Self::default();
        for &relation in written {
            let among = |names: &[QualifiedName]| names.iter().any(|name| is(relation, name));
            let (deleted, updated) = (among(&rows.deleted), among(&rows.updated));
            // What is not named is a partition, or written on behalf of the worst that is said:
            // a cascade deletes where rows are deleted.
            let unnamed = !(deleted || updated || among(&rows.inserted));
            if deleted || (unnamed && !rows.deleted.is_empty()) {
                losers.deleted.push(relation);
            }
            if updated || (unnamed && rows.deleted.is_empty() && !rows.updated.is_empty()) {
                losers.updated.push(relation);
            }
            if unnamed && rows.deleted.is_empty() && rows.updated.is_empty() {
                losers.unnamed.push(relation);
            }
        }
        losers
    }
}

/// Whether the text's `name` can mean `relation`, which is schema-qualified.
fn is(relation: &str, name: &QualifiedName) -> bool {
    let name = name.to_string();
    relation.strip_suffix(&name).is_some_and(|schema| schema.is_empty() || schema.ends_with('.'))
}

/// What is dropped by itself: the columns of a dropped table go with it, and naming them too hides
/// the table.
fn dropped(impact: &Impact) -> impl Iterator<Item = &ObjectChange> {
    let gone = || impact.objects.iter().filter(|object| object.change == Change::Dropped);
    let tables: Vec<String> = gone()
        .filter(|object| object.kind == "table")
        .map(|object| format!("{}.", object.name))
        .collect();
    gone().filter(move |object| {
        object.kind == "table"
            || !tables.iter().any(|table| object.name.starts_with(table.as_str()))
    })
}
