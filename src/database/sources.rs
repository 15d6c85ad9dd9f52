//! Which source says where to connect, and which add what it leaves open.
//!
//! In: an explicit connection string, the name of a variable, the environment and its service
//! files. Out: `Parameters`.

use super::environment::Environment;
use super::parameters::{NAMING_VARIABLES, Parameters};
use super::service;
use crate::diagnostic::{Code, Refusal};

/// All parameters, in the order that [`Settings::resolve`](super::Settings::resolve) promises.
pub(super) fn gather(
    explicit: Option<&str>,
    url_env: Option<&str>,
    environment: &Environment,
) -> Result<Parameters, Refusal> {
    let mut parameters = named_source(explicit, url_env, environment)?;
    let variables = Parameters::from_variables(&environment.variables)?;
    let service = parameters.get("service").or(variables.get("service"));
    if let Some(service) = service {
        let file = parameters.get("servicefile").or(variables.get("servicefile"));
        let of_service = service::read(service, &environment.service_files(file))?;
        parameters.fill_from(of_service);
    }
    parameters.fill_from(variables);
    Ok(parameters)
}

/// The parameters of the first source that says where to connect.
fn named_source(
    explicit: Option<&str>,
    url_env: Option<&str>,
    environment: &Environment,
) -> Result<Parameters, Refusal> {
    if let Some(text) = explicit {
        return Parameters::parse(text);
    }
    if let Some(variable) = url_env {
        match environment.get(variable) {
            Some(text) => return from_variable(variable, text),
            None if variable == "DATABASE_URL" => {}
            None => {
                return Err(Refusal::new(
                    Code::ConnectionMissing,
                    format!("the variable `{variable}` is not set"),
                )
                .help(format!("set `{variable}` to the database's URL, or give `--url`")));
            }
        }
    }
    if let Some(text) = environment.get("DATABASE_URL") {
        return from_variable("DATABASE_URL", text);
    }
    if NAMING_VARIABLES.iter().any(|name| environment.get(name).is_some()) {
        return Ok(Parameters::default());
    }
    let mut parameters = Parameters::default();
    for (variable, keyword) in [
        ("POSTGRES_HOST", "host"),
        ("POSTGRES_PORT", "port"),
        ("POSTGRES_DB", "dbname"),
        ("POSTGRES_USER", "user"),
        ("POSTGRES_PASSWORD", "password"),
    ] {
        if let Some(value) = environment.get(variable) {
            parameters.set(keyword, value.to_owned())?;
        }
    }
    if parameters.get("host").or(parameters.get("dbname")).is_none() {
        return Err(Refusal::new(
            Code::ConnectionMissing,
            "the connection settings name no database",
        )
        .help("give `--url postgresql://user@host:5432/database`, or set `DATABASE_URL` or `PGDATABASE`"));
    }
    Ok(parameters)
}

fn from_variable(variable: &str, text: &str) -> Result<Parameters, Refusal> {
    Parameters::parse(text).map_err(|refusal| refusal.note(format!("it comes from `{variable}`")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use super::super::Settings;
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Environment {
            variables: variables.iter().map(owned).collect::<BTreeMap<_, _>>(),
            home: None,
            user: Some("me".to_owned()),
        }
    }

    fn described(url: Option<&str>, url_env: Option<&str>, variables: &[(&str, &str)]) -> String {
        Settings::resolve(url, url_env, &environment(variables))
            .map_or_else(|refusal| refusal.code().name().to_owned(), |settings| settings.describe())
    }

    #[test]
    fn sources_in_their_order() {
        let all = [
            ("PRODUCTION_URL", "postgresql://b@named:1/d"),
            ("DATABASE_URL", "postgresql://c@usual:2/d"),
            ("PGHOST", "pg.example"),
            ("PGDATABASE", "pgdb"),
            ("POSTGRES_HOST", "last.example"),
            ("POSTGRES_DB", "lastdb"),
        ];
        let explicit = Some("host=explicit dbname=d user=a");
        let named = Some("PRODUCTION_URL");
        assert_eq!(described(explicit, named, &all), "postgresql://a@explicit:5432/d");
        assert_eq!(described(None, named, &all), "postgresql://b@named:1/d");
        assert_eq!(described(None, None, &all), "postgresql://c@usual:2/d");
        assert_eq!(described(None, None, &all[2..]), "postgresql://me@pg.example:5432/pgdb");
        assert_eq!(described(None, None, &all[4..]), "postgresql://me@last.example:5432/lastdb");
        assert_eq!(described(None, None, &[("PGPASSWORD", "x")]), "connection-missing");
    }

    #[test]
    fn a_named_variable_that_is_not_set_does_not_lead_to_another_database() {
        let usual = [("DATABASE_URL", "postgresql://c@usual/d")];
        assert_eq!(described(None, Some("PRODUCTION_URL"), &usual), "connection-missing");
        let pg = [("PGHOST", "h"), ("PGDATABASE", "d")];
        assert_eq!(described(None, Some("DATABASE_URL"), &pg), "postgresql://me@h:5432/d");
    }

    #[test]
    fn a_service_stands_between_url_and_variables() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("services");
        fs::write(&file, "[cats]\nhost=service\nport=7\ndbname=cats\n").unwrap();
        let file = file.to_str().unwrap();
        let variables = [("PGSERVICEFILE", file), ("PGHOST", "h"), ("PGUSER", "u")];
        let url = Some("postgresql:///?service=cats&port=8");
        assert_eq!(described(url, None, &variables), "postgresql://u@service:8/cats");
        let by_variable = [("PGSERVICEFILE", file), ("PGSERVICE", "cats")];
        assert_eq!(described(None, None, &by_variable), "postgresql://me@service:7/cats");
    }
}
