//! The plan: what will run, where, with what evidence.
