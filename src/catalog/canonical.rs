//! The one text of a description: what is hashed, and what differences are read from.
//!
//! In: a description that serde can walk. Out: its bare value, in which every field at its
//! default (null, false, an empty list) is left out, and that value's text with keys in order of
//! their names. So a field that a later version adds changes no digest until somebody uses it.

use serde::Serialize;
use serde_json::Value;

/// The value of `description` without its defaults.
pub(super) fn bare(description: impl Serialize) -> Value {
    let mut value =
        serde_json::to_value(description).expect("descriptions hold text, numbers and lists only");
    strip(&mut value);
    value
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(strip);
            fields.retain(|_, field| !is_default(field));
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

fn is_default(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Compact JSON with sorted keys; serde_json's own order depends on a feature that any crate in
/// the tree may switch on.
pub(super) fn text(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| name.as_str());
            out.push('{');
            for (at, (name, field)) in fields.into_iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(&Value::String(name.clone()), out);
                out.push(':');
                write(field, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn defaults_leave_no_trace_and_keys_are_sorted() {
        let value = bare(json!({
            "b": {"z": null, "y": 0}, "a": [], "c": false, "d": "", "e": [{"n": null, "m": "\"\n"}],
        }));
        assert_eq!(text(&value), r#"{"b":{"y":0},"d":"","e":[{"m":"\"\n"}]}"#);
    }
}
