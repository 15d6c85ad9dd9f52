//! Verification against the real `ssh-keygen`: what it signs passes, what passes it accepts, and
//! every hole that plain allowed_signers leaves is closed with a code of its own.

pub(crate) mod bench;
mod wire;

mod accepted;
mod refused;
mod security_key;
mod stricter;
