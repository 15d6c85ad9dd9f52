//! The catalog followed from change to change, on a shadow: after each, only what was touched is
//! read again, so that the cost grows with the change and not with the schema.
//!
//! In: what a change touched. Out: what it did to the inventory. The pieces are exact as far as
//! the telling is: [`PiecedCatalog::confirm`] reads everything once and compares.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use futures_util::future::try_join;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Row, Statement};

use super::anchor::{
    ABOUT, Anchor, PG_CLASS, PG_EXTENSION, PG_NAMESPACE, PG_PROC, PG_TYPE, RARE, anchor, anchor_of,
    class,
};
use super::reader::{NAMES, Names, OIDS, by_name, run};
use super::touched::Touched;
use super::whole::{asked, read_catalog_at_rest};
use super::{Objects, QUERIES, Query, Read, TABLE_RARE, failed};
use crate::catalog::{Inventory, InventoryDiff, Kind, ObjectId, Replacement};
use crate::database::Session;
use crate::database::pipeline::in_order;
use crate::diagnostic::Refusal;

const TOUCHED: &str = concat!(
    include_str!("touched.sql"),
    include_str!("touched_relations.sql"),
    include_str!("touched_others.sql"),
);
const MADE: &str = concat!(include_str!("made.sql"), include_str!("touched_relations.sql"));
const NAMED: &str = include_str!("named.sql");

/// The kinds that `touched.sql` tells the absence of: their queries are not asked in vain.
const TOLD: [Kind; 22] = [
    Kind::Schema,
    Kind::BaseType,
    Kind::Enum,
    Kind::Domain,
    Kind::Composite,
    Kind::Range,
    Kind::Sequence,
    Kind::Table,
    Kind::ForeignTable,
    Kind::Function,
    Kind::Procedure,
    Kind::Aggregate,
    Kind::Constraint,
    Kind::View,
    Kind::MaterializedView,
    Kind::Index,
    Kind::Trigger,
    Kind::Rule,
    Kind::Policy,
    Kind::Owner,
    Kind::Privileges,
    Kind::Tablespace,
];

/// The types of the parameters of `touched.sql`.
const TOUCHED_TYPES: &[Type] = &[Type::OID_ARRAY, Type::OID_ARRAY, Type::BOOL_ARRAY];

/// A reading waits for nobody: who holds a lock may be waiting for the reading.
const IMPATIENT: &str = "SET lock_timeout = '2ms'";

/// An inventory that follows a shadow's schema.
pub struct PiecedCatalog {
    /// For readings of everything.
    whole: [Session; 2],
    /// For readings of parts; its settings are for them.
    parts: Session,
    touched: Prepared,
    made: Prepared,
    rare: Prepared,
    queries: Vec<(&'static Query, u32, Prepared)>,
    inventory: Inventory,
    /// The inventory's objects by where they are found.
    at: BTreeMap<Anchor, BTreeSet<ObjectId>>,
    /// Where each thing was found last.
    anchors: BTreeMap<(u32, u32), Anchor>,
    newest: u32,
    /// Whether the inventory holds what only readings of parts have told.
    pieced: bool,
    /// Whether every confirmation so far agreed.
    exact: bool,
}

impl PiecedCatalog {
    /// Reads everything once. The sessions are of one database, and are used for nothing else.
    ///
    /// # Errors
    /// `connection-lost`, `database-failed`.
    pub async fn open(whole: [Session; 2], parts: Session) -> Result<Self, Refusal> {
        let client = parts.client();
        // For the session, for nobody else uses it: index look-ups only, and one way of writing.
        let settings = super::reader::FEW.replace(", true)", ", false)");
        client.query_typed(&settings, &[]).await.map_err(failed)?;
        let role = super::MIGRATING_ROLE.replace(", true) AS", ", false) AS");
        client.query_typed(&role, &[]).await.map_err(failed)?;
        for session in whole.iter().chain([&parts]) {
            session.client().batch_execute(IMPATIENT).await.map_err(failed)?;
        }
        let mut this = Self {
            whole,
            parts,
            touched: Prepared::new(TOUCHED.to_owned(), TOUCHED_TYPES),
            made: Prepared::new(MADE.to_owned(), OIDS),
            rare: Prepared::new(TABLE_RARE.to_owned(), OIDS),
            queries: QUERIES
                .iter()
                .map(|query| (query, class(query), Prepared::new(by_name(query), NAMES)))
                .collect(),
            inventory: Inventory::default(),
            at: BTreeMap::new(),
            anchors: BTreeMap::new(),
            newest: 0,
            pieced: false,
            exact: true,
        };
        this.read_whole().await?;
        Ok(this)
    }

    /// The inventory as of the last reading.
    pub fn inventory(&self) -> &Inventory {
        &self.inventory
    }

