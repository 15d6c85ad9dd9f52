//! Throw-away PostgreSQL servers.
