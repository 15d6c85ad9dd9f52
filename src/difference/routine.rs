//! Functions, window functions and procedures: replaced in place where the server allows it.

use crate::catalog::{Kind, Routine};

use super::choice::Way;
use super::kind::{Site, Written, comment};
use super::script::Statement;
use super::text::{dollar_quoted, find_outside, literal, qualified, signature, split_list};

impl Written for Routine {
    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        let replaceable = before.result == after.result
            && before.window == after.window
            && bare_arguments(before) == bare_arguments(after)
            && defaults(after) >= defaults(before);
        if replaceable { Way::Alter } else { Way::Rebuild }
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let create = Statement::new(site.id, self.definition(site, "CREATE"));
        let words = format!("{} {}", word(site), signature(site.id));
        let comment = comment(site.id, &words, None, self.comment.as_ref());
        [create].into_iter().chain(comment).collect()
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP {} {}", word(site), signature(site.id)))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let mut statements = Vec::new();
        let bare = |routine: &Self| Self { comment: None, ..routine.clone() };
        if bare(before) != bare(after) {
            statements.push(Statement::new(site.id, after.definition(site, "CREATE OR REPLACE")));
        }
        let words = format!("{} {}", word(site), signature(site.id));
        statements.extend(comment(
            site.id,
            &words,
            before.comment.as_ref(),
            after.comment.as_ref(),
        ));
        statements
    }
}

impl Routine {
    fn definition(&self, site: Site<'_>, verb: &str) -> String {
        let mut sql = format!("{verb} {} {}({})", word(site), qualified(site.id), self.arguments);
        if let Some(result) = &self.result {
            sql.push_str(&format!("\n    RETURNS {result}"));
        }
        sql.push_str(&format!("\n    LANGUAGE {}", super::text::name(&self.language)));
        if !self.transforms.is_empty() {
            let types: Vec<_> =
                self.transforms.iter().map(|name| format!("FOR TYPE {name}")).collect();
            sql.push_str(&format!("\n    TRANSFORM {}", types.join(", ")));
        }
        for words in self.properties() {
            sql.push_str(&format!("\n    {words}"));
        }
        for setting in &self.settings {
            sql.push_str(&format!("\n    SET {}", self::setting(setting)));
        }
        sql.push('\n');
        sql.push_str(&self.text());
        sql
    }

    /// What differs from what the server takes without a word.
    fn properties(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut property = |is: bool, text: String| {
            if is {
                words.push(text);
            }
        };
        property(self.window, "WINDOW".to_owned());
        property(self.volatility != "volatile", self.volatility.to_uppercase());
        property(self.strict, "STRICT".to_owned());
        property(self.security_definer, "SECURITY DEFINER".to_owned());
        property(self.leakproof, "LEAKPROOF".to_owned());
        property(self.parallel != "unsafe", format!("PARALLEL {}", self.parallel.to_uppercase()));
        let compiled = matches!(self.language.as_str(), "c" | "internal");
        property(
            self.result.is_some() && self.cost != if compiled { "1" } else { "100" },
            format!("COST {}", self.cost),
        );
        let many = self
            .result
            .as_deref()
            .is_some_and(|result| result.starts_with("SETOF ") || result.starts_with("TABLE("));
        property(many && self.rows != "1000", format!("ROWS {}", self.rows));
        if let Some(support) = &self.support {
            // The signature would not be taken here.
            let name = support.split('(').next().unwrap_or(support);
            property(true, format!("SUPPORT {name}"));
        }
        words
    }

    fn text(&self) -> String {
        if let Some(library) = &self.library {
            return format!("AS {}, {}", literal(library), literal(&self.body));
        }
        match self.language.as_str() {
            "internal" | "c" => format!("AS {}", literal(&self.body)),
            // Neither is valid as the text of a SQL function.
            "sql"
                if self.body.starts_with("RETURN ") || self.body.starts_with("BEGIN ATOMIC\n") =>
            {
                self.body.clone()
            }
            _ => format!("AS {}", dollar_quoted(&self.body)),
        }
    }
}

fn word(site: Site<'_>) -> &'static str {
    if site.id.kind() == Kind::Procedure { "PROCEDURE" } else { "FUNCTION" }
}

/// The arguments without their defaults: what OR REPLACE must find as it was.
fn bare_arguments(routine: &Routine) -> Vec<&str> {
    let bare = |argument: &'_ str| find_outside(argument, " DEFAULT ");
    let arguments = split_list(&routine.arguments).into_iter();
    arguments.map(|text| &text[..bare(text).unwrap_or(text.len())]).collect()
}

fn defaults(routine: &Routine) -> usize {
    let arguments = split_list(&routine.arguments).into_iter();
    arguments.filter(|text| find_outside(text, " DEFAULT ").is_some()).count()
}

/// A setting such as `search_path=pg_catalog, public`, as SET takes it.
fn setting(setting: &str) -> String {
    /// Settings that are lists of names, which the server keeps quoted one by one.
    const LISTS: &[&str] = &[
        "local_preload_libraries",
        "search_path",
        "session_preload_libraries",
        "shared_preload_libraries",
        "temp_tablespaces",
        "unix_socket_directories",
    ];
    let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
    if !LISTS.contains(&key) {
        return format!("{key} TO {}", literal(value));
    }
    let items = split_list(value).into_iter().map(|item| {
        let plain = item.strip_prefix('"').and_then(|item| item.strip_suffix('"'));
        literal(&plain.map_or_else(|| item.to_owned(), |item| item.replace("\"\"", "\"")))
    });
    let items: Vec<String> = items.collect();
    format!("{key} TO {}", if items.is_empty() { "''".to_owned() } else { items.join(", ") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_written_as_they_were_meant() {
        assert_eq!(
            setting("search_path=pg_catalog, \"$user\""),
            "search_path TO 'pg_catalog', '$user'"
        );
        assert_eq!(setting("search_path=\"\""), "search_path TO ''");
        assert_eq!(setting("work_mem=4MB"), "work_mem TO '4MB'");
    }
}
