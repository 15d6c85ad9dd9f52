//! Looking at the target: what it is, where it stands, what is in it. It is never written to, and a
//! role that may only read is enough.

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::database::version_table::{self, VersionTable};
use crate::database::{
    Identity, Session, activity, ledger_table, migrating_role, read_catalog_in, refusal,
};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::graph::{Heads, RevisionGraph};
use crate::ledger::{AppliedRevision, Chain};
use crate::plan::target::{LedgerPosition, RelationSize, TargetObservation, Unread};
use crate::revision::Revision;
use crate::statement::{self, QualifiedName};

use super::tablespaces::is_given;

/// What a look at the target gave.
#[derive(Debug)]
pub struct ObservedTarget {
    /// Which database it is.
    pub identity: Identity,
    /// The rows of `alembic_version`; absent where there is no such table.
    pub rows: Option<BTreeSet<String>>,
    /// Its ledger, verified.
    pub chain: Chain,
    /// Its schema.
    pub catalog: Catalog,
    /// Figures for the plan.
    pub observation: TargetObservation,
}

impl ObservedTarget {
    /// The rows of `alembic_version` as revision ids.
    ///
    /// # Errors
    /// `version-table-invalid`, if a row cannot be a revision id at all.
    pub fn heads(&self) -> Result<Heads, Refusal> {
        version_table::revision_ids(self.rows.iter().flatten())
    }

    /// What of it the revisions depend on.
    pub(super) fn place(&self) -> Place<'_> {
        let TargetObservation { search_path, roles, .. } = &self.observation;
        Place { identity: &self.identity, search_path, roles }
    }

    /// Where the ledger stands.
    pub fn ledger(&self) -> LedgerPosition {
        LedgerPosition {
            genesis: self.chain.hash(0),
            seq: self.chain.head().map(|head| head.seq),
            head: self.chain.head().map(|head| head.hash),
        }
    }
}

/// What of a target the revisions depend on.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) identity: &'a Identity,
    pub(super) search_path: &'a str,
    /// The server's roles, without its own.
    pub(super) roles: &'a [String],
}

/// Looks at the target, in one read-only snapshot.
///
/// # Errors
/// Those of the connection, `permission-denied`, `ledger-broken`, `version-table-invalid`.
pub async fn observe(session: &Session) -> Result<ObservedTarget, Refusal> {
    let glance = Glance::at(session).await?;
    let contents = glance.contents().await?;
    Ok(glance.with(contents))
}

/// What is known of the target before its schema is read, which takes longer than all of this. The
/// snapshot of both is one: its transaction is open until [`Glance::contents`] has ended it.
pub(super) struct Glance<'a> {
    session: &'a Session,
    version_table: VersionTable,
    identity: Identity,
    search_path: String,
    roles: Vec<String>,
    rows: Option<BTreeSet<String>>,
    chain: Chain,
    tablespaces: Tablespaces,
}

/// What takes longer to read.
pub(super) struct Contents {
    catalog: Catalog,
    longest_transaction_ms: Option<u64>,
    relations: Vec<RelationSize>,
    migrating_role: String,
}

impl<'a> Glance<'a> {
    /// Begins to look at the target.
    ///
    /// # Errors
    /// As [`observe`].
    pub(super) async fn at(session: &'a Session) -> Result<Self, Refusal> {
        let failed = |error| refusal(&error, "look at the target");
        let client = session.client();
        let search_path: String =
            client.query_one("SHOW search_path", &[]).await.map_err(failed)?.get(0);
        client
            // Measuring a table waits behind ACCESS EXCLUSIVE locks; looking must not hang.
            .batch_execute(
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL lock_timeout = '10s'",
            )
            .await
            .map_err(failed)?;
        let looked = Self::within(session, search_path).await;
        if looked.is_err() {
            rollback(session).await?;
        }
        looked
    }

