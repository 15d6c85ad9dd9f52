//! Operator families, whose members come and go in place, and operator classes, which are made anew.

use crate::catalog::{OperatorClass, OperatorFamily};

use super::choice::Way;
use super::kind::{Site, Written, comment, created};
use super::script::Statement;
use super::text::{find_outside, indented, name, qualified};

impl Written for OperatorFamily {
    fn way(_: Site<'_>, _: &Self, _: &Self) -> Way {
        Way::Alter
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let create = Statement::new(site.id, format!("CREATE {}", words(site)));
        [create].into_iter().chain(Self::alter(site, &Self::default(), self)).collect()
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP {}", words(site)))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let missing = |from: &Self, others: &Self, write: &dyn Fn(&String) -> String| {
            let members = from.members.iter().filter(|member| !others.members.contains(member));
            members.map(write).collect::<Vec<_>>()
        };
        let alter = |verb: &str, members: &[String]| {
            let sql = format!("ALTER {} {verb}\n{}", words(site), indented(members));
            (!members.is_empty()).then(|| Statement::new(site.id, sql))
        };
        let drop = alter("DROP", &missing(before, after, &|member| place(member)));
        let add = alter("ADD", &missing(after, before, &Clone::clone));
        let (old, new) = (before.comment.as_ref(), after.comment.as_ref());
        let comment = comment(site.id, &words(site), old, new);
        drop.into_iter().chain(add).chain(comment).collect()
    }
}

impl Written for OperatorClass {
    fn way(_: Site<'_>, before: &Self, after: &Self) -> Way {
        let with_comment = Self { comment: after.comment.clone(), ..before.clone() };
        Way::in_place_if(with_comment == *after)
    }

    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let mut items = self.members.clone();
        // There must be one item: that the index holds the type itself says nothing new.
        let none = items.is_empty().then_some(&self.data_type);
        items.extend(self.storage.as_ref().or(none).map(|storage| format!("STORAGE {storage}")));
        let default = if self.default { "DEFAULT " } else { "" };
        let sql = format!(
            "CREATE OPERATOR CLASS {}\n    {default}FOR TYPE {} USING {} FAMILY {} AS\n{}",
            qualified(site.id),
            self.data_type,
            name(site.id.method().unwrap_or_default()),
            self.family,
            indented(&items)
        );
        created(Statement::new(site.id, sql), &words(site), self.comment.as_ref())
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        vec![Statement::new(site.id, format!("DROP {}", words(site)))]
    }

    fn alter(site: Site<'_>, before: &Self, after: &Self) -> Vec<Statement> {
        let (old, new) = (before.comment.as_ref(), after.comment.as_ref());
        comment(site.id, &words(site), old, new).into_iter().collect()
    }
}

/// Where a member such as `OPERATOR 1 <(smallint,integer)` or `FUNCTION 1 (smallint, integer) f(…)`
/// stands: its number and its types.
fn place(member: &str) -> String {
    let mut words = member.splitn(3, ' ');
    let mut word = || words.next().unwrap_or_default();
    let (kind, number, rest) = (word(), word(), word());
    let types = &rest[find_outside(rest, "(").unwrap_or(rest.len())..];
    let end = find_outside(types, " ").unwrap_or(types.len());
    format!("{kind} {number} {}", &types[..end])
}

/// `OPERATOR CLASS public.backwards USING btree`.
fn words(site: Site<'_>) -> String {
    let kind = site.id.kind().label().to_uppercase();
    let method = name(site.id.method().unwrap_or_default());
    format!("{kind} {} USING {method}", qualified(site.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_dropped_by_its_place() {
        for (member, expected) in [
            ("OPERATOR 1 <(smallint,integer)", "OPERATOR 1 (smallint,integer)"),
            (
                "OPERATOR 15 <->(double precision,point) FOR ORDER BY pg_catalog.float_ops",
                "OPERATOR 15 (double precision,point)",
            ),
            (
                "OPERATOR 3 \"a(b\".=(public.\"x y\",public.z)",
                "OPERATOR 3 (public.\"x y\",public.z)",
            ),
            (
                "FUNCTION 1 (double precision, real) btfloat84cmp(double precision,real)",
                "FUNCTION 1 (double precision, real)",
            ),
        ] {
            assert_eq!(place(member), expected);
        }
    }
}
