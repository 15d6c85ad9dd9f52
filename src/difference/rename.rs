//! Renames that somebody declared: they are done first, and what is left is the difference from
//! then on. A rename is never guessed.
//!
//! In: the catalog before and the renames. Out: their statements, and the catalog as it is after
//! them, in which the server's words name things by their new names. Where that is not exactly what
//! the server would write, an object is replaced that need not have been, and nothing is lost.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::catalog::{Dependency, Kind, LinkedCatalog, NotAnObjectId, Object, ObjectId, Part};

use super::foreign::shape;
use super::script::{Remainder, Statement};
use super::text::{identifiers, literal, name, on_table, qualified, signature};
use super::wording::{exchanged, of_object, rewritten, with_texts};
use super::world::parents;

/// A rename that somebody declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rename {
    /// Of an object, within its schema or table.
    Object {
        /// As it is called before.
        object: ObjectId,
        /// Its own name afterwards, unquoted.
        to: String,
    },
    /// Of a column of a table.
    Column {
        /// The table, as it is called before.
        table: ObjectId,
        /// As the column is called before.
        column: String,
        /// Its name afterwards.
        to: String,
    },
    /// Of a label of an enum.
    Label {
        /// The enum, as it is called before.
        object: ObjectId,
        /// The label before.
        label: String,
        /// The label afterwards.
        to: String,
    },
}

/// A text that declares no rename.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotARename(String);

impl fmt::Display for NotARename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a rename such as `table public.cats to felines`, `column public.cats.name to title` or `value public.mood.ok to fine`",
            self.0.escape_debug()
        )
    }
}

impl std::error::Error for NotARename {}

impl FromStr for Rename {
    type Err = NotARename;

    /// Reads what stands after `-- enact:rename `.
    fn from_str(text: &str) -> Result<Self, NotARename> {
        let wrong = || NotARename(text.to_owned());
        let (what, to) = text.trim().rsplit_once(" to ").ok_or_else(wrong)?;
        let to = match identifiers(to.trim()).as_slice() {
            [to] if !to.is_empty() => to.clone(),
            _ => return Err(wrong()),
        };
        let part = |words: &str, kind: Kind| -> Option<(ObjectId, String)> {
            let names = identifiers(words);
            let [schema, object, part] = names.as_slice() else {
                return None;
            };
            let (schema, object) = (Some(schema.clone()), object.clone());
            Some((ObjectId::from_parts(kind, schema, None, object, None)?, part.clone()))
        };
        if let Some(words) = what.strip_prefix("column ") {
            let (table, column) = part(words, Kind::Table).ok_or_else(wrong)?;
            return Ok(Self::Column { table, column, to });
        }
        if let Some(words) = what.strip_prefix("value ") {
            let (object, label) = part(words, Kind::Enum).ok_or_else(wrong)?;
            return Ok(Self::Label { object, label, to });
        }
        let object = what.parse().map_err(|_: NotAnObjectId| wrong())?;
        Ok(Self::Object { object, to })
    }
}

/// The catalog after the renames, with their statements.
pub(super) struct Renamed {
    pub(super) linked: LinkedCatalog,
    pub(super) statements: Vec<Statement>,
    /// Renames for which there is nothing, or which would take a name that is taken.
    pub(super) idle: Vec<Remainder>,
}

pub(super) fn apply(before: &LinkedCatalog, after: &LinkedCatalog, renames: &[Rename]) -> Renamed {
    let mut renamed = Renamed { linked: before.clone(), statements: Vec::new(), idle: Vec::new() };
    for rename in renames {
        match rename {
            Rename::Object { object, to } => {
                renamed.object(object, to);
                if object.kind() == Kind::Table {
                    renamed.followers(object, to, after);
                }
            }
            Rename::Column { table, column, to } => renamed.column(table, column, to),
            Rename::Label { object, label, to } => renamed.label(object, label, to),
        }
    }
    renamed
}

impl Renamed {
    fn object(&mut self, id: &ObjectId, to: &str) {
        let renamed = with_name(id, to);
        let objects = &self.linked.catalog.objects;
        let (true, false, Some(words)) =
            (objects.contains_key(id), objects.contains_key(&renamed), words(id, to))
        else {
            let what = format!("its rename to {to}: it is not there, or the name is taken");
            self.idle.push(Remainder::new(id, what));
            return;
        };
        self.statements.push(Statement::new(&renamed, words));
        let follows = self.dependents(id);
        let old = std::mem::take(&mut self.linked.catalog.objects);
        for (own, object) in old {
            let new = moved(&own, id, to);
            let is_near = own == *id || new != own || follows.contains(&own);
            let object = if is_near { rewritten(&own, object, id, to) } else { object };
            self.linked.catalog.objects.insert(new, object);
        }
        for need in &mut self.linked.dependencies {
            need.object = moved(&need.object, id, to);
            need.on = moved(&need.on, id, to);
        }
        self.linked.dependencies.sort_unstable();
    }

