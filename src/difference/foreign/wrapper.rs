//! Foreign-data wrappers. All of them can be changed in place, and what stands on one stays.

use crate::catalog::{ForeignDataWrapper, Kind, ObjectId};

use super::{changes, keep, listed, lost, reach};
use crate::difference::choice::Way;
use crate::difference::kind::{Site, Written, comment, created};
use crate::difference::script::Statement;
use crate::difference::text::{name, split_qualified};

impl Written for ForeignDataWrapper {
    fn reach(_: Site<'_>, before: Option<&Self>, after: &mut Self) -> Vec<String> {
        reach(before.map_or(&[], |before| &before.options), &mut after.options)
    }

    fn keep(before: &Self, after: &mut Self) -> Vec<String> {
        keep(&before.options, &mut after.options)
    }

    fn way(_: Site<'_>, _: &Self, _: &Self) -> Way {
        Way::Alter
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let mut sql = format!("CREATE {}", words(site));
        let start = Self::default();
        for part in self.functions(&start).into_iter().chain(listed(&self.options)) {
            sql.push_str(&format!("\n    {part}"));
        }
        created(Statement::new(site.id, sql), &words(site), self.comment.as_ref())
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        let mut drop = Statement::new(site.id, format!("DROP {}", words(site)));
        drop.loses = lost(&self.options, &[]);
        vec![drop]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let start = before.without_rebuilt(site);
        let parts = after.functions(&start);
        let parts: Vec<String> =
            parts.into_iter().chain(changes(&before.options, &after.options)).collect();
        let alter = (!parts.is_empty()).then(|| {
            let sql = format!("ALTER {} {}", words(site), parts.join(" "));
            let mut alter = Statement::new(site.id, sql);
            alter.loses = lost(&before.options, &after.options);
            alter
        });
        let (before, after) = (before.comment.as_ref(), after.comment.as_ref());
        alter.into_iter().chain(comment(site.id, &words(site), before, after)).collect()
    }

    /// Before a function of it is removed and made again.
    fn loosen(site: Site<'_>, before: &Self, _: &Self) -> Vec<Statement> {
        let parts = before.without_rebuilt(site).functions(before);
        let alter = (!parts.is_empty())
            .then(|| Statement::new(site.id, format!("ALTER {} {}", words(site), parts.join(" "))));
        alter.into_iter().collect()
    }
}

impl ForeignDataWrapper {
    /// The words that lead from the functions of `before` to these.
    fn functions(&self, before: &Self) -> Vec<String> {
        let word = |word: &str, old: &Option<String>, new: &Option<String>| match new {
            _ if old == new => None,
            Some(function) => Some(format!("{word} {function}")),
            None => Some(format!("NO {word}")),
        };
        let handler = word("HANDLER", &before.handler, &self.handler);
        handler.into_iter().chain(word("VALIDATOR", &before.validator, &self.validator)).collect()
    }

    fn without_rebuilt(&self, site: Site<'_>) -> Self {
        let stays = |function: &String, arguments: &str| {
            let (schema, function) = split_qualified(function);
            let arguments = Some(arguments.to_owned());
            let id = ObjectId::from_parts(Kind::Function, schema, None, function, arguments);
            !id.is_some_and(|id| site.world.choices.is_made_again(&id))
        };
        Self {
            handler: self.handler.clone().filter(|handler| stays(handler, "")),
            validator: self.validator.clone().filter(|validator| stays(validator, "text[], oid")),
            ..self.clone()
        }
    }
}

fn words(site: Site<'_>) -> String {
    format!("FOREIGN DATA WRAPPER {}", name(site.id.name()))
}
