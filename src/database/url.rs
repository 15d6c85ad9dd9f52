//! Connection URIs, as libpq reads them, with the scheme suffixes that Alembic users have.
//!
//! In: `postgresql[+driver]://[user[:password]@][host[:port],…][/database][?key=value&…]`. Out:
//! `Parameters`. No refusal holds any part of the text: an unescaped `@` or `/` moves a password
//! into the host, the port or the database.

use std::collections::BTreeSet;

use super::parameters::{Parameters, invalid};
use crate::diagnostic::Refusal;

const HELP: &str = "write `postgresql://user:password@host:5432/database` with `@`, `/`, `:`, `%` and spaces inside of a part as `%40`, `%2F`, `%3A`, `%25` and `%20`";

/// What follows `://`, if `text` is a URI of PostgreSQL's; nothing, if it is no URI.
///
/// # Errors
/// `connection-invalid`, if it is another URI.
pub(super) fn split_scheme(text: &str) -> Result<Option<&str>, Refusal> {
    let Some((scheme, rest)) = text.trim().split_once("://") else {
        return Ok(None);
    };
    if scheme.contains(|c: char| c == '=' || c.is_whitespace()) {
        return Ok(None);
    }
    // SQLAlchemy writes `postgresql+psycopg://`; the part after `+` chooses a Python driver.
    let dialect = scheme.split('+').next().unwrap_or_default();
    if matches!(dialect, "postgres" | "postgresql") {
        return Ok(Some(rest));
    }
    Err(invalid("the connection string's scheme is not PostgreSQL's").help(HELP))
}

/// Reads what follows `://`.
///
/// # Errors
/// `connection-invalid`.
pub(super) fn parse(text: &str) -> Result<Parameters, Refusal> {
    let mut parameters = Parameters::default();
    // Credentials end at the first `@`, if it comes before the first `/`, as in libpq.
    let credentials = text.find(['@', '/']).filter(|&at| text[at..].starts_with('@'));
    let location = match credentials {
        Some(at) => {
            let (user, password) = match text[..at].split_once(':') {
                Some((user, password)) => (user, password),
                None => (&text[..at], ""),
            };
            parameters.set("user", decode(user)?)?;
            parameters.set("password", decode(password)?)?;
            &text[at + 1..]
        }
        None => text,
    };
    // One more `@` means that the password has one, or a `/`, and that libpq would take the rest
    // of it for the host or the database.
    if location.contains('@') {
        return Err(invalid("the connection URI holds an `@` in the wrong place").help(HELP));
    }
    let (location, query) = location.split_once('?').unwrap_or((location, ""));
    let (hosts, database) = location.split_once('/').unwrap_or((location, ""));
    if database.contains('/') {
        return Err(invalid("the connection URI holds a `/` in the wrong place").help(HELP));
    }
    parse_hosts(hosts, &mut parameters)?;
    if !database.is_empty() {
        parameters.set("dbname", decode(database)?)?;
    }
    parse_query(query, &mut parameters)?;
    Ok(parameters)
}

fn parse_hosts(text: &str, parameters: &mut Parameters) -> Result<(), Refusal> {
    let mut hosts = Vec::new();
    let mut ports = Vec::new();
    for part in text.split(',') {
        let (host, port) = match part.strip_prefix('[') {
            Some(bracketed) => {
                let (host, after) = bracketed.split_once(']').ok_or_else(|| {
                    invalid("the connection URI has a `[` without its `]`").help(HELP)
                })?;
                match after.strip_prefix(':') {
                    None if after.is_empty() => (host, ""),
                    Some(port) => (host, port),
                    None => {
                        return Err(invalid("the connection URI has text after a `]`").help(HELP));
                    }
                }
            }
            None => part.split_once(':').unwrap_or((part, "")),
        };
        let host = decode(host)?;
        if host.contains(',') {
            return Err(invalid("a host in the connection URI holds a comma").help(HELP));
        }
        hosts.push(host);
        ports.push(decode(port)?);
    }
    if hosts.iter().any(|host| !host.is_empty()) {
        parameters.set("host", hosts.join(","))?;
    }
    if ports.iter().any(|port| !port.is_empty()) {
        parameters.set("port", ports.join(","))?;
    }
    Ok(())
}

fn parse_query(text: &str, parameters: &mut Parameters) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    for (at, pair) in text.split('&').filter(|pair| !pair.is_empty()).enumerate() {
        let position = at + 1;
        let (keyword, value) = pair.split_once('=').ok_or_else(|| {
            invalid(format!("parameter {position} of the URI has no `=`")).help(HELP)
        })?;
        let (keyword, value) = (decode(keyword)?, decode(value)?);
        // JDBC's `ssl=true`, which libpq takes, and asyncpg's `ssl=verify-full`.
        let (keyword, value) = match (&*keyword, &*value) {
            ("ssl", "true") => ("sslmode".to_owned(), "require".to_owned()),
            ("ssl", _) => ("sslmode".to_owned(), value),
            _ => (keyword, value),
        };
        parameters
            .set(&keyword, value)
            .map_err(|refusal| refusal.note(format!("it is parameter {position} of the URI")))?;
        // SQLAlchemy lists hosts by repeating `host`; libpq takes the last. Neither is a guess
        // worth making.
        if !seen.insert(keyword) {
            return Err(invalid(format!(
                "parameter {position} of the connection URI was given before"
            ))
            .help("give each parameter once; several hosts are `host1:5432,host2:5432`"));
        }
    }
    Ok(())
}

