//! A table is dropped that was there before.

use crate::diagnostic::Severity;
use crate::statement::Action;

use super::super::{Rule, Subject};

pub(super) static RULE: Rule = Rule {
    id: "table-dropped",
    severity: Severity::Error,
    summary: "a table is dropped that was there before",
    explanation: "The rows are gone at the commit, and every reader of the table fails from then on. Drop a table only after a release that no longer uses it, and keep a backup that was tried.",
    help: "say why it is safe: `-- enact:allow table-dropped <reason>`",
    check,
};

fn check(subject: &Subject<'_>) -> Vec<String> {
    let Action::DropTable { names, cascade, .. } = subject.action() else {
        return Vec::new();
    };
    let and = if *cascade { ", and whatever depends on it" } else { "" };
    names
        .iter()
        .filter(|name| !subject.is_new(name))
        .map(|name| format!("`{name}` is dropped with all its rows{and}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::messages;
    use super::*;

    #[test]
    fn finds_each_table_but_not_those_made_here() {
        let sql = "CREATE TABLE public.a (); DROP TABLE A, b CASCADE; DROP VIEW c";
        assert_eq!(
            messages(&RULE, sql),
            ["`b` is dropped with all its rows, and whatever depends on it"]
        );
        let sql = "CREATE TABLE IF NOT EXISTS a (); DROP TABLE a";
        assert_eq!(messages(&RULE, sql).len(), 1);
    }
}
