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
mod values;
mod choice;
mod family;
mod world;
mod announcement;
mod kind;
mod aside;
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
mod collation;
mod base_type;
mod range;
mod aggregate;
mod operator;
mod operator_class;
mod cast;
mod transform;
mod conversion;
mod text_search;
mod rule;
mod event_trigger;
mod statistics;
mod publication;
mod language;
mod access_method;
mod foreign;
mod grant;
mod owner;
mod tablespace;
mod privileges;
mod default_privileges;
mod claim;
mod resolve;
mod order;
mod target;
mod wording;
mod renamed;
mod rename;

use std::collections::BTreeSet;

use crate::catalog::{Constraint, ConstraintType, Kind, LinkedCatalog, Object, ObjectId};

use choice::{Choices, Remedies, Way, can_stand_beside};
use family::{children, foreign as foreign_tables};
use kind::Site;
use order::{Act, Deed, host_of_drop};
use renamed::Renamed;
use resolve::Unreachable;
use target::Target;
use world::{World, needed};

pub use privileges::rights_sql;
pub use rename::{
    Declared, Hindrance, IdleRename, NotARename, Rename, declared_renames, refuse_unmatched,
};
pub use script::{Placement, Remainder, SESSION_LINES, SESSION_SQL, Script, Statement};

/// How the statements are to be.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Do not block a table for long: concurrent builds, constraints that are validated after a
    /// commit.
    pub online: bool,
    /// Remove nothing, and lose no value: what would is named instead.
    pub lossless_only: bool,
    /// Leave new objects the rights that default privileges give them, also where none are wanted.
    pub rights_as_given: bool,
    /// The tablespace of the database in which the statements run, where that is not `pg_default`.
    pub own_tablespace: Option<String>,
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
        let Renamed { linked, statements, idle } = renamed::apply(before, after, &options.renames);
        let mut script = Target::new(&linked, after, options).script();
        script.statements.splice(..0, statements);
        script.idle = idle;
        script
    }
}

/// `before` as `renames` leave it, on the way to `after`.
pub fn renamed(before: &LinkedCatalog, after: &LinkedCatalog, renames: &[Rename]) -> LinkedCatalog {
    renamed::apply(before, after, renames).linked
}

impl Target<'_> {
    fn script(mut self) -> Script {
        let needed = needed(self.before);
        let children_before = children(&self.before.catalog);
        let foreign_before = foreign_tables(&self.before.catalog);
        let mut remedies = Remedies::default();
        let statements = loop {
            let children_after = children(&self.after.catalog);
            let foreign_after = foreign_tables(&self.after.catalog);
            let undecided = Choices::default();
            let mut world = World {
                before: self.before,
                after: &self.after,
                needed: &needed,
                children_before: &children_before,
                children_after: &children_after,
                foreign_before: &foreign_before,
                foreign_after: &foreign_after,
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
                Ok(deeds) => {
                    let mut statements: Vec<Statement> =
                        deeds.iter().flat_map(|deed| write(&world, deed)).collect();
                    if !self.options.rights_as_given {
                        statements.extend(privileges::unwanted(&world));
                    }
                    break statements;
                }
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
            idle: Vec::new(),
        }
    }
}

/// What is done about a circle: whether there was anything left to try.
fn remedy(world: &World<'_>, circle: &[Deed], remedies: &mut Remedies) -> bool {
    let before = remedies.clone();
    let was = World { after: world.before, ..*world };
    for deed in circle {
        if deed.act == Act::Make {
            let own = world.constraints_of(&deed.object);
            remedies.apart.extend(own.map(|(id, _)| id.clone()));
            continue;
        }
        let references = was.constraints_of(&deed.object);
        let references = references.filter(|(_, object)| is_reference(object)).map(|(id, _)| id);
        remedies.apart.extend(references.chain(world.rules_before(&deed.object)).cloned());
    }
    if *remedies != before {
        return true;
    }
    let made = circle.iter().filter(|deed| deed.act == Act::Make).map(|deed| &deed.object);
    for id in made.clone() {
        match world.choices.way(id) {
            Some(Way::Alter) if !matches!(id.kind(), Kind::Table | Kind::ForeignTable) => {
                remedies.rebuilt.insert(id.clone());
            }
            Some(Way::Rebuild) if can_stand_beside(id.kind()) => {
                remedies.replaced.insert(id.clone());
            }
            _ => {}
        }
    }
    if *remedies == before {
        let tables = made.filter(|id| matches!(id.kind(), Kind::Table | Kind::ForeignTable));
        remedies.deferred.extend(tables.cloned());
        let dropped = circle.iter().filter(|deed| deed.act == Act::Drop).map(|deed| &deed.object);
        remedies.bared.extend(dropped.filter(|id| id.kind() == Kind::Table).cloned());
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
        (Act::Announce, ..) => {
            let sql = format!("CREATE TYPE {}", text::qualified(&deed.object));
            vec![Statement::new(&deed.object, sql)]
        }
        (Act::Make, ..) if world.choices.is_inline(&deed.object) => Vec::new(),
        (Act::Drop, Some(_), _) if host_of_drop(world, &deed.object).is_some() => Vec::new(),
        (Act::Drop, Some(before), _) => kind::drop(site, before),
        (Act::Make, _, Some(after)) if creates => kind::create(site, after),
        (Act::Make, Some(before), Some(after)) => kind::alter(site, before, after),
        (Act::Loosen, Some(Object::Table(before)), _) if world.choices.drops(&deed.object) => {
            table::drop_defaults(site, before)
        }
        (Act::Loosen, Some(before), Some(after)) => kind::loosen(site, before, after),
        (Act::Finish, before, Some(after)) => {
            kind::finish(site, before.filter(|_| !creates), after)
        }
        _ => Vec::new(),
    }
}
