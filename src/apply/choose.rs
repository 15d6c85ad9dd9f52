//! Which of a project's plans fits the target as it stands now.

use std::collections::BTreeSet;

use crate::database::version_table::VersionTable;
use crate::database::{Session, ledger_table};
use crate::diagnostic::{Code, Refusal};
use crate::digest::Digest;
use crate::ledger::{Chain, Record};
use crate::plan::Plan;
use crate::plan::file::PlanFile;

/// Picks, among `plans`, the one that was begun and is not finished, else the one that starts where
/// the target is. `None` where every one of them was applied: there is nothing to do.
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
    let last = chain.records().last();
    let begun = plans.iter().find(|file| match last {
        Some(Record::Stage(stage)) => stage.plan == file.digest() && stage.stage < stage.of,
        Some(Record::Genesis(genesis)) => {
            file.plan().ledger.head.is_none() && file.plan().target.target_id == genesis.target_id
        }
        _ => false,
    });
    if let Some(file) = begun {
        return Ok(Some(file));
    }
    let head = chain.head().map(|head| head.hash);
    let fitting: Vec<&PlanFile> =
        plans.iter().filter(|file| starts_here(file.plan(), head, &rows)).collect();
    match fitting.as_slice() {
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

/// The refusal where none of `count` plans fits.
pub fn no_plan(environment: &str, count: usize) -> Refusal {
    Refusal::new(
        Code::PlanMissing,
        format!("none of the {count} plans of `{environment}` starts where its database is"),
    )
    .help("run `enact plan`, or name the plan's directory to see why it does not fit")
}

fn was_applied(file: &PlanFile, chain: &Chain) -> bool {
    chain.records().any(|record| {
        matches!(record, Record::Stage(stage) if stage.plan == file.digest() && stage.stage == stage.of)
    })
}

fn starts_here(plan: &Plan, head: Option<Digest>, rows: &BTreeSet<String>) -> bool {
    let from: BTreeSet<String> = plan.transition.from.iter().map(ToString::to_string).collect();
    plan.ledger.head == head && from == *rows
}
