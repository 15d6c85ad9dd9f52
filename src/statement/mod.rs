//! The statements of a revision: split, classified, read.
