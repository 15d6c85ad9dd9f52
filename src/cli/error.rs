//! Findings and refusals as people read them: the code, the place with its line, the facts, the
//! next thing to do.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::diagnostic::{Finding, Place, Severity};
use crate::source::visible;

use super::output::{BOLD, DIM};

/// The longest line that is shown whole, in characters; of longer ones the part around the place.
const LONGEST_LINE: usize = 160;

/// One finding, ready for the terminal; colours are left in and stripped by the stream.
pub(super) fn render(finding: &Finding, width: usize) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(visible(&finding.message)).id(finding.name());
    let renderer = Renderer::styled().decor_style(DecorStyle::Ascii).term_width(width);
    match &finding.place {
        Some(place) => renderer.render(&[footers(title.element(snippet(place)), finding)]),
        // Without a snippet the renderer would draw the margin of one before the footers.
        None => renderer.render(&[Group::with_title(title)]) + &plain_footers(finding),
    }
}

fn plain_footers(finding: &Finding) -> String {
    let notes = finding.notes.iter().map(|note| ("note", note));
    let help = finding.help.iter().map(|help| ("help", help));
    let footer = |(kind, text): (&str, &String)| {
        format!("\n  {DIM}={DIM:#} {BOLD}{kind}{BOLD:#}: {}", visible(text))
    };
    notes.chain(help).map(footer).collect()
}

fn snippet(place: &Place) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
    let shown: Vec<char> = place.text.chars().collect();
    let column = (place.column - 1).min(shown.len());
    // Keep the place in sight when the line is longer than a screen.
    let from =
        if shown.len() <= LONGEST_LINE { 0 } else { column.saturating_sub(LONGEST_LINE / 2) };
    let to = shown.len().min(from + LONGEST_LINE);
    let text = |range: &[char]| visible(&range.iter().collect::<String>());
    let before = text(&shown[from..column]);
    let end = (column + place.width).min(to);
    let inside = text(&shown[column..end]);
    let after = text(&shown[end..to]);
    let span = before.len()..before.len() + inside.len();
    Snippet::source(format!("{before}{inside}{after}"))
        .line_start(place.line)
        .path(visible(place.file.as_str()))
        .annotation(AnnotationKind::Primary.span(span))
}

fn footers<'a>(mut group: Group<'a>, finding: &'a Finding) -> Group<'a> {
    for note in &finding.notes {
        group = group.element(Level::NOTE.message(visible(note)));
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(visible(help)));
    }
    group
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::SourceFile;

    fn plain(finding: &Finding) -> String {
        anstream::adapter::strip_str(&render(finding, 100)).to_string()
    }

    #[test]
    fn a_finding_shows_code_place_facts_and_remedy() {
        let file = SourceFile::new("revisions/a.sql", "SELECT 1;\nBEGIN;\n".into()).unwrap();
        let finding = Finding::error(Code::TransactionControl, "`BEGIN` controls the transaction")
            .at(file.place(10..15))
            .note("a fact")
            .help("remove it");
        snapbox::assert_data_eq!(
            plain(&finding),
            snapbox::str![[r"
error[transaction-control]: `BEGIN` controls the transaction
 --> revisions/a.sql:2:1
  |
2 | BEGIN;
  | ^^^^^
  |
  = note: a fact
  = help: remove it
"]]
        );
    }

    #[test]
    fn without_a_place_no_margin_is_drawn() {
        let refusal = Finding::error(Code::LockHeld, "a fact").note("another").help("wait");
        snapbox::assert_data_eq!(
            plain(&refusal),
            snapbox::str![[r"
error[lock-held]: a fact
  = note: another
  = help: wait
"]]
        );
    }

    #[test]
    fn control_characters_never_reach_the_terminal() {
        let finding = Finding::error(Code::Bug, "a\u{1b}[31mb\u{202e}c");
        let shown = plain(&finding);
        assert!(shown.contains(r"a\u{1b}[31mb\u{202e}c"), "{shown}");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}BEGIN{}", "a ".repeat(1000), " b".repeat(1000));
        let file = SourceFile::new("a.sql", text.into_bytes()).unwrap();
        let finding = Finding::error(Code::TransactionControl, "x").at(file.place(2000..2005));
        let shown = plain(&finding);
        assert!(shown.contains("BEGIN") && shown.len() < 700, "{shown}");
    }
}
