//! Where objects are found: the system catalog whose names they go by, a schema and a name.
//!
//! In: an identity, or a row of touched.sql. Out: its [`Anchor`].

use tokio_postgres::Row;

use super::{
    BY_EXTENSION, BY_RELATION, BY_ROUTINE, BY_SCHEMA, BY_TYPE, Form, QUERIES, Query, failed,
};
use crate::catalog::ObjectId;
use crate::diagnostic::Refusal;

/// The system catalogs whose rows have names of their own that objects are found by. Their ids are
/// the same in every PostgreSQL.
pub(super) const PG_CLASS: u32 = 1259;
pub(super) const PG_TYPE: u32 = 1247;
pub(super) const PG_PROC: u32 = 1255;
pub(super) const PG_NAMESPACE: u32 = 2615;
/// Of kinds that are found by name in a catalog of their own.
pub(super) const RARE: u32 = 0;
/// Of what is told of objects: it is found with them, in whatever catalog they are.
pub(super) const ABOUT: u32 = 1;
/// What changes with an extension is whatever its script does.
pub(super) const PG_EXTENSION: u32 = 3079;

/// Under which an object is found: the names are apart for relations, types, routines and schemas.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Anchor {
    pub(super) class: u32,
    pub(super) schema: Option<String>,
    pub(super) name: String,
}

/// The system catalog whose names a query finds its objects by.
pub(super) fn class(query: &Query) -> u32 {
    match query.form {
        Form::Tables | Form::Constraints | Form::Indexes | Form::Described(BY_RELATION) => PG_CLASS,
        Form::Described(BY_TYPE) => PG_TYPE,
        Form::Described(BY_ROUTINE) => PG_PROC,
        Form::Described(BY_SCHEMA) => PG_NAMESPACE,
        Form::Described(BY_EXTENSION) => PG_EXTENSION,
        Form::Described(_) => RARE,
        Form::About => ABOUT,
    }
}

pub(super) fn anchor_of(id: &ObjectId) -> Anchor {
    if let Some(subject) = id.subject() {
        return anchor_of(&subject);
    }
    let query = QUERIES.iter().find(|query| query.kinds.contains(&id.kind()));
    Anchor {
        class: query.map_or(RARE, class),
        schema: id.schema().map(str::to_owned),
        name: id.on_table().unwrap_or(id.name()).to_owned(),
    }
}

/// That of a row which tells a schema and a name.
pub(super) fn anchor(class: u32, row: &Row) -> Result<Anchor, Refusal> {
    let (schema, name) = (row.try_get(2).map_err(failed)?, row.try_get(3).map_err(failed)?);
    Ok(Anchor { class, schema, name })
}
