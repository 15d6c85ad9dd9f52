//! A stage outside a transaction: an intent row, the statement alone, a probe of the result, and a
//! done record with its marker. After an interruption the intent, the marker and the probe decide,
//! never a flag (facts/faults, section 5).

use serde::{Deserialize, Serialize};

use crate::catalog::{Inventory, Kind, ObjectId};
use crate::database::{ServerError, Session, refusal};
use crate::diagnostic::{Code, Refusal};
use crate::digest::Digest;
use crate::plan::{Change, Stage};

use super::bookkeeping::BETWEEN_STAGES;

/// What the intent row keeps: enough to tell, after a crash, our leftovers from others' objects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Intent {
    /// The digest of the statement.
    pub(super) step: Digest,
    /// The index that is rebuilt, by name and object id before; only for REINDEX INDEX.
    pub(super) rebuilds: Option<Rebuilt>,
}

/// An index before its rebuilding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rebuilt {
    /// Its schema.
    pub(super) schema: String,
    /// Its name.
    pub(super) name: String,
    /// Its object id, which a finished rebuild changes.
    pub(super) oid: u32,
}

/// What is true of the statement's effect now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Probe {
    /// As before the statement: run it.
    Untouched,
    /// As the plan says: nothing is left to run.
    Finished,
    /// An invalid index of ours stands in the way: drop it, then run the statement.
    Leftover(Vec<IndexName>),
    /// Something else is there: a person must look.
    Foreign(String),
}

/// An index by schema and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IndexName {
    pub(super) schema: String,
    pub(super) name: String,
}

impl IndexName {
    fn quoted(&self) -> String {
        let quote = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        format!("{}.{}", quote(&self.schema), quote(&self.name))
    }
}

impl std::fmt::Display for IndexName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.quoted())
    }
}

/// An index as `pg_index` has it.
struct IndexState {
    oid: u32,
    valid: bool,
}

/// What the intent of `stage` must remember; read before the statement runs.
///
/// # Errors
/// Those of the connection.
pub(super) async fn intent(session: &Session, stage: &Stage) -> Result<Intent, Refusal> {
    let rebuilt = match rebuilt_index(stage) {
        Some(index) => index_state(session, &index).await?.map(|state| Rebuilt {
            schema: index.schema.clone(),
            name: index.name.clone(),
            oid: state.oid,
        }),
        None => None,
    };
    let step = stage.steps.first().map_or_else(|| Digest::of([]), |step| step.sha256);
    Ok(Intent { step, rebuilds: rebuilt })
}

/// The index that `REINDEX INDEX CONCURRENTLY` rebuilds: what the shadow saw to be refilled.
fn rebuilt_index(stage: &Stage) -> Option<IndexName> {
    let step = stage.steps.first().filter(|step| step.kind.starts_with("REINDEX"))?;
    match step.observed.refilled.as_slice() {
        [index] => format!("index {index}").parse().ok().as_ref().and_then(index_name),
        _ => None,
    }
}

