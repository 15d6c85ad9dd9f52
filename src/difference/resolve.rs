//! From what differs to what is to be done with each object: what stands on something that goes
//! must go before it, and comes again after.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Constraint, ConstraintType, Dependency, Kind, Object, ObjectId, Part, Table};

use super::choice::{Choices, Remedies, Way, can_stand_beside};
use super::foreign;
use super::kind::{self, Site};
use super::publication;
use super::values::is_of_one_family;
use super::world::World;

/// What cannot be done: this object cannot become what was asked for.
pub(super) struct Unreachable {
    pub(super) object: ObjectId,
    /// The column of it that is meant; none for the object itself.
    pub(super) column: Option<String>,
    pub(super) why: String,
}

/// The choices for getting from one world to the other.
pub(super) fn choose(world: &World<'_>, remedies: &Remedies) -> Result<Choices, Box<Unreachable>> {
    let mut draft = Draft {
        world,
        choices: Choices { remedies: remedies.clone(), ..Choices::default() },
        touched: BTreeMap::new(),
        open: Vec::new(),
        causes: BTreeMap::new(),
    };
    draft.compare();
    for id in &remedies.rebuilt {
        if draft.choices.way(id) == Some(Way::Alter) {
            draft.set(id, Way::Rebuild);
        }
    }
    for id in &remedies.replaced {
        if draft.choices.way(id) == Some(Way::Rebuild) {
            draft.set(id, Way::Replace);
        }
    }
    if let Err(mut unreachable) = draft.close() {
        draft.blame(&mut unreachable);
        return Err(unreachable);
    }
    draft.replica_identities();
    draft.inline();
    Ok(draft.choices)
}

struct Draft<'a> {
    world: &'a World<'a>,
    choices: Choices,
    /// The columns that go or change, of what is changed in place.
    touched: BTreeMap<ObjectId, BTreeSet<String>>,
    /// Objects that others may have to follow.
    open: Vec<ObjectId>,
    /// Which object another followed.
    causes: BTreeMap<ObjectId, ObjectId>,
}

