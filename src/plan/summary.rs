//! What a reviewer must know first: what will be locked, what may be lost, what is rewritten.
//! Derived from the plan's bytes, never stored beside them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::lock::LockMode;
use super::observation::{Known, RelationKind};
use super::target::RelationSize;
use super::{Change, Mode, Plan};

/// The plan in a few lines.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// How many stages there are.
    pub stages: usize,
    /// How many statements.
    pub steps: usize,
    /// How many stages run outside a transaction.
    pub alone: usize,
    /// How many objects are created, altered and dropped, over all stages.
    pub created: usize,
    /// Objects altered.
    pub altered: usize,
    /// Objects dropped.
    pub dropped: usize,
    /// The strongest lock on each relation that was there before the plan, strongest first.
    pub locks: Vec<RelationLock>,
    /// Relations that are rewritten while they are locked, with their sizes.
    pub rewritten: Vec<Sized>,
    /// Relations that are read whole while they are locked, with their sizes.
    pub scanned: Vec<Sized>,
    /// What data is lost, with the step that loses it.
    pub losses: Vec<Loss>,
    /// Steps of which not everything was observed, with how it is known.
    pub unobserved: Vec<Unobserved>,
    /// Revisions that cannot be undone.
    pub irreversible: Vec<String>,
}

/// The strongest lock on a relation.
#[derive(Debug, Clone, Serialize)]
pub struct RelationLock {
    /// The relation.
    pub relation: String,
    /// The mode, as PostgreSQL names it.
    pub mode: String,
    /// What other sessions cannot do meanwhile.
    pub blocks: String,
    /// The relation's size, as text, where it is known.
    pub size: Option<String>,
    /// The steps that take a lock of this mode.
    pub steps: Vec<u32>,
}

/// A relation with its size.
#[derive(Debug, Clone, Serialize)]
pub struct Sized {
    /// The relation.
    pub relation: String,
    /// Its size, as text, where it is known.
    pub size: Option<String>,
    /// The step.
    pub step: u32,
}

/// A loss of data.
#[derive(Debug, Clone, Serialize)]
pub struct Loss {
    /// The step.
    pub step: u32,
    /// What is lost.
    pub what: String,
}

/// A step of which not everything was observed.
#[derive(Debug, Clone, Serialize)]
pub struct Unobserved {
    /// The step.
    pub step: u32,
    /// How its locks are known.
    pub known: String,
}

impl Plan {
    /// The plan in a few lines.
    pub fn summary(&self) -> Summary {
        let count = |change| {
            self.stages
                .iter()
                .flat_map(|stage| &stage.effects)
                .filter(|effect| effect.change == change)
                .count()
        };
        let sized = |relation: &String, step| Sized {
            relation: relation.clone(),
            size: self.observation.size_of(relation).map(size_text),
            step,
        };
        let ours = self.created_relations();
        let foreign = |relation: &&String| !ours.contains(relation.as_str());
        let mut rewritten = Vec::new();
        let mut scanned = Vec::new();
        for (_, step) in self.steps() {
            let observed = &step.observed;
            rewritten.extend(
                observed.rewritten.iter().filter(foreign).map(|name| sized(name, step.number)),
            );
            scanned.extend(
                observed.scanned.iter().filter(foreign).map(|name| sized(name, step.number)),
            );
        }
        Summary {
            stages: self.stages.len(),
            steps: self.steps().count(),
            alone: self.stages.iter().filter(|stage| stage.mode == Mode::Alone).count(),
            created: count(Change::Created),
            altered: count(Change::Altered),
            dropped: count(Change::Dropped),
            locks: self.strongest_locks(&ours),
            rewritten,
            scanned,
            losses: self
                .steps()
                .flat_map(|(_, step)| {
                    let loss = |what: &String| Loss { step: step.number, what: what.clone() };
                    step.loses.iter().map(loss)
                })
                .collect(),
            unobserved: self
                .steps()
                .filter(|(_, step)| step.observed.known != Known::Observed)
                .map(|(_, step)| Unobserved {
                    step: step.number,
                    known: step.observed.known.to_string(),
                })
                .collect(),
            irreversible: self
                .revisions
                .iter()
                .filter(|revision| !revision.reversible)
                .map(|revision| revision.id.to_string())
                .collect(),
        }
    }

    /// Relations that the plan itself creates: nobody waits for a lock on those.
    fn created_relations(&self) -> BTreeSet<&str> {
        self.steps()
            .flat_map(|(_, step)| &step.observed.objects)
            .filter(|object| object.change == Change::Created)
            .map(|object| object.name.as_str())
            .collect()
    }

    fn strongest_locks(&self, ours: &BTreeSet<&str>) -> Vec<RelationLock> {
        let mut strongest: BTreeMap<&str, (LockMode, Vec<u32>)> = BTreeMap::new();
        for (_, step) in self.steps() {
            for lock in &step.observed.locks {
                // An index is locked with its table; the table is what people know.
                if lock.kind == RelationKind::Index || ours.contains(lock.relation.as_str()) {
                    continue;
                }
                let entry =
                    strongest.entry(&lock.relation).or_insert_with(|| (lock.mode, Vec::new()));
                if lock.mode > entry.0 {
                    *entry = (lock.mode, Vec::new());
                }
                if lock.mode == entry.0 {
                    entry.1.push(step.number);
                }
            }
        }
        let mut locks: Vec<_> = strongest.into_iter().collect();
        locks.sort_by_key(|(relation, (mode, _))| (std::cmp::Reverse(*mode), *relation));
        locks
            .into_iter()
            .map(|(relation, (mode, steps))| RelationLock {
                relation: relation.to_owned(),
                mode: mode.to_string(),
                blocks: mode.blocks().to_owned(),
                size: self.observation.size_of(relation).map(size_text),
                steps,
            })
            .collect()
    }
}

/// `about 12,000 rows, 3.1 MB`.
pub(crate) fn size_text(size: &RelationSize) -> String {
    let rows = match size.rows {
        Some(rows) => format!("about {} rows", grouped(rows)),
        None => "rows unknown".to_owned(),
    };
    format!("{rows}, {}", bytes_text(size.bytes))
}

/// `12,345`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
fn bytes_text(bytes: u64) -> String {
    let mut value = bytes as f64;
    let mut unit = "bytes";
    for next in ["kB", "MB", "GB", "TB"] {
        if value < 1024.0 {
            break;
        }
        value /= 1024.0;
        unit = next;
    }
    if unit == "bytes" { format!("{bytes} bytes") } else { format!("{value:.1} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        let size = RelationSize { relation: "t".into(), rows: Some(1_234_567), bytes: 3_250_586 };
        assert_eq!(size_text(&size), "about 1,234,567 rows, 3.1 MB");
        let size = RelationSize { relation: "t".into(), rows: None, bytes: 0 };
        assert_eq!(size_text(&size), "rows unknown, 0 bytes");
    }
}
