//! Every way of not being approved, each with its own code.

use enact::diagnostic::Code;

use super::bench::{APPROVE, Bench, Case, Key, PLAN};
use super::wire::{Fields, split, strings};

type Change = fn(&mut Fields);

/// A bench with one key, and a case in which `alice` lists it and approved.
fn approved() -> (Bench, Key, Case) {
    let bench = Bench::new();
    let key = bench.key("alice", "ed25519");
    let case = Case::default().lists("alice", &key).signed("alice", key.sign(PLAN));
    assert!(case.verdict().is_ok());
    (bench, key, case)
}

/// The first code and message.
fn first(case: &Case) -> (Code, String) {
    let (codes, message) = case.refusal();
    (codes[0], message)
}

#[test]
fn one_byte_of_the_plan_changed() {
    let (_bench, _key, mut case) = approved();
    case.message[3] ^= 1;
    assert_eq!(case.refusal().0, [Code::SignatureMismatch, Code::ApprovalsMissing]);
    case.message = PLAN.to_vec();
    case.message.push(b'\n');
    assert_eq!(first(&case).0, Code::SignatureMismatch);
}

#[test]
fn a_signature_for_something_else() {
    let (_bench, key, mut case) = approved();
    case.files[0].bytes = key.sign_with("git", PLAN, &[]);
    let (code, message) = first(&case);
    assert_eq!(code, Code::SignatureNamespace);
    assert_eq!(message, "`alice.sig`: the signature is for `git`, not for `enact-approve-v1`");
}

#[test]
fn a_key_that_nobody_listed() {
    let (bench, _key, mut case) = approved();
    let stranger = bench.key("stranger", "ed25519");
    case.files[0].bytes = stranger.sign(PLAN);
    assert_eq!(first(&case).0, Code::SignerUnknown);
}

#[test]
fn a_key_that_is_revoked() {
    let (bench, key, mut case) = approved();
    case.revoked = format!("# lost\n{} laptop\n", key.public);
    assert_eq!(first(&case).0, Code::SignerRevoked);
    assert!(!bench.ssh_keygen_accepts(&case, &case.files[0]));
    case.signers.clear();
    assert_eq!(first(&case).0, Code::SignerRevoked, "unlisted as well");
}

#[test]
fn a_key_out_of_its_time() {
    let (_bench, key, mut case) = approved();
    let with = |options: &str| format!("alice namespaces=\"{APPROVE}\",{options} {}\n", key.public);
    case.signers = with("valid-before=\"20260301115959Z\"");
    let (code, message) = first(&case);
    assert_eq!(code, Code::SignerExpired);
    assert!(message.contains("expired at 2026-03-01T11:59:59Z"), "{message}");
    case.signers = with("valid-before=\"202603011200Z\"");
    assert_eq!(first(&case).0, Code::SignerExpired, "the end does not count");
    case.signers = with("valid-after=\"20260301120001Z\"");
    let (code, message) = first(&case);
    assert_eq!(code, Code::SignerExpired);
    assert!(message.contains("valid only from"), "{message}");
    case.signers = with("valid-after=\"202603011200Z\",valid-before=\"20260302Z\"");
    assert!(case.verdict().is_ok());
}

#[test]
fn a_key_for_other_purposes() {
    let (bench, key, mut case) = approved();
    case.signers = format!("alice namespaces=\"git\" {}\n", key.public);
    assert_eq!(first(&case).0, Code::SignerNotAllowed);
    assert!(!bench.ssh_keygen_accepts(&case, &case.files[0]));
}

#[test]
fn another_persons_name_on_the_file() {
    let (_bench, _key, mut case) = approved();
    case.files[0].file_stem = "bob".to_owned();
    let (code, message) = first(&case);
    assert_eq!(code, Code::SignerMisnamed);
    assert_eq!(message, "`bob.sig`: the signature is `alice`'s, and the file is named for another");
}

#[test]
fn one_person_twice() {
    let (bench, key, mut case) = approved();
    let second = bench.key("second", "ecdsa");
    case.approvals = 2;
    case = case.lists("alice", &second).signed("alice", second.sign(PLAN));
    assert_eq!(case.refusal().0, [Code::SignerRepeated, Code::ApprovalsMissing]);
    case.files[1].bytes = key.sign(PLAN);
    assert_eq!(first(&case).0, Code::SignerRepeated, "with one key");
}

#[test]
fn one_key_under_two_names() {
    let (_bench, key, case) = approved();
    let case = case.lists("bob", &key);
    assert_eq!(first(&case).0, Code::SignersInvalid);
}

#[test]
fn the_author_by_name_and_by_signature() {
    let (bench, key, mut case) = approved();
    case.author = "Alice <ALICE@example.org>".to_owned();
    assert_eq!(case.refusal().0, [Code::SignerIsAuthor, Code::ApprovalsMissing]);
    // With another key of the author's, too.
    let second = bench.key("second", "ed25519");
    case.signers = format!("alice namespaces=\"enact-author-v1\" {}\n", key.public);
    case = case.lists("alice", &second);
    case.files.clear();
    let case = case
        .signed("alice", second.sign(PLAN))
        .signed("author", key.sign_with("enact-author-v1", PLAN, &[]));
    assert_eq!(first(&case).0, Code::SignerIsAuthor);
}

