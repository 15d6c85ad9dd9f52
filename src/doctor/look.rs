//! Everything that a doctor looks at, read in one snapshot. A part that cannot be read is said, and the
//! others are read all the same.

use crate::apply::{Left, left_by};
use crate::catalog::{Ignore, Inventory, Kind, ObjectId};
use crate::database::{Identity, Session, advisory_lock, ledger_table, read_catalog_in, refusal};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::digest::Digest;
use crate::ledger::Entry;
use crate::statement::QualifiedName;

use super::Case;

/// What was seen.
pub(super) struct Facts {
    pub(super) identity: Identity,
    /// Every relation called `alembic_version`; those of the search path first, in its order.
    pub(super) tables: Vec<Tracking>,
    /// The first schema of the search path.
    pub(super) home: String,
    /// The rows of the first table of the search path, sorted; NULL is a row too.
    pub(super) rows: Vec<Option<String>>,
    /// The ledger's entries; nothing, where there is no such table.
    pub(super) entries: Option<Vec<Entry>>,
    /// What could not be read, and why.
    pub(super) unreadable: Vec<Finding>,
    /// Whether schema `enact` is there.
    pub(super) has_schema: bool,
    /// The stages that happened, by plan.
    pub(super) markers: Vec<(Digest, u32)>,
    /// The stages outside a transaction that were begun and not done.
    pub(super) begun: Vec<Begun>,
    pub(super) indexes: Vec<BrokenIndex>,
    /// Partitions whose concurrent detaching was not finished: the table, then the partition.
    pub(super) detaching: Vec<(QualifiedName, QualifiedName)>,
    /// How many objects somebody made.
    pub(super) objects: usize,
    pub(super) at_work: Option<String>,
}

/// A relation called `alembic_version`.
pub(super) struct Tracking {
    pub(super) name: QualifiedName,
    pub(super) in_path: bool,
    /// As `pg_class` has it.
    pub(super) relkind: String,
    pub(super) columns: Vec<String>,
    /// The type of `version_num`, as SQL writes it; nothing without such a column.
    pub(super) column_type: Option<String>,
    pub(super) has_key: bool,
    pub(super) hides_rows: bool,
}

/// An index that no query uses.
pub(super) struct BrokenIndex {
    pub(super) name: QualifiedName,
    pub(super) table: QualifiedName,
}

/// A stage with an intent and without a marker.
pub(super) struct Begun {
    pub(super) plan: Digest,
    pub(super) stage: u32,
    /// The directory of its plan and what the probe says; nothing without the plan's file.
    pub(super) known: Option<(String, Result<Left, Refusal>)>,
}

/// Looks.
///
/// # Errors
/// Those of the connection, `permission-denied`.
pub(super) async fn look(session: &Session, case: &Case<'_>) -> Result<Facts, Refusal> {
    let failed = |error| refusal(&error, "look at the target");
    let client = session.client();
    client
        // As `compile::observe`: looking must not hang.
        .batch_execute(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL lock_timeout = '10s'",
        )
        .await
        .map_err(failed)?;
    let looked = inside(session, case).await;
    client.batch_execute("ROLLBACK").await.map_err(failed)?;
    looked
}

