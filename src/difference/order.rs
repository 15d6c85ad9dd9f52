//! The order of the statements.
//!
//! In: the choices. Out: what is to be done, one thing after another, so that each finds what it
//! needs and nobody needs what goes; or, where things go round in a circle, those that do.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{ConstraintType, Dependency, Kind, Object, ObjectId, Part};

use super::choice::Way;
use super::claim::{claims, own_name};
use super::family::{on_other, whole_of};
use super::table::sequences;
use super::world::World;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Deed {
    pub(super) act: Act,
    pub(super) object: ObjectId,
}

/// What is done with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Act {
    /// It lets go of what others lose.
    Loosen,
    /// It is removed.
    Drop,
    /// Its name is told, so that others can be made which it stands on itself: a type.
    Announce,
    /// It is made, or changed in place.
    Make,
    /// It gets what needs others to be there.
    Finish,
}

/// The deeds in order.
///
/// # Errors
/// Those that wait for one another.
pub(super) fn order(world: &World<'_>) -> Result<Vec<Deed>, Vec<Deed>> {
    let mut graph = Graph { world, deeds: BTreeMap::new() };
    graph.fill();
    graph.link_before();
    graph.link_after();
    graph.link_names();
    graph.link_tables();
    graph.sorted()
}

struct Graph<'a> {
    world: &'a World<'a>,
    /// Each deed with those that come after it.
    deeds: BTreeMap<Deed, BTreeSet<Deed>>,
}

