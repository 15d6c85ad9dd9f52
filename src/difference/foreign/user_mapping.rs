//! User mappings. Their options are in no description: a new one has none, and whoever needs some
//! is told so.

use crate::catalog::UserMapping;

use crate::difference::kind::{Site, Written};
use crate::difference::script::Statement;
use crate::difference::text::name;

impl Written for UserMapping {
    fn create(&self, site: Site<'_>) -> Vec<Statement> {
        let sql = format!(
            "-- its options are not described: add OPTIONS (...) where it needs some\nCREATE {}",
            self.words()
        );
        vec![Statement::new(site.id, sql)]
    }

    fn drop(&self, site: Site<'_>) -> Vec<Statement> {
        let drop = Statement::new(site.id, format!("DROP {}", self.words()));
        vec![drop.losing("the options of the user mapping, which are not described")]
    }
}

impl UserMapping {
    fn words(&self) -> String {
        // No role can have this name.
        let user = if self.user == "public" { "PUBLIC".to_owned() } else { name(&self.user) };
        format!("USER MAPPING FOR {user} SERVER {}", name(&self.server))
    }
}
