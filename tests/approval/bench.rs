//! Keys, signatures and verdicts of the real `ssh-keygen`, in a folder that goes away.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use enact::approval::{Author, Policy, Revoked, Signature, Signers, Trust, Verified, verify};
use enact::diagnostic::{Code, Refusal};
use jiff::{SignedDuration, Timestamp};

pub(crate) const APPROVE: &str = "enact-approve-v1";
pub(crate) const PLAN: &[u8] = b"{\n  \"enact\": \"plan\"\n}\n";

pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

/// A key pair: where the private part is, and the public line without comment.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) path: PathBuf,
    pub(crate) public: String,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes a key; `kind` is what follows `ssh-keygen -t`.
    pub(crate) fn key(&self, name: &str, kind: &str) -> Key {
        let path = self.path(name);
        let status = Command::new("ssh-keygen")
            .args(["-q", "-N", "", "-C", "a comment", "-t"])
            .args(kind.split(' '))
            .arg("-f")
            .arg(&path)
            .status()
            .unwrap();
        assert!(status.success());
        let line = std::fs::read_to_string(self.path(&format!("{name}.pub"))).unwrap();
        let words: Vec<_> = line.split(' ').take(2).collect();
        Key { path, public: words.join(" ") }
    }

    /// What `ssh-keygen -Y verify` says about the same facts.
    pub(crate) fn ssh_keygen_accepts(&self, case: &Case, file: &Signature) -> bool {
        let (signers, signature) = (self.path("allowed"), self.path("a.sig"));
        std::fs::write(&signers, &case.signers).unwrap();
        std::fs::write(&signature, &file.bytes).unwrap();
        let mut command = Command::new("ssh-keygen");
        command.args(["-Y", "verify", "-n", APPROVE, "-I", &file.file_stem]);
        command.arg("-f").arg(&signers).arg("-s").arg(&signature);
        let time = case.now.strftime("%Y%m%d%H%M%SZ");
        command.arg("-O").arg(format!("verify-time={time}"));
        if !case.revoked.is_empty() {
            let revoked = self.path("revoked");
            std::fs::write(&revoked, &case.revoked).unwrap();
            command.arg("-r").arg(revoked);
        }
        fed(&mut command, &case.message).status.success()
    }
}

impl Key {
    /// What `ssh-keygen -Y sign` makes, with `options` as in `-O`.
    pub(crate) fn sign_with(&self, namespace: &str, message: &[u8], options: &[&str]) -> Vec<u8> {
        let mut command = Command::new("ssh-keygen");
        command.args(["-q", "-Y", "sign", "-n", namespace, "-f"]);
        command.arg(&self.path);
        for option in options {
            command.args(["-O", option]);
        }
        let output = fed(&mut command, message);
        assert!(output.status.success(), "{output:?}");
        output.stdout
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.sign_with(APPROVE, message, &[])
    }
}

/// Runs `command` with `input`.
pub(crate) fn fed(command: &mut Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may refuse before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// All that a verdict rests on. The default asks for one approval of [`PLAN`].
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) message: Vec<u8>,
    pub(crate) author: String,
    pub(crate) files: Vec<Signature>,
    pub(crate) signers: String,
    pub(crate) revoked: String,
    pub(crate) approvals: u16,
    pub(crate) author_signature: bool,
    pub(crate) now: Timestamp,
}

impl Default for Case {
    fn default() -> Self {
        Self {
            message: PLAN.to_vec(),
            author: "Nina Author <nina@example.org>".to_owned(),
            files: Vec::new(),
            signers: String::new(),
            revoked: String::new(),
            approvals: 1,
            author_signature: false,
            now: "2026-03-01T12:00:00Z".parse().unwrap(),
        }
    }
}

impl Case {
    /// Lists `key` as `person`'s.
    pub(crate) fn lists(mut self, person: &str, key: &Key) -> Self {
        self.list(person, APPROVE, key);
        self
    }

    /// Lists `key` as `person`'s for `namespaces`.
    pub(crate) fn list(&mut self, person: &str, namespaces: &str, key: &Key) {
        let key = &key.public;
        writeln!(self.signers, "{person} namespaces=\"{namespaces}\" {key}").unwrap();
    }

    pub(crate) fn signed(mut self, person: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push(Signature { file_stem: person.to_owned(), bytes: bytes.into() });
        self
    }

    pub(crate) fn verdict(&self) -> Result<Verified, Refusal> {
        let signers = Signers::parse("approvers".into(), self.signers.clone().into())?;
        let policy = Policy {
            approvals: self.approvals,
            author_signature: self.author_signature,
            plan_ttl: SignedDuration::from_hours(168),
        };
        let trust = Trust {
            signers: &signers,
            revoked: &Revoked::parse("revoked".into(), self.revoked.clone().into())?,
            policy: &policy,
        };
        let author = Author::new(self.author.clone());
        verify(&self.message, &author, &self.files, &trust, self.now)
    }

    /// The codes of the refusal, with the first message.
    pub(crate) fn refusal(&self) -> (Vec<Code>, String) {
        let refusal = self.verdict().unwrap_err();
        let codes = refusal.findings().iter().map(|f| f.code).collect();
        for finding in refusal.findings() {
            assert!(finding.help.is_some(), "{finding} says no next step");
        }
        (codes, refusal.findings()[0].message.clone())
    }
}
