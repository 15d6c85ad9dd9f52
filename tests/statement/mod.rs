//! Statements: the laws of splitting, against a second splitter and against PostgreSQL itself.
#![expect(clippy::disallowed_methods, reason = "reads its fixtures and runs a server")]

mod laws;
pub(crate) mod refusals;

use std::collections::BTreeSet;

use enact::shadow::{Server, ServerOptions};
use enact::source::SourceFile;
use enact::statement::{Action, QualifiedName, Statement, TransactionRule, read};
use tokio_postgres::Client;

use crate::postgres::{database, installation};

fn corpus() -> Vec<Statement> {
    let text = include_str!("corpus.sql");
    let file = SourceFile::new("corpus.sql", text.into()).unwrap();
    read(&file, 0..text.len()).unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// Runs `sql` alone, by the extended protocol, which refuses two statements in one. An error is its
/// SQLSTATE and message.
async fn run(client: &Client, sql: &str) -> Result<(), String> {
    match client.execute(sql, &[]).await {
        Ok(_) => Ok(()),
        Err(error) => {
            let error = error.as_db_error().expect("the server answers");
            Err(format!("{} {}", error.code().code(), error.message()))
        }
    }
}

#[test]
fn the_corpus_is_wide() {
    let corpus = corpus();
    let kinds: BTreeSet<_> = corpus.iter().map(Statement::kind).collect();
    assert!(corpus.len() >= 180, "{} statements", corpus.len());
    assert!(kinds.len() >= 110, "{} kinds", kinds.len());
    for statement in &corpus {
        assert_ne!(statement.action(), &Action::Unrecognised, "{}", statement.sql());
        assert_eq!(statement.allows(), []);
    }
}

/// No piece is cut short or joined with another, each transaction rule is the server's, and each
/// kind is the server's command tag.
#[tokio::test]
async fn every_piece_is_one_statement_to_the_server() {
    // A server of its own: the corpus makes roles, and prepares transactions.
    let options = ServerOptions {
        settings: vec![("max_prepared_transactions".to_owned(), "2".to_owned())],
        ..ServerOptions::default()
    };
    let server = Server::start_with(&installation(), options).await.unwrap();
    let session = server.session("postgres").await.unwrap();
    // A second session: statements of the corpus take on other roles.
    let other = server.session("postgres").await.unwrap();
    let (client, witness) = (session.client(), other.client());
    let setup = "CREATE SCHEMA test; CREATE TABLE test.tags (tag text); ALTER TABLE test.tags REPLICA IDENTITY FULL;
        CREATE FUNCTION test.record() RETURNS event_trigger LANGUAGE plpgsql AS
            $$ BEGIN INSERT INTO test.tags VALUES (tg_tag); END $$;
        CREATE EVENT TRIGGER record ON ddl_command_end EXECUTE FUNCTION test.record()";
    client.batch_execute(setup).await.unwrap();
    let mut tagged = 0;
    for statement in corpus() {
        let sql = statement.sql();
        client.batch_execute("BEGIN").await.unwrap();
        let inside = run(client, sql).await;
        if statement.transaction() == TransactionRule::Outside {
            assert!(inside.is_err_and(|error| error.starts_with("25001 ")), "{sql}");
            client.batch_execute("ROLLBACK").await.unwrap();
            assert_eq!(run(client, sql).await, Ok(()), "{sql}");
        } else {
            assert_eq!(inside, Ok(()), "{sql}");
            client.batch_execute("COMMIT").await.unwrap();
        }
        let rows = witness.query("DELETE FROM test.tags RETURNING tag", &[]).await.unwrap();
        let tags: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        let name = statement.kind().name().replace(" CONCURRENTLY", "");
        let agrees = |tag: &String| match tag.as_str() {
            "CREATE TABLE AS" => name == "CREATE TABLE",
            "SELECT INTO" => name == "SELECT",
            "REINDEX" => name.starts_with("REINDEX"),
            tag => name == tag,
        };
        assert!(tags.is_empty() || tags.iter().any(agrees), "{name} is {tags:?}: {sql}");
        tagged += usize::from(!tags.is_empty());
    }
    assert!(tagged >= 120, "only {tagged} statements were tagged");
}

/// The server's own word on the new label: 55P04 in the same transaction, fine after a commit.
#[tokio::test]
async fn a_new_enum_label_needs_the_commit_that_its_rule_asks_for() {
    let database = database().await;
    let client = database.session.client();
    for sql in ["CREATE TYPE mood AS ENUM ('a')", "BEGIN", "ALTER TYPE mood ADD VALUE 'b'"] {
        client.batch_execute(sql).await.unwrap();
    }
    let used = "SELECT 'b'::mood::text";
    let unsafe_use = run(client, used).await;
    assert!(unsafe_use.is_err_and(|error| error.starts_with("55P04 ")));
    for sql in ["ROLLBACK", "ALTER TYPE mood ADD VALUE 'b'"] {
        client.batch_execute(sql).await.unwrap();
    }
    assert_eq!(run(client, used).await, Ok(()));
}

/// A name that the server would read as a keyword is written in quotes.
#[tokio::test]
async fn reserved_words_are_quoted_as_names() {
    let database = database().await;
    let client = database.session.client();
    let reserved = "SELECT word FROM pg_catalog.pg_get_keywords() WHERE catcode IN ('R', 'T')";
    let words = client.query(reserved, &[]).await.unwrap();
    assert!(words.len() > 90);
    for word in words {
        let name: String = word.get(0);
        let shown = QualifiedName { schema: None, name: name.clone() }.to_string();
        assert_eq!(shown, format!("\"{name}\""));
    }
}
