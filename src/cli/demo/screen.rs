//! What a watcher sees: acts, narration, commands, and output folded to the terminal's width.

use std::cell::Cell;

use anstyle::{AnsiColor, Style};

use crate::cli::output::{BOLD, DIM, Output, folded, width};
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
