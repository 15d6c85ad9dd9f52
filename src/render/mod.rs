//! Readings of a plan for people: `plan.md` and `plan.sql`.
//!
//! In: a plan's exact bytes and the templates of `templates/` (or the project's own). Out: text.
//! Templates loop and print; what they print is computed in [`view`](self). Rendering decides
//! nothing, and nothing that is rendered is executed by enact.

mod script;
mod template;

pub use script::psql_script;
pub use template::{Templates, markdown};
