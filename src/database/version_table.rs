//! Alembic's table of current revisions, exactly as Alembic makes, reads and writes it.
//!
//! In: a session, ids of revisions. Out: the heads that the table holds, and the statements that
//! change it. Each UPDATE and DELETE must affect exactly one row, which whoever runs it checks.

use std::collections::BTreeSet;

use tokio_postgres::types::Type;

use super::session::Session;
use crate::diagnostic::{Code, Refusal};
use crate::graph::Heads;
use crate::revision::RevisionId;
use crate::source::visible;

/// The table's name.
const TABLE: &str = "alembic_version";
/// The length of Alembic's column; ids beyond it do not fit.
const WIDTH: i32 = 32;

/// Where `alembic_version` is, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionTable {
    schema: String,
}

impl VersionTable {
    /// The table in `schema`.
    pub fn in_schema(schema: impl Into<String>) -> Self {
        Self { schema: schema.into() }
    }

    /// Finds the table as Alembic would: in the first schema of the search path, with which the
    /// session began, that has it; else where an unqualified CREATE would put it, and at last in
    /// `public`. A temporary table of that name is not looked at.
    ///
    /// # Errors
    /// As [`refusal`](super::refusal).
    pub async fn locate(session: &Session) -> Result<Self, Refusal> {
        let rows = session
            .rows(
                "look for `alembic_version`",
                "SELECT n.nspname::pg_catalog.text
                 FROM pg_catalog.pg_class AS c
                 JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
                 WHERE c.relname OPERATOR(pg_catalog.=) 'alembic_version'
                   AND c.relkind OPERATOR(pg_catalog.<>) ALL (ARRAY['i', 'I', 't']::pg_catalog.\"char\"[])",
                &[],
            )
            .await?;
        let holders: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
        let path = session.schemas_at_start();
        let schema = path
            .iter()
            .find(|schema| holders.contains(*schema))
            .or(path.first())
            .map_or("public", String::as_str);
        Ok(Self::in_schema(schema))
    }

    /// The schema.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// The table's name with its schema, quoted where needed.
    pub fn qualified(&self) -> String {
        format!("{}.{TABLE}", quote_identifier(&self.schema))
    }

    /// The current revisions; nothing, if there is no table.
    ///
    /// # Errors
    /// `version-table-invalid`, if the table is not as Alembic makes it (a wider column is); or as
    /// [`refusal`](super::refusal).
    pub async fn heads(&self, session: &Session) -> Result<Option<BTreeSet<String>>, Refusal> {
        if !self.check_shape(session).await? {
            return Ok(None);
        }
        let rows = session
            .rows(
                "read `alembic_version`",
                &format!("SELECT version_num::pg_catalog.text FROM {}", self.qualified()),
                &[],
            )
            .await?;
        Ok(Some(rows.iter().map(|row| row.get(0)).collect()))
    }

    /// Whether the table exists; refuses one that Alembic would not have made. Its key and NOT
    /// NULL are demanded, so that rows are neither doubled nor empty.
    async fn check_shape(&self, session: &Session) -> Result<bool, Refusal> {
        let rows = session
            .rows("read the shape of `alembic_version`", SHAPE, &[(&self.schema, Type::TEXT)])
            .await?;
        let Some(row) = rows.first() else {
            return Ok(false);
        };
        let columns: Vec<String> = row.get("columns");
        let (kind, width): (String, Option<i32>) = (row.get("kind"), row.get("width"));
        let fault = if kind != "r" {
            Some("it is not an ordinary table".to_owned())
        } else if columns != ["version_num"] {
            Some(format!(
                "its columns are {} instead of `version_num`",
                columns
                    .iter()
                    .map(|column| format!("`{}`", visible(column)))
                    .collect::<Vec<_>>()
                    .join(", ")
            ))
        } else if !row.get::<_, bool>("is_text") {
            Some("`version_num` is not of type `varchar`".to_owned())
        } else if let Some(width) = width.filter(|width| *width < WIDTH) {
            Some(format!("`version_num` has {width} characters instead of {WIDTH}"))
        } else if !row.get::<_, bool>("has_key") {
            Some("it has no primary key on `version_num`".to_owned())
        } else if row.get("hides_rows") {
            Some("row security hides rows from this role".to_owned())
        } else {
            None
        };
        match fault {
            None => Ok(true),
            Some(fault) => Err(Refusal::new(
                Code::VersionTableInvalid,
                format!("`{}` is not as Alembic makes it: {fault}", self.qualified()),
            )
            .note(format!("Alembic makes it by: {}", one_line(&self.create_sql())))
            .help(
                "bring the table into that form with the rows that are true, then run this again",
            )),
        }
    }

    /// Alembic's own CREATE TABLE.
    pub fn create_sql(&self) -> String {
        format!(
            "CREATE TABLE {} (\n    version_num VARCHAR({WIDTH}) NOT NULL,\n    CONSTRAINT {TABLE}_pkc PRIMARY KEY (version_num)\n)",
            self.qualified()
        )
    }
}

/// Rows of the table as revision ids.
///
/// # Errors
/// `version-table-invalid`, if a row cannot be a revision id at all.
pub fn revision_ids<'a>(rows: impl Iterator<Item = &'a String>) -> Result<Heads, Refusal> {
    rows.map(|row| {
        row.parse::<RevisionId>().map_err(|_| {
            Refusal::new(
                Code::VersionTableInvalid,
                format!("`alembic_version` holds `{row}`, which is no revision id"),
            )
            .help("`enact stamp --purge` sets the table to revisions that you name")
        })
    })
    .collect()
}

