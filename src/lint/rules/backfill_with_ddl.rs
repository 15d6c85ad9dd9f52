//! Rows are changed while a lock from a schema change is held.

use crate::diagnostic::Severity;
use crate::statement::{Action, Statement, TransactionRule};

use super::super::{Rule, Subject};

pub(super) static RULE: Rule = Rule {
    id: "backfill-with-ddl",
    severity: Severity::Warning,
    summary: "rows are changed while a lock from a schema change is held",
    explanation: "Locks are held to the commit. A change of many rows after ALTER TABLE keeps the table locked against everyone for as long as it takes. Put the rows into a revision of their own.",
    help: "move the change of rows into a revision of its own",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let (Action::Insert { table } | Action::Update { table, .. } | Action::Delete { table, .. }) =
        subject.action()
    else {
        return Vec::new();
    };
    if subject.is_new(table) {
        return Vec::new();
    }
    let altered = |statement: &&Statement| match statement.action() {
        Action::AlterTable { name, .. } => !subject.is_new(name),
        _ => false,
    };
    // Locks go with the commit that a statement outside a transaction needs before it. The nearest
    // change counts: it is the one that the reviewer thinks of least.
    let held = subject
        .before()
        .iter()
        .rev()
        .take_while(|statement| statement.transaction() == TransactionRule::Inside)
        .find(altered);
    match held.map(|statement| (statement.line(), statement.action())) {
        Some((line, Action::AlterTable { name, .. })) => vec![format!(
            "rows of `{table}` are changed while `{name}` is locked since line {line}"
        )],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::messages;
    use super::*;

    #[test]
    fn finds_rows_changed_after_a_table() {
        assert_eq!(
            messages(&RULE, "ALTER TABLE t ADD a int;\nUPDATE u SET a = 1"),
            ["rows of `u` are changed while `t` is locked since line 1"]
        );
        for fine in [
            "UPDATE t SET a = 1; ALTER TABLE t DROP b",
            "ALTER TABLE t ADD a int; CREATE INDEX CONCURRENTLY ON t (a); UPDATE t SET a = 1",
            "CREATE TABLE t (a int); ALTER TABLE t ADD b int; INSERT INTO u VALUES (1)",
            "ALTER TABLE u ADD b int; CREATE TABLE t (a int); INSERT INTO t VALUES (1)",
        ] {
            assert_eq!(messages(&RULE, fine), [""; 0], "{fine}");
        }
    }
}
