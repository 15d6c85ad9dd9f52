//! What an environment asks of a plan before it may run.
//!
//! In: an environment's settings, and those that a plan was made under. Out: whether the plan's are
//! at least as strict, so that a plan cannot bring its own, weaker policy.

use jiff::SignedDuration;

use crate::diagnostic::{Code, Finding, Refusal};

/// What an environment asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How many people must approve, each with a key of their own; the author does not count.
    pub approvals: u16,
    /// Whether the author must have signed the plan too, in [`super::AUTHOR_NAMESPACE`].
    pub author_signature: bool,
    /// How long after its making a plan may be applied.
    pub plan_ttl: SignedDuration,
}

impl Policy {
    /// Checks that a plan made under this policy satisfies the policy that the environment has
    /// `now`.
    ///
    /// # Errors
    /// `policy-changed`, once for every setting that is weaker in the plan.
    pub fn satisfies(&self, now: &Self) -> Result<(), Refusal> {
        let mut findings = Vec::new();
        let mut weaker = |setting: &str, then: String, now: String| {
            findings.push(
                Finding::error(
                    Code::PolicyChanged,
                    format!("the plan was made under `{setting} = {then}`; now it is `{now}`"),
                )
                .help("make the plan again with `enact plan`"),
            );
        };
        if self.approvals < now.approvals {
            let (then, now) = (self.approvals.to_string(), now.approvals.to_string());
            weaker("approvals", then, now);
        }
        if now.author_signature && !self.author_signature {
            weaker("author_signature", "false".to_owned(), "true".to_owned());
        }
        if self.plan_ttl > now.plan_ttl {
            let (then, now) = (format!("{:#}", self.plan_ttl), format!("{:#}", now.plan_ttl));
            weaker("plan_ttl", then, now);
        }
        Refusal::unless_empty(findings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weaker_policy_is_named_setting_by_setting() {
        let strict = Policy {
            approvals: 2,
            author_signature: true,
            plan_ttl: SignedDuration::from_hours(24),
        };
        let lax = Policy {
            approvals: 1,
            author_signature: false,
            plan_ttl: SignedDuration::from_hours(48),
        };
        assert_eq!(strict.satisfies(&lax), Ok(()));
        assert_eq!(strict.satisfies(&strict), Ok(()));
        let refusal = lax.satisfies(&strict).unwrap_err();
        let messages: Vec<_> =
            refusal.findings().iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "the plan was made under `approvals = 1`; now it is `2`",
                "the plan was made under `author_signature = false`; now it is `true`",
                "the plan was made under `plan_ttl = 48h`; now it is `24h`",
            ]
        );
    }
}
