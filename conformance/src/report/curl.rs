//! A request as a command line for `curl`, with the key taken from the environment.

use std::{borrow::Cow, fmt::Write as _};

use crate::{
    redact::Transcript,
    setup::{API_KEY, TOKEN},
};

/// The command. What `curl` cannot send, e.g. broken text, is as near as it gets.
pub(crate) fn curl(exchange: &Transcript) -> String {
    // Writing to a string does not fail.
    let mut command = String::from("curl --path-as-is");
    if exchange.method != "GET" {
        let _ = write!(command, " -X {}", quoted(&exchange.method));
    }
    command.push(' ');
    command.push_str(&quoted(&exchange.url));
    for (name, value) in &exchange.request_headers {
        // A header without a value is written with a semicolon.
        let mark = if value.is_empty() { ";" } else { ": " };
        let parts = format!("{name}{mark}{value}");
        let source = [TOKEN, API_KEY].into_iter();
        let source = { source }.find(|source| parts.contains(source.mark));
        let source = source.unwrap_or(API_KEY);
        if value.strip_prefix("Basic ") == Some(source.mark) {
            // The variable holds user and password as they are.
            let _ = write!(command, " -u \"${}\"", source.variable);
            continue;
        }
        let parts: Vec<Cow<'_, str>> = parts.split(source.mark).map(quoted).collect();
        let _ = write!(
            command,
            " -H {}",
            parts.join(&format!("\"${}\"", source.variable))
        );
    }
    if !exchange.request_body.is_empty() {
        let body = quoted(&exchange.request_body);
        let _ = write!(command, " --data-binary {body}");
    }
    command
}

/// For a POSIX shell. Nothing stays nothing if there is something beside it.
fn quoted(text: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._/:=%,@".contains(c);
    if text.chars().all(plain) {
        return text.into();
    }
    format!("'{}'", text.replace('\'', r"'\''")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_it_back() {
        assert_eq!(quoted("http://h/a"), "http://h/a");
        assert_eq!(quoted("a?b=c&d"), "'a?b=c&d'");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
    }

    #[test]
    fn the_key_is_taken_from_the_environment() {
        let exchange = Transcript {
            method: "POST".into(),
            url: "http://h/a".into(),
            template: String::new(),
            request_headers: vec![
                ("cookie".into(), "k=‹key›; $(x)".into()),
                ("x-empty".into(), String::new()),
            ],
            request_body: "{}".into(),
            status: None,
            response_headers: Vec::new(),
            response_body: String::new(),
            truncated: false,
            error: None,
            began: None,
            elapsed_ms: 0.0,
        };
        let expected = r#"curl --path-as-is -X POST http://h/a -H 'cookie: k='"$SKYVERN_API_KEY"'; $(x)' -H 'x-empty;' --data-binary '{}'"#;
        assert_eq!(curl(&exchange), expected);
        let service = Transcript {
            request_headers: vec![("authorization".into(), "Bearer ‹token›".into())],
            ..exchange
        };
        assert_eq!(
            curl(&service),
            r#"curl --path-as-is -X POST http://h/a -H 'authorization: Bearer '"$CUSTOM_CREDENTIAL_API_TOKEN" --data-binary '{}'"#
        );
    }
}
