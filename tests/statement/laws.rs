//! What holds for every text, tried on soups of tokens.

use enact::lint::lint;
use enact::source::SourceFile;
use enact::statement::{Kind, Statement, read, sql_digest};
use proptest::prelude::*;
use proptest::sample::select;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::tokenizer::{Token, Tokenizer};

/// Fragments that are whole in themselves, in which a careless splitter sees more than there is.
const WHOLE: &[&str] = &[
    ";",
    ";",
    ";",
    " ",
    "\n",
    "SELECT",
    "a",
    "\"b;\"\"\"",
    "'c;'",
    "'it''s;'",
    "'\\'",
    "E'\\';' + ",
    "E'\\\\' + ",
    "$$ ; ' $$",
    "$x$ $$ ; $x$",
    "$é1$;$é1$",
    "/* ; */",
    "/* /* ; */ ' */",
    "-- ; '\n",
    "(",
    ")",
    "(;)",
    "1.5e-3 ",
    "<= ",
    "->> ",
    "+ - ",
    "::int",
    "x := 1 ",
    "[1:2]",
    ",",
    ".",
    "é",
    "B'0' ",
    "x'ff' ",
    "U&'a;'",
    "CASE",
    "BEGIN",
    "END",
    "ATOMIC",
    "UPDATE",
];

/// … and fragments that open what others close.
const OPEN: &[&str] =
    &["'", "\"", "$$", "$a$", "/*", "*/", "--", "\\", "E'", ":x", "[", "]", "{", "$", "\u{7f}"];

fn soup(fragments: Vec<&'static str>) -> impl Strategy<Value = String> {
    prop::collection::vec((select(fragments), select(vec!["", " ", "\n"])), 0..40)
        .prop_map(|parts| parts.into_iter().flat_map(|(a, b)| [a, b]).collect())
}

fn statements(text: &str) -> Option<Vec<Statement>> {
    let file = SourceFile::new("r.sql", text.into()).ok()?;
    read(&file, 0..text.len()).ok()
}

/// Where each statement starts, by sqlparser's tokens cut at `;` outside parentheses.
fn second_opinion(text: &str) -> Option<Vec<(u64, u64)>> {
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, text).tokenize_with_location().ok()?;
    let (mut starts, mut fresh, mut depth) = (Vec::new(), true, 0_usize);
    for token in tokens {
        match token.token {
            Token::Whitespace(_) => continue,
            Token::SemiColon if depth == 0 => {
                fresh = true;
                continue;
            }
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        if std::mem::take(&mut fresh) {
            starts.push((token.span.start.line, token.span.start.column));
        }
    }
    Some(starts)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn statements_and_what_lies_between_are_the_text(text in soup(WHOLE.to_vec())) {
        let Some(statements) = statements(&text) else { return Ok(()) };
        let mut at = 0;
        for statement in &statements {
            let range = statement.range();
            prop_assert_eq!(statement.sql(), &text[range.clone()]);
            prop_assert_eq!(statement.line(), 1 + text[..range.start].matches('\n').count());
            let between = self::statements(&text[at..range.start]);
            prop_assert!(between.is_some_and(|found| found.is_empty()), "{:?}", &text[at..range.start]);
            let again = self::statements(statement.sql()).unwrap();
            prop_assert_eq!(again.len(), 1);
            prop_assert_eq!(again[0].sql(), statement.sql());
            at = range.end;
        }
        prop_assert!(self::statements(&text[at..]).is_some_and(|found| found.is_empty()));
    }

    #[test]
    fn a_second_splitter_sees_the_same_statements(text in soup(WHOLE.to_vec())) {
        let Some(statements) = statements(&text) else { return Ok(()) };
        let Some(expected) = second_opinion(&text) else { return Ok(()) };
        let starts: Vec<_> = statements
            .iter()
            .map(|statement| {
                let before = &text[..statement.range().start];
                let line = before.rsplit('\n').next().unwrap_or("");
                (statement.line() as u64, line.chars().count() as u64 + 1)
            })
            .collect();
        prop_assert_eq!(starts, expected, "{:?}", text);
    }

    #[test]
    fn nothing_panics(text in soup([WHOLE, OPEN].concat()), noise in any::<String>()) {
        for text in [text, noise] {
            let Ok(file) = SourceFile::new("r.sql", text.into_bytes()) else { continue };
            let Ok(statements) = read(&file, 0..file.text().len()) else { continue };
            lint(&file, &statements);
            for statement in &statements {
                statement.concurrent_index();
                statement.transaction();
            }
        }
    }

    #[test]
    fn no_statement_panics_where_it_is_cut_off(
        kind in select(Kind::ALL.to_vec()),
        rest in soup(WHOLE.to_vec()),
    ) {
        let text = format!("{} {rest}", kind.name());
        let Some(statements) = statements(&text) else { return Ok(()) };
        for statement in &statements {
            statement.action();
            statement.concurrent_index();
            statement.transaction();
        }
    }

    #[test]
    fn layout_never_changes_the_digest(
        words in prop::collection::vec(select(vec!["a", "B", "'c d'", "\"E f\"", "$$ g $$", "(", ")", ",", "1"]), 1..20),
        gaps in prop::collection::vec(select(vec![" ", "  ", "\n", "\t", " -- x\n", " /* ; */ "]), 20),
    ) {
        let plain = words.join(" ");
        let laid_out: String = words.iter().zip(&gaps).flat_map(|(word, gap)| [*word, *gap]).collect();
        let (Some(plain), Some(laid_out)) = (statements(&plain), statements(&laid_out)) else { return Ok(()) };
        prop_assert_eq!(sql_digest(&plain), sql_digest(&laid_out));
    }
}
