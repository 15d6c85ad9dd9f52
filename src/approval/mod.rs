//! Who may say yes, and whether they did.
