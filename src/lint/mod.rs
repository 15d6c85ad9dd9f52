//! Rules that look at statements before any database does.
