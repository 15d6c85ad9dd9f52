//! The words of a line of the signers file.
//!
//! In: the text of a line. Out: its parts with their places, and what each may hold.

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::approval::AUTHOR_STEM;

/// The longest name of a person, in bytes: it is a file name too.
const MAX_PERSON: usize = 100;

/// The parts of a line, each with its place in the file.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) name: Word<'a>,
    pub(super) options: Option<Word<'a>>,
    pub(super) rest: Word<'a>,
}

#[derive(Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
}

impl Word<'_> {
    pub(super) fn range(self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    /// Skips blanks, and splits where `quoted` blanks do not count.
    pub(super) fn next(self, quoted: bool) -> (Self, Self) {
        let text = self.text.trim_start_matches(BLANKS);
        let start = self.start + self.text.len() - text.len();
        let mut inside = false;
        let end = text
            .find(|c: char| {
                inside ^= quoted && c == '"';
                BLANKS.contains(&c) && !inside
            })
            .unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        (Self { text: word, start }, Self { text: rest, start: start + end })
    }
}

const BLANKS: [char; 2] = [' ', '\t'];

impl<'a> Words<'a> {
    /// Splits a line that starts at `start`; `None` for blank lines and comments.
    pub(super) fn split(line: &'a str, start: usize) -> Option<Self> {
        let line = Word { text: line.trim_end_matches('\n'), start };
        let (name, rest) = line.next(false);
        if name.text.is_empty() || name.text.starts_with('#') {
            return None;
        }
        let (second, after) = rest.next(true);
        let is_key = second.text.is_empty()
            || ["ssh-", "ecdsa-", "sk-"].iter().any(|family| second.text.starts_with(family));
        Some(Self {
            name,
            options: (!is_key).then_some(second),
            rest: if is_key { rest } else { after },
        })
    }
}

/// Splits at commas outside quotes.
pub(super) fn split_options(word: Word<'_>) -> impl Iterator<Item = Word<'_>> {
    let mut inside = false;
    let mut start = word.start;
    word.text
        .split(move |c: char| {
            inside ^= c == '"';
            c == ',' && !inside
        })
        .map(move |text| {
            let option = Word { text, start };
            start += text.len() + 1;
            option
        })
}

/// A person's name is exact, visible, and good as a file name on every system.
pub(super) fn check_person(name: &str) -> Result<(), (String, &'static str)> {
    let shown = name.escape_debug();
    if name.contains(['*', '?', '!']) {
        return Err((
            format!("`{shown}` is a pattern, so it names nobody in particular"),
            "write one line for each person",
        ));
    }
    if name.contains(',') {
        return Err((
            format!("`{shown}` is several names for one key"),
            "write one name; a person may have several keys, each on its own line",
        ));
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"@._+-".contains(&b);
    if name.len() > MAX_PERSON
        || !name.bytes().all(allowed)
        || !name.starts_with(|c: char| c.is_ascii_alphanumeric())
        || name.ends_with('.')
    {
        return Err((
            format!("`{shown}` is not a name that can be a file name"),
            "use an e-mail address, or letters, digits and `. _ + -`",
        ));
    }
    if name.eq_ignore_ascii_case(AUTHOR_STEM) {
        return Err((
            format!("`{shown}` is the name of the author's signature file"),
            "use an e-mail address, or another name",
        ));
    }
    Ok(())
}

pub(super) fn namespaces(list: &str) -> Option<Vec<String>> {
    list.split(',')
        .map(|name| {
            let exact = |b: u8| b.is_ascii_alphanumeric() || b"@._+-/:".contains(&b);
            (!name.is_empty() && name.bytes().all(exact)).then(|| name.to_owned())
        })
        .collect()
}

/// A time as OpenSSH writes it, in UTC: `YYYYMMDDZ`, `YYYYMMDDHHMMZ` or `YYYYMMDDHHMMSSZ`.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let digits = text.strip_suffix('Z')?;
    if !matches!(digits.len(), 8 | 12 | 14) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let year = digits[..4].parse().ok()?;
    let pair = |at: usize| digits.get(at..at + 2).map_or(Some(0), |two| two.parse().ok());
    let time = DateTime::new(year, pair(4)?, pair(6)?, pair(8)?, pair(10)?, pair(12)?, 0).ok()?;
    let time = time.to_zoned(TimeZone::UTC).ok()?.timestamp();
    // OpenSSH takes the epoch itself for "no limit".
    (time > Timestamp::UNIX_EPOCH).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_good_as_file_names_everywhere() {
        let longest = "a".repeat(MAX_PERSON);
        for name in ["alice@example.org", "a", "7.b_c+d-e", longest.as_str()] {
            assert_eq!(check_person(name), Ok(()), "{name}");
        }
        let too_long = "a".repeat(MAX_PERSON + 1);
        for name in [
            "",
            ".",
            "-a",
            "@a",
            "a.",
            "a/b",
            "a\\b",
            "a:b",
            "\"a\"",
            "zo\u{eb}",
            "a\u{1b}",
            "AUTHOR",
            too_long.as_str(),
        ] {
            assert!(check_person(name).is_err(), "{name}");
        }
    }

    #[test]
    fn times_are_exact() {
        for text in [
            "20240230Z",
            "2024010124Z",
            "202401012400Z",
            "19700101Z",
            "20240101z",
            "2024-01-01Z",
            "Z",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
        assert_eq!(time("20240229235959Z").unwrap().to_string(), "2024-02-29T23:59:59Z");
    }
}
