//! Heads of a ledger that something outside the database has seen.
//!
//! In: a verified [`Chain`], and the heads that plans in git expected when people signed them. Out:
//! whether the chain still goes through all of them. It tells what the chain alone cannot: a cut
//! end, a ledger written anew, a database restored to an earlier time.

use super::{Chain, Head};
use crate::diagnostic::{Code, Finding, Refusal};

/// A head, and what saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// The plan that expects it, as people know it.
    pub plan: String,
    /// The head.
    pub head: Head,
}

impl Chain {
    /// Checks that the chain goes through every witnessed head.
    ///
    /// # Errors
    /// `ledger-rewound`, once for every head that it does not go through.
    pub fn goes_through(&self, witnesses: &[Witness]) -> Result<(), Refusal> {
        let findings = witnesses
            .iter()
            .filter_map(|witness| {
                let message = self.objection(witness)?;
                Some(Finding::error(Code::LedgerRewound, message).help(
                    "if the database was restored, find out from when; if not, find out who rewrote the ledger",
                ))
            })
            .collect();
        Refusal::unless_empty(findings)
    }

    fn objection(&self, Witness { plan, head }: &Witness) -> Option<String> {
        let seen = format!("plan `{}` saw entry {}", plan.escape_debug(), head.seq);
        match (self.hash(head.seq), self.head()) {
            (Some(hash), _) if hash == head.hash => None,
            (Some(hash), _) => Some(format!(
                "{seen} with hash {}, and now its hash is {hash}: the ledger was written anew",
                head.hash
            )),
            (None, Some(end)) => Some(format!(
                "{seen}, and the ledger ends at entry {}: its end was cut, or the database restored",
                end.seq
            )),
            (None, None) => Some(format!("{seen}, and the ledger is empty")),
        }
    }
}
