//! Statements outside a transaction: each rule is checked with a third session in the way.
