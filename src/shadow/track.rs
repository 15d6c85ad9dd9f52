//! What a transaction on a shadow touched. In: a session, before and at the end of the transaction.
//! Out: [`Touched`], for a reading of that alone.
//!
//! Event triggers tell of objects by commands, also by those inside functions; locks tell of
//! relations that a command changed besides, such as partitions; and who writes into a system
//! catalog without a command may have changed anything.

use std::collections::BTreeSet;

use tokio_postgres::SimpleQueryRow;

use crate::database::{Session, Touched, refusal};
use crate::diagnostic::Refusal;

const TRACK: &str = include_str!("track.sql");

/// What the event triggers write where rights were given or taken.
const RIGHTS: (u32, u32) = (0, 0);

/// Begins the telling; it stands after what resets the session's settings. The space says that
/// nobody else has reset it.
pub const BEGIN_TRACKING: &str = "SET enact.touched = ' '";

/// Asks what was touched since [`BEGIN_TRACKING`], as the last thing before COMMIT.
pub const TRACKED: &str = include_str!("tracked.sql");

/// The same, a third of the price: of a function, whose plan is kept, also where the session's prepared
/// statements are discarded. It fails where a statement has taken the function away.
pub const TRACKED_AT_ONCE: &str = "SELECT * FROM pg_enact.tracked()";

/// Puts the event triggers into the session's database, and the function of [`TRACKED_AT_ONCE`].
///
/// # Errors
/// `database-failed`, `connection-lost`.
pub async fn track(session: &Session) -> Result<(), Refusal> {
    let tracked = format!(
        "CREATE OR REPLACE FUNCTION pg_enact.tracked( \
             OUT touched pg_catalog.text, OUT relations pg_catalog.text, \
             OUT catalogs pg_catalog.text, OUT watched pg_catalog.text) \
         LANGUAGE plpgsql AS $tracked$ \n#variable_conflict use_column\nBEGIN \
         SELECT * INTO touched, relations, catalogs, watched FROM (\n{TRACKED}) AS now; \
         END $tracked$"
    );
    let made = session.client().batch_execute(&format!("{TRACK};{tracked}")).await;
    made.map_err(|error| refusal(&error, "watch the shadow"))
}

/// Reads the answer to [`TRACKED`]. `alone` says that it was no transaction, so that locks tell
/// nothing.
pub fn tracked(row: Option<&SimpleQueryRow>, alone: bool) -> Touched {
    row.and_then(|row| understood(row, alone)).unwrap_or_else(Touched::anything)
}

fn understood(row: &SimpleQueryRow, alone: bool) -> Option<Touched> {
    let [touched, relations, catalogs, watched] =
        ["touched", "relations", "catalogs", "watched"].map(|column| row.try_get(column).ok()?);
    if watched? != "true" || catalogs? != "false" && !alone {
        return None;
    }
    let mut objects = objects(touched?)?;
    let relations = relations?.split_ascii_whitespace().map(|oid| oid.parse().ok());
    Some(Touched {
        rights: objects.remove(&RIGHTS),
        objects,
        relations: relations.collect::<Option<_>>()?,
        anything: false,
    })
}

/// The objects that were written down; none, if something is not as the event triggers write it.
fn objects(told: &str) -> Option<BTreeSet<(u32, u32)>> {
    // The event triggers write a space before each. Where one alone stands before the first, the setting was
    // reset meanwhile, and what was told before is lost.
    if told != " " && !told.starts_with("  ") {
        return None;
    }
    told.split_ascii_whitespace()
        .map(|thing| {
            let (class, object) = thing.split_once(':')?;
            Some((class.parse().ok()?, object.parse().ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_may_be_anything() {
        assert_eq!(objects(" "), Some([].into()));
        assert_eq!(objects("  1259:16384 1247:7"), Some([(1259, 16384), (1247, 7)].into()));
        for told in ["", "1259:16384", " 1259:16384", "  *", "  1259:16384 *", "  1259", "  a:b"] {
            assert_eq!(objects(told), None, "{told:?}");
        }
    }
}
