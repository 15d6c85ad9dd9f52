//! What comes out: statements in order, and what they leave as it is.

use std::fmt;

use serde::Serialize;

use crate::catalog::ObjectId;

use super::rename::IdleRename;

/// Statements that lead from one catalog to another, to be run in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Script {
    /// The statements.
    pub statements: Vec<Statement>,
    /// What stays as it is, because no statement leads to the wanted state.
    pub inexpressible: Vec<Remainder>,
    /// What stays as it is, because only a lossless script was asked for.
    pub withheld: Vec<Remainder>,
    /// Renames that were asked for and are not among the statements.
    #[serde(skip)]
    pub idle: Vec<IdleRename>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// The text, without a `;` at its end.
    pub sql: String,
    /// The object that it is for.
    pub object: ObjectId,
    /// What is lost with it, for instance the rows of a table; none where it can be made again.
    pub loses: Option<String>,
    /// When it fails, for instance if a column holds NULL; none where the schema decides alone.
    pub may_fail: Option<String>,
    /// Where it may stand among transactions.
    pub placement: Placement,
}

/// Where a statement may stand among transactions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// Beside others in one transaction.
    #[default]
    Anywhere,
    /// Its transaction must be committed (or should be, where a lock would be held for long) before
    /// the statements after it.
    CommitAfter,
    /// Outside any transaction.
    Alone,
}

/// Something about an object that stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Remainder {
    /// The object.
    pub object: ObjectId,
    /// What of it, and why.
    pub what: String,
}

/// What a session needs before it runs statements that make routines: see [`Script::session_lines`].
pub const SESSION_SQL: &str = "SET check_function_bodies = off";

/// The same as people read it in a file.
pub const SESSION_LINES: &str = "-- Bodies of functions may name what is made after them.\n\
                                 SET check_function_bodies = off;";

impl Statement {
    pub(super) fn new(object: &ObjectId, sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            object: object.clone(),
            loses: None,
            may_fail: None,
            placement: Placement::Anywhere,
        }
    }

    pub(super) fn losing(mut self, what: impl Into<String>) -> Self {
        self.loses = Some(what.into());
        self
    }

    pub(super) fn failing(mut self, when: impl Into<String>) -> Self {
        self.may_fail = Some(when.into());
        self
    }

    pub(super) fn placed(mut self, placement: Placement) -> Self {
        self.placement = placement;
        self
    }
}

impl Remainder {
    pub(super) fn new(object: &ObjectId, what: impl Into<String>) -> Self {
        Self { object: object.clone(), what: what.into() }
    }
}

impl Script {
    /// What a file with the statements must begin with, if it needs anything.
    pub fn session_lines(&self) -> Option<&'static str> {
        self.statements.iter().any(makes_a_routine).then_some(SESSION_LINES)
    }

    /// Whether [`SESSION_SQL`] is to be said before a statement, where each transaction begins with settings of
    /// its own: it begins one that makes routines.
    pub fn needs_session_sql(&self, at: usize) -> bool {
        let ends = |statement: &Statement| statement.placement != Placement::Anywhere;
        let begins = at == 0 || self.statements.get(at - 1).is_some_and(ends);
        let rest = self.statements.get(at..).unwrap_or_default();
        let (own, last) = rest.split_at(rest.iter().position(ends).unwrap_or(rest.len()));
        // What commits afterwards still belongs to it.
        let last = last.first().filter(|last| last.placement == Placement::CommitAfter);
        begins && own.iter().chain(last).any(makes_a_routine)
    }

    /// Whether there is nothing to do and nothing left over.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty() && self.inexpressible.is_empty() && self.withheld.is_empty()
    }
}

fn makes_a_routine(statement: &Statement) -> bool {
    let sql = statement.sql.as_str();
    sql.starts_with("CREATE") && (sql.contains("FUNCTION") || sql.contains("PROCEDURE"))
}

impl fmt::Display for Script {
    /// As a file for people: each statement with its marks as comments before it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (label, remainders) in
            [("cannot be expressed", &self.inexpressible), ("withheld", &self.withheld)]
        {
            for Remainder { object, what } in remainders {
                writeln!(f, "-- {label}: {object}: {}", what.replace('\n', " "))?;
            }
        }
        for (at, statement) in self.statements.iter().enumerate() {
            if at > 0 || !self.inexpressible.is_empty() || !self.withheld.is_empty() {
                writeln!(f)?;
            }
            if let Some(loses) = &statement.loses {
                writeln!(f, "-- loses {}", loses.replace('\n', " "))?;
            }
            if let Some(when) = &statement.may_fail {
                writeln!(f, "-- fails {}", when.replace('\n', " "))?;
            }
            if statement.placement == Placement::Alone {
                writeln!(f, "-- outside a transaction")?;
            }
            writeln!(f, "{};", statement.sql)?;
            if statement.placement == Placement::CommitAfter {
                writeln!(f, "-- commit here")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_transaction_that_makes_routines_is_set_for_them() {
        let object: ObjectId = "function public.f()".parse().unwrap();
        let plain = || Statement::new(&object, "CREATE TABLE t ()");
        let routine = || Statement::new(&object, "CREATE FUNCTION f() RETURNS int RETURN 1");
        let needed = |statements: Vec<Statement>| {
            let script = Script { statements, ..Script::default() };
            (0..script.statements.len())
                .filter(|at| script.needs_session_sql(*at))
                .collect::<Vec<_>>()
        };
        assert_eq!(needed(vec![plain(), plain()]), [0; 0]);
        assert_eq!(needed(vec![plain(), routine(), routine()]), [0]);
        let alone = || plain().placed(Placement::Alone);
        assert_eq!(needed(vec![routine(), alone(), plain(), routine(), alone()]), [0, 2]);
        let commit = || plain().placed(Placement::CommitAfter);
        assert_eq!(needed(vec![plain(), commit(), routine(), commit(), plain()]), [2]);
        assert_eq!(needed(vec![alone(), routine()]), [1]);
    }
}
