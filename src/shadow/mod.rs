//! Throw-away PostgreSQL servers, and what statements are seen to do in them.
//!
//! In: an installation found on this machine. Out: a private [`Server`] that is gone with us, and
//! [`Observation`](crate::plan::observation::Observation)s of statements run in it.

mod folder;
mod installation;
mod launch;
mod observe;
mod outside;
mod server;
mod tell;
mod template;
mod track;
mod words;

pub use installation::{Installation, SUPPORTED};
pub use launch::ServerOptions;
pub use observe::{ObserveError, Observer};
pub use server::Server;
pub use template::SUPERUSER;
pub use track::{BEGIN_TRACKING, TRACKED, TRACKED_AT_ONCE, track, tracked};
