//! Plan directories: written whole or not at all, read once into one buffer.

use camino::{Utf8Path, Utf8PathBuf};
use jiff::Timestamp;

use crate::approval::{ApprovedPlan, PLAN_DIRECTORY, Signature};
use crate::diagnostic::Refusal;
use crate::ledger::{Chain, Head, Witness};
use crate::plan::file::{MAX_BYTES, PlanFile};

use super::revisions::{entries, read_bounded, read_if_there};
use super::trust::Trusted;
use super::{Project, write};

/// The largest signature that is read, in bytes.
const MAX_SIGNATURE_BYTES: u64 = 64 * 1024;

/// A plan directory that was read.
#[derive(Debug)]
pub struct PlanDirectory {
    /// Where it is.
    pub path: Utf8PathBuf,
    /// The plan, with its exact bytes.
    pub file: PlanFile,
}

/// Writes a plan and its readings into `plans/<environment>/<to>-<digest8>/`; the directory
/// appears whole. Writing the same plan again changes nothing.
///
/// # Errors
/// `file-unwritable`; `file-exists`, if another plan has the place.
pub fn write(
    project: &Project,
    file: &PlanFile,
    readings: &[(&'static str, String)],
) -> Result<Utf8PathBuf, Refusal> {
    let plan = file.plan();
    let parent = project.root.join(&project.config.plans).join(&plan.environment);
    let path = parent.join(plan.folder_name(file.digest()));
    if path.join("plan.json").exists() {
        let there = read(&path)?;
        if there.file.bytes() == file.bytes() {
            return Ok(path);
        }
    }
    let mut files = vec![("plan.json", file.bytes())];
    files.extend(readings.iter().map(|(name, text)| (*name, text.as_bytes())));
    write::directory(&path, &files)?;
    Ok(path)
}

/// Reads a plan directory, or the directory of a `plan.json`.
///
/// # Errors
/// `file-missing`, `file-unreadable` (also for links, pipes and devices), `plan-invalid`,
/// `plan-version`.
pub fn read(path: &Utf8Path) -> Result<PlanDirectory, Refusal> {
    let (directory, file) = if path.file_name() == Some("plan.json") {
        (path.parent().map(Utf8Path::to_owned).unwrap_or_default(), path.to_owned())
    } else {
        (path.to_owned(), path.join("plan.json"))
    };
    let bytes = read_bounded(&file, &file, MAX_BYTES)?;
    Ok(PlanDirectory { path: directory, file: PlanFile::decode(bytes)? })
}

/// Every plan of an environment, by directory name. Directories without a `plan.json` are passed over.
///
/// # Errors
/// As [`read`]; a plan that cannot be read is not passed over.
pub fn of_environment(project: &Project, environment: &str) -> Result<Vec<PlanDirectory>, Refusal> {
    let parent = project.root.join(&project.config.plans).join(environment);
    let directories = entries(&parent)?.into_iter();
    let plans = directories.filter(|path| path.join("plan.json").symlink_metadata().is_ok());
    plans.map(|path| read(&path)).collect()
}

/// The heads that the plans of the chain's target saw.
pub fn witnesses(chain: &Chain, all: &[PlanDirectory]) -> Vec<Witness> {
    let target_id = chain.genesis().map(|genesis| genesis.target_id);
    all.iter()
        .filter(|directory| Some(directory.file.plan().target.target_id) == target_id)
        .filter_map(|directory| {
            let ledger = directory.file.plan().ledger;
            let (seq, hash) = ledger.seq.zip(ledger.head)?;
            let name = directory.file.plan().folder_name(directory.file.digest());
            Some(Witness {
                by: format!("plan `{}`", name.escape_debug()),
                head: Head { seq, hash },
            })
        })
        .collect()
}

impl PlanDirectory {
    /// A reading that stands beside the plan, if it is there.
    ///
    /// # Errors
    /// `file-unreadable`.
    pub fn reading(&self, name: &str) -> Result<Option<String>, Refusal> {
        let path = self.path.join(name);
        let bytes = read_if_there(&path, &path, MAX_BYTES)?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// The signatures, by file name.
    ///
    /// # Errors
    /// `file-unreadable`.
    pub fn signatures(&self) -> Result<Vec<Signature>, Refusal> {
        let folder = self.path.join("approvals");
        let mut signatures = Vec::new();
        for path in entries(&folder)? {
            if let Some(stem) = path.file_name().and_then(|name| name.strip_suffix(".sig")) {
                signatures.push(Signature {
                    file_stem: stem.to_owned(),
                    bytes: read_bounded(&path, &path, MAX_SIGNATURE_BYTES)?,
                });
            }
        }
        Ok(signatures)
    }

    /// Adds a signature; an earlier one of the same person stays.
    ///
    /// # Errors
    /// `file-exists`, `file-unwritable`.
    pub fn add_signature(&self, stem: &str, signature: &[u8]) -> Result<Utf8PathBuf, Refusal> {
        let path = self.path.join("approvals").join(format!("{stem}.sig"));
        write::create_new(&path, signature)?;
        Ok(path)
    }

    /// Verifies the approvals over the bytes that were read.
    ///
    /// # Errors
    /// Those of [`ApprovedPlan::approve`].
    pub fn approve(self, trusted: &Trusted, now: Timestamp) -> Result<ApprovedPlan, Refusal> {
        let signatures = self.signatures()?;
        ApprovedPlan::approve(self.file, &signatures, &trusted.trust(), now).map_err(|refusal| {
            let mut findings = refusal.into_findings();
            for help in findings.iter_mut().filter_map(|finding| finding.help.as_mut()) {
                *help = help.replace(PLAN_DIRECTORY, self.path.as_str());
            }
            Refusal::of(findings).expect("a refusal has findings")
        })
    }
}
