//! SQL for the difference between two catalogs.
//!
//! In: two catalogs with what stands on what in them, and options. Out: a [`Script`], whose
//! statements, run in order on a database with the first catalog, make it one with the second; what
//! they cannot express is named, and what loses data is marked.
//!
//! The way there: what cannot be reached is taken back from the wanted catalog and named (`reach`,
//! `keep`); each object that differs gets a way (`resolve`), and so does what stands on an object
//! that goes; the deeds are put in order (`order`) and written, kind by kind. A kind is a file here
//! and a line in `kind.rs`.

mod text;
mod script;
mod cast;
mod choice;
mod world;
mod kind;
mod schema;
mod extension;
mod enumeration;
mod domain;
mod composite;
mod sequence;
mod table;
mod routine;
mod constraint;
mod view;
mod index;
mod trigger;
mod policy;
mod resolve;
mod order;
mod wording;
mod rename;

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Constraint, ConstraintType, Kind, LinkedCatalog, Object, ObjectId};

use choice::{Choices, Remedies, Way};
use kind::Site;
use order::{Act, Deed, host_of_drop};
use rename::Renamed;
use resolve::Unreachable;
use world::{World, children, needed};

pub use rename::{NotARename, Rename};
pub use script::{Placement, Remainder, SESSION_SQL, Script, Statement};

/// How the statements are to be.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Do not block a table for long: concurrent builds, constraints that are validated after a
    /// commit.
    pub online: bool,
    /// Remove nothing, and lose no value: what would is named instead.
    pub lossless_only: bool,
    /// What is only called otherwise afterwards. Without a word about it, what has another name is
    /// another thing.
    pub renames: Vec<Rename>,
}

impl Script {
    /// The statements that lead from `before` to `after`.
    pub fn between(before: &LinkedCatalog, after: &LinkedCatalog, options: &Options) -> Self {
        if options.renames.is_empty() {
            return Target::new(before, after, options).script();
        }
        let Renamed { linked, statements, idle } = rename::apply(before, after, &options.renames);
        let mut script = Target::new(&linked, after, options).script();
        script.statements.splice(..0, statements);
        script.inexpressible.extend(idle);
        script
    }
}

/// The catalog that will be reached.
struct Target<'a> {
    before: &'a LinkedCatalog,
    after: LinkedCatalog,
    options: &'a Options,
    inexpressible: BTreeSet<Remainder>,
    withheld: BTreeSet<Remainder>,
}

impl<'a> Target<'a> {
    fn new(before: &'a LinkedCatalog, after: &LinkedCatalog, options: &'a Options) -> Self {
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
                let what = format!("a {} cannot be written as SQL yet", id.kind());
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
            let Some(new) = self.after.catalog.objects.get_mut(&id) else {
                self.withheld.insert(Remainder::new(&id, "its removal"));
                self.take_back(&id);
                continue;
            };
            for what in kind::keep(old, new) {
                self.withheld.insert(Remainder::new(&id, what));
            }
        }
        self.leave_taken_names();
        self.keep_keys();
        while self.keep_in_children() {}
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
            let table = id.schema().zip(id.on_table());
            let table = table.map(|(schema, name)| ObjectId::table(schema, name));
            let Some((table, Object::Table(wanted))) =
                table.and_then(|id| Some((id.clone(), self.after.catalog.objects.get_mut(&id)?)))
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
            let Some(Object::Table(given)) = self.after.catalog.objects.get(&parent).cloned()
            else {
                continue;
            };
            for child in own {
                let Some(Object::Table(table)) = self.after.catalog.objects.get_mut(&child) else {
                    continue;
                };
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
            world::constraints_in(&self.after.catalog, parent)
                .filter_map(|(id, object)| Some((world::on_other(child, id)?, spreads(object)?)))
                .filter(|(id, _)| !objects.contains_key(id))
                .collect();
        for (id, check) in &missing {
            let what = format!("a table without it, which {parent} keeps");
            self.withheld.insert(Remainder::new(id, what));
            self.after.catalog.objects.insert(id.clone(), Object::Constraint(check.clone()));
        }
        !missing.is_empty()
    }

    /// Leaves out what is wanted under a name that something has which is kept.
    fn leave_taken_names(&mut self) {
        let (before, after) = (&self.before.catalog.objects, &self.after.catalog.objects);
        let mut taken: BTreeMap<_, Vec<ObjectId>> = BTreeMap::new();
        for id in after.keys() {
            if let Some(name) = order::own_name(id) {
                taken.entry(name).or_default().push(id.clone());
            }
        }
        let clashes: Vec<(ObjectId, ObjectId)> = taken
            .into_values()
            .filter(|ids| ids.len() > 1)
            .flat_map(|ids| {
                let kept = ids.iter().find(|id| before.contains_key(id)).cloned();
                let new = ids.into_iter().filter(|id| !before.contains_key(id));
                new.filter_map(move |id| Some((id, kept.clone()?)))
            })
            .collect();
        for (id, kept) in clashes {
            self.withheld.insert(Remainder::new(&id, format!("{kept} is kept, and has the name")));
            self.take_back(&id);
        }
    }

