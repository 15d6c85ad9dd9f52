//! Readings of a plan for people.
