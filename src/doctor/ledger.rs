//! Whether the ledger is whole, of this database, and ends where `alembic_version` is; and whether
//! the applied revisions are the ones on disk.

use std::collections::BTreeSet;

use crate::compile;
use crate::diagnostic::{Code, Finding};
use crate::digest::Digest;
use crate::graph::Heads;
use crate::ledger::{Chain, Record};
use crate::workspace::plans;

use super::look::Facts;
use super::{Case, listed};

/// The chain, where it holds together; otherwise why not.
pub(super) fn chain(facts: &Facts, findings: &mut Vec<Finding>) -> Option<Chain> {
    findings.extend(facts.unreadable.iter().cloned());
    let Some(entries) = &facts.entries else {
        if facts.unreadable.is_empty() && facts.has_schema {
            findings.push(
                Finding::error(Code::LedgerBroken, "schema `enact` has no table `ledger`").help(
                    "restore `enact.ledger` from a backup; a ledger that is gone for good begins anew after `DROP SCHEMA enact CASCADE`",
                ),
            );
            return None;
        }
        return facts
            .unreadable
            .is_empty()
            .then(|| Chain::verify(&[], None).expect("a ledger without entries holds together"));
    };
    Chain::verify(entries, None).map_err(|refusal| findings.extend(refusal.into_findings())).ok()
}

pub(super) fn check(
    facts: &Facts,
    case: &Case<'_>,
    chain: &Chain,
    heads: Option<&Heads>,
    findings: &mut Vec<Finding>,
) {
    findings.extend(foreign(facts, case, chain));
    if let Err(refusal) = chain.goes_through(&plans::witnesses(chain, case.plans)) {
        findings.extend(refusal.into_findings());
    }
    if let Some(heads) = heads {
        findings.extend(outrun(facts, case, chain, heads));
        match compile::edited_revisions(case.graph, chain, &case.tips(heads)) {
            Ok(edited) => findings.extend(edited),
            Err(refusal) => findings.extend(refusal.into_findings()),
        }
    }
    findings.extend(markers(facts, chain));
}

/// A ledger that was begun for another environment, or in another database.
fn foreign(facts: &Facts, case: &Case<'_>, chain: &Chain) -> Option<Finding> {
    let genesis = chain.genesis()?;
    let apart = "if this is a copy that goes its own way, run `DROP SCHEMA enact CASCADE`: its ledger begins anew, and `alembic_version` stays";
    if let Err(refusal) = chain.check_environment(case.environment) {
        let finding = refusal.into_findings().remove(0);
        let settings = finding.help.clone().unwrap_or_default();
        return Some(finding.help(format!("{settings}; {apart}")));
    }
    let now = &facts.identity;
    let mut differences = Vec::new();
    if genesis.database != now.database {
        differences.push(format!(
            "the database was `{}`, and is `{}`",
            genesis.database.escape_debug(),
            now.database.escape_debug()
        ));
    }
    if let (Some(then), Some(now)) = (&genesis.system_identifier, &now.system_identifier)
        && then != now
    {
        differences.push(format!("the system identifier was {then}, and is {now}"));
    }
    if differences.is_empty() || continued_here(facts, case, chain) {
        return None;
    }
    let finding = Finding::warning(
        Code::LedgerForeign,
        format!(
            "the ledger was begun in another database than this, as target {}",
            genesis.target_id
        ),
    );
    Some(
        differences
            .into_iter()
            .fold(finding, Finding::note)
            .note("a copy, a restore, a renaming and `pg_upgrade` look so")
            .help(format!(
                "if the database itself was moved or renamed, the next plan that is applied says so; {apart}"
            )),
    )
}

