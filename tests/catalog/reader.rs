//! Single objects, read inside a transaction, are as the whole catalog has them.

use std::collections::BTreeSet;

use enact::catalog::{Kind, ObjectId};
use enact::database::{ObjectReader, read_catalog_in};
use enact::diagnostic::Code;

use super::{catalog, everything};
use crate::postgres::{database, kinds};

fn every_kind() -> BTreeSet<Kind> {
    kinds().collect()
}

#[tokio::test]
async fn every_object_has_the_same_digest_as_in_the_catalog() {
    let database = database().await;
    everything(&database).await;
    let whole = catalog(database.session()).await.digests();
    let client = database.session().client();
    database.run("SET search_path = \"fixture table\"; SET quote_all_identifiers = on").await;
    let reader = ObjectReader::prepare(client, &every_kind(), None).await.unwrap();
    database.run("BEGIN; SET LOCAL search_path = \"fixture index\"").await;
    let all: BTreeSet<ObjectId> = whole.keys().cloned().collect();
    assert_eq!(reader.digests(client, &all).await.unwrap(), whole);
    for (id, digest) in &whole {
        let one = reader.digests(client, &[id.clone()].into()).await.unwrap();
        assert_eq!(one, [(id.clone(), *digest)].into(), "{id}");
    }
    let path = client.query_one("SHOW search_path", &[]).await.unwrap();
    assert_eq!(path.get::<_, String>(0), "\"fixture index\"");
}

#[tokio::test]
async fn objects_that_are_not_there_are_not_in_the_answer() {
    let database = database().await;
    let client = database.session().client();
    let reader = ObjectReader::prepare(client, &every_kind(), None).await.unwrap();
    let table = ObjectId::table("public", "cats");
    let wanted: BTreeSet<ObjectId> = [
        "table public.cats",
        "view public.cats",
        "constraint public.cats.cats_pkey",
        "constraint public.cats.other",
        "index public.cats_pkey",
        "sequence public.cats_id_seq",
        "function public.f(integer)",
        "function public.f(text)",
        "schema zoo",
        "extension hstore",
        "table nowhere.cats",
    ]
    .map(|id| id.parse().unwrap())
    .into();
    database
        .run("BEGIN; CREATE TABLE cats (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY)")
        .await;
    database.run("CREATE FUNCTION f(text) RETURNS int LANGUAGE sql RETURN 1").await;
    let found = reader.objects(client, &wanted).await.unwrap();
    let found: Vec<String> = found.keys().map(ObjectId::to_string).collect();
    assert_eq!(
        found,
        ["table public.cats", "function public.f(text)", "constraint public.cats.cats_pkey"]
    );
    database.run("DROP TABLE cats").await;
    assert_eq!(reader.objects(client, &[table].into()).await.unwrap(), [].into());
}

#[tokio::test]
async fn reading_writes_nothing_and_leaves_the_transaction_usable() {
    let database = database().await;
    let client = database.session().client();
    let reader = ObjectReader::prepare(client, &every_kind(), None).await.unwrap();
    database.run("BEGIN").await;
    reader.digests(client, &[ObjectId::table("public", "cats")].into()).await.unwrap();
    read_catalog_in(client).await.unwrap();
    let row =
        client.query_one("SELECT pg_current_xact_id_if_assigned() IS NULL", &[]).await.unwrap();
    assert!(row.get::<_, bool>(0));
    database.run("CREATE TABLE cats (id int); COMMIT").await;
    assert!(
        catalog(database.session()).await.objects.contains_key(&ObjectId::table("public", "cats"))
    );
}

#[tokio::test]
async fn a_kind_that_was_not_prepared_for_is_refused() {
    let database = database().await;
    let client = database.session().client();
    let reader = ObjectReader::prepare(client, &[Kind::View].into(), None).await.unwrap();
    database.run("BEGIN").await;
    let wanted = [ObjectId::table("public", "cats")].into();
    let refusal = reader.objects(client, &wanted).await.unwrap_err();
    assert_eq!(refusal.code(), Code::Bug);
}
