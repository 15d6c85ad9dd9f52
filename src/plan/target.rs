//! What a plan is bound to, and what was seen there when it was compiled.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::digest::Digest;
use crate::statement::literal;

use super::{SESSION_SQL, number, optional_number};

/// What a plan is bound to. No single field tells clones apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetIdentity {
    /// The id that the first plan proposes and the first apply writes into the ledger.
    pub target_id: Uuid,
    /// The cluster's system identifier; absent where the role may not read it.
    pub system_identifier: Option<String>,
    /// The database's object id.
    pub database_oid: u32,
    /// The database's name.
    pub database: String,
    /// The server's major version.
    pub server_major: u16,
}

/// A position in the target's ledger; all absent before the first apply.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerPosition {
    /// The hash of entry 0.
    pub genesis: Option<Digest>,
    /// The number of the newest entry.
    #[serde(with = "optional_number")]
    pub seq: Option<u64>,
    /// The hash of the newest entry.
    pub head: Option<Digest>,
}

/// What was seen of the target. Figures age: they say what a reviewer should expect, and bind
/// nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetObservation {
    /// The server's version, as it tells it.
    pub server_version: String,
    /// The `search_path` that the revisions' statements run with.
    pub search_path: String,
    /// The qualified name of the table that is shared with Alembic, whether it is there or not.
    pub version_table: String,
    /// The age of the longest open transaction in the database, in milliseconds: concurrent builds
    /// wait for it.
    #[serde(with = "optional_number")]
    pub longest_transaction_ms: Option<u64>,
    /// The roles of the cluster, which the shadow gets too, by name only.
    pub roles: Vec<String>,
    /// The tablespaces that relations lie in, which the shadow gets too, by name only. `pg_default` goes
    /// without saying.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tablespaces: Vec<String>,
    /// The database's own tablespace, where it is not `pg_default`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_tablespace: Option<String>,
    /// The `default_tablespace` of the role or the database, where there is one: what a revision makes
    /// without saying where goes there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_tablespace: Option<String>,
    /// The role whose the objects are that revisions make, where it is not `postgres`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migrating_role: Option<String>,
    /// The relations that the plan locks, with their sizes.
    pub relations: Vec<RelationSize>,
    /// Objects of kinds that the catalog does not read: neither compared nor foretold.
    pub unread: Vec<Unread>,
}

/// The migrating role where nothing is said of it, and the superuser of a new PostgreSQL.
const USUAL_ROLE: &str = "postgres";

impl TargetObservation {
    /// Says whose the objects are that revisions make.
    pub fn set_migrating_role(&mut self, role: String) {
        self.migrating_role = Some(role).filter(|role| role != USUAL_ROLE);
    }

    /// Whose the objects are that revisions make.
    pub fn migrating_role(&self) -> &str {
        self.migrating_role.as_deref().unwrap_or(USUAL_ROLE)
    }

    /// What a session is set to before the plan's statements run in it: [`SESSION_SQL`], and where what they
    /// make without saying where lies.
    pub fn session_sql(&self) -> String {
        let tablespace = self.default_tablespace.as_deref().unwrap_or_default();
        format!("{SESSION_SQL}; SET default_tablespace = {}", literal(tablespace))
    }

    /// The size of a relation, if it was there.
    pub fn size_of(&self, relation: &str) -> Option<&RelationSize> {
        self.relations.iter().find(|size| size.relation == relation)
    }
}

/// How big a relation is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelationSize {
    /// Its qualified name.
    pub relation: String,
    /// Rows, as the server's statistics estimate them; absent where it was never analysed.
    #[serde(with = "optional_number")]
    pub rows: Option<u64>,
    /// Bytes on disk, with TOAST, without indexes.
    #[serde(with = "number")]
    pub bytes: u64,
}

/// Objects of one kind that the catalog does not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unread {
    /// The kind, for instance `rule`.
    pub kind: String,
    /// How many there are.
    #[serde(with = "number")]
    pub count: u64,
}
