//! How differences between schemas are shown: to `diff` and to `drift`.

use crate::catalog::{CatalogDiff, ObjectDiff};
use crate::source::visible;
use crate::spelling::counted;

use super::output::{BAD, DIM, GOOD, WARN, folded, terminal_width};

/// A line for each object and each change within one, folded where a terminal is narrow.
pub(super) fn shown(difference: &CatalogDiff) -> String {
    let width = terminal_width().unwrap_or(usize::MAX);
    let mut lines = Vec::new();
    for line in difference.to_string().lines() {
        let line = visible(line);
        let colour = match line.as_bytes().first() {
            Some(b'+') => Some(GOOD),
            Some(b'-') => Some(BAD),
            Some(b'~') => Some(WARN),
            Some(b'?') => Some(DIM),
            _ => None,
        };
        let line = match colour {
            Some(colour) => format!("{colour}{}{colour:#}{}", &line[..1], &line[1..]),
            None => line,
        };
        lines.extend(folded(&line, width, 2));
    }
    lines.join("\n")
}

/// `3 objects differ: 1 only before, 2 changed`.
pub(super) fn summary(difference: &CatalogDiff) -> String {
    let count = |is_meant: fn(&ObjectDiff) -> bool| {
        difference.objects.values().filter(|diff| is_meant(diff)).count()
    };
    let parts = [
        (count(|diff| *diff == ObjectDiff::Created), "created"),
        (count(|diff| *diff == ObjectDiff::Dropped), "dropped"),
        (count(|diff| matches!(diff, ObjectDiff::Changed(_))), "changed"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let all = difference.objects.len();
    let differ = if all == 1 { "differs" } else { "differ" };
    format!("{} {differ}: {}", counted(all, "object"), parts.join(", "))
}
