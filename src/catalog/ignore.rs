//! Objects that are nobody's business here. In: patterns. Out: whether an object is meant by one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Catalog, Inventory, Kind, LinkedCatalog, ObjectId};

/// Patterns of objects that do not count, such as `table public.tmp_*`, `audit.*` or `extension *`.
///
/// A pattern is an object's name as [`ObjectId`] writes it, with `*` for any text and `?` for any
/// character; without a kind before it, every kind is meant. What stands on a table (constraints,
/// triggers, policies) is hidden with it, and so are the owner and the rights of what is hidden. It is a
/// set: neither order nor repetition means anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ignore(BTreeSet<String>);

impl Ignore {
    /// Takes patterns.
    pub fn new(patterns: impl IntoIterator<Item = String>) -> Self {
        Self(patterns.into_iter().collect())
    }

    /// These patterns, and more.
    #[must_use]
    pub fn and(&self, more: &[String]) -> Self {
        Self(self.0.iter().chain(more).cloned().collect())
    }

    /// The patterns, sorted.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there is no pattern, and everything counts.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `id` does not count.
    pub fn hides(&self, id: &ObjectId) -> bool {
        self.hiding(id).is_some()
    }

    /// The first pattern that hides `id`.
    pub fn hiding(&self, id: &ObjectId) -> Option<&str> {
        if self.0.is_empty() {
            return None;
        }
        if let Some(subject) = id.subject()
            && let Some(pattern) = self.hiding(&subject)
        {
            return Some(pattern);
        }
        let table = id.its_table();
        let names = [Some(id), table.as_ref()].map(|id| id.map(|id| (id.kind(), id.to_string())));
        self.patterns().find(|pattern| {
            let starts_with = |kind: &&Kind| {
                pattern.strip_prefix(kind.label()).is_some_and(|rest| rest.starts_with(' '))
            };
            let with_kind = Kind::ALL.iter().any(|kind| starts_with(&kind));
            names.iter().flatten().any(|(kind, text)| {
                // The kind, a space, the name.
                let from = if with_kind { 0 } else { kind.label().len() + 1 };
                fits(pattern, &text[from..])
            })
        })
    }
}

impl Catalog {
    /// Takes out what does not count; gives what that was.
    pub fn leave_out(&mut self, ignore: &Ignore) -> Vec<ObjectId> {
        if ignore.is_empty() {
            return Vec::new();
        }
        self.objects.extract_if(.., |id, _| ignore.hides(id)).map(|(id, _)| id).collect()
    }
}

impl LinkedCatalog {
    /// Takes out what does not count, and what it stands on.
    pub fn leave_out(&mut self, ignore: &Ignore) {
        if !self.catalog.leave_out(ignore).is_empty() {
            let objects = &self.catalog.objects;
            let known = |id: &ObjectId| objects.contains_key(id);
            self.dependencies.retain(|need| known(&need.object) && known(&need.on));
        }
    }
}

impl Inventory {
    /// Takes out what does not count; gives what that was.
    pub fn leave_out(&mut self, ignore: &Ignore) -> Vec<ObjectId> {
        if ignore.is_empty() {
            return Vec::new();
        }
        self.0.extract_if(.., |id, _| ignore.hides(id)).map(|(id, _)| id).collect()
    }

