//! Reads one HTTP/1 answer from a stream: head by `httparse`, body by length, chunks or close.

use bytes::Bytes;
use tokio::io::AsyncRead;

use super::fill;
use crate::exchange::{Response, TransportError};

/// Most bytes of a status line and its headers.
const MAX_HEAD: usize = 64 * 1024;
/// Most headers of an answer.
const MAX_HEADERS: usize = 128;
/// Most interim answers (1xx) before the real one.
const MAX_INTERIM: usize = 16;

struct Head {
    status: u16,
    version: &'static str,
    reason: Bytes,
    headers: Vec<(String, Bytes)>,
}

/// The status of the answer to a CONNECT; nothing after its head is read.
pub(super) async fn connect_status(
    stream: &mut (impl AsyncRead + Unpin),
) -> Result<u16, TransportError> {
    let mut buffer = Vec::new();
    let head = head(stream, &mut buffer).await?;
    Ok(head.status)
}

/// The final answer to a request with `method`; of its body at most `max_body` bytes.
pub(super) async fn read(
    stream: &mut (impl AsyncRead + Unpin),
    method: &str,
    max_body: usize,
) -> Result<Response, TransportError> {
    let mut buffer = Vec::new();
    for _ in 0..MAX_INTERIM {
        let head = head(stream, &mut buffer).await?;
        if !(100..200).contains(&head.status) || head.status == 101 {
            return body(stream, buffer, head, method, max_body).await;
        }
    }
    let text = format!("more than {MAX_INTERIM} interim answers");
    Err(TransportError::Malformed(text))
}

/// The next head; what follows it is left in `buffer`.
async fn head(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
) -> Result<Head, TransportError> {
    loop {
        if let Some((head, length)) = parse(buffer)? {
            buffer.drain(..length);
            return Ok(head);
        }
        if buffer.len() > MAX_HEAD {
            let text = format!("headers of more than {MAX_HEAD} bytes");
            return Err(TransportError::Malformed(text));
        }
        match fill(stream, buffer).await {
            Ok(0) | Err(_) => return Err(TransportError::Closed),
            Ok(_) => {}
        }
    }
}

