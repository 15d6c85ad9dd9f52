//! Security keys, imitated in software: the touch must be there, and the key made for SSH.

use data_encoding::BASE64;
use enact::diagnostic::Code;
use enact::digest::Digest;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};

use super::bench::{APPROVE, Bench, Case, Key, PLAN};
use super::wire::{armour, string, strings};

const ED25519: &str = "sk-ssh-ed25519@openssh.com";
const P256: &str = "sk-ecdsa-sha2-nistp256@openssh.com";

/// A security key in software.
pub(super) enum Device {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair, SystemRandom),
}

impl Device {
    pub(super) fn both() -> [Self; 2] {
        let random = SystemRandom::new();
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random)
                .unwrap();
        [
            Self::Ed25519(Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()),
            Self::P256(pair, random),
        ]
    }

    fn blob(&self, application: &str) -> Vec<u8> {
        let application = application.as_bytes();
        match self {
            Self::Ed25519(pair) => {
                strings(&[ED25519.as_bytes(), pair.public_key().as_ref(), application])
            }
            Self::P256(pair, _) => {
                strings(&[P256.as_bytes(), b"nistp256", pair.public_key().as_ref(), application])
            }
        }
    }

    pub(super) fn key(&self, application: &str) -> Key {
        let name = match self {
            Self::Ed25519(_) => ED25519,
            Self::P256(..) => P256,
        };
        Key {
            path: std::path::PathBuf::new(),
            public: format!("{name} {}", BASE64.encode(&self.blob(application))),
        }
    }

    /// An SSH signature over `message`, as the device makes it with `flags`.
    pub(super) fn sign(&self, application: &str, flags: u8, message: &[u8]) -> String {
        let hash = Digest::of(message);
        let fields: [&[u8]; 4] = [APPROVE.as_bytes(), b"", b"sha256", hash.as_bytes()];
        let signed = [b"SSHSIG".to_vec(), strings(&fields)].concat();
        let counter = 5_u32.to_be_bytes();
        let to_sign = [
            &Digest::of(application).as_bytes()[..],
            &[flags],
            &counter,
            Digest::of(&signed).as_bytes(),
        ]
        .concat();
        let (name, raw) = match self {
            Self::Ed25519(pair) => (ED25519, pair.sign(&to_sign).as_ref().to_vec()),
            Self::P256(pair, random) => {
                let pair = pair.sign(random, &to_sign).unwrap();
                let (r, s) = pair.as_ref().split_at(32);
                (P256, [integer(r), integer(s)].concat())
            }
        };
        let body = [strings(&[name.as_bytes(), &raw]), vec![flags], counter.to_vec()].concat();
        let blob = [
            b"SSHSIG".to_vec(),
            1_u32.to_be_bytes().to_vec(),
            strings(&[&self.blob(application), APPROVE.as_bytes(), b"", b"sha256", &body]),
        ];
        armour(&blob.concat())
    }
}

/// A positive integer as SSH writes it.
fn integer(bytes: &[u8]) -> Vec<u8> {
    let start = bytes.iter().position(|&b| b != 0).unwrap();
    let sign: &[u8] = if bytes[start] & 0x80 == 0 { &[] } else { &[0] };
    string(&[sign, &bytes[start..]].concat())
}

#[test]
fn a_touched_key_approves_and_ssh_keygen_agrees() {
    let bench = Bench::new();
    for device in Device::both() {
        for flags in [0x01, 0x05] {
            let case = Case::default()
                .lists("alice", &device.key("ssh:"))
                .signed("alice", device.sign("ssh:", flags, PLAN));
            assert_eq!(case.verdict().unwrap().approvals.len(), 1);
            assert!(bench.ssh_keygen_accepts(&case, &case.files[0]));
        }
    }
}

#[test]
fn an_untouched_key_does_not_though_ssh_keygen_would_let_it() {
    let bench = Bench::new();
    for device in Device::both() {
        let case = Case::default()
            .lists("alice", &device.key("ssh:"))
            .signed("alice", device.sign("ssh:", 0x04, PLAN));
        assert_eq!(case.refusal().0[0], Code::SignatureUntouched);
        assert!(bench.ssh_keygen_accepts(&case, &case.files[0]));
    }
}

#[test]
fn a_flag_set_afterwards_does_not_help() {
    for device in Device::both() {
        let untouched = device.sign("ssh:", 0x00, PLAN);
        let mut fields = super::wire::Fields::of(untouched.as_bytes());
        let at = fields.body.len() - 5;
        assert_eq!(fields.body[at], 0);
        fields.body[at] = 1;
        let case =
            Case::default().lists("alice", &device.key("ssh:")).signed("alice", fields.armoured());
        assert_eq!(case.refusal().0[0], Code::SignatureMismatch);
    }
}

#[test]
fn nothing_follows_the_counter() {
    for device in Device::both() {
        let good = device.sign("ssh:", 0x01, PLAN);
        let mut fields = super::wire::Fields::of(good.as_bytes());
        fields.body.push(0);
        let case =
            Case::default().lists("alice", &device.key("ssh:")).signed("alice", fields.armoured());
        assert_eq!(case.refusal().0[0], Code::SignatureMalformed);
    }
}

#[test]
fn a_key_of_a_web_site_does_not_sign_plans() {
    for device in Device::both() {
        let case = Case::default().signed("alice", device.sign("example.org", 0x01, PLAN));
        assert_eq!(case.refusal().0[0], Code::SignatureAlgorithm);
        let case = case.lists("alice", &device.key("example.org"));
        assert_eq!(case.refusal().0[0], Code::SignersInvalid);
    }
}
