//! Schemas.

use crate::catalog::Schema;

use super::choice::Way;
use super::kind::{Site, Written, comment};
use super::script::Statement;
use super::text::qualified;

impl Written for Schema {
    fn way(_: Site<'_>, _: &Self, _: &Self) -> Way {
        Way::Alter
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let create = Statement::new(site.id, format!("CREATE SCHEMA {}", qualified(site.id)));
        let none = Self::default();
        [create].into_iter().chain(Self::alter(site, &none, self)).collect()
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP SCHEMA {}", qualified(site.id)))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let words = format!("SCHEMA {}", qualified(site.id));
        let (before, after) = (before.comment.as_ref(), after.comment.as_ref());
        comment(site.id, &words, before, after).into_iter().collect()
    }
}
