//! Lock modes of relations, as PostgreSQL names them: what each conflicts with and so blocks.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A table-level lock mode, weakest first (PostgreSQL manual, "Explicit Locking").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LockMode {
    /// Taken by reads.
    AccessShare,
    /// Taken by `SELECT … FOR UPDATE` and the parent of a foreign key that is validated.
    RowShare,
    /// Taken by writes.
    RowExclusive,
    /// Taken by VACUUM, ANALYZE, concurrent index builds, VALIDATE CONSTRAINT.
    ShareUpdateExclusive,
    /// Taken by CREATE INDEX.
    Share,
    /// Taken by CREATE TRIGGER and ADD FOREIGN KEY.
    ShareRowExclusive,
    /// Taken by REFRESH MATERIALIZED VIEW CONCURRENTLY.
    Exclusive,
    /// Taken by DROP TABLE, TRUNCATE and most forms of ALTER TABLE.
    AccessExclusive,
}

impl LockMode {
    /// Every mode, weakest first.
    pub const ALL: [Self; 8] = [
        Self::AccessShare,
        Self::RowShare,
        Self::RowExclusive,
        Self::ShareUpdateExclusive,
        Self::Share,
        Self::ShareRowExclusive,
        Self::Exclusive,
        Self::AccessExclusive,
    ];

    /// The name in `LOCK TABLE … IN … MODE`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// The mode that `pg_locks.mode` names, for instance `AccessShareLock`.
    pub fn from_pg_locks(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| {
            name.strip_suffix("Lock").is_some_and(|stem| {
                let letters = mode.name().chars().filter(|letter| *letter != ' ');
                stem.chars().map(|c| c.to_ascii_uppercase()).eq(letters)
            })
        })
    }

    /// Whether two transactions cannot hold these modes on the same relation at once.
    pub fn conflicts_with(self, other: Self) -> bool {
        let weakest_in_conflict = |mode| match mode {
            Self::AccessShare => Self::AccessExclusive,
            Self::RowShare => Self::Exclusive,
            Self::RowExclusive => Self::Share,
            Self::ShareUpdateExclusive => Self::ShareUpdateExclusive,
            Self::Share | Self::ShareRowExclusive => Self::RowExclusive,
            Self::Exclusive => Self::RowShare,
            Self::AccessExclusive => Self::AccessShare,
        };
        // SHARE is the one hole in an otherwise upward closed table: it goes with itself.
        (self, other) != (Self::Share, Self::Share) && other >= weakest_in_conflict(self)
    }

    /// Whether plain `SELECT`s wait for it.
    pub fn blocks_reads(self) -> bool {
        self.conflicts_with(Self::AccessShare)
    }

    /// Whether `INSERT`, `UPDATE` and `DELETE` wait for it.
    pub fn blocks_writes(self) -> bool {
        self.conflicts_with(Self::RowExclusive)
    }

    /// What waits for it, for people.
    pub const fn blocks(self) -> &'static str {
        match self {
            Self::AccessShare | Self::RowShare => "nothing but exclusive locks",
            Self::RowExclusive => "plain index builds and most schema changes",
            Self::ShareUpdateExclusive => "schema changes, VACUUM and index builds",
            Self::Share => "writes and schema changes",
            Self::ShareRowExclusive => "writes, index builds and schema changes",
            Self::Exclusive => "writes, SELECT FOR UPDATE and schema changes",
            Self::AccessExclusive => "reads, writes and schema changes",
        }
    }
}

impl fmt::Display for LockMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A text that names no lock mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotALockMode;

impl fmt::Display for NotALockMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a lock mode such as `ACCESS EXCLUSIVE`")
    }
}

impl std::error::Error for NotALockMode {}

impl FromStr for LockMode {
    type Err = NotALockMode;

    fn from_str(text: &str) -> Result<Self, NotALockMode> {
        let mut modes = Self::ALL.into_iter();
        modes.find(|mode| mode.name() == text).ok_or(NotALockMode)
    }
}

impl Serialize for LockMode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for LockMode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_conflicts_are_those_of_the_manual() {
        // Rows and columns weakest first; `x` is a conflict.
        let table = [
            ".......x", "......xx", "....xxxx", "...xxxxx", "..xx.xxx", "..xxxxxx", ".xxxxxxx",
            "xxxxxxxx",
        ];
        for (row, held) in table.iter().zip(LockMode::ALL) {
            let actual: String = LockMode::ALL
                .iter()
                .map(|asked| if held.conflicts_with(*asked) { 'x' } else { '.' })
                .collect();
            assert_eq!(&actual, row, "{held}");
        }
    }

    #[test]
    fn what_blocks_says_is_what_conflicts() {
        for mode in LockMode::ALL {
            assert_eq!(mode.blocks().contains("reads"), mode.blocks_reads(), "{mode}");
            assert_eq!(mode.blocks().contains("writes"), mode.blocks_writes(), "{mode}");
        }
    }

    #[test]
    fn names_are_read_in_both_spellings() {
        for mode in LockMode::ALL {
            assert_eq!(mode.name().parse(), Ok(mode));
        }
        assert_eq!(
            LockMode::from_pg_locks("ShareRowExclusiveLock"),
            Some(LockMode::ShareRowExclusive)
        );
        assert_eq!(LockMode::from_pg_locks("ShareLock"), Some(LockMode::Share));
        assert_eq!(LockMode::from_pg_locks("Share"), None);
        assert_eq!("SHARE LOCK".parse::<LockMode>(), Err(NotALockMode));
    }
}
