//! Bytes with a name: what a file must be before any other room reads it.
//!
//! In: the bytes of one file. Out: a [`SourceFile`] whose text is clean UTF-8, and places in it
//! as people count them. The rules are fixed and nothing is normalised: what was checked is
//! what is hashed, shown and executed.

use camino::{Utf8Path, Utf8PathBuf};

use crate::diagnostic::{Code, Finding, Place, Refusal};

/// The largest file that is read, in bytes. Migrations carry schema, not data.
pub const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// A text file with its name: UTF-8 without BOM, NUL, carriage return, or characters that hide
/// or reorder what a reader sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    name: Utf8PathBuf,
    text: String,
}

impl SourceFile {
    /// Checks `bytes` and names them.
    ///
    /// # Errors
    /// The first offence against the encoding rules, with its place: `file-too-large`,
    /// `encoding-invalid`, `byte-order-mark`, `nul-byte`, `carriage-return`, `hidden-character`.
    pub fn new(name: impl Into<Utf8PathBuf>, bytes: Vec<u8>) -> Result<Self, Refusal> {
        let name = name.into();
        if bytes.len() as u64 > MAX_BYTES {
            return Err(too_large(&name, bytes.len() as u64));
        }
        // UTF-16 is the usual way to get NULs and broken UTF-8: name the cause, not the symptom.
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(Refusal::from(
                Finding::error(Code::EncodingInvalid, "the file is UTF-16, not UTF-8")
                    .at(place_in_bytes(&name, &bytes, 0))
                    .help("save it as UTF-8 without a byte order mark"),
            ));
        }
        match String::from_utf8(bytes) {
            Ok(text) => {
                let file = Self { name, text };
                match file.offence() {
                    None => Ok(file),
                    Some(finding) => Err(finding.into()),
                }
            }
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let bytes = error.into_bytes();
                Err(Finding::error(
                    Code::EncodingInvalid,
                    format!("byte 0x{:02x} is not valid UTF-8", bytes[at]),
                )
                .at(place_in_bytes(&name, &bytes, at))
                .help("save the file as UTF-8")
                .into())
            }
        }
    }

    /// The name that the file was read under.
    pub fn name(&self) -> &Utf8Path {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The place of the characters `range` (byte offsets into the text), cut to its first line.
    pub fn place(&self, range: std::ops::Range<usize>) -> Place {
        place_in_text(&self.name, &self.text, range)
    }

    /// The line, counted from 1, that holds the byte at `offset`.
    pub fn line(&self, offset: usize) -> usize {
        1 + count_newlines(&self.text.as_bytes()[..offset.min(self.text.len())])
    }

    fn offence(&self) -> Option<Finding> {
        let text = &self.text;
        // Plain ASCII without NUL and CR is the common case, and needs one pass over bytes.
        if text.bytes().all(|b| b != 0 && b != b'\r' && b < 0x80) {
            return None;
        }
        let (offset, found) =
            text.char_indices().find(|&(_, c)| c == '\0' || c == '\r' || is_hidden(c))?;
        let place = self.place(offset..offset + found.len_utf8());
        Some(match found {
            '\0' => Finding::error(Code::NulByte, "the text holds a NUL byte")
                .help("remove it; PostgreSQL does not accept NUL in SQL"),
            '\r' if text[offset..].starts_with("\r\n") => {
                Finding::error(Code::CarriageReturn, "the line ends with CRLF").help(
                    "convert the file to LF, for instance with `sed -i 's/\\r$//' FILE`, and set `*.sql text eol=lf` in .gitattributes",
                )
            }
            '\r' => Finding::error(Code::CarriageReturn, "the text holds a lone carriage return")
                .help("remove it: a terminal would show another text than PostgreSQL runs"),
            '\u{feff}' if offset == 0 => {
                Finding::error(Code::ByteOrderMark, "the file starts with a byte order mark")
                    .help("save it as UTF-8 without a byte order mark")
            }
            c => Finding::error(
                Code::HiddenCharacter,
                format!("U+{:04X} hides or reorders what a reader sees", c as u32),
            )
            .help("remove it, or write it in a string as an escape: U&'\\200B' or E'\\u200B'"),
        }
        .at(place))
    }
}