const SHAPE: &str = "
SELECT c.relkind::pg_catalog.text AS kind,
       ARRAY(SELECT a.attname::pg_catalog.text FROM pg_catalog.pg_attribute AS a
             WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum OPERATOR(pg_catalog.>) 0
               AND NOT a.attisdropped ORDER BY a.attnum) AS columns,
       COALESCE(v.atttypid OPERATOR(pg_catalog.=) ANY
                ('{varchar,text}'::pg_catalog.regtype[]::pg_catalog.oid[]), false) AS is_text,
       CASE WHEN v.atttypmod OPERATOR(pg_catalog.>) 4 THEN v.atttypmod OPERATOR(pg_catalog.-) 4 END AS width,
       EXISTS (SELECT 1 FROM pg_catalog.pg_index AS i
               WHERE i.indrelid OPERATOR(pg_catalog.=) c.oid AND i.indisprimary AND i.indisvalid
                 AND i.indkey::pg_catalog.text OPERATOR(pg_catalog.=) v.attnum::pg_catalog.text) AS has_key,
       pg_catalog.row_security_active(c.oid) AS hides_rows
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
LEFT JOIN pg_catalog.pg_attribute AS v ON v.attrelid OPERATOR(pg_catalog.=) c.oid
      AND v.attname OPERATOR(pg_catalog.=) 'version_num' AND NOT v.attisdropped
WHERE c.relname OPERATOR(pg_catalog.=) 'alembic_version'
  AND n.nspname::pg_catalog.text OPERATOR(pg_catalog.=) $1
  AND c.relkind OPERATOR(pg_catalog.<>) ALL (ARRAY['i', 'I', 't']::pg_catalog.\"char\"[])";

/// `name` as SQL, quoted but for the one that everybody knows.
fn quote_identifier(name: &str) -> String {
    if name == "public" {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_alembics() {
        let table = VersionTable::in_schema("public");
        assert_eq!(
            table.create_sql(),
            "CREATE TABLE public.alembic_version (\n    version_num VARCHAR(32) NOT NULL,\n    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)\n)"
        );
    }

    #[test]
    fn schemas_are_quoted() {
        assert_eq!(
            VersionTable::in_schema("My \"app\"").qualified(),
            "\"My \"\"app\"\"\".alembic_version"
        );
    }
}
