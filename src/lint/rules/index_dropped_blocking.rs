//! An index is dropped while everything on its table waits.

use crate::diagnostic::Severity;
use crate::statement::{Action, QualifiedName};

use super::super::{Rule, Subject};

pub(super) static RULE: Rule = Rule {
    id: "index-dropped-blocking",
    severity: Severity::Warning,
    summary: "an index is dropped while everything on its table waits",
    explanation: "DROP INDEX takes an ACCESS EXCLUSIVE lock on the index's table: it waits for every running query of it, and every new query waits behind. DROP INDEX CONCURRENTLY does not; enact puts it into a stage of its own.",
    help: "write DROP INDEX CONCURRENTLY, one index a statement",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let Action::DropIndex { names, concurrently: false, .. } = subject.action() else {
        return Vec::new();
    };
    names
        .iter()
        .filter(|name| !built_on_new_table(subject, name))
        .map(|name| format!("reads and writes of the table of `{name}` wait while it is dropped"))
        .collect()
}

/// Whether the section itself built `index` on a table that it made.
fn built_on_new_table(subject: &Subject<'_>, index: &QualifiedName) -> bool {
    subject.before().iter().any(|statement| {
        matches!(
            statement.action(),
            Action::CreateIndex { name: Some(name), table, .. }
                if name.name == index.name && subject.is_new(table)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::messages;
    use super::*;

    #[test]
    fn finds_drops_that_block() {
        assert_eq!(messages(&RULE, "DROP INDEX IF EXISTS a, s.b").len(), 2);
        for fine in [
            "DROP INDEX CONCURRENTLY a",
            "CREATE TABLE t (a int); CREATE INDEX i ON t (a); DROP INDEX i",
        ] {
            assert_eq!(messages(&RULE, fine), [""; 0], "{fine}");
        }
    }
}
