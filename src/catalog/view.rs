//! Views and materialized views.

use serde::{Deserialize, Serialize};

/// A view or materialized view.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct View {
    /// The columns in their order.
    pub columns: Vec<ViewColumn>,
    /// The query.
    pub definition: String,
    /// The access method of a materialized view, where it is not `heap`.
    pub access_method: Option<String>,
    /// Options such as `security_barrier` and `check_option`, sorted.
    pub options: Vec<String>,
    /// The comment.
    pub comment: Option<String>,
}

/// A column of a view.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ViewColumn {
    /// The name.
    pub name: String,
    /// The type with its modifier.
    #[serde(rename = "type")]
    pub data_type: String,
    /// The collation, where it is not that of the type.
    pub collation: Option<String>,
    /// The default of an updatable view's column.
    pub default: Option<String>,
    /// How long values are stored, where it is not as the type has it.
    pub storage: Option<String>,
    /// The compression method, where it is set.
    pub compression: Option<String>,
    /// The statistics target, where it is set.
    pub statistics: Option<i32>,
    /// The comment.
    pub comment: Option<String>,
}
