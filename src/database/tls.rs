//! TLS as libpq's users configure it: how much of a certificate is checked, and against what.
//!
//! In: [`TlsSettings`] and a host. Out: the ways to try for that host, and a connector for each.

use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::environment::Environment;
use super::hosts::Host;
use super::parameters::{Parameters, invalid};
use crate::diagnostic::{Code, Refusal};

/// `sslmode`, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TlsMode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

/// `sslnegotiation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Negotiation {
    Postgres,
    Direct,
}

/// The TLS parameters, with the files of `~/.postgresql` where those exist.
#[derive(Debug, Clone)]
pub(super) struct TlsSettings {
    /// Nothing, if it was not given: then it depends on the host.
    pub(super) mode: Option<TlsMode>,
    /// The file of authorities; nothing means those of the operating system.
    pub(super) root: Option<PathBuf>,
    pub(super) certificate: Option<PathBuf>,
    pub(super) key: Option<PathBuf>,
    pub(super) negotiation: Negotiation,
}

/// What stands between us and the server, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    /// A unix socket, or TCP in the clear.
    Plain,
    /// Encrypted, with whoever answered.
    Unverified,
    /// Encrypted, with a certificate of a trusted authority, for any host.
    Authority,
    /// Encrypted, with a certificate of a trusted authority, for this host.
    Host,
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "without TLS",
            Self::Unverified => "TLS, certificate not checked",
            Self::Authority => "TLS, certificate checked, host name not checked",
            Self::Host => "TLS, certificate and host name checked",
        })
    }
}

impl TlsSettings {
    /// Reads them, with the files that libpq takes where none is named.
    ///
    /// # Errors
    /// `connection-invalid`.
    pub(super) fn read(
        parameters: &Parameters,
        environment: &Environment,
    ) -> Result<Self, Refusal> {
        let given = |keyword, default: &str| {
            parameters.get(keyword).map(PathBuf::from).or_else(|| {
                environment
                    .in_home(".postgresql")
                    .map(|folder| folder.join(default))
                    .filter(|file| file.exists())
            })
        };
        let mode = parameters.choice(
            "sslmode",
            &[
                ("disable", TlsMode::Disable),
                ("allow", TlsMode::Allow),
                ("prefer", TlsMode::Prefer),
                ("require", TlsMode::Require),
                ("verify-ca", TlsMode::VerifyCa),
                ("verify-full", TlsMode::VerifyFull),
            ],
        )?;
        let root = given("sslrootcert", "root.crt");
        let system = root.as_deref() == Some(Path::new("system"));
        if system && mode.is_some_and(|mode| mode != TlsMode::VerifyFull) {
            return Err(invalid(
                "`sslrootcert=system` with a weaker `sslmode` than `verify-full` would accept anyone's certificate",
            )
            .help("set `sslmode=verify-full`"));
        }
        let negotiation = parameters
            .choice(
                "sslnegotiation",
                &[("postgres", Negotiation::Postgres), ("direct", Negotiation::Direct)],
            )?
            .unwrap_or(Negotiation::Postgres);
        if negotiation == Negotiation::Direct && mode.is_some_and(|mode| mode < TlsMode::Require) {
            return Err(invalid("`sslnegotiation=direct` needs `sslmode=require` or stronger"));
        }
        Ok(Self {
            // With the system's authorities nothing weaker is meant, also for local hosts.
            mode: mode.or(system.then_some(TlsMode::VerifyFull)),
            root: root.filter(|_| !system),
            certificate: given("sslcert", "postgresql.crt"),
            key: given("sslkey", "postgresql.key"),
            negotiation,
        })
    }

    /// The transports to try for `host`, in order. A host elsewhere gets the full check unless
    /// weaker is asked for; a local one is not asked for TLS. As in libpq, a file of authorities
    /// is used where it is at hand, also if the mode does not demand it.
    ///
    /// # Errors
    /// `connection-invalid`, if `verify-ca` has no authority of one's own.
    pub(super) fn transports(&self, host: &Host) -> Result<Vec<Transport>, Refusal> {
        if matches!(host, Host::Socket(_)) {
            return Ok(vec![Transport::Plain]);
        }
        let mode = self.mode.unwrap_or(match (host.is_local(), self.negotiation) {
            (false, _) => TlsMode::VerifyFull,
            (true, Negotiation::Direct) => TlsMode::Require,
            (true, Negotiation::Postgres) => TlsMode::Prefer,
        });
        let checked_if_possible = match self.root {
            Some(_) => Transport::Authority,
            None => Transport::Unverified,
        };
        Ok(match mode {
            TlsMode::Disable => vec![Transport::Plain],
            TlsMode::Allow => vec![Transport::Plain, checked_if_possible],
            TlsMode::Prefer => vec![checked_if_possible, Transport::Plain],
            TlsMode::Require => vec![checked_if_possible],
            TlsMode::VerifyCa if self.root.is_none() => {
                return Err(invalid("`sslmode=verify-ca` needs a `sslrootcert`: the system's authorities sign for anyone")
                    .help("name the file of the server's authority in `sslrootcert`, or set `sslmode=verify-full`"));
            }
            TlsMode::VerifyCa => vec![Transport::Authority],
            TlsMode::VerifyFull => vec![Transport::Host],
        })
    }

