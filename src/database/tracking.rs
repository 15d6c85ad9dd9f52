//! The tracking tables of other tools: a session in, what they say was applied out.
//!
//! | tool | table | what tells it |
//! |---|---|---|
//! | golang-migrate | `schema_migrations` | a column `dirty` |
//! | dbmate | `schema_migrations` | `version` is text |
//! | sqlx | `_sqlx_migrations` | |
//! | diesel | `__diesel_schema_migrations` | |
//! | Flyway | `flyway_schema_history` | |
//! | goose | `goose_db_version` | |
//! | node-pg-migrate | `pgmigrations` | |

use std::collections::BTreeMap;

use tokio_postgres::Row;

use super::session::Session;
use super::version_table::quote_identifier;
use crate::diagnostic::{Code, Refusal};
use crate::import::Tool;
use crate::import::tracked::Record;

/// The tables by these names in any schema that is not the system's, with the names and types of
/// their columns.
const FIND: &str = "
    SELECT n.nspname::pg_catalog.text AS schema, c.relname::pg_catalog.text AS name,
           pg_catalog.array_agg(a.attname::pg_catalog.text) AS columns,
           pg_catalog.bool_or(a.attname OPERATOR(pg_catalog.=) 'version'
               AND a.atttypid OPERATOR(pg_catalog.=) ANY
                   (ARRAY['pg_catalog.text', 'pg_catalog.varchar']::pg_catalog.regtype[])) AS textual
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
        AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped
    WHERE c.relname OPERATOR(pg_catalog.=) ANY
          (ARRAY['schema_migrations', '_sqlx_migrations', '__diesel_schema_migrations',
                 'flyway_schema_history', 'goose_db_version', 'pgmigrations']::pg_catalog.name[])
      AND c.relkind OPERATOR(pg_catalog.=) 'r' AND c.relpersistence OPERATOR(pg_catalog.=) 'p'
    GROUP BY 1, 2 ORDER BY 1, 2";

/// Which other tool manages the database, and what it applied, in its order; nothing if there is none.
///
/// # Errors
/// `tracking-unusable`, if there are several such tables; or as [`refusal`](super::refusal).
pub async fn read(session: &Session) -> Result<Option<Record>, Refusal> {
    let mut found = Vec::new();
    for row in session.rows("look for other tools' tables", FIND, &[]).await? {
        let (schema, name): (String, String) = (row.get("schema"), row.get("name"));
        let columns: Vec<String> = row.get("columns");
        if let Some(tool) = owner(&name, &columns, row.get("textual")) {
            found
                .push((tool, format!("{}.{}", quote_identifier(&schema), quote_identifier(&name))));
        }
    }
    match &found[..] {
        [] => Ok(None),
        [(tool, table)] => {
            let rows = session.rows("read another tool's table", &query(*tool, table), &[]).await?;
            Ok(Some(record(*tool, table.clone(), &rows)))
        }
        several => {
            let tables: Vec<&str> = several.iter().map(|(_, table)| table.as_str()).collect();
            let message = format!("several tools track the database: {}", tables.join(", "));
            Err(Refusal::new(Code::TrackingUnusable, message)
                .help("remove the tables that are out of use, or name the revision: `enact stamp`"))
        }
    }
}

fn owner(name: &str, columns: &[String], textual: bool) -> Option<Tool> {
    let has = |wanted: &[&str]| wanted.iter().all(|it| columns.iter().any(|column| column == it));
    let (tool, wanted): (_, &[&str]) = match name {
        "schema_migrations" if has(&["dirty"]) => (Tool::GolangMigrate, &["version"]),
        "schema_migrations" if textual => (Tool::Dbmate, &["version"]),
        "_sqlx_migrations" => (Tool::Sqlx, &["version", "success"]),
        "__diesel_schema_migrations" => (Tool::Diesel, &["version"]),
        "flyway_schema_history" => (Tool::Flyway, &["version", "type", "success"]),
        "goose_db_version" => (Tool::Goose, &["id", "version_id", "is_applied"]),
        "pgmigrations" => (Tool::NodePgMigrate, &["name"]),
        _ => return None,
    };
    has(wanted).then_some(tool)
}

/// The versions in the tool's order, each with whether it stands and whether it went well.
fn query(tool: Tool, table: &str) -> String {
    let (version, stands, well, order) = match tool {
        Tool::GolangMigrate => ("version", "true", "NOT dirty", "version"),
        Tool::Sqlx => ("version", "true", "success", "version"),
        Tool::Flyway => (
            "version",
            "type::pg_catalog.text NOT IN ('DELETE') AND type::pg_catalog.text NOT LIKE 'UNDO%'",
            "success",
            "installed_rank",
        ),
        Tool::Goose => ("version_id", "is_applied", "true", "id"),
        Tool::NodePgMigrate => ("name", "true", "true", "name"),
        _ => ("version", "true", "true", "version"),
    };
    format!(
        "SELECT {version}::pg_catalog.text AS version, ({stands}) AS stands, ({well}) AS well
         FROM {table} ORDER BY {order}"
    )
}

/// Later rows about a version count: goose and Flyway write down what they undid.
fn record(tool: Tool, table: String, rows: &[Row]) -> Record {
    let mut standing: BTreeMap<String, bool> = BTreeMap::new();
    let mut failed = Vec::new();
    for row in rows {
        // Flyway's repeatable files have no version.
        let Some(version) = row.get::<_, Option<String>>("version") else {
            continue;
        };
        if !row.get::<_, bool>("well") {
            failed.push(match tool {
                Tool::GolangMigrate => format!("version {version} is dirty"),
                _ => format!("version {version} failed"),
            });
        }
        standing.insert(version, row.get("stands"));
    }
    if tool == Tool::Goose {
        // goose's own first row, for a database where nothing was applied.
        standing.remove("0");
    }
    let applied = standing.into_iter().filter(|(_, stands)| *stands).map(|(it, _)| it).collect();
    Record { tool, table, applied, newest_only: tool == Tool::GolangMigrate, failed }
}
