//! A table is emptied that was there before.

use crate::diagnostic::Severity;
use crate::statement::Action;

use super::super::{Rule, Subject};

pub(super) static RULE: Rule = Rule {
    id: "truncate",
    severity: Severity::Error,
    summary: "a table is emptied that was there before",
    explanation: "All rows are gone at the commit, the table is locked against readers, and no trigger for single rows runs.",
    help: "delete only what is meant, or say why it is safe: `-- enact:allow truncate <reason>`",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let Action::Truncate { tables, cascade } = subject.action() else {
        return Vec::new();
    };
    let and = if *cascade { ", and every table that refers to it" } else { "" };
    tables
        .iter()
        .filter(|table| !subject.is_new(table))
        .map(|table| format!("`{table}` is emptied{and}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::messages;
    use super::*;

    #[test]
    fn finds_each_table() {
        assert_eq!(
            messages(&RULE, "CREATE TABLE n (); TRUNCATE n, a CASCADE"),
            ["`a` is emptied, and every table that refers to it"]
        );
    }
}
