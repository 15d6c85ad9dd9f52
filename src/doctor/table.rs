//! Whether `alembic_version` is where it is looked for, once, and as Alembic makes it.

use crate::diagnostic::{Code, Finding};
use crate::source::visible;
use crate::statement::quoted;

use super::look::{Facts, Tracking};

/// What Alembic's column is.
const COLUMN: &str = "character varying(32)";

pub(super) fn check(facts: &Facts, findings: &mut Vec<Finding>) {
    findings.extend(elsewhere(facts));
    findings.extend(several(facts));
    if let Some(table) = facts.tables.first().filter(|table| table.in_path) {
        match shape(table) {
            Some(finding) => findings.push(finding),
            None => findings.extend(column(table)),
        }
    }
}

/// The only tables are where neither Alembic nor enact looks.
fn elsewhere(facts: &Facts) -> Option<Finding> {
    let table = facts.tables.first().filter(|table| !table.in_path)?;
    let home = quoted(&facts.home);
    Some(
        Finding::error(
            Code::VersionTableElsewhere,
            format!("`{}` is in no schema of the search path, so its rows count for nothing", table.name),
        )
        .note(format!("an unqualified name is looked for in `{}` first", facts.home))
        .help(format!(
            "if it is this database's, run `ALTER TABLE {} SET SCHEMA {home}`, or put its schema into the role's `search_path`",
            table.name
        )),
    )
}

/// All but the first of the search path's tables; each hides behind it.
fn several(facts: &Facts) -> impl Iterator<Item = Finding> {
    let mut inside = facts.tables.iter().filter(|table| table.in_path);
    let first = inside.next();
    inside.filter_map(move |table| {
        let first = first?;
        Some(
            Finding::error(
                Code::VersionTableSeveral,
                format!("`{}` hides behind `{}`, which the search path finds first", table.name, first.name),
            )
            .note("with another search path the other one counts, and the same revisions run again")
            .help(format!(
                "if `{}` is the one that is true, run `ALTER TABLE {} RENAME TO alembic_version_unused`",
                first.name, table.name
            )),
        )
    })
}

/// What no reader of the table could live with.
fn shape(table: &Tracking) -> Option<Finding> {
    let invalid = |fault: String| {
        Finding::error(
            Code::VersionTableInvalid,
            format!("`{}` is not as Alembic makes it: {fault}", table.name),
        )
    };
    if table.relkind != "r" {
        return Some(
            invalid("it is not an ordinary table".to_owned())
                .help("make a table of that name with the rows that are true, as Alembic does"),
        );
    }
    if table.column_type.is_none() {
        return Some(
            invalid("it has no column `version_num`".to_owned())
                .note(format!("its columns: {}", columns(&table.columns)))
                .help(
                    "rename the table if it is something else's, or bring it into Alembic's form",
                ),
        );
    }
    let others: Vec<String> =
        table.columns.iter().filter(|column| *column != "version_num").cloned().collect();
    if !others.is_empty() {
        let drops: Vec<String> =
            others.iter().map(|name| format!("DROP COLUMN {}", quoted(name))).collect();
        return Some(
            invalid(format!("it has more columns than `version_num`: {}", columns(&others))).help(
                format!(
                    "if nothing needs them, run `ALTER TABLE {} {}`",
                    table.name,
                    drops.join(", ")
                ),
            ),
        );
    }
    table.hides_rows.then(|| {
        invalid("row security hides rows from this role".to_owned())
            .help(format!("run `ALTER TABLE {} DISABLE ROW LEVEL SECURITY`", table.name))
    })
}

/// The type of the column. The key is said after the doubled rows, which stand in its way.
fn column(table: &Tracking) -> Option<Finding> {
    let found = table.column_type.as_deref().filter(|found| *found != COLUMN)?;
    // A wider one does no harm by itself: enact and Alembic write what fits 32 characters.
    let wider = found == "text"
        || found == "character varying"
        || found
            .strip_prefix("character varying(")
            .and_then(|rest| rest.trim_end_matches(')').parse::<u32>().ok())
            .is_some_and(|width| width > 32);
    let message = format!("`version_num` of `{}` is `{found}` instead of `{COLUMN}`", table.name);
    let finding = if wider {
        Finding::warning(Code::VersionColumnAltered, message)
    } else {
        Finding::error(Code::VersionColumnAltered, message)
    };
    Some(finding.help(format!(
        "run `ALTER TABLE {} ALTER COLUMN version_num TYPE varchar(32)`",
        table.name
    )))
}

pub(super) fn unkeyed(facts: &Facts) -> Option<Finding> {
    let table = facts.tables.first().filter(|table| table.in_path && table.relkind == "r")?;
    if table.has_key || table.column_type.is_none() {
        return None;
    }
    Some(
        Finding::error(
            Code::VersionTableUnkeyed,
            format!("`{}` has no primary key on `version_num`", table.name),
        )
        .note("without one a row can be doubled, and Alembic and enact stop at the next step")
        .help(format!(
            "run `ALTER TABLE {} ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)`",
            table.name
        )),
    )
}

fn columns(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{}`", visible(name))).collect();
    names.join(", ")
}
