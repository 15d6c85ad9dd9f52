//! Connection strings of `key=value` pairs.
//!
//! In: `host=db.example dbname='my db'`. Out: `Parameters`. No refusal holds any part of the text:
//! an unquoted space moves a password to where a key is expected.

use super::parameters::{Parameters, invalid};
use crate::diagnostic::Refusal;

/// Reads `key=value` pairs as libpq does: spaces around `=` allowed, values with spaces in single
/// quotes, a backslash before a quote or backslash.
pub(super) fn parse(text: &str) -> Result<Parameters, Refusal> {
    const HELP: &str = "write `postgresql://user@host:5432/database`, or `host=… dbname=…` with values that hold spaces in single quotes";
    let mut parameters = Parameters::default();
    let mut rest = text.trim_start();
    for position in 1.. {
        if rest.is_empty() {
            break;
        }
        let wrong = |what: &str| {
            invalid(format!(
                "the connection string is not well formed: {what} (parameter {position})"
            ))
            .help(HELP)
        };
        let (keyword, after) = rest.split_once('=').ok_or_else(|| wrong("a `=` is missing"))?;
        let keyword = keyword.trim_end();
        if keyword.contains(char::is_whitespace) {
            return Err(wrong("a `=` is missing"));
        }
        let (value, after) =
            read_value(after.trim_start()).ok_or_else(|| wrong("a quote has no end"))?;
        parameters.set(keyword, value).map_err(|refusal| {
            let refusal = refusal.note(format!("it is parameter {position}"));
            let has_help = refusal.findings().iter().any(|found| found.help.is_some());
            if has_help { refusal } else { refusal.help(HELP) }
        })?;
        rest = after.trim_start();
    }
    Ok(parameters)
}

/// One value, and the text after it; nothing if its quote has no end.
fn read_value(text: &str) -> Option<(String, &str)> {
    let (quoted, body) = match text.strip_prefix('\'') {
        Some(body) => (true, body),
        None => (false, text),
    };
    let mut value = String::new();
    let mut characters = body.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            '\'' if quoted => return Some((value, &body[at + 1..])),
            c if !quoted && c.is_ascii_whitespace() => return Some((value, &body[at..])),
            c => value.push(c),
        }
    }
    (!quoted).then_some((value, ""))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn pairs_are_read_as_libpq_reads_them() {
        let parameters =
            Parameters::parse(r"host = db.example  user=a\'b password='it''s' dbname='x\\y z'");
        // `''` ends one quoted value; what follows is no parameter.
        assert!(parameters.is_err());
        let parameters =
            Parameters::parse(r" host = db.example  user=a\'b password='it\'s' dbname='x\\y z' ")
                .unwrap();
        assert_eq!(parameters.get("host"), Some("db.example"));
        assert_eq!(parameters.get("user"), Some("a'b"));
        assert_eq!(parameters.get("dbname"), Some(r"x\y z"));
        assert_eq!(parameters.password().unwrap().expose_secret(), "it's");
    }

    #[test]
    fn no_value_is_in_a_refusal() {
        for text in [
            "password=canary7 canary8=x",
            "password=my canary7",
            "password='canary7",
            "canary7",
            "canary7 = canary8",
            "sslpassword=canary7",
            "foo://u:canary7@h/db",
        ] {
            let refusal = Parameters::parse(text).err().unwrap();
            assert!(!format!("{refusal} {refusal:?}").contains("canary"), "{text}");
        }
    }
}
