//! An index is built while writes to its table wait.

use crate::diagnostic::Severity;
use crate::statement::Action;

use super::super::{Rule, Subject};

pub(super) static RULE: Rule = Rule {
    id: "index-built-blocking",
    severity: Severity::Warning,
    summary: "an index is built while writes to its table wait",
    explanation: "CREATE INDEX holds a SHARE lock on the table for as long as the build takes, and so does REINDEX: reads go on, every INSERT, UPDATE and DELETE waits. CONCURRENTLY lets them go on; enact puts such a statement into a stage of its own.",
    help: "write CONCURRENTLY: CREATE INDEX CONCURRENTLY, REINDEX INDEX CONCURRENTLY",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    match subject.action() {
        Action::CreateIndex { table, concurrently: false, .. } if !subject.is_new(table) => {
            vec![format!("writes to `{table}` wait until the index is built")]
        }
        Action::Reindex { index, table, concurrently: false } => {
            let what = match (index, table) {
                (Some(index), _) => format!("to the table of `{index}`"),
                (_, Some(table)) if subject.is_new(table) => return Vec::new(),
                (_, Some(table)) => format!("to `{table}`"),
                _ => "to each table in turn".to_owned(),
            };
            vec![format!("writes {what} wait until the index is rebuilt")]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::messages;
    use super::*;

    #[test]
    fn finds_builds_that_block_on_tables_that_were_there() {
        assert_eq!(
            messages(&RULE, "CREATE UNIQUE INDEX i ON ONLY t (a); REINDEX TABLE u"),
            [
                "writes to `t` wait until the index is built",
                "writes to `u` wait until the index is rebuilt"
            ]
        );
        for fine in [
            "CREATE INDEX CONCURRENTLY i ON t (a)",
            "CREATE TABLE t (a int); CREATE INDEX ON t (a)",
            "REINDEX INDEX CONCURRENTLY i",
        ] {
            assert_eq!(messages(&RULE, fine), [""; 0], "{fine}");
        }
    }
}
