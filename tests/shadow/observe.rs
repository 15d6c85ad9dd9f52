//! What each statement is seen to do: the table of locks, rewrites and scans, as a golden file.
