//! The hosts of a connection string.
//!
//! In: `Parameters`. Out: one `Endpoint` for each host of the list.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::parameters::{Parameters, invalid};
use crate::diagnostic::Refusal;

/// Where distributions (the first) and PostgreSQL's sources (the second) put the socket.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// One host of the list, with the password that is meant for it.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    pub(super) host: Host,
    pub(super) port: u16,
    pub(super) password: Option<SecretString>,
}

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Host {
    /// The folder of a unix socket.
    Socket(PathBuf),
    /// A name, which is what a certificate must be for, and its address if `hostaddr` gives it.
    Tcp { name: String, address: Option<IpAddr> },
}

impl Endpoint {
    /// The hosts of the list. Hosts, addresses and ports go by position; one port may serve all.
    pub(super) fn list(parameters: &Parameters) -> Result<Vec<Self>, Refusal> {
        let list = |keyword| -> Vec<&str> {
            parameters
                .get(keyword)
                .map_or(Vec::new(), |text| text.split(',').map(str::trim).collect())
        };
        let (hosts, addresses, ports) = (list("host"), list("hostaddr"), list("port"));
        let count = hosts.len().max(addresses.len()).max(1);
        if !addresses.is_empty() && !hosts.is_empty() && hosts.len() != addresses.len() {
            return Err(invalid("`host` and `hostaddr` list different numbers of hosts"));
        }
        if ports.len() > 1 && ports.len() != count {
            return Err(invalid("`port` lists another number of ports than there are hosts"));
        }
        (0..count)
            .map(|at| {
                let port = match ports.get(at).or(ports.first()) {
                    None | Some(&"") => 5432,
                    Some(text) => text
                        .parse()
                        .ok()
                        .filter(|&port| port > 0)
                        .ok_or_else(|| invalid("`port` is not a number from 1 to 65535"))?,
                };
                let address = match addresses.get(at) {
                    None | Some(&"") => None,
                    Some(text) => Some(
                        text.parse::<IpAddr>()
                            .map_err(|_| invalid("`hostaddr` is not an IP address"))?,
                    ),
                };
                let name = hosts.get(at).copied().unwrap_or_default();
                let host = match address {
                    _ if name.starts_with('/') => Host::Socket(name.into()),
                    // libpq's abstract sockets; or the rest of a password.
                    _ if name.contains('@') => return Err(invalid("`host` holds an `@`")),
                    None if name.is_empty() => Host::Socket(socket_folder(port)),
                    Some(address) if name.is_empty() => {
                        Host::Tcp { name: address.to_string(), address: Some(address) }
                    }
                    _ => Host::Tcp { name: name.to_owned(), address },
                };
                Ok(Self { host, port, password: None })
            })
            .collect()
    }

    /// `host:port`, with brackets where the host has colons.
    pub(super) fn describe(&self) -> String {
        match &self.host {
            Host::Socket(folder) => format!("{}:{}", folder.display(), self.port),
            Host::Tcp { name, .. } if name.contains(':') => format!("[{name}]:{}", self.port),
            Host::Tcp { name, .. } => format!("{name}:{}", self.port),
        }
    }
}

impl Host {
    /// Whether what is sent stays on this machine, by name and by address: a tunnel has a name
    /// elsewhere and an address here.
    pub(super) fn is_local(&self) -> bool {
        match self {
            Self::Socket(_) => true,
            Self::Tcp { name, address } => {
                address.is_none_or(|address| address.is_loopback())
                    && name.parse::<IpAddr>().map_or_else(
                        |_| name.eq_ignore_ascii_case("localhost"),
                        |address| address.is_loopback(),
                    )
            }
        }
    }

    /// The host's name in the password file.
    pub(super) fn in_password_file(&self) -> &str {
        match self {
            Self::Socket(folder)
                if SOCKET_FOLDERS.iter().any(|known| folder == Path::new(known)) =>
            {
                "localhost"
            }
            Self::Socket(folder) => folder.to_str().unwrap_or_default(),
            Self::Tcp { name, .. } => name,
        }
    }
}

/// Where a local server is, if no host is named.
fn socket_folder(port: u16) -> PathBuf {
    let socket = format!(".s.PGSQL.{port}");
    let folders = SOCKET_FOLDERS.map(Path::new);
    folders
        .iter()
        .find(|folder| folder.join(&socket).exists())
        .or_else(|| folders.iter().find(|folder| folder.exists()))
        .unwrap_or(&folders[0])
        .to_path_buf()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(text: &str) -> Result<Vec<String>, Refusal> {
        let endpoints = Endpoint::list(&Parameters::parse(text)?)?;
        Ok(endpoints.iter().map(Endpoint::describe).collect())
    }

    #[test]
    fn several_hosts_by_position() {
        assert_eq!(
            described("postgresql://u@a,[::1]:2,%2Frun%2Fx/d?hostaddr=10.0.0.1,,").unwrap(),
            ["a:5432", "[::1]:2", "/run/x:5432"]
        );
        assert_eq!(described("host=a,::1,/run/x port=7").unwrap(), ["a:7", "[::1]:7", "/run/x:7"]);
        assert_eq!(described("hostaddr=10.0.0.1").unwrap(), ["10.0.0.1:5432"]);
    }

    #[test]
    fn lists_that_do_not_fit() {
        for text in [
            "host=a,b port=1,2,3",
            "host=a,b hostaddr=::1",
            "port=0",
            "port=70000",
            "hostaddr=canary7",
            "host=x@canary7",
            "postgresql://u:canary7/d",
        ] {
            let refusal = described(text).unwrap_err();
            assert!(!format!("{refusal} {refusal:?}").contains("canary7"), "{text}");
        }
    }

    #[test]
    fn without_a_host_it_is_the_local_socket() {
        let endpoints = Endpoint::list(&Parameters::default()).unwrap();
        assert!(matches!(&endpoints[0].host, Host::Socket(_)));
    }
}
