//! Making signatures with `ssh-keygen`.
//!
//! In: a key, or where to look for one, and the bytes that were shown. Out: an SSH signature over
//! exactly those bytes. No key material enters this process, and agents, security keys and PKCS#11
//! work as they do for git. Prompts go to the terminal; what `ssh-keygen` says, it says itself.

use std::io::{self, ErrorKind, Write as _};
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};

use crate::approval::{PublicKey, SshSignature};
use crate::diagnostic::{Code, Refusal};
use crate::workspace::read_bounded;

/// The largest key file that is read, in bytes.
const MAX_BYTES: u64 = 64 * 1024;

/// The key files that OpenSSH makes, in the order in which they are tried.
const USUAL_KEYS: [&str; 5] = ["id_ed25519", "id_ed25519_sk", "id_ecdsa", "id_ecdsa_sk", "id_rsa"];

/// Where a person's keys and settings are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surroundings {
    /// The home folder.
    pub home: Option<Utf8PathBuf>,
    /// The folder whose git configuration counts.
    pub folder: Utf8PathBuf,
    /// The socket of the SSH agent.
    pub agent: Option<Utf8PathBuf>,
}

impl Surroundings {
    /// Those of this process, in `folder`.
    pub fn of_process(folder: impl Into<Utf8PathBuf>) -> Self {
        let path = |name| std::env::var(name).ok().filter(|path| !path.is_empty());
        Self {
            home: path("HOME").map(Utf8PathBuf::from),
            folder: folder.into(),
            agent: path("SSH_AUTH_SOCK").map(Utf8PathBuf::from),
        }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(if self.folder.as_str().is_empty() {
            Utf8Path::new(".")
        } else {
            &self.folder
        });
        match &self.home {
            Some(home) => command.env("HOME", home),
            None => command.env_remove("HOME"),
        };
        match &self.agent {
            Some(agent) => command.env("SSH_AUTH_SOCK", agent),
            None => command.env_remove("SSH_AUTH_SOCK"),
        };
        command
    }

    /// What a program prints, if it is there and succeeds.
    fn ask(&self, program: &str, arguments: &[&str]) -> Option<String> {
        let output = self
            .command(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .ok()
            .filter(|output| output.status.success())?;
        let text = String::from_utf8(output.stdout).ok()?;
        Some(text.trim_end().to_owned()).filter(|text| !text.is_empty())
    }

    /// git's `user.signingkey`, if git signs with SSH: a path, or a public key in the agent.
    fn git_signing_key(&self) -> Option<String> {
        let config =
            |arguments: &[&str]| self.ask("git", &[&["config", "--get"], arguments].concat());
        config(&["gpg.format"]).filter(|format| format == "ssh")?;
        config(&["--type=path", "user.signingkey"])
    }
}

/// A key that `ssh-keygen` can sign with, and its public part, which is known before signing.
#[derive(Debug)]
pub struct SigningKey {
    surroundings: Surroundings,
    source: Source,
    public: PublicKey,
}

#[derive(Debug)]
enum Source {
    /// A file with a private key, or with a public one whose private part the agent holds.
    File(Utf8PathBuf),
    /// The agent; the file holds only the public key.
    Agent(tempfile::NamedTempFile),
}

impl SigningKey {
    /// The key in the file at `path`: private, or public with its private part beside it or in the
    /// agent.
    ///
    /// # Errors
    /// `signing-key-missing`, or `signing-failed` if `ssh-keygen` is missing.
    pub fn named(path: &Utf8Path, surroundings: &Surroundings) -> Result<Self, Refusal> {
        let path = surroundings.folder.join(path);
        let line = public_line(&path, surroundings)?;
        Ok(Self {
            surroundings: surroundings.clone(),
            public: read_public(&line, path.as_str())?,
            source: Source::File(path),
        })
    }

    /// The key that a person would expect: git's `user.signingkey` where git signs with SSH, then
    /// OpenSSH's usual files, then the first key in the agent that counts.
    ///
    /// # Errors
    /// `signing-key-missing`, or `signing-failed` if `ssh-keygen` is missing.
    pub fn find(surroundings: &Surroundings) -> Result<Self, Refusal> {
        if let Some(setting) = surroundings.git_signing_key() {
            let literal = setting.strip_prefix("key::").unwrap_or(&setting);
            return if literal != setting || setting.starts_with("ssh-") {
                Self::in_agent(literal, "git's `user.signingkey`", surroundings)
            } else {
                Self::named(Utf8Path::new(&setting), surroundings)
            };
        }
        let usual = surroundings
            .home
            .iter()
            .flat_map(|home| USUAL_KEYS.iter().map(|name| home.join(".ssh").join(name)));
        if let Some(path) = usual.into_iter().find(|path| path.is_file()) {
            return Self::named(&path, surroundings);
        }
        let listed = surroundings.ask("ssh-add", &["-L"]);
        let usable = |line: &&str| PublicKey::parse(line).is_ok();
        match listed.as_deref().and_then(|keys| keys.lines().find(usable)) {
            Some(first) => Self::in_agent(first, "the agent", surroundings),
            None => Err(Refusal::new(Code::SigningKeyMissing, "there is no SSH key to sign with")
                .note("looked for git's `user.signingkey`, `~/.ssh/id_…`, and keys in the agent")
                .help("name one with `--key`, or make one with `ssh-keygen -t ed25519`")),
        }
    }

