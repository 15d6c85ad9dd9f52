//! Rights, tablespaces and subscriptions that the target has and no revision gives, in few words: there
//! may be hundreds, and a plan is read by people.

use serde::Serialize;

use crate::catalog::Kind;

use super::{Change, Drift, Plan};

/// So many of a kind are shown.
const SHOWN: usize = 5;

/// Those of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Given {
    /// What one of them is.
    pub what: &'static str,
    /// How many objects it is about.
    pub count: usize,
    /// The first of them: statements that give them, or names.
    pub shown: Vec<String>,
    /// How many objects are not shown.
    pub more: usize,
}

impl Drift {
    /// Whether it is only what those often give who run a database, so that nobody had to accept it.
    pub fn is_given_by_others(&self) -> bool {
        let kind = self.object.kind();
        // More for roles, and nothing taken.
        let only_gives = || {
            kind.is_right()
                && self.details.iter().all(|sql| sql.contains("GRANT ") && !sql.contains("REVOKE "))
        };
        kind == Kind::Tablespace
            || kind.is_often_foreign()
                && match self.change {
                    Change::Created => true,
                    Change::Altered => kind != Kind::Owner && only_gives(),
                    Change::Dropped => false,
                }
    }
}

impl Plan {
    /// Rights, tablespaces and subscriptions that no revision gives, by kind.
    pub fn given_by_others(&self) -> Vec<Given> {
        let kinds = [
            (Kind::Owner, "owner"),
            (Kind::Privileges, "granted object"),
            (Kind::DefaultPrivileges, "default privilege"),
            (Kind::Tablespace, "tablespace"),
            (Kind::Subscription, "subscription"),
        ];
        let given: Vec<&Drift> =
            self.drift.iter().filter(|drift| drift.is_given_by_others()).collect();
        kinds
            .into_iter()
            .filter_map(|(kind, what)| {
                let own: Vec<&&Drift> =
                    given.iter().filter(|drift| drift.object.kind() == kind).collect();
                let shown = own.iter().take(SHOWN).map(|drift| match drift.details.as_slice() {
                    [] => drift.object.to_string(),
                    details => details.join("; "),
                });
                let (count, shown) = (own.len(), shown.collect());
                let more = count.saturating_sub(SHOWN);
                (count > 0).then_some(Given { what, count, shown, more })
            })
            .collect()
    }

    /// The rest of the drift: what somebody has accepted.
    pub fn accepted_drift(&self) -> Vec<&Drift> {
        self.drift.iter().filter(|drift| !drift.is_given_by_others()).collect()
    }
}
