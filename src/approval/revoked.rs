//! Keys that no longer count, as `ssh-keygen -Y verify -r` reads them.
//!
//! In: a list of public keys, one a line. Out: [`Revoked`]. A line that cannot be read refuses the
//! whole list: a revocation must not get lost. Keys of any type may stand in it.

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::key::{self, KeyDefect, PublicKey};
use crate::diagnostic::{Code, Finding, Refusal};
use crate::source::SourceFile;

/// What a binary revocation list of `ssh-keygen -k` starts with.
const KRL_MAGIC: &[u8] = b"SSHKRL\n";

/// The revoked keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revoked(BTreeSet<Vec<u8>>);

impl Revoked {
    /// Reads a list; `name` is for messages.
    ///
    /// # Errors
    /// `revoked-invalid`, once for every line that is not a key, or the encoding's codes.
    pub fn parse(name: &Utf8Path, bytes: Vec<u8>) -> Result<Self, Refusal> {
        if bytes.starts_with(KRL_MAGIC) {
            return Err(Refusal::new(
                Code::RevokedInvalid,
                format!("`{name}` is a binary revocation list, which a reviewer cannot read"),
            )
            .help("list the revoked public keys as text, one a line, as in `.pub` files"));
        }
        let file = SourceFile::new(name, bytes)?;
        let mut findings = Vec::new();
        let mut keys = BTreeSet::new();
        let mut start = 0;
        for line in file.text().split_inclusive('\n') {
            let text = line.trim();
            let at = start + line.len() - line.trim_start().len();
            start += line.len();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let mut words = text.split_ascii_whitespace();
            let (said, base64) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            match whole_key(said, base64) {
                Ok(blob) => {
                    keys.insert(blob);
                }
                Err(defect) => findings.push(
                    Finding::error(Code::RevokedInvalid, defect.to_string())
                        .at(file.place(at..at + text.len()))
                        .help("write `type key` as in the key's `.pub` file, without options"),
                ),
            }
        }
        Refusal::unless_empty(findings)?;
        Ok(Self(keys))
    }

    /// Whether `key` is revoked.
    pub fn contains(&self, key: &PublicKey) -> bool {
        self.0.contains(key.blob())
    }
}

/// The key's wire bytes, of any type, but none that was cut short: it would revoke nothing.
fn whole_key(said: &str, base64: &str) -> Result<Vec<u8>, KeyDefect> {
    let blob = key::blob_of(said, base64)?;
    match PublicKey::from_blob(&blob) {
        Err(defect @ KeyDefect::Malformed(_)) => Err(defect),
        Ok(_) | Err(_) => Ok(blob),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHmVJ+4/Oz6S1/xOUeXRg8Z7km7d4Vb5uZi/zUZurPxR";

    fn parse(bytes: &[u8]) -> Result<Revoked, Refusal> {
        Revoked::parse(Utf8Path::new("revoked_keys"), bytes.to_vec())
    }

    #[test]
    fn keys_of_any_type_are_listed() {
        let key = PublicKey::parse(KEY).unwrap();
        let list = format!("# lost laptop\n\n {KEY} alice\nssh-dss AAAAB3NzaC1kc3MAAAAA\n");
        assert!(parse(list.as_bytes()).unwrap().contains(&key));
        assert!(!Revoked::default().contains(&key));
    }

    #[test]
    fn what_cannot_be_read_refuses_the_list() {
        for (text, at) in [
            (format!("{KEY}\nnamespaces=\"x\" {KEY}\n"), (2, 1)),
            (format!("  {}\n", &KEY[..40]), (1, 3)),
            ("ssh-ed25519\n".to_owned(), (1, 1)),
            // Cut after a whole field: type and exponent, without the modulus.
            ("ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB\n".to_owned(), (1, 1)),
        ] {
            let refusal = parse(text.as_bytes()).unwrap_err();
            assert_eq!(refusal.code(), Code::RevokedInvalid);
            let place = refusal.findings()[0].place.as_ref().unwrap();
            assert_eq!((place.line, place.column), at, "{text}");
        }
        let refusal = parse(b"SSHKRL\n\0\0\0\0").unwrap_err();
        assert_eq!(refusal.code(), Code::RevokedInvalid);
    }
}
