//! The one test binary; its folders mirror `src/`.
#![expect(missing_docs, reason = "tests tell their story by name")]

mod architecture;
mod lint;
mod statement;
