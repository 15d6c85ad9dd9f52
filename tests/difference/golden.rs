//! What the statements look like.
