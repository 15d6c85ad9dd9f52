//! Reads a statement word by word. In: its text. Out: keywords, names and options, in order.

/// The words that are still to be read.
pub(super) struct Words<'a>(pub(super) &'a [String]);

impl Words<'_> {
    /// Passes these keywords if they come next.
    pub(super) fn take(&mut self, keywords: &[&str]) -> bool {
        let next = self.0.iter().zip(keywords);
        let fits = self.0.len() >= keywords.len()
            && next.into_iter().all(|(word, keyword)| word.eq_ignore_ascii_case(keyword));
        if fits {
            self.0 = &self.0[keywords.len()..];
        }
        fits
    }

    /// Passes everything up to and with `keyword`.
    pub(super) fn skip_to(&mut self, keyword: &str) -> Option<()> {
        let at = self.0.iter().position(|word| word.eq_ignore_ascii_case(keyword))?;
        self.0 = &self.0[at + 1..];
        Some(())
    }

    /// Passes a list in parentheses, and gives its words.
    pub(super) fn options(&mut self) -> Vec<String> {
        if self.0.first().is_none_or(|word| word != "(") {
            return Vec::new();
        }
        let end = self.0.iter().position(|word| word == ")").unwrap_or(self.0.len() - 1);
        let options = self.0[1..end].to_vec();
        self.0 = &self.0[end + 1..];
        options
    }

    /// Passes a name, dots and quotes as they stand.
    pub(super) fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        loop {
            let (word, rest) = self.0.split_first()?;
            let first = word.chars().next()?;
            if !(first.is_alphabetic() || first == '_' || first == '"') {
                return None;
            }
            name.push_str(word);
            self.0 = rest;
            if !self.take(&["."]) {
                return Some(name);
            }
            name.push('.');
        }
    }
}

/// Words, quoted names and single signs; without comments.
pub(super) fn words(sql: &str) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$') || !c.is_ascii();
    let mut words = Vec::new();
    let mut rest = sql.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = if rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            comment_end(rest)
        } else {
            let end = match first {
                '"' => quoted_end(rest),
                c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
                c => c.len_utf8(),
            };
            words.push(rest[..end].to_owned());
            end
        };
        rest = rest[end..].trim_start();
    }
    words
}

/// The end of the comment that `text` begins with; comments nest.
fn comment_end(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        let step = match &text.as_bytes()[at..] {
            [b'/', b'*', ..] => {
                depth += 1;
                2
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                2
            }
            _ => 1,
        };
        at += step;
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The end of the quoted name that `text` begins with; a doubled quote stands for one.
fn quoted_end(text: &str) -> usize {
    let mut quotes = text.match_indices('"').map(|(at, _)| at).skip(1).peekable();
    while let Some(at) = quotes.next() {
        if quotes.next_if_eq(&(at + 1)).is_none() {
            return at + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_vanish_and_quotes_hold_together() {
        assert_eq!(
            words("a/* x /* y */ z */b -- c\n\"d \"\"e\".f;"),
            ["a", "b", "\"d \"\"e\"", ".", "f", ";"]
        );
        assert_eq!(words("/* no end"), [""; 0]);
        assert_eq!(words("\"no end"), ["\"no end"]);
        assert_eq!(words("é_1$ 'x'"), ["é_1$", "'", "x", "'"]);
    }
}