    async fn within(session: &'a Session, search_path: String) -> Result<Self, Refusal> {
        let identity = Identity::read(session).await?;
        let version_table = VersionTable::locate(session).await?;
        let rows = version_table.heads(session).await?;
        let entries = ledger_table::read_ledger(session).await?.unwrap_or_default();
        let chain = Chain::verify(&entries, None)?;
        let roles = roles(session).await?;
        let tablespaces = tablespaces(session).await?;
        Ok(Self { session, version_table, identity, search_path, roles, rows, chain, tablespaces })
    }

    /// What of it the revisions depend on.
    pub(super) fn place(&self) -> Place<'_> {
        let Self { identity, search_path, roles, .. } = self;
        Place { identity, search_path, roles }
    }

    /// Whether `alembic_version` or the ledger says where the target is. A ledger that was begun, and
    /// tells of nothing, does not.
    pub(super) fn is_tracked(&self) -> bool {
        self.rows.iter().flatten().next().is_some() || self.chain.heads().is_some()
    }

    /// Whether the schema has any relation but those of extensions, of Alembic and of enact.
    ///
    /// # Errors
    /// Those of the connection.
    pub(super) async fn has_relations(&self) -> Result<bool, Refusal> {
        let asked = self.session.client().query_typed(RELATIONS, &[]);
        let rows = asked.await.map_err(|error| refusal(&error, "look for relations"))?;
        Ok(rows.first().is_some_and(|row| row.get(0)))
    }

    /// Reads the schema and how large it is, and ends the snapshot.
    ///
    /// # Errors
    /// Those of the connection, `permission-denied`.
    pub(super) async fn contents(&self) -> Result<Contents, Refusal> {
        let read = self.read().await;
        rollback(self.session).await?;
        read
    }

    async fn read(&self) -> Result<Contents, Refusal> {
        let catalog = read_catalog_in(self.session.client()).await?;
        let longest = activity::longest_transaction(self.session).await?;
        let sizes = activity::table_sizes(self.session).await?;
        Ok(Contents {
            catalog,
            longest_transaction_ms: longest
                .and_then(|open| open.seconds)
                .map(|s| s.unsigned_abs() * 1000),
            relations: sizes
                .into_iter()
                .map(|size| RelationSize {
                    relation: QualifiedName { schema: Some(size.schema), name: size.table }
                        .to_string(),
                    rows: size.rows_estimate.map(i64::unsigned_abs),
                    bytes: size.bytes.unsigned_abs(),
                })
                .collect(),
            migrating_role: migrating_role(self.session.client()).await?,
        })
    }

    /// All of it.
    pub(super) fn with(self, contents: Contents) -> ObservedTarget {
        let Contents { catalog, longest_transaction_ms, relations, migrating_role } = contents;
        let mut observation = TargetObservation {
            server_version: self.identity.server_version.clone(),
            search_path: self.search_path,
            version_table: self.version_table.qualified(),
            longest_transaction_ms,
            roles: self.roles,
            tablespaces: self.tablespaces.in_use,
            own_tablespace: self.tablespaces.own,
            default_tablespace: self.tablespaces.default,
            migrating_role: None,
            relations,
            unread: catalog
                .unread
                .iter()
                .map(|(kind, &count)| Unread { kind: kind.clone(), count })
                .collect(),
        };
        observation.set_migrating_role(migrating_role);
        ObservedTarget {
            identity: self.identity,
            rows: self.rows,
            chain: self.chain,
            catalog,
            observation,
        }
    }
}

async fn rollback(session: &Session) -> Result<(), Refusal> {
    let rolled_back = session.client().batch_execute("ROLLBACK").await;
    rolled_back.map_err(|error| refusal(&error, "look at the target"))
}

