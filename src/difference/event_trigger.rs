//! Event triggers, and whether they fire. They are the first to go and the last to come, so that
//! they see as little as possible of the statements beside them.

use crate::catalog::EventTrigger;

use super::choice::Way;
use super::kind::{Site, Written, comment};
use super::script::Statement;
use super::text::{literal, name};
use super::trigger::state;

impl Written for EventTrigger {
    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        let kept = |trigger: &Self| {
            (trigger.event.clone(), trigger.tags.clone(), trigger.function.clone())
        };
        if kept(before) == kept(after) { Way::Alter } else { Way::Rebuild }
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let mut sql = format!("CREATE EVENT TRIGGER {} ON {}", name(site.id.name()), self.event);
        if !self.tags.is_empty() {
            let tags: Vec<_> = self.tags.iter().map(|tag| literal(tag)).collect();
            sql.push_str(&format!("\n    WHEN TAG IN ({})", tags.join(", ")));
        }
        sql.push_str(&format!("\n    EXECUTE FUNCTION {}()", self.function));
        let start = Self { enabled: None, comment: None, ..self.clone() };
        let create = Statement::new(site.id, sql);
        [create].into_iter().chain(Self::alter(site, &start, self)).collect()
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP EVENT TRIGGER {}", name(site.id.name())))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let words = format!("EVENT TRIGGER {}", name(site.id.name()));
        let mut statements = Vec::new();
        if before.enabled != after.enabled {
            let sql = format!("ALTER {words} {}", state(after.enabled.as_deref()));
            statements.push(Statement::new(site.id, sql));
        }
        let (before, after) = (before.comment.as_ref(), after.comment.as_ref());
        statements.extend(comment(site.id, &words, before, after));
        statements
    }
}
