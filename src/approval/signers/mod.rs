//! Who may sign: a strict reading of OpenSSH's allowed_signers format.
//!
//! In: the signers file. Out: [`Signers`], or every defect of the file at once, each with its
//! place. A file with any defect is refused as a whole, because each laxness of the format lets one
//! person count twice or a key outlive its limits: patterns as names, a key under two names,
//! local times, missing namespaces.

mod line;

use std::collections::BTreeMap;
use std::ops::Range;

use camino::Utf8Path;
use jiff::Timestamp;

use self::line::{Word, Words, check_person, namespaces, split_options, time};
use super::APPROVE_NAMESPACE;
use super::key::PublicKey;
use crate::diagnostic::{Code, Finding, Refusal};
use crate::digest::Digest;
use crate::source::SourceFile;

/// One line of the signers file: a person's key and what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The principal, exactly.
    pub person: String,
    /// The key.
    pub key: PublicKey,
    /// The namespaces that the key may sign in; at least one.
    pub namespaces: Vec<String>,
    /// The key counts from this time on.
    pub valid_after: Option<Timestamp>,
    /// The key counts until just before this time.
    pub valid_before: Option<Timestamp>,
}

/// The people who may sign, and their keys. No key belongs to two people. The default is nobody,
/// and no file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signers {
    digest: Option<Digest>,
    by_key: BTreeMap<PublicKey, Signer>,
}

impl Signers {
    /// Reads a signers file; `name` is for messages.
    ///
    /// # Errors
    /// `signers-invalid`, once for every defect, or the encoding's codes.
    pub fn parse(name: &Utf8Path, bytes: Vec<u8>) -> Result<Self, Refusal> {
        let file = SourceFile::new(name, bytes)?;
        let mut reading = Reading { file: &file, findings: Vec::new() };
        let mut by_key: BTreeMap<PublicKey, Signer> = BTreeMap::new();
        let mut spellings: BTreeMap<String, String> = BTreeMap::new();
        let mut start = 0;
        for line in file.text().split_inclusive('\n') {
            let words = Words::split(line, start);
            start += line.len();
            let Some((signer, name, key)) = words.and_then(|words| reading.signer(words)) else {
                continue;
            };
            let spelling = spellings
                .entry(signer.person.to_lowercase())
                .or_insert_with(|| signer.person.clone());
            if *spelling != signer.person {
                let message = format!(
                    "`{}` and `{spelling}` differ only in case, so one person may count twice",
                    signer.person
                );
                reading.defect(name, message, "write one person's name one way");
            }
            if let Some(other) = by_key.get(&signer.key) {
                let message = if other.person == signer.person {
                    format!("the key of `{}` is listed twice", signer.person)
                } else {
                    format!(
                        "the key of `{}` is listed under `{}` too, so one person would count twice",
                        signer.person, other.person
                    )
                };
                reading.defect(key, message, "list every key once, under one name");
            } else {
                by_key.insert(signer.key.clone(), signer);
            }
        }
        Refusal::unless_empty(reading.findings)?;
        Ok(Self { digest: Some(Digest::of(file.text())), by_key })
    }

    /// The digest of the file's bytes, for the record; none without a file.
    pub fn digest(&self) -> Option<Digest> {
        self.digest
    }

    /// Whose key this is.
    pub fn owner(&self, key: &PublicKey) -> Option<&Signer> {
        self.by_key.get(key)
    }

    /// Every line of the file, sorted by key.
    pub fn iter(&self) -> impl Iterator<Item = &Signer> {
        self.by_key.values()
    }
}

#[derive(Default)]
struct Options {
    namespaces: Option<Vec<String>>,
    valid_after: Option<Timestamp>,
    valid_before: Option<Timestamp>,
}

/// Collects the defects of a file.
struct Reading<'a> {
    file: &'a SourceFile,
    findings: Vec<Finding>,
}