const RELATIONS: &str = "SELECT EXISTS ( \
    SELECT FROM pg_catalog.pg_class AS c \
    JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace \
    WHERE c.oid OPERATOR(pg_catalog.>=) 16384 \
      AND c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,v,m}'::pg_catalog.\"char\"[]) \
      AND c.relname OPERATOR(pg_catalog.<>) 'alembic_version' \
      AND n.nspname OPERATOR(pg_catalog.<>) 'enact' \
      AND n.nspname OPERATOR(pg_catalog.!~) '^pg_' \
      AND NOT EXISTS ( \
          SELECT FROM pg_catalog.pg_depend AS d \
          WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass \
            AND d.objid OPERATOR(pg_catalog.=) c.oid \
            AND d.deptype OPERATOR(pg_catalog.=) 'e'))";

/// As [`TargetObservation`] has them.
#[derive(Default)]
pub(super) struct Tablespaces {
    in_use: Vec<String>,
    pub(super) own: Option<String>,
    default: Option<String>,
}

/// A `default_tablespace` that does not exist counts for nothing, to the server too.
pub(super) async fn tablespaces(session: &Session) -> Result<Tablespaces, Refusal> {
    let asked = session.client().query_typed(
        "SELECT t.spcname::text, t.oid = d.dattablespace, \
                EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.reltablespace = t.oid), \
                t.spcname = pg_catalog.current_setting('default_tablespace') \
         FROM pg_catalog.pg_tablespace t \
         JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database() \
         ORDER BY t.spcname COLLATE \"C\"",
        &[],
    );
    let rows = asked.await.map_err(|error| refusal(&error, "list the tablespaces"))?;
    let mut found = Tablespaces::default();
    for row in &rows {
        let name: String = row.get(0);
        let (is_own, is_used, is_default): (bool, bool, bool) =
            (row.get(1), row.get(2), row.get(3));
        if is_default {
            found.default = Some(name.clone());
        }
        if is_given(&name) {
            continue;
        }
        if is_own {
            found.own = Some(name.clone());
        }
        if is_own || is_used {
            found.in_use.push(name);
        }
    }
    Ok(found)
}

/// The server's roles, without its own.
pub(super) async fn roles(session: &Session) -> Result<Vec<String>, Refusal> {
    let asked = session.client().query_typed(
        "SELECT rolname::text FROM pg_catalog.pg_roles \
         WHERE rolname !~ '^pg_' ORDER BY rolname COLLATE \"C\"",
        &[],
    );
    let rows = asked.await.map_err(|error| refusal(&error, "list the roles"))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// The applied revisions whose files are not what was applied: an error where the SQL differs, a
/// note where only comments, layout or the header do.
///
/// # Errors
/// What [`statement::read`] finds.
pub fn edited_revisions(
    graph: &RevisionGraph,
    chain: &Chain,
    heads: &Heads,
) -> Result<Vec<Finding>, Refusal> {
    let applied = chain.applied_revisions();
    let mut findings = Vec::new();
    for revision in graph.applied(heads)? {
        if let Some(record) = applied.get(revision.id.as_str()) {
            findings.extend(edited(revision, record)?);
        }
    }
    Ok(findings)
}

fn edited(revision: &Revision, record: &AppliedRevision) -> Result<Option<Finding>, Refusal> {
    if revision.text_digest() == record.text {
        return Ok(None);
    }
    let place = revision.source().place(0..0);
    let sql = statement::sql_digest(&statement::read(revision.source(), revision.up())?);
    Ok(Some(if sql == record.sql {
        Finding::warning(
            Code::RevisionEdited,
            format!(
                "revision `{}` was edited after it was applied: comments, layout, header or down part",
                revision.id
            ),
        )
        .at(place)
    } else {
        Finding::error(
            Code::RevisionEdited,
            format!("the SQL of revision `{}` was edited after it was applied", revision.id),
        )
        .at(place)
        .note(format!("it was applied at {} by plan {}", record.at, record.plan.short()))
        .help("restore the file (`git log -- FILE` shows its history), and make the change in a new revision")
    }))
}
