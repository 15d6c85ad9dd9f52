//! Aggregate functions.

use serde::{Deserialize, Serialize};

/// An aggregate function. Functions stand by their names: PostgreSQL finds them by the types.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Aggregate {
    /// The arguments with modes and names, with `ORDER BY` before those of an ordered set; empty
    /// for an aggregate over rows, which SQL writes `*`.
    pub arguments: String,
    /// Whether a hypothetical row is ordered among the others.
    pub hypothetical: bool,
    /// How a value is added to the state.
    pub transition: Transition,
    /// The same for frames that move, where it is done otherwise.
    pub moving: Option<Transition>,
    /// How a row is taken out of a moving frame's state.
    pub moving_inverse: Option<String>,
    /// How two states are put together.
    pub combine: Option<String>,
    /// How a state is written, to be sent between processes.
    pub serialize: Option<String>,
    /// How a state is read.
    pub deserialize: Option<String>,
    /// The operator that the aggregate is the first value by: `OPERATOR(pg_catalog.<)`.
    pub sort_operator: Option<String>,
    /// `safe`, `restricted` or `unsafe` in parallel plans.
    pub parallel: String,
    /// The comment.
    pub comment: Option<String>,
}

/// How an aggregate comes from values to a state, and from a state to its result.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Transition {
    /// The function that adds a value to the state.
    pub function: String,
    /// The state's type.
    pub state: String,
    /// About how many bytes a state takes; 0 where the server is to guess.
    pub space: i32,
    /// The state that it begins with, as text.
    pub initial: Option<String>,
    /// The function that makes the result.
    pub last: Option<String>,
    /// Whether that function takes the arguments too.
    pub last_extra: bool,
    /// What that function may do to the state: `read_only`, `shareable` or `read_write`.
    pub last_modify: String,
}
