//! Constraints of tables. With the online forms they are added NOT VALID and validated after a
//! commit, and those with an index get one that was built concurrently.

use crate::catalog::{Column, Constraint, ConstraintType, Kind, Object, ObjectId, Table};
use crate::statement::MAX_IDENTIFIER;

use super::choice::Way;
use super::index::{cluster, take_parts};
use super::kind::{Site, Written, comment};
use super::script::{Placement, Statement};
use super::tablespace::made_in;
use super::text::{find_outside, in_schema, name, on_table, parameter_changes, parameters};

impl Written for Constraint {
    fn reach(site: Site<'_>, before: Option<&Self>, after: &mut Self) -> Vec<String> {
        let mut told = Vec::new();
        if after.disabled && !before.is_some_and(|before| before.disabled) {
            told.push(
                "that it is not enforced: its triggers have no names of their own".to_owned(),
            );
            after.disabled = false;
        }
        if let Some(before) = before
            && before.inherited
            && !after.inherited
            && has_index(before)
            && site.world.link_stays(&table_id(site))
            && site.world.is_whole_unchanged(site.id)
        {
            told.push("apart from its parent's, which cannot do without it".to_owned());
            after.clone_from(before);
        }
        told
    }

    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        let deferral = |constraint: &Self| (constraint.deferrable, constraint.initially_deferred);
        let altered = after.constraint_type == ConstraintType::ForeignKey;
        let stays = before.constraint_type == after.constraint_type
            && core(&before.definition) == core(&after.definition)
            && (before.not_valid || !after.not_valid)
            && (altered || deferral(before) == deferral(after))
            && (before.inherited == after.inherited || !before.inherited)
            && before.disabled == after.disabled
            && before.index_invalid == after.index_invalid;
        if stays { Way::Alter } else { Way::Rebuild }
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let mut statements = Vec::new();
        if !site.world.comes_from_parent(site.id) && !site.world.choices.is_inline(site.id) {
            statements.extend(self.add(site));
        }
        statements.extend(self.details(site));
        if self.index_invalid {
            statements.extend(take_parts(site));
        }
        statements
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        if let Some(column) = self.leaves_not_null(site) {
            return self.unnamed(site, column);
        }
        let mut exists = "";
        if self.inherited && site.world.link_stays(&table_id(site)) {
            if has_index(self) || !site.world.inherits_plainly(&table_id(site)) {
                return Vec::new();
            }
            // It stays behind where it was declared on this table too.
            exists = "IF EXISTS ";
        }
        let sql = format!(
            "ALTER TABLE {} DROP CONSTRAINT {exists}{}",
            on_table(site.id),
            name(site.id.name())
        );
        vec![Statement::new(site.id, sql)]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let table = on_table(site.id);
        let constraint = name(site.id.name());
        let mut statements = Vec::new();
        let own = !(before.inherited && after.inherited);
        let deferral = |constraint: &Self| (constraint.deferrable, constraint.initially_deferred);
        if deferral(before) != deferral(after) && own {
            let words = match deferral(after) {
                (true, true) => "DEFERRABLE INITIALLY DEFERRED",
                (true, false) => "DEFERRABLE INITIALLY IMMEDIATE",
                (false, _) => "NOT DEFERRABLE",
            };
            let sql = format!("ALTER TABLE {table} ALTER CONSTRAINT {constraint} {words}");
            statements.push(Statement::new(site.id, sql));
        }
        if before.not_valid && !after.not_valid {
            statements.push(validate(site));
        }
        statements.extend(details(site, before, after));
        statements
    }
}

impl Constraint {
    /// Adds it to its table.
    fn add(&self, site: Site<'_>) -> Vec<Statement> {
        let table = table_id(site);
        // Nobody looks at the rows of a foreign table.
        let new = site.world.is_new(&table) || table.kind() == Kind::ForeignTable;
        let online = site.world.options.online && !new && !site.world.is_partitioned(&table);
        let checks_rows =
            matches!(self.constraint_type, ConstraintType::Check | ConstraintType::ForeignKey);
        if online && checks_rows && !self.not_valid {
            let add = self.added_as(site, &format!("{} NOT VALID", self.definition));
            return vec![add.placed(Placement::CommitAfter), validate(site)];
        }
        let by_index =
            matches!(self.constraint_type, ConstraintType::PrimaryKey | ConstraintType::Unique);
        // Such a key has an index of a kind that no statement builds by itself.
        let overlaps = self.definition.contains(" WITHOUT OVERLAPS)");
        if online && by_index && !overlaps {
            return self.added_by_index(site);
        }
        if let Some(before) = site.world.table_before(&table)
            && let Some(column) = self.refuses_null_in(before)
            && !is_named_in(site.world.constraints_before(&table), column)
        {
            // The server has given it another name, which nobody knows.
            let sql = format!(
                "ALTER TABLE {}\n    ALTER COLUMN {column} DROP NOT NULL,\n    ADD CONSTRAINT {} {}",
                on_table(site.id),
                name(site.id.name()),
                self.definition
            );
            return vec![Statement::new(site.id, sql).failing(self.fails())];
        }
        let add = self.added_as(site, &self.definition);
        if new || self.not_valid { vec![add] } else { vec![add.failing(self.fails())] }
    }