impl Graph<'_> {
    fn fill(&mut self) {
        for (id, way) in &self.world.choices.ways {
            let makes = !matches!(way, Way::Drop);
            if self.world.choices.drops(id) {
                self.add(Act::Drop, id);
            }
            if makes {
                self.add(Act::Make, id);
            }
            if *way == Way::Alter {
                self.add(Act::Loosen, id);
                self.link(deed(Act::Loosen, id), deed(Act::Make, id));
            }
            if self.world.choices.drops(id) && self.world.choices.remedies.bared.contains(id) {
                self.add(Act::Loosen, id);
                self.link(deed(Act::Loosen, id), deed(Act::Drop, id));
            }
            if makes && matches!(id.kind(), Kind::Table | Kind::ForeignTable | Kind::Sequence) {
                self.add(Act::Finish, id);
                self.link(deed(Act::Make, id), deed(Act::Finish, id));
            }
            if matches!(way, Way::Create | Way::Rebuild) && self.world.is_announced(id) {
                self.add(Act::Announce, id);
                self.link(deed(Act::Drop, id), deed(Act::Announce, id));
                self.link(deed(Act::Announce, id), deed(Act::Make, id));
            }
            if *way == Way::Rebuild {
                self.link(deed(Act::Drop, id), deed(Act::Make, id));
            }
            if *way == Way::Replace {
                self.link(deed(Act::Make, id), deed(Act::Drop, id));
            }
        }
    }

    fn add(&mut self, act: Act, id: &ObjectId) {
        self.deeds.entry(deed(act, id)).or_default();
    }

    /// Puts one deed before the other, where both are to be done.
    fn link(&mut self, first: Deed, then: Deed) {
        let (first, then) = (self.host(first), self.host(then));
        if first != then
            && self.deeds.contains_key(&then)
            && let Some(after) = self.deeds.get_mut(&first)
        {
            after.insert(then);
        }
    }

    /// The deed in whose statement this one is done.
    fn host(&self, own: Deed) -> Deed {
        let world = self.world;
        let id = &own.object;
        match own.act {
            Act::Make if world.choices.is_inline(id) => deed(Act::Make, &world.table_of(id)),
            Act::Drop => match host_of_drop(world, id) {
                Some(host) => host,
                None => own,
            },
            _ => own,
        }
    }

    /// What stands on something goes before it.
    fn link_before(&mut self) {
        let world = self.world;
        for need in &world.before.dependencies {
            let Dependency { object, part, on, .. } = need;
            if object == on {
                continue;
            }
            let choices = world.choices;
            let Some(release) = self.release(object, part, on) else {
                continue;
            };
            if choices.drops(on) {
                self.link(release.clone(), deed(Act::Drop, on));
            }
            // The old one of two types that are there at once goes when nothing has it any more.
            let waits = release.act != Act::Make
                && choices.way(object) != Some(Way::Replace)
                && !world.stand_on_one_another(object, on);
            if choices.way(on) == Some(Way::Alter) && waits && on.kind() != Kind::Schema {
                self.link(release, deed(Act::Make, on));
            }
        }
    }

    /// The deed after which an object does not need another any more.
    fn release(&self, object: &ObjectId, part: &Part, on: &ObjectId) -> Option<Deed> {
        let choices = self.world.choices;
        if choices.drops(object) {
            let is_bared = choices.remedies.bared.contains(object);
            let act = if is_bared && is_default(part) { Act::Loosen } else { Act::Drop };
            return Some(deed(act, object));
        }
        if choices.way(object) != Some(Way::Alter) {
            return None;
        }
        let early = match (object.kind(), part) {
            (_, Part::Default(column)) => choices.is_loosened(object, column),
            (Kind::Domain, _) => choices.loosened.iter().any(|(own, _)| own == object),
            (Kind::Sequence | Kind::Publication, _) => true,
            (Kind::ForeignDataWrapper, _) => choices.is_made_again(on),
            (Kind::Table | Kind::ForeignTable, _) => is_table(on),
            _ => false,
        };
        Some(deed(if early { Act::Loosen } else { Act::Make }, object))
    }

    /// What something stands on is there before it.
    fn link_after(&mut self) {
        let world = self.world;
        for need in &world.after.dependencies {
            let Dependency { object, part, on, .. } = need;
            let choices = world.choices;
            if object == on || choices.way(object).is_none() || choices.way(on).is_none() {
                continue;
            }
            let deferred = choices.remedies.deferred.contains(object);
            let late = match part {
                Part::Default(_) => deferred,
                _ => object.kind() == Kind::Sequence && is_table(on),
            };
            if on.kind() == Kind::Schema {
                self.link(deed(Act::Make, on), deed(Act::Announce, object));
            }
            if self.world.is_own_function(on, object) {
                self.link(deed(Act::Announce, on), deed(Act::Make, object));
                continue;
            }
            // The part of a partition comes before the whole, which takes it over.
            let is_part = matches!(on.kind(), Kind::Index | Kind::Constraint)
                && whole_of(object, world.after) == Some(on)
                && !world.comes_from_parent(object);
            if is_part {
                self.link(deed(Act::Make, object), deed(Act::Make, on));
                self.link(deed(Act::Drop, on), deed(Act::Make, object));
                continue;
            }
            let act = if late { Act::Finish } else { Act::Make };
            self.link(deed(Act::Make, on), deed(act, object));
        }
    }

    /// A name is free before it is taken.
    fn link_names(&mut self) {
        let world = self.world;
        let mut gone: BTreeMap<(String, String), Vec<ObjectId>> = BTreeMap::new();
        for id in world.choices.ways.keys().filter(|id| world.choices.drops(id)) {
            let own = world.object_before(id).into_iter().flat_map(|own| claims(id, own));
            let brought = world.table_before(id).into_iter().flat_map(sequences);
            for name in own.chain(brought.filter_map(|sequence| own_name(&sequence))) {
                gone.entry(name).or_default().push(id.clone());
            }
        }
        for (id, way) in &world.choices.ways {
            let own = world.object_after(id).filter(|_| *way != Way::Alter);
            let mut names: Vec<_> = own.into_iter().flat_map(|own| claims(id, own)).collect();
            if let Some(table) = world.table_after(id).filter(|_| *way != Way::Drop) {
                names.extend(sequences(table).iter().filter_map(own_name));
            }
            for name in names {
                for other in gone.get(&name).into_iter().flatten().filter(|other| *other != id) {
                    self.link(deed(Act::Drop, other), deed(Act::Announce, id));
                    self.link(deed(Act::Drop, other), deed(Act::Make, id));
                }
            }
        }
    }

    /// What belongs to tables: parents first, constraints and indexes before the last touches.
    fn link_tables(&mut self) {
        let world = self.world;
        for (parent, children) in world.children_after {
            for child in children {
                self.link(deed(Act::Make, parent), deed(Act::Make, child));
                self.link(deed(Act::Finish, child), deed(Act::Finish, parent));
            }
        }
        for (parent, children) in world.children_before {
            for child in children {
                self.link(deed(Act::Loosen, child), deed(Act::Make, parent));
                self.link(deed(Act::Loosen, child), deed(Act::Drop, parent));
            }
        }
        for id in world.choices.ways.keys() {
            // An operator that is not to know its partner must come after it.
            if let Some(Object::Operator(operator)) = world.object_after(id) {
                for partner in operator.unaware_partners(id, world) {
                    self.link(deed(Act::Make, id), deed(Act::Make, &partner));
                }
            }
            if id.kind() == Kind::Sequence && world.choices.creates(id) {
                self.link_identities(id);
            }
            self.link_drop_to_parents(id);
            let table = match world.object_after(id) {
                Some(Object::Index(index)) => world.relation(id.schema(), &index.table),
                Some(Object::Constraint(_)) => world.table_of(id),
                Some(Object::Trigger(trigger)) if trigger.inherited => {
                    // A copy is there when its table is a partition.
                    let table = world.table_of(id);
                    self.link(deed(Act::Finish, &table), deed(Act::Make, id));
                    continue;
                }
                _ => {
                    if id.on_table().is_some() {
                        let table = world.table_of(id);
                        self.link(deed(Act::Loosen, &table), deed(Act::Drop, id));
                    }
                    continue;
                }
            };
            if world.comes_from_parent(id) {
                // It is there when both are linked, and its parent's is.
                if let Some(child) = world.table_after(&table) {
                    for parent in world.parents_after(child) {
                        if let Some(same) = on_other(&parent, id) {
                            self.link(deed(Act::Make, &same), deed(Act::Make, id));
                        }
                    }
                }
                continue;
            }
            self.link(deed(Act::Make, &table), deed(Act::Make, id));
            self.link(deed(Act::Make, id), deed(Act::Finish, &table));
            // A partition that is put on would be asked for its part; this one takes what there is.
            let takes_what_there_is = match world.object_after(id) {
                Some(Object::Index(index)) => index.invalid,
                Some(Object::Constraint(constraint)) => constraint.index_invalid,
                _ => false,
            };
            if takes_what_there_is {
                for child in world.children_after.get(&table).into_iter().flatten() {
                    self.link(deed(Act::Finish, child), deed(Act::Make, id));
                }
            }
        }
    }

    /// A sequence takes its name from an identity.
    fn link_identities(&mut self, sequence: &ObjectId) {
        let world = self.world;
        for (id, way) in &world.choices.ways {
            let table = world.table_before(id).filter(|_| *way == Way::Alter);
            if table.is_some_and(|table| {
                sequences(table).iter().any(|own| own_name(own) == own_name(sequence))
            }) {
                self.link(deed(Act::Loosen, id), deed(Act::Make, sequence));
            }
        }
    }

    /// A check that came from a parent goes with its parent's, and what is left of it then.
    fn link_drop_to_parents(&mut self, id: &ObjectId) {
        let world = self.world;
        let inherited = matches!(
            world.object_before(id),
            Some(Object::Constraint(constraint)) if constraint.inherited
        );
        let stays = world.link_stays(&world.table_of(id));
        if !inherited || !stays || !world.choices.drops(id) {
            return;
        }
        let Some(child) = world.table_before(&world.table_before_of(id)) else {
            return;
        };
        for same in world.parents_before(child).iter().filter_map(|parent| on_other(parent, id)) {
            let is_check = matches!(
                world.object_before(id),
                Some(Object::Constraint(constraint))
                    if constraint.constraint_type == ConstraintType::Check
            );
            // The server records of all others that they go with their parent's.
            if is_check {
                self.link(deed(Act::Drop, &same), deed(Act::Drop, id));
                self.link(deed(Act::Drop, id), deed(Act::Make, &same));
            }
        }
    }

    /// The deeds, earliest possible first, in a natural order where there is a choice.
    fn sorted(self) -> Result<Vec<Deed>, Vec<Deed>> {
        let mut waits: BTreeMap<&Deed, usize> = self.deeds.keys().map(|deed| (deed, 0)).collect();
        for after in self.deeds.values().flatten() {
            *waits.entry(after).or_default() += 1;
        }
        let mut ready: BTreeSet<(Rank, &Deed)> = waits
            .iter()
            .filter(|(_, count)| **count == 0)
            .map(|(deed, _)| (rank(deed), *deed))
            .collect();
        let mut sorted = Vec::with_capacity(self.deeds.len());
        while let Some((_, next)) = ready.pop_first() {
            sorted.push(next.clone());
            for after in &self.deeds[next] {
                let count = waits.entry(after).or_default();
                *count -= 1;
                if *count == 0 {
                    ready.insert((rank(after), after));
                }
            }
        }
        if sorted.len() == self.deeds.len() { Ok(sorted) } else { Err(self.circle(&sorted)) }
    }

    /// Some deeds that wait for one another.
    fn circle(&self, done: &[Deed]) -> Vec<Deed> {
        let done: BTreeSet<&Deed> = done.iter().collect();
        let mut left: BTreeSet<&Deed> =
            self.deeds.keys().filter(|deed| !done.contains(deed)).collect();
        // Those after which nothing of the rest comes are in no circle.
        loop {
            let ends: Vec<&Deed> = left
                .iter()
                .copied()
                .filter(|deed| !self.deeds[*deed].iter().any(|after| left.contains(after)))
                .collect();
            if ends.is_empty() {
                break;
            }
            for end in ends {
                left.remove(end);
            }
        }
        left.into_iter().cloned().collect()
    }
}

