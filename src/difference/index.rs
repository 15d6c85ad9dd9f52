//! Indexes. Those of partitions are made before their parent's, which then takes them over.

use crate::catalog::{Index, ObjectId};

use super::choice::Way;
use super::kind::{Site, Written, comment};
use super::script::{Placement, Statement};
use super::tablespace::made_in;
use super::text::{
    find_outside, in_schema, name, parameter_changes, parameters, qualified, split_list,
};

impl Written for Index {
    fn reach(site: Site<'_>, before: Option<&Self>, after: &mut Self) -> Vec<String> {
        let mut told = Vec::new();
        if after.invalid && !site.world.is_partitioned(&table_id(site, after)) {
            told.push("an unfinished build: it can only be made whole".to_owned());
            after.invalid = false;
        }
        let is_partitioned = site.world.is_partitioned(&table_id(site, after));
        let says_only = after.definition.contains(" ON ONLY ");
        if is_partitioned != says_only {
            told.push("as the index of a table that is partitioned otherwise".to_owned());
            after.definition = if is_partitioned {
                after.definition.replacen(" ON ", " ON ONLY ", 1)
            } else {
                after.definition.replacen(" ON ONLY ", " ON ", 1)
            };
        }
        if let Some(before) = before
            && before.partition_of.is_some()
            && after.partition_of.is_none()
            && site.world.link_stays(&table_id(site, before))
            && site.world.is_whole_unchanged(site.id)
        {
            told.push("apart from its parent, which cannot do without it".to_owned());
            after.clone_from(before);
        }
        told
    }

    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        let kept = |index: &Self| {
            let (definition, _) = split_parameters(&index.definition);
            (definition, index.table.clone(), index.unique)
        };
        let moved = before.partition_of.is_some() && before.partition_of != after.partition_of;
        let unfinished = before.invalid != after.invalid;
        if kept(before) == kept(after) && !moved && !unfinished { Way::Alter } else { Way::Rebuild }
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let table = table_id(site, self);
        let mut sql = self.definition.clone();
        // The server writes ONLY for every partitioned table.
        if !self.invalid {
            sql = sql.replacen(" ON ONLY ", " ON ", 1);
        }
        if let Some(tablespace) = made_in(site.world, site.id) {
            let end = find_outside(&sql, " WHERE ").unwrap_or(sql.len());
            sql.insert_str(end, &format!(" TABLESPACE {tablespace}"));
        }
        let mut create = Statement::new(site.id, sql);
        if self.unique && !site.world.is_new(&table) {
            create = create.failing("if two rows have equal keys");
        }
        if site.world.can_build_concurrently(&table) {
            let start = if self.unique { "CREATE UNIQUE INDEX " } else { "CREATE INDEX " };
            create.sql = create.sql.replacen(start, &format!("{start}CONCURRENTLY "), 1);
            create = create.placed(Placement::Alone);
        }
        let mut statements = vec![create];
        let none = Self { statistics: Vec::new(), clustered: false, comment: None, ..self.clone() };
        statements.extend(details(site, &none, self));
        statements.extend(attach(site, self, None));
        if self.invalid {
            statements.extend(take_parts(site));
        }
        statements
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        // A part goes with its whole.
        if self.partition_of.is_some() && site.world.link_stays(&table_id(site, self)) {
            return Vec::new();
        }
        let concurrently = site.world.can_build_concurrently(&table_id(site, self));
        let word = if concurrently { "CONCURRENTLY " } else { "" };
        let drop = Statement::new(site.id, format!("DROP INDEX {word}{}", qualified(site.id)));
        vec![if concurrently { drop.placed(Placement::Alone) } else { drop }]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let index = qualified(site.id);
        let mut statements = Vec::new();
        let (_, old) = split_parameters(&before.definition);
        let (_, new) = split_parameters(&after.definition);
        let (set, reset) = parameter_changes(&old, &new);
        if !reset.is_empty() {
            let sql = format!("ALTER INDEX {index} RESET ({})", reset.join(", "));
            statements.push(Statement::new(site.id, sql));
        }
        if !set.is_empty() {
            let sql = format!("ALTER INDEX {index} SET ({})", parameters(set));
            statements.push(Statement::new(site.id, sql));
        }
        statements.extend(details(site, before, after));
        statements.extend(attach(site, after, before.partition_of.as_ref()));
        statements
    }
}

