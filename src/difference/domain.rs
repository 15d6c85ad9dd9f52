//! Domains: over another type they are made anew beside the old one, and columns are converted.

use crate::catalog::{Domain, DomainConstraint};

use super::aside::{aside, set_aside};
use super::choice::Way;
use super::kind::{Site, Written, comment};
use super::script::Statement;
use super::text::{name, qualified};

impl Written for Domain {
    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        let kept = |domain: &Self| (domain.data_type.clone(), domain.collation.clone());
        if kept(before) == kept(after) { Way::Alter } else { Way::Rebuild }
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let mut statements = Vec::new();
        if site.world.choices.way(site.id) == Some(Way::Replace) {
            statements.push(set_aside(site));
        }
        let mut sql = format!("CREATE DOMAIN {} AS {}", qualified(site.id), self.data_type);
        if let Some(collation) = &self.collation {
            sql.push_str(&format!(" COLLATE {collation}"));
        }
        if let Some(default) = &self.default {
            sql.push_str(&format!("\n    DEFAULT {default}"));
        }
        if self.not_null {
            sql.push_str("\n    NOT NULL");
        }
        // CREATE DOMAIN does not take NOT VALID.
        let (valid, invalid): (Vec<_>, Vec<_>) =
            self.constraints.iter().partition(|constraint| !is_not_valid(constraint));
        for constraint in valid {
            sql.push_str(&format!(
                "\n    CONSTRAINT {} {}",
                name(&constraint.name),
                constraint.definition
            ));
        }
        statements.push(Statement::new(site.id, sql));
        statements.extend(invalid.into_iter().map(|constraint| add(site, constraint)));
        for constraint in &self.constraints {
            statements.extend(comment_on(site, constraint, None));
        }
        let words = format!("DOMAIN {}", qualified(site.id));
        statements.extend(comment(site.id, &words, None, self.comment.as_ref()));
        statements
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        let domain = match site.world.choices.way(site.id) {
            Some(Way::Replace) => aside(site),
            _ => qualified(site.id),
        };
        vec![Statement::new(site.id, format!("DROP DOMAIN {domain}"))]
    }

    fn loosen(site: Site<'_>, before: &Self, _: &Self) -> Vec<Statement> {
        let left = before.loosened(site);
        let gone = before.constraints.iter().filter(|own| !left.constraints.contains(own));
        let mut drops: Vec<String> =
            gone.map(|own| format!("DROP CONSTRAINT {}", name(&own.name))).collect();
        if left.default != before.default {
            drops.push("DROP DEFAULT".to_owned());
        }
        let alter = |what| format!("ALTER DOMAIN {} {what}", qualified(site.id));
        drops.into_iter().map(|drop| Statement::new(site.id, alter(drop))).collect()
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let before = &before.loosened(site);
        let words = format!("DOMAIN {}", qualified(site.id));
        let mut statements = Vec::new();
        let alter = |what: String| Statement::new(site.id, format!("ALTER {words} {what}"));
        for old in &before.constraints {
            match after.constraints.iter().find(|new| new.name == old.name) {
                Some(new) if new.definition == old.definition => {}
                Some(new) if old.definition.strip_suffix(" NOT VALID") == Some(&new.definition) => {
                    let validate = alter(format!("VALIDATE CONSTRAINT {}", name(&old.name)));
                    statements.push(validate.failing("if a value is against it"));
                }
                _ => statements.push(alter(format!("DROP CONSTRAINT {}", name(&old.name)))),
            }
        }
        if before.default != after.default {
            statements.push(alter(match &after.default {
                Some(default) => format!("SET DEFAULT {default}"),
                None => "DROP DEFAULT".to_owned(),
            }));
        }
        if before.not_null != after.not_null {
            statements.push(if after.not_null {
                alter("SET NOT NULL".to_owned()).failing("if a column of it holds NULL")
            } else {
                alter("DROP NOT NULL".to_owned())
            });
        }
        for new in &after.constraints {
            let old = before.constraints.iter().find(|old| old.name == new.name);
            let stays = old.filter(|old| {
                old.definition == new.definition
                    || old.definition.strip_suffix(" NOT VALID") == Some(&new.definition)
            });
            if stays.is_none() {
                statements.push(add(site, new));
            }
            statements.extend(comment_on(site, new, stays));
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

impl Domain {
    /// The names of the checks that name something, and none for the default; all, if it is
    /// written otherwise.
    pub(super) fn naming(&self, word: &str) -> Vec<&str> {
        let named = |text: &str| text.contains(word);
        let checks = self.constraints.iter().filter(|own| named(&own.definition));
        let default = self.default.as_ref().filter(|default| named(default)).map(|_| "");
        let found: Vec<&str> = checks.map(|own| own.name.as_str()).chain(default).collect();
        if found.is_empty() {
            return self.constraints.iter().map(|own| own.name.as_str()).chain([""]).collect();
        }
        found
    }

    /// The domain as it is when it has let go of what others lose.
    fn loosened(&self, site: Site<'_>) -> Self {
        let mut left = self.clone();
        let goes = |part: &str| site.world.choices.is_loosened(site.id, part);
        left.constraints.retain(|own| !goes(&own.name));
        left.default = left.default.filter(|_| !goes(""));
        left
    }
}

fn is_not_valid(constraint: &DomainConstraint) -> bool {
    constraint.definition.ends_with(" NOT VALID")
}

fn add(site: Site<'_>, constraint: &DomainConstraint) -> Statement {
    let sql = format!(
        "ALTER DOMAIN {} ADD CONSTRAINT {} {}",
        qualified(site.id),
        name(&constraint.name),
        constraint.definition
    );
    let statement = Statement::new(site.id, sql);
    if is_not_valid(constraint) || site.world.is_new(site.id) {
        return statement;
    }
    statement.failing("if a value is against it")
}

fn comment_on(
    site: Site<'_>,
    constraint: &DomainConstraint,
    before: Option<&DomainConstraint>,
) -> Option<Statement> {
    let words = format!("CONSTRAINT {} ON DOMAIN {}", name(&constraint.name), qualified(site.id));
    let before = before.and_then(|before| before.comment.as_ref());
    comment(site.id, &words, before, constraint.comment.as_ref())
}
