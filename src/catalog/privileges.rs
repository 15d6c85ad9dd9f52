//! Rights on objects, their owners, and the rights that new objects get.
//!
//! Each is an object of its own beside the one that it is about, so that what a table is does not
//! change with who may read it. It is there only where somebody said something: the rights that
//! every object of its kind has, and the ownership of the migrating role, leave no trace.
//!
//! The migrating role is the one whose the objects are that revisions make: the superuser of a
//! shadow; `database/catalog/settings.sql` says who it is in a target.

use serde::{Deserialize, Serialize};

use super::{Dependency, Kind, LinkedCatalog, Object, ObjectId, Part};

/// Who may do what with an object, where it differs from what it would be without GRANT and REVOKE.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Privileges {
    /// All grants on the object, also those that were there from the start.
    pub grants: Vec<Grant>,
    /// The columns of a table that have grants of their own, by name.
    pub columns: Vec<ColumnGrants>,
}

/// What somebody may do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Grant {
    /// Who may, and where it is not the owner who gave it, ` by ` whom: the role's name as SQL has it,
    /// `public`, or [`Grant::OWNER`].
    pub name: String,
    /// Who gave it, if it was not the owner.
    pub grantor: Option<String>,
    /// The privileges, sorted; `all`, if they are all that there are of several.
    pub privileges: Vec<String>,
    /// Those of them that may be given on, written in the same way.
    pub grant_option: Vec<String>,
}

impl Grant {
    /// Stands for the owner, whoever that is. As a role's name it would have quotes.
    pub const OWNER: &str = "its owner";

    /// Who may.
    pub fn grantee(&self) -> &str {
        let given = self.grantor.as_ref().and_then(|grantor| {
            self.name.strip_suffix(grantor.as_str()).and_then(|rest| rest.strip_suffix(" by "))
        });
        given.unwrap_or(&self.name)
    }
}

/// The grants on a column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ColumnGrants {
    /// The column.
    pub name: String,
    /// The grants.
    pub grants: Vec<Grant>,
}

/// Whose an object is, where that is not the migrating role.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Owner {
    /// The role, as SQL has it.
    pub role: String,
}

/// The rights that new objects get.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DefaultPrivileges {
    /// Whose new objects, as SQL has the name; absent for the migrating role.
    pub role: Option<String>,
    /// In which schema, as SQL has the name; absent for all. There, grants come to those for all.
    pub schema: Option<String>,
    /// Which objects: `tables`, `sequences`, `functions`, `types`, `schemas`, `large objects`.
    pub objects: String,
    /// The grants.
    pub grants: Vec<Grant>,
}

/// All privileges of an object, where there are several.
const ALL: &str = "all";

impl Grant {
    /// Whether whoever has this one has all of `other` too.
    fn covers(&self, other: &Self) -> bool {
        let covers = |own: &[String], other: &[String]| {
            own.iter().any(|word| word == ALL) || other.iter().all(|word| own.contains(word))
        };
        covers(&self.privileges, &other.privileges)
            && covers(&self.grant_option, &other.grant_option)
    }

    /// Whether it is for a role that somebody has named, so not for the owner or for everybody.
    fn is_for_a_role(&self) -> bool {
        !matches!(self.grantee(), Self::OWNER | "public")
    }
}

/// Whether `more` is `less` with more for roles, and nothing else.
fn only_adds(more: &[Grant], less: &[Grant]) -> bool {
    let same = |one: &Grant, other: &Grant| one.name == other.name;
    less.iter().all(|old| {
        more.iter().any(|new| {
            same(new, old) && if old.is_for_a_role() { new.covers(old) } else { new == old }
        })
    }) && more.iter().all(|new| new.is_for_a_role() || less.iter().any(|old| same(new, old)))
}

impl Privileges {
    fn only_adds_to(&self, other: &Self) -> bool {
        let of = |privileges: &Self, column: &str| {
            let found = privileges.columns.iter().find(|own| own.name == column);
            found.map(|found| found.grants.clone()).unwrap_or_default()
        };
        let columns = self.columns.iter().chain(&other.columns);
        only_adds(&self.grants, &other.grants)
            && columns
                .map(|column| &column.name)
                .all(|name| only_adds(&of(self, name), &of(other, name)))
    }
}