fn parse(buffer: &[u8]) -> Result<Option<(Head, usize)>, TransportError> {
    let mut headers = vec![httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut answer = httparse::Response::new(&mut headers);
    let parsed = answer
        .parse(buffer)
        .map_err(|error| TransportError::Malformed(error.to_string()))?;
    let httparse::Status::Complete(length) = parsed else {
        return Ok(None);
    };
    let reason = answer.reason.unwrap_or_default();
    let reason = Bytes::copy_from_slice(reason.as_bytes());
    let headers = listed(answer.headers);
    let head = Head {
        reason,
        status: answer.code.unwrap_or_default(),
        version: if answer.version == Some(0) {
            "HTTP/1.0"
        } else {
            "HTTP/1.1"
        },
        headers,
    };
    Ok(Some((head, length)))
}

/// Names in lower case, and values.
fn listed(fields: &[httparse::Header<'_>]) -> Vec<(String, Bytes)> {
    let pair = |field: &httparse::Header<'_>| {
        let value = Bytes::copy_from_slice(field.value);
        (field.name.to_ascii_lowercase(), value)
    };
    fields.iter().map(pair).collect()
}

async fn body(
    stream: &mut (impl AsyncRead + Unpin),
    mut buffer: Vec<u8>,
    head: Head,
    method: &str,
    max_body: usize,
) -> Result<Response, TransportError> {
    let header = |name: &str| {
        let mut values = head.headers.iter().filter(|(key, _)| key == name);
        values
            .next_back()
            .and_then(|(_, value)| std::str::from_utf8(value).ok())
    };
    let bodiless = method == "HEAD" || matches!(head.status, 101 | 204 | 304);
    let chunked = header("transfer-encoding")
        .is_some_and(|value| value.to_ascii_lowercase().trim_end().ends_with("chunked"));
    let length = match header("content-length") {
        Some(text) => Some(text.trim().parse::<usize>().map_err(|_| {
            TransportError::Malformed("the content length is no number".to_owned())
        })?),
        None => None,
    };
    let mut trailers = Vec::new();
    let (bytes, truncated) = if bodiless {
        (Vec::new(), false)
    } else if chunked {
        let (bytes, rest) = chunks(stream, buffer, max_body).await?;
        let truncated = rest.is_none();
        if let Some(rest) = rest {
            trailers = self::trailers(stream, rest).await;
        }
        (bytes, truncated)
    } else {
        let wanted = length.unwrap_or(usize::MAX);
        while buffer.len() < wanted && buffer.len() <= max_body {
            match fill(stream, &mut buffer).await {
                Ok(0) if length.is_none() => break,
                Ok(0) | Err(_) => return Err(TransportError::Closed),
                Ok(_) => {}
            }
        }
        let truncated = wanted.min(buffer.len()) > max_body;
        buffer.truncate(wanted.min(max_body));
        (buffer, truncated)
    };
    let Head {
        status,
        version,
        reason,
        headers,
    } = head;
    Ok(Response {
        reason,
        trailers,
        ..Response::new(status, version, headers, bytes.into(), truncated)
    })
}

/// The body, and what follows its last chunk; `None` if there was more than `max_body`.
async fn chunks(
    stream: &mut (impl AsyncRead + Unpin),
    mut buffer: Vec<u8>,
    max_body: usize,
) -> Result<(Vec<u8>, Option<Vec<u8>>), TransportError> {
    let malformed = || TransportError::Malformed("a chunk has no size".to_owned());
    let mut body = Vec::new();
    loop {
        let (start, size) = loop {
            match httparse::parse_chunk_size(&buffer).map_err(|_| malformed())? {
                httparse::Status::Complete((start, size)) => break (start, size),
                httparse::Status::Partial => more(stream, &mut buffer).await?,
            }
        };
        buffer.drain(..start);
        let size = usize::try_from(size).map_err(|_| malformed())?;
        if size == 0 {
            return Ok((body, Some(buffer)));
        }
        if size > max_body - body.len() {
            let room = max_body - body.len();
            while buffer.len() < room {
                more(stream, &mut buffer).await?;
            }
            body.extend_from_slice(&buffer[..room]);
            return Ok((body, None));
        }
        // Each chunk is followed by CR LF.
        while buffer.len() < size + 2 {
            more(stream, &mut buffer).await?;
        }
        body.extend_from_slice(&buffer[..size]);
        buffer.drain(..size + 2);
    }
}

/// The fields after the last chunk. None of them is needed to understand the answer (RFC 9110
/// section 6.5.1), so that it stands without them.
async fn trailers(
    stream: &mut (impl AsyncRead + Unpin),
    mut buffer: Vec<u8>,
) -> Vec<(String, Bytes)> {
    loop {
        let mut fields = vec![httparse::EMPTY_HEADER; MAX_HEADERS];
        match httparse::parse_headers(&buffer, &mut fields) {
            Ok(httparse::Status::Complete((_, fields))) => return listed(fields),
            Ok(httparse::Status::Partial) if buffer.len() <= MAX_HEAD => {}
            _ => return Vec::new(),
        }
        match fill(stream, &mut buffer).await {
            Ok(0) | Err(_) => return Vec::new(),
            Ok(_) => {}
        }
    }
}

async fn more(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
) -> Result<(), TransportError> {
    match fill(stream, buffer).await {
        Ok(0) | Err(_) => Err(TransportError::Closed),
        Ok(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(bytes: &str, method: &str) -> Result<Response, TransportError> {
        let mut stream = bytes.as_bytes();
        futures_util::FutureExt::now_or_never(read(&mut stream, method, 10)).unwrap()
    }

    #[test]
    fn bodies_end_by_length_chunks_or_close() {
        let body = |text: &str| {
            let answer = answer(text, "GET").unwrap();
            (
                String::from_utf8(answer.body.to_vec()).unwrap(),
                answer.truncated,
            )
        };
        assert_eq!(
            body("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nabc"),
            ("ab".into(), false)
        );
        assert_eq!(body("HTTP/1.1 200 OK\r\n\r\nabc"), ("abc".into(), false));
        let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        assert_eq!(
            body(&format!("{chunked}2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")),
            ("abc".into(), false)
        );
        assert_eq!(
            body(&format!("{chunked}c\r\n012345678901")),
            ("0123456789".into(), true)
        );
        assert_eq!(
            body("HTTP/1.1 200 OK\r\n\r\n01234567890"),
            ("0123456789".into(), true)
        );
        assert_eq!(
            body("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n"),
            (String::new(), false)
        );
    }

    #[test]
    fn the_reason_and_what_follows_the_body_are_kept() {
        let text = "HTTP/1.1 200 All well\r\ntransfer-encoding: chunked\r\n\r\n\
                    2\r\nab\r\n0\r\nX-Sum: 7\r\n\r\n";
        let answer = answer(text, "GET").unwrap();
        assert_eq!(answer.reason, "All well");
        assert_eq!(answer.trailers, [("x-sum".to_owned(), Bytes::from("7"))]);
    }

    #[test]
    fn half_an_answer_is_none() {
        assert_eq!(
            answer("HTTP/1.1 200 OK\r\n", "GET").unwrap_err(),
            TransportError::Closed
        );
        let short = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab";
        assert_eq!(answer(short, "GET").unwrap_err(), TransportError::Closed);
        assert!(answer(short, "HEAD").is_ok());
        assert!(matches!(
            answer("SSH-2.0\r\n\r\n", "GET"),
            Err(TransportError::Malformed(_))
        ));
        let interim = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(20);
        assert!(matches!(
            answer(&interim, "GET"),
            Err(TransportError::Malformed(_))
        ));
    }
}
