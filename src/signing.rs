//! Making signatures with `ssh-keygen`.
