//! From one list of grants to another.
//!
//! In: two lists, on one object. Out: what is taken and what is given, grantee by grantee, as far as
//! it is the owner's to give.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Grant;

/// All privileges of an object, where there are several.
const ALL: &str = "all";

/// One GRANT or REVOKE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// What it does: `GRANT` or `REVOKE`, or `REVOKE GRANT OPTION FOR`.
    verb: &'static str,
    /// The privileges, in capitals.
    privileges: Vec<String>,
    /// Whose they are, as SQL names it.
    grantee: String,
    /// Whether they may be given on.
    grant_option: bool,
}

impl Step {
    /// The statement about `object` (`TABLE public.cats`); `columns` after each privilege.
    pub(super) fn sql(&self, object: &str, columns: Option<&str>) -> String {
        let columns = columns.map(|columns| format!(" ({columns})")).unwrap_or_default();
        let privileges: Vec<String> =
            self.privileges.iter().map(|word| format!("{word}{columns}")).collect();
        let to = if self.verb == "GRANT" { "TO" } else { "FROM" };
        let option = if self.grant_option { " WITH GRANT OPTION" } else { "" };
        let Self { verb, grantee, .. } = self;
        format!("{verb} {} ON {object} {to} {grantee}{option}", privileges.join(", "))
    }
}

/// The steps between two lists. `owner` is how SQL names the owner.
pub(super) fn steps(before: &[Grant], after: &[Grant], owner: &str) -> Vec<Step> {
    let (before, after) = (by_grantee(before), by_grantee(after));
    let grantees: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    let none = (BTreeSet::new(), BTreeSet::new());
    let mut steps = Vec::new();
    for grantee in grantees {
        let (old, old_option) = before.get(grantee).unwrap_or(&none);
        let (new, new_option) = after.get(grantee).unwrap_or(&none);
        let name = match grantee {
            Grant::OWNER => owner.to_owned(),
            "public" => "PUBLIC".to_owned(),
            role => role.to_owned(),
        };
        let mut step = |verb, words: &BTreeSet<&str>, grant_option| {
            if !words.is_empty() {
                let privileges = words.iter().map(|word| word.to_uppercase()).collect();
                steps.push(Step { verb, privileges, grantee: name.clone(), grant_option });
            }
        };
        let taken = without(old, new);
        // With the last of all, the option goes too.
        let kept: BTreeSet<&str> = if taken.contains(ALL) { BTreeSet::new() } else { old - &taken };
        let kept_option: BTreeSet<&str> =
            if taken.contains(ALL) { BTreeSet::new() } else { old_option - &taken };
        step("REVOKE", &taken, false);
        let option_taken = without(&kept_option, new_option);
        step("REVOKE GRANT OPTION FOR", &option_taken, false);
        let kept_option: BTreeSet<&str> =
            if option_taken.contains(ALL) { BTreeSet::new() } else { &kept_option - &option_taken };
        let option_given = without(new_option, &kept_option);
        let given = &without(new, &kept) - &option_given;
        step("GRANT", &given, false);
        step("GRANT", &option_given, true);
    }
    steps
}

/// Those of `words` that `others` do not have: one by one, or all.
fn without<'a>(words: &BTreeSet<&'a str>, others: &BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    if others.contains(ALL) { BTreeSet::new() } else { words - others }
}

type Held<'a> = (BTreeSet<&'a str>, BTreeSet<&'a str>);

/// What each grantee has from the owner, and may give on.
fn by_grantee(grants: &[Grant]) -> BTreeMap<&str, Held<'_>> {
    let own = grants.iter().filter(|grant| grant.grantor.is_none());
    own.map(|grant| (grant.grantee(), (words(&grant.privileges), words(&grant.grant_option))))
        .collect()
}

fn words(words: &[String]) -> BTreeSet<&str> {
    words.iter().map(String::as_str).collect()
}

/// Whether two lists differ in what others than the owner gave: no statement of the owner changes that.
pub(super) fn others_differ(before: &[Grant], after: &[Grant]) -> bool {
    let of = |grants: &[Grant]| -> Vec<Grant> {
        grants.iter().filter(|grant| grant.grantor.is_some()).cloned().collect()
    };
    of(before) != of(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(name: &str, privileges: &[&str], option: &[&str]) -> Grant {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let (privileges, grant_option) = (words(privileges), words(option));
        Grant { name: name.to_owned(), grantor: None, privileges, grant_option }
    }

    fn between(before: &[Grant], after: &[Grant]) -> Vec<String> {
        let steps = steps(before, after, "CURRENT_USER");
        steps.iter().map(|step| step.sql("TABLE t", None)).collect()
    }

    #[test]
    fn only_what_differs_is_given_and_taken() {
        let before = [
            grant(Grant::OWNER, &["all"], &[]),
            grant("a", &["delete", "select"], &["delete"]),
            grant("b", &["all"], &["all"]),
            grant("public", &["select"], &[]),
        ];
        let after = [
            grant("a", &["insert", "select"], &["select"]),
            grant("b", &["select"], &[]),
            grant("c", &["all"], &["all"]),
        ];
        assert_eq!(
            between(&before, &after),
            [
                "REVOKE DELETE ON TABLE t FROM a",
                "GRANT INSERT ON TABLE t TO a",
                "GRANT SELECT ON TABLE t TO a WITH GRANT OPTION",
                "REVOKE ALL ON TABLE t FROM b",
                "GRANT SELECT ON TABLE t TO b",
                "GRANT ALL ON TABLE t TO c WITH GRANT OPTION",
                "REVOKE ALL ON TABLE t FROM CURRENT_USER",
                "REVOKE SELECT ON TABLE t FROM PUBLIC",
            ]
        );
        assert_eq!(between(&after, &after), [""; 0]);
    }

    #[test]
    fn the_option_alone_goes_and_comes() {
        let (with, without) = ([grant("a", &["all"], &["all"])], [grant("a", &["all"], &[])]);
        assert_eq!(between(&with, &without), ["REVOKE GRANT OPTION FOR ALL ON TABLE t FROM a"]);
        assert_eq!(between(&without, &with), ["GRANT ALL ON TABLE t TO a WITH GRANT OPTION"]);
    }
}
