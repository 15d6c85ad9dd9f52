//! A table is renamed that was there before.

use crate::diagnostic::Severity;
use crate::statement::TableChange;

use super::super::{Rule, Subject};

pub(super) static RULE: Rule = Rule {
    id: "table-renamed",
    severity: Severity::Warning,
    summary: "a table is renamed that was there before",
    explanation: "Clients that run while the change commits know only one of the two names. A view under the old name, made in the same revision, keeps them working.",
    help: "make a view under the old name in the same revision, or allow it with a reason",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.each_change(|table, change| match change {
        TableChange::RenameTable { to } => {
            Some(format!("`{table}` becomes `{to}`: clients that use the old name fail"))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::messages;
    use super::*;

    #[test]
    fn finds_a_renamed_table() {
        assert_eq!(
            messages(&RULE, "ALTER TABLE s.t RENAME TO u"),
            ["`s.t` becomes `u`: clients that use the old name fail"]
        );
        assert_eq!(messages(&RULE, "CREATE TABLE t (); ALTER TABLE t RENAME TO u"), [""; 0]);
    }
}
