//! The way from what a database has to what a revision makes: what is missing is made, what differs
//! is altered, nothing is dropped, and no row and no value is lost.
//!
//! In: a shadow with what the database has. Out: the stages, tried, and what is left over with its reason.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Catalog, LinkedCatalog, Object, ObjectId, Table};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::difference::{Options, Placement, Remainder, SESSION_SQL, Script};
use crate::graph::{Direction, Heads, Move, RevisionGraph, Transition};
use crate::plan::draft::{Boundary, adoption};
use crate::plan::{Change, Drift};
use crate::revision::RevisionId;
use crate::shadow::Server;
use crate::source::SourceFile;
use crate::statement::{self, QualifiedName, Statement, literal, quoted};

use super::grounds::{Grounds, Tried};
use super::plan::drift;

/// A repair that was tried.
pub(super) struct Repair {
    /// From no row to those of the heads.
    pub(super) transition: Transition,
    /// The stages, and what they were seen to do.
    pub(super) tried: Tried,
    /// What the shadow has in the end.
    pub(super) reached: Catalog,
    /// Where that differs from what the revisions make.
    pub(super) left: BTreeMap<ObjectId, Drift>,
    /// Why, as far as it is known.
    pub(super) reasons: Reasons,
    /// What a reviewer should know.
    pub(super) findings: Vec<Finding>,
}

/// Why objects are left as they are.
#[derive(Debug, Default)]
pub(super) struct Reasons(BTreeMap<ObjectId, Vec<String>>);

/// Brings a `shadow` that has what the database has to what is `made` at `heads`; `online`, in
/// online forms where there are any.
///
/// # Errors
/// `repair-incomplete`, if the way loses something or cannot be tried without what is left over;
/// `cannot-verify`, if it fails on the shadow.
pub(super) async fn repair(
    grounds: &Grounds<'_>,
    heads: &Heads,
    shadow: Server,
    made: &LinkedCatalog,
    online: bool,
) -> Result<Repair, Refusal> {
    let transition = transition(grounds.graph, heads)?;
    let there = grounds.schema(&shadow).await?;
    let mut reasons = Reasons::default();
    let mut wanted = wanted(&there, made, &mut reasons);
    wanted.take_given_by_others(&there);
    let own_tablespace = grounds.observation.own_tablespace.clone();
    let options = Options { online, lossless_only: true, own_tablespace, ..Options::default() };
    let script = Script::between(&there, &wanted, &options);
    for Remainder { object, what } in script.withheld.iter().chain(&script.inexpressible) {
        reasons.add(object, what.clone());
    }
    for statement in &script.statements {
        if let Some(loss) = &statement.loses {
            return Err(Refusal::new(
                Code::RepairIncomplete,
                format!(
                    "{} cannot be brought to the revision without losing {loss}",
                    statement.object
                ),
            )
            .help(BY_HAND));
        }
    }
    let counters = counters(&there.catalog, &wanted.catalog);
    let written = Written::of(&script, &counters, &transition.moves[0].revision)?;
    let drafting = |found: &BTreeSet<Boundary>| {
        let boundaries = found.union(&written.boundaries).cloned().collect();
        Ok(adoption(&transition.moves[0], written.statements.clone(), &boundaries))
    };
    let tried = grounds
        .rehearse(shadow, heads, &drafting)
        .await
        .map_err(|refusal| reasons.untried(&refusal, made))?;
    let mut reached = tried.rehearsal.catalog().await?;
    reached.leave_out(grounds.ignore);
    let own_tablespace = grounds.observation.own_tablespace.as_deref();
    let left = drift(&made.catalog, &reached, own_tablespace);
    Ok(Repair {
        left: left.into_iter().map(|drift| (drift.object.clone(), drift)).collect(),
        findings: script.statements.iter().filter_map(may_fail).collect(),
        transition,
        tried,
        reached,
        reasons,
    })
}

/// What a person does about what no repair does.
pub(super) const BY_HAND: &str = "bring it to what the revision makes by hand, and run it again; \
     or leave it so, listed in the plan, with `enact handle-legacy --allow-drift`";

/// All rows at once: the last stage adopts.
fn transition(graph: &RevisionGraph, heads: &Heads) -> Result<Transition, Refusal> {
    let selectors: Vec<&str> = heads.iter().map(RevisionId::as_str).collect();
    let stamp = graph.stamp(&Heads::new(), &selectors, false)?;
    let last = stamp.moves.last().map(|step| step.revision.clone());
    let revision = last.ok_or_else(|| {
        Refusal::new(Code::LocationUnknown, "there is no revision to be at")
            .help("a database that is at no revision is planned for: `enact plan --allow-drift`")
    })?;
    let rows = stamp.moves.into_iter().flat_map(|step| step.rows).collect();
    Ok(Transition {
        direction: Direction::Stamp,
        from: Heads::new(),
        to: heads.clone(),
        moves: vec![Move { revision, rows, after: heads.clone() }],
    })
}

