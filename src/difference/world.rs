//! The two catalogs that the statements lie between, and what can be asked about them.

use std::collections::HashMap;

use crate::catalog::{
    Column, Constraint, ConstraintType, Dependency, Kind, LinkedCatalog, Object, ObjectId, Part,
    Table, Trigger,
};

use super::Options;
use super::choice::Choices;
use super::family::{
    Children, Foreign, constraints_in, is_child, on_other, parents, relation_in, same_link,
    standing_on, whole_of,
};
use super::text::split_qualified;

/// Which objects stand on each.
pub(super) type Needed<'a> = HashMap<&'a ObjectId, Vec<&'a Dependency>>;

pub(super) fn needed(catalog: &LinkedCatalog) -> Needed<'_> {
    let mut needed: Needed<'_> = HashMap::new();
    for dependency in &catalog.dependencies {
        needed.entry(&dependency.on).or_default().push(dependency);
    }
    needed
}

/// The catalog before, the one that will be reached, and what was decided.
pub(super) struct World<'a> {
    pub(super) before: &'a LinkedCatalog,
    pub(super) after: &'a LinkedCatalog,
    pub(super) needed: &'a Needed<'a>,
    pub(super) children_before: &'a Children,
    pub(super) children_after: &'a Children,
    pub(super) foreign_before: &'a Foreign,
    pub(super) foreign_after: &'a Foreign,
    pub(super) choices: &'a Choices,
    pub(super) options: &'a Options,
}

