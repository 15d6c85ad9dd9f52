//! From a project and a target to a proved plan.
//!
//! In: the graph, and a read-only session on the target (or a plan to compile again). Out: a
//! [`PlanFile`](crate::plan::file::PlanFile). The target is only looked at; everything is tried on
//! shadows, which are gone afterwards.

mod adopt;
mod autogenerate;
mod choice;
mod divergence;
mod evidence;
mod follow;
mod grounds;
mod hidden;
mod lines;
mod locate;
mod observe;
mod plan;
mod rehearse;
mod repair;
mod replay;
mod rights;
mod sides;
mod standing;
mod tablespaces;
mod tracking;
mod wanted;

pub use adopt::{Adoption, adopt};
pub use autogenerate::{Proposal, prove_revision};
pub use choice::Choice;
pub use lines::{Lines, history_digest};
pub use locate::{Detected, Location, Near, Search, State, detect};
pub use observe::{ObservedTarget, edited_revisions, observe};
pub use plan::{DriftReport, PlanRequest, find_drift, plan, recompile};
pub use replay::{Proof, prove_history};
pub use sides::{Schema, Side, SidesRequest, read_sides};
pub use standing::{Standing, Tally, observe_heads, read_chain, stand};
pub use wanted::{Surroundings, schema_of_files, schema_of_revisions};
