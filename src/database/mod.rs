//! The target and its sessions: connecting, reading what is there, enact's own rows.
//!
//! In: connection settings. Out: [`Session`]s, and values read through them. Only this room and
//! the rooms below it name `tokio_postgres`.

mod environment;
mod error;
mod parameters;
mod pairs;
mod pgpass;
mod service;
mod url;
mod hosts;
mod sources;
mod settings;
mod tls;
mod connect;
mod session;
mod identity;
mod catalog;
pub mod pipeline;
pub mod stage;
pub mod version_table;
pub mod tracking;
pub mod ledger_table;
pub mod activity;
pub mod advisory_lock;

pub use catalog::{
    ObjectReader, PiecedCatalog, Touched, migrating_role, read_catalog, read_catalog_in,
    read_catalog_of, read_linked_catalog,
};
pub use environment::Environment;
pub use error::{ServerError, refusal};
pub use identity::Identity;
pub use session::{Canceller, Notice, Notices, Session};
pub use settings::Settings;
pub use tls::Transport;
pub use version_table::VersionTable;