/// The deed by which an object goes without a statement of its own: that of its table, or of its
/// column.
pub(super) fn host_of_drop(world: &World<'_>, id: &ObjectId) -> Option<Deed> {
    if !world.choices.drops(id) || world.choices.remedies.apart.contains(id) {
        return None;
    }
    let table = match world.object_before(id)? {
        Object::Index(index) => world.relation_before(id.schema(), &index.table),
        Object::Statistics(statistics) => {
            let (schema, table) = super::text::split_qualified(&statistics.table);
            world.relation_before(schema.as_deref(), &table)
        }
        Object::Sequence(sequence) => {
            let parts = super::text::identifiers(sequence.owned_by.as_deref()?);
            let [schema, table, column] = parts.as_slice() else {
                return None;
            };
            let table = world.relation_before(Some(schema), table);
            if world.choices.way(&table) == Some(Way::Alter) {
                let stays = world
                    .table_after(&table)
                    .is_some_and(|after| after.columns.iter().any(|other| other.name == *column));
                return (!stays).then(|| deed(Act::Make, &table));
            }
            table
        }
        Object::Function(_) => return Some(deed(Act::Drop, world.type_of_function(id)?)),
        _ if id.on_table().is_some() => world.table_before_of(id),
        _ => return None,
    };
    let goes = matches!(world.choices.way(&table), Some(Way::Drop | Way::Rebuild));
    goes.then(|| deed(Act::Drop, &table))
}

