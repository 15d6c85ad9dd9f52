//! What can be reached of what is wanted.
//!
//! In: two catalogs. Out: the second without what no statement leads to and, for a lossless script,
//! with what would be lost; each with its reason.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Constraint, ConstraintType, Kind, LinkedCatalog, Object, ObjectId};

use super::choice::Choices;
use super::family::{children, foreign};
use super::foreign::{shape, take_shape};
use super::kind::Site;
use super::resolve::Unreachable;
use super::script::Remainder;
use super::world::{World, needed};
use super::{Options, claim, family, kind, table, text};

/// The catalog that will be reached.
pub(super) struct Target<'a> {
    pub(super) before: &'a LinkedCatalog,
    pub(super) after: LinkedCatalog,
    pub(super) options: &'a Options,
    pub(super) inexpressible: BTreeSet<Remainder>,
    pub(super) withheld: BTreeSet<Remainder>,
}

impl<'a> Target<'a> {
    pub(super) fn new(
        before: &'a LinkedCatalog,
        after: &LinkedCatalog,
        options: &'a Options,
    ) -> Self {
        let mut target = Self {
            before,
            after: after.clone(),
            options,
            inexpressible: BTreeSet::new(),
            withheld: BTreeSet::new(),
        };
        target.leave_unwritten();
        if options.lossless_only {
            target.keep();
        }
        target.reach();
        target
    }

    /// Leaves out objects of kinds for which there is no SQL yet.
    fn leave_unwritten(&mut self) {
        for id in self.differing() {
            let objects =
                [&self.before.catalog, &self.after.catalog].map(|one| one.objects.get(&id));
            if objects.into_iter().flatten().any(|object| !kind::is_written(object)) {
                let what = match id.kind() {
                    Kind::Subscription => {
                        "its connection string is a secret that no description holds".to_owned()
                    }
                    kind => format!("a {kind} cannot be written as SQL yet"),
                };
                self.inexpressible.insert(Remainder::new(&id, what));
                self.take_back(&id);
            }
        }
    }

    /// Keeps what would be lost.
    fn keep(&mut self) {
        for id in self.differing() {
            let Some(old) = self.before.catalog.objects.get(&id) else {
                continue;
            };
            if self.only_names(&id, old) {
                continue;
            }
            let Some(new) = self.after.catalog.objects.get_mut(&id) else {
                self.withheld.insert(Remainder::new(&id, "its removal"));
                self.take_back(&id);
                continue;
            };
            for what in kind::keep(old, new) {
                self.withheld.insert(Remainder::new(&id, what));
            }
        }
        for (id, kept) in self.taken_names() {
            self.withheld.insert(Remainder::new(&id, format!("{kept} is kept, and has the name")));
            self.take_back(&id);
        }
        self.keep_keys();
        while self.keep_in_children() {}
    }

    /// Whether this only names the NOT NULL of a column that stays so: without the name nothing is lost.
    fn only_names(&self, id: &ObjectId, old: &Object) -> bool {
        let Object::Constraint(constraint) = old else {
            return false;
        };
        match id.its_table().and_then(|table| self.after.catalog.objects.get(&table)) {
            Some(Object::Table(table)) => constraint.refuses_null_in(table).is_some(),
            _ => false,
        }
    }

    /// Columns of a primary key that is kept cannot become nullable.
    fn keep_keys(&mut self) {
        for (id, object) in &self.before.catalog.objects {
            let Object::Constraint(key) = object else {
                continue;
            };
            let stays = self.after.catalog.objects.get(id) == Some(object);
            let columns = key.definition.strip_prefix("PRIMARY KEY (").filter(|_| stays);
            let Some((columns, _)) = columns.and_then(|columns| columns.split_once(')')) else {
                continue;
            };
            let Some((table, Object::Table(wanted))) = id
                .its_table()
                .and_then(|id| Some((id.clone(), self.after.catalog.objects.get_mut(&id)?)))
            else {
                continue;
            };
            for column in &mut wanted.columns {
                let is_key = text::split_list(columns).contains(&text::name(&column.name).as_str());
                if is_key && !column.not_null {
                    column.not_null = true;
                    let what = format!("NULL in column {}: it is in {id}", column.name);
                    self.withheld.insert(Remainder::new(&table, what));
                }
            }
        }
    }