    /// Whether every confirmation so far agreed with the pieces. Where one did not, no inventory
    /// since the one before it is to be trusted.
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// The highest id of anything that was there or was read as touched.
    pub fn newest(&self) -> u32 {
        self.newest
    }

    /// Reads again what was touched by one change after another, or everything, where that is not known;
    /// gives what each changed. Of several, each [only made](Touched::only_made).
    ///
    /// # Errors
    /// `connection-lost`, `database-failed`; also if an open transaction holds a lock that the reading
    /// needs. After the latter it can be read again.
    pub async fn read(&mut self, touched: &[&Touched]) -> Result<Vec<InventoryDiff>, Refusal> {
        let mut all = Touched::default();
        for one in touched {
            all.objects.extend(&one.objects);
            all.relations.extend(&one.relations);
            all.anything |= one.anything;
            all.rights |= one.rights;
        }
        if all == Touched::default() {
            return Ok(vec![InventoryDiff::default(); touched.len()]);
        }
        let of_extension = |(class, _): &(u32, u32)| *class == PG_EXTENSION;
        let everything = all.anything || all.objects.iter().any(of_extension);
        let changes = if everything { None } else { self.read_parts(&all).await? };
        let changes = match changes {
            Some(changes) => changes,
            None => self.read_all().await?,
        };
        self.newest = all.ids().fold(self.newest, u32::max);
        if touched.len() == 1 {
            return Ok(vec![changes]);
        }
        Ok(self.divided(changes, touched))
    }

    /// What each of several changes did that only made relations.
    fn divided(&mut self, changes: InventoryDiff, touched: &[&Touched]) -> Vec<InventoryDiff> {
        let mut by: BTreeMap<&Anchor, usize> = BTreeMap::new();
        for (at, one) in touched.iter().enumerate() {
            let relations = one.relations.iter().map(|oid| (PG_CLASS, *oid));
            let things = one.objects.iter().copied().chain(relations);
            let found = things.filter_map(|thing| self.anchors.get(&thing));
            by.extend(found.map(|anchor| (anchor, at)));
        }
        let mut divided = vec![InventoryDiff::default(); touched.len()];
        for (id, replacement) in changes.0 {
            match by.get(&anchor_of(&id)) {
                Some(&at) => {
                    divided[at].0.insert(id, replacement);
                }
                // Something else was touched, by nobody knows which.
                None => self.exact = false,
            }
        }
        divided
    }

