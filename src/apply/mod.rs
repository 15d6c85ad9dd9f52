//! The executor: applies exactly one approved plan, and keeps the record in step with the effect.
//!
//! In: an open session and an [`ApprovedPlan`](crate::approval::ApprovedPlan). Out: what was done, or a refusal that says what is
//! true. DESIGN §6 is the protocol; the order of its parts is the order of the files here.

mod alone;
mod bookkeeping;
mod choose;
mod fence;
mod judge;
mod outcome;
mod outside;
mod preflight;
mod progress;
mod record;
mod run;
mod reconnect;
mod stages;
mod stamp;
mod takeover;
mod told;
mod transaction;
mod watch;

pub use alone::{Left, left_by};
pub use choose::{choose, no_plan};
pub use outcome::Outcome;
pub use preflight::check_environment;
pub use progress::{Event, Progress};
pub use reconnect::{Connections, apply_reconnecting};
pub use run::{Options, Resume, apply};
pub use stamp::{StampRequest, Stamped, stamp};
pub use takeover::{Takeover, take_over};
