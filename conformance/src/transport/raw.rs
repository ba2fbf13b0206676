//! Requests that no polite client sends: written to a socket as they are, one connection each.
//!
//! HTTP/1.1 only. The answer is read while the request is still written: a server may refuse early.

use std::{io, time::Duration};

use bytes::Bytes;
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use super::{Outgoing, TransportOptions, polite::tls_error};
use crate::{
    exchange::{Body, Framing, Request, Response, TransportError},
    target::BaseUrl,
};

mod answer;

pub(super) struct Raw {
    host: String,
    port: u16,
    authority: String,
    tls: Option<TlsConnector>,
    proxy: Option<url::Url>,
    max_body: usize,
    timeout: Duration,
}

trait Stream: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Stream for T {}

impl Raw {
    pub(super) fn new(
        base: &BaseUrl,
        options: &TransportOptions,
        tls: Option<ClientConfig>,
    ) -> Self {
        let tls = tls.map(|mut tls| {
            tls.alpn_protocols = vec![b"http/1.1".to_vec()];
            TlsConnector::from(std::sync::Arc::new(tls))
        });
        Self {
            host: base.host(),
            port: base.port(),
            authority: base.authority(),
            tls,
            proxy: options.proxy.clone(),
            max_body: options.max_body,
            timeout: options.timeout,
        }
    }

    pub(super) async fn send(
        &self,
        request: &Request,
        outgoing: &Outgoing,
    ) -> Result<Response, TransportError> {
        let bytes = self.bytes(request, outgoing);
        let stream = self.connect().await?;
        let Some(connector) = &self.tls else {
            return self.exchange(stream, request, bytes).await;
        };
        let name = ServerName::try_from(self.host.clone())
            .map_err(|error| TransportError::Tls(error.to_string()))?;
        let stream = connector.connect(name, stream).await.map_err(|error| {
            TransportError::Tls(tls_error(&error).unwrap_or_else(|| error.to_string()))
        })?;
        self.exchange(stream, request, bytes).await
    }

    async fn connect(&self) -> Result<TcpStream, TransportError> {
        let failed = |error: io::Error| TransportError::Connect(error.to_string());
        let Some(proxy) = &self.proxy else {
            let stream = TcpStream::connect((self.host.as_str(), self.port)).await;
            let stream = stream.map_err(failed)?;
            stream.set_nodelay(true).map_err(failed)?;
            return Ok(stream);
        };
        let host = proxy.host_str().unwrap_or_default();
        let port = proxy.port_or_known_default().unwrap_or(80);
        let mut stream = TcpStream::connect((host, port)).await.map_err(failed)?;
        let there = format!("{}:{}", bracketed(&self.host), self.port);
        let line = format!("CONNECT {there} HTTP/1.1\r\nhost: {there}\r\n\r\n");
        stream.write_all(line.as_bytes()).await.map_err(failed)?;
        let status = answer::connect_status(&mut stream).await?;
        if (200..300).contains(&status) {
            return Ok(stream);
        }
        Err(TransportError::Connect(format!(
            "the proxy answered {status} to CONNECT"
        )))
    }

    fn bytes(&self, request: &Request, outgoing: &Outgoing) -> Vec<u8> {
        let has = |name: &str| {
            outgoing
                .headers
                .iter()
                .any(|(key, _)| key.eq_ignore_ascii_case(name))
        };
        let mut head = Vec::with_capacity(512 + outgoing.body.len());
        head.extend_from_slice(outgoing.method.as_bytes());
        head.push(b' ');
        head.extend_from_slice(outgoing.target.as_bytes());
        head.extend_from_slice(b" HTTP/1.1\r\n");
        let mut header = |name: &str, value: &[u8]| {
            head.extend_from_slice(name.as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value);
            head.extend_from_slice(b"\r\n");
        };
        if !has("host") {
            header("host", self.authority.as_bytes());
        }
        for (name, value) in &outgoing.headers {
            header(name, value);
        }
        // Skyvern does not say that it will close a connection of its own; it just does.
        if !has("connection") && !request.fresh_connection {
            header("connection", b"close");
        }
        match request.framing {
            Framing::Honest if has("content-length") || has("transfer-encoding") => {}
            Framing::Honest if request.body == Body::None && outgoing.method == "GET" => {}
            Framing::Honest => {
                header("content-length", outgoing.body.len().to_string().as_bytes());
            }
            Framing::Claimed(length) => header("content-length", length.to_string().as_bytes()),
            Framing::Chunked(_) => header("transfer-encoding", b"chunked"),
        }
        head.extend_from_slice(b"\r\n");
        match request.framing {
            Framing::Chunked(size) => {
                for chunk in outgoing.body.chunks(size.max(1)) {
                    head.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                    head.extend_from_slice(chunk);
                    head.extend_from_slice(b"\r\n");
                }
                head.extend_from_slice(b"0\r\n\r\n");
            }
            Framing::Honest | Framing::Claimed(_) => head.extend_from_slice(&outgoing.body),
        }
        head
    }

    async fn exchange(
        &self,
        stream: impl Stream,
        request: &Request,
        bytes: Vec<u8>,
    ) -> Result<Response, TransportError> {
        let (mut reading, mut writing) = tokio::io::split(stream);
        let bytes = Bytes::from(bytes);
        let write = async {
            // A server that has heard enough closes its side: what counts is what it answers.
            let _ = writing.write_all(&bytes).await;
            let _ = writing.flush().await;
            if matches!(request.framing, Framing::Claimed(_)) {
                let _ = writing.shutdown().await;
            }
            std::future::pending::<()>().await;
        };
        let read = answer::read(&mut reading, &request.method, self.max_body);
        tokio::select! {
            outcome = read => outcome,
            () = write => Err(TransportError::Timeout(self.timeout)),
        }
    }
}

fn bracketed(host: &str) -> String {
    if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}

/// Reads what there is, at most `limit` bytes more.
async fn fill(stream: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> io::Result<usize> {
    let mut chunk = [0; 8192];
    let read = stream.read(&mut chunk).await?;
    buffer.extend_from_slice(&chunk[..read]);
    Ok(read)
}
