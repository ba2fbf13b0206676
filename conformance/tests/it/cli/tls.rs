//! TLS with an authority of one's own and with a certificate of the client's own, against a real
//! TLS endpoint before the reference server. The certificates beside this file hold for a century;
//! their authority's key is gone, so that nobody can make more.

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::Output,
    sync::Arc,
};

use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};
use tokio_rustls::TlsAcceptor;

use super::{Served, command, served, told};

fn pem(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/it/cli/tls", name]
        .iter()
        .collect()
}

/// What the endpoint asks of its clients.
#[derive(Clone, Copy, PartialEq)]
enum Clients {
    Anyone,
    /// A certificate of the authority.
    Certified,
}

fn config(clients: Clients) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let authority = CertificateDer::from_pem_file(pem("authority.pem")).unwrap();
    let certificate = CertificateDer::from_pem_file(pem("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(pem("server.key.pem")).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let builder = if clients == Clients::Certified {
        let mut roots = RootCertStore::empty();
        roots.add(authority).unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        builder.with_client_cert_verifier(verifier.build().unwrap())
    } else {
        builder.with_no_client_auth()
    };
    builder.with_single_cert(vec![certificate], key).unwrap()
}

/// An endpoint that takes TLS off and passes everything on to `server`; its base URL.
fn endpoint(server: &Served, clients: Clients) -> String {
    let behind: SocketAddr = server.url().trim_start_matches("http://").parse().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let acceptor = TlsAcceptor::from(Arc::new(config(clients)));
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // A client that is turned away is what some of these tests are about.
                    let Ok(mut outer) = acceptor.accept(stream).await else {
                        return;
                    };
                    let Ok(mut inner) = tokio::net::TcpStream::connect(behind).await else {
                        return;
                    };
                    let _ = tokio::io::copy_bidirectional(&mut outer, &mut inner).await;
                });
            }
        });
    });
    url
}

/// A run of a few cases against `url`.
fn run(url: &str, server: &Served, options: &[(&str, &str)]) -> Output {
    let directory = tempfile::tempdir().unwrap();
    let files: Vec<(&str, PathBuf)> = options
        .iter()
        .map(|(option, name)| (*option, pem(name)))
        .collect();
    let mut command = command(
        directory.path(),
        &[
            "run",
            url,
            "--profile",
            "quick",
            "--only",
            "AUT00[13]",
            "--timeout",
            "5s",
        ],
    );
    for (option, file) in &files {
        command.arg(option);
        if !file.ends_with("tls") {
            command.arg(file);
        }
    }
    command
        .env("SKYVERN_API_KEY", server.key())
        .output()
        .unwrap()
}

/// The first sentence of a run that could not test, with the address replaced.
fn refusal(output: &Output, url: &str) -> String {
    assert_eq!(output.status.code(), Some(3), "{}", told(output));
    String::from_utf8_lossy(&output.stderr).replace(url, "[url]")
}

#[test]
fn a_server_of_an_authority_of_ones_own_is_tested() {
    let server = served(&[]);
    let url = endpoint(&server, Clients::Anyone);
    let output = run(&url, &server, &[("--cacert", "authority.pem")]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}

#[test]
fn an_authority_that_nobody_knows_is_not_trusted() {
    let server = served(&[]);
    let url = endpoint(&server, Clients::Anyone);
    for options in [&[][..], &[("--cacert", "other.pem")]] {
        assert_eq!(
            refusal(&run(&url, &server, options), &url),
            "error: no TLS session with [url]: invalid peer certificate: UnknownIssuer\n\
             \x20hint: --cacert PEM trusts another authority\n"
        );
    }
    let output = run(&url, &server, &[("--insecure", "")]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}

#[test]
fn a_certificate_of_another_host_is_not_trusted() {
    let server = served(&[]);
    let url = endpoint(&server, Clients::Anyone).replace("127.0.0.1", "localhost");
    let output = run(&url, &server, &[("--cacert", "authority.pem")]);
    let text = refusal(&output, &url);
    assert!(
        text.starts_with("error: no TLS session with [url]: "),
        "{text}"
    );
    assert!(
        text.contains("certificate not valid for name \"localhost\""),
        "{text}"
    );
}

#[test]
fn a_certificate_of_the_clients_own_is_shown() {
    let server = served(&[]);
    let url = endpoint(&server, Clients::Certified);
    let trusted = ("--cacert", "authority.pem");
    let identity = [
        trusted,
        ("--cert", "client.pem"),
        ("--key", "client.key.pem"),
    ];
    let output = run(&url, &server, &identity);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let text = refusal(&run(&url, &server, &[trusted]), &url);
    assert!(text.contains("CertificateRequired"), "{text}");
}

#[test]
fn files_that_hold_no_certificate_are_named() {
    let server = served(&[]);
    let url = endpoint(&server, Clients::Anyone);
    let cases: [(&[(&str, &str)], &str); 4] = [
        (
            &[("--cacert", "missing.pem")],
            "missing.pem cannot be used: ",
        ),
        (
            &[("--cacert", "client.key.pem")],
            "client.key.pem cannot be used: it holds no certificate",
        ),
        (
            &[("--cert", "client.pem"), ("--key", "client.pem")],
            "client.pem cannot be used: ",
        ),
        (
            &[("--cert", "client.pem"), ("--key", "server.key.pem")],
            "TLS cannot be set up: ",
        ),
    ];
    for (options, says) in cases {
        let output = run(&url, &server, options);
        assert_eq!(output.status.code(), Some(2), "{}", told(&output));
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(text.contains(says), "{text}");
    }
}
