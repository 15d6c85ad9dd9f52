//! The target and its sessions: connecting, reading what is there, enact's own rows.
//!
//! In: connection settings. Out: [`Session`]s, and values read through them. Only this room and
//! the rooms below it name `tokio_postgres`.

mod catalog;
mod error;
mod session;

pub use catalog::{ObjectReader, read_catalog, read_catalog_in};
pub use error::{ServerError, refusal};
pub use session::Session;
