//! Triggers, and whether they fire. The copy on a partition is made with its parent's.

use crate::catalog::Trigger;

use super::choice::Way;
use super::kind::{Site, Written, comment};
use super::script::Statement;
use super::text::{name, on_table};

impl Written for Trigger {
    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        let kept = |trigger: &Self| (trigger.definition.clone(), trigger.inherited);
        if kept(before) == kept(after) { Way::Alter } else { Way::Rebuild }
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let mut statements = Vec::new();
        if !self.inherited {
            statements.push(Statement::new(site.id, self.definition.clone()));
        }
        // An object of its own that comes from a parent is one that fires otherwise than it.
        let start = if self.inherited { Some("as its parent") } else { None };
        statements.extend(firing(site, start, self.enabled.as_deref()));
        statements.extend(comment_on(site, None, self));
        statements
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        let (trigger, table) = (name(site.id.name()), on_table(site.id));
        if self.inherited {
            let parent = site.world.parent_trigger(site.id);
            let state = parent.map(|parent| parent.enabled.as_deref());
            let stays = state.and_then(|state| firing(site, self.enabled.as_deref(), state));
            return stays.into_iter().collect();
        }
        vec![Statement::new(site.id, format!("DROP TRIGGER {trigger} ON {table}"))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let firing = firing(site, before.enabled.as_deref(), after.enabled.as_deref());
        firing.into_iter().chain(comment_on(site, Some(before), after)).collect()
    }
}

fn firing(site: Site<'_>, before: Option<&str>, after: Option<&str>) -> Option<Statement> {
    if before == after {
        return None;
    }
    let state = state(after);
    // A parent's word would be carried to its partitions, which have their own.
    let only = if site.world.has_children(site.id) { "ONLY " } else { "" };
    let (trigger, table) = (name(site.id.name()), on_table(site.id));
    let sql = format!("ALTER TABLE {only}{table} {state} TRIGGER {trigger}");
    Some(Statement::new(site.id, sql))
}

/// When a trigger or rule is to be heeded, as ALTER takes it.
pub(super) fn state(enabled: Option<&str>) -> &'static str {
    match enabled {
        None => "ENABLE",
        Some("disabled") => "DISABLE",
        Some("replica") => "ENABLE REPLICA",
        Some(_) => "ENABLE ALWAYS",
    }
}

fn comment_on(site: Site<'_>, before: Option<&Trigger>, after: &Trigger) -> Option<Statement> {
    let words = format!("TRIGGER {} ON {}", name(site.id.name()), on_table(site.id));
    let before = before.and_then(|before| before.comment.as_ref());
    comment(site.id, &words, before, after.comment.as_ref())
}