    /// What carries a table's name in its own by the server's habit, and is wanted under the new one.
    fn followers(&mut self, table: &ObjectId, to: &str, after: &LinkedCatalog) {
        let schema = table.schema().unwrap_or_default();
        let own = |id: &ObjectId, object: &Object| match object {
            Object::Constraint(_) => id.schema() == Some(schema) && id.on_table() == Some(to),
            Object::Index(index) => id.schema() == Some(schema) && index.table == to,
            Object::Sequence(sequence) => {
                let owner = sequence.owned_by.as_deref().map(identifiers).unwrap_or_default();
                owner.len() == 3 && owner[0] == schema && owner[1] == to
            }
            _ => false,
        };
        let habit = format!("{}_", table.name());
        let candidates: Vec<(ObjectId, String)> = self
            .linked
            .catalog
            .objects
            .iter()
            .filter(|(id, object)| own(id, object))
            .filter_map(|(id, _)| {
                let rest = id.name().strip_prefix(&habit)?;
                Some((id.clone(), format!("{to}_{rest}")))
            })
            .collect();
        for (id, name) in candidates {
            let wanted = with_name(&id, &name);
            let is_free = !self.linked.catalog.objects.contains_key(&wanted);
            let objects = &after.catalog.objects;
            if is_free && objects.contains_key(&wanted) && !objects.contains_key(&id) {
                self.object(&id, &name);
            }
        }
    }

    fn column(&mut self, table: &ObjectId, column: &str, to: &str) {
        let has = |name: &str| match self.linked.catalog.objects.get(table) {
            Some(Object::Table(table)) => table.columns.iter().any(|other| other.name == name),
            _ => false,
        };
        if !has(column) || has(to) {
            let what = format!(
                "the rename of column {column} to {to}: it is not there, or the name is taken"
            );
            self.idle.push(Remainder::new(table, what));
            return;
        }
        let sql = format!(
            "ALTER TABLE {} RENAME COLUMN {} TO {}",
            qualified(table),
            name(column),
            name(to)
        );
        self.statements.push(Statement::new(table, sql));
        for table in self.with_children(table) {
            self.column_of(&table, column, to);
        }
    }

    /// The table and those that get the column from it.
    fn with_children(&self, table: &ObjectId) -> Vec<ObjectId> {
        let mut family = vec![table.clone()];
        let mut at = 0;
        while at < family.len() {
            for (id, object) in &self.linked.catalog.objects {
                if let Some(child) = shape(object)
                    && parents(&child, &self.linked.catalog).contains(&family[at])
                    && !family.contains(id)
                {
                    family.push(id.clone());
                }
            }
            at += 1;
        }
        family
    }

    fn column_of(&mut self, table: &ObjectId, column: &str, to: &str) {
        let is_meant = |need: &Dependency| {
            need.on == *table
                && matches!(&need.on_part, Part::Column(other) | Part::Default(other) if other == column)
        };
        let needs = self.linked.dependencies.iter().filter(|need| is_meant(need));
        let mut near: BTreeSet<ObjectId> = needs.map(|need| need.object.clone()).collect();
        near.insert(table.clone());
        let (old, new) = (name(column), name(to));
        for id in near {
            let Some(object) = self.linked.catalog.objects.remove(&id) else {
                continue;
            };
            let mut object =
                with_texts(&id, object, &|_, text| exchanged(text, &[&old], &[&new], false));
            if id == *table {
                for other in columns(&mut object).into_iter().filter(|other| *other == column) {
                    to.clone_into(other);
                }
            }
            self.linked.catalog.objects.insert(id, object);
        }
        let renamed = |part: &mut Part| match part {
            Part::Column(other) | Part::Default(other) if other == column => {
                to.clone_into(other);
            }
            _ => {}
        };
        for need in &mut self.linked.dependencies {
            if need.object == *table {
                renamed(&mut need.part);
            }
            if need.on == *table {
                renamed(&mut need.on_part);
            }
        }
        self.linked.dependencies.sort_unstable();
    }

    fn label(&mut self, id: &ObjectId, label: &str, to: &str) {
        let labels = match self.linked.catalog.objects.get_mut(id) {
            Some(Object::Enum(own)) => &mut own.labels,
            _ => &mut Vec::new(),
        };
        let at = labels.iter().position(|other| other == label);
        let Some(at) = at.filter(|_| !labels.iter().any(|other| other == to)) else {
            let what = format!(
                "the rename of {} to {}: there is none, or both",
                literal(label),
                literal(to)
            );
            self.idle.push(Remainder::new(id, what));
            return;
        };
        to.clone_into(&mut labels[at]);
        let sql = format!(
            "ALTER TYPE {} RENAME VALUE {} TO {}",
            qualified(id),
            literal(label),
            literal(to)
        );
        self.statements.push(Statement::new(id, sql));
        let constant = |label: &str| format!("{}::{}", literal(label), qualified(id));
        let (old, new) = (constant(label), constant(to));
        for other in self.dependents(id) {
            if let Some(object) = self.linked.catalog.objects.remove(&other) {
                let object = with_texts(&other, object, &|_, text| text.replace(&old, &new));
                self.linked.catalog.objects.insert(other, object);
            }
        }
    }

