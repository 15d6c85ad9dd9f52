//! The one test binary; its folders mirror `src/`.
#![allow(clippy::disallowed_methods, reason = "tests touch what the pure rooms must not")]

mod alembic;
mod architecture;
mod apply;
mod approval;
mod catalog;
mod compile;
mod cli;
mod database;
mod documents;
mod graph;
mod example;
mod ledger;
mod lint;
mod pipeline;
mod postgres;
mod project;
mod shadow;
mod signing;
mod statement;
mod workspace;
