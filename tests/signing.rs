//! Signing with the real `ssh-keygen`, git and agent, in homes of their own.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use camino::{Utf8Path, Utf8PathBuf};
use enact::approval::{PublicKey, SshSignature};
use enact::diagnostic::Code;
use enact::signing::{SigningKey, Surroundings};

use crate::approval::bench::{APPROVE, Bench, PLAN};

fn utf8(path: std::path::PathBuf) -> Utf8PathBuf {
    Utf8PathBuf::from_path_buf(path).unwrap()
}

/// A home with an empty `.ssh` and git configuration, and no agent.
fn home(bench: &Bench) -> Surroundings {
    let home = utf8(bench.path("home"));
    fs::create_dir_all(home.join(".ssh")).unwrap();
    Surroundings { folder: home.clone(), home: Some(home), agent: None }
}

/// An agent that holds one key, and ends with the test.
struct Agent(Child);

impl Agent {
    fn holding(bench: &Bench, key: &std::path::Path) -> (Self, Utf8PathBuf) {
        let socket = utf8(bench.path("agent"));
        let agent = Self(
            Command::new("ssh-agent")
                .args(["-D", "-a", socket.as_str()])
                .stdout(Stdio::null())
                .spawn()
                .unwrap(),
        );
        let start = Instant::now();
        while !socket.exists() && start.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(10));
        }
        let status =
            Command::new("ssh-add").arg("-q").arg(key).env("SSH_AUTH_SOCK", &socket).status();
        assert!(status.unwrap().success());
        (agent, socket)
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn assert_signs(key: &SigningKey, public: &str) {
    assert_eq!(key.public(), &PublicKey::parse(public).unwrap());
    let bytes = key.sign(PLAN, APPROVE).unwrap();
    let signature = SshSignature::parse(&bytes).unwrap();
    assert_eq!(signature.key(), key.public());
    assert_eq!(signature.check(PLAN, APPROVE), Ok(()));
}

#[test]
fn a_named_key_signs_with_or_without_its_public_file() {
    let bench = Bench::new();
    let surroundings = home(&bench);
    let key = bench.key("k", "ed25519");
    let path = utf8(key.path.clone());
    assert_signs(&SigningKey::named(&path, &surroundings).unwrap(), &key.public);
    let public = Utf8PathBuf::from(format!("{path}.pub"));
    assert_signs(&SigningKey::named(&public, &surroundings).unwrap(), &key.public);
    fs::remove_file(public).unwrap();
    assert_signs(&SigningKey::named(&path, &surroundings).unwrap(), &key.public);
}

#[test]
fn the_usual_files_are_found_in_order() {
    let bench = Bench::new();
    let surroundings = home(&bench);
    let rsa = bench.key("home/.ssh/id_rsa", "rsa -b 2048");
    assert_signs(&SigningKey::find(&surroundings).unwrap(), &rsa.public);
    let ed25519 = bench.key("home/.ssh/id_ed25519", "ed25519");
    assert_signs(&SigningKey::find(&surroundings).unwrap(), &ed25519.public);
}

#[test]
fn gits_signing_key_comes_first_if_git_signs_with_ssh() {
    let bench = Bench::new();
    let surroundings = home(&bench);
    let usual = bench.key("home/.ssh/id_ed25519", "ed25519");
    let own = bench.key("home/own", "ed25519");
    let config = bench.path("home/.gitconfig");
    fs::write(&config, "[user]\n signingkey = ~/own.pub\n").unwrap();
    assert_signs(&SigningKey::find(&surroundings).unwrap(), &usual.public);
    fs::write(&config, "[user]\n signingkey = ~/own.pub\n[gpg]\n format = ssh\n").unwrap();
    assert_signs(&SigningKey::find(&surroundings).unwrap(), &own.public);
}

#[test]
fn a_key_in_the_agent_signs() {
    let bench = Bench::new();
    let mut surroundings = home(&bench);
    let key = bench.key("k", "ed25519");
    let (_agent, socket) = Agent::holding(&bench, &key.path);
    surroundings.agent = Some(socket);
    assert_signs(&SigningKey::find(&surroundings).unwrap(), &key.public);

    fs::remove_file(&key.path).unwrap();
    let config = format!("[user]\n signingkey = key::{}\n[gpg]\n format = ssh\n", key.public);
    fs::write(bench.path("home/.gitconfig"), config).unwrap();
    assert_signs(&SigningKey::find(&surroundings).unwrap(), &key.public);
}

#[test]
fn no_key_says_where_it_was_looked_for() {
    let bench = Bench::new();
    let surroundings = home(&bench);
    let refusal = SigningKey::find(&surroundings).unwrap_err();
    assert_eq!(refusal.code(), Code::SigningKeyMissing);
    assert!(refusal.findings()[0].help.is_some());
    let refusal = SigningKey::named(Utf8Path::new("nowhere"), &surroundings).unwrap_err();
    assert_eq!(refusal.code(), Code::SigningKeyMissing);
    fs::write(bench.path("home/text"), "not a key\n").unwrap();
    let refusal = SigningKey::named(Utf8Path::new("text"), &surroundings).unwrap_err();
    assert_eq!(refusal.code(), Code::SigningKeyMissing);
}

#[test]
fn a_public_file_of_another_key_is_found_out() {
    let bench = Bench::new();
    let surroundings = home(&bench);
    let (one, other) = (bench.key("one", "ed25519"), bench.key("other", "ed25519"));
    fs::copy(bench.path("other.pub"), bench.path("one.pub")).unwrap();
    let key = SigningKey::named(&utf8(one.path), &surroundings).unwrap();
    assert_eq!(key.public(), &PublicKey::parse(&other.public).unwrap());
    let refusal = key.sign(PLAN, APPROVE).unwrap_err();
    assert_eq!(refusal.code(), Code::SigningFailed);
}

#[test]
fn a_key_whose_private_part_is_nowhere_does_not_sign() {
    let bench = Bench::new();
    let surroundings = home(&bench);
    let key = bench.key("k", "ed25519");
    fs::remove_file(&key.path).unwrap();
    let public = Utf8PathBuf::from(format!("{}.pub", utf8(key.path)));
    let refusal =
        SigningKey::named(&public, &surroundings).unwrap().sign(PLAN, APPROVE).unwrap_err();
    assert_eq!(refusal.code(), Code::SigningFailed);
}
