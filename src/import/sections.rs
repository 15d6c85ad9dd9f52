//! Files with both parts in them: a file in, its up and down part out, cut where the tool cuts.

use std::ops::Range;

use super::{Part, Tool, unconvertible};
use crate::diagnostic::{Code, Finding};
use crate::source::SourceFile;
use crate::statement;

/// What a line says to its tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// The up part begins.
    Up,
    /// The down part begins.
    Down,
    /// How the tool sends what follows; enact finds out by itself.
    Sending,
    /// Variables of the environment are put into what follows.
    Substitution,
}

/// What `line` says to `tool`, if anything.
pub(super) fn mark(tool: Tool, line: &str) -> Option<Mark> {
    let comment = line.trim().strip_prefix("--")?;
    match tool {
        Tool::Dbmate => {
            let word = comment.trim_start().strip_prefix("migrate:")?;
            match word.split_whitespace().next()? {
                "up" => Some(Mark::Up),
                "down" => Some(Mark::Down),
                _ => None,
            }
        }
        Tool::Goose => {
            let words: Vec<String> = comment
                .trim_start()
                .strip_prefix("+goose")?
                .split_whitespace()
                .map(str::to_ascii_uppercase)
                .collect();
            match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                ["UP"] => Some(Mark::Up),
                ["DOWN"] => Some(Mark::Down),
                ["ENVSUB", "ON"] => Some(Mark::Substitution),
                _ => Some(Mark::Sending),
            }
        }
        Tool::NodePgMigrate => {
            let words = comment.trim_start_matches(['-', ' ', '\t']).to_ascii_lowercase();
            let mut words = words.split_whitespace();
            match (words.next()?, words.next()?) {
                ("up", word) if word.starts_with("migration") => Some(Mark::Up),
                ("down", word) if word.starts_with("migration") => Some(Mark::Down),
                _ => None,
            }
        }
        Tool::Sqlx => {
            (comment.trim().eq_ignore_ascii_case("no-transaction")).then_some(Mark::Sending)
        }
        _ => None,
    }
}

/// The up and the down part of a file that holds both, or of one that holds the up part alone.
pub(super) fn cut(tool: Tool, file: &SourceFile) -> (Part, Part) {
    let text = file.text();
    let marked = matches!(tool, Tool::Dbmate | Tool::Goose | Tool::NodePgMigrate);
    let (mut parts, mut faults) = ([None, None], Vec::new());
    // What stands before the first mark; node-pg-migrate takes a file without marks for an up part.
    let (mut open, mut start, mut at) = (None, 0, 0);
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        let begins = match mark(tool, line) {
            Some(Mark::Up) => Some(0),
            Some(Mark::Down) => Some(1),
            Some(Mark::Substitution) => {
                let message = "goose puts variables of the environment into what follows";
                faults.push(unconvertible(message).at(file.place(at..end)).help("write them out"));
                None
            }
            Some(Mark::Sending) | None => None,
        };
        if let Some(part) = begins {
            close(file, open, start..at, &mut parts, &mut faults);
            if parts[part].is_some() {
                let message = "this part stands twice";
                faults.push(Finding::error(Code::SectionInvalid, message).at(file.place(at..end)));
            }
            (open, start) = (Some(part), end);
        }
        at = end;
    }
    if open.is_none() && (!marked || tool == Tool::NodePgMigrate) {
        open = Some(0);
    } else if open.is_none() {
        let message = "no mark says where the up part begins";
        faults.push(Finding::error(Code::SectionInvalid, message).at(file.place(0..0)));
    }
    close(file, open, start..text.len(), &mut parts, &mut faults);
    let [up, down] = parts.map(|range| range.map_or(Part::Missing, |it| part(tool, file, it)));
    if faults.is_empty() {
        return (up, down);
    }
    if let Part::Open(more) = up {
        faults.extend(more);
    }
    (Part::Open(faults), down)
}

/// Ends a part where the next begins. What stands before the first mark may not be SQL.
fn close(
    file: &SourceFile,
    open: Option<usize>,
    range: Range<usize>,
    parts: &mut [Option<Range<usize>>; 2],
    faults: &mut Vec<Finding>,
) {
    if let Some(part) = open {
        parts[part] = Some(range);
    } else if statement::read(file, range.clone()).map_or(true, |found| !found.is_empty()) {
        let message = "SQL stands before the mark of the up part";
        faults.push(Finding::error(Code::SectionInvalid, message).at(file.place(range)));
    }
}

/// A range of the file as a part, without the lines that speak to the tool.
pub(super) fn part(tool: Tool, file: &SourceFile, range: Range<usize>) -> Part {
    match statement::read(file, range.clone()) {
        Err(refusal) => Part::Open(refusal.into_findings()),
        Ok(found) if found.is_empty() => Part::Missing,
        Ok(_) => {
            let lines = file.text()[range].split_inclusive('\n');
            let kept: String = lines.filter(|line| mark(tool, line).is_none()).collect();
            Part::Sql(kept.trim_matches('\n').to_owned())
        }
    }
}
