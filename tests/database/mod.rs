//! Connecting to real servers, and enact's own rows in them.
#![expect(clippy::disallowed_methods, reason = "starts servers and looks at their files")]

mod server;

mod activity;
mod connecting;
mod ledger_table;
mod locking;
mod resolving;
mod version_table;
