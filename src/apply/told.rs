//! What a run tells when it stops: what failed, what stays, and what to do next.

use std::sync::atomic::Ordering;

use crate::catalog::{Inventory, InventoryDiff};
use crate::database::ServerError;
use crate::diagnostic::{Code, Exit, Refusal};
use crate::plan::{Change, Plan, Stage};

use super::run::Run;

impl Run<'_> {
    /// The refusal for a statement that failed and was rolled back.
    pub(super) fn failed(
        &self,
        stage: &Stage,
        step: Option<usize>,
        error: &ServerError,
        tries: u32,
    ) -> Refusal {
        if self.interrupted() {
            return self.stopped(stage);
        }
        let what = match step.and_then(|at| stage.steps.get(at)) {
            Some(step) => format!("step {} ({}) failed", step.number, step.kind),
            None => format!("stage {} failed", stage.number),
        };
        let code = if error.sqlstate == "55P03" { Code::LockTimeout } else { Code::StageFailed };
        let mut refusal =
            Refusal::new(code, format!("{what}: {} (SQLSTATE {})", error.message, error.sqlstate));
        if let Some(hint) = &error.hint {
            refusal = refusal.note(format!("hint of the server: {hint}"));
        }
        if tries > 1 {
            refusal = refusal.note(format!("tried {tries} times"));
        }
        for blocker in self.watch.blockers.borrow().iter() {
            refusal = refusal.note(format!("in the way: {blocker}"));
        }
        refusal.help(match code {
            Code::LockTimeout => "end what is in the way, or wait, and run the same command again",
            _ => "the stage was rolled back; mend the cause, and run the same command again or plan again",
        })
    }

    /// Whether the person asked to stop. What fails after that failed because it was cancelled.
    pub(super) fn interrupted(&self) -> bool {
        self.options.interrupted.load(Ordering::Relaxed)
    }

    pub(super) fn stopped(&self, stage: &Stage) -> Refusal {
        Refusal::new(Code::Interrupted, format!("stopped before stage {}", stage.number))
            .note(self.progress_note())
            .help("run the same command again to go on")
    }

    fn progress_note(&self) -> String {
        match self.done() {
            0 => "nothing of the plan was applied".to_owned(),
            done => {
                format!("stages 1 to {done} of {} are applied and stay", self.plan().stages.len())
            }
        }
    }

    /// Says what stays of the plan; where something does, the class is `partial`.
    pub(super) fn told(&self, refusal: Refusal) -> Refusal {
        match self.done() {
            0 => refusal,
            _ => partial(refusal, &self.progress_note()),
        }
    }
}

/// The refusal where something stays that `stays` names. The codes of a refusal before any effect
/// and of a whole rollback would say too little; what is unknown or interrupted keeps its code.
pub(super) fn partial(refusal: Refusal, stays: &str) -> Refusal {
    if !matches!(refusal.exit(), Exit::Failed | Exit::Unfit) {
        return refusal;
    }
    let finding = &refusal.findings()[0];
    let mut partial = Refusal::new(Code::StagePartial, finding.message.clone())
        .note(format!("code of the failure: {}", refusal.code()));
    for note in &finding.notes {
        partial = partial.note(note.clone());
    }
    partial = partial.note(stays);
    match &finding.help {
        Some(help) => partial.help(help.clone()),
        None => partial,
    }
}

/// After the last stage: the whole schema is what the plan says.
pub(super) fn compare(
    plan: &Plan,
    done_before: usize,
    mut expected: Inventory,
    now: &Inventory,
) -> Result<(), Refusal> {
    if now.fingerprint() == plan.fingerprints.after {
        return Ok(());
    }
    for effect in plan.stages[done_before..].iter().flat_map(|stage| &stage.effects) {
        expected.set(effect.object.clone(), effect.after);
    }
    let refusal = Refusal::new(
        Code::UnexpectedSchema,
        "the plan was applied, and the schema is not what the plan says",
    )
    .help("every stage is recorded; find out who changed the schema meanwhile, and plan again");
    let different = InventoryDiff::between(&expected, now);
    Err(crate::plan::compile::effects(&different).into_iter().fold(refusal, |refusal, effect| {
        refusal.note(match effect.change {
            Change::Created => format!("{} is there, and should not be", effect.object),
            Change::Dropped => format!("{} is missing", effect.object),
            Change::Altered => format!("{} differs", effect.object),
        })
    }))
}