async fn inside(session: &Session, case: &Case<'_>) -> Result<Facts, Refusal> {
    let identity = Identity::read(session).await?;
    let tables = tables(session).await?;
    let mut unreadable = Vec::new();
    let rows = match tables.first().filter(|table| table.in_path && table.column_type.is_some()) {
        Some(table) => apart(session, rows(session, table), &mut unreadable).await?,
        None => None,
    };
    let entries =
        apart(session, ledger_table::read_ledger(session), &mut unreadable).await?.flatten();
    let has_schema = has_schema(session).await?;
    let markers = apart(session, ledger_table::all_markers(session), &mut unreadable).await?;
    let intents = apart(session, ledger_table::all_intents(session), &mut unreadable).await?;
    let markers = markers.unwrap_or_default();
    let inventory = read_catalog_in(session.client()).await?.inventory();
    let mut begun = Vec::new();
    for (plan, stage, payload) in intents.unwrap_or_default() {
        if !markers.contains(&(plan, stage)) {
            begun.push(probed(session, case, plan, stage, &payload, &inventory).await);
        }
    }
    Ok(Facts {
        identity,
        home: session.schemas_at_start().first().cloned().unwrap_or_else(|| "public".to_owned()),
        tables,
        rows: rows.unwrap_or_default(),
        entries,
        unreadable,
        has_schema,
        markers,
        begun,
        indexes: indexes(session, case.ignore).await?,
        detaching: detaching(session, case.ignore).await?,
        objects: inventory.without(case.ignore).made(),
        at_work: advisory_lock::holder(session).await?.map(|holder| holder.to_string()),
    })
}

/// A part whose failure the transaction survives; only a lost connection and a missing right end it.
async fn apart<T>(
    session: &Session,
    part: impl Future<Output = Result<T, Refusal>>,
    unreadable: &mut Vec<Finding>,
) -> Result<Option<T>, Refusal> {
    let failed = |error| refusal(&error, "look at the target");
    session.client().batch_execute("SAVEPOINT part").await.map_err(failed)?;
    let read = part.await;
    session
        .client()
        .batch_execute(if read.is_ok() { "RELEASE part" } else { "ROLLBACK TO part" })
        .await
        .map_err(failed)?;
    match read {
        Ok(read) => Ok(Some(read)),
        Err(refusal) if refusal.code() == Code::PermissionDenied => Err(refusal),
        Err(refusal) => {
            unreadable.extend(refusal.into_findings());
            Ok(None)
        }
    }
}

async fn tables(session: &Session) -> Result<Vec<Tracking>, Refusal> {
    let found = session
        .client()
        .query_typed(
            "SELECT n.nspname::text, c.relkind::text,
                    ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute AS a
                          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                          ORDER BY a.attnum),
                    pg_catalog.format_type(v.atttypid, v.atttypmod),
                    EXISTS (SELECT 1 FROM pg_catalog.pg_index AS i
                            WHERE i.indrelid = c.oid AND i.indisprimary AND i.indisvalid
                              AND i.indkey::text = v.attnum::text),
                    pg_catalog.row_security_active(c.oid)
             FROM pg_catalog.pg_class AS c
             JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
             LEFT JOIN pg_catalog.pg_attribute AS v
                    ON v.attrelid = c.oid AND v.attname = 'version_num' AND NOT v.attisdropped
             WHERE c.relname = 'alembic_version' AND c.relkind NOT IN ('i', 'I', 't')
               AND n.nspname !~ '^pg_(temp|toast)'
             ORDER BY n.nspname COLLATE \"C\"",
            &[],
        )
        .await
        .map_err(|error| refusal(&error, "look for `alembic_version`"))?;
    let path = session.schemas_at_start();
    let mut tables: Vec<Tracking> = found
        .iter()
        .map(|row| {
            let schema: String = row.get(0);
            Tracking {
                in_path: path.contains(&schema),
                name: QualifiedName { schema: Some(schema), name: "alembic_version".to_owned() },
                relkind: row.get(1),
                columns: row.get(2),
                column_type: row.get(3),
                has_key: row.get(4),
                hides_rows: row.get(5),
            }
        })
        .collect();
    tables.sort_by_key(|table| {
        let place = path.iter().position(|schema| table.name.schema.as_ref() == Some(schema));
        place.unwrap_or(usize::MAX)
    });
    Ok(tables)
}

