//! A request as a command line for `curl`, with the key taken from the environment.

use crate::{redact::Transcript, setup::KEY_VARIABLE};

/// The command. What `curl` cannot send, e.g. broken text, is as near as it gets.
pub(super) fn curl(exchange: &Transcript) -> String {
    let mut command = String::from("curl --path-as-is");
    if exchange.method != "GET" {
        command.push_str(&format!(" -X {}", quoted(&exchange.method)));
    }
    command.push(' ');
    command.push_str(&quoted(&exchange.url));
    for (name, value) in &exchange.request_headers {
        if value.contains("‹key›") {
            let value = value.replace("‹key›", &format!("${KEY_VARIABLE}"));
            command.push_str(&format!(" -H \"{name}: {value}\""));
        } else if value.is_empty() {
            command.push_str(&format!(" -H {}", quoted(&format!("{name};"))));
        } else {
            command.push_str(&format!(" -H {}", quoted(&format!("{name}: {value}"))));
        }
    }
    if !exchange.request_body.is_empty() {
        command.push_str(&format!(
            " --data-binary {}",
            quoted(&exchange.request_body)
        ));
    }
    command
}

/// For a POSIX shell.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._/:=?&%,@".contains(c);
    if !text.is_empty() && text.chars().all(|c| plain(c) && c != '&' && c != '?') {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_it_back() {
        assert_eq!(quoted("http://h/a"), "http://h/a");
        assert_eq!(quoted("a?b=c&d"), "'a?b=c&d'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
