//! The project on disk: configuration, revisions and plans in; files, whole or not at all, out.

mod settings;
mod config;
mod write;
mod revisions;
mod surface;
mod memory;
mod project;
mod create;
mod alembic;
mod import;
mod check;
mod schema;
pub mod git;
pub mod trust;
pub mod plans;

pub use check::{Checked, check, edited_since};
pub use config::{Config, Environment};
pub use create::{Initialised, NewRevision, Prepared, create, init, prepare};
pub use import::{ImportRequest, Written, import};
pub use memory::{Memory, caches};
pub use project::{CONFIG_FILE, Project};
pub use revisions::{read_bounded, read_revisions};
pub use schema::{schema_files, wanted_schema};
pub use surface::Surface;
pub use write::{create_new, replace};
