//! Public keys: which kinds may approve, their text, their fingerprint, and what they verify.
//!
//! In: a key's wire bytes, or its line as in `id_ed25519.pub`. Out: a [`PublicKey`]. A key has one
//! encoding only, so equal keys are equal bytes. The arithmetic is `ring`'s, which TLS uses too.

mod defect;

use std::fmt;

use data_encoding::{BASE64, BASE64_NOPAD};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA512, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};

pub use self::defect::KeyDefect;
use super::wire::{Flaw, Reader};
use crate::digest::Digest;

/// The smallest RSA key that counts, in bits.
pub const RSA_MINIMUM_BITS: usize = 2048;
const RSA_MAXIMUM_BITS: usize = 8192;

/// The flag that a security key sets when a person touched it (FIDO's "user present").
const USER_PRESENT: u8 = 0x01;

/// A public key of a kind that may approve.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicKey {
    blob: Vec<u8>,
    kind: Kind,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Ed25519(Vec<u8>),
    P256(Vec<u8>),
    P384(Vec<u8>),
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    SkEd25519 { point: Vec<u8>, application: String },
    SkP256 { point: Vec<u8>, application: String },
}

/// Why a signature does not hold for a key and a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    Malformed(Flaw),
    Algorithm(String),
    Untouched,
    Mismatch,
}

impl From<Flaw> for Failure {
    fn from(flaw: Flaw) -> Self {
        Self::Malformed(flaw)
    }
}

impl PublicKey {
    /// Reads `type base64 [comment]`, as in a `.pub` file.
    ///
    /// # Errors
    /// What is wrong with the key.
    pub fn parse(line: &str) -> Result<Self, KeyDefect> {
        let mut words = line.split_ascii_whitespace();
        let (said, text) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        Self::from_blob(&blob_of(said, text)?)
    }

    /// Reads the key's wire bytes.
    ///
    /// # Errors
    /// What is wrong with the key.
    pub fn from_blob(blob: &[u8]) -> Result<Self, KeyDefect> {
        let mut reader = Reader::new(blob);
        let kind = Kind::read(&mut reader)?;
        reader.end()?;
        Ok(Self { blob: blob.to_vec(), kind })
    }

    /// The key's wire bytes.
    pub fn blob(&self) -> &[u8] {
        &self.blob
    }

    /// The fingerprint as OpenSSH shows it: `SHA256:` and 43 characters.
    pub fn fingerprint(&self) -> String {
        fingerprint_of(&self.blob)
    }

    /// The type as OpenSSH names it.
    pub fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Ed25519(_) => "ssh-ed25519",
            Kind::P256(_) => "ecdsa-sha2-nistp256",
            Kind::P384(_) => "ecdsa-sha2-nistp384",
            Kind::Rsa { .. } => "ssh-rsa",
            Kind::SkEd25519 { .. } => "sk-ssh-ed25519@openssh.com",
            Kind::SkP256 { .. } => "sk-ecdsa-sha2-nistp256@openssh.com",
        }
    }

    /// Checks an SSH signature (its wire bytes) of this key over `message`.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Failure> {
        let mut reader = Reader::new(signature);
        let algorithm = reader.text()?;
        let suits = match self.kind {
            Kind::Rsa { .. } => matches!(algorithm, "rsa-sha2-256" | "rsa-sha2-512"),
            _ => algorithm == self.type_name(),
        };
        if !suits {
            return Err(Failure::Algorithm(algorithm.to_owned()));
        }
        let body = reader.string()?;
        match &self.kind {
            Kind::Ed25519(point) => {
                reader.end()?;
                check(&ED25519, point, message, body)
            }
            Kind::P256(point) => {
                reader.end()?;
                check(&ECDSA_P256_SHA256_FIXED, point, message, &pair::<32>(body)?)
            }
            Kind::P384(point) => {
                reader.end()?;
                check(&ECDSA_P384_SHA384_FIXED, point, message, &pair::<48>(body)?)
            }
            Kind::Rsa { modulus, exponent } => {
                reader.end()?;
                let parameters = match algorithm {
                    "rsa-sha2-256" => &RSA_PKCS1_2048_8192_SHA256,
                    _ => &RSA_PKCS1_2048_8192_SHA512,
                };
                RsaPublicKeyComponents { n: modulus, e: exponent }
                    .verify(parameters, message, body)
                    .map_err(|_| Failure::Mismatch)
            }
            Kind::SkEd25519 { point, application } => {
                let signed = touched(&mut reader, application, message)?;
                check(&ED25519, point, &signed, body)
            }
            Kind::SkP256 { point, application } => {
                let signed = touched(&mut reader, application, message)?;
                check(&ECDSA_P256_SHA256_FIXED, point, &signed, &pair::<32>(body)?)
            }
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

/// The key as `type base64`, without a comment.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.type_name(), BASE64.encode(&self.blob))
    }
}

