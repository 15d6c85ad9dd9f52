//! A schema of many tables, and one that differs from it in a known number of things.

use std::fmt::Write as _;

/// How many tables there are.
pub(crate) const TABLES: usize = 500;

/// How many things differ.
pub(crate) const DIFFERENCES: usize = 20;

/// The SQL of the schema, or of the one that is `wanted` instead: an enum value more, four columns
/// more and one less, a type, a default, a NOT NULL, an index more and one less, a unique
/// constraint, a check, a foreign key, a function's body and a function more, a view, a comment, a
/// table more and one less.
pub(crate) fn schema(wanted: bool) -> String {
    let mut sql = String::new();
    for number in 0..20 {
        let added = if wanted && number == 0 { "'curious', " } else { "" };
        let _ = writeln!(sql, "CREATE TYPE public.mood_{number} AS ENUM ('calm', {added}'cross');");
    }
    for number in 0..=TABLES {
        if number != if wanted { TABLES - 1 } else { TABLES } {
            table(&mut sql, number, wanted);
        }
    }
    for number in 0..50 {
        let of = number * 5;
        let more = if wanted && number == 7 { ", weight" } else { "" };
        let _ = writeln!(
            sql,
            "CREATE VIEW public.calm_{number} AS SELECT id, name{more} FROM public.cats_{of} WHERE id > 10;"
        );
    }
    for number in 0..if wanted { 51 } else { 50 } {
        let of = number * 4;
        let what = if wanted && number == 5 { "count(*) + 1" } else { "count(*)" };
        let _ = writeln!(
            sql,
            "CREATE FUNCTION public.count_{number}() RETURNS bigint LANGUAGE sql STABLE AS $$ \
             SELECT {what} FROM public.cats_{of} $$;"
        );
    }
    sql
}

fn table(sql: &mut String, number: usize, wanted: bool) {
    let differs = |at: usize| wanted && number == at;
    let mood = number % 20;
    let name = format!("public.cats_{number}");
    let weight = if differs(60) { "bigint" } else { "integer" };
    let seen = if differs(70) { "'2000-01-01'" } else { "now()" };
    let colour = if differs(80) { "text NOT NULL" } else { "text" };
    let oldest = if differs(120) { 50 } else { 40 };
    // In its place: a peer takes no other constraint than a foreign key later.
    let once = match number {
        110 if wanted => ",\n    CONSTRAINT cats_110_once UNIQUE (name)",
        _ => "",
    };
    let extra = match number {
        10 | 20 | 30 if wanted => "    extra integer,\n",
        40 if wanted => "    extra text NOT NULL DEFAULT '',\n",
        50 if !wanted => "    extra integer,\n",
        _ => "",
    };
    let _ = write!(
        sql,
        "CREATE TABLE {name} (\n    id bigint NOT NULL,\n    name text NOT NULL,\n    \
         mood public.mood_{mood} DEFAULT 'calm'::public.mood_{mood} NOT NULL,\n    weight {weight},\n    \
         seen_at timestamp with time zone DEFAULT {seen} NOT NULL,\n    colour {colour},\n    \
         age integer,\n    mother bigint,\n{extra}    \
         CONSTRAINT cats_{number}_pkey PRIMARY KEY (id),\n    \
         CONSTRAINT cats_{number}_age CHECK (age < {oldest}){once}\n);\n"
    );
    if !differs(100) {
        let _ = writeln!(sql, "CREATE INDEX cats_{number}_by_name ON {name} (name);");
    }
    if differs(90) {
        let _ = writeln!(sql, "CREATE INDEX cats_{number}_by_age ON {name} (age);");
    }
    if number > 0 && number.is_multiple_of(2) && (number != 130 || wanted) {
        let _ = writeln!(
            sql,
            "ALTER TABLE {name} ADD CONSTRAINT cats_{number}_mother FOREIGN KEY (mother) \
             REFERENCES public.cats_0(id);"
        );
    }
    if number.is_multiple_of(7) {
        let of = if differs(140) { "other " } else { "" };
        let _ = writeln!(sql, "COMMENT ON TABLE {name} IS 'cats of {of}place {number}';");
    }
}
