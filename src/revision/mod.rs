//! One revision file, read and checked.
