//! Row-level security policies.

use crate::catalog::Policy;

use super::choice::Way;
use super::kind::{Site, Written, comment};
use super::script::Statement;
use super::text::{name, on_table};

impl Written for Policy {
    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        // ALTER POLICY can change a condition, but not take it away.
        let stays = before.restrictive == after.restrictive
            && before.command == after.command
            && (before.using.is_none() || after.using.is_some())
            && (before.check.is_none() || after.check.is_some());
        if stays { Way::Alter } else { Way::Rebuild }
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let mut sql = format!("CREATE POLICY {} ON {}", name(site.id.name()), on_table(site.id));
        if self.restrictive {
            sql.push_str("\n    AS RESTRICTIVE");
        }
        if self.command != "all" {
            sql.push_str(&format!("\n    FOR {}", self.command.to_uppercase()));
        }
        if self.roles != ["public"] {
            sql.push_str(&format!("\n    TO {}", self.roles.join(", ")));
        }
        sql.push_str(&self.conditions(None));
        let comment = comment_on(site, None, self);
        [Statement::new(site.id, sql)].into_iter().chain(comment).collect()
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        let sql = format!("DROP POLICY {} ON {}", name(site.id.name()), on_table(site.id));
        vec![Statement::new(site.id, sql)]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let mut changes = String::new();
        if before.roles != after.roles {
            changes.push_str(&format!("\n    TO {}", after.roles.join(", ")));
        }
        changes.push_str(&after.conditions(Some(before)));
        let alter = (!changes.is_empty()).then(|| {
            let sql = format!("ALTER POLICY {} ON {}", name(site.id.name()), on_table(site.id));
            Statement::new(site.id, sql + &changes)
        });
        alter.into_iter().chain(comment_on(site, Some(before), after)).collect()
    }
}

impl Policy {
    /// The conditions that differ from those of `before`.
    fn conditions(&self, before: Option<&Self>) -> String {
        let mut sql = String::new();
        let old_using = before.and_then(|before| before.using.as_ref());
        if let Some(using) = self.using.as_ref().filter(|using| old_using != Some(using)) {
            sql.push_str(&format!("\n    USING {}", bracketed(using)));
        }
        let old_check = before.and_then(|before| before.check.as_ref());
        if let Some(check) = self.check.as_ref().filter(|check| old_check != Some(check)) {
            sql.push_str(&format!("\n    WITH CHECK {}", bracketed(check)));
        }
        sql
    }
}

/// The server writes most conditions in brackets, but not `true`.
fn bracketed(condition: &str) -> String {
    format!("({condition})")
}

fn comment_on(site: Site<'_>, before: Option<&Policy>, after: &Policy) -> Option<Statement> {
    let words = format!("POLICY {} ON {}", name(site.id.name()), on_table(site.id));
    let before = before.and_then(|before| before.comment.as_ref());
    comment(site.id, &words, before, after.comment.as_ref())
}