/// Whether something was applied to this very database by one of the plans at hand.
fn continued_here(facts: &Facts, case: &Case<'_>, chain: &Chain) -> bool {
    let ran = |digest| {
        chain.records().any(|record| matches!(record, Record::Stage(stage) if stage.plan == digest))
    };
    case.plans.iter().any(|directory| {
        let target = &directory.file.plan().target;
        target.system_identifier == facts.identity.system_identifier
            && target.database_oid == facts.identity.database_oid
            && ran(directory.file.digest())
    })
}

/// `alembic_version` is elsewhere than the ledger ends. An empty one over a full schema has been said.
fn outrun(facts: &Facts, case: &Case<'_>, chain: &Chain, heads: &Heads) -> Option<Finding> {
    let last = chain.heads()?;
    let rows: BTreeSet<String> = facts.rows.iter().flatten().cloned().collect();
    if last == rows || (rows.is_empty() && facts.objects > 0) {
        return None;
    }
    let ids = |graph_heads: &Heads| -> Option<BTreeSet<String>> {
        let applied = case.graph.applied(graph_heads).ok()?;
        Some(applied.iter().map(|revision| revision.id.to_string()).collect())
    };
    let then: Heads = last.iter().filter_map(|id| id.parse().ok()).collect();
    let (then, now) = (ids(&then), ids(&case.tips(heads)));
    let finding = Finding::error(
        Code::LedgerOutrun,
        format!(
            "the ledger ends at {}, and `alembic_version` holds {}",
            listed(last.iter()),
            listed(rows.iter())
        ),
    )
    .note("something else has changed it since, for instance Alembic");
    let finding = match then.zip(now) {
        Some((then, now)) => {
            let more: Vec<&String> = now.difference(&then).collect();
            let less: Vec<&String> = then.difference(&now).collect();
            let finding = if more.is_empty() {
                finding
            } else {
                finding.note(format!("applied without enact: {}", listed(more.iter())))
            };
            if less.is_empty() {
                finding
            } else {
                finding.note(format!("taken back without enact: {}", listed(less.iter())))
            }
        }
        None => finding,
    };
    Some(if heads.iter().any(|id| case.graph.get(id.as_str()).is_none()) {
        finding.help("first see what is said about the rows themselves")
    } else if case.stamps {
        finding.help(format!(
            "if the rows are right, run {}, which tells the ledger",
            case.stamp(&case.tips(heads))
        ))
    } else {
        finding.help(format!(
            "if the rows are right, the next plan that is applied goes on from them and tells the ledger: {}",
            case.command("plan")
        ))
    })
}

/// Markers and stages of the ledger, which stand in the same transaction, and so together or not at all.
fn markers(facts: &Facts, chain: &Chain) -> Vec<Finding> {
    let told: BTreeSet<(Digest, u32)> = chain
        .records()
        .filter_map(|record| match record {
            Record::Stage(stage) => Some((stage.plan, stage.stage)),
            _ => None,
        })
        .collect();
    let marked: BTreeSet<(Digest, u32)> = facts.markers.iter().copied().collect();
    let untold = marked.difference(&told).map(|(plan, stage)| {
        Finding::error(
            Code::MarkerUntold,
            format!("a marker says that stage {stage} of plan {} happened, and the ledger does not tell of it", plan.short()),
        )
        .note("both are written in one transaction: the ledger's end was cut off, or the marker made by hand")
        .help(format!(
            "if the ledger was cut, restore `enact.ledger` from a backup; if the stage never happened, run `DELETE FROM enact.marker WHERE plan = '\\x{plan}' AND stage = {stage}`"
        ))
    });
    let unmarked = told.difference(&marked).map(|(plan, stage)| {
        Finding::error(
            Code::MarkerMissing,
            format!("the ledger tells of stage {stage} of plan {}, and its marker is gone", plan.short()),
        )
        .note("both are written in one transaction, and the ledger is whole: somebody removed the marker")
        .help(format!(
            "run `INSERT INTO enact.marker (plan, stage) VALUES ('\\x{plan}', {stage})`"
        ))
    });
    untold.chain(unmarked).collect()
}
