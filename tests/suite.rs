//! The one test binary; its folders mirror `src/`.
#![allow(clippy::disallowed_methods, reason = "tests touch what the pure rooms must not")]

mod alembic;
mod apply;
mod approval;
mod architecture;
mod catalog;
mod cli;
mod compile;
mod database;
mod difference;
mod doctor;
mod documents;
mod ensure;
mod example;
mod graph;
mod import;
mod ledger;
mod lint;
mod pipeline;
mod postgres;
mod project;
mod shadow;
mod signing;
mod statement;
mod workspace;
