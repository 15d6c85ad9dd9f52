//! Who may say yes, and whether they did.
//!
//! In: a plan's exact bytes, SSH signatures over them, and the trusted signers, revocations and
//! policy. Out: an [`ApprovedPlan`], the only thing that may be applied, which nothing but
//! verification can make. Verification is pure, and stricter than `ssh-keygen`: whatever passes
//! here, `ssh-keygen -Y verify` accepts too.

mod wire;
mod key;
mod sshsig;
mod signers;
mod revoked;
mod policy;
mod verify;

use jiff::Timestamp;

pub use key::{KeyDefect, PublicKey, RSA_MINIMUM_BITS};
pub use policy::Policy;
pub use revoked::Revoked;
pub use signers::{Signer, Signers};
pub use sshsig::SshSignature;
pub use verify::{Approval, Author, Signature, Trust, Verified, verify};

use crate::diagnostic::Refusal;
use crate::digest::Digest;
use crate::plan::Plan;
use crate::plan::file::PlanFile;

/// The namespace of approvals: `ssh-keygen -Y sign -n enact-approve-v1`.
pub const APPROVE_NAMESPACE: &str = "enact-approve-v1";

/// The namespace of the author's signature. It approves nothing.
pub const AUTHOR_NAMESPACE: &str = "enact-author-v1";

/// The author's signature is `approvals/author.sig`, so nobody may be called this.
pub const AUTHOR_STEM: &str = "author";

/// What a refusal's help says for the plan's directory, which only its reader knows.
pub const PLAN_DIRECTORY: &str = "<plan directory>";

/// A plan with enough approvals over the exact bytes that it was read from. Only
/// [`ApprovedPlan::approve`] makes one.
#[derive(Debug, Clone)]
pub struct ApprovedPlan {
    file: PlanFile,
    verified: Verified,
    signers: Option<Digest>,
}

impl ApprovedPlan {
    /// Verifies `signatures` over the file's bytes, which are kept for execution: they are read once.
    /// What the plan says that it answers to must not be weaker than the policy that is trusted now.
    ///
    /// # Errors
    /// `policy-changed`; those of [`verify()`].
    pub fn approve(
        file: PlanFile,
        signatures: &[Signature],
        trust: &Trust<'_>,
        now: Timestamp,
    ) -> Result<Self, Refusal> {
        let plan = file.plan();
        let stated = Policy {
            approvals: plan.policy.approvals,
            author_signature: plan.policy.author_signature,
            plan_ttl: plan.not_after.duration_since(plan.created),
        };
        let author = Author::new(plan.author.as_str());
        let mut findings = Vec::new();
        let verified = verify(file.bytes(), &author, signatures, trust, now)
            .map_err(|refusal| findings.extend(refusal.into_findings()));
        // Told together: nobody should collect signatures for a plan that must be made again.
        if let Err(refusal) = stated.satisfies(trust.policy) {
            findings.extend(refusal.into_findings());
        }
        let (Ok(verified), true) = (verified, findings.is_empty()) else {
            return Err(Refusal::of(findings).expect("whoever failed said why"));
        };
        Ok(Self { file, verified, signers: trust.signers.digest() })
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        self.file.plan()
    }

    /// The SHA-256 of the exact bytes.
    pub fn digest(&self) -> Digest {
        self.file.digest()
    }

    /// The approvals, sorted by person.
    pub fn approvals(&self) -> &[Approval] {
        &self.verified.approvals
    }

    /// The author's own signature, if there is one.
    pub fn author(&self) -> Option<&Approval> {
        self.verified.author.as_ref()
    }

    /// The digest of the signers file that the approvals were judged by; none without a file.
    pub fn signers(&self) -> Option<Digest> {
        self.signers
    }
}
