//! One statement as a rule sees it: among its neighbours.

use crate::statement::{Action, QualifiedName, Statement, TableChange};

/// The statement that a rule is asked about, and those before it in its section.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    section: &'a [Statement],
    at: usize,
}

impl<'a> Subject<'a> {
    /// The statement `section[at]`.
    pub(super) fn new(section: &'a [Statement], at: usize) -> Self {
        Self { section, at }
    }

    /// The statement.
    pub fn statement(&self) -> &'a Statement {
        &self.section[self.at]
    }

    /// What it does.
    pub fn action(&self) -> &'a Action {
        self.statement().action()
    }

    /// The statements before it.
    pub fn before(&self) -> &'a [Statement] {
        &self.section[..self.at]
    }

    /// All statements of the section.
    pub fn section(&self) -> &'a [Statement] {
        self.section
    }

    /// Whether a statement before it makes `table`, which then has no rows and no readers yet.
    /// CREATE TABLE IF NOT EXISTS proves nothing.
    pub fn is_new(&self, table: &QualifiedName) -> bool {
        self.before().iter().any(|statement| {
            matches!(
                statement.action(),
                Action::CreateTable { name, if_not_exists: false } if same(name, table)
            )
        })
    }

    /// The changes to a table that was there before, if it is an ALTER TABLE of one.
    pub fn changes(&self) -> Option<(&'a QualifiedName, &'a [TableChange])> {
        match self.action() {
            Action::AlterTable { name, changes } if !self.is_new(name) => Some((name, changes)),
            _ => None,
        }
    }

    /// A message for every change to a table that was there before that `say` has one for.
    pub fn each_change(
        &self,
        say: impl Fn(&QualifiedName, &TableChange) -> Option<String>,
    ) -> Vec<String> {
        self.changes().map_or_else(Vec::new, |(table, changes)| {
            changes.iter().filter_map(|change| say(table, change)).collect()
        })
    }
}

/// Whether two names mean one table, where a table without a schema is taken to be in `public`.
pub(super) fn same(a: &QualifiedName, b: &QualifiedName) -> bool {
    let schema = |name: &QualifiedName| name.schema.clone().unwrap_or_else(|| "public".to_owned());
    a.name == b.name && schema(a) == schema(b)
}