/// What is wanted: what is made, but for columns whose values would not be read back as they are.
fn wanted(there: &LinkedCatalog, made: &LinkedCatalog, reasons: &mut Reasons) -> LinkedCatalog {
    let mut wanted = made.clone();
    for (id, object) in &mut wanted.catalog.objects {
        let (Object::Table(table), Some(Object::Table(old))) =
            (object, there.catalog.objects.get(id))
        else {
            continue;
        };
        for column in &mut table.columns {
            let Some(old) = old.columns.iter().find(|old| old.name == column.name) else {
                continue;
            };
            if is_text(&old.data_type) && !is_text(&column.data_type) {
                reasons.add(
                    id,
                    format!(
                        "type {} of column {}: the spelling of its values, which are text",
                        column.data_type, column.name
                    ),
                );
                let not_null = column.not_null;
                column.clone_from(old);
                column.not_null = not_null;
            }
        }
    }
    wanted
}

/// Whether a type keeps text as it is spelled.
fn is_text(data_type: &str) -> bool {
    let name = data_type.split(['(', '[']).next().unwrap_or_default();
    matches!(name, "text" | "character varying" | "character" | "citext")
}

/// Has a new sequence begin behind the values that the rows have.
struct Counter {
    /// What makes the sequence: a statement for this object.
    object: ObjectId,
    /// And with these words.
    words: String,
    sql: String,
}

impl Counter {
    fn new(object: &ObjectId, words: String, sequence: &str, table: &str, column: &str) -> Self {
        let sql = format!(
            "SELECT pg_catalog.setval({}::pg_catalog.regclass, pg_catalog.max({column})) FROM {table} \
             HAVING pg_catalog.max({column}) OPERATOR(pg_catalog.>) 0",
            literal(sequence)
        );
        Self { object: object.clone(), words, sql }
    }

    /// Whether a statement makes its sequence: it stands right behind, so that no value is taken between.
    fn is_behind(&self, statement: &crate::difference::Statement) -> bool {
        statement.object == self.object && statement.sql.contains(&self.words)
    }
}

/// Those of the columns that are there.
fn counters(there: &Catalog, wanted: &Catalog) -> Vec<Counter> {
    let has_column = |table: &str, column: &str| {
        there.objects.iter().any(|(id, object)| match object {
            Object::Table(own) if written(id) == table => {
                own.columns.iter().any(|own| quoted(&own.name) == column)
            }
            _ => false,
        })
    };
    let mut counters = Vec::new();
    for (id, object) in &wanted.objects {
        match (object, there.objects.get(id)) {
            (Object::Sequence(sequence), None) if sequence.increment > 0 => {
                let column = sequence.owned_by.as_deref().and_then(split_column);
                if let Some((table, column)) =
                    column.filter(|(table, column)| has_column(table, column))
                {
                    let words = "CREATE SEQUENCE".to_owned();
                    counters.push(Counter::new(id, words, &written(id), table, column));
                }
            }
            (Object::Table(table), Some(Object::Table(old))) => {
                for column in &table.columns {
                    let old = old.columns.iter().find(|old| old.name == column.name);
                    if let (Some(identity), Some(None)) =
                        (&column.identity, old.map(|old| old.identity.as_ref()))
                        && identity.increment > 0
                    {
                        let column = quoted(&column.name);
                        let words = format!("ALTER COLUMN {column} ADD GENERATED");
                        let (sequence, table) = (&identity.sequence, written(id));
                        counters.push(Counter::new(id, words, sequence, &table, &column));
                    }
                }
            }
            _ => {}
        }
    }
    counters
}

fn written(id: &ObjectId) -> String {
    QualifiedName { schema: id.schema().map(str::to_owned), name: id.name().to_owned() }.to_string()
}

/// `public.cats` and `id`, of `public.cats.id`.
fn split_column(owner: &str) -> Option<(&str, &str)> {
    match owner.strip_suffix('"') {
        None => owner.rsplit_once('.'),
        Some(rest) => {
            let at = rest.rfind(".\"")?;
            Some((&owner[..at], &owner[at + 1..]))
        }
    }
}

/// The statements of a script, as those of a revision are.
struct Written {
    statements: Vec<Statement>,
    boundaries: BTreeSet<Boundary>,
}