#[test]
fn the_authors_signature_is_missing_or_anothers() {
    let (bench, key, mut case) = approved();
    case.author_signature = true;
    assert_eq!(case.refusal().0, [Code::AuthorSignatureMissing]);

    let other = bench.key("other", "ed25519");
    case.list("oskar", "enact-author-v1", &other);
    let with = |bytes| case.clone().signed("author", bytes);
    let anothers = with(other.sign_with("enact-author-v1", PLAN, &[]));
    assert_eq!(anothers.refusal().0, [Code::AuthorMismatch, Code::AuthorSignatureMissing]);
    case.author = "oskar@example.org".to_owned();
    let good = other.sign_with("enact-author-v1", PLAN, &[]);
    let once = case.clone().signed("author", good.clone());
    assert!(once.verdict().is_ok());
    assert_eq!(once.signed("author", good).refusal().0, [Code::SignerRepeated]);
    let approval = case.signed("author", key.sign(PLAN));
    assert_eq!(first(&approval).0, Code::SignatureNamespace);
}

#[test]
fn too_few() {
    let (_bench, _key, mut case) = approved();
    case.approvals = 3;
    let refusal = case.verdict().unwrap_err();
    assert_eq!(refusal.code(), Code::ApprovalsMissing);
    assert_eq!(refusal.findings()[0].message, "1 of 3 approvals");
    assert_eq!(refusal.findings()[0].notes, ["approved by alice"]);
}

#[test]
fn one_bad_signature_beside_enough_good_ones() {
    let (bench, _key, case) = approved();
    let stranger = bench.key("stranger", "ed25519");
    let case = case.signed("mallory", stranger.sign(PLAN));
    assert_eq!(case.refusal().0, [Code::SignerUnknown]);
}

#[test]
fn more_or_less_than_one_signature_in_a_file() {
    let (_bench, key, mut case) = approved();
    let good = String::from_utf8(key.sign(PLAN)).unwrap();
    for (bytes, why) in [
        (format!("{good}{good}"), "it holds a second signature"),
        (format!("{good}\n"), "something follows the signature"),
        (format!("{good}ok"), "something follows the signature"),
        (format!("\n{good}"), "it does not start with the line `-----BEGIN SSH SIGNATURE-----`"),
        (good.replace('\n', "\r\n"), "its lines end with CRLF"),
        (good.replacen("\nU1NI", "\n\nU1NI", 1), "it holds an empty line"),
        (good.replacen("U1NI", "U1N ", 1), "its base64 is not canonical"),
        (good.trim_end().to_owned(), "it has no line `-----END SSH SIGNATURE-----`"),
        (String::new(), "it does not start with the line `-----BEGIN SSH SIGNATURE-----`"),
        ("x".repeat(20_000), "it is too large"),
    ] {
        case.files[0].bytes = bytes.into_bytes();
        let (code, message) = first(&case);
        assert_eq!(code, Code::SignatureMalformed);
        assert!(message.ends_with(why), "{message}");
    }
}

#[test]
fn fields_that_ssh_keygen_ignores_or_would_not_write() {
    let (_bench, key, mut case) = approved();
    let good = Fields::of(&key.sign(PLAN));
    case.files[0].bytes = good.armoured().into_bytes();
    assert!(case.verdict().is_ok(), "taken apart and put together again");
    let changes: [(&str, Change); 6] = [
        ("its reserved field is not empty", |f| f.reserved = vec![0]),
        ("bytes follow its last field", |f| f.after = vec![0]),
        ("its version is not 1", |f| f.version = 2),
        ("its namespace is empty", |f| f.namespace.clear()),
        ("its hash is neither sha256 nor sha512", |f| {
            f.hash.truncate(4);
        }),
        ("bytes follow its last field", |f| f.body.push(0)),
    ];
    for (why, change) in changes {
        let mut fields = good.clone();
        change(&mut fields);
        case.files[0].bytes = fields.armoured().into_bytes();
        let (code, message) = first(&case);
        assert_eq!(code, Code::SignatureMalformed, "{why}");
        assert!(message.ends_with(why), "{message}");
    }
}

#[test]
fn rsa_with_sha1() {
    let bench = Bench::new();
    let key = bench.key("rsa", "rsa -b 2048");
    let mut fields = Fields::of(&key.sign(PLAN));
    let parts = split(&fields.body);
    assert_eq!(parts[0], b"rsa-sha2-512");
    fields.body = strings(&[b"ssh-rsa", &parts[1]]);
    let case = Case::default().lists("alice", &key).signed("alice", fields.armoured());
    let (code, message) = first(&case);
    assert_eq!(code, Code::SignatureAlgorithm);
    assert_eq!(message, "`alice.sig`: a `ssh-rsa` key signed with `ssh-rsa`");
}

#[test]
fn kinds_of_keys_that_do_not_count() {
    let bench = Bench::new();
    for (name, kind) in [("p521", "ecdsa -b 521"), ("small", "rsa -b 1024")] {
        let key = bench.key(name, kind);
        let signed = Case::default().signed("alice", key.sign(PLAN));
        assert_eq!(first(&signed).0, Code::SignatureAlgorithm, "{kind}");
        assert_eq!(first(&signed.lists("alice", &key)).0, Code::SignersInvalid);
    }
}