    /// What a table keeps, its children have too; whether there was anything to do.
    fn keep_in_children(&mut self) -> bool {
        let mut changed = false;
        for (parent, own) in children(&self.after.catalog) {
            let given = self.after.catalog.objects.get(&parent).and_then(shape);
            let Some(given) = given.map(Cow::into_owned) else {
                continue;
            };
            for child in own {
                let Some(object) = self.after.catalog.objects.get_mut(&child) else {
                    continue;
                };
                let Some(mut table) = shape(object).map(Cow::into_owned) else {
                    continue;
                };
                let mut adapted = false;
                for (at, column) in given.columns.iter().enumerate() {
                    let own = table.columns.iter_mut().find(|own| own.name == column.name);
                    let what = match own {
                        None => {
                            let at = at.min(table.columns.len());
                            table.columns.insert(at, table::given(column));
                            format!("without column {}, which {parent} keeps", column.name)
                        }
                        Some(own) if own.data_type != column.data_type => {
                            own.data_type.clone_from(&column.data_type);
                            own.collation.clone_from(&column.collation);
                            format!("type of column {}, which {parent} keeps", column.name)
                        }
                        Some(own) if column.not_null && !own.not_null => {
                            own.not_null = true;
                            format!("NULL in column {}, which {parent} refuses", column.name)
                        }
                        Some(_) => continue,
                    };
                    self.withheld.insert(Remainder::new(&child, what));
                    adapted = true;
                }
                if adapted {
                    take_shape(object, table, self.before.catalog.objects.get(&child));
                    changed = true;
                }
                changed |= self.keep_checks_in(&parent, &child);
            }
        }
        changed
    }

    fn keep_checks_in(&mut self, parent: &ObjectId, child: &ObjectId) -> bool {
        let objects = &self.after.catalog.objects;
        let spreads = |object: &Object| match object {
            Object::Constraint(check) => {
                let checks = check.constraint_type == ConstraintType::Check;
                let spreads = checks && !check.definition.ends_with(" NO INHERIT");
                spreads.then(|| Constraint { inherited: true, comment: None, ..check.clone() })
            }
            _ => None,
        };
        let missing: Vec<(ObjectId, Constraint)> =
            family::constraints_in(&self.after.catalog, parent)
                .filter_map(|(id, object)| Some((family::on_other(child, id)?, spreads(object)?)))
                .filter(|(id, _)| !objects.contains_key(id))
                .collect();
        for (id, check) in &missing {
            let what = format!("a table without it, which {parent} keeps");
            self.withheld.insert(Remainder::new(id, what));
            self.after.catalog.objects.insert(id.clone(), Object::Constraint(check.clone()));
        }
        !missing.is_empty()
    }

    /// What is wanted under a name that something has which is kept, and what that is.
    fn taken_names(&self) -> Vec<(ObjectId, ObjectId)> {
        let (before, after) = (&self.before.catalog.objects, &self.after.catalog.objects);
        let mut taken: BTreeMap<_, Vec<ObjectId>> = BTreeMap::new();
        for (id, object) in after {
            for claim in claim::claims(id, object) {
                taken.entry(claim).or_default().push(id.clone());
            }
        }
        let clashes = taken.into_values().filter(|ids| ids.len() > 1);
        let clash = |ids: Vec<ObjectId>| {
            let kept = ids.iter().find(|id| before.contains_key(id)).cloned();
            let new = ids.into_iter().filter(|id| !before.contains_key(id));
            new.filter_map(move |id| Some((id, kept.clone()?))).collect::<Vec<_>>()
        };
        clashes.flat_map(clash).collect()
    }

    /// Takes back what no statement reaches.
    fn reach(&mut self) {
        let needed = needed(self.before);
        let children_before = children(&self.before.catalog);
        let foreign_before = foreign(&self.before.catalog);
        let mut children_after = children(&self.after.catalog);
        let mut foreign_after = foreign(&self.after.catalog);
        let choices = Choices::default();
        for id in self.differing() {
            let Some(mut object) = self.after.catalog.objects.get(&id).cloned() else {
                continue;
            };
            let world = World {
                before: self.before,
                after: &self.after,
                needed: &needed,
                children_before: &children_before,
                children_after: &children_after,
                foreign_before: &foreign_before,
                foreign_after: &foreign_after,
                choices: &choices,
                options: self.options,
            };
            let old = self.before.catalog.objects.get(&id);
            let told = kind::reach(Site { id: &id, world: &world }, old, &mut object);
            if told.is_empty() {
                continue;
            }
            self.inexpressible.extend(told.into_iter().map(|what| Remainder::new(&id, what)));
            let was = self.after.catalog.objects.insert(id.clone(), object);
            let key = |object: Option<&Object>| match object {
                Some(Object::Table(table)) => table.partition_by.clone(),
                _ => None,
            };
            if key(was.as_ref()) != key(self.after.catalog.objects.get(&id)) {
                for child in children_after.get(&id).into_iter().flatten() {
                    let what = format!("it cannot become a partition of {id}");
                    self.inexpressible.insert(Remainder::new(child, what));
                    self.take_back(child);
                }
                self.leave_keys_of(&id);
            }
            children_after = children(&self.after.catalog);
            foreign_after = foreign(&self.after.catalog);
        }
    }