    /// The column that this names as NOT NULL (PostgreSQL 18 and later), if it stays so without the name.
    fn leaves_not_null(&self, site: Site<'_>) -> Option<&str> {
        let table = table_id(site);
        let column = self.refuses_null_in(site.world.table_after(&table)?)?;
        (!is_named_in(site.world.constraints_of(&table), column)).then_some(column)
    }

    /// The column of a NOT NULL, as SQL writes it, if `table` has it and it is NOT NULL there.
    pub(super) fn refuses_null_in(&self, table: &Table) -> Option<&str> {
        let column = self.not_null_column()?;
        let is_it = |own: &Column| own.not_null && name(&own.name) == column;
        table.columns.iter().any(is_it).then_some(column)
    }

    /// The column of a NOT NULL, as SQL writes it.
    fn not_null_column(&self) -> Option<&str> {
        let column = self.definition.strip_prefix("NOT NULL ")?;
        let column = column.strip_suffix(" NOT VALID").unwrap_or(column);
        let column = column.strip_suffix(" NO INHERIT").unwrap_or(column);
        (self.constraint_type == ConstraintType::NotNull).then_some(column)
    }

    /// Takes its name, and leaves the column NOT NULL: under a name as the server gives, or where it says
    /// more than that, anew.
    fn unnamed(&self, site: Site<'_>, column: &str) -> Vec<Statement> {
        let (table, own) = (on_table(site.id), name(site.id.name()));
        if self.definition != format!("NOT NULL {column}") {
            let sql = format!(
                "ALTER TABLE {table}\n    DROP CONSTRAINT {own},\n    ALTER COLUMN {column} SET NOT NULL"
            );
            return vec![Statement::new(site.id, sql).failing(self.fails())];
        }
        let words = format!("CONSTRAINT {own} ON {table}");
        let silence = comment(site.id, &words, self.comment.as_ref(), None);
        let bare = column.trim_matches('"').replace("\"\"", "\"");
        let bare = format!("{}_{bare}", site.id.on_table().unwrap_or_default());
        let mut length = bare.len().min(MAX_IDENTIFIER - "_not_null".len());
        while !bare.is_char_boundary(length) {
            length -= 1;
        }
        let given = name(&format!("{}_not_null", &bare[..length]));
        let sql = format!("ALTER TABLE {table} RENAME CONSTRAINT {own} TO {given}");
        silence.into_iter().chain([Statement::new(site.id, sql)]).collect()
    }

    fn added_as(&self, site: Site<'_>, definition: &str) -> Statement {
        let only = if self.index_invalid { "ONLY " } else { "" };
        let mut definition = definition.to_owned();
        if let Some(tablespace) = made_in(site.world, site.id) {
            let ends = [" WHERE ", " DEFERRABLE"];
            let ends = ends.iter().filter_map(|word| find_outside(&definition, word));
            let end = ends.min().unwrap_or(definition.len());
            definition.insert_str(end, &format!(" USING INDEX TABLESPACE {tablespace}"));
        }
        let sql = format!(
            "ALTER TABLE {only}{}\n    ADD CONSTRAINT {} {definition}",
            on_table(site.id),
            name(site.id.name())
        );
        Statement::new(site.id, sql)
    }

