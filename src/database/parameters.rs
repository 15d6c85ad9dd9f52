//! libpq's connection parameters as a value: which there are, and what enact makes of them.
//!
//! In: a connection string or the variables of an environment. Out: [`Parameters`], not yet
//! interpreted. A refusal names a parameter or its position, never a value: what stands in the
//! wrong place may be half of a password.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::SecretString;

use super::{pairs, url};
use crate::diagnostic::{Code, Refusal};

/// What becomes of a parameter.
enum Use {
    /// It is interpreted.
    Read,
    /// It cannot weaken anything, and enact does without it.
    Ignored,
    /// enact behaves as these values say; any other would be a promise that it does not keep.
    Only(&'static [&'static str]),
}

/// libpq's parameters with their variables (PostgreSQL 18, `PQconninfoOptions`).
const KEYWORDS: &[(&str, &str, Use)] = &[
    ("service", "PGSERVICE", Use::Read),
    ("servicefile", "PGSERVICEFILE", Use::Read),
    ("user", "PGUSER", Use::Read),
    ("password", "PGPASSWORD", Use::Read),
    ("passfile", "PGPASSFILE", Use::Read),
    ("dbname", "PGDATABASE", Use::Read),
    ("host", "PGHOST", Use::Read),
    ("hostaddr", "PGHOSTADDR", Use::Read),
    ("port", "PGPORT", Use::Read),
    ("options", "PGOPTIONS", Use::Read),
    ("application_name", "PGAPPNAME", Use::Read),
    ("connect_timeout", "PGCONNECT_TIMEOUT", Use::Read),
    ("keepalives", "", Use::Read),
    ("keepalives_idle", "", Use::Read),
    ("keepalives_interval", "", Use::Read),
    ("keepalives_count", "", Use::Read),
    ("tcp_user_timeout", "", Use::Read),
    ("sslmode", "PGSSLMODE", Use::Read),
    ("sslnegotiation", "PGSSLNEGOTIATION", Use::Read),
    ("sslrootcert", "PGSSLROOTCERT", Use::Read),
    ("sslcert", "PGSSLCERT", Use::Read),
    ("sslkey", "PGSSLKEY", Use::Read),
    ("channel_binding", "PGCHANNELBINDING", Use::Read),
    ("target_session_attrs", "PGTARGETSESSIONATTRS", Use::Read),
    ("client_encoding", "PGCLIENTENCODING", Use::Ignored),
    ("fallback_application_name", "", Use::Ignored),
    ("sslcompression", "PGSSLCOMPRESSION", Use::Ignored),
    ("sslsni", "PGSSLSNI", Use::Ignored),
    ("krbsrvname", "PGKRBSRVNAME", Use::Ignored),
    ("gsslib", "PGGSSLIB", Use::Ignored),
    ("gssdelegation", "PGGSSDELEGATION", Use::Ignored),
    ("max_protocol_version", "PGMAXPROTOCOLVERSION", Use::Ignored),
    ("gssencmode", "PGGSSENCMODE", Use::Only(&["disable", "prefer"])),
    ("load_balance_hosts", "PGLOADBALANCEHOSTS", Use::Only(&["disable"])),
    ("sslcertmode", "PGSSLCERTMODE", Use::Only(&["allow"])),
    (
        "ssl_min_protocol_version",
        "PGSSLMINPROTOCOLVERSION",
        Use::Only(&["TLSv1", "TLSv1.1", "TLSv1.2"]),
    ),
    ("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION", Use::Only(&["TLSv1.3"])),
    ("min_protocol_version", "PGMINPROTOCOLVERSION", Use::Only(&["3.0"])),
    ("replication", "", Use::Only(&["false", "off", "no", "0"])),
    ("sslpassword", "", Use::Only(&[])),
    ("sslcrl", "PGSSLCRL", Use::Only(&[])),
    ("sslcrldir", "PGSSLCRLDIR", Use::Only(&[])),
    ("sslkeylogfile", "", Use::Only(&[])),
    ("requirepeer", "PGREQUIREPEER", Use::Only(&[])),
    ("require_auth", "PGREQUIREAUTH", Use::Only(&[])),
    ("scram_client_key", "", Use::Only(&[])),
    ("scram_server_key", "", Use::Only(&[])),
    ("oauth_issuer", "", Use::Only(&[])),
    ("oauth_client_id", "", Use::Only(&[])),
    ("oauth_client_secret", "", Use::Only(&[])),
    ("oauth_scope", "", Use::Only(&[])),
];

/// The variables that say where to connect; others only say how.
pub(super) const NAMING_VARIABLES: &[&str] =
    &["PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE"];

/// Connection parameters by libpq's names. Values are kept from `Debug`, the password also in
/// memory that is wiped.
#[derive(Default)]
pub(super) struct Parameters {
    values: BTreeMap<&'static str, String>,
    password: Option<SecretString>,
}

impl Parameters {
    /// Reads a connection string: a URI, or `key=value` pairs.
    ///
    /// # Errors
    /// `connection-invalid`.
    pub(super) fn parse(text: &str) -> Result<Self, Refusal> {
        match url::split_scheme(text)? {
            Some(rest) => url::parse(rest),
            None => pairs::parse(text),
        }
    }

