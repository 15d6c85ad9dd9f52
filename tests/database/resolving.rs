//! The resolver against psql itself: the same environment leads to the same server.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use enact::database::{Environment, Session, Settings};

use super::server::server;
use crate::postgres::installation;

/// Who and where we are, as the server sees it.
const WHERE: &str = "SELECT concat_ws('|', current_user, current_database(), inet_server_addr(), inet_server_port(), current_setting('application_name'), current_setting('work_mem'))";

/// A connection string, and variables.
type Case<'a> = (Option<String>, &'a [(&'a str, &'a str)]);

fn by_psql(connection: Option<&str>, environment: &Environment) -> String {
    let mut psql = Command::new(installation().bin().join("psql"));
    psql.env_clear().envs(&environment.variables).args(["-X", "-A", "-t", "-w", "-c", WHERE]);
    if let Some(connection) = connection {
        psql.args(["-d", connection]);
    }
    let output = psql.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "psql: {errors}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn by_enact(connection: Option<&str>, environment: &Environment) -> String {
    let settings = Settings::resolve(connection, None, environment).unwrap();
    let session = Session::connect(&settings).await.unwrap();
    session.client().query_one(WHERE, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn enact_and_psql_arrive_at_the_same_place() {
    let server = server().await;
    let database = server.fresh_database().await;
    let home = tempfile::tempdir().unwrap();
    let pgpass = home.path().join(".pgpass");
    fs::write(&pgpass, "127.0.0.1:*:*:alice:wonder land\\:1\n*:*:*:only_clear:p\n").unwrap();
    fs::set_permissions(&pgpass, fs::Permissions::from_mode(0o600)).unwrap();
    let services = home.path().join(".pg_service.conf");
    let port = server.port().to_string();
    let folder = server.folder().to_str().unwrap();
    fs::write(
        &services,
        format!("[cats]\n# ours\nhost={folder}\nport={port}\ndbname={database}\nuser=plain_role\n"),
    )
    .unwrap();
    let escaped = folder.replace('/', "%2F");

    let cases: &[Case<'_>] = &[
        (None, &[("PGHOST", folder), ("PGPORT", &port), ("PGUSER", "postgres")]),
        (
            None,
            &[
                ("PGHOST", "127.0.0.1"),
                ("PGPORT", &port),
                ("PGUSER", "alice"),
                ("PGDATABASE", "postgres"),
            ],
        ),
        (None, &[("PGSERVICE", "cats")]),
        (None, &[("PGSERVICE", "cats"), ("PGUSER", "postgres"), ("PGOPTIONS", "-c work_mem=5MB")]),
        (Some("service=cats user=postgres".to_owned()), &[("PGDATABASE", "ignored")]),
        (Some(format!("postgresql:///{database}?service=cats&user=postgres")), &[]),
        (Some(format!("postgresql://alice@127.0.0.1:{port}/postgres")), &[("PGAPPNAME", "x y")]),
        (
            Some(format!("postgresql://alice:wonder%20land%3a1@127.0.0.1:{port}/{database}")),
            &[("PGPASSWORD", "wrong")],
        ),
        (
            Some(format!(
                "postgres://postgres@{escaped}:{port}/{database}?options=-c%20work_mem%3D7MB"
            )),
            &[],
        ),
        (Some(format!("postgresql://only_clear@/postgres?host=127.0.0.1&port={port}")), &[]),
        (
            Some(format!("host = '{folder}' port={port} user=postgres dbname={database}")),
            &[("PGHOST", "ignored")],
        ),
        (Some(format!("host=127.0.0.1,{folder} port=1,{port} user=postgres")), &[]),
        (Some(format!("hostaddr=127.0.0.1 port={port} user=alice dbname=postgres")), &[]),
    ];
    for (connection, given) in cases {
        let mut variables: BTreeMap<String, String> =
            given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        variables.insert("HOME".to_owned(), home.path().to_str().unwrap().to_owned());
        variables.entry("PGAPPNAME".to_owned()).or_insert_with(|| "same".to_owned());
        let environment = Environment { variables, home: Some(home.path().to_owned()), user: None };
        let connection = connection.as_deref();
        assert_eq!(
            by_enact(connection, &environment).await,
            by_psql(connection, &environment),
            "{connection:?} {given:?}"
        );
    }
}
