//! What a watcher sees: acts, narration, commands, and output folded to the terminal's width.

use std::cell::Cell;

use anstyle::{AnsiColor, Style};

use crate::cli::output::{BOLD, DIM, Output, width};
use crate::spelling::counted;

/// No line is longer, however wide the terminal is.
const WIDEST: usize = 100;
/// What commands print stands this far in.
const INDENT: &str = "  ";

const ACT: Style = AnsiColor::Cyan.on_default().bold();

/// How much of a command's output is shown.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shown {
    All,
    /// So many lines from the beginning, and so many from the end.
    Ends(usize, usize),
}

/// Where the demo is shown.
#[derive(Debug)]
pub(super) struct Screen<'a> {
    out: &'a Output,
    width: usize,
    acts: Cell<usize>,
    /// Whether a command printed something that wants an empty line after it.
    printed: Cell<bool>,
}

impl<'a> Screen<'a> {
    pub(super) fn new(out: &'a Output) -> Self {
        Self { out, width: width().min(WIDEST), acts: Cell::new(0), printed: Cell::new(false) }
    }

    /// A new act begins.
    pub(super) fn act(&self, title: &str) {
        self.acts.set(self.acts.get() + 1);
        let title = format!("── {}. {title} ", self.acts.get());
        let rule = "─".repeat(self.width.saturating_sub(title.chars().count()));
        self.out.result(&format!("\n{ACT}{title}{rule}{ACT:#}"));
        self.printed.set(true);
    }

    /// A line of narration.
    pub(super) fn say(&self, text: &str) {
        self.out.result(&format!("\n{}", folded(text, self.width, 0).join("\n")));
        self.printed.set(false);
    }

    /// A command, before it runs.
    pub(super) fn command(&self, prompt: &str, command: &str) {
        let room = self.width.saturating_sub(prompt.chars().count() + 1);
        let lines = folded(command, room, INDENT.len());
        let next = format!("\n{}", " ".repeat(prompt.chars().count() + 1));
        let before = if self.printed.replace(true) { "\n" } else { "" };
        let shown = lines.join(&next);
        self.out.result(&format!("{before}{DIM}{prompt}{DIM:#} {BOLD}{shown}{BOLD:#}"));
    }

    /// What a command printed.
    pub(super) fn output(&self, text: &str, shown: Shown) {
        let lines: Vec<&str> = text.trim_end().lines().collect();
        self.printed.set(true);
        let (head, tail) = match shown {
            Shown::Ends(head, tail) if lines.len() > head + tail + 1 => (head, tail),
            _ => (lines.len(), 0),
        };
        let left_out = lines.len() - head - tail;
        let mut printed = self.indented(&lines[..head]);
        if left_out > 0 {
            printed
                .push_str(&format!("{INDENT}{DIM}⋮ {}{DIM:#}\n", counted(left_out, "more line")));
            printed.push_str(&self.indented(&lines[lines.len() - tail..]));
        }
        if !printed.is_empty() {
            self.out.result(&printed);
        }
    }

    fn indented(&self, lines: &[&str]) -> String {
        let room = self.width.saturating_sub(INDENT.len());
        let folded = lines.iter().flat_map(|line| folded(line, room, INDENT.len()));
        folded.map(|line| format!("{INDENT}{line}\n")).collect()
    }
}

/// `line` in pieces of at most `width` columns, broken at spaces where there are any; what follows
/// the first piece stands `hang` further in. Colours take no room and reach over the breaks.
fn folded(line: &str, width: usize, hang: usize) -> Vec<String> {
    let inside: String = line.chars().take_while(|c| *c == ' ').collect();
    let hanging = format!("{inside}{}", " ".repeat(hang));
    let mut lines = vec![inside.clone()];
    let mut used = inside.len();
    for word in line[inside.len()..].split_inclusive(' ') {
        let begun = lines.last().is_some_and(|line| !line.trim_start().is_empty());
        if begun && used + columns(word.trim_end()) > width {
            lines.push(hanging.clone());
            used = hanging.len();
        }
        let last = lines.len() - 1;
        lines[last].push_str(word);
        used += columns(word);
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// How many columns `text` takes, escape sequences aside.
fn columns(text: &str) -> usize {
    anstream::adapter::strip_str(text).to_string().chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fold_at_words_and_keep_their_indentation() {
        assert_eq!(folded("  one two three four", 11, 2), ["  one two", "    three", "    four"]);
        assert_eq!(folded("short", 11, 2), ["short"]);
        assert_eq!(folded("", 11, 2), [""]);
    }

    #[test]
    fn a_word_without_spaces_stays_whole() {
        assert_eq!(folded("a 0123456789abcdef b", 8, 2), ["a", "  0123456789abcdef", "  b"]);
    }

    #[test]
    fn colours_take_no_room() {
        assert_eq!(folded("\u{1b}[1mone\u{1b}[0m two", 7, 0), ["\u{1b}[1mone\u{1b}[0m two"]);
    }
}
