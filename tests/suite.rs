//! The one test binary; its folders mirror `src/`.

mod architecture;
mod approval;
mod ledger;
mod signing;
mod postgres;
mod shadow;
