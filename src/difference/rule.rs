//! Rewrite rules, and whether they apply. A rule is replaced in place; what makes a view is the view.

use crate::catalog::Rule;

use super::choice::Way;
use super::kind::{Site, Written, comment};
use super::script::Statement;
use super::text::{name, on_table};
use super::trigger::state;

impl Written for Rule {
    fn way(_: Site<'_>, _: &Self, _: &Self) -> Way {
        Way::Alter
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let create = Statement::new(site.id, self.statement().to_owned());
        let start = Self { definition: self.definition.clone(), ..Self::default() };
        [create].into_iter().chain(details(site, &start, self)).collect()
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        let sql = format!("DROP RULE {} ON {}", name(site.id.name()), on_table(site.id));
        vec![Statement::new(site.id, sql)]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let replace = (before.definition != after.definition).then(|| {
            let sql = after.statement().replacen("CREATE RULE ", "CREATE OR REPLACE RULE ", 1);
            Statement::new(site.id, sql)
        });
        replace.into_iter().chain(details(site, before, after)).collect()
    }
}

impl Rule {
    fn statement(&self) -> &str {
        self.definition.trim_end().trim_end_matches(';')
    }
}

fn details(site: Site<'_>, before: &Rule, after: &Rule) -> Vec<Statement> {
    let (rule, table) = (name(site.id.name()), on_table(site.id));
    let mut statements = Vec::new();
    if before.enabled != after.enabled {
        let state = state(after.enabled.as_deref());
        let sql = format!("ALTER TABLE {table} {state} RULE {rule}");
        statements.push(Statement::new(site.id, sql));
    }
    let words = format!("RULE {rule} ON {table}");
    statements.extend(comment(site.id, &words, before.comment.as_ref(), after.comment.as_ref()));
    statements
}
