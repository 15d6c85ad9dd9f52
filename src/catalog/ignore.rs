//! Objects that are nobody's business here. In: patterns. Out: whether an object is meant by one.

use super::{Kind, ObjectId};

/// Patterns of objects that do not count, such as `table public.tmp_*`, `audit.*` or `extension *`.
///
/// A pattern is an object's name as [`ObjectId`] writes it, with `*` for any text and `?` for any
/// character; without a kind before it, every kind is meant. What stands on a table (constraints,
/// triggers, policies) is hidden with it, and so are the owner and the rights of what is hidden.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ignore(Vec<String>);

impl Ignore {
    /// Takes patterns.
    pub fn new(patterns: impl IntoIterator<Item = String>) -> Self {
        Self(patterns.into_iter().collect())
    }

    /// The patterns, as they were given.
    pub fn patterns(&self) -> &[String] {
        &self.0
    }

    /// Whether `id` does not count.
    pub fn hides(&self, id: &ObjectId) -> bool {
        if self.0.is_empty() {
            return false;
        }
        if let Some(subject) = id.subject()
            && self.hides(&subject)
        {
            return true;
        }
        let table = id.schema().zip(id.on_table());
        let table = table.map(|(schema, table)| ObjectId::table(schema, table).to_string());
        let own = id.to_string();
        let texts = [Some(own), table];
        self.0.iter().any(|pattern| {
            let named = Kind::ALL.iter().any(|kind| {
                pattern.strip_prefix(kind.label()).is_some_and(|rest| rest.starts_with(' '))
            });
            texts.iter().flatten().any(|text| {
                let name = Kind::ALL.iter().find_map(|kind| {
                    let rest = text.strip_prefix(kind.label())?.strip_prefix(' ')?;
                    Some(rest)
                });
                fits(pattern, if named { text } else { name.unwrap_or(text) })
            })
        })
    }
}

/// Whether `pattern`, with `*` and `?`, is all of `text`.
fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut from) = (0, 0);
    // Where the last `*` stood, and how much of the text it takes.
    let mut star: Option<(usize, usize)> = None;
    while from < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(&c) if c == '?' || c == text[from] => {
                at += 1;
                from += 1;
            }
            _ => {
                let Some((place, taken)) = star else {
                    return false;
                };
                star = Some((place, taken + 1));
                (at, from) = (place + 1, taken + 1);
            }
        }
    }
    pattern[at..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hides(pattern: &str, id: &str) -> bool {
        Ignore::new([pattern.to_owned()]).hides(&id.parse().unwrap())
    }

    #[test]
    fn a_pattern_means_a_kind_or_every_kind() {
        assert!(hides("table public.tmp_*", "table public.tmp_cats"));
        assert!(!hides("table public.tmp_*", "view public.tmp_cats"));
        assert!(!hides("table public.tmp_*", "table public.cats"));
        assert!(hides("public.tmp_*", "view public.tmp_cats"));
        assert!(hides("audit.*", "function audit.f(integer, text)"));
        assert!(!hides("audit.*", "schema audit"));
        assert!(hides("schema audit", "schema audit"));
        assert!(hides("extension *", "extension \"uuid-ossp\""));
        assert!(hides("materialized view *", "materialized view public.cats"));
        assert!(hides("public.cat?", "table public.cats"));
        assert!(!hides("", "table public.cats"));
    }

    #[test]
    fn what_stands_on_a_table_goes_with_it() {
        assert!(hides("table public.tmp", "constraint public.tmp.tmp_pkey"));
        assert!(hides("public.tmp", "trigger public.tmp.touch"));
        assert!(hides("public.tmp", "owner OF table public.tmp"));
        assert!(hides("privileges *", "privileges ON table public.cats"));
        assert!(!hides("public.tmp", "privileges ON table public.cats"));
        assert!(!hides("table public.tmp", "index public.tmp_idx"));
        assert!(hides("constraint public.cats.*_check", "constraint public.cats.age_check"));
        assert!(!hides("constraint public.cats.*_check", "table public.cats"));
    }

    proptest::proptest! {
        #[test]
        fn a_text_fits_itself_and_any_star(text in "[a-c.]{0,8}", at in 0_usize..8) {
            proptest::prop_assert!(fits(&text, &text));
            let (head, tail) = text.split_at(at.min(text.len()));
            let starred = format!("{head}*{tail}");
            proptest::prop_assert!(fits(&starred, &text));
            let longer = format!("{head}abc{tail}");
            proptest::prop_assert!(fits(&starred, &longer));
            let another = text.clone() + "x";
            proptest::prop_assert!(!fits(&text, &another));
        }
    }
}
