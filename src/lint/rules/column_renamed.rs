//! A column is renamed in a table that was there before.

use crate::diagnostic::Severity;
use crate::statement::TableChange;

use super::super::{Rule, Subject};

pub(super) static RULE: Rule = Rule {
    id: "column-renamed",
    severity: Severity::Warning,
    summary: "a column is renamed in a table that was there before",
    explanation: "Clients that run while the change commits know only one of the two names. Add a column, write to both, move the readers, then drop the old one; or rename while nothing runs.",
    help: "add a column and move to it in steps, or allow it with a reason",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.each_change(|table, change| match change {
        TableChange::RenameColumn { from, to } => Some(format!(
            "`{from}` of `{table}` becomes `{to}`: clients that use the old name fail"
        )),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::messages;
    use super::*;

    #[test]
    fn finds_a_renamed_column() {
        assert_eq!(
            messages(&RULE, "ALTER TABLE t RENAME COLUMN a TO \"B\""),
            ["`a` of `t` becomes `B`: clients that use the old name fail"]
        );
        assert_eq!(messages(&RULE, "ALTER TABLE t RENAME CONSTRAINT a TO b"), [""; 0]);
    }
}
