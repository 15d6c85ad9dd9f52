//! Schemas from wherever they are: a database, some revisions, files, a snapshot.
//!
//! In: sides. Out: the schema of each, read at the same time. Databases are only read. What has to
//! be made is made on shadows that are as like the other side as can be: of its major version, and
//! beside a database with its name, search path and roles.

use futures_util::future::try_join_all;

use crate::catalog::{Kind, LinkedCatalog, Snapshot};
use crate::database::{Session, read_linked_catalog, refusal};
use crate::diagnostic::{Code, Refusal};
use crate::graph::{Heads, RevisionGraph};
use crate::shadow::Installation;
use crate::source::SourceFile;

use super::observe::{roles, tablespaces};
use super::wanted::{Surroundings, schema_of_files, schema_of_revisions};

/// Where a schema is.
pub enum Side<'a> {
    /// In a database.
    Database(&'a Session),
    /// What the revisions up to these heads make.
    Revisions(&'a RevisionGraph, Heads),
    /// What files make in an empty database.
    Files(&'a [SourceFile]),
    /// In a snapshot.
    Snapshot(Snapshot),
}

/// How sides are read.
#[derive(Debug, Clone, Copy, Default)]
pub struct SidesRequest<'a> {
    /// Roles that shadows have besides those of a database.
    pub roles: &'a [String],
    /// The major version of shadows, if it is not to be that of a database or a snapshot.
    pub major: Option<u16>,
}

/// A schema, and who described it.
#[derive(Debug, Clone)]
pub struct Schema {
    /// The schema.
    pub linked: LinkedCatalog,
    /// The major version of the server that described it.
    pub server_major: u16,
    /// The tablespace of the database that it is in, where that is not `pg_default`.
    pub own_tablespace: Option<String>,
}

impl Side<'_> {
    fn server_major(&self) -> Option<u16> {
        match self {
            Self::Database(session) => Some(session.server_major()),
            Self::Snapshot(snapshot) => Some(snapshot.server_major),
            Self::Revisions(..) | Self::Files(_) => None,
        }
    }

    fn is_made(&self) -> bool {
        matches!(self, Self::Revisions(..) | Self::Files(_))
    }

    async fn read(self, shadow: Option<&Shadow>) -> Result<Schema, Refusal> {
        let shadow = || {
            shadow.ok_or_else(|| Refusal::new(Code::Bug, "no shadow was prepared for what is made"))
        };
        let mut own_tablespace = None;
        let (linked, server_major) = match self {
            Self::Database(session) => {
                let linked = read_linked_catalog(session).await?;
                if linked.catalog.objects.keys().any(|id| id.kind() == Kind::Tablespace) {
                    own_tablespace = tablespaces(session).await?.own;
                }
                (linked, session.server_major())
            }
            Self::Revisions(graph, heads) => {
                let shadow = shadow()?;
                let linked = schema_of_revisions(&shadow.surroundings(), graph, &heads).await?;
                (linked, shadow.installation.major())
            }
            Self::Files(files) => {
                let shadow = shadow()?;
                let linked = schema_of_files(&shadow.surroundings(), files).await?;
                (linked, shadow.installation.major())
            }
            Self::Snapshot(Snapshot { linked, server_major }) => (linked, server_major),
        };
        Ok(Schema { linked, server_major, own_tablespace })
    }
}

/// Reads the schema of each side.
///
/// # Errors
/// Those of the connection; `statement-failed`, `cannot-verify` on a shadow; `shadow-missing`,
/// `shadow-version`.
pub async fn read_sides(
    sides: Vec<Side<'_>>,
    request: SidesRequest<'_>,
) -> Result<Vec<Schema>, Refusal> {
    let shadow = if sides.iter().any(Side::is_made) {
        Some(Shadow::beside(&sides, request).await?)
    } else {
        None
    };
    try_join_all(sides.into_iter().map(|side| side.read(shadow.as_ref()))).await
}

/// What shadows are like.
struct Shadow {
    installation: Installation,
    roles: Vec<String>,
    /// Name and search path of the database beside it.
    database: Option<(String, String)>,
}

impl Shadow {
    async fn beside(sides: &[Side<'_>], request: SidesRequest<'_>) -> Result<Self, Refusal> {
        let major = sides.iter().find_map(Side::server_major);
        let installation = Installation::find(request.major.or(major))?;
        let mut shadow = Self { installation, roles: request.roles.to_vec(), database: None };
        let session = sides.iter().find_map(|side| match side {
            Side::Database(session) => Some(*session),
            _ => None,
        });
        if let Some(session) = session {
            for role in roles(session).await? {
                if !shadow.roles.contains(&role) {
                    shadow.roles.push(role);
                }
            }
            let asked = session.client().query_typed(
                "SELECT pg_catalog.current_database()::text, pg_catalog.current_setting('search_path')",
                &[],
            );
            let rows = asked.await.map_err(|error| refusal(&error, "look at the database"))?;
            shadow.database = Some((rows[0].get(0), rows[0].get(1)));
        }
        Ok(shadow)
    }

    fn surroundings(&self) -> Surroundings<'_> {
        let of_nobody = Surroundings::of_nobody(&self.installation, &self.roles);
        match &self.database {
            Some((database, search_path)) => Surroundings { database, search_path, ..of_nobody },
            None => of_nobody,
        }
    }
}
