//! What only newer servers know, and what they keep otherwise than older ones.

use enact::catalog::CatalogDiff;

use super::{assert_same, catalog, catalog_of};
use crate::postgres::{database, installation};

/// Runs `before` and `after` in an empty database, and compares what changed, where the server is
/// new enough to know them.
async fn changes_since(major: u16, before: &str, after: &str, expected: &str) {
    let database = database().await;
    if installation().major() < major {
        let unknown = database.session().client().batch_execute(&format!("{before};{after}")).await;
        assert!(unknown.is_err(), "PostgreSQL {} knows this too:\n{after}", installation().major());
        return;
    }
    database.run(before).await;
    let one = catalog(database.session()).await;
    database.run(after).await;
    let other = catalog(database.session()).await;
    assert_eq!(CatalogDiff::between(&one, &other).to_string(), expected, "{after}");
}

#[tokio::test]
async fn what_came_with_15() {
    changes_since(15, "", "CREATE UNLOGGED SEQUENCE fast", "+ sequence public.fast\n").await;
    changes_since(
        15,
        "CREATE SEQUENCE fast",
        "ALTER SEQUENCE fast SET UNLOGGED",
        "~ sequence public.fast\n    unlogged no → yes\n",
    )
    .await;
    changes_since(
        15,
        "CREATE TABLE cats (id int PRIMARY KEY, name text, age int);
         CREATE PUBLICATION news FOR TABLE cats",
        "ALTER PUBLICATION news SET TABLE cats (age, id) WHERE (age > 1)",
        "~ publication news
    table \"public.cats\": columns none → id, age
    table \"public.cats\": filter none → (age > 1)
",
    )
    .await;
    changes_since(
        15,
        "CREATE SCHEMA \"Zoo\"; CREATE SCHEMA barn; CREATE PUBLICATION news FOR TABLES IN SCHEMA barn",
        "ALTER PUBLICATION news ADD TABLES IN SCHEMA \"Zoo\"",
        "~ publication news\n    schemas barn → Zoo, barn\n",
    )
    .await;
    changes_since(
        15,
        "CREATE TABLE cats (id int, name text UNIQUE, age int)",
        "ALTER TABLE cats DROP CONSTRAINT cats_name_key, ADD CONSTRAINT cats_name_key UNIQUE NULLS NOT DISTINCT (name);
         CREATE UNIQUE INDEX cats_age ON cats (age) NULLS NOT DISTINCT",
        "~ constraint public.cats.cats_name_key
    definition UNIQUE (name) → UNIQUE NULLS NOT DISTINCT (name)
+ index public.cats_age
",
    )
    .await;
}

#[tokio::test]
async fn what_came_with_16() {
    changes_since(
        16,
        "CREATE COLLATION letters (provider = icu, locale = 'und')",
        "DROP COLLATION letters; CREATE COLLATION letters (provider = icu, locale = 'und', rules = '&a < g')",
        "~ collation public.letters\n    rules none → &a < g\n",
    )
    .await;
}

#[tokio::test]
async fn what_came_with_17() {
    changes_since(
        17,
        "",
        "CREATE COLLATION letters (provider = builtin, locale = 'C.UTF-8')",
        "+ collation public.letters\n",
    )
    .await;
    changes_since(
        17,
        "CREATE DOMAIN called AS text",
        "ALTER DOMAIN called ADD CONSTRAINT named NOT NULL",
        "~ domain public.called
    constraint \"named\": added, definition NOT NULL
    not null no → yes
",
    )
    .await;
}

#[tokio::test]
async fn what_came_with_18() {
    changes_since(
        18,
        "CREATE TABLE cats (id int, age int)",
        "ALTER TABLE cats ADD COLUMN twice int GENERATED ALWAYS AS (age * 2) VIRTUAL",
        "~ table public.cats\n    column \"twice\": added, generated (age * 2), type integer, virtual\n",
    )
    .await;
    changes_since(
        18,
        "CREATE TABLE stays (room int4range, during daterange);
         CREATE TABLE meals (room int4range, during daterange)",
        "ALTER TABLE stays ADD CONSTRAINT stays_pkey PRIMARY KEY (room, during WITHOUT OVERLAPS);
         ALTER TABLE meals ADD CONSTRAINT meals_room FOREIGN KEY (room, PERIOD during) REFERENCES stays (room, PERIOD during)",
        "~ table public.stays
    column \"room\": not null no → yes
    column \"during\": not null no → yes
+ constraint public.meals.meals_room
+ constraint public.stays.stays_pkey
",
    )
    .await;
    changes_since(
        18,
        "CREATE TABLE cats (id int, age int CHECK (age > 0))",
        "ALTER TABLE cats DROP CONSTRAINT cats_age_check, ADD CONSTRAINT cats_age_check CHECK (age > 0) NOT ENFORCED",
        "~ constraint public.cats.cats_age_check
    definition CHECK ((age > 0)) → CHECK ((age > 0)) NOT ENFORCED
    not valid no → yes
",
    )
    .await;
    changes_since(
        18,
        "CREATE TABLE cats (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (2) STORED);
         CREATE PUBLICATION news FOR TABLE cats",
        "ALTER PUBLICATION news SET (publish_generated_columns = stored)",
        "~ publication news\n    generated columns no → yes\n",
    )
    .await;
}

#[tokio::test]
async fn a_not_null_constraint_is_listed_where_it_says_more_than_the_column() {
    changes_since(
        18,
        "CREATE TABLE cats (id int, name text, age int, born date, weight int)",
        "ALTER TABLE cats ALTER id SET NOT NULL, ADD CONSTRAINT named NOT NULL name, ADD NOT NULL age NOT VALID,
             ADD CONSTRAINT alone NOT NULL born NO INHERIT, ADD NOT NULL weight;
         COMMENT ON CONSTRAINT cats_weight_not_null ON cats IS 'or it would float'",
        "~ table public.cats
    column \"id\": not null no → yes
    column \"name\": not null no → yes
    column \"age\": not null no → yes
    column \"born\": not null no → yes
    column \"weight\": not null no → yes
+ constraint public.cats.alone
+ constraint public.cats.cats_age_not_null
+ constraint public.cats.cats_weight_not_null
+ constraint public.cats.named
",
    )
    .await;
}

/// On 18 the constraint behind NOT NULL keeps its name where table or column is renamed; a table
/// that came from an older server by an upgrade has names as if there had been no renaming.
#[tokio::test]
async fn names_that_the_server_gave_to_not_null_leave_no_trace() {
    let straight = "CREATE TABLE cats (id int NOT NULL, name text NOT NULL)";
    let crooked = "CREATE TABLE kittens (number int NOT NULL, name text);
                   CREATE TABLE other (number int NOT NULL);
                   ALTER TABLE kittens RENAME TO cats; ALTER TABLE cats RENAME number TO id;
                   ALTER TABLE cats ALTER name SET NOT NULL; DROP TABLE other";
    assert_same(&catalog_of(straight).await, &catalog_of(crooked).await);
}
