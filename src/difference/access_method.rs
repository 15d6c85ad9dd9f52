//! Access methods. Nothing of them can be changed; what has one that is made again cannot be kept.

use crate::catalog::AccessMethod;

use super::choice::Way;
use super::kind::{Site, Written, comment};
use super::script::Statement;
use super::text::name;

impl Written for AccessMethod {
    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        let same = before.method_type == after.method_type && before.handler == after.handler;
        if same { Way::Alter } else { Way::Rebuild }
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let sql = format!(
            "CREATE ACCESS METHOD {} TYPE {} HANDLER {}",
            name(site.id.name()),
            self.method_type.to_uppercase(),
            self.handler
        );
        let start = Self { comment: None, ..self.clone() };
        let create = Statement::new(site.id, sql);
        [create].into_iter().chain(Self::alter(site, &start, self)).collect()
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP ACCESS METHOD {}", name(site.id.name())))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let words = format!("ACCESS METHOD {}", name(site.id.name()));
        let (before, after) = (before.comment.as_ref(), after.comment.as_ref());
        comment(site.id, &words, before, after).into_iter().collect()
    }
}
