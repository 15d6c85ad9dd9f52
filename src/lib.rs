//! enact: a compiler for PostgreSQL migrations.
//!
//! Revision SQL goes in; a plan for one named database comes out, parsed, tried on a throw-away
//! PostgreSQL, with its locks and effects observed; people sign the plan's exact bytes; and the
//! executor applies only signed plans that still fit, and keeps a hash-chained ledger.
//!
//! The modules stand in reading order, and a module names only modules above it. The upper part
//! is pure: values in, values out. `tests/architecture.rs` and `clippy.toml` keep both so.

// ── pure: no clock, no disk, no network, no randomness, no process ──
pub mod digest;
pub mod diagnostic;
pub mod source;
pub mod spelling;
pub mod revision;
pub mod graph;
pub mod statement;
pub mod import;
pub mod catalog;
pub mod difference;
pub mod lint;
pub mod plan;
pub mod approval;
pub mod ledger;
pub mod render;

// ── effects: each says why the purity lint does not hold for it ──
#[expect(clippy::disallowed_methods, reason = "reads and writes the project's files")]
pub mod workspace;
#[expect(clippy::disallowed_methods, reason = "talks to PostgreSQL")]
pub mod database;
#[expect(clippy::disallowed_methods, reason = "starts throw-away servers")]
pub mod shadow;
#[expect(clippy::disallowed_methods, reason = "runs ssh-keygen")]
pub mod signing;
// Has no effects but those of the rooms above.
pub mod compile;
#[expect(clippy::disallowed_methods, reason = "changes the target")]
pub mod apply;
// Has no effects but those of the rooms above.
pub mod doctor;
#[expect(clippy::disallowed_methods, reason = "reads the clock, and names new targets")]
pub mod ensure;

#[expect(clippy::disallowed_methods, reason = "reads the environment and prints")]
pub mod cli;

pub use ensure::ensure;
