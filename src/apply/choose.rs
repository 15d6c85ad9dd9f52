//! Which of a project's plans fits the target as it stands now.

use std::collections::BTreeSet;

use crate::database::version_table::VersionTable;
use crate::database::{Session, ledger_table};
use crate::diagnostic::{Code, Refusal};
use crate::ledger::{Chain, Record};
use crate::plan::Plan;
use crate::plan::file::PlanFile;

use super::alone::left_nothing;
use super::preflight::read_intent;
use super::role;

/// Picks, among `plans`, the one that goes on here:
///
/// 1. the one of which the ledger's newest entry tells a stage, but not the last;
/// 2. of those that start where the target is, one whose first stage, outside a transaction, was begun
///    and may have left something: nobody else could clear that away;
/// 3. the one that starts where the target is. One whose intent began the ledger, and left nothing
///    else, comes after those that know this ledger.
///
/// `None` where every one of them was applied: there is nothing to do.
///
/// # Errors
/// `plan-missing`, `plan-ambiguous`; those of reading the target.
pub async fn choose<'a>(
    session: &Session,
    environment: &str,
    plans: &'a [PlanFile],
) -> Result<Option<&'a PlanFile>, Refusal> {
    let entries = ledger_table::read_ledger(session).await?.unwrap_or_default();
    let chain = Chain::verify(&entries, None)?;
    let rows = VersionTable::locate(session).await?.heads(session).await?.unwrap_or_default();
    if let Some(Record::Stage(stage)) = chain.records().last()
        && stage.stage < stage.of
        && let Some(file) = plans.iter().find(|file| file.digest() == stage.plan)
    {
        return Ok(Some(file));
    }
    let here: Vec<&PlanFile> = plans.iter().filter(|file| has_rows(file.plan(), &rows)).collect();
    let of_head = |head| here.iter().copied().filter(move |file| file.plan().ledger.head == head);
    let knowing: Vec<&PlanFile> = of_head(chain.head().map(|head| head.hash)).collect();
    // Only an intent leaves the ledger at its first entry.
    let beginning: Vec<&PlanFile> = match chain.records().last() {
        Some(Record::Genesis(genesis)) => {
            of_head(None).filter(|file| file.plan().target.target_id == genesis.target_id).collect()
        }
        _ => Vec::new(),
    };
    if let Some(file) = half_done(session, &[&knowing[..], &beginning].concat()).await? {
        return Ok(Some(file));
    }
    match if knowing.is_empty() { beginning } else { knowing }.as_slice() {
        [file] => Ok(Some(file)),
        [] if !plans.is_empty() && plans.iter().all(|file| was_applied(file, &chain)) => Ok(None),
        [] => Err(no_plan(environment, plans.len())),
        several => {
            let refusal = Refusal::new(
                Code::PlanAmbiguous,
                format!("{} plans of `{environment}` start where its database is", several.len()),
            )
            .help("name the directory of the one that is meant, and remove the others");
            Err(several.iter().fold(refusal, |refusal, file| {
                refusal.note(file.plan().folder_name(file.digest()))
            }))
        }
    }
}

/// The plan whose first stage an earlier run began outside a transaction, if something may be left.
async fn half_done<'a>(
    session: &Session,
    plans: &[&'a PlanFile],
) -> Result<Option<&'a PlanFile>, Refusal> {
    for file in plans {
        let intents = ledger_table::intents(session, file.digest()).await?;
        let first = file.plan().stages.first();
        let Some((intent, stage)) = read_intent(first, &intents)?.zip(first) else {
            continue;
        };
        let (now, _) = role::inventory(session, file.plan()).await?;
        if !left_nothing(session, stage, &intent, &now).await? {
            return Ok(Some(file));
        }
    }
    Ok(None)
}

/// The refusal where none of `count` plans fits.
pub fn no_plan(environment: &str, count: usize) -> Refusal {
    Refusal::new(
        Code::PlanMissing,
        match count {
            0 => format!("`{environment}` has no plan"),
            1 => format!("the plan of `{environment}` does not start where its database is"),
            _ => {
                format!("none of the {count} plans of `{environment}` starts where its database is")
            }
        },
    )
    .help("run `enact plan`, or name the plan's directory to see why it does not fit")
}

fn was_applied(file: &PlanFile, chain: &Chain) -> bool {
    chain.records().any(|record| {
        matches!(record, Record::Stage(stage) if stage.plan == file.digest() && stage.stage == stage.of)
    })
}

fn has_rows(plan: &Plan, rows: &BTreeSet<String>) -> bool {
    let from: BTreeSet<String> = plan.transition.from.iter().map(ToString::to_string).collect();
    from == *rows
}