/// Looks at what the stage is to change. `objects` are the digests of the stage's objects, as
/// they are now.
///
/// # Errors
/// Those of the connection.
pub(super) async fn probe(
    session: &Session,
    stage: &Stage,
    intent: &Intent,
    objects: &std::collections::BTreeMap<ObjectId, Digest>,
) -> Result<Probe, Refusal> {
    if let Some(rebuilt) = &intent.rebuilds {
        return probe_rebuild(session, rebuilt).await;
    }
    if stage.effects.is_empty() {
        // VACUUM, REINDEX of more than one index: running it again is always right.
        return Ok(Probe::Untouched);
    }
    let now = |object: &ObjectId| objects.get(object).copied();
    if stage.effects.iter().all(|effect| now(&effect.object) == effect.after) {
        return Ok(Probe::Finished);
    }
    if stage.effects.iter().all(|effect| now(&effect.object) == effect.before) {
        return Ok(Probe::Untouched);
    }
    let mut leftovers = Vec::new();
    // Where an index lies goes with the index.
    let goes_along = |object: &ObjectId| {
        let on = object.subject().filter(|on| index_name(on).is_some());
        on.is_some_and(|on| stage.effects.iter().any(|effect| effect.object == on))
    };
    for effect in stage.effects.iter().filter(|effect| !goes_along(&effect.object)) {
        let name = index_name(&effect.object);
        match (name, effect.change) {
            (Some(index), Change::Created) => match index_state(session, &index).await? {
                Some(state) if !state.valid => leftovers.push(index),
                Some(_) => return Ok(Probe::Foreign(format!("{} differs", effect.object))),
                None => {}
            },
            // A cancelled DROP INDEX CONCURRENTLY leaves the index invalid; dropping goes on.
            (Some(_), Change::Dropped) => {}
            _ => return Ok(Probe::Foreign(format!("{} differs", effect.object))),
        }
    }
    Ok(if leftovers.is_empty() { Probe::Untouched } else { Probe::Leftover(leftovers) })
}

/// Whether nothing is left of an interrupted statement, as far as the schema `now` tells: everything that
/// it touches is as before.
///
/// # Errors
/// Those of the connection.
pub(super) async fn left_nothing(
    session: &Session,
    stage: &Stage,
    intent: &Intent,
    now: &Inventory,
) -> Result<bool, Refusal> {
    let touched = stage.effects.iter().any(|effect| now.get(&effect.object) != effect.before);
    let mut indexes = now.0.keys().filter(|object| object.kind() == Kind::Index);
    if touched || indexes.any(|index| may_be_left(index, stage)) {
        return Ok(false);
    }
    match &intent.rebuilds {
        Some(rebuilt) => Ok(probe_rebuild(session, rebuilt).await? == Probe::Untouched),
        None => Ok(true),
    }
}

/// What an interrupted statement outside a transaction left, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// Nothing.
    Nothing,
    /// All that it was to do: only its record is missing.
    Everything,
    /// Invalid indexes, which the next run of the plan drops.
    Indexes(Vec<String>),
    /// Something that the plan does not know.
    Other(String),
}

/// What the statement of `stage` left, by its intent and the schema `now`.
///
/// # Errors
/// `recovery-needed`, if the intent cannot be read; those of the connection.
pub async fn left_by(
    session: &Session,
    stage: &Stage,
    payload: &[u8],
    now: &Inventory,
) -> Result<Left, Refusal> {
    let intent = decode(payload)?;
    Ok(match probe(session, stage, &intent, &now.0).await? {
        Probe::Untouched => Left::Nothing,
        Probe::Finished => Left::Everything,
        Probe::Leftover(names) => Left::Indexes(names.iter().map(ToString::to_string).collect()),
        Probe::Foreign(what) => Left::Other(what),
    })
}

/// An intent as its row has it.
///
/// # Errors
/// `recovery-needed`.
pub(super) fn decode(payload: &[u8]) -> Result<Intent, Refusal> {
    serde_json::from_slice(payload).map_err(|error| {
        Refusal::new(Code::RecoveryNeeded, format!("an intent row cannot be read: {error}"))
            .help("a person must look at `enact.intent`")
    })
}

/// Whether this may be an index that an interrupted rebuild of the stage left, or where that lies.
pub(super) fn may_be_left(object: &ObjectId, stage: &Stage) -> bool {
    let subject = object.subject();
    let index = subject.as_ref().unwrap_or(object);
    let stem = index.name().trim_end_matches(|c: char| c.is_ascii_digit());
    let rebuilds = stage.effects.iter().all(|effect| effect.object.kind() == Kind::Tablespace);
    index.kind() == Kind::Index
        && rebuilds
        && (stem.ends_with("_ccnew") || stem.ends_with("_ccold"))
}