    /// None where everything has to be read. Nothing of this value changes before all is read: it may
    /// have to be read once more.
    async fn read_parts(&mut self, touched: &Touched) -> Result<Option<InventoryDiff>, Refusal> {
        let rows = self.reached(touched).await?;
        let mut found: Vec<((u32, u32), Anchor)> = Vec::with_capacity(rows.len());
        let mut anchors: BTreeSet<Anchor> = BTreeSet::new();
        let mut asked: BTreeSet<Kind> = BTreeSet::new();
        let named = touched.objects.iter().copied();
        let named = named.chain(touched.relations.iter().map(|oid| (PG_CLASS, *oid)));
        let mut gone: BTreeSet<(u32, u32)> = named.collect();
        let mut rare = false;
        for row in &rows {
            let name: Option<&str> = row.try_get(3).map_err(failed)?;
            if name.is_none() {
                rare = true;
                continue;
            }
            let thing = (row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
            let anchor = anchor(thing.0, row)?;
            asked.extend(kinds(row)?);
            gone.remove(&thing);
            if let Some(before) = self.anchors.get(&thing) {
                if *before != anchor && thing.0 == PG_NAMESPACE {
                    // All that stands in the schema has another name now.
                    return Ok(None);
                }
                anchors.insert(before.clone());
            }
            anchors.insert(anchor.clone());
            found.push((thing, anchor));
        }
        anchors.extend(gone.iter().filter_map(|thing| self.anchors.get(thing).cloned()));
        // What was there may be there still: the rows tell of a relation, and not of a constraint's index.
        let before = anchors.iter().filter_map(|anchor| self.at.get(anchor)).flatten();
        asked.extend(before.map(ObjectId::kind));
        let mut objects = self.objects_at(&anchors, &asked).await?;
        if rare {
            anchors.extend(self.at.keys().filter(|anchor| anchor.class == RARE).cloned());
            objects.extend(self.rare_objects().await?);
        }
        let rights = if touched.rights { Some(self.rights().await?) } else { None };
        self.pieced = true;
        for thing in &gone {
            self.anchors.remove(thing);
        }
        self.anchors.extend(found);
        let at_anchors = anchors.iter().filter_map(|anchor| self.at.remove(anchor));
        let gone: Vec<ObjectId> = at_anchors.flatten().collect();
        let mut changes = self.replace(gone, objects);
        if let Some(rights) = rights {
            changes.then(self.replace_rights(rights));
        }
        Ok(Some(changes))
    }

    /// All that is told of rights: it is little beside the objects.
    async fn rights(&self) -> Result<Objects, Refusal> {
        self.asked_wholly(|query| query.kinds.iter().all(|kind| kind.is_right())).await
    }

    fn replace_rights(&mut self, rights: Objects) -> InventoryDiff {
        let gone: Vec<ObjectId> =
            self.inventory.0.keys().filter(|id| id.kind().is_right()).cloned().collect();
        for id in &gone {
            if let Some(others) = self.at.get_mut(&anchor_of(id)) {
                others.remove(id);
            }
        }
        self.replace(gone, rights)
    }

    /// Reads everything, where it is known that a change may do anything. What readings of parts had
    /// missed before would be laid at its door, so that [`PiecedCatalog::confirm`] comes before it.
    ///
    /// # Errors
    /// `connection-lost`, `database-failed`.
    async fn read_all(&mut self) -> Result<InventoryDiff, Refusal> {
        let pieced = self.pieced;
        let before = self.read_whole().await?;
        // Nobody can tell what of the difference came before.
        self.exact &= !pieced;
        Ok(InventoryDiff::between(&before, &self.inventory))
    }

    /// Reads what was [only made](Touched::only_made) at the end of everything: with all the rest, which
    /// is to be as the pieces have it. Gives what each of `touched` changed.
    ///
    /// # Errors
    /// `connection-lost`, `database-failed`.
    pub async fn conclude(&mut self, touched: &[&Touched]) -> Result<Vec<InventoryDiff>, Refusal> {
        let before = self.read_whole().await?;
        Ok(self.divided(InventoryDiff::between(&before, &self.inventory), touched))
    }

    /// Whether the schema, read whole, is what the pieces have made of it.
    ///
    /// # Errors
    /// `connection-lost`, `database-failed`.
    pub async fn confirm(&mut self) -> Result<bool, Refusal> {
        if self.pieced {
            let whole = read_catalog_at_rest(&self.whole).await?.inventory();
            self.exact &= whole == self.inventory;
            self.pieced = false;
        }
        Ok(self.exact)
    }

    /// Gives what it was taken for before.
    async fn read_whole(&mut self) -> Result<Inventory, Refusal> {
        let (catalog, anchors) = try_join(read_catalog_at_rest(&self.whole), self.named()).await?;
        let inventory = catalog.inventory();
        self.newest = anchors.keys().fold(self.newest, |newest, (_, id)| newest.max(*id));
        self.anchors = anchors;
        self.at.clear();
        for id in inventory.0.keys() {
            self.at.entry(anchor_of(id)).or_default().insert(id.clone());
        }
        self.pieced = false;
        Ok(std::mem::replace(&mut self.inventory, inventory))
    }

    /// Where each thing is found.
    async fn named(&self) -> Result<BTreeMap<(u32, u32), Anchor>, Refusal> {
        let rows = self.parts.client().query_typed(NAMED, &[]).await.map_err(failed)?;
        let mut anchors = BTreeMap::new();
        for row in rows {
            let thing = (row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
            anchors.insert(thing, anchor(thing.0, &row)?);
        }
        Ok(anchors)
    }

    async fn reached(&self, touched: &Touched) -> Result<Vec<Row>, Refusal> {
        let relations = touched.relations.iter().map(|oid| (PG_CLASS, *oid));
        let locked = relations.filter(|thing| !touched.objects.contains(thing));
        let given: Vec<((u32, u32), bool)> = touched
            .objects
            .iter()
            .map(|thing| {
                let known = self.anchors.contains_key(thing);
                let has_a_name = [PG_CLASS, PG_TYPE, PG_PROC].contains(&thing.0);
                (*thing, thing.0 != PG_NAMESPACE && (known || !has_a_name))
            })
            .chain(locked.map(|thing| (thing, false)))
            .collect();
        let classes: Vec<u32> = given.iter().map(|((class, _), _)| *class).collect();
        let objects: Vec<u32> = given.iter().map(|((_, object), _)| *object).collect();
        let there: Vec<bool> = given.iter().map(|(_, there)| *there).collect();
        let client = self.parts.client();
        if !there.contains(&true) && classes.iter().all(|class| *class == PG_CLASS) {
            let rows = client.query(self.made.by(client).await?, &[&objects]).await;
            let rows = rows.map_err(failed)?;
            if !has_composites(&rows)? {
                return Ok(rows);
            }
        }
        let touched = self.touched.by(client).await?;
        client.query(touched, &[&classes, &objects, &there]).await.map_err(failed)
    }

    /// What stands at `anchors`, where only objects of `kinds` and of kinds that nobody tells can.
    async fn objects_at(
        &self,
        anchors: &BTreeSet<Anchor>,
        kinds: &BTreeSet<Kind>,
    ) -> Result<Objects, Refusal> {
        let client = self.parts.client();
        let mut names: BTreeMap<u32, Names<'_>> = BTreeMap::new();
        let mut about: Option<Names<'_>> = None;
        for anchor in anchors {
            let names = names.entry(anchor.class).or_default();
            names.schemas.push(anchor.schema.as_deref());
            names.anchors.push(&anchor.name);
            let names = about.get_or_insert_with(Names::default);
            names.schemas.push(anchor.schema.as_deref());
            names.anchors.push(&anchor.name);
        }
        names.extend(about.map(|about| (ABOUT, about)));
        let mut asked = Vec::new();
        for (query, class, prepared) in &self.queries {
            let wanted = |kind: &Kind| kinds.contains(kind) || !TOLD.contains(kind);
            let wanted = query.kinds.iter().any(wanted);
            if let Some(names) = names.get(class).filter(|_| wanted) {
                asked.push((query.form, prepared.by(client).await?, names));
            }
        }
        let asking = asked.iter().map(|(_, statement, names)| run(client, statement, Some(names)));
        let replies = in_order(asking).await;
        let mut read = Read::default();
        for ((form, ..), rows) in asked.iter().zip(replies) {
            read.take(*form, &rows?)?;
        }
        let rare = read.rare();
        if !rare.is_empty() {
            let rows = client.query(self.rare.by(client).await?, &[&rare]).await.map_err(failed)?;
            read.take_rare(&rows)?;
        }
        let mut objects = read.objects();
        // What is told of objects is looked for by name alone: of a function as well as of a table.
        objects.retain(|id, _| anchors.contains(&anchor_of(id)));
        Ok(objects)
    }

    /// The objects of all kinds that are found by their names in whatever catalog: there are few. With
    /// what is told of them.
    async fn rare_objects(&self) -> Result<Objects, Refusal> {
        let rare = |query: &Query| matches!(class(query), RARE | ABOUT);
        let mut objects = self.asked_wholly(rare).await?;
        objects.retain(|id, _| anchor_of(id).class == RARE);
        Ok(objects)
    }

    /// All that these queries describe, which are of [`Form::Described`](super::Form::Described) or [`Form::About`](super::Form::About).
    async fn asked_wholly(&self, is_asked: impl Fn(&Query) -> bool) -> Result<Objects, Refusal> {
        let client = self.parts.client();
        let queries = QUERIES.iter().filter(|query| is_asked(query));
        let mut read = Read::default();
        for part in in_order(queries.map(|query| asked(client, query))).await {
            read.join(part?)?;
        }
        Ok(read.objects())
    }

    /// Puts `objects` where those were that are `gone`.
    fn replace(&mut self, gone: Vec<ObjectId>, objects: Objects) -> InventoryDiff {
        let mut changed: BTreeMap<ObjectId, Replacement> = BTreeMap::new();
        for id in gone {
            let before = self.inventory.get(&id);
            self.inventory.set(id.clone(), None);
            changed.insert(id, Replacement { before, after: None });
        }
        for (id, object) in objects {
            let digest = Some(object.digest(&id));
            self.inventory.set(id.clone(), digest);
            self.at.entry(anchor_of(&id)).or_default().insert(id.clone());
            changed.entry(id).or_insert(Replacement { before: None, after: None }).after = digest;
        }
        changed.retain(|_, replacement| replacement.before != replacement.after);
        InventoryDiff(changed)
    }
}

/// A query that is prepared when it is asked first: most schemas have few kinds of object.
struct Prepared {
    sql: String,
    types: &'static [Type],
    statement: OnceLock<Statement>,
}

impl Prepared {
    fn new(sql: String, types: &'static [Type]) -> Self {
        Self { sql, types, statement: OnceLock::new() }
    }

    async fn by(&self, client: &Client) -> Result<&Statement, Refusal> {
        if let Some(statement) = self.statement.get() {
            return Ok(statement);
        }
        let statement = client.prepare_typed(&self.sql, self.types).await.map_err(failed)?;
        Ok(self.statement.get_or_init(|| statement))
    }
}

/// The kinds that a row of `touched.sql` tells.
fn kinds(row: &Row) -> Result<Vec<Kind>, Refusal> {
    let told: Vec<Option<String>> = row.try_get(4).map_err(failed)?;
    Ok(told.iter().flatten().filter_map(|label| Kind::from_label(label)).collect())
}

fn has_composites(rows: &[Row]) -> Result<bool, Refusal> {
    for row in rows {
        if kinds(row)?.contains(&Kind::Composite) {
            return Ok(true);
        }
    }
    Ok(false)
}
