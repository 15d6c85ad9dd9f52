//! Rights that a target has and its revisions do not give: a plan tells them as the statements that give
//! them, and its shadow gets them by those, so that what a plan makes there and here gets the same rights.

use crate::catalog::{Catalog, ObjectId};
use crate::database::{ServerError, Session, refusal};
use crate::diagnostic::Refusal;
use crate::difference::rights_sql;
use crate::plan::Drift;

/// The statements that lead from the rights that revisions make to those that are there; none for other
/// kinds of object.
pub(super) fn described(id: &ObjectId, made: &Catalog, there: &Catalog) -> Option<Vec<String>> {
    let [before, after] = [made, there].map(|catalog| catalog.objects.get(id));
    id.kind().is_right().then(|| rights_sql(id, before, after, there))
}

/// Gives the rights of `drift` to the objects of a shadow. Those on what is not there, or that a superuser
/// cannot give in the name of another, are left out: a plan that touches them is told so when it is
/// compiled.
///
/// # Errors
/// `connection-lost`.
pub(super) async fn give(shadow: &Session, drift: &[Drift]) -> Result<(), Refusal> {
    let rights = drift.iter().filter(|drift| drift.object.kind().is_right());
    for sql in rights.flat_map(|drift| &drift.details).filter(|sql| is_about_rights(sql)) {
        // One statement and no more: the extended protocol takes no second one.
        if let Err(error) = shadow.client().execute_typed(sql.as_str(), &[]).await
            && ServerError::of(&error).is_none()
        {
            return Err(refusal(&error, "give rights on the shadow"));
        }
    }
    Ok(())
}

/// Whether it is a statement as [`described`] writes them: a plan is somebody's file.
fn is_about_rights(sql: &str) -> bool {
    let begins = |word: &str| sql.starts_with(word);
    begins("GRANT ")
        || begins("REVOKE ")
        || begins("ALTER DEFAULT PRIVILEGES ")
        || begins("ALTER ") && sql.contains(" OWNER TO ")
}
