//! Statements of which it can be told what they touch.

use crate::plan::Mode;
use crate::plan::draft::DraftStage;
use crate::statement::{Kind, Statement};

/// Whether event triggers and locks tell what a stage touches. Otherwise everything is to be read
/// after it, and what was read before is to be confirmed before it runs.
pub(super) fn tells_what_it_touches(drafted: &DraftStage) -> bool {
    let kinds = drafted.statements.iter().map(Statement::kind);
    match drafted.mode {
        // Nobody sees their locks; what these two change, the event triggers say.
        Mode::Alone => kinds.into_iter().all(|kind| {
            matches!(kind, Kind::CreateIndexConcurrently | Kind::DropIndexConcurrently)
        }),
        Mode::Transaction => !kinds.into_iter().any(touches_anything),
    }
}

/// What is no event trigger's matter, or changes the words for much else.
fn touches_anything(kind: Kind) -> bool {
    matches!(
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
