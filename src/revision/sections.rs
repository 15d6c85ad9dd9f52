//! The sections of a revision: the text in, the ranges of header, up and down out.

use std::ops::Range;

use crate::diagnostic::{Code, Finding};
use crate::source::SourceFile;

/// Byte ranges into the source.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sections {
    /// The lines before the first marker.
    pub(super) header: Range<usize>,
    /// What follows the up marker.
    pub(super) up: Range<usize>,
    /// What undoes it: `None` if the revision is irreversible.
    pub(super) down: Option<Range<usize>>,
}

/// A line that reads `-- migrate:…`.
struct Marker<'a> {
    line: Range<usize>,
    indented: bool,
    word: &'a str,
    rest: &'a str,
}

/// Cuts the sections and reports every marker that is not as it must be.
pub(super) fn cut(source: &SourceFile, findings: &mut Vec<Finding>) -> Sections {
    let text = source.text();
    let mut up: Option<Marker<'_>> = None;
    let mut down: Option<Marker<'_>> = None;
    let mut first = None;
    for marker in markers(text) {
        first.get_or_insert(marker.line.start);
        if let Some(finding) = malformed(&marker) {
            findings.push(finding.at(source.place(marker.line)));
            continue;
        }
        let slot = if marker.word == "up" { &mut up } else { &mut down };
        if slot.is_some() {
            let message = format!("`-- migrate:{}` stands twice", marker.word);
            findings.push(
                Finding::error(Code::SectionInvalid, message)
                    .at(source.place(marker.line))
                    .help("put the statements of both sections into one"),
            );
        } else {
            *slot = Some(marker);
        }
    }
    let header = 0..first.unwrap_or_else(|| leading_comments(text));
    if let Some(stray) = first_stray(text, header.clone(), up.is_some()) {
        findings.push(
            Finding::error(
                Code::SectionInvalid,
                "only `--` comments may stand before `-- migrate:up`",
            )
            .at(source.place(stray))
            .help("move the statement below the marker"),
        );
    }
    match (&up, &down) {
        // A malformed marker is the better explanation for a missing one.
        (None, _) if findings.is_empty() => findings.push(
            Finding::error(Code::SectionInvalid, "`-- migrate:up` is missing")
                .at(source.place(header.end..header.end))
                .help("write a line `-- migrate:up` above the statements"),
        ),
        (Some(up), Some(down)) if down.line.start < up.line.start => findings.push(
            Finding::error(Code::SectionInvalid, "`-- migrate:down` stands before `-- migrate:up`")
                .at(source.place(down.line.clone()))
                .help("put the up section first"),
        ),
        _ => {}
    }
    ranges(text, header, up, down)
}

fn ranges(
    text: &str,
    header: Range<usize>,
    up: Option<Marker<'_>>,
    down: Option<Marker<'_>>,
) -> Sections {
    let after = |marker: &Marker<'_>| (marker.line.end + 1).min(text.len());
    let end = down.as_ref().map_or(text.len(), |down| down.line.start);
    let up = up.map_or(end..end, |up| after(&up).min(end)..end);
    let down = down.map_or(text.len()..text.len(), |down| after(&down)..text.len());
    let reversible = holds_sql(&text[down.clone()]) || !holds_sql(&text[up.clone()]);
    Sections { header, up, down: reversible.then_some(down) }
}

/// The lines that mean to be markers, in order.
fn markers(text: &str) -> impl Iterator<Item = Marker<'_>> {
    lines(text).filter_map(|(start, line)| {
        let comment = line.trim_start_matches([' ', '\t']);
        let rest = comment.strip_prefix("--")?.trim_start();
        let marker = rest.get(..8).filter(|head| head.eq_ignore_ascii_case("migrate:"))?;
        let (word, rest) = match rest[marker.len()..].split_once(char::is_whitespace) {
            Some((word, rest)) => (word, rest.trim()),
            None => (&rest[marker.len()..], ""),
        };
        Some(Marker {
            line: start..start + line.len(),
            indented: comment.len() < line.len(),
            // An odd spelling of `migrate:` is as malformed as an unknown word.
            word: if marker == "migrate:" { word } else { "" },
            rest,
        })
    })
}

fn malformed(marker: &Marker<'_>) -> Option<Finding> {
    if !matches!(marker.word, "up" | "down") {
        return Some(
            Finding::error(Code::SectionInvalid, "this is not a section marker")
                .help("write `-- migrate:up` or `-- migrate:down`, in lower case"),
        );
    }
    if marker.indented {
        return Some(
            Finding::error(
                Code::SectionInvalid,
                "a section marker stands at the start of its line",
            )
            .help("remove the white space before it"),
        );
    }
    (!marker.rest.is_empty()).then(|| {
        Finding::error(
            Code::SectionInvalid,
            format!("a section marker takes no options, and here is `{}`", marker.rest),
        )
        .help("remove it; the plan decides which statements run outside a transaction")
    })
}

/// The first line before the up marker that is neither blank nor a comment.
fn first_stray(text: &str, header: Range<usize>, has_up: bool) -> Option<Range<usize>> {
    if !has_up {
        return None;
    }
    lines(&text[header]).find_map(|(start, line)| {
        let trimmed = line.trim();
        let at = start + line.len() - line.trim_start().len();
        (!trimmed.is_empty() && !trimmed.starts_with("--")).then(|| at..at + trimmed.len())
    })
}

/// Where the comments and blank lines that a file begins with end.
fn leading_comments(text: &str) -> usize {
    lines(text)
        .find(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with("--"))
        .map_or(text.len(), |(start, _)| start)
}

/// Each line without its end, with the offset that it starts at.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut offset = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = offset;
        offset += line.len();
        (start, line.strip_suffix('\n').unwrap_or(line))
    })
}

/// Whether anything but white space, comments and semicolons stands in `sql`. A comment without
/// an end counts as SQL: the statement room reports it.
fn holds_sql(sql: &str) -> bool {
    let mut rest = sql;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ';');
        if rest.is_empty() {
            return false;
        }
        if rest.starts_with("--") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if let Some(end) = block_comment(rest) {
            rest = &rest[end..];
        } else {
            return true;
        }
    }
}

/// The length of the block comment, nested as PostgreSQL's are, that `text` starts with.
fn block_comment(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(pair) = bytes.get(at..at + 2) {
        match pair {
            b"/*" => depth += 1,
            _ if depth == 0 => return None,
            b"*/" => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_blanks_and_semicolons_are_no_sql() {
        for text in ["", " \n", "-- a", "/* a /* b */ c */ ;\n-- d\n;"] {
            assert!(!holds_sql(text), "{text:?}");
        }
        for text in ["SELECT 1", "-- a\nx", "/* a */ x", "/* a /* b */", "*/", "/", "-"] {
            assert!(holds_sql(text), "{text:?}");
        }
    }
}
