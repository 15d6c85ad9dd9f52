//! The one test binary; its folders mirror `src/`.

mod architecture;
mod postgres;
mod shadow;
