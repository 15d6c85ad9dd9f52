//! The plan: what will run against one named database, in which stages, with what evidence.
//!
//! In: revisions, a transition, and what was observed of the target and on a shadow. Out: a
//! [`Plan`], and its exact bytes. The types here are the file format `plan.json`, in its order;
//! nothing else is signed or executed.

mod adoption;
pub mod compile;
pub mod draft;
pub mod file;
mod given;
pub mod impact;
pub mod lock;
mod loss;
pub mod observation;
pub mod summary;
pub mod target;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::catalog::{Ignore, ObjectId};
use crate::digest::Digest;
use crate::graph::{Direction, RowChange};
use crate::revision::RevisionId;

pub use adoption::{Located, Near};
pub use given::Given;
pub use observation::Change;
use observation::Observation;
use target::{LedgerPosition, TargetIdentity, TargetObservation};

/// The version of the format that this enact reads and writes.
pub const FORMAT_VERSION: u32 = 1;

/// What a session is set to before statements of a revision run in it, on the target, on shadows and
/// in `plan.sql`: it undoes what an earlier stage has SET, and gives text a meaning that does not
/// depend on the database's own settings. An idle session must not lose its advisory lock.
pub const SESSION_SQL: &str = "RESET ALL; SET standard_conforming_strings = on; \
     SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY'; SET IntervalStyle = 'postgres'; \
     SET idle_session_timeout = 0";

/// A plan, as `plan.json` holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The format, [`FORMAT_VERSION`].
    pub format_version: u32,
    /// The environment that the plan is for.
    pub environment: String,
    /// Who compiled it, as git names them: free text, unless the policy asks for a signature.
    pub author: String,
    /// When it was compiled.
    pub created: Timestamp,
    /// When it can no longer be applied.
    pub not_after: Timestamp,
    /// The one database that it is for.
    pub target: TargetIdentity,
    /// Where the target's ledger must stand.
    pub ledger: LedgerPosition,
    /// From which revisions to which.
    pub transition: PlannedTransition,
    /// The schema before and after, as fingerprints.
    pub fingerprints: Fingerprints,
    /// What the environment asked for when the plan was compiled.
    pub policy: Policy,
    /// What was seen of the target.
    pub observation: TargetObservation,
    /// Patterns of objects that do not count: no fingerprint, no comparison of this plan has them.
    #[serde(default, skip_serializing_if = "Ignore::is_empty")]
    pub ignore: Ignore,
    /// Where the target differs from what its revisions make, accepted by `--allow-drift`, or rights and
    /// subscriptions that no revision speaks of; of a plan that adopts, where it still will.
    pub drift: Vec<Drift>,
    /// How it is known where the target is; in a plan that adopts, and in no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub located: Option<Located>,
    /// The SQL that leads a shadow from what the revisions make to what the target has, each statement as
    /// its lines. Where it is empty, a shadow is where the revisions lead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub divergence: Vec<Vec<String>>,
    /// What a reviewer should know.
    pub findings: Vec<PlanFinding>,
    /// The revisions on the path, in order; in a plan that adopts, those that count as applied.
    pub revisions: Vec<PlannedRevision>,
    /// What runs, in order.
    pub stages: Vec<Stage>,
}

impl Plan {
    /// All steps with their stages, in order.
    pub fn steps(&self) -> impl Iterator<Item = (&Stage, &Step)> {
        self.stages.iter().flat_map(|stage| stage.steps.iter().map(move |step| (stage, step)))
    }

    /// The objects that it names as drift or touches, and leaves out all the same, with the
    /// patterns; there may be none.
    pub(crate) fn hidden(&self) -> impl Iterator<Item = (&ObjectId, &str)> {
        let touched = self.stages.iter().flat_map(|stage| &stage.effects);
        let named = self.drift.iter().map(|drift| &drift.object);
        let named = named.chain(touched.map(|effect| &effect.object));
        named.filter_map(|object| Some((object, self.ignore.hiding(object)?)))
    }

    /// Where the target will differ from what its revisions make, once this is applied.
    pub fn drift_afterwards(&self) -> Vec<AcceptedDrift> {
        let last = |object: &ObjectId| {
            let effects = self.stages.iter().rev().flat_map(|stage| &stage.effects);
            effects.into_iter().find(|effect| effect.object == *object)
        };
        let kept = self.drift.iter().filter_map(|drift| match last(&drift.object) {
            Some(effect) if self.located.is_none() => {
                // What is dropped on the way has nothing left to differ in.
                Some(AcceptedDrift { object: drift.object.clone(), digest: Some(effect.after?) })
            }
            _ => Some(AcceptedDrift { object: drift.object.clone(), digest: drift.digest }),
        });
        kept.collect()
    }

    /// What others can notice of each step, in order.
    pub fn impacts(&self) -> Vec<impact::Impact> {
        impact::impacts(self.steps().map(|(_, step)| &step.observed))
    }

    /// The name of the plan's folder: where it leads, and the start of its digest.
    pub fn folder_name(&self, digest: Digest) -> String {
        let to = match self.transition.to.as_slice() {
            [] => "base".to_owned(),
            heads => heads.iter().map(ToString::to_string).collect::<Vec<_>>().join("+"),
        };
        format!("{to}-{}", digest.short())
    }
}