/// REINDEX CONCURRENTLY builds `…_ccnew`, swaps names, and drops the old one as `…_ccold`; the
/// index ends with its name and a new object id.
async fn probe_rebuild(session: &Session, rebuilt: &Rebuilt) -> Result<Probe, Refusal> {
    let index = IndexName { schema: rebuilt.schema.clone(), name: rebuilt.name.clone() };
    let leftovers = rebuild_leftovers(session, &index).await?;
    if !leftovers.is_empty() {
        return Ok(Probe::Leftover(leftovers));
    }
    Ok(match index_state(session, &index).await? {
        Some(state) if state.oid != rebuilt.oid && state.valid => Probe::Finished,
        Some(_) => Probe::Untouched,
        None => Probe::Foreign(format!("index {} is missing", index.quoted())),
    })
}

/// Invalid indexes that an interrupted rebuild of `index` left on the same table.
pub(super) async fn rebuild_leftovers(
    session: &Session,
    index: &IndexName,
) -> Result<Vec<IndexName>, Refusal> {
    let sql = "SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_index i \
         JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE NOT i.indisvalid AND n.nspname = $1 \
         AND pg_catalog.starts_with(c.relname::text, pg_catalog.left($2, 50)) \
         AND c.relname::text ~ '_cc(new|old)[0-9]*$' \
         AND i.indrelid = (SELECT o.indrelid FROM pg_catalog.pg_index o \
             JOIN pg_catalog.pg_class oc ON oc.oid = o.indexrelid \
             JOIN pg_catalog.pg_namespace oname ON oname.oid = oc.relnamespace \
             WHERE oname.nspname = $1 AND oc.relname = $2) ORDER BY 1, 2";
    let rows = session
        .client()
        .query(sql, &[&index.schema, &index.name])
        .await
        .map_err(|error| refusal(&error, "look for leftovers of a rebuild"))?;
    Ok(rows.iter().map(|row| IndexName { schema: row.get(0), name: row.get(1) }).collect())
}

async fn index_state(session: &Session, index: &IndexName) -> Result<Option<IndexState>, Refusal> {
    let sql = "SELECT c.oid, i.indisvalid FROM pg_catalog.pg_index i \
         JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE n.nspname = $1 AND c.relname = $2";
    let row = session
        .client()
        .query_opt(sql, &[&index.schema, &index.name])
        .await
        .map_err(|error| refusal(&error, "look at an index"))?;
    Ok(row.map(|row| IndexState { oid: row.get(0), valid: row.get(1) }))
}

/// Drops invalid indexes of ours; each alone, outside a transaction.
///
/// # Errors
/// `recovery-needed`, naming the index that could not be dropped.
pub(super) async fn drop_leftovers(
    session: &Session,
    leftovers: &[IndexName],
) -> Result<(), Refusal> {
    let client = session.client();
    let own = |error| refusal(&error, "set the session up");
    for index in leftovers {
        let sql = format!("DROP INDEX CONCURRENTLY {}", index.quoted());
        client.batch_execute("SET default_transaction_read_only = off").await.map_err(own)?;
        let dropped = client.execute_typed(&sql, &[]).await;
        client.batch_execute(BETWEEN_STAGES).await.map_err(own)?;
        dropped.map_err(|error| {
            let said = ServerError::of(&error)
                .map_or_else(|| "the connection was lost".to_owned(), |server| server.message);
            Refusal::new(
                Code::RecoveryNeeded,
                format!("the invalid index {} stays: {said}", index.quoted()),
            )
            .help(format!("run `{sql}`, then the same command again"))
        })?;
    }
    Ok(())
}

/// The index that an object id names.
pub(super) fn index_name(object: &ObjectId) -> Option<IndexName> {
    (object.kind() == Kind::Index).then(|| IndexName {
        schema: object.schema().unwrap_or_default().to_owned(),
        name: object.name().to_owned(),
    })
}