impl Kind {
    fn read(reader: &mut Reader<'_>) -> Result<Self, KeyDefect> {
        Ok(match reader.text()? {
            "ssh-ed25519" => Self::Ed25519(ed25519_point(reader)?),
            "ecdsa-sha2-nistp256" => Self::P256(curve_point(reader, "nistp256", 65)?),
            "ecdsa-sha2-nistp384" => Self::P384(curve_point(reader, "nistp384", 97)?),
            "ssh-rsa" => {
                let exponent = reader.integer()?.to_vec();
                let modulus = reader.integer()?.to_vec();
                match 8 * modulus.len() - modulus[0].leading_zeros() as usize {
                    RSA_MINIMUM_BITS..=RSA_MAXIMUM_BITS => Self::Rsa { modulus, exponent },
                    bits => return Err(KeyDefect::Size(bits)),
                }
            }
            "sk-ssh-ed25519@openssh.com" => {
                Self::SkEd25519 { point: ed25519_point(reader)?, application: application(reader)? }
            }
            "sk-ecdsa-sha2-nistp256@openssh.com" => Self::SkP256 {
                point: curve_point(reader, "nistp256", 65)?,
                application: application(reader)?,
            },
            kind => return Err(KeyDefect::Unsupported(kind.to_owned())),
        })
    }
}

fn ed25519_point(reader: &mut Reader<'_>) -> Result<Vec<u8>, Flaw> {
    match reader.string()? {
        point if point.len() == 32 => Ok(point.to_vec()),
        _ => Err("an ed25519 key has 32 bytes"),
    }
}

/// A point in uncompressed form: the compressed one would be a second encoding of the same key.
fn curve_point(reader: &mut Reader<'_>, curve: &str, size: usize) -> Result<Vec<u8>, Flaw> {
    if reader.text()? != curve {
        return Err("its curve is not the one its type names");
    }
    match reader.string()? {
        point if point.len() == size && point[0] == 4 => Ok(point.to_vec()),
        _ => Err("its point is not in uncompressed form"),
    }
}

/// A security key's application: those of web sites must not sign plans.
fn application(reader: &mut Reader<'_>) -> Result<String, KeyDefect> {
    let name = reader.text()?;
    if !name.starts_with("ssh:") {
        return Err(KeyDefect::Application(name.to_owned()));
    }
    Ok(name.to_owned())
}

/// The two numbers of an ECDSA signature, each of `HALF` bytes.
fn pair<const HALF: usize>(body: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut reader = Reader::new(body);
    let pair = [reader.padded::<HALF>()?, reader.padded::<HALF>()?].concat();
    reader.end()?;
    Ok(pair)
}

/// What a security key signs over `message` (OpenSSH's PROTOCOL.u2f), if it was touched. Neither
/// ssh-keygen nor the usual libraries look at the flag.
fn touched(reader: &mut Reader<'_>, application: &str, message: &[u8]) -> Result<Vec<u8>, Failure> {
    let flags = reader.byte()?;
    let counter = reader.number()?;
    reader.end()?;
    if flags & USER_PRESENT == 0 {
        return Err(Failure::Untouched);
    }
    let mut signed = Digest::of(application).as_bytes().to_vec();
    signed.push(flags);
    signed.extend_from_slice(&counter.to_be_bytes());
    signed.extend_from_slice(Digest::of(message).as_bytes());
    Ok(signed)
}

