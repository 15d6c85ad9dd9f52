//! The plan: what will run, where, with what evidence.

pub mod lock;
pub mod observation;
