//! The checks of the auth suite: nothing without the key.

use crate::check::Source::{Document, Observed, Purpose, Standard};

checks! {
    AUT001 missing_key Auth Must
    "a request without a key is refused"
    [Document("x-api-key"), Observed("403")]
    follows []
    "Every operation is asked without the key, with an otherwise valid request. Look for routes that were added without the authentication layer."

    AUT002 empty_key Auth Must
    "an empty key is refused"
    [Document("x-api-key"), Observed("403")]
    follows ["AUT001"]
    "The header is there and empty, or white space only. A comparison with an unset configuration value lets it through."

    AUT003 wrong_key Auth Must
    "a wrong key is refused"
    [Document("x-api-key"), Observed("403")]
    follows ["AUT001"]
    "A random key of the length and alphabet of the right one."

    AUT004 near_key Auth Must
    "a shortened or lengthened key is refused"
    [Purpose("a key is right as a whole or not at all")]
    follows ["AUT003"]
    "The key without its last or first character, and with one more. Comparing prefixes, or only as many characters as arrived, lets them through."

    AUT005 key_case Auth Must
    "a key in other letters of case is refused"
    [Purpose("a key is compared byte by byte")]
    follows ["AUT003"]
    "The key with the case of its letters changed. Skipped when the key has no letters."

    AUT006 key_elsewhere Auth Must
    "the key in another place is refused"
    [Document("x-api-key in the header"), Observed("Authorization: Bearer does not work")]
    follows ["AUT001"]
    "In the query, as a bearer token and in a cookie. Keys in URLs end up in logs and histories."

    AUT007 refusal_documented Auth Must
    "a refusal for want of a key has the documented status and shape"
    [Observed("403 with {\"detail\": text}"), Standard("RFC 9110 section 15.5.4")]
    follows ["AUT001", "AUT002", "AUT003", "AUT004", "AUT005", "AUT006"]
    "Clients tell a wrong key from a wrong request by the status. It is the one that the document gives, or else 401 or 403; for Skyvern 403, as JSON with a text in detail."

    AUT008 refused_before_validation Auth Must
    "the key is looked at before the request is validated"
    [Observed("authentication comes before schema validation")]
    follows ["AUT001"]
    "A request that is well-formed JSON, invalid and without a key is refused for the key. Otherwise strangers can learn the schema and reach the parser of every operation."

    AUT009 refused_before_lookup Auth Must
    "the key is looked at before the id"
    [Observed("authentication comes before an unknown id"), Purpose("strangers must not learn which ids exist")]
    follows ["AUT001"]
    "Without a key, an id that exists and one that does not are answered the same."

    AUT010 refusal_quotes_no_key Auth Must
    "a refusal does not quote the key that was sent"
    [Purpose("a wrong key is often the right one with a slip, or the right one for another place")]
    follows []
    "Status line, headers and body of the refusal are searched for the key as sent."

    AUT011 refused_has_no_effect Auth Must
    "a request refused for want of a key has no effect"
    [Standard("RFC 9110 section 15.5.4")]
    follows ["AUT001"]
    "After a refused create, update or delete everything reads as before. Look for handlers that act first and check later."
}