    /// Leaves out keys of a table that stays partitioned, or not, against what was wanted: whether
    /// they are possible depends on it.
    fn leave_keys_of(&mut self, table: &ObjectId) {
        let is_key = |id: &ObjectId, object: &Object| match object {
            Object::Constraint(key) => {
                let stands_on =
                    id.schema() == table.schema() && id.on_table() == Some(table.name());
                stands_on && key.constraint_type != ConstraintType::Check
            }
            Object::Index(index) => {
                index.unique && id.schema() == table.schema() && index.table == table.name()
            }
            _ => false,
        };
        let keys = self.differing().into_iter().filter(|id| {
            self.after.catalog.objects.get(id).is_some_and(|object| is_key(id, object))
        });
        for id in keys.collect::<Vec<_>>() {
            let what = format!("{table} is not partitioned as it would have to be");
            self.inexpressible.insert(Remainder::new(&id, what));
            self.take_back(&id);
        }
    }

    fn differing(&self) -> Vec<ObjectId> {
        let (before, after) = (&self.before.catalog.objects, &self.after.catalog.objects);
        let gone = before.iter().filter(|(id, object)| after.get(id) != Some(object));
        let new = after.iter().filter(|(id, _)| !before.contains_key(id));
        gone.chain(new).map(|(id, _)| id.clone()).collect()
    }

    /// Leaves an object as it was before.
    fn take_back(&mut self, id: &ObjectId) {
        match self.before.catalog.objects.get(id) {
            None => {
                self.after.catalog.objects.remove(id);
                self.leave_dependents(id);
            }
            Some(object) => {
                let was_gone =
                    self.after.catalog.objects.insert(id.clone(), object.clone()).is_none();
                if was_gone {
                    let needs = self.before.dependencies.iter().filter(|need| need.object == *id);
                    self.after.dependencies.extend(needs.cloned());
                    self.after.dependencies.sort_unstable();
                }
                self.keep_needs(id);
            }
        }
    }

    /// Keeps what an object needs that is left as it was.
    fn keep_needs(&mut self, id: &ObjectId) {
        let needs = self.before.dependencies.iter().filter(|need| need.object == *id);
        let is_gone = |on: &&ObjectId| !self.after.catalog.objects.contains_key(*on);
        let gone: BTreeSet<ObjectId> =
            needs.map(|need| &need.on).filter(is_gone).cloned().collect();
        for on in gone {
            let remainder = Remainder::new(&on, format!("its removal: {id} needs it"));
            if self.options.lossless_only {
                self.withheld.insert(remainder);
            } else {
                self.inexpressible.insert(remainder);
            }
            self.take_back(&on);
        }
    }

    /// Leaves out what needs an object that will not be there.
    fn leave_dependents(&mut self, id: &ObjectId) {
        let needs = self.after.dependencies.iter().filter(|need| need.on == *id);
        let dependents: BTreeSet<ObjectId> = needs.map(|need| need.object.clone()).collect();
        for dependent in dependents {
            let (before, after) = (&self.before.catalog.objects, &self.after.catalog.objects);
            let wanted = after.get(&dependent);
            if wanted.is_some() && wanted != before.get(&dependent) {
                let remainder = Remainder::new(&dependent, format!("it needs {id}"));
                if self.options.lossless_only {
                    self.withheld.insert(remainder);
                } else {
                    self.inexpressible.insert(remainder);
                }
                self.take_back(&dependent);
            }
        }
    }

    /// Leaves a column as it was before.
    fn take_back_column(&mut self, id: &ObjectId, column: &str) {
        let before = self.before.catalog.objects.get(id);
        let (Some(was), Some(object)) =
            (before.and_then(shape), self.after.catalog.objects.get_mut(id))
        else {
            return;
        };
        let old = was.columns.iter().enumerate().find(|(_, old)| old.name == column);
        if let (Some((at, old)), Some(mut table)) = (old, shape(object).map(Cow::into_owned)) {
            match table.columns.iter_mut().find(|new| new.name == column) {
                Some(new) => *new = old.clone(),
                None => table.columns.insert(at.min(table.columns.len()), old.clone()),
            }
            take_shape(object, table, before);
        }
    }

    pub(super) fn give_up(&mut self, unreachable: Unreachable) {
        let Unreachable { object, column, why } = unreachable;
        let what = match &column {
            Some(column) => format!("column {column}: {why}"),
            None => why,
        };
        self.inexpressible.insert(Remainder::new(&object, what));
        let was = self.after.catalog.objects.get(&object).cloned();
        match column {
            Some(column) => self.take_back_column(&object, &column),
            None => self.take_back(&object),
        }
        for (id, kept) in self.taken_names() {
            self.inexpressible
                .insert(Remainder::new(&id, format!("{kept} stays, and has the name")));
            self.take_back(&id);
        }
        // Where that changed nothing, all that is left hangs together in a way that is not understood.
        if was.as_ref() == self.after.catalog.objects.get(&object) {
            for id in self.differing() {
                self.inexpressible.insert(Remainder::new(&id, format!("together with {object}")));
                self.take_back(&id);
            }
        }
    }
}