/// Statistics targets, clustering, the comment.
fn details(site: Site<'_>, before: &Index, after: &Index) -> Vec<Statement> {
    let index = qualified(site.id);
    let mut statements = Vec::new();
    let target = |index: &Index, number: &str| -> Option<String> {
        let targets = index.statistics.iter().filter_map(|target| target.split_once(": "));
        let mut found = targets.filter(|(column, _)| *column == number);
        found.next().map(|(_, target)| target.to_owned())
    };
    let targets = before.statistics.iter().chain(&after.statistics);
    let mut numbers: Vec<&str> =
        targets.filter_map(|target| Some(target.split_once(": ")?.0)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    for number in numbers {
        let new = target(after, number);
        if target(before, number) != new {
            let value = new.unwrap_or_else(|| "-1".to_owned());
            let sql = format!("ALTER INDEX {index} ALTER COLUMN {number} SET STATISTICS {value}");
            statements.push(Statement::new(site.id, sql));
        }
    }
    statements.extend(cluster(site, &table_id(site, after), before.clustered, after.clustered));
    let words = format!("INDEX {index}");
    statements.extend(comment(site.id, &words, before.comment.as_ref(), after.comment.as_ref()));
    statements
}

/// Says which index CLUSTER uses, or that it uses none any more.
pub(super) fn cluster(
    site: Site<'_>,
    table: &ObjectId,
    before: bool,
    after: bool,
) -> Option<Statement> {
    let words = match table.kind() {
        crate::catalog::Kind::MaterializedView => "MATERIALIZED VIEW",
        _ => "TABLE",
    };
    let alter = format!("ALTER {words} {}", qualified(table));
    match (before, after) {
        (false, true) => {
            let sql = format!("{alter} CLUSTER ON {}", name(site.id.name()));
            Some(Statement::new(site.id, sql))
        }
        // Another index that CLUSTER uses from now on ends it for this one.
        (true, false) if !site.world.is_clustered(table) => {
            Some(Statement::new(site.id, format!("{alter} SET WITHOUT CLUSTER")))
        }
        _ => None,
    }
}

/// Makes it a part of an index that is there already, on a partition that stays one.
fn attach(site: Site<'_>, index: &Index, before: Option<&String>) -> Option<Statement> {
    let whole = index.partition_of.as_ref().filter(|whole| before != Some(whole))?;
    (site.world.whole_stays(site.id) && site.world.link_stays(&table_id(site, index))).then(|| {
        let sql = format!("ALTER INDEX {whole} ATTACH PARTITION {}", qualified(site.id));
        Statement::new(site.id, sql)
    })
}

/// Takes over the parts that there are, for an index that does not ask every partition for one.
pub(super) fn take_parts(site: Site<'_>) -> Vec<Statement> {
    let whole = in_schema(site.id.schema(), site.id.name());
    let attach = |part: &ObjectId| {
        let part = in_schema(part.schema(), part.name());
        Statement::new(site.id, format!("ALTER INDEX {whole} ATTACH PARTITION {part}"))
    };
    site.world.parts_of(site.id).map(attach).collect()
}

/// The table or materialized view that an index stands on.
fn table_id(site: Site<'_>, index: &Index) -> ObjectId {
    site.world.relation(site.id.schema(), &index.table)
}

/// A definition without its storage parameters, and those, sorted.
fn split_parameters(definition: &str) -> (String, Vec<String>) {
    let Some(at) = find_outside(definition, " WITH (") else {
        return (definition.to_owned(), Vec::new());
    };
    let rest = &definition[at + " WITH (".len()..];
    let Some(end) = find_outside(rest, ")") else {
        return (definition.to_owned(), Vec::new());
    };
    let unquoted = |text: &str| {
        let (key, value) = super::text::parameter(text);
        format!("{}={}", key.trim(), value.trim().trim_matches('\''))
    };
    let mut list: Vec<String> = split_list(&rest[..end]).into_iter().map(unquoted).collect();
    list.sort_unstable();
    (format!("{}{}", &definition[..at], &rest[end + 1..]), list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storage_parameters_are_apart_from_the_rest() {
        let definition = "CREATE INDEX a ON public.cats USING btree (id) WITH (fillfactor='50', deduplicate_items='off') WHERE (id > 0)";
        let (rest, parameters) = split_parameters(definition);
        assert_eq!(rest, "CREATE INDEX a ON public.cats USING btree (id) WHERE (id > 0)");
        assert_eq!(parameters, ["deduplicate_items=off", "fillfactor=50"]);
    }
}
