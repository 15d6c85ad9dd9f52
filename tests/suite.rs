//! The one test binary; its folders mirror `src/`.
#![expect(
    clippy::disallowed_methods,
    reason = "tests touch what the pure rooms must not"
)]

mod architecture;
mod approval;
mod ledger;
mod signing;
mod postgres;
mod shadow;
mod workspace;
mod database;
    reason = "tests read files and start programs"
)]

mod architecture;
mod catalog;
mod postgres;
