//! Functions, window functions and procedures.

use serde::{Deserialize, Serialize};

/// A function or procedure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Routine {
    /// The arguments with modes, names, types and defaults.
    pub arguments: String,
    /// What it returns; none for a procedure.
    pub result: Option<String>,
    /// The language.
    pub language: String,
    /// The source text, or the parsed body of a SQL-standard function; for C, the symbol.
    pub body: String,
    /// The library file, for C.
    pub library: Option<String>,
    /// Whether it is a window function.
    pub window: bool,
    /// `immutable`, `stable` or `volatile`.
    pub volatility: String,
    /// `safe`, `restricted` or `unsafe` in parallel plans.
    pub parallel: String,
    /// Whether NULL goes in and out without a call.
    pub strict: bool,
    /// Whether it runs with its owner's rights.
    pub security_definer: bool,
    /// Whether it is trusted not to leak arguments.
    pub leakproof: bool,
    /// The estimated cost, as the server writes it.
    pub cost: String,
    /// The estimated rows, as the server writes them.
    pub rows: String,
    /// The planner's support function.
    pub support: Option<String>,
    /// The types whose transforms it uses.
    pub transforms: Vec<String>,
    /// Settings in force while it runs: `search_path=pg_catalog`.
    pub settings: Vec<String>,
    /// The comment.
    pub comment: Option<String>,
}
