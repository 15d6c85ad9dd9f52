//! Renames are done first, and what is left is the difference from then on.
//!
//! In: the catalog before and the renames. Out: their statements, and the catalog as it is after
//! them, in which the server's words name things by their new names. Where that is not exactly what
//! the server would write, an object is replaced that need not have been, and nothing is lost.

use std::collections::BTreeSet;

use crate::catalog::{Dependency, Kind, LinkedCatalog, Object, ObjectId, Part};

use super::family::parents;
use super::foreign::shape;
use super::rename::{Hindrance, IdleRename, Rename};
use super::script::Statement;
use super::text::{identifiers, literal, name, on_table, qualified, signature};
use super::wording::{exchanged, of_object, rewritten, with_texts};

/// The catalog after the renames, with their statements.
pub(super) struct Renamed {
    pub(super) linked: LinkedCatalog,
    pub(super) statements: Vec<Statement>,
    /// Those that were not done.
    pub(super) idle: Vec<IdleRename>,
}

pub(super) fn apply(before: &LinkedCatalog, after: &LinkedCatalog, renames: &[Rename]) -> Renamed {
    let mut renamed = Renamed { linked: before.clone(), statements: Vec::new(), idle: Vec::new() };
    for (at, rename) in renames.iter().enumerate() {
        if let Some(why) = renamed.hindrance(rename, after, &renames[at + 1..]) {
            renamed.idle.push(IdleRename { at, why });
            continue;
        }
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

/// Whether it is there: an object, or with `part` a column or label of it.
fn has(linked: &LinkedCatalog, id: &ObjectId, part: Option<&str>) -> bool {
    match (linked.catalog.objects.get(id), part) {
        (object, None) => object.is_some(),
        (Some(Object::Table(table)), Some(part)) => table.columns.iter().any(|c| c.name == part),
        (Some(Object::ForeignTable(table)), Some(part)) => {
            table.columns.iter().any(|c| c.name == part)
        }
        (Some(Object::Enum(own)), Some(part)) => own.labels.iter().any(|label| label == part),
        _ => false,
    }
}

/// What becomes of a name by the renames that follow.
fn finally<'a>(
    mut id: ObjectId,
    mut part: Option<&'a str>,
    later: &'a [Rename],
) -> (ObjectId, Option<&'a str>) {
    for rename in later {
        match rename {
            Rename::Object { object, to } => id = moved(&id, object, to),
            Rename::Column { table: whose, column: from, to }
            | Rename::Label { object: whose, label: from, to }
                if *whose == id && part == Some(from) =>
            {
                part = Some(to);
            }
            _ => {}
        }
    }
    (id, part)
}

impl Renamed {
    /// Why a rename is not done, if it is not. What is not wanted under its new name would only be
    /// dropped under it.
    fn hindrance(
        &self,
        rename: &Rename,
        after: &LinkedCatalog,
        later: &[Rename],
    ) -> Option<Hindrance> {
        let (id, old, new) = match rename {
            Rename::Object { object, .. } => (object, None, None),
            Rename::Column { table, column, to } => (table, Some(column.as_str()), Some(&**to)),
            Rename::Label { object, label, to } => (object, Some(label.as_str()), Some(&**to)),
        };
        let new_id = match rename {
            Rename::Object { object, to } => with_name(object, to),
            _ => id.clone(),
        };
        let (is_there, is_taken) = (has(&self.linked, id, old), has(&self.linked, &new_id, new));
        let (wanted, wanted_part) = finally(new_id, new, later);
        let wordless =
            matches!(rename, Rename::Object { object, to } if words(object, to).is_none());
        let is_wanted = has(after, &wanted, wanted_part);
        match (is_there, is_taken) {
            _ if wordless => Some(Hindrance::NoStatement),
            (false, false) => Some(Hindrance::NotThere),
            _ if !is_wanted => Some(Hindrance::NotWanted),
            (false, true) => Some(Hindrance::Done),
            (true, true) => Some(Hindrance::Taken),
            (true, false) => None,
        }
    }

    fn object(&mut self, id: &ObjectId, to: &str) {
        let Some(words) = words(id, to) else {
            return;
        };
        self.statements.push(Statement::new(&with_name(id, to), words));
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
        let rights = ObjectId::about(Kind::Privileges, table);
        let rights = rights.and_then(|id| self.linked.catalog.objects.get_mut(&id));
        if let Some(Object::Privileges(rights)) = rights {
            for own in rights.columns.iter_mut().filter(|own| own.name == column) {
                to.clone_into(&mut own.name);
            }
            rights.columns.sort_by(|one, other| one.name.cmp(&other.name));
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
        if let Some(Object::Enum(own)) = self.linked.catalog.objects.get_mut(id) {
            for other in own.labels.iter_mut().filter(|other| *other == label) {
                to.clone_into(other);
            }
        }
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
        Kind::Enum | Kind::Composite | Kind::BaseType | Kind::Range => plain("TYPE"),
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
        Kind::Collation
        | Kind::Conversion
        | Kind::TextSearchParser
        | Kind::TextSearchTemplate
        | Kind::TextSearchDictionary
        | Kind::TextSearchConfiguration => plain(&id.kind().label().to_uppercase()),
        Kind::OperatorClass | Kind::OperatorFamily => Some(format!(
            "ALTER {} {} USING {} RENAME TO {to}",
            id.kind().label().to_uppercase(),
            qualified(id),
            name(id.method().unwrap_or_default())
        )),
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

pub(super) fn with_name(id: &ObjectId, to: &str) -> ObjectId {
    let part = |text: Option<&str>| text.map(str::to_owned);
    ObjectId::from_parts(
        id.kind(),
        part(id.schema()),
        part(id.on_table()),
        to.to_owned(),
        part(id.arguments().or(id.method())),
    )
    .unwrap_or_else(|| id.clone())
}

/// The identity of `own` when `id` is called `to`.
fn moved(own: &ObjectId, id: &ObjectId, to: &str) -> ObjectId {
    if own == id {
        return with_name(id, to);
    }
    if let Some(subject) = own.subject() {
        let about = ObjectId::about(own.kind(), &moved(&subject, id, to));
        return about.unwrap_or_else(|| own.clone());
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
