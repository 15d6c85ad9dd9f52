//! The role that applies, and the one that the plan was made for.
//!
//! What a session makes belongs to its role. Where that is not the role whose the objects were when the
//! plan was compiled, new objects have another owner than the plan could know: that alone is no matter.
//! But default privileges belong to a role too, and with them the rights of new objects are others.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, Inventory, Kind, Object, ObjectId};
use crate::database::{Session, read_catalog_of, refusal};
use crate::diagnostic::{Code, Refusal};
use crate::plan::{Effect, Plan};

/// The schema as the plan sees it, and the session's role, as SQL has its name.
///
/// # Errors
/// Those of [`read_catalog_of`].
pub(super) async fn inventory(
    session: &Session,
    plan: &Plan,
) -> Result<(Inventory, String), Refusal> {
    let asked = "SELECT pg_catalog.quote_ident(current_user)";
    let row = session.client().query_typed(asked, &[]).await;
    let row = row.map_err(|error| refusal(&error, "ask for the session's role"))?;
    let role: String = row[0].get(0);
    let mut catalog = read_catalog_of(session, plan.observation.migrating_role()).await?;
    take_for_the_planned(&mut catalog, plan, &role);
    Ok((catalog.inventory(), role))
}

fn effects(plan: &Plan) -> impl Iterator<Item = &Effect> {
    plan.stages.iter().flat_map(|stage| &stage.effects)
}

/// Takes objects that the plan makes, and that belong to `role`, for the migrating role's.
fn take_for_the_planned(catalog: &mut Catalog, plan: &Plan, role: &str) {
    let made = effects(plan).filter(|effect| effect.before.is_none());
    let made: BTreeSet<&ObjectId> = made.map(|effect| &effect.object).collect();
    catalog.objects.retain(|id, object| match object {
        Object::Owner(owner) if owner.role == role && !made.contains(id) => {
            id.subject().is_none_or(|subject| !made.contains(&subject))
        }
        _ => true,
    });
}

/// Checks that new objects get the rights that the plan foretells.
///
/// # Errors
/// `role-differs`.
pub(super) fn check(plan: &Plan, inventory: &Inventory, role: &str) -> Result<(), Refusal> {
    let planned = plan.observation.migrating_role();
    if role.trim_matches('"').replace("\"\"", "\"") == planned {
        return Ok(());
    }
    let is_default = |id: &ObjectId| id.kind() == Kind::DefaultPrivileges;
    let changed = effects(plan).map(|effect| &effect.object).find(|id| is_default(id));
    let makes =
        effects(plan).any(|effect| effect.before.is_none() && !effect.object.kind().is_given());
    // Of the planned role they go without its name.
    let own = format!("FOR {role} ");
    let concerns = |id: &&ObjectId| {
        is_default(id) && (!id.name().starts_with("FOR ") || id.name().starts_with(&own))
    };
    let in_force = inventory.0.keys().find(concerns).filter(|_| makes);
    let Some(defaults) = changed.or(in_force) else {
        return Ok(());
    };
    Err(Refusal::new(
        Code::RoleDiffers,
        format!(
            "this session is `{}`, and the plan foretells the rights of objects that `{planned}` makes",
            role.trim_matches('"')
        ),
    )
    .note(format!("new objects get their rights by the role that makes them: {defaults}"))
    .help(format!(
        "connect as `{planned}`, or act as that role: `PGOPTIONS='-c role={planned}' enact apply …`"
    )))
}
