//! The hash-chained record of everything that was applied.
