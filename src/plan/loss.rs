//! What data a step loses, from what it was seen to do and from what its keywords say.

use super::Change;
use super::observation::Observation;
use super::target::TargetObservation;

/// What is lost by a step, one loss a line; empty where nothing is.
pub(super) fn losses(
    kind: &str,
    observed: &Observation,
    target: &TargetObservation,
) -> Vec<String> {
    let sized = |relation: &str| match target.size_of(relation) {
        Some(size) => format!("`{relation}` ({})", super::summary::size_text(size)),
        None => format!("`{relation}`"),
    };
    let mut losses = Vec::new();
    for object in observed.objects.iter().filter(|object| object.change == Change::Dropped) {
        match object.kind.as_str() {
            "table" | "foreign table" => {
                losses.push(format!("all rows of {}", sized(&object.name)));
            }
            "table column" => losses.push(format!("the values of column `{}`", object.name)),
            "sequence" => losses.push(format!("the position of sequence `{}`", object.name)),
            _ => {}
        }
    }
    // The columns and sequences of a dropped table go with it; naming them too hides the table.
    let tables: Vec<String> = observed
        .objects
        .iter()
        .filter(|object| object.change == Change::Dropped && object.kind == "table")
        .map(|object| format!("`{}.", object.name))
        .collect();
    losses.retain(|loss| !tables.iter().any(|table| loss.contains(table.as_str())));
    for relation in &observed.refilled {
        if kind == "TRUNCATE" {
            losses.push(format!("all rows of {}", sized(relation)));
        }
    }
    let written = || {
        let names: Vec<_> = observed
            .locks
            .iter()
            .filter(|lock| lock.mode == super::lock::LockMode::RowExclusive)
            .map(|lock| sized(&lock.relation))
            .collect();
        if names.is_empty() { "what it names".to_owned() } else { names.join(", ") }
    };
    match kind {
        "DELETE" => losses.push(format!("rows of {}", written())),
        "UPDATE" | "MERGE" => losses.push(format!("former values of rows in {}", written())),
        _ => {}
    }
    losses
}
