//! Base types. Type and functions stand on one another: the type is announced, its functions are made,
//! and then the type; and they go together.

use crate::catalog::BaseType;

use super::choice::Way;
use super::kind::{Site, Written, comment, created};
use super::script::Statement;
use super::text::{indented, literal, qualified};

impl Written for BaseType {
    fn reach(site: Site<'_>, before: Option<&Self>, after: &mut Self) -> Vec<String> {
        let Some(before) = before.filter(|_| site.world.is_in_columns(site.id)) else {
            return Vec::new();
        };
        let mut reachable = before.clone().with_settable(after);
        // It can be set, and the columns would go on as before.
        reachable.storage.clone_from(&before.storage);
        let [old, new] = [&reachable, &*after].map(BaseType::options);
        let told = new.iter().filter(|option| !old.contains(option));
        let mut told: Vec<String> =
            told.map(|option| format!("{option}: columns have the type")).collect();
        // What the old one has and the new one has not.
        let key = |option: &str| option.split(" =").next().unwrap_or_default().to_owned();
        let gone = old.iter().filter(|one| new.iter().all(|other| key(other) != key(one)));
        told.extend(gone.map(|option| format!("without {option}: columns have the type")));
        *after = reachable;
        told
    }

    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        let settable = before.clone().with_settable(after) == *after;
        Way::in_place_if(settable && is_storable(before, after))
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let options = indented(&self.options());
        let sql = format!("CREATE TYPE {} (\n{options}\n)", qualified(site.id));
        created(Statement::new(site.id, sql), &words(site), self.comment.as_ref())
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![drop_type(site, &qualified(site.id))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let mut changes = Vec::new();
        let mut set = |key: &str, old: &Option<String>, new: &Option<String>| {
            if old != new {
                changes.push(format!("{key} = {}", new.as_deref().unwrap_or("NONE")));
            }
        };
        set("RECEIVE", &before.receive, &after.receive);
        set("SEND", &before.send, &after.send);
        set("TYPMOD_IN", &before.modifier_input, &after.modifier_input);
        set("TYPMOD_OUT", &before.modifier_output, &after.modifier_output);
        set("ANALYZE", &before.analyze, &after.analyze);
        set("SUBSCRIPT", &before.subscript, &after.subscript);
        if before.storage != after.storage {
            changes.push(format!("STORAGE = {}", after.storage));
        }
        let alter = format!("ALTER {} SET ({})", words(site), changes.join(", "));
        let alter = (!changes.is_empty()).then(|| Statement::new(site.id, alter));
        let (old, new) = (before.comment.as_ref(), after.comment.as_ref());
        alter.into_iter().chain(comment(site.id, &words(site), old, new)).collect()
    }
}

impl BaseType {
    /// This type with all of `after` that ALTER TYPE can set.
    fn with_settable(self, after: &Self) -> Self {
        Self {
            receive: after.receive.clone(),
            send: after.send.clone(),
            modifier_input: after.modifier_input.clone(),
            modifier_output: after.modifier_output.clone(),
            analyze: after.analyze.clone(),
            subscript: after.subscript.clone(),
            storage: after.storage.clone(),
            comment: after.comment.clone(),
            ..self
        }
    }

    /// What CREATE TYPE takes.
    fn options(&self) -> Vec<String> {
        let mut options = Vec::new();
        let mut option = |key: &str, value: Option<&String>| {
            options.extend(value.map(|value| format!("{key} = {value}")));
        };
        option("INPUT", Some(&self.input));
        option("OUTPUT", Some(&self.output));
        option("RECEIVE", self.receive.as_ref());
        option("SEND", self.send.as_ref());
        option("TYPMOD_IN", self.modifier_input.as_ref());
        option("TYPMOD_OUT", self.modifier_output.as_ref());
        option("ANALYZE", self.analyze.as_ref());
        option("SUBSCRIPT", self.subscript.as_ref());
        let length = if self.length < 0 { "VARIABLE".to_owned() } else { self.length.to_string() };
        option("INTERNALLENGTH", Some(&length));
        option("PASSEDBYVALUE", self.by_value.then(|| "true".to_owned()).as_ref());
        option("ALIGNMENT", Some(&self.alignment));
        option("STORAGE", Some(&self.storage));
        option("CATEGORY", (self.category != "U").then(|| literal(&self.category)).as_ref());
        option("PREFERRED", self.preferred.then(|| "true".to_owned()).as_ref());
        option("DEFAULT", self.default.as_ref().map(|text| literal(text)).as_ref());
        option("ELEMENT", self.element.as_ref());
        option("DELIMITER", (self.delimiter != ",").then(|| literal(&self.delimiter)).as_ref());
        option("COLLATABLE", self.collatable.then(|| "true".to_owned()).as_ref());
        options
    }
}

/// Whether ALTER TYPE can change how values are stored: what could be long stays so.
fn is_storable(before: &BaseType, after: &BaseType) -> bool {
    before.storage == after.storage || after.storage != "plain"
}

/// DROP TYPE, with the functions that the type stands on and that stand on it.
pub(super) fn drop_type(site: Site<'_>, written: &str) -> Statement {
    let cascade = if site.world.goes_with_functions(site.id) { " CASCADE" } else { "" };
    Statement::new(site.id, format!("DROP TYPE {written}{cascade}"))
}

fn words(site: Site<'_>) -> String {
    format!("TYPE {}", qualified(site.id))
}