impl<'a> World<'a> {
    pub(super) fn object_before(&self, id: &ObjectId) -> Option<&'a Object> {
        self.before.catalog.objects.get(id)
    }

    pub(super) fn object_after(&self, id: &ObjectId) -> Option<&'a Object> {
        self.after.catalog.objects.get(id)
    }

    /// The table, or foreign table, as it was.
    pub(super) fn table_before(&self, id: &ObjectId) -> Option<&'a Table> {
        match self.object_before(id)? {
            Object::Table(table) => Some(table),
            _ => self.foreign_before.get(id),
        }
    }

    /// The table, or foreign table, as it will be.
    pub(super) fn table_after(&self, id: &ObjectId) -> Option<&'a Table> {
        match self.object_after(id)? {
            Object::Table(table) => Some(table),
            _ => self.foreign_after.get(id),
        }
    }

    fn constraint_after(&self, id: &ObjectId) -> Option<&'a Constraint> {
        match self.object_after(id)? {
            Object::Constraint(constraint) => Some(constraint),
            _ => None,
        }
    }

    /// The table, foreign table or view that has this name, or had it.
    pub(super) fn relation(&self, schema: Option<&str>, name: &str) -> ObjectId {
        let table = ObjectId::table(schema.unwrap_or_default(), name);
        let found = relation_in(&self.after.catalog, &table);
        found.or_else(|| relation_in(&self.before.catalog, &table)).unwrap_or(table)
    }

    /// The table, foreign table or view that had this name.
    pub(super) fn relation_before(&self, schema: Option<&str>, name: &str) -> ObjectId {
        let table = ObjectId::table(schema.unwrap_or_default(), name);
        relation_in(&self.before.catalog, &table).unwrap_or(table)
    }

    /// The table that a constraint, trigger, rule or policy stands on.
    pub(super) fn table_of(&self, id: &ObjectId) -> ObjectId {
        self.relation(id.schema(), id.on_table().unwrap_or_default())
    }

    /// The table that it stood on.
    pub(super) fn table_before_of(&self, id: &ObjectId) -> ObjectId {
        self.relation_before(id.schema(), id.on_table().unwrap_or_default())
    }

    /// The parents of a table as it was.
    pub(super) fn parents_before(&self, table: &Table) -> Vec<ObjectId> {
        parents(table, &self.before.catalog)
    }

    /// The parents of a table as it will be.
    pub(super) fn parents_after(&self, table: &Table) -> Vec<ObjectId> {
        parents(table, &self.after.catalog)
    }

    /// Whether the statements make it, so that it has no rows.
    pub(super) fn is_new(&self, id: &ObjectId) -> bool {
        self.object_before(id).is_none() || self.choices.creates(id)
    }

    /// Whether anything of ours stands on it.
    pub(super) fn is_needed(&self, id: &ObjectId) -> bool {
        self.needed.get(id).is_some_and(|needed| needed.iter().any(|other| other.object != *id))
    }

    /// Whether there are columns of tables that have this type and keep it.
    pub(super) fn is_in_columns(&self, id: &ObjectId) -> bool {
        let stays = |table: &ObjectId, column: &str| {
            let of = |table: Option<&'a Table>| {
                let mut columns = table?.columns.iter();
                columns.find(|other| other.name == column).map(|column| &column.data_type)
            };
            let old = of(self.table_before(table));
            old.is_some() && old == of(self.table_after(table))
        };
        let needs = self.needed.get(id).map_or(&[][..], Vec::as_slice);
        needs.iter().any(|need| match &need.part {
            Part::Column(column) => stays(&need.object, column),
            _ => false,
        })
    }

    /// Whether a column's identity goes early, because a sequence takes the name of its own.
    pub(super) fn gives_up_sequence(&self, table: &ObjectId, column: &Column) -> bool {
        let Some(identity) = &column.identity else {
            return false;
        };
        let after = self.table_after(table);
        let stays = after.is_some_and(|after| {
            after.columns.iter().any(|own| own.name == column.name && own.identity.is_some())
        });
        let (schema, name) = split_qualified(&identity.sequence);
        let sequence = ObjectId::from_parts(Kind::Sequence, schema, None, name, None);
        !stays && after.is_some() && sequence.is_some_and(|id| self.choices.creates(&id))
    }

    /// Whether there is a type or relation of this name in one of the worlds.
    pub(super) fn has_name(&self, schema: Option<&str>, name: &str) -> bool {
        let catalogs = [&self.before.catalog, &self.after.catalog];
        catalogs.iter().any(|catalog| {
            catalog.objects.keys().any(|id| id.schema() == schema && id.name() == name)
        })
    }

    pub(super) fn is_partitioned(&self, id: &ObjectId) -> bool {
        let table = self.table_after(id).or_else(|| self.table_before(id));
        table.is_some_and(|table| table.partition_by.is_some())
    }

    /// Whether a table's parents are the same before and after.
    pub(super) fn link_stays(&self, id: &ObjectId) -> bool {
        match (self.table_before(id), self.table_after(id)) {
            (Some(before), Some(after)) => is_child(before) && same_link(before, after),
            _ => false,
        }
    }

    /// Whether it is the child of an ordinary table rather than a partition.
    pub(super) fn inherits_plainly(&self, id: &ObjectId) -> bool {
        self.table_before(id).is_some_and(|table| !table.inherits.is_empty())
    }

    /// Whether a foreign key needs a partition only because it needs the whole table.
    pub(super) fn needs_as_partition(&self, need: &Dependency) -> bool {
        let table = match need.on.kind() {
            Kind::Table => need.on.clone(),
            Kind::Constraint => self.table_of(&need.on),
            _ => return false,
        };
        need.object.kind() == Kind::Constraint
            && self.table_of(&need.object) != table
            && self.table_before(&table).is_some_and(|partition| {
                partition.partition_of.is_some()
                    && self.parents_before(partition).iter().any(|parent| {
                        let needs = self.needed.get(parent).map_or(&[][..], Vec::as_slice);
                        needs.iter().any(|other| other.object == need.object)
                    })
            })
    }

    /// Whether a partition must be taken off before it can be dropped.
    pub(super) fn is_referenced_partition(&self, id: &ObjectId) -> bool {
        self.needed.get(id).is_some_and(|needs| {
            needs
                .iter()
                .any(|need| self.needs_as_partition(need) && !self.choices.drops(&need.object))
        })
    }

    /// Whether the table that an object stands on has children.
    pub(super) fn has_children(&self, id: &ObjectId) -> bool {
        let table = if id.on_table().is_some() { self.table_of(id) } else { id.clone() };
        let has = |children: &Children| children.get(&table).is_some_and(|list| !list.is_empty());
        has(self.children_before) || has(self.children_after)
    }

    /// Whether an index of the table can be built and dropped without blocking writes, and should.
    pub(super) fn can_build_concurrently(&self, table: &ObjectId) -> bool {
        self.options.online && !self.is_new(table) && !self.is_partitioned(table)
    }

    /// Whether an index of the table is the one that CLUSTER uses afterwards.
    pub(super) fn is_clustered(&self, table: &ObjectId) -> bool {
        self.after.catalog.objects.iter().any(|(id, object)| match object {
            Object::Index(index) => {
                index.clustered && self.relation(id.schema(), &index.table) == *table
            }
            Object::Constraint(constraint) => constraint.clustered && self.table_of(id) == *table,
            _ => false,
        })
    }

    /// Whether the statement that makes a parent's constraint makes this one too.
    pub(super) fn comes_from_parent(&self, id: &ObjectId) -> bool {
        let (Some(own), table) = (self.constraint_after(id), self.table_of(id)) else {
            return false;
        };
        let spreads =
            matches!(own.constraint_type, ConstraintType::Check | ConstraintType::ForeignKey);
        if !own.inherited || !spreads {
            return false;
        }
        let follows = self.link_stays(&table) || self.is_born_linked(&table);
        let Some(child) = self.table_after(&table).filter(|_| follows) else {
            return false;
        };
        self.parents_after(child).iter().any(|parent| {
            on_other(parent, id).is_some_and(|same| self.constraint_after(&same).is_some())
        })
    }

    /// The trigger that a partition's is a copy of, as it will be.
    pub(super) fn parent_trigger(&self, id: &ObjectId) -> Option<&'a Trigger> {
        let table = self.table_of(id);
        let child = self.table_after(&table)?;
        self.parents_after(child).iter().find_map(|parent| {
            match self.object_after(&on_other(parent, id)?)? {
                Object::Trigger(trigger) => Some(trigger),
                _ => None,
            }
        })
    }

    /// Whether the index that this one is a part of was there before, and stays.
    pub(super) fn whole_stays(&self, id: &ObjectId) -> bool {
        whole_of(id, self.after).is_some_and(|whole| {
            self.object_before(whole).is_some() && !self.choices.creates(whole)
        })
    }

    /// Whether the index that this one was a part of is left as it was.
    pub(super) fn is_whole_unchanged(&self, id: &ObjectId) -> bool {
        whole_of(id, self.before)
            .is_some_and(|whole| self.object_before(whole) == self.object_after(whole))
    }

    /// The indexes and constraints of partitions that are parts of this one, as they will be.
    pub(super) fn parts_of(&self, id: &ObjectId) -> impl Iterator<Item = &'a ObjectId> {
        let after = self.after;
        let needs = after.dependencies.iter().filter(move |need| need.on == *id);
        needs.map(|need| &need.object).filter(move |part| whole_of(part, after) == Some(id))
    }

    /// Whether the index that the table's replica identity goes by is made again.
    pub(super) fn loses_replica_identity(&self, id: &ObjectId, table: &Table) -> bool {
        self.replica_index(id, table).is_some_and(|index| self.choices.creates(&index))
    }

    /// The index, or the constraint in front of it, that a table's replica identity goes by.
    pub(super) fn replica_index(&self, id: &ObjectId, table: &Table) -> Option<ObjectId> {
        let written = table.replica_identity.as_ref()?.strip_prefix("using index ")?;
        let (_, name) = split_qualified(written);
        let schema = id.schema().unwrap_or_default().to_owned();
        let index = ObjectId::index(schema.clone(), name.clone());
        let constraint = ObjectId::constraint(schema, id.name().to_owned(), name);
        [index, constraint].into_iter().find(|id| self.object_after(id).is_some())
    }

    /// Whether a new table is made as the child that it is, rather than linked to its parents when
    /// it has all that they ask for.
    pub(super) fn is_born_linked(&self, id: &ObjectId) -> bool {
        if !self.choices.creates(id) {
            return false;
        }
        let Some(table) = self.table_after(id) else {
            return false;
        };
        let parents = self.parents_after(table);
        !parents.is_empty()
            && parents.iter().all(|parent| self.choices.creates(parent))
            && self.has_columns_of(table, &parents)
            && self.constraints_of(id).all(|(own, object)| self.suits_birth(own, object))
    }

    /// Whether the inherited columns are what the parents give, in that order, and come first.
    fn has_columns_of(&self, table: &Table, parents: &[ObjectId]) -> bool {
        let given: Option<Vec<_>> = parents.iter().map(|parent| self.table_after(parent)).collect();
        let Some(given) = given else {
            return false;
        };
        let mut columns: Vec<&Column> = Vec::new();
        for column in given.iter().flat_map(|parent| &parent.columns) {
            if !columns.iter().any(|other| other.name == column.name) {
                columns.push(column);
            }
        }
        let own = &table.columns;
        let alike = columns.len() <= own.len()
            && columns.iter().zip(own).all(|(given, own)| super::table::is_born_alike(given, own));
        let rest_is_own = own.iter().skip(columns.len()).all(|column| !column.inherited);
        alike && rest_is_own && (table.partition_of.is_none() || columns.len() == own.len())
    }

    /// The constraints of a table, as they will be.
    pub(super) fn constraints_of(
        &self,
        table: &ObjectId,
    ) -> impl Iterator<Item = (&'a ObjectId, &'a Object)> {
        constraints_in(&self.after.catalog, table)
    }

    /// The constraints of a table, as they were.
    pub(super) fn constraints_before(
        &self,
        table: &ObjectId,
    ) -> impl Iterator<Item = (&'a ObjectId, &'a Object)> {
        constraints_in(&self.before.catalog, table)
    }

    /// The rules of a table or view, as they were.
    pub(super) fn rules_before(&self, relation: &ObjectId) -> impl Iterator<Item = &'a ObjectId> {
        standing_on(&self.before.catalog, relation, Kind::Rule).map(|(id, _)| id)
    }

    /// Whether a child that is born linked gets this constraint as it will be: checks and foreign
    /// keys come from the parent under its names.
    fn suits_birth(&self, id: &ObjectId, object: &Object) -> bool {
        let Object::Constraint(constraint) = object else {
            return true;
        };
        let spreads = matches!(
            constraint.constraint_type,
            ConstraintType::Check | ConstraintType::ForeignKey
        );
        if !constraint.inherited || !spreads {
            return true;
        }
        let Some(child) = self.table_after(&self.table_of(id)) else {
            return false;
        };
        self.parents_after(child).iter().any(|parent| {
            let same = on_other(parent, id).and_then(|same| self.constraint_after(&same));
            same.is_some_and(|same| same.definition == constraint.definition)
        })
    }
}
