//! Who is let in: whoever sends the token, and nothing but it, as a bearer token.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use sha2::{Digest as _, Sha256};

use super::answer::Refusal;

/// The digest of the token. Digests are compared, so that the time it takes tells nothing about the
/// token itself.
pub(super) struct Token([u8; 32]);

impl Token {
    /// `None` if there is no token, and nobody is let in.
    pub(super) fn new(token: &str) -> Option<Self> {
        (!token.is_empty()).then(|| Self(Sha256::digest(token).into()))
    }

    pub(super) fn is(&self, sent: &[u8]) -> bool {
        <[u8; 32]>::from(Sha256::digest(sent)) == self.0
    }
}

/// Exactly one `Authorization` header: the scheme in any case of letters, one space or more, the
/// token (RFC 9110 section 11.4, RFC 6750 section 2.1).
pub(super) fn authenticate(headers: &HeaderMap, token: Option<&Token>) -> Result<(), Refusal> {
    let mut all = headers.get_all(AUTHORIZATION).iter();
    let (Some(header), None, Some(token)) = (all.next(), all.next(), token) else {
        return Err(Refusal::Unauthorized);
    };
    match bearer(header.as_bytes()) {
        Some(sent) if token.is(sent) => Ok(()),
        _ => Err(Refusal::Unauthorized),
    }
}

/// What stands behind the scheme `Bearer`.
pub(super) fn bearer(header: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = header.split_at_checked("bearer".len())?;
    let sent = rest.trim_ascii_start();
    (scheme.eq_ignore_ascii_case(b"bearer") && sent.len() < rest.len()).then_some(sent)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn lets_in(values: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        authenticate(&headers, Token::new("t0ken").as_ref()).is_ok()
    }

    #[test]
    fn only_the_token_opens() {
        assert!(lets_in(&["Bearer t0ken"]) && lets_in(&["bEARER  t0ken"]));
        for wrong in [
            "t0ken",
            "Bearert0ken",
            "Bearer",
            "Bearer ",
            "Bearer t0ke",
            "Bearer t0kenn",
            "Bearer T0KEN",
            "Bearer t0kenBearer t0ken",
            "Bearer t0ken, x",
            "Basic t0ken",
        ] {
            assert!(!lets_in(&[wrong]), "{wrong}");
        }
        assert!(!lets_in(&[]));
        assert!(!lets_in(&["Bearer t0ken", "Bearer t0ken"]));
        assert!(Token::new("").is_none());
    }
}
