//! Connecting to real servers, and enact's own rows in them.

mod server;

mod activity;
mod connecting;
mod ledger_table;
mod locking;
mod resolving;
mod version_table;
