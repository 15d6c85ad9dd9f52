//! The one test binary; its folders mirror `src/`.
#![expect(
    clippy::disallowed_methods,
    reason = "tests read files and start programs"
)]

mod architecture;
mod catalog;
mod postgres;
