//! A constraint is checked against all rows under a lock.

use crate::diagnostic::Severity;
use crate::statement::{ConstraintKind, ConstraintStart, Fill, QualifiedName, TableChange};

use super::super::{Rule, Subject};

pub(super) static RULE: Rule = Rule {
    id: "constraint-validated-at-once",
    severity: Severity::Warning,
    summary: "a constraint is checked against all rows under a lock",
    explanation: "The whole table is read, or a whole index built, while writes wait (FOREIGN KEY: on both tables), or reads and writes (the others). Add a CHECK or FOREIGN KEY as NOT VALID and validate it in a later statement; build a unique index concurrently and add the constraint USING INDEX.",
    help: "add it NOT VALID and validate it later, or add it USING INDEX",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject
        .changes()
        .into_iter()
        .flat_map(|(table, changes)| changes.iter().map(move |change| (table, change)))
        .flat_map(|(table, change)| {
            checked(change).into_iter().map(move |kind| {
                format!("{} {} while {}", kind.name(), work(kind, table), wait(kind))
            })
        })
        .collect()
}

/// The constraints that `change` checks at once.
fn checked(change: &TableChange) -> Vec<ConstraintKind> {
    match change {
        TableChange::AddConstraint { kind, start: ConstraintStart::AtOnce, .. } => vec![*kind],
        // A new column that is NULL everywhere refers to nothing, and PostgreSQL knows it.
        TableChange::AddColumn { constraints, fill, .. } => constraints
            .iter()
            .copied()
            .filter(|kind| *kind != ConstraintKind::ForeignKey || *fill != Fill::Null)
            .collect(),
        _ => Vec::new(),
    }
}

fn work(kind: ConstraintKind, table: &QualifiedName) -> String {
    match kind {
        ConstraintKind::Check | ConstraintKind::ForeignKey => {
            format!("reads all rows of `{table}`")
        }
        _ => format!("builds an index on `{table}`"),
    }
}

fn wait(kind: ConstraintKind) -> &'static str {
    match kind {
        ConstraintKind::ForeignKey => "writes to both tables wait",
        _ => "reads and writes wait",
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::messages;
    use super::*;

    #[test]
    fn finds_what_is_checked_at_once() {
        assert_eq!(
            messages(
                &RULE,
                "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u, ADD CHECK (a > 0), ADD UNIQUE (a)"
            ),
            [
                "FOREIGN KEY reads all rows of `t` while writes to both tables wait",
                "CHECK reads all rows of `t` while reads and writes wait",
                "UNIQUE builds an index on `t` while reads and writes wait",
            ]
        );
        assert_eq!(messages(&RULE, "ALTER TABLE t ADD a int REFERENCES u DEFAULT 1").len(), 1);
    }

    #[test]
    fn leaves_what_is_checked_later_or_by_an_index() {
        for fine in [
            "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
            "ALTER TABLE t ADD CONSTRAINT c PRIMARY KEY USING INDEX i",
            "ALTER TABLE t VALIDATE CONSTRAINT c",
            "ALTER TABLE t ADD COLUMN a int REFERENCES u",
            "CREATE TABLE t (a int); ALTER TABLE t ADD UNIQUE (a)",
        ] {
            assert_eq!(messages(&RULE, fine), [""; 0], "{fine}");
        }
    }
}
