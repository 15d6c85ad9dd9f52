//! Names, literals and lists as a careful person writes them in SQL.

use crate::catalog::ObjectId;
use crate::statement::{QualifiedName, quoted};

/// `name` as an identifier: in quotes only where it needs them.
pub(super) fn name(name: &str) -> String {
    quoted(name)
}

/// The object's name with its schema, if it stands in one.
pub(super) fn qualified(id: &ObjectId) -> String {
    in_schema(id.schema(), id.name())
}

/// The table (or view) that the object stands on.
pub(super) fn on_table(id: &ObjectId) -> String {
    in_schema(id.schema(), id.on_table().unwrap_or_default())
}

pub(super) fn in_schema(schema: Option<&str>, name: &str) -> String {
    QualifiedName { schema: schema.map(str::to_owned), name: name.to_owned() }.to_string()
}

/// A routine with the types of its arguments.
pub(super) fn signature(id: &ObjectId) -> String {
    format!("{}({})", qualified(id), id.arguments().unwrap_or_default())
}

/// The name in a function with the types of its arguments, as the server writes it.
pub(super) fn call_name(function: &str) -> &str {
    &function[..find_outside(function, "(").unwrap_or(function.len())]
}

/// `text` as a string; comments with line breaks are readable only as they are.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `text` between dollar quotes that do not occur in it.
pub(super) fn dollar_quoted(text: &str) -> String {
    // The text may not end in what, with the first character after it, would close it.
    let closes = |tag: &str| text.contains(tag) || text.ends_with(&tag[..tag.len() - 1]);
    let tag = ["$$", "$body$", "$function$"]
        .into_iter()
        .map(str::to_owned)
        .chain((1..=text.len()).map(|number| format!("$body{number}$")))
        .find(|tag| !closes(tag))
        .unwrap_or_default();
    format!("{tag}{text}{tag}")
}

/// The schema and the name in a qualified name that the server wrote, such as `public."Cats"`.
pub(super) fn split_qualified(text: &str) -> (Option<String>, String) {
    let mut parts = identifiers(text);
    let name = parts.pop().unwrap_or_default();
    (parts.pop(), name)
}

/// The parts of a dotted name, unquoted.
pub(super) fn identifiers(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let part = parts.last_mut().expect("there is one from the start");
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                part.push('"');
            }
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            other => part.push(other),
        }
    }
    parts
}

/// A storage parameter such as `fillfactor=70`, as `(name, value)`.
pub(super) fn parameter(option: &str) -> (&str, &str) {
    option.split_once('=').unwrap_or((option, "true"))
}

/// Storage parameters as SET and WITH take them: `fillfactor = 70, toast.autovacuum_enabled = off`.
pub(super) fn parameters<'a>(options: impl IntoIterator<Item = &'a String>) -> String {
    let one = |option: &'a String| {
        let (key, value) = parameter(option);
        let plain = !value.is_empty()
            && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '_');
        let value = if plain { value.to_owned() } else { literal(value) };
        format!("{key} = {value}")
    };
    options.into_iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What leads from one list of parameters to another: those to set, and the names of those to reset.
pub(super) fn parameter_changes<'a>(
    before: &'a [String],
    after: &'a [String],
) -> (Vec<&'a String>, Vec<&'a str>) {
    let set = after.iter().filter(|option| !before.contains(option)).collect();
    let has = |key: &str| after.iter().any(|option| parameter(option).0 == key);
    let reset = before.iter().map(|option| parameter(option).0).filter(|key| !has(key)).collect();
    (set, reset)
}

/// Where the parts of `text` are separated by a comma outside brackets and quotes.
pub(super) fn split_list(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start, mut quote) = (0_usize, 0, None);
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None, '\'' | '"') => quote = Some(character),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    let last = text[start..].trim();
    if !last.is_empty() {
        parts.push(last);
    }
    parts
}

/// Where `word` stands in `text` outside quotes and brackets.
pub(super) fn find_outside(text: &str, word: &str) -> Option<usize> {
    let (mut depth, mut quote) = (0_usize, None);
    for (at, character) in text.char_indices() {
        if depth == 0 && quote.is_none() && text[at..].starts_with(word) {
            return Some(at);
        }
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None, '\'' | '"') => quote = Some(character),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// Lines of a statement's body, indented.
pub(super) fn indented(lines: &[String]) -> String {
    lines.iter().map(|line| format!("    {line}")).collect::<Vec<_>>().join(",\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_only_where_they_need_it() {
        assert_eq!(name("cats"), "cats");
        assert_eq!(name("order"), "\"order\"");
        assert_eq!(in_schema(Some("Zoo"), "a\"b"), "\"Zoo\".\"a\"\"b\"");
        assert_eq!(split_qualified("\"Zoo\".\"a\"\".b\""), (Some("Zoo".into()), "a\".b".into()));
    }

    #[test]
    fn a_body_ends_where_its_quotes_do() {
        assert_eq!(dollar_quoted("SELECT 1"), "$$SELECT 1$$");
        assert_eq!(dollar_quoted("a $$ b"), "$body$a $$ b$body$");
        assert_eq!(dollar_quoted("a$"), "$body$a$$body$");
        assert_eq!(dollar_quoted("$$ $body$ $function$"), "$body1$$$ $body$ $function$$body1$");
    }

    #[test]
    fn lists_are_split_outside_brackets_and_quotes() {
        let list = "a integer DEFAULT f(1, 2), b text DEFAULT 'x, y', \"c, d\" numeric(5,2)";
        let parts = ["a integer DEFAULT f(1, 2)", "b text DEFAULT 'x, y'", "\"c, d\" numeric(5,2)"];
        assert_eq!(split_list(list), parts);
        assert_eq!(find_outside(parts[1], " DEFAULT "), Some(6));
        assert_eq!(find_outside("f(a DEFAULT b)", " DEFAULT "), None);
    }
}