fn is_default(part: &Part) -> bool {
    matches!(part, Part::Default(_))
}

fn deed(act: Act, object: &ObjectId) -> Deed {
    Deed { act, object: object.clone() }
}

fn is_table(id: &ObjectId) -> bool {
    matches!(id.kind(), Kind::Table | Kind::ForeignTable)
}

type Rank = (i32, i32);

/// Where there is a choice: first what goes, from the outside in, then what comes, by kind.
fn rank(deed: &Deed) -> Rank {
    // Nothing is recorded of who uses a cast: it is there as early, and as long, as it can be.
    let kind = match deed.object.kind() {
        Kind::Cast => Kind::Range,
        kind => kind,
    };
    let kind = Kind::ALL.iter().position(|other| *other == kind).unwrap_or_default();
    let kind = i32::try_from(kind).unwrap_or_default();
    match deed.act {
        // Nothing waits for event triggers, and they would fire at everything beside them.
        Act::Drop if deed.object.kind() == Kind::EventTrigger => (-1, 0),
        Act::Make if deed.object.kind() == Kind::EventTrigger => (4, 0),
        Act::Loosen => (0, kind),
        Act::Drop => (1, -kind),
        Act::Announce | Act::Make => (2, kind),
        // A sequence's owner, right after the tables.
        Act::Finish if deed.object.kind() == Kind::Sequence => (2, kind + 1),
        Act::Finish => (3, kind),
    }
}
