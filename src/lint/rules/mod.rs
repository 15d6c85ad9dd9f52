//! The rules, one a file. This list is the only registry; it is sorted by id.

mod backfill_with_ddl;
mod column_dropped;
mod column_renamed;
mod column_type_rewrite;
mod constraint_validated_at_once;
mod index_built_blocking;
mod index_dropped_blocking;
mod not_null_scan;
mod statement_opaque;
mod table_dropped;
mod table_renamed;
mod truncate;
mod volatile_default;

use super::Rule;

/// Every rule.
pub const RULES: &[&Rule] = &[
    &backfill_with_ddl::RULE,
    &column_dropped::RULE,
    &column_renamed::RULE,
    &column_type_rewrite::RULE,
    &constraint_validated_at_once::RULE,
    &index_built_blocking::RULE,
    &index_dropped_blocking::RULE,
    &not_null_scan::RULE,
    &statement_opaque::RULE,
    &table_dropped::RULE,
    &table_renamed::RULE,
    &truncate::RULE,
    &volatile_default::RULE,
];
