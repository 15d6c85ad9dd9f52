//! What the rows of `alembic_version` say, against the revisions, the ledger and the schema.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Finding};
use crate::graph::Heads;
use crate::ledger::Chain;
use crate::source::visible;
use crate::spelling::counted;
use crate::statement::{self, Kind, literal};

use super::look::{Facts, Tracking};
use super::{Case, listed, table, told};

/// Gives the rows as revision ids, as far as they can be any; nothing without a table to read.
pub(super) fn check(
    facts: &Facts,
    case: &Case<'_>,
    chain: Option<&Chain>,
    findings: &mut Vec<Finding>,
) -> Option<Heads> {
    let tracking = facts.tables.first().filter(|table| table.in_path);
    let readable = tracking.filter(|table| table.column_type.is_some());
    if let Some(table) = readable {
        findings.extend(doubled(facts, table));
        findings.extend(invalid(facts, case, table));
    }
    findings.extend(table::unkeyed(facts));
    let heads: Heads = facts.rows.iter().flatten().filter_map(|row| row.parse().ok()).collect();
    findings.extend(unknown(case, chain, &heads));
    if let Some(table) = readable {
        findings.extend(overlapping(case, table, &heads));
    }
    // Rows that cannot be read say nothing about the schema.
    if tracking.is_none() || readable.is_some() {
        findings.extend(untracked(facts, case, chain));
        findings.extend(schema_missing(facts, case, &heads));
    }
    readable.map(|_| heads)
}

fn doubled(facts: &Facts, table: &Tracking) -> Option<Finding> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in facts.rows.iter().flatten() {
        *counts.entry(row).or_default() += 1;
    }
    counts.retain(|_, count| *count > 1);
    if counts.is_empty() {
        return None;
    }
    let rows: Vec<String> = counts
        .iter()
        .map(|(row, count)| format!("`{}` in {}", visible(row), counted(*count, "row")))
        .collect();
    let name = &table.name;
    Some(
        Finding::error(
            Code::TrackedRowsDoubled,
            format!("`{name}` names a revision more than once: {}", rows.join(", ")),
        )
        .note("Alembic stops at the next step: it expects to match one row")
        .help(format!(
            "run `DELETE FROM {name} AS a USING {name} AS b WHERE a.version_num = b.version_num AND a.ctid > b.ctid`"
        )),
    )
}

fn invalid(facts: &Facts, case: &Case<'_>, table: &Tracking) -> Vec<Finding> {
    let strange = facts.rows.iter().filter(|row| match row {
        Some(row) => row.parse::<crate::revision::RevisionId>().is_err(),
        None => true,
    });
    strange
        .map(|row| {
            let (shown, condition) = match row {
                Some(row) => {
                    (format!("`{}`", visible(row)), format!("version_num = {}", literal(row)))
                }
                None => ("a NULL".to_owned(), "version_num IS NULL".to_owned()),
            };
            Finding::error(
                Code::TrackedRowInvalid,
                format!("`{}` holds {shown}, which is no revision id", table.name),
            )
            .help(format!(
                "if the other rows are what is true, run `DELETE FROM {} WHERE {condition}`; if not, {} says where the database is",
                table.name,
                case.command("stamp --purge <revision>")
            ))
        })
        .collect()
}

fn unknown(case: &Case<'_>, chain: Option<&Chain>, heads: &Heads) -> Vec<Finding> {
    let unknown = heads.iter().filter(|id| case.graph.get(id.as_str()).is_none());
    unknown
        .map(|id| {
            let finding = Finding::error(
                Code::TrackedRevisionUnknown,
                format!("`alembic_version` names `{id}`, which the project does not have"),
            );
            let applied = chain.map(Chain::applied_revisions).unwrap_or_default();
            let finding = match applied.get(id.as_str()) {
                Some(record) => finding.note(format!(
                    "it was applied at {} by plan {}, whose `plan.json` has its SQL",
                    record.at,
                    record.plan.short()
                )),
                None => finding.note("the ledger does not tell of it"),
            };
            let purge = case.command("stamp --purge <revision>");
            finding.help(format!(
                "get the file of `{id}` back, perhaps from another branch; if it is gone for good, {purge} says where the database is"
            ))
        })
        .collect()
}

/// Rows that another row implies: ancestors, and dependencies.
fn overlapping(case: &Case<'_>, table: &Tracking, heads: &Heads) -> Vec<Finding> {
    let tips = case.tips(heads);
    let known = heads.iter().filter(|id| case.graph.get(id.as_str()).is_some());
    known
        .filter_map(|id| {
            let above = case.implied_by(id.as_str(), heads)?;
            // A stamp tells the ledger too, but refuses rows that it does not know.
            let remedy =
                if case.stamps && heads.iter().all(|id| case.graph.get(id.as_str()).is_some()) {
                    case.stamp(&tips)
                } else {
                    let id = literal(id.as_str());
                    format!("`DELETE FROM {} WHERE version_num = {id}`", table.name)
                };
            Some(
                Finding::error(
                    Code::TrackedRevisionsOverlap,
                    format!(
                        "`alembic_version` names `{id}` and `{above}`, and `{above}` implies `{id}`"
                    ),
                )
                .help(format!("if `{above}` is what the database is at, run {remedy}")),
            )
        })
        .collect()
}

/// A schema, and nothing that says at which revision it is. A ledger that ends at base says so.
fn untracked(facts: &Facts, case: &Case<'_>, chain: Option<&Chain>) -> Option<Finding> {
    let told = told(chain);
    if facts.objects == 0 || !facts.rows.is_empty() || told.as_ref().is_some_and(BTreeSet::is_empty)
    {
        return None;
    }
    let table = facts.tables.iter().any(|table| table.in_path);
    let what = if table { "`alembic_version` is empty" } else { "there is no `alembic_version`" };
    let finding = Finding::error(
        Code::DatabaseUntracked,
        format!("{what}, and the database has {}", counted(facts.objects, "object")),
    );
    Some(match told {
        Some(told) => {
            let told: Heads = told.iter().filter_map(|id| id.parse().ok()).collect();
            finding
                .note(format!("the ledger ends at {}", listed(told.iter())))
                .help(format!("if the ledger is right, run {}", case.stamp(&told)))
        }
        None => finding.help(format!(
            "{} shows at which revision it is, and {} takes it over there",
            case.command("detect-state"),
            case.command("handle-legacy")
        )),
    })
}

/// Rows that say that something was made, and nothing is there.
fn schema_missing(facts: &Facts, case: &Case<'_>, heads: &Heads) -> Option<Finding> {
    if facts.objects > 0 || facts.rows.is_empty() {
        return None;
    }
    let applied = case.graph.applied(&case.tips(heads)).ok()?;
    let making = applied.iter().find(|revision| {
        statement::read(revision.source(), revision.up())
            .is_ok_and(|read| read.iter().any(|made| made.kind() == Kind::CreateTable))
    })?;
    let remedy = if case.stamps {
        format!("run {}, then {}", case.command("stamp --purge base"), case.command("upgrade"))
    } else {
        let table = facts.tables.first().map(|table| table.name.to_string());
        let plan = case.command("plan");
        format!("run `DELETE FROM {}`, then {plan}", table.unwrap_or_default())
    };
    Some(
        Finding::error(
            Code::SchemaMissing,
            format!(
                "`alembic_version` names {}, and the database has no objects",
                listed(facts.rows.iter().flatten())
            ),
        )
        .note(format!("revision `{}` makes a table", making.id))
        .help(format!(
            "if the schema was lost, restore it; if the database is to begin anew, {remedy}"
        )),
    )
}