    fn in_agent(line: &str, origin: &str, surroundings: &Surroundings) -> Result<Self, Refusal> {
        let public = read_public(line, origin)?;
        let file = tempfile::NamedTempFile::new()
            .and_then(|mut file| writeln!(file, "{public}").map(|()| file))
            .map_err(|error| {
                Refusal::new(
                    Code::FileUnwritable,
                    format!("cannot write a temporary file: {error}"),
                )
                .help("check that the folder for temporary files is writable")
            })?;
        Ok(Self { surroundings: surroundings.clone(), source: Source::Agent(file), public })
    }

    /// The public part: it tells whose signature this will be.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs exactly `message` in `namespace`, and checks the signature before giving it out.
    ///
    /// # Errors
    /// `signing-failed`; what went wrong then stands on the terminal, from `ssh-keygen` itself.
    pub fn sign(&self, message: &[u8], namespace: &str) -> Result<Vec<u8>, Refusal> {
        let path = match &self.source {
            Source::File(path) => path.as_std_path(),
            Source::Agent(file) => file.path(),
        };
        let mut child = self
            .surroundings
            .command("ssh-keygen")
            .args(["-q", "-Y", "sign", "-n", namespace, "-f"])
            .arg(path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| no_ssh_keygen(&error))?;
        let mut stdin = child.stdin.take().expect("stdin is piped");
        // A child that fails early closes the pipe; its exit status says more than that.
        let written = stdin.write_all(message);
        drop(stdin);
        let output = child.wait_with_output().map_err(|error| no_ssh_keygen(&error))?;
        if !output.status.success() || written.is_err() {
            return Err(Refusal::new(
                Code::SigningFailed,
                format!("`ssh-keygen` did not sign ({})", output.status),
            )
            .note(format!("with the key {}", self.public.fingerprint()))
            .help("see what it said above; `--key` names another key"));
        }
        self.check(&output.stdout, message, namespace)?;
        Ok(output.stdout)
    }

    fn check(&self, bytes: &[u8], message: &[u8], namespace: &str) -> Result<(), Refusal> {
        let signature = SshSignature::parse(bytes)?;
        signature.check(message, namespace)?;
        if *signature.key() == self.public {
            return Ok(());
        }
        Err(Refusal::new(
            Code::SigningFailed,
            format!(
                "`ssh-keygen` signed with {}, not with {}",
                signature.key().fingerprint(),
                self.public.fingerprint()
            ),
        )
        .help("the `.pub` file belongs to another key: make it again with `ssh-keygen -y`"))
    }
}

/// The public key's line for a key file: its own text, that of the `.pub` file beside it, or what
/// `ssh-keygen -y` says.
fn public_line(path: &Utf8Path, surroundings: &Surroundings) -> Result<String, Refusal> {
    let read = |path: &Utf8Path| {
        read_bounded(path, path, MAX_BYTES)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    };
    let unusable = |refusal: Refusal| {
        let why = refusal.into_findings().swap_remove(0).message;
        Refusal::new(Code::SigningKeyMissing, format!("the key cannot be read: {why}"))
            .help("name a key file with `--key`")
    };
    let own = match read(path) {
        Ok(text) if !text.starts_with("-----BEGIN ") => return Ok(text),
        // The agent may hold it.
        Err(refusal) if refusal.code() == Code::FileMissing => Err(refusal),
        // `ssh-keygen` would wait for ever at a pipe.
        Err(refusal) => return Err(unusable(refusal)),
        own => own,
    };
    if let Ok(text) = read(Utf8Path::new(&format!("{path}.pub"))) {
        return Ok(text);
    }
    own.map_err(unusable)?;
    let output = surroundings
        .command("ssh-keygen")
        .args(["-y", "-f"])
        .arg(path)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| no_ssh_keygen(&error))?;
    if !output.status.success() {
        return Err(Refusal::new(
            Code::SigningKeyMissing,
            format!("`ssh-keygen` cannot read the key `{path}`"),
        )
        .help("see what it said above"));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn read_public(line: &str, origin: &str) -> Result<PublicKey, Refusal> {
    PublicKey::parse(line).map_err(|defect| {
        Refusal::new(
            Code::SigningKeyMissing,
            format!("the key of {origin} cannot be used: {defect}"),
        )
        .help(defect.help())
    })
}

fn no_ssh_keygen(error: &io::Error) -> Refusal {
    let message = if error.kind() == ErrorKind::NotFound {
        "`ssh-keygen` is not installed".to_owned()
    } else {
        format!("`ssh-keygen` did not run: {error}")
    };
    Refusal::new(Code::SigningFailed, message)
        .help("install OpenSSH 8.2 or later: the package `openssh-client` or `openssh-clients`")
}
