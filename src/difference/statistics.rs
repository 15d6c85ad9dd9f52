//! Extended statistics: what is to be counted cannot be changed, and can be counted again.

use crate::catalog::Statistics;

use super::choice::Way;
use super::kind::{Site, Written, comment};
use super::script::Statement;
use super::text::qualified;

impl Written for Statistics {
    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        let same = before.definition == after.definition && before.table == after.table;
        if same { Way::Alter } else { Way::Rebuild }
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let create = Statement::new(site.id, self.definition.clone());
        let start = Self { target: None, comment: None, ..self.clone() };
        [create].into_iter().chain(Self::alter(site, &start, self)).collect()
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP STATISTICS {}", qualified(site.id)))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let words = format!("STATISTICS {}", qualified(site.id));
        let mut statements = Vec::new();
        if before.target != after.target {
            // The word DEFAULT for it is known to PostgreSQL 17 and later only.
            let target = after.target.unwrap_or(-1);
            let sql = format!("ALTER {words} SET STATISTICS {target}");
            statements.push(Statement::new(site.id, sql));
        }
        let (before, after) = (before.comment.as_ref(), after.comment.as_ref());
        statements.extend(comment(site.id, &words, before, after));
        statements
    }
}
