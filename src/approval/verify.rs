//! Whether enough people signed exactly these bytes.
//!
//! In: a plan's bytes, its author, the signature files beside it, the trusted signers and policy,
//! and the present time. Out: [`Verified`], or everything that is wrong. A bad signature refuses
//! even beside enough good ones: in a folder that only `enact approve` writes to, it means that
//! something happened which people should look at.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::key::PublicKey;
use super::policy::Policy;
use super::revoked::Revoked;
use super::signers::Signers;
use super::sshsig::SshSignature;
use super::{APPROVE_NAMESPACE, AUTHOR_NAMESPACE, AUTHOR_STEM, PLAN_DIRECTORY};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::spelling::counted;

/// A file `approvals/<file_stem>.sig` as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The file's name without `.sig`: the person, or [`AUTHOR_STEM`].
    pub file_stem: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Who may sign and how many must, read from where the plan's branch cannot change it.
#[derive(Debug, Clone, Copy)]
pub struct Trust<'a> {
    /// The people and their keys.
    pub signers: &'a Signers,
    /// The keys that no longer count.
    pub revoked: &'a Revoked,
    /// What the environment asks for.
    pub policy: &'a Policy,
}

/// The author that a plan names, as git writes one: `Alice Example <alice@example.org>`, or a
/// bare name or address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author(String);

impl Author {
    /// Takes the text as the plan has it.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether `person` in the signers file is this author: the whole text, the address, the name,
    /// or, where the person's name is no address, the address's part before `@`. Case does not
    /// matter, because a false yes only asks for one more person.
    pub fn is(&self, person: &str) -> bool {
        let text = self.0.trim();
        let (name, address) = match text.strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            Some((name, address)) => (name.trim(), address.trim()),
            None => (text, text),
        };
        let local = address.split_once('@').map_or(address, |(local, _)| local);
        [text, name, address, local].iter().any(|own| own.eq_ignore_ascii_case(person))
    }
}

/// A person's signature that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The person, as in the signers file.
    pub person: String,
    /// The key's fingerprint, `SHA256:…`.
    pub key: String,
    /// The key's type, as OpenSSH names it.
    pub key_type: &'static str,
}

/// What verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The approvals, sorted by person; each of another person with another key.
    pub approvals: Vec<Approval>,
    /// The author's own signature, if there is one.
    pub author: Option<Approval>,
}

/// Verifies all `signatures` over `message`, and counts them against the policy. `now` must be
/// the clock's reading, never a caller's wish: it decides which keys have expired.
///
/// # Errors
/// For each bad signature the first of `signature-malformed`, `signature-algorithm`,
/// `signature-namespace`, `signature-untouched`, `signature-mismatch`, `signer-revoked`,
/// `signer-unknown`, `signer-not-allowed`, `signer-expired`, `signer-misnamed` or
/// `author-mismatch`, `signer-is-author`, `signer-repeated` that holds; then
/// `author-signature-missing` and `approvals-missing`.
pub fn verify(
    message: &[u8],
    author: &Author,
    signatures: &[Signature],
    trust: &Trust<'_>,
    now: Timestamp,
) -> Result<Verified, Refusal> {
    let mut findings = Vec::new();
    let (by_author, by_others): (Vec<_>, Vec<_>) =
        signatures.iter().partition(|signature| signature.file_stem == AUTHOR_STEM);

    let mut author_signed = None;
    for signature in by_author {
        let judged = judge(message, signature, AUTHOR_NAMESPACE, trust, now)
            .and_then(|approval| is_the_author(approval, author));
        match judged {
            Ok(_) if author_signed.is_some() => findings.push(repeated(AUTHOR_STEM)),
            Ok(approval) => author_signed = Some(approval),
            Err(refusal) => findings.extend(in_file(signature, refusal)),
        }
    }

    let mut approvals: Vec<Approval> = Vec::new();
    let mut people = BTreeSet::new();
    for signature in by_others {
        let judged = judge(message, signature, APPROVE_NAMESPACE, trust, now)
            .and_then(|approval| is_another(approval, signature, author));
        match judged {
            // A key belongs to one person only, so distinct people have distinct keys.
            Ok(approval) if people.insert(approval.person.clone()) => approvals.push(approval),
            Ok(approval) => findings.push(repeated(&approval.person)),
            Err(refusal) => findings.extend(in_file(signature, refusal)),
        }
    }
    approvals.sort_by(|a, b| a.person.cmp(&b.person));

    if trust.policy.author_signature && author_signed.is_none() {
        findings.push(author_missing(author));
    }
    if approvals.len() < usize::from(trust.policy.approvals) {
        findings.push(approvals_missing(&approvals, trust.policy.approvals));
    }
    Refusal::unless_empty(findings)?;
    Ok(Verified { approvals, author: author_signed })
}

