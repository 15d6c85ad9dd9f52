//! What a reviewer must know first: what will be locked, what may be lost, what is rewritten.
//! Derived from the plan's bytes, never stored beside them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::impact::Impact;
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
    /// The strongest lock on each relation that was there before the plan, strongest modes first.
    pub locks: Vec<Locked>,
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

/// The relations of which a mode is the strongest lock.
#[derive(Debug, Clone, Serialize)]
pub struct Locked {
    /// The mode, as PostgreSQL names it.
    pub mode: String,
    /// What other sessions cannot do meanwhile.
    pub blocks: String,
    /// The relations, with the steps that take a lock of this mode.
    pub relations: Vec<Sized>,
}

/// A relation with its size.
#[derive(Debug, Clone, Serialize)]
pub struct Sized {
    /// The relation.
    pub relation: String,
    /// Its size, as text, where it is known.
    pub size: Option<String>,
    /// The steps.
    pub steps: Vec<u32>,
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
        let impacts = self.impacts();
        Summary {
            stages: self.stages.len(),
            steps: self.steps().count(),
            alone: self.stages.iter().filter(|stage| stage.mode == Mode::Alone).count(),
            created: count(Change::Created),
            altered: count(Change::Altered),
            dropped: count(Change::Dropped),
            locks: self.strongest_locks(&impacts),
            rewritten: self.by_relation(&impacts, |impact| &impact.rewritten),
            scanned: self.by_relation(&impacts, |impact| &impact.scanned),
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
                // What is adopted does not run here.
                .filter(|revision| !revision.reversible && self.located.is_none())
                .map(|revision| revision.id.to_string())
                .collect(),
        }
    }

    fn sized(&self, relation: &str, steps: Vec<u32>) -> Sized {
        let size = self.observation.size_of(relation).map(size_text);
        Sized { relation: relation.to_owned(), size, steps }
    }

    fn by_relation(
        &self,
        impacts: &[Impact],
        relations: impl Fn(&Impact) -> &[String],
    ) -> Vec<Sized> {
        let mut steps: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for (number, impact) in (1..).zip(impacts) {
            for relation in relations(impact) {
                steps.entry(relation).or_default().push(number);
            }
        }
        steps.into_iter().map(|(relation, steps)| self.sized(relation, steps)).collect()
    }

    fn strongest_locks(&self, impacts: &[Impact]) -> Vec<Locked> {
        let mut strongest: BTreeMap<&str, (LockMode, Vec<u32>)> = BTreeMap::new();
        for (number, impact) in (1..).zip(impacts) {
            // An index is locked with its table; the table is what people know.
            for lock in impact.locks.iter().filter(|lock| lock.kind != RelationKind::Index) {
                let entry =
                    strongest.entry(&lock.relation).or_insert_with(|| (lock.mode, Vec::new()));
                if lock.mode > entry.0 {
                    *entry = (lock.mode, Vec::new());
                }
                if lock.mode == entry.0 {
                    entry.1.push(number);
                }
            }
        }
        let mut modes: BTreeMap<Reverse<LockMode>, Vec<Sized>> = BTreeMap::new();
        for (relation, (mode, steps)) in strongest {
            modes.entry(Reverse(mode)).or_default().push(self.sized(relation, steps));
        }
        modes
            .into_iter()
            .map(|(Reverse(mode), relations)| Locked {
                mode: mode.to_string(),
                blocks: mode.blocks().to_owned(),
                relations,
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
