//! Rights that a target has and its revisions do not give, and where its relations lie: a plan tells them as
//! the statements that give them, and its shadow gets them by those, so that what a plan makes there and here
//! gets the same.

use crate::catalog::{Catalog, Kind, Object, ObjectId, Owner, Tablespace};
use crate::database::{ServerError, Session, refusal};
use crate::diagnostic::Refusal;
use crate::difference::rights_sql;
use crate::plan::Drift;

/// The statements that lead from the rights that revisions make to those that are there, in a database
/// with `own_tablespace`; none for other kinds of object.
pub(super) fn described(
    id: &ObjectId,
    made: &Catalog,
    there: &Catalog,
    own_tablespace: Option<&str>,
) -> Option<Vec<String>> {
    let [before, after] = [made, there].map(|catalog| catalog.objects.get(id));
    id.kind().is_given().then(|| rights_sql(id, before, after, there, own_tablespace))
}

/// Gives the rights of `drift` to the objects of a shadow. Those on what is not there, or that a superuser
/// cannot give in the name of another, are left out: a plan that touches them is told so when it is
/// compiled.
///
/// # Errors
/// `connection-lost`.
pub(super) async fn give(shadow: &Session, drift: &[Drift]) -> Result<(), Refusal> {
    let rights = drift.iter().filter(|drift| drift.object.kind().is_given());
    let statements =
        rights.flat_map(|drift| drift.details.iter().map(move |sql| (&drift.object, sql)));
    for (object, sql) in statements.filter(|(object, sql)| is_about(object, sql)) {
        // One statement and no more: the extended protocol takes no second one.
        if let Err(error) = shadow.client().execute_typed(sql.as_str(), &[]).await
            && ServerError::of(&error).is_none()
        {
            return Err(refusal(&error, &format!("give the rights of {object} on the shadow")));
        }
    }
    Ok(())
}

/// Whether it is a statement as [`described`] writes them: a plan is somebody's file, and these run as
/// superuser. GRANT and its like compute nothing.
fn is_about(object: &ObjectId, sql: &str) -> bool {
    let begins = |word: &str| sql.starts_with(word);
    let words = match object.kind() {
        Kind::Owner => " OWNER TO ",
        Kind::Tablespace => " SET TABLESPACE ",
        _ => {
            return begins("GRANT ") || begins("REVOKE ") || begins("ALTER DEFAULT PRIVILEGES ");
        }
    };
    let Some((_, last)) = sql.rsplit_once(words) else {
        return false;
    };
    let is_plain = |c: char| c.is_alphanumeric() || "_$".contains(c);
    let inner = last.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let is_name = match inner {
        Some(inner) => !inner.replace("\"\"", "").contains('"'),
        None => last.chars().all(is_plain),
    };
    let given = match object.kind() {
        Kind::Owner => Object::Owner(Owner { role: last.to_owned() }),
        _ => Object::Tablespace(Tablespace { name: last.to_owned() }),
    };
    is_name && rights_sql(object, None, Some(&given), &Catalog::default(), None) == [sql]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_statements_about_rights_are_run() {
        let of = |object: &str, sql: &str| is_about(&object.parse().unwrap(), sql);
        let table = "owner OF table public.cats";
        assert!(of(table, "ALTER TABLE public.cats OWNER TO dba"));
        assert!(of(table, "ALTER TABLE public.cats OWNER TO \"the \"\"DBA\""));
        assert!(of(table, "ALTER TABLE public.cats OWNER TO CURRENT_USER"));
        assert!(of("privileges ON table public.cats", "GRANT SELECT ON TABLE public.cats TO bi"));
        let place = "tablespace OF constraint public.cats.\"Key\"";
        assert!(of(place, "ALTER INDEX public.\"Key\" SET TABLESPACE fast"));
        assert!(!of(place, "ALTER INDEX public.\"Key\" SET TABLESPACE fast NOWAIT"));
        assert!(!of(place, "ALTER TABLE public.cats SET TABLESPACE fast"));
        for sql in [
            "ALTER TABLE public.dogs OWNER TO dba",
            "ALTER TABLE public.cats ALTER a TYPE int USING f(), OWNER TO dba",
            "ALTER TABLE public.cats OWNER TO dba, ALTER a TYPE int USING f()",
            "COPY public.cats TO PROGRAM 'x'",
            "",
        ] {
            assert!(!of(table, sql), "{sql}");
        }
        assert!(!of("privileges ON table public.cats", "COPY public.cats TO PROGRAM 'x'"));
    }
}