    /// Takes back what no statement reaches.
    fn reach(&mut self) {
        let needed = needed(self.before);
        let children_before = children(&self.before.catalog);
        let mut children_after = children(&self.after.catalog);
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
            }
            children_after = children(&self.after.catalog);
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
            }
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
        let old = match self.before.catalog.objects.get(id) {
            Some(Object::Table(table)) => {
                table.columns.iter().enumerate().find(|(_, old)| old.name == column)
            }
            _ => None,
        };
        if let (Some((at, old)), Some(Object::Table(table))) =
            (old, self.after.catalog.objects.get_mut(id))
        {
            match table.columns.iter_mut().find(|new| new.name == column) {
                Some(new) => *new = old.clone(),
                None => table.columns.insert(at.min(table.columns.len()), old.clone()),
            }
        }
    }

    fn script(mut self) -> Script {
        let needed = needed(self.before);
        let children_before = children(&self.before.catalog);
        let mut remedies = Remedies::default();
        let statements = loop {
            let children_after = children(&self.after.catalog);
            let undecided = Choices::default();
            let mut world = World {
                before: self.before,
                after: &self.after,
                needed: &needed,
                children_before: &children_before,
                children_after: &children_after,
                choices: &undecided,
                options: self.options,
            };
            let choices = match resolve::choose(&world, &remedies) {
                Ok(choices) => choices,
                Err(unreachable) => {
                    self.give_up(*unreachable);
                    continue;
                }
            };
            world.choices = &choices;
            match order::order(&world) {
                Ok(deeds) => break deeds.iter().flat_map(|deed| write(&world, deed)).collect(),
                Err(circle) if remedy(&world, &circle, &mut remedies) => {}
                Err(circle) => {
                    let differs = |id: &ObjectId| world.object_before(id) != world.object_after(id);
                    let first = circle.iter().find(|deed| differs(&deed.object));
                    let object = first.unwrap_or(&circle[0]).object.clone();
                    let others: BTreeSet<_> =
                        circle.iter().map(|deed| deed.object.to_string()).collect();
                    let others = others.into_iter().collect::<Vec<_>>().join(", ");
                    let why = format!("these wait for one another: {others}");
                    self.give_up(Unreachable { object, column: None, why });
                }
            }
        };
        Script {
            statements,
            inexpressible: self.inexpressible.into_iter().collect(),
            withheld: self.withheld.into_iter().collect(),
        }
    }

    fn give_up(&mut self, unreachable: Unreachable) {
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
        // Where that changed nothing, all that is left hangs together in a way that is not understood.
        if was.as_ref() == self.after.catalog.objects.get(&object) {
            for id in self.differing() {
                self.inexpressible.insert(Remainder::new(&id, format!("together with {object}")));
                self.take_back(&id);
            }
        }
    }
}

/// What is done about a circle: whether there was anything left to try.
fn remedy(world: &World<'_>, circle: &[Deed], remedies: &mut Remedies) -> bool {
    let before = remedies.clone();
    let was = World { after: world.before, ..*world };
    for deed in circle {
        let own = match deed.act {
            Act::Make => world.constraints_of(&deed.object).collect::<Vec<_>>(),
            _ => was
                .constraints_of(&deed.object)
                .filter(|(_, object)| is_reference(object))
                .collect(),
        };
        remedies.apart.extend(own.into_iter().map(|(id, _)| id.clone()));
    }
    if *remedies != before {
        return true;
    }
    let made = circle.iter().filter(|deed| deed.act == Act::Make).map(|deed| &deed.object);
    for id in made.clone() {
        match world.choices.way(id) {
            Some(Way::Alter) if id.kind() != Kind::Table => {
                remedies.rebuilt.insert(id.clone());
            }
            Some(Way::Rebuild) if matches!(id.kind(), Kind::Enum | Kind::Domain) => {
                remedies.replaced.insert(id.clone());
            }
            _ => {}
        }
    }
    if *remedies == before {
        let tables = made.filter(|id| id.kind() == Kind::Table);
        remedies.deferred.extend(tables.cloned());
    }
    *remedies != before
}

fn is_reference(object: &Object) -> bool {
    matches!(
        object,
        Object::Constraint(Constraint { constraint_type: ConstraintType::ForeignKey, .. })
    )
}

/// The statements of one deed.
fn write(world: &World<'_>, deed: &Deed) -> Vec<Statement> {
    let site = Site { id: &deed.object, world };
    let (before, after) = (world.object_before(&deed.object), world.object_after(&deed.object));
    let creates = world.choices.creates(&deed.object);
    match (deed.act, before, after) {
        (Act::Make, ..) if world.choices.is_inline(&deed.object) => Vec::new(),
        (Act::Drop, Some(_), _) if host_of_drop(world, &deed.object).is_some() => Vec::new(),
        (Act::Drop, Some(before), _) => kind::drop(site, before),
        (Act::Make, _, Some(after)) if creates => kind::create(site, after),
        (Act::Make, Some(before), Some(after)) => kind::alter(site, before, after),
        (Act::Loosen, Some(before), Some(after)) => kind::loosen(site, before, after),
        (Act::Finish, before, Some(after)) => {
            kind::finish(site, before.filter(|_| !creates), after)
        }
        _ => Vec::new(),
    }
}