/// Gives roles what they have in `more`.
fn add(grants: &mut Vec<Grant>, more: &[Grant]) {
    let merge = |words: &mut Vec<String>, more: &[String]| {
        words.extend(more.iter().cloned());
        words.sort_unstable();
        words.dedup();
        if words.iter().any(|word| word == ALL) {
            words.retain(|word| word == ALL);
        }
    };
    for new in more.iter().filter(|grant| grant.is_for_a_role()) {
        match grants.iter_mut().find(|grant| grant.name == new.name) {
            Some(own) => {
                merge(&mut own.privileges, &new.privileges);
                merge(&mut own.grant_option, &new.grant_option);
            }
            None => grants.push(new.clone()),
        }
    }
    grants.sort_by(|one, other| one.name.cmp(&other.name));
}

impl Privileges {
    fn add(&mut self, more: &Self) {
        add(&mut self.grants, &more.grants);
        for column in &more.columns {
            match self.columns.iter_mut().find(|own| own.name == column.name) {
                Some(own) => add(&mut own.grants, &column.grants),
                None => self.columns.push(column.clone()),
            }
        }
        self.columns.sort_by(|one, other| one.name.cmp(&other.name));
    }
}

impl DefaultPrivileges {
    /// The schema's identity.
    pub fn schema_id(&self) -> Option<ObjectId> {
        let name = self.schema.as_ref()?;
        let inner = name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let name = inner.map_or_else(|| name.clone(), |inner| inner.replace("\"\"", "\""));
        ObjectId::from_parts(Kind::Schema, None, None, name, None)
    }
}

/// Whether what a database has, beside what its revisions make, is only what those often give who run
/// it: rights for roles, owners, subscriptions that no revision speaks of, and where bytes lie. It is no
/// drift.
pub fn is_given_by_others(made: Option<&Object>, there: Option<&Object>) -> bool {
    match (made, there) {
        (Some(Object::Tablespace(_)), _) => true,
        (None, Some(there)) => there.kind().is_often_foreign(),
        (Some(Object::Privileges(made)), Some(Object::Privileges(there))) => {
            there.only_adds_to(made)
        }
        (Some(Object::DefaultPrivileges(made)), Some(Object::DefaultPrivileges(there))) => {
            only_adds(&there.grants, &made.grants)
        }
        _ => false,
    }
}

/// Whether a wanted schema says anything of what it need not speak of. Where it does not, it wants none
/// changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spoken {
    /// Of rights.
    pub rights: bool,
    /// Of tablespaces.
    pub tablespaces: bool,
}

impl Spoken {
    /// Whether objects of this kind count.
    pub fn counts(self, kind: Kind) -> bool {
        if kind.is_right() { self.rights } else { kind != Kind::Tablespace || self.tablespaces }
    }
}

impl LinkedCatalog {
    /// What it says something about.
    pub fn spoken(&self) -> Spoken {
        let any = |of: fn(Kind) -> bool| self.catalog.objects.keys().any(|id| of(id.kind()));
        Spoken { rights: any(Kind::is_right), tablespaces: any(|kind| kind == Kind::Tablespace) }
    }

    /// Leaves out all objects of some kinds.
    pub fn leave_out_kinds(&mut self, kinds: impl Fn(Kind) -> bool) {
        self.catalog.objects.retain(|id, _| !kinds(id.kind()));
        self.dependencies.retain(|need| !kinds(need.object.kind()) && !kinds(need.on.kind()));
    }

    /// Makes that of which nothing was `spoken` what it is in `other`, as far as what it is about is here.
    pub fn take_unspoken_of(&mut self, other: &Self, spoken: Spoken) {
        self.leave_out_kinds(|kind| !spoken.counts(kind));
        self.give(other, |id, _| !spoken.counts(id.kind()));
    }

