//! Certificates: whom to trust and who to be.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use reqwest::{Client, ClientBuilder};
use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
};

/// A certificate of the client's own and its key, both PEM files.
#[derive(Clone, Debug)]
pub struct ClientIdentity {
    /// The certificate and those that lead to its root.
    pub certificates: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// Whom to trust and who to be.
#[derive(Clone, Debug, Default)]
pub struct TlsOptions {
    /// PEM files of authorities, trusted besides those of the system.
    pub authorities: Vec<PathBuf>,
    /// The client's own certificate.
    pub identity: Option<ClientIdentity>,
    /// Whether any certificate will do.
    pub insecure: bool,
}

/// A certificate or key that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file holds no PEM of the kind, or cannot be read.
    #[error("{} cannot be used: {reason}", file.display())]
    File {
        /// Which file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// Certificate and key do not fit, or TLS cannot be set up at all.
    #[error("TLS cannot be set up: {0}")]
    Setup(#[from] rustls::Error),
}

/// Makes ring the provider of the process, unless there is one. To be called before any client of
/// `reqwest` is made: without a provider that panics, also for `http://`.
pub fn install_provider() {
    // An error means that there is one already.
    let _ = ring::default_provider().install_default();
}

/// A client for `url`. Where there is no TLS, none is set up: for each client reqwest would read the
/// authorities of the system, which are some hundred files.
pub(crate) fn client_for(url: &str) -> ClientBuilder {
    install_provider();
    let begins = url.get(.."https:".len()).unwrap_or_default();
    if begins.eq_ignore_ascii_case("https:") {
        return Client::builder();
    }
    let trusting_nobody = ClientConfig::builder()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Client::builder().tls_backend_preconfigured(trusting_nobody)
}

/// The configuration of a client, without ALPN.
pub(super) fn client_config(options: &TlsOptions) -> Result<ClientConfig, TlsError> {
    let builder = ClientConfig::builder();
    let builder = if options.insecure {
        let provider = Arc::new(ring::default_provider());
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(TrustAnyone(provider)))
    } else {
        builder.with_root_certificates(roots(options)?)
    };
    let Some(identity) = &options.identity else {
        return Ok(builder.with_no_client_auth());
    };
    let chain = certificates(&identity.certificates)?;
    let key = PrivateKeyDer::from_pem_file(&identity.key)
        .map_err(|error| unusable(&identity.key, &error))?;
    Ok(builder.with_client_auth_cert(chain, key)?)
}

fn roots(options: &TlsOptions) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    // A certificate of the system that cannot be read is one less to trust, and no reason to stop:
    // the handshake says so if it was needed.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    for file in &options.authorities {
        for certificate in certificates(file)? {
            roots
                .add(certificate)
                .map_err(|error| unusable(file, &error))?;
        }
    }
    Ok(roots)
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(file, &error))?;
    if found.is_empty() {
        return Err(unusable(file, &"it holds no certificate"));
    }
    Ok(found)
}

fn unusable(file: &Path, reason: &dyn std::fmt::Display) -> TlsError {
    TlsError::File {
        file: file.to_owned(),
        reason: reason.to_string(),
    }
}

/// For `--insecure`: checks that the peer holds the key of its certificate, and nothing else.
#[derive(Debug)]
struct TrustAnyone(Arc<CryptoProvider>);

impl ServerCertVerifier for TrustAnyone {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            cert,
            dss,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            cert,
            dss,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
