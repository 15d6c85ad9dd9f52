//! Collations. Of which version the library behind one was is the server's matter, and not here.

use serde::{Deserialize, Serialize};

/// A collation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Collation {
    /// `libc`, `icu`, or `builtin` (PostgreSQL 17 and later).
    pub provider: String,
    /// The locale, for `icu` and `builtin`.
    pub locale: Option<String>,
    /// The locale of comparisons, for `libc`.
    pub lc_collate: Option<String>,
    /// The locale of letters, for `libc`.
    pub lc_ctype: Option<String>,
    /// Whether different texts may be equal.
    pub nondeterministic: bool,
    /// Rules in addition to the locale's (PostgreSQL 16 and later).
    pub rules: Option<String>,
    /// The comment.
    pub comment: Option<String>,
}