    /// What the `PG*` variables say.
    ///
    /// # Errors
    /// `connection-invalid`, where a variable asks for something that enact does not do.
    pub(super) fn from_variables(variables: &BTreeMap<String, String>) -> Result<Self, Refusal> {
        let mut parameters = Self::default();
        for (keyword, variable, _) in KEYWORDS {
            if let Some(value) = variables.get(*variable).filter(|value| !value.is_empty()) {
                parameters
                    .set(keyword, value.clone())
                    .map_err(|refusal| refusal.note(format!("it comes from `{variable}`")))?;
            }
        }
        Ok(parameters)
    }

    /// The value of a parameter other than the password, unless it is empty.
    pub(super) fn get(&self, keyword: &str) -> Option<&str> {
        self.values.get(keyword).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The password, if one was given.
    pub(super) fn password(&self) -> Option<&SecretString> {
        self.password.as_ref()
    }

    /// Sets a parameter; a later value replaces an earlier one.
    ///
    /// # Errors
    /// `connection-invalid`, if enact does not know or not keep it.
    pub(super) fn set(&mut self, keyword: &str, value: String) -> Result<(), Refusal> {
        let Some((keyword, _, usage)) = KEYWORDS.iter().find(|(name, ..)| *name == keyword) else {
            return Err(invalid("a connection parameter is not one that libpq knows"));
        };
        if value.contains('\0') {
            return Err(invalid(format!("`{keyword}` holds a NUL byte")));
        }
        match usage {
            Use::Read if *keyword == "password" => {
                self.password = (!value.is_empty()).then(|| SecretString::from(value));
            }
            Use::Read => {
                self.values.insert(keyword, value);
            }
            Use::Only(accepted) if !value.is_empty() && !accepted.contains(&&*value) => {
                return Err(unsupported(keyword, accepted));
            }
            Use::Ignored | Use::Only(_) => {}
        }
        Ok(())
    }

    /// Takes from `other` what is not set here.
    pub(super) fn fill_from(&mut self, other: Self) {
        for (keyword, value) in other.values {
            self.values.entry(keyword).or_insert(value);
        }
        if self.password.is_none() {
            self.password = other.password;
        }
    }

    /// The value that a parameter's word stands for, if it is given.
    pub(super) fn choice<T: Copy>(
        &self,
        keyword: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, Refusal> {
        let Some(word) = self.get(keyword) else {
            return Ok(None);
        };
        let found = choices.iter().find(|(name, _)| *name == word);
        found.map(|(_, value)| Some(*value)).ok_or_else(|| {
            let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
            invalid(format!("`{keyword}` is not {}", alternatives(&names)))
        })
    }

    /// A whole number, which may be negative.
    pub(super) fn number(&self, keyword: &str) -> Result<Option<i64>, Refusal> {
        self.get(keyword)
            .map(|text| {
                let number = text.trim().parse();
                number.map_err(|_| invalid(format!("`{keyword}` is not a whole number")))
            })
            .transpose()
    }

    /// A number that means something only above zero.
    pub(super) fn positive(&self, keyword: &str) -> Result<Option<u64>, Refusal> {
        let number = self.number(keyword)?.and_then(|value| u64::try_from(value).ok());
        Ok(number.filter(|&value| value > 0))
    }

    /// A time in seconds, if it is above zero.
    pub(super) fn seconds(&self, keyword: &str) -> Result<Option<Duration>, Refusal> {
        Ok(self.positive(keyword)?.map(Duration::from_secs))
    }
}

/// A `connection-invalid`; `message` must not hold a value.
pub(super) fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new(Code::ConnectionInvalid, message)
}

fn unsupported(keyword: &str, accepted: &[&str]) -> Refusal {
    let refusal = invalid(format!(
        "the connection parameter `{keyword}` asks for something that enact does not do"
    ));
    match accepted {
        [] => refusal.help(format!("leave out `{keyword}`")),
        values => {
            refusal.help(format!("leave out `{keyword}`, or set it to {}", alternatives(values)))
        }
    }
}

/// `values` as a list in prose, in backticks.
fn alternatives(values: &[&str]) -> String {
    let quoted: Vec<_> = values.iter().map(|value| format!("`{value}`")).collect();
    quoted.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_enact_does_not_do_is_refused_not_ignored() {
        for text in [
            "sslcrl=crl.pem",
            "require_auth=scram-sha-256",
            "gssencmode=require",
            "ssl_min_protocol_version=TLSv1.3",
            "replication=database",
        ] {
            let refusal = Parameters::parse(text).err().unwrap();
            assert_eq!(refusal.code(), Code::ConnectionInvalid, "{text}");
        }
        assert!(Parameters::parse("gssencmode=disable sslcrl='' sslsni=1").is_ok());
    }

    #[test]
    fn a_variable_that_asks_too_much_is_named() {
        let variables = BTreeMap::from([("PGREQUIREPEER".to_owned(), "postgres".to_owned())]);
        let refusal = Parameters::from_variables(&variables).err().unwrap();
        assert_eq!(refusal.findings()[0].notes, ["it comes from `PGREQUIREPEER`"]);
    }
}