    /// The connector for an encrypted transport.
    ///
    /// # Errors
    /// `connection-invalid`, if a certificate or key file is not usable.
    pub(super) fn connector(&self, transport: Transport) -> Result<MakeRustlsConnect, Refusal> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .expect("ring has ciphers for TLS 1.2 and 1.3");
        let builder = if transport == Transport::Host {
            builder.with_root_certificates(self.authorities()?)
        } else {
            let roots = match transport {
                Transport::Authority => Some(self.authorities()?),
                _ => None,
            };
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(AnyHost { roots, provider }))
        };
        let mut config = match self.client_identity()? {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| invalid(format!("`sslcert` and `sslkey` do not fit: {error}")))?,
        };
        if self.negotiation == Negotiation::Direct {
            config.alpn_protocols = vec![b"postgresql".to_vec()];
        }
        Ok(MakeRustlsConnect::new(config))
    }

    fn authorities(&self) -> Result<RootCertStore, Refusal> {
        let mut store = RootCertStore::empty();
        let Some(file) = &self.root else {
            let found = rustls_native_certs::load_native_certs();
            store.add_parsable_certificates(found.certs);
            if store.is_empty() {
                return Err(Refusal::new(
                    Code::TlsFailed,
                    "this system has no certificate authorities to check the server against",
                )
                .help("name the file of the server's authority in `sslrootcert`, or install the system's (`ca-certificates`)"));
            }
            return Ok(store);
        };
        for certificate in certificates("sslrootcert", file)? {
            store.add(certificate).map_err(|error| {
                invalid(format!(
                    "`sslrootcert` `{}` holds a certificate that is not usable: {error}",
                    file.display()
                ))
            })?;
        }
        Ok(store)
    }

    fn client_identity(&self) -> Result<Option<ClientIdentity>, Refusal> {
        match (&self.certificate, &self.key) {
            (None, _) => Ok(None),
            (Some(_), None) => Err(invalid("`sslcert` is given without `sslkey`")),
            (Some(certificate), Some(key)) => {
                Ok(Some((certificates("sslcert", certificate)?, private_key(key)?)))
            }
        }
    }
}

type ClientIdentity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// The certificates of a PEM file; at least one.
fn certificates(keyword: &str, file: &Path) -> Result<Vec<CertificateDer<'static>>, Refusal> {
    let wrong = |why: String| invalid(format!("`{keyword}` `{}` {why}", file.display()));
    let pem = fs::read(file).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<_, _>>()
        .map_err(|_| wrong("is not well-formed PEM".to_owned()))?;
    if certificates.is_empty() {
        return Err(wrong("holds no certificate in PEM form".to_owned()));
    }
    Ok(certificates)
}

/// The private key of a PEM file that, as libpq demands, nobody else may read; root's may be
/// readable by its group.
fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, Refusal> {
    let wrong = |why: String| invalid(format!("`sslkey` `{}` {why}", file.display()));
    let unreadable = |error: std::io::Error| wrong(format!("cannot be read: {error}"));
    let facts = fs::metadata(file).map_err(unreadable)?;
    let forbidden = if facts.uid() == 0 { 0o037 } else { 0o077 };
    if facts.mode() & forbidden != 0 {
        return Err(wrong("may be accessed by others".to_owned())
            .help(format!("run `chmod 600 {}`", file.display())));
    }
    let pem = fs::read(file).map_err(unreadable)?;
    PrivateKeyDer::from_pem_slice(&pem).map_err(|_| {
        wrong("holds no unencrypted private key in PEM form".to_owned())
            .help("convert it with `openssl pkey -in KEY -out PLAIN_KEY`")
    })
}

/// Checks that a trusted authority signed the certificate, if there is one to check against, and
/// always that the server has its key; does not check for which host it is.
#[derive(Debug)]
struct AnyHost {
    roots: Option<RootCertStore>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyHost {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if let Some(roots) = &self.roots {
            verify_server_cert_signed_by_trust_anchor(
                &ParsedCertificate::try_from(end_entity)?,
                roots,
                intermediates,
                now,
                self.provider.signature_verification_algorithms.all,
            )?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    fn resolve(text: &str) -> Result<Settings, Refusal> {
        let environment = Environment { user: Some("me".to_owned()), ..Environment::default() };
        Settings::resolve(Some(text), None, &environment)
    }

    #[test]
    fn a_host_elsewhere_is_verified_unless_weaker_is_asked_for() {
        use Transport::{Authority, Host, Plain, Unverified};

        let transports = |text: &str| {
            let settings = resolve(text).unwrap();
            settings.tls.transports(&settings.endpoints[0].host)
        };
        for (text, expected) in [
            ("host=db.example", vec![Host]),
            ("host=db.example hostaddr=127.0.0.1", vec![Host]),
            ("host=localhost hostaddr=10.0.0.1", vec![Host]),
            ("host=localhost", vec![Unverified, Plain]),
            ("host=127.0.0.1", vec![Unverified, Plain]),
            ("host=::1", vec![Unverified, Plain]),
            ("host=localhost sslrootcert=system", vec![Host]),
            ("host=/tmp sslmode=verify-full", vec![Plain]),
            ("host=h sslmode=require", vec![Unverified]),
            ("host=h sslmode=require sslrootcert=ca.pem", vec![Authority]),
            ("host=h sslmode=verify-ca sslrootcert=ca.pem", vec![Authority]),
            ("host=h sslmode=allow", vec![Plain, Unverified]),
            ("host=h sslmode=disable", vec![Plain]),
            ("host=h sslnegotiation=direct", vec![Host]),
            ("host=localhost sslnegotiation=direct", vec![Unverified]),
        ] {
            assert_eq!(transports(text).unwrap(), expected, "{text}");
        }
        assert!(transports("host=h sslmode=verify-ca").is_err());
        for wrong in [
            "sslrootcert=system sslmode=require",
            "sslmode=prefer sslnegotiation=direct",
            "sslmode=x",
        ] {
            let refusal = resolve(wrong).unwrap_err();
            assert_eq!(refusal.code(), Code::ConnectionInvalid, "{wrong}");
        }
    }
}