    /// This without what does not count.
    #[must_use]
    pub fn without(mut self, ignore: &Ignore) -> Self {
        self.leave_out(ignore);
        self
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
    use super::super::{Dependency, Object, Part, Shape};
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

    #[test]
    fn what_does_not_count_is_taken_out_with_its_dependencies() {
        let [cats, log, view] = ["table public.cats", "table audit.log", "view public.logged"]
            .map(|id| -> ObjectId { id.parse().unwrap() });
        let object = |kind| Object::from_json(kind, "{}").unwrap();
        let need = |object: &ObjectId, on: &ObjectId| Dependency {
            object: object.clone(),
            part: Part::Whole,
            on: on.clone(),
            on_part: Part::Whole,
        };
        let whole = LinkedCatalog {
            catalog: Catalog {
                objects: [&cats, &log, &view]
                    .map(|id| (id.clone(), object(id.kind())))
                    .into_iter()
                    .collect(),
                ..Catalog::default()
            },
            dependencies: vec![need(&view, &cats), need(&view, &log)],
        };
        let ignore = Ignore::new(["audit.*".to_owned()]);
        let mut counted = whole.clone();
        counted.leave_out(&ignore);
        assert_eq!(counted.dependencies, [need(&view, &cats)]);
        let inventory = whole.catalog.inventory();
        assert_eq!(counted.catalog.inventory(), inventory.clone().without(&ignore));
        assert_ne!(counted.catalog.fingerprint(), whole.catalog.fingerprint());
        assert_eq!(whole.catalog.clone().leave_out(&ignore), [log]);
        assert_eq!(inventory.clone().without(&Ignore::default()), inventory);
    }

    #[test]
    fn the_pattern_that_hides_is_named() {
        let ignore = Ignore::new(["public.*", "audit.*"].map(str::to_owned));
        let hiding = |id: &str| ignore.hiding(&id.parse().unwrap()).map(str::to_owned);
        assert_eq!(hiding("table audit.log").as_deref(), Some("audit.*"));
        assert_eq!(hiding("table zoo.cats"), None);
        // The kinds whose labels begin alike.
        assert_eq!(hiding("operator public.<(integer, integer)").as_deref(), Some("public.*"));
        assert_eq!(hiding("operator class public.first USING btree").as_deref(), Some("public.*"));
        assert_eq!(hiding("operator family public.first USING btree").as_deref(), Some("public.*"));
    }

    proptest::proptest! {
        #[test]
        fn an_identity_is_a_pattern_of_itself(
            kind in proptest::sample::select(Kind::ALL),
            parts in ["[a-z]{1,4}|\\PC{1,6}", "[a-z]{1,4}|\\PC{1,6}", "[a-z]{1,4}|\\PC{1,6}|[*?.]{1,3}"],
            star in 0_usize..20,
        ) {
            let [schema, table, name] = parts;
            let shape = kind.shape();
            let alone = matches!(shape, Shape::InDatabase | Shape::InWords);
            let detailed = matches!(shape, Shape::WithArguments | Shape::ForMethod);
            let id = ObjectId::from_parts(
                kind,
                (!alone).then_some(schema),
                (shape == Shape::OnTable).then_some(table),
                name,
                detailed.then(|| "btree".to_owned()),
            )
            .unwrap();
            let text = id.to_string();
            proptest::prop_assert!(Ignore::new([text.clone()]).hides(&id));
            let at = text.char_indices().map(|(at, _)| at).nth(star).unwrap_or(text.len());
            // A star anywhere but in the kind, which is no part of a name.
            if at > kind.label().len() {
                let starred = text[..at].to_owned() + "*";
                proptest::prop_assert!(Ignore::new([starred]).hides(&id));
            }
            let other: ObjectId = "table zoo.another".parse().unwrap();
            proptest::prop_assert_eq!(Ignore::new([text.clone()]).hides(&other), id == other);
        }

        #[test]
        fn patterns_are_a_set_and_round_trip(
            patterns in proptest::collection::vec("[a-c.*?]{0,4}|\\PC{0,8}", 0..5),
        ) {
            let ignore = Ignore::new(patterns.clone());
            let text = serde_json::to_string(&ignore).unwrap();
            proptest::prop_assert_eq!(serde_json::from_str::<Ignore>(&text).unwrap(), ignore.clone());
            proptest::prop_assert_eq!(Ignore::new(patterns.iter().rev().cloned()), ignore.clone());
            proptest::prop_assert_eq!(ignore.and(&patterns), ignore.clone());
            proptest::prop_assert_eq!(Ignore::default().and(&patterns), ignore);
        }

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
