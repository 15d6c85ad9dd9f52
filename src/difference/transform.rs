//! Transforms between a type and a language: replaced in place.

use crate::catalog::Transform;

use super::choice::Way;
use super::kind::{Site, Written, comment, created};
use super::script::Statement;

impl Written for Transform {
    fn way(_: Site<'_>, _: &Self, _: &Self) -> Way {
        Way::Alter
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let create = Statement::new(site.id, self.definition(site, "CREATE"));
        created(create, &words(site), self.comment.as_ref())
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP {}", words(site)))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let same = before.from_sql == after.from_sql && before.to_sql == after.to_sql;
        let replace = after.definition(site, "CREATE OR REPLACE");
        let replace = (!same).then(|| Statement::new(site.id, replace));
        let (old, new) = (before.comment.as_ref(), after.comment.as_ref());
        replace.into_iter().chain(comment(site.id, &words(site), old, new)).collect()
    }
}

impl Transform {
    fn definition(&self, site: Site<'_>, verb: &str) -> String {
        let one = |words: &str, function: &Option<String>| {
            function.as_ref().map(|function| format!("    {words} WITH FUNCTION {function}"))
        };
        let functions = [one("FROM SQL", &self.from_sql), one("TO SQL", &self.to_sql)];
        let functions: Vec<_> = functions.into_iter().flatten().collect();
        format!("{verb} {} (\n{}\n)", words(site), functions.join(",\n"))
    }
}

/// `TRANSFORM FOR public.size LANGUAGE plperl`: the name is in the server's words.
fn words(site: Site<'_>) -> String {
    format!("TRANSFORM {}", site.id.name())
}
