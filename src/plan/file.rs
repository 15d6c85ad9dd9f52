//! `plan.json`: a plan's exact bytes. There is one way to write a plan; whatever is not written
//! that way is refused, so that what was signed, shown and executed cannot be three things.

use crate::diagnostic::{Code, Refusal};
use crate::digest::Digest;
use crate::graph::Direction;
use crate::spelling::counted;
use crate::statement::{self, TransactionRule};

use super::{FORMAT_VERSION, Mode, Plan};

/// The largest plan that is read, in bytes.
pub const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// A plan together with the bytes that it was read from or will be written as.
#[derive(Debug, Clone)]
pub struct PlanFile {
    plan: Plan,
    bytes: Vec<u8>,
    digest: Digest,
}

impl PlanFile {
    /// Writes a plan: two-space indentation, fixed key order, a newline at the end.
    pub fn encode(plan: Plan) -> Self {
        let mut bytes =
            serde_json::to_vec_pretty(&plan).expect("a plan has only text keys and plain values");
        bytes.push(b'\n');
        let digest = Digest::of(&bytes);
        Self { plan, bytes, digest }
    }

    /// Reads a plan from one buffer.
    ///
    /// # Errors
    /// `plan-version` for another format; `plan-invalid` for an unknown, missing or doubled key, a
    /// wrong value, bytes after the end, or any layout but the one that [`PlanFile::encode`] gives.
    #[expect(clippy::needless_pass_by_value, reason = "what was read once is not read again")]
    pub fn decode(bytes: Vec<u8>) -> Result<Self, Refusal> {
        let help = "compile the plan again with `enact plan`; plans are not edited by hand";
        if let Some(version) = format_version(&bytes)
            && version != u64::from(FORMAT_VERSION)
        {
            return Err(Refusal::new(
                Code::PlanVersion,
                format!("the plan has format version {version}; this enact knows {FORMAT_VERSION}"),
            )
            .help("use the enact that compiled it, or compile it again"));
        }
        let plan: Plan = serde_json::from_slice(&bytes).map_err(|error| {
            Refusal::new(Code::PlanInvalid, format!("the plan cannot be read: {error}")).help(help)
        })?;
        let canonical = Self::encode(plan);
        if canonical.bytes == bytes {
            return canonical.consistent();
        }
        let at = canonical.bytes.iter().zip(&bytes).take_while(|(a, b)| a == b).count();
        let line = 1 + bytes[..at.min(bytes.len())].iter().filter(|&&b| b == b'\n').count();
        Err(Refusal::new(
            Code::PlanInvalid,
            format!("the plan is not laid out as enact writes it, from line {line} on"),
        )
        .help(help))
    }

    /// The step checksums are for people. A plan whose parts contradict one another is refused, and so
    /// is one whose steps would not stay in their stages: nobody need have signed it.
    fn consistent(self) -> Result<Self, Refusal> {
        let refused = |fact: String| {
            Err(Refusal::new(Code::PlanInvalid, fact)
                .help("compile the plan again with `enact plan`"))
        };
        for ((_, step), place) in self.plan.steps().zip(1..) {
            if step.number != place {
                return refused(format!("step {} stands in place {place}", step.number));
            }
            if Digest::of(step.text()) != step.sha256 {
                return refused(format!("step {place} does not have the checksum that it states"));
            }
        }
        if let Some((object, pattern)) = self.plan.hidden().next() {
            return refused(format!("it names {object}, which its pattern `{pattern}` leaves out"));
        }
        for (text, place) in self.plan.divergence.iter().zip(1..) {
            if let Err(what) = statement::step_rule(&text.join("\n")) {
                return refused(format!("statement {place} of the divergence is {what}"));
            }
        }
        let adopts = self.plan.transition.direction == Direction::Stamp;
        if adopts != self.plan.located.is_some() {
            return refused("a plan that adopts says how the target was located".to_owned());
        }
        for (stage, place) in self.plan.stages.iter().zip(1..) {
            if stage.number != place {
                return refused(format!("stage {} stands in place {place}", stage.number));
            }
            if stage.mode == Mode::Alone && stage.steps.len() != 1 {
                return refused(format!(
                    "stage {place} is outside a transaction, and has {}",
                    counted(stage.steps.len(), "step")
                ));
            }
            // The shadow may find more that runs outside; what the text shows holds always.
            for step in &stage.steps {
                let number = step.number;
                if step.line.is_some() == adopts {
                    return refused(format!("step {number} does not stand where it should"));
                }
                match statement::step_rule(&step.text()) {
                    Err(what) => return refused(format!("step {number} is {what}")),
                    Ok(TransactionRule::Outside) if stage.mode == Mode::Transaction => {
                        return refused(format!("step {number} cannot run in a transaction"));
                    }
                    Ok(_) => {}
                }
            }
        }
        Ok(self)
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The exact bytes: what is hashed, shown, signed and executed.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The digest of the exact bytes.
    pub fn digest(&self) -> Digest {
        self.digest
    }
}

/// The format version, if the bytes are JSON at all; other versions may have other keys.
fn format_version(bytes: &[u8]) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct Versioned {
        format_version: u64,
    }
    serde_json::from_slice::<Versioned>(bytes).ok().map(|plan| plan.format_version)
}
