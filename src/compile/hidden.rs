//! Objects that are left out must not be the revisions' own, or what revisions do would go unseen.
//!
//! In: patterns, and a shadow before and after revisions ran, or a plan and what is left out of its
//! target. Out: a refusal that names the object and the pattern.

use crate::catalog::{Ignore, Inventory, InventoryDiff, Kind, ObjectId};
use crate::database::{Session, read_catalog};
use crate::diagnostic::Refusal;
use crate::plan::compile::{hidden_object, refuse_hidden};
use crate::plan::{Change, Plan};

/// What patterns hide of a shadow's schema before revisions run there: a new database has a schema
/// and an extension too.
pub(super) struct Hidden<'a> {
    ignore: &'a Ignore,
    before: Inventory,
}

impl<'a> Hidden<'a> {
    /// Looks, if there are patterns.
    ///
    /// # Errors
    /// Those of the connection.
    pub(super) async fn of(session: &Session, ignore: &'a Ignore) -> Result<Self, Refusal> {
        Ok(Self { ignore, before: hidden(session, ignore).await? })
    }

    /// Looks again, after the applied revisions ran.
    ///
    /// # Errors
    /// `ignored-object`, with each that they made or changed; those of the connection.
    pub(super) async fn unchanged(self, session: &Session) -> Result<(), Refusal> {
        let changed = InventoryDiff::between(&self.before, &hidden(session, self.ignore).await?);
        refuse_hidden("the applied revisions make or change", changed.0.keys(), self.ignore)
    }
}

async fn hidden(session: &Session, ignore: &Ignore) -> Result<Inventory, Refusal> {
    if ignore.is_empty() {
        return Ok(Inventory::default());
    }
    let mut inventory = read_catalog(session).await?.inventory();
    inventory.0.retain(|id, _| ignore.hides(id));
    Ok(inventory)
}

/// A schema that a plan drops takes along what stands in it: that may not be what is left out.
///
/// # Errors
/// `ignored-object`.
pub(super) fn refuse_dropping(plan: &Plan, left_out: &[ObjectId]) -> Result<(), Refusal> {
    let mut findings = Vec::new();
    for stage in &plan.stages {
        let dropped = stage.effects.iter().filter(|effect| {
            effect.change == Change::Dropped && effect.object.kind() == Kind::Schema
        });
        for schema in dropped.map(|effect| &effect.object) {
            let inside = left_out.iter().filter(|id| id.schema() == Some(schema.name()));
            findings.extend(inside.filter_map(|id| {
                let doing = format!("revision `{}` drops {schema}, and in it", stage.revision);
                Some(hidden_object(&doing, id, plan.ignore.hiding(id)?))
            }));
        }
    }
    Refusal::unless_empty(findings)
}