impl Reading<'_> {
    fn defect(&mut self, range: Range<usize>, message: impl Into<String>, help: &str) {
        self.findings.push(
            Finding::error(Code::SignersInvalid, message).at(self.file.place(range)).help(help),
        );
    }

    /// Reads one line; gives the signer with the places of name and key, or adds to the defects.
    fn signer(&mut self, words: Words<'_>) -> Option<(Signer, Range<usize>, Range<usize>)> {
        let before = self.findings.len();
        if let Err((message, help)) = check_person(words.name.text) {
            self.defect(words.name.range(), message, help);
        }
        let options = match words.options {
            Some(word) => self.options(word),
            None => Options::default(),
        };
        if options.namespaces.is_none() && self.findings.len() == before {
            self.defect(
                words.name.range(),
                format!(
                    "the line of `{}` has no `namespaces=`, so the key could sign anything",
                    words.name.text
                ),
                &format!("write `namespaces=\"{APPROVE_NAMESPACE}\"` after the name"),
            );
        }
        let key = self.key(words.rest);
        let (key, place) = key?;
        (self.findings.len() == before).then(|| {
            let signer = Signer {
                person: words.name.text.to_owned(),
                key,
                namespaces: options.namespaces.unwrap_or_default(),
                valid_after: options.valid_after,
                valid_before: options.valid_before,
            };
            (signer, words.name.range(), place)
        })
    }

    fn key(&mut self, rest: Word<'_>) -> Option<(PublicKey, Range<usize>)> {
        let (kind, after) = rest.next(false);
        let (text, _comment) = after.next(false);
        if text.text.is_empty() {
            self.defect(
                kind.range(),
                "the line has no key",
                "write name, options, key type and key, as in `man ssh-keygen`, ALLOWED SIGNERS",
            );
            return None;
        }
        match PublicKey::parse(&format!("{} {}", kind.text, text.text)) {
            Ok(key) => Some((key, text.range())),
            Err(defect) => {
                let range = kind.start..text.range().end;
                self.defect(range, defect.to_string(), defect.help());
                None
            }
        }
    }

    fn options(&mut self, word: Word<'_>) -> Options {
        let mut options = Options::default();
        let mut seen = Vec::new();
        for option in split_options(word) {
            let (name, value) = option.text.split_once('=').unwrap_or((option.text, ""));
            if seen.contains(&name) {
                self.defect(option.range(), format!("`{name}` stands twice"), "keep one");
            }
            seen.push(name);
            let value = value
                .strip_prefix('"')
                .and_then(|value| value.strip_suffix('"'))
                .filter(|value| !value.contains(['"', '\\']));
            match (name, value) {
                ("namespaces", Some(list)) => match namespaces(list) {
                    Some(list) => options.namespaces = Some(list),
                    None => self.defect(
                        option.range(),
                        "a namespace is empty, or a pattern",
                        "write exact names, separated by commas and nothing else",
                    ),
                },
                ("valid-after" | "valid-before", Some(text)) => match time(text) {
                    Some(time) if name == "valid-after" => options.valid_after = Some(time),
                    Some(time) => options.valid_before = Some(time),
                    None => self.defect(
                        option.range(),
                        format!("`{name}` is not a time in UTC"),
                        "write `YYYYMMDDZ` or `YYYYMMDDHHMM[SS]Z`; without `Z` it would be the local time of whoever verifies",
                    ),
                },
                ("namespaces" | "valid-after" | "valid-before", None) => self.defect(
                    option.range(),
                    format!("`{name}` needs a value in double quotes"),
                    &format!("write `{name}=\"…\"`"),
                ),
                ("cert-authority", _) => self.defect(
                    option.range(),
                    "certificate authorities are not supported: who signs would not stand here",
                    "list the people's own keys",
                ),
                _ => self.defect(
                    option.range(),
                    format!("`{}` is not an option", name.escape_debug()),
                    "the options are `namespaces`, `valid-after` and `valid-before`, in lower case",
                ),
            }
        }
        if let (Some(after), Some(before)) = (options.valid_after, options.valid_before)
            && before <= after
        {
            self.defect(
                word.range(),
                "`valid-before` is not later than `valid-after`",
                "correct the times",
            );
        }
        options
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHmVJ+4/Oz6S1/xOUeXRg8Z7km7d4Vb5uZi/zUZurPxR";

    fn parse(text: &str) -> Result<Signers, Refusal> {
        Signers::parse("approvers".into(), text.into())
    }

    /// `line:column message` of every defect.
    fn defects(text: &str) -> Vec<String> {
        let refusal = parse(text).unwrap_err();
        refusal
            .findings()
            .iter()
            .map(|finding| {
                let place = finding.place.as_ref().unwrap();
                assert_eq!(finding.code, Code::SignersInvalid);
                assert!(finding.help.is_some());
                format!("{}:{} {}", place.line, place.column, finding.message)
            })
            .collect()
    }

    #[test]
    fn a_good_file_is_read() {
        let text = format!(
            "# people\n\n  alice@example.org \tnamespaces=\"enact-approve-v1,git\",valid-after=\"20240101Z\",valid-before=\"202501022359Z\" {KEY} laptop of alice\n"
        );
        let signers = parse(&text).unwrap();
        let signer = signers.iter().next().unwrap();
        assert_eq!(signer.person, "alice@example.org");
        assert_eq!(signer.namespaces, ["enact-approve-v1", "git"]);
        assert_eq!(signer.valid_after.unwrap().to_string(), "2024-01-01T00:00:00Z");
        assert_eq!(signer.valid_before.unwrap().to_string(), "2025-01-02T23:59:00Z");
        assert_eq!(signers.owner(&signer.key), Some(signer));
        assert_eq!(signer.key.to_string(), KEY);
    }

    #[test]
    fn every_defect_is_told_at_once_with_its_place() {
        let text = format!(
            "*@example.org namespaces=\"a\" {KEY}\n\
             a,b namespaces=\"a\" {KEY}\n\
             alice {KEY}\n\
             bob cert-authority,namespaces=\"a*\" {KEY}\n\
             carol namespaces=\"a\",valid-before=\"20240101\",valid-after=20240101Z {KEY}\n\
             dora namespaces=\"a\",verify-required {KEY}\n\
             emil namespaces=\"a\"\n\
             fred namespaces=\"a\" ssh-rsa AAAA\n\
             author namespaces=\"a\",namespaces=\"b\" {KEY}\n\
             gina namespaces=\"a {KEY}\n\
             hugo namespaces=\"a\",valid-after=\"20250101Z\",valid-before=\"20240101Z\" {KEY}\n"
        );
        assert_eq!(
            defects(&text),
            [
                "1:1 `*@example.org` is a pattern, so it names nobody in particular",
                "2:1 `a,b` is several names for one key",
                "3:1 the line of `alice` has no `namespaces=`, so the key could sign anything",
                "4:5 certificate authorities are not supported: who signs would not stand here",
                "4:20 a namespace is empty, or a pattern",
                "5:22 `valid-before` is not a time in UTC",
                "5:46 `valid-after` needs a value in double quotes",
                "6:21 `verify-required` is not an option",
                "7:20 the line has no key",
                "8:21 the key is malformed: it ends in the middle of a field",
                "9:1 `author` is the name of the author's signature file",
                "9:23 `namespaces` stands twice",
                "10:6 `namespaces` needs a value in double quotes",
                "10:100 the line has no key",
                "11:6 `valid-before` is not later than `valid-after`",
            ]
        );
    }

    #[test]
    fn one_key_has_one_line_and_one_person_one_spelling() {
        let line = |person: &str| format!("{person} namespaces=\"a\" {KEY}\n");
        assert_eq!(
            defects(&(line("alice") + &line("bob"))),
            ["2:32 the key of `bob` is listed under `alice` too, so one person would count twice"]
        );
        assert_eq!(
            defects(&(line("alice") + &line("alice"))),
            ["2:34 the key of `alice` is listed twice"]
        );
        assert_eq!(
            defects(&(line("alice") + &line("Alice")))[0],
            "2:1 `Alice` and `alice` differ only in case, so one person may count twice"
        );
    }

    proptest! {
        #[test]
        fn no_text_panics_and_every_line_is_read_or_refused(
            text in "([a*,\"= \t#é]|namespaces=|\"|ssh-ed25519 |AAAA|\n){0,40}"
        ) {
            if let Ok(signers) = parse(&text) {
                let lines = text
                    .lines()
                    .filter(|line| !matches!(line.trim().chars().next(), None | Some('#')))
                    .count();
                prop_assert_eq!(signers.iter().count(), lines);
            }
        }
    }
}
