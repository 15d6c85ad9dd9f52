//! What can be wrong with a key, and what to do about it.
//!
//! In: nothing. Out: [`KeyDefect`], a message and its help.

use std::fmt;

use super::{RSA_MAXIMUM_BITS, RSA_MINIMUM_BITS};
use crate::approval::wire::Flaw;

/// Why a key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyDefect {
    /// Its text is not base64 in canonical form.
    NotBase64,
    /// Its text names another type than its bytes.
    TypeDiffers {
        /// The type before the base64 text.
        said: String,
        /// The type inside it.
        found: String,
    },
    /// Its bytes are not those of a key.
    Malformed(&'static str),
    /// It is of a kind that does not count here.
    Unsupported(String),
    /// It is an RSA key of too few or too many bits.
    Size(usize),
    /// It is a security key made for another use than SSH.
    Application(String),
}

impl fmt::Display for KeyDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBase64 => f.write_str("the key is not valid base64"),
            Self::TypeDiffers { said, found } => write!(
                f,
                "the line says `{}`, and the key is `{}`",
                said.escape_debug(),
                found.escape_debug()
            ),
            Self::Malformed(flaw) => write!(f, "the key is malformed: {flaw}"),
            Self::Unsupported(kind) => {
                write!(f, "keys of type `{}` do not count", kind.escape_debug())
            }
            Self::Size(bits) => write!(
                f,
                "the RSA key has {bits} bits, not {RSA_MINIMUM_BITS} to {RSA_MAXIMUM_BITS}"
            ),
            Self::Application(name) => {
                write!(f, "the security key was made for `{}`, not for `ssh:`", name.escape_debug())
            }
        }
    }
}

impl KeyDefect {
    /// The next thing to do.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NotBase64 | Self::TypeDiffers { .. } | Self::Malformed(_) => {
                "copy the type and the key from the person's `.pub` file"
            }
            Self::Unsupported(_) | Self::Size(_) => {
                "use an ed25519 key: `ssh-keygen -t ed25519`, or `-t ed25519-sk` on hardware; ecdsa on nistp256 and nistp384, and RSA from 2048 bits, count too"
            }
            Self::Application(_) => "make an SSH key on the device: `ssh-keygen -t ed25519-sk`",
        }
    }
}

impl From<Flaw> for KeyDefect {
    fn from(flaw: Flaw) -> Self {
        Self::Malformed(flaw)
    }
}