/// One file: first whether the signature holds, so that all that is said after it is true; then
/// whose it is and whether that person may.
fn judge(
    message: &[u8],
    file: &Signature,
    namespace: &str,
    trust: &Trust<'_>,
    now: Timestamp,
) -> Result<Approval, Refusal> {
    let signature = SshSignature::parse(&file.bytes)?;
    signature.check(message, namespace)?;
    let key = signature.key();
    let fingerprint = key.fingerprint();
    if trust.revoked.contains(key) {
        return Err(Refusal::new(Code::SignerRevoked, format!("the key {fingerprint} is revoked"))
            .help("remove the file, and approve again with another key"));
    }
    let person = permitted(key, namespace, trust.signers, now)?;
    Ok(Approval { person, key: fingerprint, key_type: key.type_name() })
}

/// The person whose key this is, if it may sign in `namespace` now.
fn permitted(
    key: &PublicKey,
    namespace: &str,
    signers: &Signers,
    now: Timestamp,
) -> Result<String, Refusal> {
    let fingerprint = key.fingerprint();
    let Some(signer) = signers.owner(key) else {
        return Err(Refusal::new(
            Code::SignerUnknown,
            format!("the key {fingerprint} is not in the signers file"),
        )
        .help(
            "have the person and the key added to the trusted signers file, by a change of its own",
        ));
    };
    let person = &signer.person;
    if !signer.namespaces.iter().any(|own| own == namespace) {
        return Err(Refusal::new(
            Code::SignerNotAllowed,
            format!("the key {fingerprint} of `{person}` may not sign for `{namespace}`"),
        )
        .help(format!(
            "its line in the signers file allows {}; another person can sign",
            signer.namespaces.join(", ")
        )));
    }
    let expired = |message: String| {
        Refusal::new(Code::SignerExpired, message)
            .help("remove the file, and approve with a key that is valid now")
    };
    if let Some(after) = signer.valid_after.filter(|&after| now < after) {
        return Err(expired(format!(
            "the key {fingerprint} of `{person}` is valid only from {after} on; now it is {now}"
        )));
    }
    if let Some(before) = signer.valid_before.filter(|&before| now >= before) {
        return Err(expired(format!(
            "the key {fingerprint} of `{person}` expired at {before}; now it is {now}"
        )));
    }
    Ok(person.clone())
}

fn is_the_author(approval: Approval, author: &Author) -> Result<Approval, Refusal> {
    if author.is(&approval.person) {
        return Ok(approval);
    }
    Err(Refusal::new(
        Code::AuthorMismatch,
        format!(
            "`{}` signed as the author, and the plan names `{}`",
            approval.person,
            author.0.escape_debug()
        ),
    )
    .help("make the plan again with your name from the signers file as git's `user.email`"))
}

fn is_another(approval: Approval, file: &Signature, author: &Author) -> Result<Approval, Refusal> {
    let person = &approval.person;
    if *person != file.file_stem {
        return Err(Refusal::new(
            Code::SignerMisnamed,
            format!("the signature is `{person}`'s, and the file is named for another"),
        )
        .help(format!("rename it to `{person}.sig`")));
    }
    // Whoever signed as the author is the one whom the plan names: `is_the_author` saw to it.
    if author.is(person) {
        return Err(Refusal::new(
            Code::SignerIsAuthor,
            format!("`{person}` is the plan's author, who does not count as an approver"),
        )
        .help("remove the file, and ask another person"));
    }
    Ok(approval)
}

fn in_file(file: &Signature, refusal: Refusal) -> impl Iterator<Item = Finding> {
    let name = file.file_stem.escape_debug();
    refusal.into_findings().into_iter().map(move |mut finding| {
        finding.message = format!("`{name}.sig`: {}", finding.message);
        finding
    })
}

fn repeated(person: &str) -> Finding {
    Finding::error(Code::SignerRepeated, format!("`{person}` signed more than once"))
        .help("keep one file for each person")
}

fn author_missing(author: &Author) -> Finding {
    Finding::error(
        Code::AuthorSignatureMissing,
        format!(
            "the plan is not signed by its author, `{}`",
            author.0.escape_debug()
        ),
    )
    .help(format!(
        "the author signs with `enact approve --author {PLAN_DIRECTORY}`, in namespace `{AUTHOR_NAMESPACE}`"
    ))
}

fn approvals_missing(approvals: &[Approval], needed: u16) -> Finding {
    let finding = Finding::error(
        Code::ApprovalsMissing,
        format!("{} of {}", approvals.len(), counted(needed.into(), "approval")),
    )
    .help(format!("ask another person to review it and to run `enact approve {PLAN_DIRECTORY}`"));
    if approvals.is_empty() {
        return finding;
    }
    let people: Vec<_> = approvals.iter().map(|a| a.person.as_str()).collect();
    finding.note(format!("approved by {}", people.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_is_known_by_each_part_of_the_name() {
        let author = Author::new("Alice Example <alice@example.org>");
        for person in ["alice@example.org", "Alice@Example.org", "alice", "alice example"] {
            assert!(author.is(person), "{person}");
        }
        for person in ["bob", "alice@example.com", "example.org", ""] {
            assert!(!author.is(person), "{person}");
        }
        assert!(Author::new("alice").is("alice"));
        assert!(Author::new("alice@example.org").is("alice"));
    }
}