impl Written {
    fn of(script: &Script, counters: &[Counter], revision: &RevisionId) -> Result<Self, Refusal> {
        let (mut texts, mut placements) = (Vec::new(), Vec::new());
        for (at, statement) in script.statements.iter().enumerate() {
            if script.needs_session_sql(at) {
                texts.push(SESSION_SQL);
                placements.push(Placement::Anywhere);
            }
            texts.push(&statement.sql);
            placements.push(statement.placement);
            for counter in counters.iter().filter(|counter| counter.is_behind(statement)) {
                texts.push(&counter.sql);
                placements.push(Placement::Anywhere);
            }
        }
        let text = texts.join(";\n");
        let file = SourceFile::new("repair", text.clone().into_bytes())?;
        let statements = statement::read(&file, 0..text.len())?;
        if statements.len() != texts.len() {
            return Err(Refusal::new(Code::Bug, "a repair has other statements than were written"));
        }
        let offsets = statements.iter().map(|statement| statement.range().start);
        let offsets: Vec<usize> = offsets.collect();
        let mut boundaries = BTreeSet::new();
        for (at, placement) in placements.into_iter().enumerate() {
            let next = offsets.get(at + 1);
            match placement {
                Placement::Anywhere => {}
                Placement::Alone => {
                    boundaries.insert(Boundary::outside(revision, offsets[at]));
                }
                Placement::CommitAfter => {
                    boundaries.extend(next.map(|&next| Boundary::commit_before(revision, next)));
                }
            }
        }
        Ok(Self { statements, boundaries })
    }
}

fn may_fail(statement: &crate::difference::Statement) -> Option<Finding> {
    let when = statement.may_fail.as_ref()?;
    Some(
        Finding::warning(
            Code::RepairMayFail,
            format!("a step for {} fails {when}", statement.object),
        )
        .help(match statement.placement {
            Placement::Alone => {
                "only the rows of the database can tell: if it fails, what it began is cleared away, the stages before stay, and nothing is lost"
            }
            _ => "only the rows of the database can tell: if it fails, its stage is rolled back and nothing is lost",
        }),
    )
}

impl Reasons {
    fn add(&mut self, object: &ObjectId, what: String) {
        self.0.entry(object.clone()).or_default().push(what);
    }

    /// The refusal for a way that could not be tried: often it fails for want of what is left over.
    fn untried(&self, refusal: &Refusal, made: &LinkedCatalog) -> Refusal {
        let ours = self.0.iter().filter(|(id, _)| made.catalog.objects.contains_key(*id));
        let mut because = ours.flat_map(|(id, whats)| {
            whats.iter().map(move |what| format!("{id} is left as it is: {what}"))
        });
        let failure = refusal.findings().first().map(|finding| finding.message.clone());
        let Some(first) = because.next() else {
            return Refusal::new(Code::CannotVerify, "the repair fails on the shadow")
                .note(failure.unwrap_or_default())
                .help("bring the database to the revision by hand; `enact detect-state` shows what differs");
        };
        let refusal = Refusal::new(
            Code::RepairIncomplete,
            "what differs from the revision cannot all be brought there without loss",
        );
        because
            .fold(refusal.note(first), Refusal::note)
            .note(format!("so the rest fails: {}", failure.unwrap_or_default()))
            .help(BY_HAND)
    }

    /// The refusal for what is left over and may not be.
    pub(super) fn incomplete<'a>(
        &self,
        heads: &str,
        left: impl IntoIterator<Item = &'a Drift>,
    ) -> Refusal {
        let mut refusal = Refusal::new(
            Code::RepairIncomplete,
            format!("what differs from {heads} cannot all be brought there without loss"),
        );
        for drift in left {
            refusal = refusal.note(format!("{} {}", drift.change.sign(), drift.object));
            let why = self.0.get(&drift.object).into_iter().flatten();
            for line in drift.details.iter().cloned().chain(why.map(|why| format!("kept: {why}"))) {
                refusal = refusal.note(format!("    {line}"));
            }
        }
        refusal.help(BY_HAND)
    }
}

/// Whether a difference can stay without a word of a person: an object that no revision makes, and that
/// has no say in which rows a table of the revisions takes; or nothing but the order of columns,
/// which only a new table would change.
pub(super) fn may_stay(drift: &Drift, made: &Catalog, there: &Catalog) -> bool {
    match (drift.change, made.objects.get(&drift.object), there.objects.get(&drift.object)) {
        (Change::Created, _, Some(object)) => !rules_ours(&drift.object, object, made),
        (Change::Altered, Some(Object::Table(made)), Some(Object::Table(there))) => {
            in_one_order(made) == in_one_order(there)
        }
        _ => false,
    }
}

fn in_one_order(table: &Table) -> Table {
    let mut table = table.clone();
    table.columns.sort_by(|one, other| one.name.cmp(&other.name));
    table
}

/// Whether an object decides what a table of the revisions takes: a constraint, a unique index, a
/// trigger, a rule, a policy.
fn rules_ours(id: &ObjectId, object: &Object, made: &Catalog) -> bool {
    let table = match object {
        Object::Index(index) => index.unique.then_some(index.table.as_str()),
        _ => id.on_table(),
    };
    let table = id.schema().zip(table).map(|(schema, table)| ObjectId::table(schema, table));
    table.is_some_and(|table| made.objects.contains_key(&table))
}
