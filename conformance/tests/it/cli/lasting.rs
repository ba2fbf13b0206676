//! What no operation takes back is not done to a server that the run did not start.

use super::{command, served, told};

#[test]
fn what_cannot_be_undone_is_withheld_unless_it_is_asked_for() {
    let server = served(&[]);
    let run = |arguments: &[&str]| {
        let directory = tempfile::tempdir().unwrap();
        let arguments = [
            &["run", server.url(), "--seed", "1", "--cases", "1"],
            arguments,
        ]
        .concat();
        let output = command(directory.path(), &arguments)
            .env("SKYVERN_API_KEY", server.key())
            .output()
            .unwrap();
        (output.status.code(), told(&output))
    };

    let (code, text) = run(&["--only", "schema::*totp*", "--only", "schema::*_custom_*"]);
    assert_eq!(code, Some(0), "{text}");
    for expected in [
        "    Withheld 2 cases, ",
        " send_totp_code: every code that is sent stays",
        " update_custom_credential_service_config: it replaces the organisation's",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    // Refusals and what changes nothing are tried.
    let (_, text) = run(&["--only", "schema::*totp*", "--verbose"]);
    assert!(text.contains("PASS"), "{text}");
    assert!(text.contains("invalid_body_refused::send_totp_code"));
    assert!(!text.contains("valid_accepted::send_totp_code"), "{text}");

    let (code, text) = run(&["--only", "schema::valid_accepted::send_*"]);
    assert_eq!(code, Some(4), "{text}");
    assert!(
        text.contains("could not undo it: send_totp_code: "),
        "{text}"
    );

    let (code, text) = run(&["--only", "*::valid_accepted::send_totp_code", "--verbose"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("valid_accepted::send_totp_code"), "{text}");
}