    fn dependents(&self, id: &ObjectId) -> BTreeSet<ObjectId> {
        let needs = self.linked.dependencies.iter().filter(|need| need.on == *id);
        needs.map(|need| need.object.clone()).collect()
    }
}

/// The names of a table's columns.
fn columns(object: &mut Object) -> Vec<&mut String> {
    match object {
        Object::Table(table) => table.columns.iter_mut().map(|own| &mut own.name).collect(),
        Object::ForeignTable(table) => table.columns.iter_mut().map(|own| &mut own.name).collect(),
        _ => Vec::new(),
    }
}

/// ALTER … RENAME TO, for kinds that have it.
fn words(id: &ObjectId, to: &str) -> Option<String> {
    let to = name(to);
    let plain = |word: &str| Some(format!("ALTER {word} {} RENAME TO {to}", qualified(id)));
    let on_its_table = |word: &str| {
        Some(format!("ALTER {word} {} ON {} RENAME TO {to}", name(id.name()), on_table(id)))
    };
    let routine = |word: &str| Some(format!("ALTER {word} {} RENAME TO {to}", signature(id)));
    match id.kind() {
        Kind::Enum | Kind::Composite => plain("TYPE"),
        Kind::Domain => plain("DOMAIN"),
        Kind::Sequence => plain("SEQUENCE"),
        Kind::Table => plain("TABLE"),
        Kind::ForeignTable => plain("FOREIGN TABLE"),
        Kind::Statistics => plain("STATISTICS"),
        Kind::EventTrigger => plain("EVENT TRIGGER"),
        Kind::Publication => plain("PUBLICATION"),
        Kind::ForeignServer => plain("SERVER"),
        Kind::View => plain("VIEW"),
        Kind::MaterializedView => plain("MATERIALIZED VIEW"),
        Kind::Index => plain("INDEX"),
        Kind::Function => routine("FUNCTION"),
        Kind::Procedure => routine("PROCEDURE"),
        Kind::Trigger => on_its_table("TRIGGER"),
        Kind::Rule => on_its_table("RULE"),
        Kind::Policy => on_its_table("POLICY"),
        Kind::Constraint => Some(format!(
            "ALTER TABLE {} RENAME CONSTRAINT {} TO {to}",
            on_table(id),
            name(id.name())
        )),
        // Of a schema, all that stands in it would have other names too.
        _ => None,
    }
}

fn with_name(id: &ObjectId, to: &str) -> ObjectId {
    let part = |text: Option<&str>| text.map(str::to_owned);
    ObjectId::from_parts(
        id.kind(),
        part(id.schema()),
        part(id.on_table()),
        to.to_owned(),
        part(id.arguments()),
    )
    .unwrap_or_else(|| id.clone())
}

/// The identity of `own` when `id` is called `to`.
fn moved(own: &ObjectId, id: &ObjectId, to: &str) -> ObjectId {
    if own == id {
        return with_name(id, to);
    }
    if own.kind() == Kind::UserMapping && id.kind() == Kind::ForeignServer {
        return of_server(own, id, to).unwrap_or_else(|| own.clone());
    }
    let is_relation =
        matches!(id.kind(), Kind::Table | Kind::ForeignTable | Kind::View | Kind::MaterializedView);
    let stands_on = is_relation && own.schema() == id.schema() && own.on_table() == Some(id.name());
    let part = |text: Option<&str>| text.map(str::to_owned);
    let table = if stands_on { Some(to.to_owned()) } else { part(own.on_table()) };
    let arguments = own.arguments().map(|text| of_object(text, id, to));
    if !stands_on && arguments.as_deref() == own.arguments() {
        return own.clone();
    }
    ObjectId::from_parts(own.kind(), part(own.schema()), table, own.name().to_owned(), arguments)
        .unwrap_or_else(|| own.clone())
}

/// A user mapping of a server that is called `to`.
fn of_server(own: &ObjectId, server: &ObjectId, to: &str) -> Option<ObjectId> {
    let (user, old) = own.name().rsplit_once(" SERVER ")?;
    let is_meant = identifiers(old) == [server.name()];
    let named = format!("{user} SERVER {}", name(to));
    ObjectId::from_parts(Kind::UserMapping, None, None, named, None).filter(|_| is_meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_read() {
        let table: Rename = "table public.cats to felines".parse().unwrap();
        let object = ObjectId::table("public", "cats");
        assert_eq!(table, Rename::Object { object: object.clone(), to: "felines".to_owned() });
        let column: Rename = "column public.cats.\"First Name\" to name".parse().unwrap();
        let expected = Rename::Column {
            table: object,
            column: "First Name".to_owned(),
            to: "name".to_owned(),
        };
        assert_eq!(column, expected);
        for wrong in ["", "table public.cats", "column cats.name to title", "table a.b to c.d"] {
            assert!(wrong.parse::<Rename>().is_err(), "{wrong}");
        }
    }
}
