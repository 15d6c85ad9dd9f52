//! Sequences, and the parameters that identity columns share with them.

use crate::catalog::{Identity, Sequence};

use super::choice::Way;
use super::kind::{Site, Written, comment, created};
use super::script::Statement;
use super::text::qualified;

/// What generates the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) start: i64,
    pub(super) increment: i64,
    pub(super) minimum: i64,
    pub(super) maximum: i64,
    pub(super) cache: i64,
    pub(super) cycle: bool,
}

impl Numbers {
    /// What the server takes where nothing is said, for a step of that sign.
    pub(super) fn usual(data_type: &str, increment: i64) -> Self {
        let (least, greatest) = match data_type {
            "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
            "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
            _ => (i64::MIN, i64::MAX),
        };
        let (minimum, maximum) = if increment < 0 { (least, -1) } else { (1, greatest) };
        let start = if increment < 0 { maximum } else { minimum };
        Self { start, increment: 1, minimum, maximum, cache: 1, cycle: false }
    }

    /// The options that lead from `before` to this, each with `prefix` before it.
    pub(super) fn options(&self, before: &Self, prefix: &str) -> Vec<String> {
        let mut options = Vec::new();
        let mut option = |differs: bool, words: String| {
            if differs {
                options.push(format!("{prefix}{words}"));
            }
        };
        option(self.increment != before.increment, format!("INCREMENT BY {}", self.increment));
        option(self.minimum != before.minimum, format!("MINVALUE {}", self.minimum));
        option(self.maximum != before.maximum, format!("MAXVALUE {}", self.maximum));
        option(self.start != before.start, format!("START WITH {}", self.start));
        option(self.cache != before.cache, format!("CACHE {}", self.cache));
        let cycle = if self.cycle { "CYCLE" } else { "NO CYCLE" };
        option(self.cycle != before.cycle, cycle.to_owned());
        options
    }

    /// The options of a new generator.
    pub(super) fn new_options(&self, data_type: &str) -> Vec<String> {
        let mut usual = Self::usual(data_type, self.increment);
        // Without a word about it, it starts where its range does.
        usual.start = if self.increment < 0 { self.maximum } else { self.minimum };
        self.options(&usual, "")
    }
}

impl From<&Sequence> for Numbers {
    fn from(sequence: &Sequence) -> Self {
        let Sequence { start, increment, minimum, maximum, cache, cycle, .. } = *sequence;
        Self { start, increment, minimum, maximum, cache, cycle }
    }
}

impl From<&Identity> for Numbers {
    fn from(identity: &Identity) -> Self {
        let Identity { start, increment, minimum, maximum, cache, cycle, .. } = *identity;
        Self { start, increment, minimum, maximum, cache, cycle }
    }
}

impl Written for Sequence {
    fn way(_: Site<'_>, _: &Self, _: &Self) -> Way {
        Way::Alter
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let unlogged = if self.unlogged { "UNLOGGED " } else { "" };
        let mut sql = format!("CREATE {unlogged}SEQUENCE {}", qualified(site.id));
        if self.data_type != "bigint" {
            sql.push_str(&format!(" AS {}", self.data_type));
        }
        for option in Numbers::from(self).new_options(&self.data_type) {
            sql.push_str(&format!(" {option}"));
        }
        let words = format!("SEQUENCE {}", qualified(site.id));
        created(Statement::new(site.id, sql), &words, self.comment.as_ref())
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        let sql = format!("DROP SEQUENCE {}", qualified(site.id));
        vec![Statement::new(site.id, sql).losing("where the sequence stands")]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let words = format!("SEQUENCE {}", qualified(site.id));
        let mut statements = Vec::new();
        let mut options = Vec::new();
        let mut known = Numbers::from(before);
        if before.data_type != after.data_type {
            options.push(format!("AS {}", after.data_type));
            known = known.retyped(&before.data_type, &after.data_type);
        }
        options.extend(Numbers::from(after).options(&known, ""));
        if !options.is_empty() {
            let sql = format!("ALTER {words} {}", options.join(" "));
            let narrower = after.minimum > before.minimum || after.maximum < before.maximum;
            let alter = Statement::new(site.id, sql);
            let when = "if the sequence stands outside its new range";
            statements.push(if narrower { alter.failing(when) } else { alter });
        }
        if before.unlogged != after.unlogged {
            let state = if after.unlogged { "UNLOGGED" } else { "LOGGED" };
            statements.push(Statement::new(site.id, format!("ALTER {words} SET {state}")));
        }
        statements.extend(comment(
            site.id,
            &words,
            before.comment.as_ref(),
            after.comment.as_ref(),
        ));
        statements
    }

    /// Before its column goes and takes it along.
    fn loosen(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        if before.owned_by.is_none() || before.owned_by == after.owned_by {
            return Vec::new();
        }
        let sql = format!("ALTER SEQUENCE {} OWNED BY NONE", qualified(site.id));
        vec![Statement::new(site.id, sql)]
    }

    /// When its column is there.
    fn finish(site: Site<'_>, before: Option<&Self>, after: &Self) -> Vec<Statement> {
        let owner = after.owned_by.as_ref();
        let Some(owner) =
            owner.filter(|_| before.is_none_or(|before| before.owned_by != after.owned_by))
        else {
            return Vec::new();
        };
        let sql = format!("ALTER SEQUENCE {} OWNED BY {owner}", qualified(site.id));
        vec![Statement::new(site.id, sql)]
    }
}

impl Numbers {
    /// What becomes of these when the type changes: limits that were the type's are the new one's.
    pub(super) fn retyped(mut self, before: &str, after: &str) -> Self {
        let (old, new) = (Self::usual(before, self.increment), Self::usual(after, self.increment));
        if self.minimum == old.minimum {
            self.minimum = new.minimum;
        }
        if self.maximum == old.maximum {
            self.maximum = new.maximum;
        }
        self
    }
}