/// The refusal for a file of `bytes` bytes under `name`, so that the reader need not read it.
pub fn too_large(name: &Utf8Path, bytes: u64) -> Refusal {
    Finding::error(
        Code::FileTooLarge,
        format!("`{name}` has {bytes} bytes; at most {MAX_BYTES} are read"),
    )
    .help("revisions carry schema changes, not data, and no other file of a project is as large")
    .into()
}

/// Whether `c` is invisible or changes the order in which its neighbours are shown: bidirectional
/// controls, zero-width characters, the soft hyphen, the tag block.
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// `text` with control characters and [hidden](is_hidden) ones written as escapes, on one line: what
/// a terminal or a page may show of text that came from elsewhere.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push(' '),
            '\t' => shown.push_str("    "),
            c if c.is_control() || is_hidden(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    shown
}

/// The place of `range` in `text`, in characters counted from 1.
pub(crate) fn place_in_text(name: &Utf8Path, text: &str, range: std::ops::Range<usize>) -> Place {
    let start = range.start.min(text.len());
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let end = range.end.clamp(start, line_end);
    Place {
        file: name.to_owned(),
        line: 1 + count_newlines(&text.as_bytes()[..start]),
        column: 1 + text[line_start..start].chars().count(),
        byte: start,
        width: text[start..end].chars().count().max(1),
        text: text[line_start..line_end].to_owned(),
    }
}

fn place_in_bytes(name: &Utf8Path, bytes: &[u8], offset: usize) -> Place {
    let line_start = bytes[..offset].iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    let line_end =
        bytes[offset..].iter().position(|&b| b == b'\n').map_or(bytes.len(), |at| offset + at);
    Place {
        file: name.to_owned(),
        line: 1 + count_newlines(&bytes[..offset]),
        column: 1 + String::from_utf8_lossy(&bytes[line_start..offset]).chars().count(),
        byte: offset,
        width: 1,
        text: String::from_utf8_lossy(&bytes[line_start..line_end]).into_owned(),
    }
}

fn count_newlines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&b| b == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: &[u8]) -> (Code, usize, usize, usize) {
        let refusal = SourceFile::new("r.sql", bytes.to_vec()).unwrap_err();
        let finding = &refusal.findings()[0];
        let place = finding.place.as_ref().unwrap();
        (finding.code, place.line, place.column, place.byte)
    }

    #[test]
    fn clean_text_passes_unchanged() {
        let text = "-- żółw 🐈\nSELECT 'é';\n";
        let file = SourceFile::new("r.sql", text.into()).unwrap();
        assert_eq!(file.text(), text);
    }

    #[test]
    fn every_offence_has_its_code_and_place() {
        assert_eq!(refusal(b"a\n\xffb"), (Code::EncodingInvalid, 2, 1, 2));
        assert_eq!(refusal(b"\xff\xfea\0"), (Code::EncodingInvalid, 1, 1, 0));
        assert_eq!(refusal(b"\xef\xbb\xbfx"), (Code::ByteOrderMark, 1, 1, 0));
        assert_eq!(refusal(b"ab\0c"), (Code::NulByte, 1, 3, 2));
        assert_eq!(refusal(b"ab\r\nc"), (Code::CarriageReturn, 1, 3, 2));
        assert_eq!(refusal("é\u{202e}x".as_bytes()), (Code::HiddenCharacter, 1, 2, 2));
    }

    #[test]
    fn places_count_characters_and_stop_at_the_line() {
        let file = SourceFile::new("r.sql", "é;\nżab\nx".into()).unwrap();
        let place = file.place(6..12);
        assert_eq!((place.line, place.column, place.width), (2, 2, 2));
        assert_eq!(place.text, "żab");
    }
}
