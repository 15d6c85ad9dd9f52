//! The one test binary; its folders mirror `src/`.
#![expect(
    clippy::disallowed_methods,
    reason = "tests touch what the pure rooms must not"
)]

mod architecture;
mod workspace;
