//! Views, which are replaced where columns only come at their end, and materialized views, which
//! are made anew with what stands on them: their rows can be computed again.

use std::collections::BTreeSet;

use crate::catalog::{Kind, View, ViewColumn};

use super::choice::Way;
use super::kind::{Site, Written, comment};
use super::script::Statement;
use super::tablespace::made_in;
use super::text::{name, parameter_changes, parameters, qualified};

impl Written for View {
    fn way(site: Site<'_>, before: &Self, after: &Self) -> Way {
        let same_query =
            before.definition == after.definition && kept(&before.columns) == kept(&after.columns);
        let stays = match site.id.kind() {
            Kind::MaterializedView => same_query && before.access_method == after.access_method,
            _ => kept(&after.columns).starts_with(&kept(&before.columns)),
        };
        if stays { Way::Alter } else { Way::Rebuild }
    }

    fn touched(before: &Self, after: &Self) -> BTreeSet<String> {
        let after = kept(&after.columns);
        let gone = kept(&before.columns).into_iter().filter(|column| !after.contains(column));
        gone.map(|(name, _, _)| name.to_owned()).collect()
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let mut statements = vec![Statement::new(site.id, self.definition(site, "CREATE"))];
        statements.extend(details(site, &Self::bare(self), self));
        statements
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP {} {}", word(site), qualified(site.id)))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let mut statements = Vec::new();
        let same_query =
            before.definition == after.definition && kept(&before.columns) == kept(&after.columns);
        let mut start = before.clone();
        if !same_query {
            statements.push(Statement::new(site.id, after.definition(site, "CREATE OR REPLACE")));
            start.options.clone_from(&after.options);
        }
        let (set, reset) = parameter_changes(&start.options, &after.options);
        let alter = format!("ALTER {} {}", word(site), qualified(site.id));
        if !reset.is_empty() {
            let sql = format!("{alter} RESET ({})", reset.join(", "));
            statements.push(Statement::new(site.id, sql));
        }
        if !set.is_empty() {
            let sql = format!("{alter} SET ({})", parameters(set));
            statements.push(Statement::new(site.id, sql));
        }
        statements.extend(details(site, &start, after));
        statements
    }
}

impl View {
    fn definition(&self, site: Site<'_>, verb: &str) -> String {
        let mut sql = format!("{verb} {} {}", word(site), qualified(site.id));
        if let Some(method) = &self.access_method {
            sql.push_str(&format!("\n    USING {}", name(method)));
        }
        if !self.options.is_empty() {
            sql.push_str(&format!("\n    WITH ({})", parameters(&self.options)));
        }
        if let Some(tablespace) = made_in(site.world, site.id) {
            sql.push_str(&format!("\n    TABLESPACE {tablespace}"));
        }
        let query = self.definition.trim_start().trim_end_matches(';');
        match self.values() {
            // Read as it is written, this would be a subquery; it is a bare list of values.
            Some(values) => {
                let columns: Vec<_> = self.columns.iter().map(|own| name(&own.name)).collect();
                let at = sql.find(&qualified(site.id)).unwrap_or_default();
                sql.insert_str(
                    at + qualified(site.id).len(),
                    &format!(" ({})", columns.join(", ")),
                );
                sql.push_str(&format!(" AS\nVALUES {values}"));
            }
            None => sql.push_str(&format!(" AS\n{query}")),
        }
        sql
    }

    /// The rows of a view that was written `(a, b) AS VALUES …`.
    fn values(&self) -> Option<&str> {
        let query = self.definition.trim_start();
        let (start, values) = query.split_once("FROM (VALUES ")?;
        let columns = start.strip_prefix("SELECT ")?.split(',').map(str::trim);
        let plain = columns.enumerate().all(|(at, column)| {
            // PostgreSQL 16 and later leave out the name before it.
            let column = column.strip_prefix("\"*VALUES*\".").unwrap_or(column);
            column.split(' ').next() == Some(&format!("column{}", at + 1))
        });
        values.strip_suffix(") \"*VALUES*\";").filter(|_| plain)
    }

    /// This view as CREATE makes it: without defaults, comments and what a column has apart.
    fn bare(&self) -> Self {
        let bare = |column: &ViewColumn| ViewColumn {
            name: column.name.clone(),
            data_type: column.data_type.clone(),
            collation: column.collation.clone(),
            ..ViewColumn::default()
        };
        let columns = self.columns.iter().map(bare).collect();
        Self { columns, comment: None, ..self.clone() }
    }
}

fn details(site: Site<'_>, before: &View, after: &View) -> Vec<Statement> {
    let view = qualified(site.id);
    let mut statements = Vec::new();
    let unknown = ViewColumn::default();
    for new in &after.columns {
        let old = before.columns.iter().find(|old| old.name == new.name).unwrap_or(&unknown);
        let column = name(&new.name);
        let mut alter = |differs: bool, what: String| {
            if differs {
                let sql = format!("ALTER {} {view} ALTER COLUMN {column} {what}", word(site));
                statements.push(Statement::new(site.id, sql));
            }
        };
        let default = new.default.as_ref().map(|default| format!("SET DEFAULT {default}"));
        let default = default.unwrap_or_else(|| "DROP DEFAULT".to_owned());
        alter(old.default != new.default, default);
        let usual = super::table::usual_storage(&new.data_type);
        let storage = new.storage.as_deref().unwrap_or(usual);
        alter(old.storage != new.storage, format!("SET STORAGE {}", storage.to_uppercase()));
        let compression = new.compression.as_deref().unwrap_or("default");
        alter(old.compression != new.compression, format!("SET COMPRESSION {compression}"));
        let statistics = new.statistics.unwrap_or(-1);
        alter(old.statistics != new.statistics, format!("SET STATISTICS {statistics}"));
    }
    let words = format!("{} {view}", word(site));
    statements.extend(comment(site.id, &words, before.comment.as_ref(), after.comment.as_ref()));
    for new in &after.columns {
        let old = before.columns.iter().find(|old| old.name == new.name).unwrap_or(&unknown);
        let words = format!("COLUMN {view}.{}", name(&new.name));
        statements.extend(comment(site.id, &words, old.comment.as_ref(), new.comment.as_ref()));
    }
    statements
}

fn word(site: Site<'_>) -> &'static str {
    if site.id.kind() == Kind::MaterializedView { "MATERIALIZED VIEW" } else { "VIEW" }
}

/// What a query decides about columns.
fn kept(columns: &[ViewColumn]) -> Vec<(&str, &str, Option<&str>)> {
    columns
        .iter()
        .map(|column| {
            (column.name.as_str(), column.data_type.as_str(), column.collation.as_deref())
        })
        .collect()
}
