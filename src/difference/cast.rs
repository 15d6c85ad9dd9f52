//! Casts between two types.

use crate::catalog::Cast;

use super::choice::Way;
use super::kind::{Site, Written, comment, created};
use super::script::Statement;

impl Written for Cast {
    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        let with_comment = Self { comment: after.comment.clone(), ..before.clone() };
        Way::in_place_if(with_comment == *after)
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let method = match (&self.function, self.method.as_str()) {
            (Some(function), _) => format!("WITH FUNCTION {function}"),
            (None, "inout") => "WITH INOUT".to_owned(),
            (None, _) => "WITHOUT FUNCTION".to_owned(),
        };
        let context =
            self.context.as_ref().map(|context| format!(" AS {}", context.to_uppercase()));
        let sql = format!("CREATE {} {method}{}", words(site), context.unwrap_or_default());
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

/// `CAST (text AS public.mood)`: the name is in the server's words.
fn words(site: Site<'_>) -> String {
    format!("CAST {}", site.id.name())
}
