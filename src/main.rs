//! The `enact` command: exit code and panic hook, nothing else.

fn main() {}
