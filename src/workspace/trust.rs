//! Whom to believe: the policy and the signers, from a pinned git ref where the environment has one.
//! A branch that brings a plan cannot bring its own judges.

use camino::Utf8Path;

use crate::approval::{Policy, Revoked, Signers, Trust};
use crate::diagnostic::{Code, Refusal};
use crate::source::SourceFile;

use super::config::{Config, Environment};
use super::revisions::read_if_there;
use super::{Project, git};

/// The largest signers file that is read, in bytes.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Policy and signers, and where they came from.
#[derive(Debug)]
pub struct Trusted {
    /// Who may sign.
    pub signers: Signers,
    /// Which keys are revoked.
    pub revoked: Revoked,
    /// What is asked for.
    pub policy: Policy,
    /// The ref with its commit, or the working tree.
    pub from: String,
}

impl Trusted {
    /// The three together, as verification takes them.
    pub fn trust(&self) -> Trust<'_> {
        Trust { signers: &self.signers, revoked: &self.revoked, policy: &self.policy }
    }
}

/// Reads what the environment trusts: from `reference`, else from its `trust_ref`, else from the
/// working tree.
///
/// # Errors
/// `git-failed`; `environment-unknown` or `config-invalid` in the ref's `enact.toml`;
/// `signers-invalid`; `file-missing` where approvals are asked for and no signers file is there.
pub fn read(project: &Project, name: &str, reference: Option<&str>) -> Result<Trusted, Refusal> {
    let environment = project.config.environment(name)?;
    let Some(reference) = reference.or(environment.trust_ref.as_deref()) else {
        return trusted(&project.config, environment, "the working tree".to_owned(), |path| {
            let path = project.root.join(path);
            read_if_there(&path, &path, MAX_BYTES)
        });
    };
    let commit = git::commit(&project.root, reference)?;
    let at = |path: &Utf8Path| git::file_at(&project.root, &commit, &project.root.join(path));
    let file = Utf8Path::new(&project.file);
    let bytes = at(file)?.ok_or_else(|| {
        Refusal::new(Code::ProjectMissing, format!("`{file}` does not exist in `{reference}`"))
            .help("the trusted ref must hold the policy and the signers")
    })?;
    let config = Config::parse(&SourceFile::new(format!("{reference}:{file}"), bytes)?)?;
    let environment = config.environment(name)?.clone();
    let short = commit.get(..12).unwrap_or(&commit);
    trusted(&config, &environment, format!("{reference} ({short})"), at)
}

fn trusted(
    config: &Config,
    environment: &Environment,
    from: String,
    at: impl Fn(&Utf8Path) -> Result<Option<Vec<u8>>, Refusal>,
) -> Result<Trusted, Refusal> {
    let policy = environment.policy();
    let signers = match at(&config.signers)? {
        Some(bytes) => Signers::parse(&config.signers, bytes)?,
        None if policy.approvals == 0 && !policy.author_signature => Signers::default(),
        None => {
            return Err(Refusal::new(
                Code::FileMissing,
                format!("the signers file `{}` does not exist in {from}", config.signers),
            )
            .help("write it in OpenSSH's allowed_signers format: `person namespaces=\"enact-approve-v1\" ssh-ed25519 AAAA…`"));
        }
    };
    let revoked = match &config.revoked {
        Some(path) => match at(path)? {
            Some(bytes) => Revoked::parse(path, bytes)?,
            None => {
                return Err(Refusal::new(
                    Code::FileMissing,
                    format!("the revocation list `{path}` does not exist in {from}"),
                ));
            }
        },
        None => Revoked::default(),
    };
    Ok(Trusted { signers, revoked, policy, from })
}
