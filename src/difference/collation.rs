//! Collations: made anew, beside the old one where columns have it.

use crate::catalog::Collation;

use super::aside::{aside, set_aside};
use super::choice::Way;
use super::kind::{Site, Written, comment, created};
use super::script::Statement;
use super::text::{literal, qualified};

impl Written for Collation {
    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        let with_comment = Self { comment: after.comment.clone(), ..before.clone() };
        Way::in_place_if(with_comment == *after)
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let mut options = vec![format!("provider = {}", self.provider)];
        let mut option = |key: &str, value: Option<&String>| {
            options.extend(value.map(|value| format!("{key} = {}", literal(value))));
        };
        if self.lc_collate == self.lc_ctype {
            option("locale", self.locale.as_ref().or(self.lc_collate.as_ref()));
        } else {
            option("lc_collate", self.lc_collate.as_ref());
            option("lc_ctype", self.lc_ctype.as_ref());
        }
        option("rules", self.rules.as_ref());
        if self.nondeterministic {
            options.push("deterministic = false".to_owned());
        }
        let sql = format!("CREATE COLLATION {} ({})", qualified(site.id), options.join(", "));
        let create = Statement::new(site.id, sql).failing("if the server does not have the locale");
        let beside = site.world.choices.way(site.id) == Some(Way::Replace);
        let set_aside = beside.then(|| set_aside(site));
        set_aside.into_iter().chain(created(create, &words(site), self.comment.as_ref())).collect()
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        let collation = match site.world.choices.way(site.id) {
            Some(Way::Replace) => aside(site),
            _ => qualified(site.id),
        };
        vec![Statement::new(site.id, format!("DROP COLLATION {collation}"))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let (old, new) = (before.comment.as_ref(), after.comment.as_ref());
        comment(site.id, &words(site), old, new).into_iter().collect()
    }
}

fn words(site: Site<'_>) -> String {
    format!("COLLATION {}", qualified(site.id))
}
