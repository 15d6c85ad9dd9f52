//! Conversions between encodings.

use crate::catalog::Conversion;

use super::choice::Way;
use super::kind::{Site, Written, comment, created};
use super::script::Statement;
use super::text::{literal, qualified};

impl Written for Conversion {
    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        let with_comment = Self { comment: after.comment.clone(), ..before.clone() };
        Way::in_place_if(with_comment == *after)
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let default = if self.default { "DEFAULT " } else { "" };
        let sql = format!(
            "CREATE {default}CONVERSION {} FOR {} TO {} FROM {}",
            qualified(site.id),
            literal(&self.source),
            literal(&self.target),
            self.function
        );
        created(Statement::new(site.id, sql), &words(site), self.comment.as_ref())
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP {}", words(site)))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let (old, new) = (before.comment.as_ref(), after.comment.as_ref());
        comment(site.id, &words(site), old, new).into_iter().collect()
    }
}

fn words(site: Site<'_>) -> String {
    format!("CONVERSION {}", qualified(site.id))
}
