//! The checks of the redaction suite: no secret comes back.

use crate::check::Source::{Document, Observed, Purpose, Standard};

checks! {
    RED001 verbatim Redaction Must
    "no answer carries a submitted secret"
    [Document("writeOnly members of the request body"), Observed("no answer holds a password, a TOTP key, a card number or a secret value")]
    follows []
    "Every secret is a value that stands nowhere else. Status line, headers, body and strings inside strings of every later answer are searched for it, in any case of letters. The finding names the field, the place and the request."

    RED002 encoded Redaction Must
    "no answer carries a submitted secret in another form"
    [Document("writeOnly members of the request body"), Purpose("whoever reads an answer can undo an encoding")]
    follows []
    "Base64 at any alignment, base32, hexadecimal, percent, HTML and backslash escapes, UTF-16, character codes, compression, reversed, rot13, with separators in between or in pieces, and any of these within another."

    RED003 digest Redaction Must
    "no answer carries a digest of a submitted secret"
    [Document("writeOnly members of the request body"), Purpose("a password or a card number is found from its digest by trying")]
    follows []
    "MD5, SHA-1, SHA-256, SHA-512 and CRC-32 of the value, trimmed, in lower case, as JSON or with a line feed, in hexadecimal, base64 or as a number, and their first eight hexadecimal digits and more."

    RED004 partial Redaction Must
    "no answer carries a part of a submitted secret but what the document permits"
    [Document("writeOnly members of the request body"), Observed("a card answers the last four characters of its number as last_four, nothing more")]
    follows []
    "Runs of eight characters and more are found at once; shorter beginnings and ends, and secrets as short as a verification code, when they show again and again at the same place for different values."

    RED005 one_time_code Redaction Must
    "no answer carries a one-time code of a submitted TOTP key"
    [Standard("RFC 6238"), Purpose("a code logs in as well as its key")]
    follows []
    "The codes of every submitted key within the time of the answer and one step around it."

    RED006 noninterference Redaction Must
    "no answer depends on a submitted secret"
    [Document("writeOnly members of the request body"), Purpose("what depends on a secret tells something of it")]
    follows ["RED001", "RED002", "RED003", "RED004", "RED005"]
    "The same scenario runs with equal public input and other secrets. What differs between runs with equal secrets is masked; any other difference in status, headers, body, length or order is a finding that names the property of the secret: content, length, alphabet, equality with another secret, order."
}
