//! A history over every kind of object, and a database that plain SQL has left at places of it.

use std::collections::{BTreeMap, BTreeSet};

use enact::catalog::{Ignore, Inventory, InventoryDiff, Kind};
use enact::compile::{Lines, Surroundings};
use enact::database::read_catalog;

use super::lines::line;
use crate::postgres::{fresh_database, installation};

/// What the objects of all lives may stand on.
const GROUND: &str = "CREATE TABLE cats (id int PRIMARY KEY, name text, age int);
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'";

/// For each kind the life of an object, a revision a step: it is made, altered and dropped. `#` is
/// the number of the life, `@` an extension.
const LIVES: &[(Kind, &[&str])] = &[
    (
        Kind::Schema,
        &[
            "CREATE SCHEMA farm#; CREATE TABLE farm#.hens (id serial PRIMARY KEY); CREATE VIEW farm#.all_hens AS TABLE farm#.hens",
            "COMMENT ON SCHEMA farm# IS 'of hens'",
            "ALTER SCHEMA farm# RENAME TO barn#",
            "CREATE SCHEMA farm#",
            "DROP SCHEMA barn# CASCADE",
        ],
    ),
    (
        Kind::Extension,
        &[
            "CREATE SCHEMA brought#; CREATE EXTENSION @",
            "ALTER EXTENSION @ SET SCHEMA brought#",
            "DROP EXTENSION @",
        ],
    ),
    (
        Kind::Language,
        &[
            "CREATE FUNCTION handle#() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
             CREATE LANGUAGE purr# HANDLER handle#",
            "COMMENT ON LANGUAGE purr# IS 'soft'",
            "ALTER LANGUAGE purr# RENAME TO hiss#",
            "DROP LANGUAGE hiss#",
        ],
    ),
    (
        Kind::AccessMethod,
        &[
            "CREATE ACCESS METHOD heap# TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE heaped# () USING heap#",
            "COMMENT ON ACCESS METHOD heap# IS 'a heap'",
            "DROP ACCESS METHOD heap# CASCADE",
        ],
    ),
    (
        Kind::Collation,
        &[
            "CREATE COLLATION bytes# (provider = libc, locale = 'C'); CREATE TABLE sorted# (name text COLLATE bytes#)",
            "COMMENT ON COLLATION bytes# IS 'by bytes'",
            "ALTER COLLATION bytes# RENAME TO letters#",
            "DROP COLLATION letters# CASCADE",
        ],
    ),
    (
        Kind::BaseType,
        &[
            "CREATE TYPE nick#;
             CREATE FUNCTION nick_in#(cstring) RETURNS nick# LANGUAGE internal IMMUTABLE STRICT AS 'textin';
             CREATE FUNCTION nick_out#(nick#) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
             CREATE TYPE nick# (INPUT = nick_in#, OUTPUT = nick_out#, INTERNALLENGTH = VARIABLE, STORAGE = extended)",
            "CREATE TABLE nicks# (nick nick#, nicks nick#[])",
            "ALTER TYPE nick# SET (STORAGE = external)",
            "ALTER TYPE nick# RENAME TO called#",
            "DROP TYPE called# CASCADE",
        ],
    ),
    (
        Kind::Enum,
        &[
            "CREATE TYPE mood# AS ENUM ('sad', 'happy')",
            "CREATE TABLE moods# (mood mood# DEFAULT 'sad')",
            "ALTER TYPE mood# ADD VALUE 'ok' BEFORE 'happy'",
            "ALTER TYPE mood# RENAME VALUE 'sad' TO 'blue'",
            "DROP TYPE mood# CASCADE",
        ],
    ),
    (
        Kind::Domain,
        &[
            "CREATE DOMAIN age# AS integer CONSTRAINT possible CHECK (VALUE >= 0)",
            "CREATE TABLE ages# (age age#)",
            "ALTER DOMAIN age# ADD CONSTRAINT usual CHECK (VALUE < 40) NOT VALID; ALTER DOMAIN age# SET DEFAULT 1",
            "ALTER DOMAIN age# VALIDATE CONSTRAINT usual",
            "DROP DOMAIN age# CASCADE",
        ],
    ),
    (
        Kind::Composite,
        &[
            "CREATE TYPE spot# AS (x int, y int)",
            "CREATE TABLE spots# OF spot#",
            "ALTER TYPE spot# ADD ATTRIBUTE z text CASCADE",
            "ALTER TYPE spot# RENAME ATTRIBUTE x TO w CASCADE",
            "DROP TYPE spot# CASCADE",
        ],
    ),
    (
        Kind::Range,
        &[
            "CREATE TYPE span# AS RANGE (subtype = int4); CREATE TABLE spans# (span span#, many span#[])",
            "COMMENT ON TYPE span# IS 'from and to'",
            "ALTER TYPE span# RENAME TO reach#",
            "DROP TYPE reach# CASCADE",
        ],
    ),
    (
        Kind::ForeignDataWrapper,
        &[
            "CREATE FOREIGN DATA WRAPPER far#; CREATE SERVER away# FOREIGN DATA WRAPPER far#",
            "ALTER FOREIGN DATA WRAPPER far# OPTIONS (ADD port '1')",
            "ALTER FOREIGN DATA WRAPPER far# RENAME TO off#",
            "DROP FOREIGN DATA WRAPPER off# CASCADE",
        ],
    ),
    (
        Kind::ForeignServer,
        &[
            "CREATE FOREIGN DATA WRAPPER serving#; CREATE SERVER barn# FOREIGN DATA WRAPPER serving#",
            "ALTER SERVER barn# VERSION '2' OPTIONS (ADD host 'farm')",
            "CREATE FOREIGN TABLE served# (id int) SERVER barn#",
            "ALTER SERVER barn# RENAME TO stable#",
            "DROP SERVER stable# CASCADE",
        ],
    ),
    (
        Kind::UserMapping,
        &[
            "CREATE FOREIGN DATA WRAPPER mapping#; CREATE SERVER mapped# FOREIGN DATA WRAPPER mapping#",
            "CREATE USER MAPPING FOR PUBLIC SERVER mapped#; CREATE USER MAPPING FOR pg_monitor SERVER mapped#",
            "DROP USER MAPPING FOR pg_monitor SERVER mapped#",
            "ALTER SERVER mapped# RENAME TO named#",
            "DROP USER MAPPING FOR PUBLIC SERVER named#",
        ],
    ),
    (
        Kind::Sequence,
        &[
            "CREATE SEQUENCE tickets# AS integer INCREMENT 5",
            "CREATE TABLE ticketed# (id int DEFAULT nextval('tickets#'))",
            "ALTER SEQUENCE tickets# MAXVALUE 2000 CYCLE OWNED BY ticketed#.id",
            "ALTER SEQUENCE tickets# RENAME TO slips#",
            "DROP SEQUENCE slips# CASCADE",
        ],
    ),
    (
        Kind::Table,
        &[
            "CREATE TABLE toys# (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, cat int REFERENCES cats, day date NOT NULL DEFAULT '2024-01-01')",
            // Views of all columns stand on this one.
            "ALTER TABLE cats ADD COLUMN note# text DEFAULT 'none'",
            "ALTER TABLE cats RENAME COLUMN note# TO memo#",
            "CREATE TABLE visits# (id int, day date NOT NULL, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
             CREATE TABLE visits_old# PARTITION OF visits# FOR VALUES FROM ('2023-01-01') TO ('2024-01-01')",
            "ALTER TABLE visits# ADD COLUMN cat int REFERENCES cats, ADD COLUMN price numeric(5, 2)",
            "ALTER TABLE visits# DETACH PARTITION visits_old#",
            "ALTER TABLE toys# RENAME TO things#",
            "ALTER TABLE things# ALTER day TYPE timestamptz, SET (fillfactor = 80), REPLICA IDENTITY FULL",
            "DROP TABLE things#",
            "DROP TABLE visits#, visits_old#",
        ],
    ),
    (
        Kind::ForeignTable,
        &[
            "CREATE FOREIGN DATA WRAPPER tables#; CREATE SERVER held# FOREIGN DATA WRAPPER tables#;
             CREATE FOREIGN TABLE remote# (id int OPTIONS (key 'true') NOT NULL, name text) SERVER held# OPTIONS (remote 'cats')",
            "ALTER FOREIGN TABLE remote# ADD COLUMN born date, ALTER id TYPE bigint, OPTIONS (DROP remote)",
            "CREATE VIEW remotes# AS SELECT name FROM remote#",
            "ALTER FOREIGN TABLE remote# RENAME COLUMN name TO called",
            "DROP FOREIGN TABLE remote# CASCADE",
        ],
    ),
    (
        Kind::Function,
        &[
            "CREATE FUNCTION add#(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + b'",
            "CREATE TABLE sums# (a int CHECK (add#(a) > 0), b int GENERATED ALWAYS AS (add#(a, 2)) STORED)",
            "CREATE OR REPLACE FUNCTION add#(a int, b int DEFAULT 2) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS 'SELECT a + b'",
            "ALTER FUNCTION add#(int, int) RENAME TO plus#",
            "DROP FUNCTION plus#(int, int) CASCADE",
        ],
    ),
    (
        Kind::Procedure,
        &[
            "CREATE PROCEDURE feed#(cat int, INOUT left_over int) LANGUAGE plpgsql AS 'BEGIN NULL; END'",
            "CREATE OR REPLACE PROCEDURE feed#(cat int, INOUT left_over int) LANGUAGE plpgsql AS 'BEGIN COMMIT; END'",
            "ALTER PROCEDURE feed# SET search_path = pg_catalog",
            "DROP PROCEDURE feed#",
        ],
    ),
    (
        Kind::Aggregate,
        &[
            "CREATE FUNCTION plus_state#(state int, value int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2';
             CREATE AGGREGATE total# (value int) (SFUNC = plus_state#, STYPE = int, INITCOND = '0')",
            "CREATE OR REPLACE AGGREGATE total# (value int) (SFUNC = plus_state#, STYPE = int, INITCOND = '1')",
            "ALTER FUNCTION plus_state#(int, int) RENAME TO more#",
            "DROP AGGREGATE total# (int)",
        ],
    ),
    (
        Kind::Operator,
        &[
            "CREATE SCHEMA signs#; CREATE OPERATOR signs#.=== (FUNCTION = int4eq, LEFTARG = int, RIGHTARG = int, COMMUTATOR = OPERATOR(signs#.===))",
            "ALTER OPERATOR signs#.=== (int, int) SET (RESTRICT = eqsel, JOIN = eqjoinsel)",
            "CREATE OPERATOR signs#.!== (FUNCTION = int4ne, LEFTARG = int, RIGHTARG = int, NEGATOR = OPERATOR(signs#.===))",
            "COMMENT ON OPERATOR signs#.!== (int, int) IS 'other'",
            "DROP OPERATOR signs#.=== (int, int)",
        ],
    ),
    (
        Kind::OperatorFamily,
        &[
            "CREATE OPERATOR FAMILY numbers# USING btree",
            "ALTER OPERATOR FAMILY numbers# USING btree ADD
                OPERATOR 1 < (int2, int4), OPERATOR 2 <= (int2, int4), OPERATOR 3 = (int2, int4), OPERATOR 4 >= (int2, int4),
                OPERATOR 5 > (int2, int4), FUNCTION 1 (int2, int4) btint24cmp(int2, int4)",
            "ALTER OPERATOR FAMILY numbers# USING btree RENAME TO figures#",
            "DROP OPERATOR FAMILY figures# USING btree",
        ],
    ),
    (
        Kind::OperatorClass,
        &[
            "CREATE OPERATOR CLASS backwards# FOR TYPE integer USING btree AS
                OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 btint4cmp(integer, integer)",
            "CREATE INDEX aged# ON cats (age backwards#)",
            "COMMENT ON OPERATOR CLASS backwards# USING btree IS 'the great ones first'",
            "ALTER OPERATOR CLASS backwards# USING btree RENAME TO falling#",
            "DROP OPERATOR CLASS falling# USING btree CASCADE",
        ],
    ),
    (
        Kind::Cast,
        &[
            "CREATE TYPE size# AS (width int); CREATE FUNCTION width#(size#) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT ($1).width';
             CREATE CAST (size# AS int) WITH FUNCTION width#(size#)",
            "COMMENT ON CAST (size# AS int) IS 'by its width'",
            "ALTER FUNCTION width#(size#) RENAME TO breadth#",
            "DROP CAST (size# AS int)",
        ],
    ),
    (
        Kind::Transform,
        &[
            "CREATE FUNCTION transforms#() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
             CREATE LANGUAGE transformed# HANDLER transforms#; CREATE TYPE shape# AS (width int);
             CREATE FUNCTION to_language#(internal) RETURNS internal LANGUAGE internal IMMUTABLE AS 'prsd_lextype';
             CREATE FUNCTION to_shape#(internal) RETURNS shape# LANGUAGE internal IMMUTABLE AS 'prsd_lextype';
             CREATE TRANSFORM FOR shape# LANGUAGE transformed# (FROM SQL WITH FUNCTION to_language#(internal), TO SQL WITH FUNCTION to_shape#(internal))",
            "CREATE OR REPLACE TRANSFORM FOR shape# LANGUAGE transformed# (FROM SQL WITH FUNCTION to_language#(internal))",
            "ALTER TYPE shape# RENAME TO form#",
            "DROP TRANSFORM FOR form# LANGUAGE transformed#",
        ],
    ),
    (
        Kind::Conversion,
        &[
            "CREATE CONVERSION latin# FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
            "COMMENT ON CONVERSION latin# IS 'of the west'",
            "ALTER CONVERSION latin# RENAME TO western#",
            "DROP CONVERSION western#",
        ],
    ),
    (
        Kind::TextSearchParser,
        &[
            "CREATE TEXT SEARCH PARSER words# (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype)",
            "COMMENT ON TEXT SEARCH PARSER words# IS 'words and numbers'",
            "CREATE TEXT SEARCH CONFIGURATION parsed# (PARSER = words#)",
            "ALTER TEXT SEARCH PARSER words# RENAME TO tokens#",
            "DROP TEXT SEARCH PARSER tokens# CASCADE",
        ],
    ),
    (
        Kind::TextSearchTemplate,
        &[
            "CREATE TEXT SEARCH TEMPLATE plain# (LEXIZE = dsimple_lexize, INIT = dsimple_init)",
            "COMMENT ON TEXT SEARCH TEMPLATE plain# IS 'as it stands'",
            "ALTER TEXT SEARCH TEMPLATE plain# RENAME TO bare#",
            "DROP TEXT SEARCH TEMPLATE bare#",
        ],
    ),
    (
        Kind::TextSearchDictionary,
        &[
            "CREATE TEXT SEARCH DICTIONARY simply# (TEMPLATE = simple)",
            "ALTER TEXT SEARCH DICTIONARY simply# (accept = false)",
            "ALTER TEXT SEARCH DICTIONARY simply# RENAME TO merely#",
            "DROP TEXT SEARCH DICTIONARY merely#",
        ],
    ),
    (
        Kind::TextSearchConfiguration,
        &[
            "CREATE TEXT SEARCH DICTIONARY used# (TEMPLATE = simple); CREATE TEXT SEARCH CONFIGURATION sought# (PARSER = \"default\")",
            "ALTER TEXT SEARCH CONFIGURATION sought# ADD MAPPING FOR asciiword, word WITH used#, english_stem",
            "ALTER TEXT SEARCH DICTIONARY used# RENAME TO asked#",
            "ALTER TEXT SEARCH CONFIGURATION sought# DROP MAPPING FOR word",
            "DROP TEXT SEARCH CONFIGURATION sought#",
        ],
    ),
    (
        Kind::Constraint,
        &[
            "CREATE TABLE owners# (id int PRIMARY KEY, email text UNIQUE, room int4range, EXCLUDE USING gist (room WITH &&))",
            "ALTER TABLE owners# ADD cat int, ADD CONSTRAINT has# FOREIGN KEY (cat) REFERENCES cats ON DELETE CASCADE NOT VALID",
            "ALTER TABLE owners# VALIDATE CONSTRAINT has#",
            "ALTER TABLE owners# ALTER CONSTRAINT has# DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE owners# RENAME CONSTRAINT has# TO keeps#",
            "ALTER TABLE owners# DROP CONSTRAINT keeps#",
            "ALTER TABLE cats ADD CONSTRAINT aged# CHECK (age > -#)",
        ],
    ),
    (
        Kind::View,
        &[
            "CREATE VIEW seen# AS SELECT * FROM cats",
            "CREATE VIEW twice# AS SELECT one.name, two.age FROM seen# one JOIN seen# two USING (id)",
            "ALTER VIEW seen# SET (security_barrier), ALTER name SET DEFAULT 'kitten'",
            "ALTER VIEW seen# RENAME COLUMN age TO years",
            "DROP VIEW twice#",
            "DROP VIEW seen#",
        ],
    ),
    (
        Kind::MaterializedView,
        &[
            "CREATE MATERIALIZED VIEW names# AS SELECT name, count(*) AS cats FROM cats GROUP BY name",
            "CREATE UNIQUE INDEX names_once# ON names# (name)",
            "ALTER MATERIALIZED VIEW names# SET (fillfactor = 50), ALTER name SET STATISTICS 10",
            "COMMENT ON COLUMN names#.cats IS 'how many'",
            "DROP MATERIALIZED VIEW names#",
        ],
    ),
    (
        Kind::Index,
        &[
            "CREATE INDEX CONCURRENTLY found# ON cats (lower(name)) WHERE age > 3",
            "ALTER INDEX found# SET (fillfactor = 50)",
            "ALTER INDEX found# ALTER COLUMN 1 SET STATISTICS 300",
            "ALTER INDEX found# RENAME TO lost#",
            "DROP INDEX CONCURRENTLY lost#",
        ],
    ),
    (
        Kind::Statistics,
        &[
            "CREATE TABLE counted# (id int, name text, age int); CREATE STATISTICS both# ON id, name FROM counted#",
            "ALTER STATISTICS both# SET STATISTICS 50",
            "ALTER TABLE counted# RENAME name TO called",
            "ALTER STATISTICS both# RENAME TO pair#",
            "DROP STATISTICS pair#",
        ],
    ),
    (
        Kind::Trigger,
        &[
            "CREATE TRIGGER touched# BEFORE UPDATE OF age ON cats FOR EACH ROW WHEN (OLD.age <> NEW.age) EXECUTE FUNCTION touch()",
            "ALTER TABLE cats DISABLE TRIGGER touched#",
            "ALTER TRIGGER touched# ON cats RENAME TO felt#",
            "COMMENT ON TRIGGER felt# ON cats IS 'who did it'",
            "DROP TRIGGER felt# ON cats",
        ],
    ),
    (
        Kind::Rule,
        &[
            "CREATE RULE quiet# AS ON DELETE TO cats WHERE old.id > # DO INSTEAD NOTHING",
            "CREATE OR REPLACE RULE quiet# AS ON DELETE TO cats WHERE old.id > # + 1 DO INSTEAD NOTHING",
            "ALTER TABLE cats DISABLE RULE quiet#",
            "ALTER RULE quiet# ON cats RENAME TO still#",
            "DROP RULE still# ON cats",
        ],
    ),
    (
        Kind::Policy,
        &[
            "CREATE POLICY own# ON cats USING (name = CURRENT_USER)",
            "ALTER POLICY own# ON cats TO pg_monitor USING (name = 'me') WITH CHECK (id > 0)",
            "COMMENT ON POLICY own# ON cats IS 'mine'",
            "ALTER POLICY own# ON cats RENAME TO mine#",
            "DROP POLICY mine# ON cats",
        ],
    ),
    (
        Kind::EventTrigger,
        &[
            "CREATE FUNCTION hook#() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
             CREATE EVENT TRIGGER watch# ON ddl_command_end EXECUTE FUNCTION hook#()",
            "ALTER EVENT TRIGGER watch# ENABLE ALWAYS",
            "COMMENT ON EVENT TRIGGER watch# IS 'at the end'",
            "ALTER FUNCTION hook#() RENAME TO catch#",
            "ALTER EVENT TRIGGER watch# RENAME TO guard#",
            "DROP EVENT TRIGGER guard#",
        ],
    ),
    (
        Kind::Publication,
        &[
            "CREATE PUBLICATION news# FOR TABLE cats",
            "ALTER PUBLICATION news# SET (publish = 'insert, delete')",
            "CREATE TABLE told# (id int PRIMARY KEY); ALTER PUBLICATION news# ADD TABLE told#",
            "ALTER TABLE told# RENAME TO heard#",
            "ALTER PUBLICATION news# RENAME TO gossip#",
            "DROP PUBLICATION gossip#",
        ],
    ),
];

/// There is one of each in a database.
const EXTENSIONS: [&str; 4] = ["citext", "hstore", "pg_trgm", "fuzzystrmatch"];

/// So many lives go on at a time.
const ABREAST: usize = 8;

/// A fixed sequence of numbers that look like chance (Knuth's MMIX constants).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// A life that goes on: its steps that are left, the last first.
struct Life(Vec<String>);

/// The first `revisions` of a history in which lives of every kind begin again and again, go on side
/// by side, and end.
fn history(revisions: usize, seed: u64) -> Vec<String> {
    let mut chance = Chance(seed);
    let mut history = vec![GROUND.to_owned()];
    let (mut coming, mut going): (Vec<usize>, Vec<Life>) = (Vec::new(), Vec::new());
    let (mut begun, mut last) = (0, None);
    while history.len() < revisions {
        while going.len() < ABREAST {
            if coming.is_empty() {
                coming = (0..LIVES.len()).collect();
            }
            let (_, steps) = LIVES[coming.swap_remove(chance.below(coming.len()))];
            let extension = EXTENSIONS[begun / LIVES.len() % EXTENSIONS.len()];
            let number = begun.to_string();
            let written = |step: &&str| step.replace('#', &number).replace('@', extension);
            going.push(Life(steps.iter().rev().map(written).collect()));
            begun += 1;
        }
        let at = chance.below(going.len());
        // Nothing is undone at once, so that no two states are the same.
        if last == Some(at) {
            continue;
        }
        last = Some(at);
        history.extend(going[at].0.pop());
        if going[at].0.is_empty() {
            going.remove(at);
            last = None;
        }
    }
    history
}

/// What became of objects of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Made,
    Altered,
    Dropped,
}

