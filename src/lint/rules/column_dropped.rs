//! A column is dropped from a table that was there before.

use crate::diagnostic::Severity;
use crate::statement::TableChange;

use super::super::{Rule, Subject};

pub(super) static RULE: Rule = Rule {
    id: "column-dropped",
    severity: Severity::Error,
    summary: "a column is dropped from a table that was there before",
    explanation: "The values are gone at the commit, and every statement that names the column fails from then on, also those that running clients have prepared. Drop a column only after a release that no longer uses it.",
    help: "say why it is safe: `-- enact:allow column-dropped <reason>`",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    subject.each_change(|table, change| match change {
        TableChange::DropColumn { column, cascade } => {
            let and = if *cascade { ", and whatever depends on it" } else { "" };
            Some(format!("`{column}` of `{table}` is dropped with its values{and}"))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::messages;
    use super::*;

    #[test]
    fn finds_each_column_but_not_those_of_a_table_made_here() {
        assert_eq!(
            messages(&RULE, "ALTER TABLE t DROP a, DROP COLUMN IF EXISTS b CASCADE"),
            [
                "`a` of `t` is dropped with its values",
                "`b` of `t` is dropped with its values, and whatever depends on it"
            ]
        );
        assert_eq!(messages(&RULE, "CREATE TABLE t (a int); ALTER TABLE t DROP a"), [""; 0]);
        assert_eq!(messages(&RULE, "ALTER TABLE t DROP CONSTRAINT c"), [""; 0]);
    }
}
