//! What a run writes into the ledger: the entries of a stage, and those that must stand before it.

use crate::ledger::{self, Approver, Entry, Execution, Genesis, Head, PlanRecord, Record};
use crate::plan::Stage;

use super::run::Run;

impl<'a> Run<'a> {
    /// The ledger entries of a stage: the ledger's first and the plan's own before it, if they are
    /// missing yet.
    pub(super) fn entries(&self, stage: &Stage, recovered: bool) -> Vec<Entry> {
        let mut entries: Vec<Entry> = self.genesis().into_iter().collect();
        if !self.standing.plan_recorded {
            let record = Record::Plan(self.plan_record());
            entries.push(self.next_entry(&entries, &record));
        }
        let record = Record::Stage(ledger::Stage::of(
            self.plan(),
            self.approved.digest(),
            stage,
            recovered,
            self.execution(),
        ));
        entries.push(self.next_entry(&entries, &record));
        entries
    }

    fn next_entry(&self, before: &[Entry], record: &Record) -> Entry {
        let head: Option<Head> = before.last().map(Entry::head).or(self.standing.head);
        Entry::following(head, self.plan().target.target_id, record)
    }

    pub(super) fn genesis(&self) -> Option<Entry> {
        self.standing.head.is_none().then(|| {
            let record = Record::Genesis(Genesis::of(self.plan(), self.execution()));
            self.next_entry(&[], &record)
        })
    }

    fn plan_record(&self) -> PlanRecord {
        let approvals = self
            .approved
            .approvals()
            .iter()
            .map(|approval| Approver { person: approval.person.clone(), key: approval.key.clone() })
            .collect();
        let (plan, digest) = (self.plan(), self.approved.digest());
        PlanRecord::of(plan, digest, approvals, self.approved.signers(), self.execution())
    }

    fn execution(&self) -> Execution<'a> {
        Execution { runner: self.options.runner, run: self.options.run, at: self.options.now }
    }
}
