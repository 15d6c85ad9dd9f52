//! Text search: parsers and templates are made anew; dictionaries get their options and
//! configurations their mappings in place.

use crate::catalog::{
    TextSearchConfiguration, TextSearchDictionary, TextSearchParser, TextSearchTemplate,
    TokenMapping,
};

use super::choice::Way;
use super::kind::{Site, Written, comment, created};
use super::script::Statement;
use super::text::{find_outside, indented, name, qualified, split_list};

impl Written for TextSearchParser {
    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        let with_comment = Self { comment: after.comment.clone(), ..before.clone() };
        Way::in_place_if(with_comment == *after)
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let mut lines = vec![
            format!("START = {}", self.start),
            format!("GETTOKEN = {}", self.token),
            format!("END = {}", self.end),
            format!("LEXTYPES = {}", self.types),
        ];
        lines.extend(self.headline.as_ref().map(|function| format!("HEADLINE = {function}")));
        made(site, &lines, self.comment.as_ref())
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP {}", words(site)))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        commented(site, before.comment.as_ref(), after.comment.as_ref())
    }
}

impl Written for TextSearchTemplate {
    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        let with_comment = Self { comment: after.comment.clone(), ..before.clone() };
        Way::in_place_if(with_comment == *after)
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let init = self.init.as_ref().map(|function| format!("INIT = {function}"));
        let lines: Vec<_> = init.into_iter().chain([format!("LEXIZE = {}", self.lexize)]).collect();
        made(site, &lines, self.comment.as_ref())
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP {}", words(site)))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        commented(site, before.comment.as_ref(), after.comment.as_ref())
    }
}

impl Written for TextSearchDictionary {
    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        Way::in_place_if(before.template == after.template)
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let template = [format!("TEMPLATE = {}", self.template)];
        let lines: Vec<_> = template.into_iter().chain(options(self).map(str::to_owned)).collect();
        made(site, &lines, self.comment.as_ref())
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP {}", words(site)))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let old: Vec<&str> = options(before).collect();
        let new: Vec<&str> = options(after).collect();
        // An option that is set stands at the end afterwards: those that need not be set again are
        // the first of the new ones, as far as they stand in the old order.
        let mut rest = old.iter();
        let kept = new.iter().take_while(|option| rest.any(|other| other == *option)).count();
        let gone = old.iter().map(|option| key(option));
        let mut changes: Vec<&str> =
            gone.filter(|gone| !new.iter().any(|option| key(option) == *gone)).collect();
        changes.extend(&new[kept..]);
        let alter = format!("ALTER {} ({})", words(site), changes.join(", "));
        let alter = (!changes.is_empty()).then(|| Statement::new(site.id, alter));
        let comment = commented(site, before.comment.as_ref(), after.comment.as_ref());
        alter.into_iter().chain(comment).collect()
    }
}

impl Written for TextSearchConfiguration {
    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        Way::in_place_if(before.parser == after.parser)
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let sql = format!("CREATE {} (PARSER = {})", words(site), self.parser);
        let bare = Self { parser: self.parser.clone(), ..Self::default() };
        let create = Statement::new(site.id, sql);
        [create].into_iter().chain(Self::alter(site, &bare, self)).collect()
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP {}", words(site)))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let find = |mappings: &[TokenMapping], name: &str| {
            mappings.iter().find(|mapping| mapping.name == name).cloned()
        };
        let mut statements = Vec::new();
        let mut alter = |what: String| {
            statements.push(Statement::new(site.id, format!("ALTER {} {what}", words(site))));
        };
        let gone = before.mappings.iter().filter(|old| find(&after.mappings, &old.name).is_none());
        let gone: Vec<_> = gone.map(|old| name(&old.name)).collect();
        if !gone.is_empty() {
            alter(format!("DROP MAPPING FOR {}", gone.join(", ")));
        }
        // Tokens that are treated alike are told together.
        let mut told: Vec<(&str, &[String], Vec<String>)> = Vec::new();
        for new in &after.mappings {
            let verb = match find(&before.mappings, &new.name) {
                Some(old) if old.dictionaries == new.dictionaries => continue,
                Some(_) => "ALTER",
                None => "ADD",
            };
            let alike = told.iter_mut().find(|(other, dictionaries, _)| {
                *other == verb && *dictionaries == new.dictionaries
            });
            match alike {
                Some((.., tokens)) => tokens.push(name(&new.name)),
                None => told.push((verb, &new.dictionaries, vec![name(&new.name)])),
            }
        }
        for (verb, dictionaries, tokens) in told {
            let tokens = tokens.join(", ");
            alter(format!("{verb} MAPPING FOR {tokens}\n    WITH {}", dictionaries.join(", ")));
        }
        statements.extend(commented(site, before.comment.as_ref(), after.comment.as_ref()));
        statements
    }
}

/// The options of a dictionary, one by one: `accept = 'false'`.
fn options(dictionary: &TextSearchDictionary) -> impl Iterator<Item = &str> {
    split_list(dictionary.options.as_deref().unwrap_or_default()).into_iter()
}

fn key(option: &str) -> &str {
    find_outside(option, " =").map_or(option, |at| &option[..at])
}

fn made(site: Site<'_>, lines: &[String], comment: Option<&String>) -> Vec<Statement> {
    let sql = format!("CREATE {} (\n{}\n)", words(site), indented(lines));
    created(Statement::new(site.id, sql), &words(site), comment)
}

fn commented(site: Site<'_>, old: Option<&String>, new: Option<&String>) -> Vec<Statement> {
    comment(site.id, &words(site), old, new).into_iter().collect()
}

/// `TEXT SEARCH PARSER public.words`.
fn words(site: Site<'_>) -> String {
    format!("{} {}", site.id.kind().label().to_uppercase(), qualified(site.id))
}