/// From which revisions to which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedTransition {
    /// Up or down.
    pub direction: Direction,
    /// The revision argument that was asked for.
    pub requested: String,
    /// The rows of `alembic_version` before.
    pub from: Vec<RevisionId>,
    /// The rows of `alembic_version` after.
    pub to: Vec<RevisionId>,
}

/// The schema before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprints {
    /// What the target's schema must be.
    pub before: Digest,
    /// What it will be.
    pub after: Digest,
}

/// What an environment asks for. Times are in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// How many distinct people, with distinct keys, must approve.
    pub approvals: u16,
    /// Whether the author must sign as author.
    pub author_signature: bool,
    /// How long one try waits for a lock.
    #[serde(with = "number")]
    pub lock_timeout_ms: u64,
    /// How long tries go on.
    #[serde(with = "number")]
    pub lock_wait_ms: u64,
    /// How long one statement may run inside a transaction.
    #[serde(with = "number")]
    pub statement_timeout_ms: u64,
}

/// An object that is not what the revisions make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drift {
    /// The object.
    pub object: ObjectId,
    /// How it differs from what its revisions make.
    pub change: Change,
    /// The differences, one a line; of rights, the statements that lead there.
    pub details: Vec<String>,
    /// Its digest in the target; absent where it is missing there.
    pub digest: Option<Digest>,
}

/// A difference that an applied plan has listed: it is no news as long as the object stays so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedDrift {
    /// The object.
    pub object: ObjectId,
    /// Its digest in the target; absent where it is missing there.
    pub digest: Option<Digest>,
}

impl AcceptedDrift {
    /// Whether `drift` is what was accepted.
    pub fn covers(&self, drift: &Drift) -> bool {
        self.object == drift.object && self.digest == drift.digest
    }
}

/// A finding of lint or of the compiler, as the plan keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanFinding {
    /// The rule's name, or the code's.
    pub name: String,
    /// `file:line:column`, where it is about a place.
    pub place: Option<String>,
    /// What is the matter, and its effect.
    pub message: String,
    /// The remedy.
    pub help: Option<String>,
    /// The reason that an `enact:allow` comment gives, where one silences it.
    pub allowed: Option<String>,
}

/// A revision on the path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedRevision {
    /// Its id.
    pub id: RevisionId,
    /// Its message.
    pub message: String,
    /// Its file, relative to the project.
    pub file: String,
    /// The digest of the file's bytes.
    pub text: Digest,
    /// The digest of the up part's tokens, without comments and white space.
    pub sql: Digest,
    /// Whether it has a down part.
    pub reversible: bool,
}

/// Steps that commit together: one transaction, or one statement that cannot run inside one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// From 1.
    pub number: u32,
    /// The revision that it belongs to; of several that are adopted at once, the last.
    pub revision: RevisionId,
    /// How it is executed.
    pub mode: Mode,
    /// How long one try waits for a lock; `0` waits without end.
    #[serde(with = "number")]
    pub lock_timeout_ms: u64,
    /// How long one statement may run; `0` is without end.
    #[serde(with = "number")]
    pub statement_timeout_ms: u64,
    /// The statements; none in a merge.
    pub steps: Vec<Step>,
    /// What happens to the rows of `alembic_version`; only in a revision's last stage.
    pub version_rows: Vec<RowChange>,
    /// The rows of `alembic_version` afterwards.
    pub heads_after: Vec<RevisionId>,
    /// What it does to the schema, object by object, as the shadow showed.
    pub effects: Vec<Effect>,
    /// The fingerprint of the whole schema afterwards.
    pub fingerprint_after: Digest,
}

/// How a stage is executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// In one transaction, with its record.
    Transaction,
    /// Alone and outside a transaction, between an intent and a done record.
    Alone,
}

/// What a stage does to one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// The object.
    pub object: ObjectId,
    /// What happens to it.
    pub change: Change,
    /// Its digest before; absent where it is created.
    pub before: Option<Digest>,
    /// Its digest afterwards; absent where it is dropped.
    pub after: Option<Digest>,
}

/// One statement as it will be executed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// From 1, over the whole plan.
    pub number: u32,
    /// What kind of statement it is, from its keywords.
    pub kind: String,
    /// The line of the revision's file that it starts on, from 1; absent in a repair, which stands in
    /// no file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Its exact text, as lines: joined by newlines they are what runs.
    pub sql: Vec<String>,
    /// The digest of the exact text.
    pub sha256: Digest,
    /// What it was seen to do on the shadow.
    pub observed: Observation,
    /// What data is lost by it, one loss a line.
    pub loses: Vec<String>,
}

impl Step {
    /// The exact text that runs.
    pub fn text(&self) -> String {
        self.sql.join("\n")
    }
}

/// Numbers of 64 bits stand in JSON as strings: readers of other languages round them.
pub(crate) mod number {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for this signature")]
    pub(crate) fn serialize<S: Serializer>(value: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| D::Error::custom(format!("`{text}` is not a number")))
    }
}

/// The same for a number that may be absent.
pub(crate) mod optional_number {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    #[expect(clippy::ref_option, reason = "serde gives the signature")]
    pub(crate) fn serialize<S: Serializer>(
        value: &Option<u64>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.map(|value| value.to_string()).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<u64>, D::Error> {
        Option::<String>::deserialize(deserializer)?
            .map(|text| {
                text.parse().map_err(|_| D::Error::custom(format!("`{text}` is not a number")))
            })
            .transpose()
    }
}
