//! A column's type changes, which may rewrite the table.

use crate::diagnostic::Severity;
use crate::statement::TableChange;

use super::super::{Rule, Subject};

pub(super) static RULE: Rule = Rule {
    id: "column-type-rewrite",
    severity: Severity::Warning,
    summary: "a column's type changes, which may rewrite the table",
    explanation: "Unless the old and the new type share their form (a longer varchar, varchar to text), PostgreSQL writes the table and its indexes anew while every reader and writer waits. The text does not say what the type was: the plan shows what the shadow saw. For a large table add a column, fill it in steps, and move over.",
    help: "look at the plan for a rewrite; for a large table add a column and move to it in steps",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.each_change(|table, change| match change {
        TableChange::AlterType { column } => Some(format!(
            "`{table}` may be written anew for the type of `{column}`, while reads and writes wait"
        )),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::messages;
    use super::*;

    #[test]
    fn finds_a_change_of_type() {
        assert_eq!(
            messages(
                &RULE,
                "ALTER TABLE t ALTER a TYPE bigint, ALTER b SET DATA TYPE int USING b::int"
            ),
            [
                "`t` may be written anew for the type of `a`, while reads and writes wait",
                "`t` may be written anew for the type of `b`, while reads and writes wait"
            ]
        );
        assert_eq!(messages(&RULE, "ALTER TABLE t ALTER a SET DEFAULT 1"), [""; 0]);
    }
}
