//! Tables, constraints and indexes out of plain columns.
//!
//! In: rows of `table.sql`, `constraint.sql` and `index.sql`. Out: the same descriptions that the
//! server would write. Columns are taken by their place, which the files and this one share.

use std::collections::BTreeMap;

use serde::Deserialize;
use tokio_postgres::{Error, Row};

use crate::catalog::{
    Column, Constraint, ConstraintType, Identity, Index, Object, ObjectId, Table,
};

/// Tables, while their columns come in whatever order.
#[derive(Default)]
pub(super) struct Tables {
    by_oid: BTreeMap<u32, Draft>,
}

#[derive(Default)]
struct Draft {
    schema: String,
    name: String,
    table: Table,
    columns: BTreeMap<i16, Column>,
    rare: bool,
}

/// What `table_rare.sql` describes: fields of [`Table`] and [`Column`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rare {
    columns: BTreeMap<String, RareColumn>,
    partition_by: Option<String>,
    partition_of: Option<String>,
    partition_bound: Option<String>,
    detach_pending: bool,
    inherits: Vec<String>,
    of_type: Option<String>,
    access_method: Option<String>,
    options: Vec<String>,
    replica_identity: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RareColumn {
    options: Vec<String>,
    identity: Option<Identity>,
}

impl Tables {
    /// Takes a row of `table.sql`: a column, or the table itself.
    pub(super) fn take(&mut self, row: &Row) -> Result<(), Error> {
        let draft = self.by_oid.entry(row.try_get(2)?).or_default();
        let number: i16 = row.try_get(3)?;
        draft.rare |= row.try_get::<_, bool>(4)?;
        if number > 0 {
            draft.columns.insert(number, column(row)?);
            return Ok(());
        }
        draft.schema = row.try_get(0)?;
        draft.name = row.try_get(1)?;
        draft.table.comment = row.try_get(5)?;
        draft.table.unlogged = row.try_get(6)?;
        draft.table.row_security = row.try_get(7)?;
        draft.table.force_row_security = row.try_get(8)?;
        Ok(())
    }

    /// Takes tables that were read apart.
    pub(super) fn join(&mut self, others: Self) {
        self.by_oid.extend(others.by_oid);
    }

    /// The object ids of the tables that have more than these rows say.
    pub(super) fn rare(&self) -> Vec<u32> {
        self.by_oid.iter().filter(|(_, draft)| draft.rare).map(|(oid, _)| *oid).collect()
    }

    /// Takes a row of `table_rare.sql`.
    pub(super) fn take_rare(&mut self, oid: u32, body: &str) -> serde_json::Result<()> {
        let mut rare: Rare = serde_json::from_str(body)?;
        let Some(Draft { table, columns, .. }) = self.by_oid.get_mut(&oid) else {
            return Ok(());
        };
        for column in columns.values_mut() {
            if let Some(rare) = rare.columns.remove(&column.name) {
                column.options = rare.options;
                column.identity = rare.identity;
            }
        }
        table.partition_by = rare.partition_by;
        table.partition_of = rare.partition_of;
        table.partition_bound = rare.partition_bound;
        table.detach_pending = rare.detach_pending;
        table.inherits = rare.inherits;
        table.of_type = rare.of_type;
        table.access_method = rare.access_method;
        table.options = rare.options;
        table.replica_identity = rare.replica_identity;
        Ok(())
    }

    /// The tables, with their columns in order.
    pub(super) fn objects(self) -> impl Iterator<Item = (ObjectId, Object)> {
        self.by_oid.into_values().map(|mut draft| {
            draft.table.columns = draft.columns.into_values().collect();
            (ObjectId::table(draft.schema, draft.name), Object::Table(draft.table))
        })
    }
}

fn column(row: &Row) -> Result<Column, Error> {
    let generated = letter(row, 14)?;
    let expression: Option<String> = row.try_get(13)?;
    let (default, generated_by) =
        if generated.is_some() { (None, expression) } else { (expression, None) };
    Ok(Column {
        name: row.try_get(9)?,
        data_type: row.try_get(10)?,
        collation: row.try_get(11)?,
        not_null: row.try_get(12)?,
        default,
        generated: generated_by,
        is_virtual: generated == Some('v'),
        identity: None,
        storage: letter(row, 15)?.map(|letter| {
            match letter {
                'p' => "plain",
                'e' => "external",
                'm' => "main",
                _ => "extended",
            }
            .to_owned()
        }),
        compression: letter(row, 16)?.map(|letter| match letter {
            'p' => "pglz".to_owned(),
            'l' => "lz4".to_owned(),
            other => other.to_string(),
        }),
        statistics: row.try_get(17)?,
        options: Vec::new(),
        inherited: row.try_get(18)?,
        comment: row.try_get(5)?,
    })
}

/// The constraint in a row of `constraint.sql`.
pub(super) fn constraint(row: &Row) -> Result<(ObjectId, Object), Error> {
    let constraint = Constraint {
        constraint_type: match letter(row, 3)? {
            Some('p') => ConstraintType::PrimaryKey,
            Some('u') => ConstraintType::Unique,
            Some('x') => ConstraintType::Exclusion,
            Some('f') => ConstraintType::ForeignKey,
            Some('n') => ConstraintType::NotNull,
            _ => ConstraintType::Check,
        },
        definition: row.try_get(4)?,
        not_valid: !row.try_get::<_, bool>(5)?,
        deferrable: row.try_get(6)?,
        initially_deferred: row.try_get(7)?,
        inherited: row.try_get(8)?,
        index_invalid: row.try_get(9)?,
        index_options: sorted(row, 10)?,
        clustered: row.try_get(11)?,
        disabled: row.try_get(12)?,
        comment: row.try_get(13)?,
    };
    let id = ObjectId::constraint(row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    Ok((id, Object::Constraint(constraint)))
}

/// The index in a row of `index.sql`.
pub(super) fn index(row: &Row) -> Result<(ObjectId, Object), Error> {
    let index = Index {
        table: row.try_get(2)?,
        definition: row.try_get(3)?,
        unique: row.try_get(4)?,
        invalid: !row.try_get::<_, bool>(5)?,
        clustered: row.try_get(6)?,
        partition_of: row.try_get(7)?,
        statistics: row.try_get::<_, Option<_>>(8)?.unwrap_or_default(),
        comment: row.try_get(9)?,
    };
    Ok((ObjectId::index(row.try_get(0)?, row.try_get(1)?), Object::Index(index)))
}

/// PostgreSQL's `"char"`, where the zero byte stands for none.
fn letter(row: &Row, column: usize) -> Result<Option<char>, Error> {
    let byte: Option<i8> = row.try_get(column)?;
    Ok(byte.filter(|byte| *byte != 0).map(|byte| char::from(byte.cast_unsigned())))
}

/// A list of storage parameters in the order of their bytes.
fn sorted(row: &Row, column: usize) -> Result<Vec<String>, Error> {
    let mut list: Vec<String> = row.try_get::<_, Option<_>>(column)?.unwrap_or_default();
    list.sort_unstable();
    Ok(list)
}
