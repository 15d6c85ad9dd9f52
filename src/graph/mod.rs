//! The directed acyclic graph of revisions: validation, selectors, paths.