fn check(
    algorithm: &'static dyn VerificationAlgorithm,
    point: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<(), Failure> {
    UnparsedPublicKey::new(algorithm, point)
        .verify(message, signature)
        .map_err(|_| Failure::Mismatch)
}

/// The wire bytes of a key written as `said text`, of any type.
pub(super) fn blob_of(said: &str, text: &str) -> Result<Vec<u8>, KeyDefect> {
    let blob = BASE64.decode(text.as_bytes()).map_err(|_| KeyDefect::NotBase64)?;
    // A key of any type is a sequence of counted strings, the type first.
    let mut reader = Reader::new(&blob);
    let found = reader.text()?.to_owned();
    while reader.end().is_err() {
        reader.string()?;
    }
    if found != said {
        return Err(KeyDefect::TypeDiffers { said: said.to_owned(), found });
    }
    Ok(blob)
}

/// The fingerprint of a key of any type.
pub(super) fn fingerprint_of(blob: &[u8]) -> String {
    let digest = Digest::of(blob);
    format!("SHA256:{}", BASE64_NOPAD.encode(digest.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::approval::wire::put_string;

    fn key(parts: &[&[u8]]) -> Result<PublicKey, KeyDefect> {
        let mut blob = Vec::new();
        for part in parts {
            put_string(&mut blob, part);
        }
        PublicKey::from_blob(&blob)
    }

    #[test]
    fn a_key_has_one_encoding() {
        let point = |first: u8, size: usize| [&[first], &vec![9; size - 1][..]].concat();
        let p256 = |point: &[u8]| key(&[b"ecdsa-sha2-nistp256", b"nistp256", point]);
        assert!(p256(&point(4, 65)).is_ok());
        let malformed = |made: Result<PublicKey, KeyDefect>| {
            assert!(matches!(made, Err(KeyDefect::Malformed(_))), "{made:?}");
        };
        malformed(p256(&point(6, 65)));
        malformed(p256(&point(2, 33)));
        malformed(key(&[b"ecdsa-sha2-nistp256", b"nistp384", &point(4, 65)]));
        malformed(key(&[b"ssh-ed25519", &[0; 31]]));
        malformed(key(&[b"ssh-ed25519", &[0; 32], b""]));
        malformed(key(&[b"ssh-rsa", &[1, 0, 1]]));
    }

    #[test]
    fn rsa_keys_are_measured_in_bits() {
        let rsa = |modulus: &[u8]| key(&[b"ssh-rsa", &[1, 0, 1], modulus]);
        let bits_2047 = [&[0x7f][..], &[0xff; 255]].concat();
        assert_eq!(rsa(&bits_2047), Err(KeyDefect::Size(2047)));
        let bits_2048 = [&[0][..], &[0xff; 256]].concat();
        assert!(rsa(&bits_2048).is_ok());
        let bits_8193 = [&[1][..], &[0xff; 1024]].concat();
        assert_eq!(rsa(&bits_8193), Err(KeyDefect::Size(8193)));
    }

    #[test]
    fn a_line_says_the_type_that_the_key_has() {
        let text = "AAAAC3NzaC1lZDI1NTE5AAAAIHmVJ+4/Oz6S1/xOUeXRg8Z7km7d4Vb5uZi/zUZurPxR";
        assert!(PublicKey::parse(&format!("ssh-ed25519 {text} comment")).is_ok());
        let defect = PublicKey::parse(&format!("ssh-rsa {text}")).unwrap_err();
        assert_eq!(defect.to_string(), "the line says `ssh-rsa`, and the key is `ssh-ed25519`");
        assert_eq!(PublicKey::parse(&format!("ssh-ed25519 {text}=")), Err(KeyDefect::NotBase64));
    }
}