    /// Takes over what others than the revisions give in `there`; this is the catalog of the revisions.
    pub fn take_given_by_others(&mut self, there: &Self) {
        let own = self.catalog.objects.clone();
        let stays = |id: &ObjectId| {
            let is_there = id.subject().is_some_and(|on| there.catalog.objects.contains_key(&on));
            id.kind() != Kind::Tablespace || !is_there
        };
        self.catalog.objects.retain(|id, _| stays(id));
        self.give(there, |id, object| is_given_by_others(own.get(id), Some(object)));
        for (id, object) in &mut self.catalog.objects {
            match (object, there.catalog.objects.get(id)) {
                (Object::Privileges(own), Some(Object::Privileges(there))) => own.add(there),
                (Object::DefaultPrivileges(own), Some(Object::DefaultPrivileges(there))) => {
                    add(&mut own.grants, &there.grants);
                }
                _ => {}
            }
        }
    }

    fn give(&mut self, other: &Self, which: impl Fn(&ObjectId, &Object) -> bool) {
        for (id, object) in other.catalog.objects.iter().filter(|(id, object)| which(id, object)) {
            let about = Dependency::of_right(id, object).map(|need| need.on);
            if about.is_none_or(|about| self.catalog.objects.contains_key(&about)) {
                self.catalog.objects.insert(id.clone(), object.clone());
            }
        }
        let objects = &self.catalog.objects;
        self.dependencies.retain(|need| objects.contains_key(&need.object));
        let needs = objects.iter().filter_map(|(id, object)| Dependency::of_right(id, object));
        self.dependencies.extend(needs);
        self.dependencies.sort_unstable();
        self.dependencies.dedup();
    }
}

impl Dependency {
    /// What is told of an object needs it, and so do default privileges their schema.
    pub fn of_right(id: &ObjectId, object: &Object) -> Option<Self> {
        let on = match object {
            Object::DefaultPrivileges(defaults) => defaults.schema_id(),
            _ => id.subject(),
        };
        let object = id.clone();
        Some(Self { object, part: Part::Whole, on: on?, on_part: Part::Whole })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(name: &str, privileges: &[&str]) -> Grant {
        let privileges = privileges.iter().map(|word| (*word).to_owned()).collect();
        Grant { name: name.to_owned(), privileges, ..Grant::default() }
    }

    fn privileges(grants: Vec<Grant>) -> Object {
        Object::Privileges(Privileges { grants, columns: Vec::new() })
    }

    #[test]
    fn more_for_roles_is_given_by_others_and_nothing_else() {
        let owner = || grant(Grant::OWNER, &["all"]);
        let made = privileges(vec![owner(), grant("app", &["select"])]);
        let given = |grants| is_given_by_others(Some(&made), Some(&privileges(grants)));
        assert!(given(vec![owner(), grant("app", &["insert", "select"])]));
        assert!(given(vec![owner(), grant("app", &["all"]), grant("bi", &["select"])]));
        assert!(!given(vec![owner(), grant("bi", &["select"])]));
        assert!(!given(vec![owner(), grant("app", &["insert"])]));
        assert!(!given(vec![owner(), grant("app", &["select"]), grant("public", &["select"])]));
        assert!(!given(vec![grant(Grant::OWNER, &["select"]), grant("app", &["select"])]));
        assert!(is_given_by_others(None, Some(&made)));
        assert!(!is_given_by_others(Some(&made), None));
        let owners = ["app", "dba"].map(|role| Object::Owner(Owner { role: role.to_owned() }));
        assert!(!is_given_by_others(Some(&owners[0]), Some(&owners[1])));
    }

    #[test]
    fn a_grantee_is_told_from_who_gave_it() {
        let grantor = Some("tom".to_owned());
        let given = Grant { grantor, ..grant("\"x by tom\" by tom", &[]) };
        assert_eq!(given.grantee(), "\"x by tom\"");
        assert_eq!(grant("tom", &[]).grantee(), "tom");
    }

    #[test]
    fn a_schema_is_known_by_its_name_in_sql() {
        let of = |name: &str| {
            let schema = Some(name.to_owned());
            DefaultPrivileges { schema, ..DefaultPrivileges::default() }.schema_id()
        };
        assert_eq!(of("zoo").unwrap().to_string(), "schema zoo");
        assert_eq!(of("\"user\"").unwrap().to_string(), "schema user");
        assert_eq!(of("\"A\"\"b\"").unwrap().name(), "A\"b");
    }
}
