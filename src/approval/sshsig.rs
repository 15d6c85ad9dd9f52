//! The SSH signature format (OpenSSH's PROTOCOL.sshsig): one armoured block, and nothing else.
//!
//! In: the bytes of a `.sig` file. Out: an [`SshSignature`], and whether it holds over a message.
//! Stricter than `ssh-keygen`, which lets anything stand after the block.

use data_encoding::BASE64;
use ring::digest::{SHA256, SHA512};

use super::key::{self, Failure, KeyDefect, PublicKey};
use super::wire::{Flaw, Reader, put_string};
use crate::diagnostic::{Code, Refusal};

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----\n";
const END: &str = "\n-----END SSH SIGNATURE-----\n";
const MAGIC: &[u8] = b"SSHSIG";
const VERSION: u32 = 1;

/// The largest signature file that is read, in bytes; RSA with 8192 bits needs about 3000.
const MAX_BYTES: usize = 16 * 1024;

/// A well-formed SSH signature. Whether it holds is another question: [`SshSignature::check`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshSignature {
    key: PublicKey,
    namespace: String,
    hash: Hash,
    body: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha512,
}

impl SshSignature {
    /// Reads a signature file as `ssh-keygen -Y sign` writes it.
    ///
    /// # Errors
    /// `signature-malformed`, or `signature-algorithm` for a key that does not count.
    pub fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let blob = dearmour(bytes).map_err(malformed)?;
        Self::read(&blob)
    }

    fn read(blob: &[u8]) -> Result<Self, Refusal> {
        let mut reader = Reader::new(blob);
        let mut fields = || -> Result<_, Flaw> {
            if reader.take(MAGIC.len())? != MAGIC {
                return Err("it does not start with `SSHSIG`");
            }
            if reader.number()? != VERSION {
                return Err("its version is not 1");
            }
            let key = reader.string()?;
            let namespace = reader.text()?;
            if namespace.is_empty() {
                return Err("its namespace is empty");
            }
            if !reader.string()?.is_empty() {
                return Err("its reserved field is not empty");
            }
            let hash = match reader.text()? {
                "sha256" => Hash::Sha256,
                "sha512" => Hash::Sha512,
                _ => return Err("its hash is neither sha256 nor sha512"),
            };
            let body = reader.string()?;
            reader.end()?;
            Ok((key, namespace.to_owned(), hash, body.to_vec()))
        };
        let (key, namespace, hash, body) = fields().map_err(malformed)?;
        let key = PublicKey::from_blob(key).map_err(|defect| match defect {
            KeyDefect::Malformed(flaw) => malformed(flaw),
            defect => Refusal::new(
                Code::SignatureAlgorithm,
                format!("{defect} ({})", key::fingerprint_of(key)),
            )
            .help(defect.help()),
        })?;
        Ok(Self { key, namespace, hash, body })
    }

    /// The key that the signature says it was made with.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// What the signature says it is for.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Checks that this key signed exactly `message` for exactly `namespace`.
    ///
    /// # Errors
    /// `signature-namespace`, `signature-algorithm`, `signature-untouched`, `signature-malformed`
    /// or `signature-mismatch`.
    pub fn check(&self, message: &[u8], namespace: &str) -> Result<(), Refusal> {
        if self.namespace != namespace {
            return Err(Refusal::new(
                Code::SignatureNamespace,
                format!(
                    "the signature is for `{}`, not for `{namespace}`",
                    self.namespace.escape_debug()
                ),
            )
            .help(format!("sign with `ssh-keygen -Y sign -n {namespace}`")));
        }
        self.key.verify(&self.signed(message), &self.body).map_err(|failure| match failure {
            Failure::Malformed(flaw) => malformed(flaw),
            Failure::Algorithm(name) => Refusal::new(
                Code::SignatureAlgorithm,
                format!("a `{}` key signed with `{}`", self.key.type_name(), name.escape_debug()),
            )
            .help("sign again with an OpenSSH of 8.2 or later"),
            Failure::Untouched => Refusal::new(
                Code::SignatureUntouched,
                "the security key signed without being touched",
            )
            .help("sign with a key that was made without `-O no-touch-required`"),
            Failure::Mismatch => Refusal::new(
                Code::SignatureMismatch,
                format!(
                    "the signature is not over these {} bytes (SHA-256 {})",
                    message.len(),
                    crate::digest::Digest::of(message)
                ),
            )
            .help(
                "the plan or the signature was changed after signing; review it and approve again",
            ),
        })
    }

    /// The bytes that the key signs for `message`.
    fn signed(&self, message: &[u8]) -> Vec<u8> {
        let (name, hash) = match self.hash {
            Hash::Sha256 => ("sha256", ring::digest::digest(&SHA256, message)),
            Hash::Sha512 => ("sha512", ring::digest::digest(&SHA512, message)),
        };
        let mut signed = MAGIC.to_vec();
        put_string(&mut signed, self.namespace.as_bytes());
        put_string(&mut signed, b"");
        put_string(&mut signed, name.as_bytes());
        put_string(&mut signed, hash.as_ref());
        signed
    }
}

/// The bytes inside the armour. Line length is free, as tools differ; all else is exact.
fn dearmour(bytes: &[u8]) -> Result<Vec<u8>, Flaw> {
    if bytes.len() > MAX_BYTES {
        return Err("it is too large");
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not text")?;
    if text.contains('\r') {
        return Err("its lines end with CRLF");
    }
    let inside = text
        .strip_prefix(BEGIN)
        .ok_or("it does not start with the line `-----BEGIN SSH SIGNATURE-----`")?;
    let end = inside.find(END).ok_or("it has no line `-----END SSH SIGNATURE-----`")?;
    match &inside[end + END.len()..] {
        "" => {}
        rest if rest.contains(BEGIN.trim_end()) => return Err("it holds a second signature"),
        _ => return Err("something follows the signature"),
    }
    let inside = &inside[..end];
    if inside.split('\n').any(str::is_empty) {
        return Err("it holds an empty line");
    }
    BASE64.decode(inside.replace('\n', "").as_bytes()).map_err(|_| "its base64 is not canonical")
}

fn malformed(flaw: Flaw) -> Refusal {
    Refusal::new(
        Code::SignatureMalformed,
        format!("the file is not exactly one SSH signature: {flaw}"),
    )
    .help("keep the file exactly as `enact approve` or `ssh-keygen -Y sign` wrote it")
}
