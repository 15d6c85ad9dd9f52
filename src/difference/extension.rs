//! Extensions.

use std::cmp::Ordering;

use crate::catalog::Extension;

use super::choice::Way;
use super::kind::{Site, Written, comment};
use super::script::Statement;
use super::text::{literal, name, qualified};

impl Written for Extension {
    fn reach(site: Site<'_>, before: Option<&Self>, after: &mut Self) -> Vec<String> {
        let Some(before) = before else {
            return Vec::new();
        };
        // Extensions bring scripts for the way up only; making one anew is possible while nothing of
        // ours stands on it.
        if later(&before.version, &after.version) && site.world.is_needed(site.id) {
            let what = format!(
                "version {} instead of {}: extensions have no way back, and other objects need it",
                after.version, before.version
            );
            after.version.clone_from(&before.version);
            return vec![what];
        }
        Vec::new()
    }

    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        if later(&before.version, &after.version) { Way::Rebuild } else { Way::Alter }
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let sql = format!(
            "CREATE EXTENSION {} WITH SCHEMA {} VERSION {}",
            qualified(site.id),
            name(&self.schema),
            literal(&self.version)
        );
        let create = Statement::new(site.id, sql)
            .failing("if the server does not have this version of the extension");
        let words = format!("EXTENSION {}", qualified(site.id));
        let comment = comment(site.id, &words, None, self.comment.as_ref());
        [create].into_iter().chain(comment).collect()
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP EXTENSION {}", qualified(site.id)))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let words = format!("EXTENSION {}", qualified(site.id));
        let mut statements = Vec::new();
        if before.version != after.version {
            let sql = format!("ALTER {words} UPDATE TO {}", literal(&after.version));
            let when = "if the server has no script for this update";
            statements.push(Statement::new(site.id, sql).failing(when));
        }
        if before.schema != after.schema {
            let sql = format!("ALTER {words} SET SCHEMA {}", name(&after.schema));
            let when = "if the extension cannot be moved";
            statements.push(Statement::new(site.id, sql).failing(when));
        }
        statements.extend(comment(
            site.id,
            &words,
            before.comment.as_ref(),
            after.comment.as_ref(),
        ));
        statements
    }
}

/// Whether version `left` comes after `right`, as far as numbers in them tell.
fn later(left: &str, right: &str) -> bool {
    let numbers = |version: &str| -> Vec<u64> {
        version.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
    };
    numbers(left).cmp(&numbers(right)) == Ordering::Greater
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        assert!(later("1.10", "1.9"));
        assert!(!later("1.4", "1.4"));
        assert!(!later("2.0", "2.0.1"));
    }
}