    /// Builds the index first, without blocking writes.
    fn added_by_index(&self, site: Site<'_>) -> Vec<Statement> {
        let word =
            if self.constraint_type == ConstraintType::Unique { "UNIQUE" } else { "PRIMARY KEY" };
        let keys = core(&self.definition);
        let keys = keys.strip_prefix(word).unwrap_or(&keys).trim_start();
        let (nulls, keys) = match keys.strip_prefix("NULLS NOT DISTINCT ") {
            Some(keys) => (" NULLS NOT DISTINCT", keys),
            None => ("", keys),
        };
        let index = name(site.id.name());
        let (keys, include) = match find_outside(keys, " INCLUDE ") {
            Some(at) => keys.split_at(at),
            None => (keys, ""),
        };
        let place = made_in(site.world, site.id);
        let place = place.map_or(String::new(), |tablespace| format!(" TABLESPACE {tablespace}"));
        let build = format!(
            "CREATE UNIQUE INDEX CONCURRENTLY {index} ON {} USING btree {keys}{include}{nulls}{place}",
            on_table(site.id)
        );
        let deferral = self.definition.find(" DEFERRABLE").map_or("", |at| &self.definition[at..]);
        let add = format!(
            "ALTER TABLE {}\n    ADD CONSTRAINT {index} {word} USING INDEX {index}{deferral}",
            on_table(site.id)
        );
        vec![
            Statement::new(site.id, build).failing(self.fails()).placed(Placement::Alone),
            Statement::new(site.id, add),
        ]
    }

    fn fails(&self) -> &'static str {
        match self.constraint_type {
            ConstraintType::PrimaryKey => "if two rows have equal keys, or a key is NULL",
            ConstraintType::Unique => "if two rows have equal keys",
            ConstraintType::Exclusion => "if two rows are in conflict",
            ConstraintType::Check => "if a row is against it",
            ConstraintType::ForeignKey => "if a row has no counterpart",
            ConstraintType::NotNull => "if a row has NULL there",
        }
    }

    /// What is said about it after it is there.
    pub(super) fn details(&self, site: Site<'_>) -> Vec<Statement> {
        let none =
            Self { index_options: Vec::new(), clustered: false, comment: None, ..self.clone() };
        details(site, &none, self)
    }

    /// As a line of CREATE TABLE.
    pub(super) fn inline(&self, id: &ObjectId) -> String {
        format!("CONSTRAINT {} {}", name(id.name()), self.definition)
    }
}

/// Whether one of these constraints says by a name of its own that a column is NOT NULL.
fn is_named_in<'a>(
    mut constraints: impl Iterator<Item = (&'a ObjectId, &'a Object)>,
    column: &str,
) -> bool {
    constraints.any(|(_, object)| match object {
        Object::Constraint(constraint) => constraint.not_null_column() == Some(column),
        _ => false,
    })
}

fn validate(site: Site<'_>) -> Statement {
    let sql =
        format!("ALTER TABLE {} VALIDATE CONSTRAINT {}", on_table(site.id), name(site.id.name()));
    Statement::new(site.id, sql).failing("if a row is against it")
}

/// The index behind it, and the comment.
fn details(site: Site<'_>, before: &Constraint, after: &Constraint) -> Vec<Statement> {
    let mut statements = Vec::new();
    let index = in_schema(site.id.schema(), site.id.name());
    let (set, reset) = parameter_changes(&before.index_options, &after.index_options);
    if !reset.is_empty() {
        let sql = format!("ALTER INDEX {index} RESET ({})", reset.join(", "));
        statements.push(Statement::new(site.id, sql));
    }
    if !set.is_empty() {
        let sql = format!("ALTER INDEX {index} SET ({})", parameters(set));
        statements.push(Statement::new(site.id, sql));
    }
    statements.extend(cluster(site, &table_id(site), before.clustered, after.clustered));
    let words = format!("CONSTRAINT {} ON {}", name(site.id.name()), on_table(site.id));
    statements.extend(comment(site.id, &words, before.comment.as_ref(), after.comment.as_ref()));
    statements
}

/// The table that a constraint stands on.
fn table_id(site: Site<'_>) -> ObjectId {
    site.world.table_of(site.id)
}

/// Whether there is an index behind it.
pub(super) fn has_index(constraint: &Constraint) -> bool {
    !matches!(constraint.constraint_type, ConstraintType::Check | ConstraintType::ForeignKey)
}

/// A definition without when and whether it is checked.
fn core(definition: &str) -> String {
    let core = definition.strip_suffix(" NOT VALID").unwrap_or(definition);
    let core = core.strip_suffix(" INITIALLY DEFERRED").unwrap_or(core);
    core.strip_suffix(" DEFERRABLE").unwrap_or(core).to_owned()
}
