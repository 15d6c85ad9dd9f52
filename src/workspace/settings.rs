//! A table of `enact.toml`: keys asked for by name and kind, findings about all others.

use std::ops::Range;
use std::time::Duration;

use camino::Utf8PathBuf;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Code, Finding, Place};
use crate::source::SourceFile;
use crate::spelling;

/// The longest timeout that PostgreSQL takes: its settings are 32-bit milliseconds.
pub(super) const MAX_TIMEOUT: Duration = Duration::from_millis(i32::MAX as u64);

/// The findings of one file so far.
pub(super) struct Report<'a> {
    pub(super) source: &'a SourceFile,
    pub(super) findings: Vec<Finding>,
}

impl Report<'_> {
    pub(super) fn add(&mut self, at: Range<usize>, message: String, help: String) {
        let place = without_secrets(self.source.place(at));
        let finding = Finding::error(Code::ConfigInvalid, message).at(place);
        self.findings.push(finding.help(help));
    }
}

/// A line that holds a URL may hold a password: only what stands before the value is shown.
fn without_secrets(mut place: Place) -> Place {
    let lower = place.text.to_lowercase();
    if ["://", "password", "secret", "token"].iter().any(|sign| lower.contains(sign)) {
        let end = place.text.find('=').map_or(0, |at| at + 1);
        place.text = format!("{} …", &place.text[..end]);
    }
    place
}

/// One table, from which each known key is taken once.
pub(super) struct Settings<'t, 'i> {
    /// The table's name as the file writes it, for messages.
    name: String,
    entries: Vec<(&'t Spanned<std::borrow::Cow<'i, str>>, &'t Spanned<DeValue<'i>>)>,
    known: Vec<&'static str>,
}

impl<'t, 'i> Settings<'t, 'i> {
    pub(super) fn new(name: impl Into<String>, table: &'t DeTable<'i>) -> Self {
        Self { name: name.into(), entries: table.iter().collect(), known: Vec::new() }
    }

    fn take(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'i>>> {
        self.known.push(key);
        let at = self.entries.iter().position(|(name, _)| name.get_ref() == key)?;
        Some(self.entries.swap_remove(at).1)
    }

    /// Takes a key's value and reads it; a value that `read` does not accept is a finding.
    fn read<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        report: &mut Report<'_>,
        read: impl Fn(&DeValue<'i>) -> Option<T>,
    ) -> Option<T> {
        let value = self.take(key)?;
        let found = read(value.get_ref());
        if found.is_none() {
            let message = format!("`{key}` in `{}` is not {expected}", self.name);
            report.add(value.span(), message, format!("write {expected}"));
        }
        found
    }

    /// A table inside, or nothing.
    pub(super) fn table(
        &mut self,
        key: &'static str,
        report: &mut Report<'_>,
    ) -> Option<&'t DeTable<'i>> {
        let value = self.take(key)?;
        let table = as_table(value);
        if table.is_none() {
            let message = format!("`{key}` is not a table");
            report.add(value.span(), message, format!("write it as `[{key}]`"));
        }
        table
    }

    pub(super) fn path(
        &mut self,
        key: &'static str,
        report: &mut Report<'_>,
    ) -> Option<Utf8PathBuf> {
        let path = |value: &DeValue<'_>| text(value).filter(|path| !path.is_empty());
        let found = self.read(key, "a path, like `\"some/folder\"`", report, path);
        found.map(Utf8PathBuf::from)
    }

    pub(super) fn name(&mut self, key: &'static str, report: &mut Report<'_>) -> Option<String> {
        let name = |value: &DeValue<'_>| text(value).filter(|name| !name.trim().is_empty());
        self.read(key, "a name in quotes", report, name)
    }

    pub(super) fn names(
        &mut self,
        key: &'static str,
        report: &mut Report<'_>,
    ) -> Option<Vec<String>> {
        self.read(key, "a list of names, like `[\"app\"]`", report, |value| {
            let DeValue::Array(items) = value else {
                return None;
            };
            items.iter().map(|item| text(item.get_ref()).filter(|name| !name.is_empty())).collect()
        })
    }

    /// The name of an environment variable: never the secret itself.
    pub(super) fn variable(
        &mut self,
        key: &'static str,
        report: &mut Report<'_>,
    ) -> Option<String> {
        let variable = |value: &DeValue<'_>| {
            let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
            text(value).filter(|name| !name.is_empty() && name.chars().all(letter))
        };
        self.read(
            key,
            "the name of an environment variable, like `\"DATABASE_URL\"`",
            report,
            variable,
        )
    }

    pub(super) fn flag(&mut self, key: &'static str, report: &mut Report<'_>) -> Option<bool> {
        self.read(key, "`true` or `false`", report, |value| match value {
            DeValue::Boolean(flag) => Some(*flag),
            _ => None,
        })
    }

    pub(super) fn count(&mut self, key: &'static str, report: &mut Report<'_>) -> Option<u16> {
        self.read(key, "a whole number from 0 to 65535", report, |value| match value {
            DeValue::Integer(number) => u16::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        })
    }

    /// A time between nothing and `most`, both left out and included respectively.
    pub(super) fn duration(
        &mut self,
        key: &'static str,
        most: Duration,
        report: &mut Report<'_>,
    ) -> Option<Duration> {
        let expected = if most == MAX_TIMEOUT {
            "a time up to 24 days, like `\"100ms\"`, `\"30s\"`, `\"5min\"` or `\"1h\"`"
        } else {
            "a time, like `\"30min\"`, `\"12h\"` or `\"7d\"`"
        };
        self.read(key, expected, report, |value| {
            duration(&text(value)?).filter(|time| !time.is_zero() && *time <= most)
        })
    }

    /// Reports every key that nobody asked for.
    pub(super) fn finish(self, report: &mut Report<'_>) {
        for (key, _) in self.entries {
            let message =
                format!("`{}` is not a key of `{}`", key.get_ref().escape_debug(), self.name);
            let help = match spelling::closest(key.get_ref(), self.known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("its keys are {}", list(&self.known)),
            };
            report.add(key.span(), message, help);
        }
    }
}

pub(super) fn as_table<'t, 'i>(value: &'t Spanned<DeValue<'i>>) -> Option<&'t DeTable<'i>> {
    match value.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

fn text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        _ => None,
    }
}

fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// A whole number with its unit: `ms`, `s`, `min`, `h` or `d`.
fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let number: u64 = text[..digits].parse().ok()?;
    let unit = match text[digits..].trim_start() {
        "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(unit).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration("100ms"), Some(Duration::from_millis(100)));
        assert_eq!(duration("5 min"), Some(Duration::from_mins(5)));
        assert_eq!(duration("7d"), Some(Duration::from_hours(168)));
        for text in [
            "",
            "5",
            "min",
            "5m",
            "-5s",
            "1.5h",
            "5 min 3 s",
            "99999999999999999999s",
            "9999999999999999999d",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