fn note(events: &mut BTreeMap<Kind, BTreeSet<Event>>, before: &Inventory, after: &Inventory) {
    for (id, replacement) in InventoryDiff::between(before, after).0 {
        let event = match (replacement.before, replacement.after) {
            (None, _) => Event::Made,
            (_, None) => Event::Dropped,
            _ => Event::Altered,
        };
        events.entry(id.kind()).or_default().insert(event);
    }
}

#[tokio::test]
async fn a_database_left_at_each_tenth_of_300_revisions_of_every_kind_is_located() {
    let kinds: Vec<Kind> = LIVES.iter().map(|(kind, _)| *kind).collect();
    // Others than the revisions give rights, tablespaces and subscriptions too: they tell nothing of where it is.
    let telling = Kind::ALL.iter().copied().filter(|kind| !kind.is_often_foreign());
    assert_eq!(kinds, telling.collect::<Vec<_>>(), "a life for every kind");
    let history = history(300, 1);
    let installation = installation();
    let at = Surroundings {
        installation: &installation,
        database: "cats",
        search_path: "public",
        roles: &[],
    };
    let lines = Lines::derive(&line(&history), &at)
        .await
        .unwrap_or_else(|refusal| panic!("{refusal}\n{}", refusal.findings()[0].notes.join("\n")));
    assert_eq!((lines.pieced, lines.candidates()), (1, 301));
    let foretold = lines.fingerprints();
    let different: BTreeSet<_> = foretold.iter().map(|(_, state)| state.to_string()).collect();
    assert_eq!(different.len(), 300, "no revision leaves the schema as an earlier one did");

    let database = fresh_database("every_kind").await;
    let mut events = BTreeMap::new();
    let mut now = read_catalog(database.session()).await.unwrap().inventory();
    let mut located = 0;
    for (at, (text, (_, state))) in history.iter().zip(&foretold).enumerate() {
        database.run(text).await;
        // Often enough to see that an object is made, altered and dropped.
        if at % 5 == 4 {
            let before = now;
            now = read_catalog(database.session()).await.unwrap().inventory();
            note(&mut events, &before, &now);
            assert_eq!(now.fingerprint(), *state, "after revision {at}: {text}");
        }
        if at % 10 == 9 {
            // Somebody has given rights, and they do not matter.
            database.run("GRANT USAGE ON SCHEMA public TO pg_monitor").await;
            let there = read_catalog(database.session()).await.unwrap().inventory();
            assert_ne!(there, now);
            let location = lines.locate(&there, &Ignore::default());
            database.run("REVOKE USAGE ON SCHEMA public FROM pg_monitor").await;
            let exact: Vec<String> =
                location.exact.iter().flatten().map(ToString::to_string).collect();
            assert_eq!(exact, [format!("s{at:05}")]);
            located += 1;
        }
    }
    assert_eq!(located, 30);
    for kind in &kinds {
        let mut expected = BTreeSet::from([Event::Made, Event::Altered, Event::Dropped]);
        // Of a user mapping its options alone can be altered, and they are in no description.
        if *kind == Kind::UserMapping {
            expected.remove(&Event::Altered);
        }
        assert_eq!(events.get(kind), Some(&expected), "{kind}");
    }
}
