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
        )
}
