//! SET NOT NULL reads the whole table under an exclusive lock.

use crate::diagnostic::Severity;
use crate::statement::{Action, QualifiedName, TableChange};

use super::super::subject::same;
use super::super::{Rule, Subject};

pub(super) static RULE: Rule = Rule {
    id: "not-null-scan",
    severity: Severity::Warning,
    summary: "SET NOT NULL reads the whole table under an exclusive lock",
    explanation: "All rows are read while every reader and writer waits, unless a valid CHECK (column IS NOT NULL) proves it. Add that CHECK as NOT VALID, validate it, SET NOT NULL, and drop the CHECK.",
    help: "validate a CHECK (… IS NOT NULL) first, or let `online = \"rewrite\"` do it",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.each_change(|table, change| match change {
        TableChange::SetNotNull { column } if !may_be_proved(subject, table) => Some(format!(
            "all rows of `{table}` are read for `{column}` while reads and writes wait"
        )),
        _ => None,
    })
}

/// Whether a constraint of the table is validated before: then the author knows the way, and the
/// shadow sees whether it is the right constraint.
fn may_be_proved(subject: &Subject<'_>, table: &QualifiedName) -> bool {
    subject.before().iter().any(|statement| match statement.action() {
        Action::AlterTable { name, changes } => {
            same(name, table)
                && changes
                    .iter()
                    .any(|change| matches!(change, TableChange::ValidateConstraint { .. }))
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::messages;
    use super::*;

    #[test]
    fn finds_a_scan_unless_a_constraint_was_validated_before() {
        assert_eq!(
            messages(&RULE, "ALTER TABLE t ALTER a SET NOT NULL"),
            ["all rows of `t` are read for `a` while reads and writes wait"]
        );
        let proved = "ALTER TABLE t ADD CONSTRAINT c CHECK (a IS NOT NULL) NOT VALID;
            ALTER TABLE t VALIDATE CONSTRAINT c; ALTER TABLE t ALTER a SET NOT NULL";
        assert_eq!(messages(&RULE, proved), [""; 0]);
    }
}
