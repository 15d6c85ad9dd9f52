//! Languages, which are replaced in place.

use crate::catalog::Language;

use super::choice::Way;
use super::kind::{Site, Written, comment};
use super::script::Statement;
use super::text::name;

impl Written for Language {
    fn way(_: Site<'_>, _: &Self, _: &Self) -> Way {
        Way::Alter
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let create = Statement::new(site.id, self.definition(site, "CREATE"));
        [create].into_iter().chain(comment_on(site, None, self)).collect()
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP LANGUAGE {}", name(site.id.name())))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let bare = |language: &Self| Self { comment: None, ..language.clone() };
        let replace = (bare(before) != bare(after))
            .then(|| Statement::new(site.id, after.definition(site, "CREATE OR REPLACE")));
        replace.into_iter().chain(comment_on(site, Some(before), after)).collect()
    }
}

impl Language {
    fn definition(&self, site: Site<'_>, verb: &str) -> String {
        let trusted = if self.trusted { "TRUSTED " } else { "" };
        let mut sql = format!("{verb} {trusted}LANGUAGE {}", name(site.id.name()));
        let functions =
            [("HANDLER", &self.handler), ("INLINE", &self.inline), ("VALIDATOR", &self.validator)];
        for (word, function) in functions {
            if let Some(function) = function {
                sql.push_str(&format!("\n    {word} {function}"));
            }
        }
        sql
    }
}

fn comment_on(site: Site<'_>, before: Option<&Language>, after: &Language) -> Option<Statement> {
    let words = format!("LANGUAGE {}", name(site.id.name()));
    let before = before.and_then(|before| before.comment.as_ref());
    comment(site.id, &words, before, after.comment.as_ref())
}
