//! What people do with plain `ssh-keygen` counts.

use enact::approval::{Author, Policy, Revoked, Signers, Trust, verify};
use jiff::SignedDuration;

use super::bench::{APPROVE, Bench, Case, PLAN};

#[test]
fn every_kind_of_key_approves_and_ssh_keygen_agrees() {
    let bench = Bench::new();
    for (name, kind, type_name) in [
        ("ed", "ed25519", "ssh-ed25519"),
        ("p256", "ecdsa -b 256", "ecdsa-sha2-nistp256"),
        ("p384", "ecdsa -b 384", "ecdsa-sha2-nistp384"),
        ("rsa", "rsa -b 3072", "ssh-rsa"),
    ] {
        let key = bench.key(name, kind);
        for hash in ["hashalg=sha256", "hashalg=sha512"] {
            let bytes = key.sign_with(APPROVE, PLAN, &[hash]);
            let case = Case::default().lists("alice", &key).signed("alice", bytes);
            let verified = case.verdict().unwrap();
            assert_eq!(verified.approvals[0].person, "alice");
            assert_eq!(verified.approvals[0].key_type, type_name);
            assert!(bench.ssh_keygen_accepts(&case, &case.files[0]), "{kind}");
        }
    }
}

#[test]
fn fingerprints_are_those_that_openssh_shows() {
    let bench = Bench::new();
    let key = bench.key("k", "ed25519");
    let shown =
        std::process::Command::new("ssh-keygen").arg("-lf").arg(&key.path).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    let bytes = key.sign(PLAN);
    let case = Case::default().lists("alice", &key).signed("alice", bytes);
    let fingerprint = &case.verdict().unwrap().approvals[0].key;
    assert_eq!(shown.split(' ').nth(1), Some(fingerprint.as_str()));
}

#[test]
fn two_people_and_the_author_make_an_approved_plan() {
    let bench = Bench::new();
    let [alice, bob, nina] = ["alice", "bob", "nina"].map(|name| bench.key(name, "ed25519"));
    let mut case = Case::default()
        .lists("bob", &bob)
        .lists("alice@example.org", &alice)
        .signed("bob", bob.sign(PLAN))
        .signed("alice@example.org", alice.sign(PLAN))
        .signed("author", nina.sign_with("enact-author-v1", PLAN, &[]));
    case.list("nina@example.org", &format!("enact-author-v1,{APPROVE}"), &nina);
    let signers = Signers::parse("approvers".into(), case.signers.into()).unwrap();
    let policy =
        Policy { approvals: 2, author_signature: true, plan_ttl: SignedDuration::from_hours(1) };
    let verified = verify(
        PLAN,
        &Author::new(case.author),
        &case.files,
        &Trust { signers: &signers, revoked: &Revoked::default(), policy: &policy },
        case.now,
    )
    .unwrap();
    let people: Vec<_> = verified.approvals.iter().map(|a| a.person.as_str()).collect();
    assert_eq!(people, ["alice@example.org", "bob"]);
    assert_eq!(verified.author.unwrap().person, "nina@example.org");
}

#[test]
fn nothing_is_asked_for_and_nothing_is_needed() {
    let case = Case { approvals: 0, ..Case::default() };
    assert!(case.verdict().unwrap().approvals.is_empty());
    assert_eq!(Signers::default().digest(), None);
}
