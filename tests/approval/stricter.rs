//! Properties: whatever passes, `ssh-keygen` accepts; whatever is changed does not pass; nothing
//! panics.

use std::cell::Cell;
use std::sync::LazyLock;

use enact::approval::{Revoked, Signers, SshSignature};
use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::bench::{APPROVE, Bench, Case, Key, PLAN};
use super::security_key::Device;
use super::wire::{armour, inside};

type Signed = Vec<(Key, Vec<u8>)>;

/// Keys and signatures, made once; each key signed [`PLAN`].
static SIGNED: LazyLock<Signed> = LazyLock::new(|| {
    let bench = Bench::new();
    let mut signed: Signed = ["ed25519", "ecdsa -b 256", "ecdsa -b 384", "rsa -b 2048"]
        .iter()
        .enumerate()
        .map(|(at, kind)| {
            let key = bench.key(&format!("k{at}"), kind);
            let bytes = key.sign(PLAN);
            (key, bytes)
        })
        .collect();
    signed.extend(Device::both().map(|device| {
        let bytes = device.sign("ssh:", 0x01, PLAN).into_bytes();
        (device.key("ssh:"), bytes)
    }));
    signed
});

/// Lines of a signers file around one key, most of them good.
fn options() -> impl Strategy<Value = String> {
    let namespaces = prop_oneof![
        4 => Just(format!("namespaces=\"{APPROVE}\"")),
        2 => Just(format!("namespaces=\"git,{APPROVE}\"")),
        1 => Just("namespaces=\"git\"".to_owned()),
        1 => Just("namespaces=\"enact-*\"".to_owned()),
        1 => Just("cert-authority".to_owned()),
    ];
    let time = "(2026022[89]|20260301)(|1[12](00|59)|1200(00|01))(Z|Z|Z|)";
    let after = prop::option::of(time.prop_map(|time| format!(",valid-after=\"{time}\"")));
    let before = prop::option::of(time.prop_map(|time| format!(",valid-before=\"{time}\"")));
    (namespaces, after, before).prop_map(|(namespaces, after, before)| {
        namespaces + &after.unwrap_or_default() + &before.unwrap_or_default()
    })
}

/// A case around one key, most of them good or nearly so.
fn case() -> impl Strategy<Value = Case> {
    let name = "alice|alice|alice|[a*]lice|bob";
    let gap = " |\t|  ";
    let tail = "| comment|\t# x|\nbob";
    let ending = "||||||\n|x";
    let revoked = prop::bool::weighted(0.1);
    let parts = (name, gap, options(), tail, ending, revoked, -1..=1_i64, 0..SIGNED.len());
    parts.prop_map(|(name, gap, options, tail, ending, revoked, seconds, which)| {
        let (key, bytes) = &SIGNED[which];
        let mut case = Case {
            signers: format!("{name}{gap}{options}{gap}{}{tail}\n", key.public),
            ..Case::default()
        };
        case.now += SignedDuration::from_secs(seconds);
        if revoked {
            case.revoked = format!("{}\n", key.public);
        }
        case.signed("alice", [bytes, ending.as_bytes()].concat())
    })
}

#[test]
fn whatever_passes_ssh_keygen_accepts() {
    let accepted = Cell::new(0);
    let bench = Bench::new();
    let mut runner = TestRunner::new(ProptestConfig::with_cases(300));
    runner
        .run(&case(), |case| {
            if case.verdict().is_ok() {
                accepted.set(accepted.get() + 1);
                let too = bench.ssh_keygen_accepts(&case, &case.files[0]);
                prop_assert!(too, "{}", case.signers);
            }
            Ok(())
        })
        .unwrap();
    assert!(accepted.get() > 10, "only {} cases passed", accepted.get());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_changed_byte_of_a_signature_passes(
        which in 0..SIGNED.len(),
        at in any::<prop::sample::Index>(),
        to in any::<u8>(),
    ) {
        let (key, bytes) = &SIGNED[which];
        let mut changed = bytes.clone();
        let at = at.index(changed.len());
        prop_assume!(changed[at] != to);
        changed[at] = to;
        let case = Case::default().lists("alice", key).signed("alice", changed);
        prop_assert!(case.verdict().is_err());
    }

    #[test]
    fn no_changed_bit_inside_the_armour_passes(
        which in 0..SIGNED.len(),
        at in any::<prop::sample::Index>(),
        bit in 0..8_u8,
    ) {
        let (key, bytes) = &SIGNED[which];
        let mut changed = inside(bytes);
        let at = at.index(changed.len());
        changed[at] ^= 1 << bit;
        let case = Case::default().lists("alice", key).signed("alice", armour(&changed));
        prop_assert!(case.verdict().is_err());
    }

    #[test]
    fn no_changed_byte_of_the_plan_passes(
        which in 0..SIGNED.len(),
        at in any::<prop::sample::Index>(),
        to in any::<u8>(),
    ) {
        let (key, bytes) = &SIGNED[which];
        let mut case = Case::default().lists("alice", key).signed("alice", bytes.clone());
        let at = at.index(case.message.len());
        prop_assume!(case.message[at] != to);
        case.message[at] = to;
        prop_assert!(case.verdict().is_err());
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(SshSignature::parse(&bytes).is_err());
        let inside = [b"SSHSIG\0\0\0\x01", &bytes[..]].concat();
        prop_assert!(SshSignature::parse(armour(&inside).as_bytes()).is_err());
        let _ = Signers::parse("approvers".into(), bytes.clone());
        let _ = Revoked::parse("revoked".into(), bytes);
    }
}
