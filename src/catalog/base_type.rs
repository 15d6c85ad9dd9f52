//! Base types: those whose values only their own functions understand.

use serde::{Deserialize, Serialize};

/// A base type. Its functions are objects of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BaseType {
    /// The function that reads text.
    pub input: String,
    /// The function that writes text.
    pub output: String,
    /// The function that reads the binary form.
    pub receive: Option<String>,
    /// The function that writes the binary form.
    pub send: Option<String>,
    /// The function that reads modifiers.
    pub modifier_input: Option<String>,
    /// The function that writes modifiers.
    pub modifier_output: Option<String>,
    /// The function that gathers statistics.
    pub analyze: Option<String>,
    /// The function behind subscripts.
    pub subscript: Option<String>,
    /// Bytes of a value; -1 where they differ, -2 for text that a zero byte ends.
    pub length: i16,
    /// Whether a value is passed rather than a pointer to it.
    pub by_value: bool,
    /// `char`, `int2`, `int4` or `double`.
    pub alignment: String,
    /// How long values are stored: `plain`, `external`, `extended` or `main`.
    pub storage: String,
    /// The category's letter, for choosing among casts.
    pub category: String,
    /// Whether it is preferred in its category.
    pub preferred: bool,
    /// The default, as text.
    pub default: Option<String>,
    /// The type of its elements, if it can be subscripted.
    pub element: Option<String>,
    /// What stands between the elements of an array of it.
    pub delimiter: String,
    /// Whether collations apply to it.
    pub collatable: bool,
    /// The comment.
    pub comment: Option<String>,
}