/// Resolves `%40` and the like.
fn decode(text: &str) -> Result<String, Refusal> {
    let wrong = || invalid("the connection URI is not well percent-encoded").help(HELP);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes().iter();
    while let Some(&byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|&digit| (digit as char).to_digit(16));
        match digit().zip(digit()) {
            Some((high, low)) if high + low > 0 => {
                bytes.push(u8::try_from(high * 16 + low).expect("two hexadecimal digits"));
            }
            _ => return Err(wrong()),
        }
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret as _;

    use super::*;

    fn read(text: &str) -> Parameters {
        Parameters::parse(text).unwrap_or_else(|refusal| panic!("{text}: {refusal}"))
    }

    #[test]
    fn all_parts() {
        let parameters = read(
            "postgresql://me%40corp:p%2Fw%3A%25@db1.example:5433,[2001:db8::1],%2Frun%2Fpg/my%20db?sslmode=verify-full&options=-c%20geqo%3Doff",
        );
        assert_eq!(parameters.get("user"), Some("me@corp"));
        assert_eq!(parameters.password().unwrap().expose_secret(), "p/w:%");
        assert_eq!(parameters.get("host"), Some("db1.example,2001:db8::1,/run/pg"));
        assert_eq!(parameters.get("port"), Some("5433,,"));
        assert_eq!(parameters.get("dbname"), Some("my db"));
        assert_eq!(parameters.get("sslmode"), Some("verify-full"));
        assert_eq!(parameters.get("options"), Some("-c geqo=off"));
    }

    #[test]
    fn every_part_may_be_left_out() {
        for text in ["postgresql://", "postgres:///", "postgresql://?"] {
            let parameters = read(text);
            assert_eq!(parameters.get("host"), None, "{text}");
            assert_eq!(parameters.get("dbname"), None, "{text}");
        }
        assert_eq!(read("postgresql:///db?host=/tmp").get("host"), Some("/tmp"));
        assert_eq!(read("postgresql://localhost").get("host"), Some("localhost"));
    }

    #[test]
    fn drivers_of_sqlalchemy_are_accepted() {
        for scheme in ["postgresql+psycopg", "postgresql+asyncpg", "postgres"] {
            let parameters = read(&format!("{scheme}://u@h/d?ssl=require"));
            assert_eq!(parameters.get("sslmode"), Some("require"), "{scheme}");
        }
        assert!(Parameters::parse("mysql+pymysql://u@h/d").is_err());
    }

    #[test]
    fn a_password_that_is_not_encoded_is_refused_and_not_shown() {
        for password in ["pa@canary", "pa/canary", "12/canary", "pa%canary", "1?x=/canary"] {
            let text = format!("postgresql://u:{password}@h:5432/db");
            let refusal = Parameters::parse(&text)
                .err()
                .or_else(|| {
                    // What is left is accepted by libpq too, and then is the password.
                    let parameters = read(&text);
                    assert_eq!(parameters.password().unwrap().expose_secret(), password);
                    None
                })
                .map(|refusal| format!("{refusal} {refusal:?}"))
                .unwrap_or_default();
            assert!(!refusal.contains("canary"), "{password}: {refusal}");
        }
    }

    #[test]
    fn repeated_parameters_are_refused() {
        assert!(Parameters::parse("postgresql:///d?host=a&host=b").is_err());
        assert!(Parameters::parse("postgresql:///d?sslmode=disable&ssl=true").is_err());
    }

    fn encode(text: &str) -> String {
        let escapes: Vec<_> = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
        escapes.concat()
    }

    proptest! {
        #[test]
        fn encoded_parts_come_back(user in "[^\0]{1,12}", password in "[^\0]{1,12}", database in "[^\0]{1,12}") {
            let parameters = read(&format!(
                "postgresql://{}:{}@h/{}", encode(&user), encode(&password), encode(&database)
            ));
            prop_assert_eq!(parameters.get("user"), Some(&*user));
            prop_assert_eq!(parameters.password().unwrap().expose_secret(), &*password);
            prop_assert_eq!(parameters.get("dbname"), Some(&*database));
        }

        #[test]
        fn nothing_makes_it_panic_or_tell(text in "\\PC{0,20}", tail in "\\PC{0,20}") {
            for scheme in ["postgresql://", "postgres+x://", ""] {
                if let Err(refusal) = Parameters::parse(&format!("{scheme}{text}canary7{tail}")) {
                    let told = format!("{refusal} {refusal:?}");
                    prop_assert!(!told.contains("canary7"), "{}", told);
                }
            }
        }
    }
}
