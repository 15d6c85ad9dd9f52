//! What data a step loses, from what it was seen to do and from what its keywords say.

use super::Change;
use super::impact::Impact;
use super::lock::LockMode;
use super::observation::{Known, ObjectChange, RelationKind};
use super::target::TargetObservation;

/// What is lost by a step, one loss a line; empty where nothing is. Only relations that were there
/// before the plan lose anything; of a step that was not seen by itself only its keywords tell.
pub(super) fn losses(
    kind: &str,
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
    let written: Vec<String> = impact
        .locks
        .iter()
        .filter(|lock| lock.mode == LockMode::RowExclusive && lock.kind != RelationKind::Index)
        .map(|lock| sized(&lock.relation))
        .collect();
    let unseen = *known != Known::Observed;
    let of = |what: &str, names: Vec<String>| match names.as_slice() {
        [] if unseen => Some(format!("{what} what it names")),
        [] => None,
        names => Some(format!("{what} {}", names.join(", "))),
    };
    let refilled: Vec<String> = impact.refilled.iter().map(|name| sized(name)).collect();
    match kind {
        "TRUNCATE" => losses.extend(of("all rows of", refilled)),
        "DELETE" => losses.extend(of("rows of", written)),
        "UPDATE" | "MERGE" => losses.extend(of("former values of rows in", written)),
        // What these run is not in their keywords.
        "DO" | "CALL" => {
            losses.extend(of("perhaps rows, or former values, of", [refilled, written].concat()));
        }
        "SELECT" | "EXECUTE" if !(refilled.is_empty() && written.is_empty()) => {
            losses.extend(of("perhaps rows, or former values, of", [refilled, written].concat()));
        }
        _ => {}
    }
    losses
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