async fn rows(session: &Session, table: &Tracking) -> Result<Vec<Option<String>>, Refusal> {
    let sql = format!("SELECT version_num::text FROM {} ORDER BY 1", table.name);
    let rows = session.client().query_typed(&sql, &[]).await;
    let rows = rows.map_err(|error| refusal(&error, "read `alembic_version`"))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

async fn has_schema(session: &Session) -> Result<bool, Refusal> {
    let sql = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'enact'";
    let rows = session.client().query_typed(sql, &[]).await;
    Ok(!rows.map_err(|error| refusal(&error, "look for the ledger"))?.is_empty())
}

async fn probed(
    session: &Session,
    case: &Case<'_>,
    plan: Digest,
    stage: u32,
    payload: &[u8],
    now: &Inventory,
) -> Begun {
    let directory = case.plans.iter().find(|directory| directory.file.digest() == plan);
    let known = match directory.and_then(|directory| {
        let stages = &directory.file.plan().stages;
        Some((directory, stages.iter().find(|candidate| candidate.number == stage)?))
    }) {
        Some((directory, stage)) => {
            let folder = directory.file.plan().folder_name(directory.file.digest());
            Some((folder, left_by(session, stage, payload, now).await))
        }
        None => None,
    };
    Begun { plan, stage, known }
}

/// The invalid ones that nobody is building: of partitioned tables' indexes an invalid one may just wait
/// for its partitions'.
async fn indexes(session: &Session, ignore: &Ignore) -> Result<Vec<BrokenIndex>, Refusal> {
    let rows = session
        .client()
        .query_typed(
            "SELECT n.nspname::text, c.relname::text, tn.nspname::text, t.relname::text
             FROM pg_catalog.pg_index AS i
             JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid AND c.relkind = 'i'
             JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
             JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
             JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
             WHERE NOT i.indisvalid AND n.nspname !~ '^pg_'
               AND NOT EXISTS (
                   SELECT 1 FROM pg_catalog.pg_stat_progress_create_index AS p
                   JOIN pg_catalog.pg_database AS d ON d.oid = p.datid
                   WHERE d.datname = pg_catalog.current_database()
                     -- Of others' work a role may see that it goes on, and not where.
                     AND (p.relid = i.indrelid OR p.relid IS NULL))
             ORDER BY 1, 2",
            &[],
        )
        .await
        .map_err(|error| refusal(&error, "look for invalid indexes"))?;
    let named = |schema, name| QualifiedName { schema: Some(schema), name };
    Ok(rows
        .iter()
        .map(|row| BrokenIndex {
            name: named(row.get(0), row.get(1)),
            table: named(row.get(2), row.get(3)),
        })
        .filter(|index| {
            let ids = [as_id(Kind::Index, &index.name), as_id(Kind::Table, &index.table)];
            !ids.iter().flatten().any(|id| ignore.hides(id))
        })
        .collect())
}

/// A relation as the catalog calls it.
fn as_id(kind: Kind, name: &QualifiedName) -> Option<ObjectId> {
    ObjectId::from_parts(kind, name.schema.clone(), None, name.name.clone(), None)
}

async fn detaching(
    session: &Session,
    ignore: &Ignore,
) -> Result<Vec<(QualifiedName, QualifiedName)>, Refusal> {
    let rows = session
        .client()
        .query_typed(
            "SELECT pn.nspname::text, p.relname::text, n.nspname::text, c.relname::text
             FROM pg_catalog.pg_inherits AS i
             JOIN pg_catalog.pg_class AS p ON p.oid = i.inhparent
             JOIN pg_catalog.pg_namespace AS pn ON pn.oid = p.relnamespace
             JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
             JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
             WHERE i.inhdetachpending AND c.relkind <> 'i'
             ORDER BY 1, 2, 3, 4",
            &[],
        )
        .await
        .map_err(|error| refusal(&error, "look for partitions"))?;
    let named = |schema, name| QualifiedName { schema: Some(schema), name };
    Ok(rows
        .iter()
        .map(|row| (named(row.get(0), row.get(1)), named(row.get(2), row.get(3))))
        .filter(|(_, partition)| !as_id(Kind::Table, partition).is_some_and(|id| ignore.hides(&id)))
        .collect())
}
