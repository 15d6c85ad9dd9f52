//! The schema of a database as a value.