impl Draft<'_> {
    fn compare(&mut self) {
        let world = self.world;
        for (id, before) in &world.before.catalog.objects {
            match world.object_after(id) {
                None => self.set(id, Way::Drop),
                Some(after) if after == before => {}
                Some(after) => {
                    let site = Site { id, world };
                    let way = kind::way(site, before, after);
                    self.set(id, way);
                    if way == Way::Alter {
                        self.touched.insert(id.clone(), kind::touched(before, after));
                    }
                }
            }
        }
        for id in world.after.catalog.objects.keys() {
            if world.object_before(id).is_none() {
                self.choices.ways.insert(id.clone(), Way::Create);
            }
        }
    }

    fn set(&mut self, id: &ObjectId, way: Way) {
        if self.choices.ways.insert(id.clone(), way) != Some(way) {
            self.open.push(id.clone());
        }
    }

    /// Names what differs, rather than what only had to follow it.
    fn blame(&self, unreachable: &mut Unreachable) {
        let world = self.world;
        let column = |id: &ObjectId, name: &str| {
            let of = |table: Option<&Table>| {
                table?.columns.iter().find(|column| column.name == name).cloned()
            };
            of(world.table_before(id)) != of(world.table_after(id))
        };
        let stays = |id: &ObjectId| world.object_before(id) == world.object_after(id);
        if unreachable.column.as_ref().is_some_and(|name| !column(&unreachable.object, name)) {
            unreachable.column = None;
            let own = unreachable.object.clone();
            if let Some(cause) = self.causes.get(&own) {
                unreachable.object = cause.clone();
            }
        }
        let mut seen = BTreeSet::new();
        while stays(&unreachable.object) && seen.insert(unreachable.object.clone()) {
            let Some(cause) = self.causes.get(&unreachable.object) else {
                break;
            };
            unreachable.object = cause.clone();
        }
    }

    fn close(&mut self) -> Result<(), Box<Unreachable>> {
        let world = self.world;
        while let Some(on) = self.open.pop() {
            let Some(needs) = world.needed.get(&on) else {
                continue;
            };
            if self.choices.way(&on) == Some(Way::Rebuild) && self.is_kept_type(&on) {
                if !can_stand_beside(on.kind()) {
                    return Err(unreachable(&on, "columns have this type"));
                }
                self.set(&on, Way::Replace);
                continue;
            }
            for need in needs {
                let before = self.open.len();
                let followed = self.follow(need);
                if self.open.len() > before && need.object != on {
                    self.causes.entry(need.object.clone()).or_insert_with(|| on.clone());
                }
                followed?;
            }
        }
        Ok(())
    }

    /// Whether columns of tables that stay have this type, before and after.
    fn is_kept_type(&self, id: &ObjectId) -> bool {
        let is_type =
            can_stand_beside(id.kind()) || matches!(id.kind(), Kind::Composite | Kind::BaseType);
        let needs = self.world.needed.get(id).map_or(&[][..], Vec::as_slice);
        is_type
            && needs.iter().any(|need| match &need.part {
                Part::Column(column) => self.keeps_column(&need.object, column),
                _ => {
                    matches!(need.object.kind(), Kind::Domain | Kind::Composite | Kind::Range)
                        && self.is_kept_type(&need.object)
                }
            })
    }

    fn keeps_column(&self, table: &ObjectId, column: &str) -> bool {
        matches!(table.kind(), Kind::Table | Kind::ForeignTable)
            && self.world.table_after(table).is_some_and(|after| {
                after.columns.iter().any(|new| new.name == column)
                    && (!self.is_touched(table, column) || self.choices.is_retyped(table, column))
            })
    }

    fn is_touched(&self, id: &ObjectId, column: &str) -> bool {
        self.touched.get(id).is_some_and(|touched| touched.contains(column))
    }

    fn follow(&mut self, need: &Dependency) -> Result<(), Box<Unreachable>> {
        let Dependency { object, on, .. } = need;
        let way = self.choices.way(on);
        let goes = self.choices.drops(on);
        let touched = match &need.on_part {
            Part::Column(column) | Part::Default(column) => {
                way == Some(Way::Alter) && self.is_touched(on, column)
            }
            Part::Whole => false,
        };
        if !goes && !touched {
            return Ok(());
        }
        if object == on {
            return self.follow_within(need);
        }
        let own = self.choices.way(object);
        if self.world.object_after(object).is_none() || self.choices.drops(object) {
            return Ok(());
        }
        if self.world.needs_as_partition(need) {
            return Ok(());
        }
        match object.kind() {
            Kind::Table | Kind::ForeignTable => self.follow_table(need),
            Kind::Schema | Kind::Extension => Ok(()),
            Kind::Publication => {
                self.choices.loosened.insert((object.clone(), publication::entry(on)));
                if own.is_none() {
                    self.set(object, Way::Alter);
                }
                Ok(())
            }
            Kind::Sequence | Kind::ForeignDataWrapper => {
                if own.is_none() {
                    self.set(object, Way::Alter);
                }
                Ok(())
            }
            Kind::Index | Kind::Constraint if touched => {
                if !self.converts_by_itself(need) {
                    self.set(object, Way::Rebuild);
                }
                Ok(())
            }
            // What is replaced in place has let go of what is only dropped.
            Kind::View
            | Kind::Function
            | Kind::Procedure
            | Kind::Rule
            | Kind::Policy
            | Kind::Language
            | Kind::BaseType
            | Kind::Aggregate
            | Kind::Operator
            | Kind::OperatorFamily
            | Kind::Transform
            | Kind::TextSearchConfiguration
                if way == Some(Way::Drop) && own == Some(Way::Alter) && !stands_on(object, on) =>
            {
                Ok(())
            }
            Kind::Domain if own != Some(Way::Rebuild) && self.loosens_domain(object, on) => Ok(()),
            _ => self.make_again(need),
        }
    }

    /// Whether a domain can let go of what its checks or its default stand on, and take it again.
    fn loosens_domain(&mut self, id: &ObjectId, on: &ObjectId) -> bool {
        let callable = matches!(on.kind(), Kind::Function | Kind::Aggregate | Kind::Operator);
        let Some(Object::Domain(before)) = self.world.object_before(id).filter(|_| callable) else {
            return false;
        };
        for part in before.naming(on.name()) {
            self.choices.loosened.insert((id.clone(), part.to_owned()));
        }
        if self.choices.way(id).is_none() {
            self.set(id, Way::Alter);
        }
        true
    }

    /// It is removed and made again, if that loses nothing that nobody knows.
    fn make_again(&mut self, need: &Dependency) -> Result<(), Box<Unreachable>> {
        let Dependency { object, on, .. } = need;
        if let Some(why) = self.world.object_before(object).and_then(foreign::is_irreplaceable) {
            return Err(unreachable(on, format!("{object} needs it, and {why}")));
        }
        self.set(object, Way::Rebuild);
        Ok(())
    }

    /// A generated column of the same table.
    fn follow_within(&mut self, need: &Dependency) -> Result<(), Box<Unreachable>> {
        let (Part::Default(own), Part::Column(column)) = (&need.part, &need.on_part) else {
            return Ok(());
        };
        if own == column || self.is_touched(&need.object, own) {
            return Ok(());
        }
        let loses_expression = self.world.table_after(&need.object).is_none_or(|after| {
            after.columns.iter().all(|new| new.name != *own || new.generated.is_none())
        });
        if loses_expression {
            return Ok(());
        }
        Err(Box::new(Unreachable {
            object: need.object.clone(),
            column: Some(column.clone()),
            why: format!("column {own} is generated from it"),
        }))
    }

    fn follow_table(&mut self, need: &Dependency) -> Result<(), Box<Unreachable>> {
        let Dependency { object, on, part, .. } = need;
        let Some(after) = self.world.table_after(object) else {
            return Ok(());
        };
        let alter = |draft: &mut Self| {
            if draft.choices.way(object).is_none() {
                draft.set(object, Way::Alter);
            }
        };
        match part {
            Part::Default(column) => {
                let Some(new) = after.columns.iter().find(|new| new.name == *column) else {
                    return Ok(());
                };
                // The statement that changes its type takes care of the default too.
                let is_converted =
                    self.choices.way(on) == Some(Way::Replace) && self.is_touched(object, column);
                let goes = self.is_touched(object, column) && new.generated.is_some();
                if is_converted || goes {
                    return Ok(());
                }
                let was_generated = self.world.table_before(object).is_some_and(|before| {
                    before.columns.iter().any(|old| old.name == *column && old.generated.is_some())
                });
                if was_generated && new.generated.is_some() {
                    let why = format!("column {column} of {object} is generated with it");
                    return Err(unreachable(on, why));
                }
                if !was_generated {
                    self.choices.loosened.insert((object.clone(), column.clone()));
                }
                alter(self);
                Ok(())
            }
            Part::Column(column) => {
                if self.is_touched(object, column)
                    || after.columns.iter().all(|new| new.name != *column)
                {
                    return Ok(());
                }
                let is_key = self.world.table_before(object).is_some_and(|before| {
                    before
                        .partition_by
                        .as_ref()
                        .is_some_and(|key| super::table::is_key(key, column))
                });
                if is_key {
                    let why = format!("{object} is partitioned by column {column}");
                    return Err(unreachable(on, why));
                }
                // What a parent's statement does with USING, a foreign table refuses.
                if object.kind() == Kind::ForeignTable && self.world.link_stays(object) {
                    return self.make_again(need);
                }
                if self.choices.way(on) == Some(Way::Replace) {
                    self.choices.retyped.insert((object.clone(), column.clone()));
                    self.touched.entry(object.clone()).or_default().insert(column.clone());
                    self.choices.ways.entry(object.clone()).or_insert(Way::Alter);
                    self.open.push(object.clone());
                    return Ok(());
                }
                if can_stand_beside(on.kind()) && self.world.object_after(on).is_some() {
                    self.set(on, Way::Replace);
                    return Ok(());
                }
                Err(unreachable(on, format!("column {column} of {object} needs it")))
            }
            Part::Whole if on.kind() == Kind::ForeignServer => self.make_again(need),
            Part::Whole if matches!(on.kind(), Kind::Table | Kind::ForeignTable) => {
                let world = self.world;
                let unlinked = world
                    .table_before(object)
                    .is_some_and(|before| !super::family::same_link(before, after));
                if unlinked || !world.parents_before(after).contains(on) {
                    Ok(())
                } else {
                    Err(unreachable(on, format!("{object} hangs on it")))
                }
            }
            Part::Whole if matches!(on.kind(), Kind::Schema | Kind::Sequence) => Ok(()),
            Part::Whole
                if self.choices.way(on) == Some(Way::Drop)
                    || on.kind() == Kind::AccessMethod
                        && after.access_method.as_deref() != Some(on.name()) =>
            {
                alter(self);
                Ok(())
            }
            Part::Whole => Err(unreachable(on, format!("{object} needs it"))),
        }
    }

    /// Whether the server makes this index or constraint anew by itself when the column that it
    /// stands on gets another type.
    fn converts_by_itself(&self, need: &Dependency) -> bool {
        let world = self.world;
        let (object, on) = (&need.object, &need.on);
        if world.object_before(object) != world.object_after(object) {
            return self.choices.way(object) == Some(Way::Alter);
        }
        let Part::Column(column) = &need.on_part else {
            return false;
        };
        let of = |table: Option<&Table>| {
            let column = table?.columns.iter().find(|other| other.name == *column)?;
            Some((column.data_type.clone(), column.collation.clone()))
        };
        let (Some(old), Some(new)) = (of(world.table_before(on)), of(world.table_after(on))) else {
            return false;
        };
        // A type that is made anew under its name: what is written with the old one must go.
        if old == new {
            return false;
        }
        let is_reference = matches!(
            world.object_after(object),
            Some(Object::Constraint(Constraint {
                constraint_type: ConstraintType::ForeignKey,
                ..
            }))
        );
        !is_reference || is_of_one_family(&old.0, &new.0)
    }

    /// Tables whose replica identity goes by an index that is made again must be told again.
    fn replica_identities(&mut self) {
        for (id, object) in &self.world.after.catalog.objects {
            let Object::Table(table) = object else {
                continue;
            };
            let Some(index) = self.world.replica_index(id, table) else {
                continue;
            };
            if self.choices.creates(&index) && self.choices.way(id).is_none() {
                self.choices.ways.insert(id.clone(), Way::Alter);
            }
        }
    }

    /// Which constraints stand in their table's statement.
    fn inline(&mut self) {
        let world = self.world;
        for (id, object) in &world.after.catalog.objects {
            let Object::Constraint(constraint) = object else {
                continue;
            };
            let table = world.table_of(id);
            let checks = constraint.constraint_type == ConstraintType::Check;
            let keys = constraint.constraint_type != ConstraintType::ForeignKey;
            let suits = if checks {
                !constraint.inherited && !constraint.not_valid
            } else {
                // Where there are partitions, theirs come first.
                keys && !constraint.inherited
                    && !constraint.index_invalid
                    && !world.is_partitioned(&table)
            };
            // Of two alike, CREATE TABLE makes only one.
            let inline = self.choices.inline.get(&table).map_or(&[][..], Vec::as_slice);
            let is_repeated = !checks
                && inline.iter().any(|other| match world.object_after(other) {
                    Some(Object::Constraint(other)) => other.definition == constraint.definition,
                    _ => false,
                });
            if suits
                && !is_repeated
                && self.choices.creates(&table)
                && self.choices.creates(id)
                && !self.choices.remedies.apart.contains(id)
            {
                self.choices.inline.entry(table).or_default().push(id.clone());
            }
        }
        let rank = |id: &ObjectId| match world.object_after(id) {
            Some(Object::Constraint(constraint)) => match constraint.constraint_type {
                ConstraintType::PrimaryKey => 0,
                ConstraintType::Unique => 1,
                ConstraintType::Exclusion => 2,
                _ => 3,
            },
            _ => 4,
        };
        for constraints in self.choices.inline.values_mut() {
            constraints.sort_by_key(|id| (rank(id), id.clone()));
        }
    }
}

/// Whether an object stands on this table or view, and goes with it.
fn stands_on(object: &ObjectId, relation: &ObjectId) -> bool {
    object.on_table() == Some(relation.name()) && object.schema() == relation.schema()
}

fn unreachable(object: &ObjectId, why: impl Into<String>) -> Box<Unreachable> {
    Box::new(Unreachable { object: object.clone(), column: None, why: why.into() })
}
