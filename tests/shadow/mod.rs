//! Throw-away servers, and what is seen in them, on a real PostgreSQL.

mod observe;
mod outside;
mod server;
