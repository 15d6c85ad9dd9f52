//! Where things are printed: results on stdout, everything else on stderr, colours where a person
//! reads.

use std::cell::RefCell;
use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use serde::Serialize;

use crate::diagnostic::{Code, Exit, Finding, Refusal};

use super::error;

/// The version of every JSON document that a command prints.
const FORMAT_VERSION: u32 = 1;

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// Markdown, where the command has it.
    Md,
    /// SQL, where the command has it.
    Sql,
    /// A Mermaid graph, where the command has it.
    Mermaid,
}

/// When colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Color {
    /// Where a terminal reads, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Bold.
pub(super) const BOLD: Style = Style::new().bold();
/// For what is well.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
/// For what wants a look.
pub(super) const WARN: Style = AnsiColor::Yellow.on_default();
/// For what is lost or wrong.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// For what is beside the point.
pub(super) const DIM: Style = Style::new().dimmed();

impl Format {
    /// What follows `--format`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Md => "md",
            Self::Sql => "sql",
            Self::Mermaid => "mermaid",
        }
    }
}

/// A JSON document without its first lines: they say how the command ends, and what it shows is
/// borrowed from what is gone by then.
#[derive(Debug)]
struct Document {
    code: Option<Code>,
    /// What follows them, laid out.
    rest: String,
}

impl Document {
    fn new(code: Option<Code>, value: &impl Serialize) -> serde_json::Result<Self> {
        Ok(Self { code, rest: serde_json::to_string_pretty(value)? })
    }

    fn text(&self, exit: Exit) -> String {
        let code = self.code.map_or("null".to_owned(), |code| format!("\"{code}\""));
        let head = format!(
            "{{\n  \"format_version\": {FORMAT_VERSION},\n  \"exit_code\": {},\n  \"code\": {code}",
            exit as u8
        );
        match self.rest.strip_prefix("{\n") {
            Some(rest) => format!("{head},\n{rest}"),
            None => format!("{head}\n}}"),
        }
    }
}

/// Where a command prints.
#[derive(Debug)]
pub(super) struct Output {
    /// The format of the result.
    pub(super) format: Format,
    quiet: bool,
    /// The result for programs, until the command's end is known.
    document: RefCell<Option<Document>>,
    /// Why the result did not reach standard output, if it did not.
    lost: RefCell<Option<io::Error>>,
}

impl Output {
    pub(super) fn new(format: Format, color: Color, quiet: bool) -> Self {
        match color {
            Color::Auto => {}
            Color::Always => anstream::ColorChoice::Always.write_global(),
            Color::Never => anstream::ColorChoice::Never.write_global(),
        }
        Self { format, quiet, document: RefCell::default(), lost: RefCell::default() }
    }

    /// Whether the result is for programs.
    pub(super) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Prints the result. A reader that has gone away is no error; others are told by
    /// [`Output::check`].
    pub(super) fn result(&self, text: &str) {
        let mut stdout = anstream::stdout().lock();
        let end = if text.ends_with('\n') { "" } else { "\n" };
        let written = write!(stdout, "{text}{end}").and_then(|()| stdout.flush());
        if let Err(error) = written
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            self.lost.replace(Some(error));
        }
    }

    /// Prints the result for programs, now that it is known how the command ends.
    pub(super) fn end(&self, exit: Exit) {
        if let Some(document) = self.document.take() {
            self.result(&document.text(exit));
        }
    }

    /// Refuses where a result was printed and did not arrive, for instance on a full disk.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        match self.lost.take() {
            None => Ok(()),
            Some(error) => Err(Refusal::new(
                Code::ResultUnwritable,
                format!("the command is done, but its result could not be written: {error}"),
            )
            .help("see where standard output leads; nothing needs to be undone")),
        }
    }

    /// The result for programs; [`Output::end`] prints it.
    pub(super) fn json(&self, value: &impl Serialize) {
        self.json_with(None, value);
    }

    /// The result for programs of a command whose answer is no, with the code that says why.
    pub(super) fn json_with(&self, code: Option<Code>, value: &impl Serialize) {
        match Document::new(code, value) {
            Ok(document) => {
                self.document.replace(Some(document));
            }
            // A result that cannot be JSON would be a defect; it is said, not hidden.
            Err(error) => self.say(&format!("the result cannot be JSON: {error}")),
        }
    }

    /// Says something besides the result.
    pub(super) fn say(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(anstream::stderr().lock(), "{text}");
        }
    }

    /// Says that something is done or found in order.
    pub(super) fn good(&self, text: &str) {
        self.say(&format!("{GOOD}✓{GOOD:#} {text}"));
    }

    /// Shows a finding, also where little is said.
    #[expect(clippy::unused_self, reason = "where things go is the output's to know")]
    pub(super) fn finding(&self, finding: &Finding) {
        let shown = error::render(finding, width());
        let _ = writeln!(anstream::stderr().lock(), "{shown}\n");
    }

    /// Shows why a command stopped; for programs, also as JSON on stdout.
    pub(super) fn refusal(&self, refusal: &Refusal, exit: Exit) {
        for finding in refusal.findings() {
            self.finding(finding);
        }
        let count = refusal.findings().len();
        if count > 1 {
            let _ = writeln!(anstream::stderr().lock(), "{count} findings");
        }
        if self.is_json() {
            self.refused(refusal, exit);
        }
    }

    /// Why a command stopped, for programs.
    pub(super) fn refused(&self, refusal: &Refusal, exit: Exit) {
        #[derive(Serialize)]
        struct Refused<'a> {
            findings: &'a [Finding],
        }
        self.json_with(Some(refusal.code()), &Refused { findings: refusal.findings() });
        self.end(exit);
    }

    /// Whether a person watches the progress.
    pub(super) fn is_watched() -> bool {
        std::io::stderr().is_terminal()
    }
}

/// How wide the terminal is, if there is one.
pub(super) fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0).clamp(40, 160))
}

/// How wide the terminal is; 100 columns where there is none.
pub(super) fn width() -> usize {
    terminal_width().unwrap_or(100)
}

/// `line` in pieces of at most `width` columns, broken at spaces where there are any; what follows
/// the first piece stands `hang` further in. Colours take no room and reach over the breaks.
pub(super) fn folded(line: &str, width: usize, hang: usize) -> Vec<String> {
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

/// Asks for the word `yes`, on a terminal only.
pub(super) fn confirmed(question: &str) -> Option<bool> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return None;
    }
    let _ = write!(anstream::stderr().lock(), "{question} Only `yes` is accepted: ");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).ok()?;
    Some(answer.trim() == "yes")
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
