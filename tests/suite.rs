//! The one test binary; its folders mirror `src/`.
#![allow(clippy::disallowed_methods, reason = "tests touch what the pure rooms must not")]

mod architecture;
mod approval;
mod catalog;
mod cli;
mod database;
mod ledger;
mod lint;
mod postgres;
mod project;
mod shadow;
mod signing;
mod statement;
mod workspace;
