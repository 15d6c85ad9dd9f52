//! Statements of which it can be told what they touch.

use crate::plan::Mode;
use crate::plan::draft::DraftStage;
use crate::statement::{Kind, Statement};

/// Whether event triggers and locks tell what a stage touches. Otherwise everything is to be read
/// after it, and what was read before is to be confirmed before it runs.
pub(super) fn tells_what_it_touches(drafted: &DraftStage) -> bool {
    let mut statements = drafted.statements.iter();
    match drafted.mode {
        // Nobody sees their locks; what these two change, the event triggers say.
        Mode::Alone => statements.all(|statement| {
            matches!(statement.kind(), Kind::CreateIndexConcurrently | Kind::DropIndexConcurrently)
        }),
        Mode::Transaction => !statements.any(touches_anything),
    }
}

/// What is no event trigger's matter, or changes the words for much else.
fn touches_anything(statement: &Statement) -> bool {
    let kind = statement.kind();
    // Event triggers are silent about themselves, and so about comments on them.
    kind == Kind::Comment && statement.sql().to_ascii_uppercase().contains("EVENT")
        || matches!(
            kind,
            Kind::CreateExtension
                | Kind::AlterExtension
                | Kind::DropExtension
                | Kind::AlterSchema
                | Kind::CreateEventTrigger
                | Kind::AlterEventTrigger
                | Kind::DropEventTrigger
                | Kind::AlterRole
                | Kind::AlterUser
                | Kind::AlterGroup
        )
        // What was told stands in a setting.
        || kind == Kind::Reset && statement.sql().to_ascii_uppercase().contains("ALL")
}

/// Whether a stage in a transaction, taken back and run once more, does the same again, or needs never be
/// taken back for another session's reading. What was taken from a sequence stays taken, and what was
/// prepared stays prepared.
pub(super) fn may_run_twice(drafted: &DraftStage) -> bool {
    let statements = &drafted.statements;
    !(statements.iter().any(leaves_traces) && statements.iter().any(may_hold))
}

fn leaves_traces(statement: &Statement) -> bool {
    let defines = ["CREATE", "ALTER", "DROP", "COMMENT", "GRANT", "REVOKE", "SET", "TRUNCATE"];
    let verb = statement.kind().name().split(' ').next().unwrap_or_default();
    let text = statement.sql().to_ascii_lowercase();
    !defines.contains(&verb) || text.contains("nextval") || text.contains("select")
}

/// Whether it may lock a relation that was there before so that nobody can read what it is.
fn may_hold(statement: &Statement) -> bool {
    match statement.kind() {
        Kind::CreateView => statement.sql().to_ascii_uppercase().contains("REPLACE"),
        kind => !matches!(
            kind,
            Kind::Insert
                | Kind::Update
                | Kind::Delete
                | Kind::Merge
                | Kind::Values
                | Kind::Comment
                | Kind::Grant
                | Kind::Revoke
                | Kind::Set
                | Kind::CreateTable
                | Kind::CreateIndex
                | Kind::CreateSequence
                | Kind::CreateFunction
                | Kind::CreateProcedure
                | Kind::CreateType
                | Kind::CreateDomain
                | Kind::CreateSchema
                | Kind::CreateTrigger
        ),
    }
}
