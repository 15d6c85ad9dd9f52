//! The server's words with names exchanged.
//!
//! In: a description and a new name. Out: the description as the server would write it, as far as
//! tokens tell.

use serde_json::Value;

use crate::catalog::{Kind, Object, ObjectId};

use super::text::{in_schema, literal, name};

/// A description in which `id` is called `to`.
pub(super) fn rewritten(own: &ObjectId, object: Object, id: &ObjectId, to: &str) -> Object {
    let is_view = matches!(own.kind(), Kind::View | Kind::MaterializedView);
    let (old, new) = (name(id.name()), name(to));
    let is_server = id.kind() == Kind::ForeignServer;
    let mut object = with_texts(own, object, &|_, text| {
        let text = of_object(text, id, to);
        match id.kind() {
            // Columns stand after the table's own name in views, which have no other for it.
            Kind::Table | Kind::View | Kind::MaterializedView if is_view => {
                exchanged(&text, &[&old, "."], &[&new, "."], true)
            }
            // Definitions begin with their own names.
            Kind::Index | Kind::Trigger | Kind::Rule if own == id => {
                let word = match id.kind() {
                    Kind::Index => " INDEX",
                    Kind::Trigger => "TRIGGER",
                    _ => "CREATE RULE",
                };
                text.replacen(&format!("{word} {old} "), &format!("{word} {new} "), 1)
            }
            _ => text,
        }
    });
    match &mut object {
        Object::Index(index)
            if index.table == id.name()
                && own.schema() == id.schema()
                && matches!(id.kind(), Kind::Table | Kind::MaterializedView) =>
        {
            to.clone_into(&mut index.table);
        }
        Object::Statistics(statistics) => {
            statistics.table = of_object(&statistics.table, id, to);
        }
        Object::Publication(publication) => {
            for table in &mut publication.tables {
                table.name = of_object(&table.name, id, to);
            }
            publication.tables.sort_by(|one, other| one.name.cmp(&other.name));
        }
        Object::ForeignTable(table) if is_server && table.server == id.name() => {
            to.clone_into(&mut table.server);
        }
        Object::UserMapping(mapping) if is_server && mapping.server == id.name() => {
            to.clone_into(&mut mapping.server);
        }
        _ => {}
    }
    object
}

/// `text` with the qualified name of `id` changed.
pub(super) fn of_object(text: &str, id: &ObjectId, to: &str) -> String {
    let Some(schema) = id.schema().filter(|_| id.on_table().is_none()) else {
        return text.to_owned();
    };
    let (schema, old, new) = (name(schema), name(id.name()), name(to));
    // Most texts do not name it.
    if !text.contains(&in_schema(id.schema(), id.name())) {
        return text.to_owned();
    }
    let text = exchanged(text, &[&schema, ".", &old], &[&schema, ".", &new], false);
    // The argument of nextval() is a string.
    let constant = |name: &str| format!("{}::regclass", literal(&format!("{schema}.{name}")));
    text.replace(&constant(&old), &constant(&new))
}

/// A description with every text that the server made up changed by `change`, which is told the
/// field. Comments, labels and the bodies of functions that are kept as text stay.
pub(super) fn with_texts(
    id: &ObjectId,
    object: Object,
    change: &dyn Fn(&str, &str) -> String,
) -> Object {
    let is_text_body = match &object {
        Object::Function(routine) | Object::Procedure(routine) => {
            routine.language != "sql"
                || !(routine.body.starts_with("RETURN ")
                    || routine.body.starts_with("BEGIN ATOMIC"))
        }
        _ => false,
    };
    let Ok(mut value) = serde_json::to_value(&object) else {
        return object;
    };
    walk("", &mut value, &|field, text| {
        let stays = matches!(field, "comment" | "labels" | "name" | "table")
            || field == "body" && is_text_body;
        (!stays).then(|| change(field, text))
    });
    Object::from_json(id.kind(), &value.to_string()).unwrap_or(object)
}

fn walk(field: &str, value: &mut Value, change: &dyn Fn(&str, &str) -> Option<String>) {
    match value {
        Value::String(text) => {
            if let Some(changed) = change(field, text) {
                *text = changed;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(field, item, change)),
        Value::Object(fields) => {
            for (field, value) in fields.iter_mut() {
                walk(field, value, change);
            }
        }
        _ => {}
    }
}

/// `text` with every run of tokens `old` as `new`. With `at_start` a run after a dot does not count.
pub(super) fn exchanged(text: &str, old: &[&str], new: &[&str], at_start: bool) -> String {
    let tokens = tokens(text);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < tokens.len() {
        let follows_dot = at > 0 && tokens[at - 1] == ".";
        if tokens[at..].starts_with(old) && !(at_start && follows_dot) {
            out.extend(new.iter().copied());
            at += old.len();
        } else {
            out.push_str(tokens[at]);
            at += 1;
        }
    }
    out
}

/// Names, strings, and single characters between them.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let length = match first {
            '"' | '\'' => {
                let end = rest[1..].find(first).map_or(rest.len(), |end| end + 2);
                end.min(rest.len())
            }
            c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        tokens.push(&rest[..length]);
        rest = &rest[length..];
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_where_they_are_names() {
        let text = "SELECT cats.id, 'public.cats' FROM public.cats WHERE other.cats.id > 0";
        let text = exchanged(text, &["public", ".", "cats"], &["public", ".", "felines"], false);
        let text = exchanged(&text, &["cats", "."], &["felines", "."], true);
        assert_eq!(
            text,
            "SELECT felines.id, 'public.cats' FROM public.felines WHERE other.cats.id > 0"
        );
    }
}
