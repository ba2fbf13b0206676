//! The table of checks. An id is never given to another check, also when its check is dropped.

use super::{
    Check, Level,
    Source::{self, Document, Observed, Purpose, Standard},
    Suite,
};

macro_rules! checks {
    ($($id:ident $name:ident $suite:ident $level:ident
       $sentence:literal
       [$($source:expr),+ $(,)?] follows [$($cause:literal),*]
       $explain:literal)+) => {
        $(
            #[doc = concat!("`", stringify!($id), "`: ", $sentence, ".")]
            pub static $id: Check = Check {
                id: stringify!($id),
                name: stringify!($name),
                suite: Suite::$suite,
                level: Level::$level,
                sentence: $sentence,
                sources: { const SOURCES: &[Source] = &[$($source),+]; SOURCES },
                follows: &[$($cause),*],
                explain: $explain,
            };
        )+
        /// Every check, in the order in which they are listed and reported.
        pub static CHECKS: &[&Check] = &[$(&$id),+];
    };
}

checks! {
    SCH001 status_documented Schema Must
    "every answer has a status that the document lists for the operation"
    [Document("responses of the operation"), Observed("400, 403, 404, 405, 409 and 422 are answered though not listed")]
    follows ["SCH005", "SCH006", "SCH008", "SCH009"]
    "A client branches on the status. Success must have one of the listed statuses (201 for a create, 204 for a delete); refusals may also have those that Skyvern is known to answer. Look at the status that the handler sets explicitly or by default."

    SCH002 content_type Schema Must
    "an answer with a body has a content type that the document lists for its status"
    [Document("content of the response"), Standard("RFC 9110 section 8.3")]
    follows ["SCH005"]
    "A client picks its decoder by the content type. Parameters such as charset are ignored. A body without any content type fails too."

    SCH003 body_valid Schema Must
    "the body of an answer validates against the schema of its status"
    [Document("schema of the response"), Standard("JSON Schema 2020-12")]
    follows ["SCH001", "SCH002", "SCH005"]
    "The raw schema of the document is used, with every keyword. The finding names the member at fault and the keyword that it breaks."

    SCH004 headers_required Schema Must
    "an answer has the headers that the document requires"
    [Document("headers of the response")]
    follows ["SCH001", "SCH005"]
    "Headers marked as required must be there, and every documented header that is there must validate against its schema."

    SCH005 no_server_error Schema Must
    "no input is answered with a 5xx"
    [Standard("RFC 9110 section 15.6"), Purpose("an input that breaks the server is a fault of the server")]
    follows []
    "Valid or not, an input must never make the server fail. Inputs come from the schema and from breaking it one constraint at a time."

    SCH006 valid_accepted Schema Must
    "a request that the document allows is accepted"
    [Document("parameters and request body of the operation")]
    follows ["SCH005"]
    "Inputs are the document's own examples, then each constraint at its bound, each enum value, each branch of a union, each optional member present, absent and null, then random ones. All validate. A server that refuses one is stricter than its document."

    SCH007 no_content_empty Schema Must
    "an answer 204 has no body"
    [Standard("RFC 9110 section 15.3.5")]
    follows []
    "A 204 ends with its headers. A body, or a content type that announces one, makes clients read into the next answer or fail to decode."

    SCH008 invalid_body_refused Schema Must
    "a request body that breaks its schema is refused with a 4xx"
    [Document("schema of the request body"), Observed("422")]
    follows ["SCH005"]
    "Each input breaks exactly one constraint, is proved invalid by the validator before it is sent, and carries the reason. A server that takes it will store what its document forbids."

    SCH009 invalid_parameter_refused Schema Must
    "a path or query parameter that breaks its schema is refused with a 4xx"
    [Document("parameters of the operation"), Observed("422")]
    follows ["SCH005"]
    "As for bodies, judged on the value that the server sees: a query parameter is text first, so null is the string \"null\"."

    SCH010 error_shape Schema Must
    "the body of a refusal has the documented or the known shape of an error"
    [Document("error responses of the operation"), Observed("detail is a list of {loc, msg, type} for request errors, a string or an object otherwise")]
    follows ["SCH002", "SCH005"]
    "Clients show the reason of a refusal to people. It must be JSON and have the schema that the document gives, or else the shape that Skyvern answers."

    SCH011 error_location Schema Should
    "the refusal of an invalid request names the member at fault"
    [Document("HTTPValidationError"), Observed("loc begins with body, query or path, and may hold names of union branches and integers")]
    follows ["SCH008", "SCH009", "SCH010"]
    "An error that points elsewhere sends people looking in the wrong place. The names of the broken member must appear in loc in their order; more tokens in between are fine."

    SCH012 models_decode Schema Must
    "the models of the generated client read every answer that validates"
    [Purpose("the document, the server and the client must agree")]
    follows ["SCH001", "SCH002", "SCH003", "SCH005"]
    "What validates against the schema must decode without an error and without losing a member that the schema names."

    SCH013 defaults_apply Schema Must
    "leaving out an optional parameter is the same as sending its default"
    [Document("default of the parameter"), Standard("OpenAPI 3.1 Schema Object")]
    follows ["SCH005", "SCH006"]
    "A default is what the receiver assumes when there is no value. The same read is sent with and without it and must answer the same."

    LIF001 read_back Lifecycle Must
    "what a create or update answers is what a read answers"
    [Document("GET /v1/credentials/{credential_id}")]
    follows []
    "Every member of the answer to a create or update must come back equal from the next read of the same id."

    LIF002 reflects_request Lifecycle Must
    "an answer carries the submitted public members unchanged"
    [Document("CreateCredentialRequest and CredentialResponse")]
    follows []
    "Name, type, username, secret label, TOTP type and TOTP identifier come back character by character, also with white space, quotes and non-ASCII."

    LIF003 last_four_and_brand Lifecycle Must
    "a card answers the last four characters of its number, leading zeros included, and its brand"
    [Document("CreditCardCredentialResponse"), Observed("last_four is text")]
    follows []
    "Numbers that end in 0007 show whether the digits were taken for an integer on the way."

    LIF004 listed_once Lifecycle Must
    "what was created is in the list exactly once, as a read answers it"
    [Document("GET /v1/credentials")]
    follows []
    "The pages of the list are read until one is empty. Other people's credentials are not counted."

    LIF005 update_keeps_id Lifecycle Must
    "an update keeps the id"
    [Document("POST /v1/credentials/{credential_id}/update")]
    follows []
    "The answer to an update must carry the id of the path, and that id must stay readable. Whoever keeps ids must not have to learn new ones."

    LIF006 update_applies Lifecycle Must
    "after an update every read answers what the update says, and nothing of before"
    [Document("POST /v1/credentials/{credential_id}/update")]
    follows []
    "An update is a whole new credential for the same id: members that it leaves out are gone, members that it sets are new, in the read and in the list."

    LIF007 update_changes_type Lifecycle Must
    "an update to another type of credential changes the type everywhere"
    [Document("CreateCredentialRequest"), Observed("the type may change")]
    follows []
    "A password may become a card or a secret. Type, branch of the union, read, list and filter by type must all follow."

    LIF008 changes_spare_others Lifecycle Must
    "an update or delete changes no other credential"
    [Purpose("an operation on one id concerns that id only")]
    follows []
    "Neighbours are read before and after and must be the same, also those with the same name or user name."

    LIF009 deleted_is_gone Lifecycle Must
    "a deleted credential is gone: no read, no update, no place in the list"
    [Document("POST /v1/credentials/{credential_id}/delete"), Observed("404 from then on")]
    follows []
    "After a 204 the id answers 404 to read and update, and no page of the list, with any filter, shows it."

    LIF010 delete_twice Lifecycle Must
    "a second delete of the same id answers 404"
    [Observed("deleting twice is 404")]
    follows []
    "A second success would say that something was deleted. Anything but a 404, a 5xx above all, makes clean-up scripts fail."

    LIF011 ids_unique Lifecycle Must
    "no two credentials ever have the same id, deleted ones included"
    [Purpose("an id that comes back names somebody else's secret")]
    follows []
    "All ids of the run are collected. Whoever still holds the id of a deleted credential must not reach a new one."

    LIF012 concurrent_creates Lifecycle Must
    "creates that run at the same time are not mixed up"
    [Purpose("requests are independent of each other")]
    follows []
    "Several creates are sent at once. Each answer and each later read must belong to its own request."

    LIF013 same_name_stays_two Lifecycle Must
    "two credentials of the same name stay two"
    [Document("name is no key"), Observed("names may repeat")]
    follows []
    "Both are readable and listed, each with its own members, and deleting one leaves the other."

    LIF014 reads_change_nothing Lifecycle Must
    "a read changes nothing"
    [Standard("RFC 9110 section 9.2.1")]
    follows []
    "GET is safe: the same read again, and the list after it, answer the same."

    LIF015 pages_partition Lifecycle Must
    "for every page size the pages are a partition of the list"
    [Document("page and page_size of GET /v1/credentials")]
    follows []
    "Going through all pages shows each credential of this run exactly once. An offset that is one too large loses one at every border, one too small repeats it."

    LIF016 page_size_kept Lifecycle Must
    "a page has at most page_size entries, and a page after the last is empty"
    [Document("page and page_size of GET /v1/credentials"), Observed("default 10")]
    follows []
    "Also at the bounds, and with the default of ten when there is no page_size."

    LIF017 filter_by_type Lifecycle Must
    "credential_type lists the credentials of that type and no others"
    [Document("credential_type of GET /v1/credentials")]
    follows []
    "With each type: all of this run's credentials of that type are there, and nothing of another type is, whoever made it."

    LIF018 search_matches Lifecycle Must
    "search lists the credentials that match in their public members"
    [Document("search of GET /v1/credentials")]
    follows []
    "A credential of this run is found by its unusual name, in any case of letters, and not found by text that stands nowhere in it."

    LIF019 newest_first Lifecycle Should
    "the list is ordered newest first"
    [Observed("newest first")]
    follows ["LIF004", "LIF015"]
    "Credentials created one after another appear in the opposite order, whatever stands in between."

    LIF020 refused_changes_nothing Lifecycle Must
    "a refused create or update changes nothing"
    [Standard("RFC 9110 section 15.5"), Purpose("a refusal is no half success")]
    follows []
    "After a 4xx to an update the read answers as before; after a 4xx to a create the list has no new entry of that name."

    LIF021 unknown_id Lifecycle Must
    "an id that was never given out answers 404 to read, update and delete"
    [Observed("404"), Standard("RFC 9110 section 15.5.5")]
    follows []
    "Ids of the right shape that nobody created. An answer of 200, an empty object or a 5xx hides from callers that nothing is there."

    LIF022 totp_code_reflected Lifecycle Must
    "a posted TOTP code is answered as it was sent"
    [Document("POST /v1/credentials/totp"), Document("TOTPCodeCreate and TOTPCode")]
    follows []
    "The identifier, the content and the ids that were posted come back unchanged; the code is the one in the content."

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

    ROB001 malformed_json Robustness Must
    "malformed or truncated JSON is refused with a 4xx"
    [Standard("RFC 8259 section 2"), Observed("422")]
    follows ["ROB018"]
    "Cut anywhere, single quotes, trailing commas, comments, unquoted names, an empty body. A lenient parser reads something other than the next one."

    ROB002 trailing_bytes Robustness Must
    "JSON followed by anything but white space is refused with a 4xx"
    [Standard("RFC 8259 section 2")]
    follows ["ROB018"]
    "Two documents, a document and text. A parser that stops after the first value hides what follows from whatever reads next."

    ROB003 duplicate_members Robustness Must
    "with duplicate members, what is validated is what is stored"
    [Standard("RFC 8259 section 4")]
    follows ["ROB018"]
    "Either the request is refused, or the stored value is the one that was validated: an invalid member must not slip in behind a valid one of the same name."

    ROB004 number_extremes Robustness Must
    "NaN, Infinity and huge numbers are refused with a 4xx"
    [Standard("RFC 8259 section 6")]
    follows ["ROB018"]
    "Literals that JSON does not have, and numbers beyond any range, where the document asks for a number or a text."

    ROB005 deep_nesting Robustness Must
    "deeply nested JSON is refused with a 4xx"
    [Standard("RFC 8259 section 9")]
    follows ["ROB016", "ROB017", "ROB018"]
    "Arrays and objects in each other, thousands deep. A recursive parser overflows its stack and takes the process with it."

    ROB006 invalid_unicode Robustness Must
    "bytes that are not UTF-8 and lone surrogates are refused with a 4xx or kept exactly"
    [Standard("RFC 8259 sections 8.1 and 8.2")]
    follows ["ROB018"]
    "Broken text must not be repaired silently: a name that comes back with replacement characters is another name."

    ROB007 nul_characters Robustness Must
    "NUL in texts, ids and queries is refused with a 4xx or kept exactly"
    [Standard("RFC 8259 section 7")]
    follows ["ROB018"]
    "PostgreSQL cannot store it and C strings end there: the usual outcome is a 500 or a text cut short."

    ROB008 wrong_root Robustness Must
    "an array, a scalar or null as body is refused with a 4xx"
    [Document("schema of the request body")]
    follows ["ROB018"]
    "Where an object is asked for. Handlers that index into the body before validation fail with a 500."

    ROB009 wrong_content_type Robustness Must
    "a body with a wrong content type is refused with a 4xx"
    [Document("content of the request body"), Standard("RFC 9110 section 15.5.16")]
    follows ["ROB018"]
    "text/plain and form bodies can be sent by any web page without asking first; a server that takes JSON under those names can be reached from a browser. Without any content type both a refusal and the usual answer are fine."

    ROB010 charset_parameter Robustness Must
    "application/json with charset=utf-8 is accepted as application/json"
    [Standard("RFC 9110 section 8.3.1"), Standard("RFC 8259 section 11")]
    follows ["ROB018"]
    "Many clients send the parameter. Case of letters and white space around it do not matter either."

    ROB011 oversized_body Robustness Must
    "an oversized body is refused with a 4xx, or accepted, in reasonable time"
    [Standard("RFC 9110 section 15.5.14")]
    follows ["ROB016", "ROB017", "ROB018"]
    "A few megabytes. The server must answer, and go on answering others."

    ROB012 oversized_values Robustness Must
    "very long ids, names and queries are refused with a 4xx or kept exactly"
    [Document("maxLength"), Standard("RFC 9110 section 15.5.15")]
    follows ["ROB018"]
    "A database column that is too short must not surface as a 500, nor cut the text."

    ROB013 path_tricks Robustness Must
    "dot segments, encoded slashes and other tricks in paths reach nothing else"
    [Standard("RFC 3986 sections 2.2 and 5.2.4")]
    follows ["ROB018"]
    "The raw path is sent as written. An id of `..` or `%2e%2e%2f` must not climb to another operation; a 4xx is right."

    ROB014 odd_query Robustness Must
    "odd query parameters never break an answer"
    [Document("query parameters of the operation")]
    follows ["ROB018"]
    "Repeated and unknown parameters, brackets, wrong types, broken percent escapes, empty names: answered 2xx or 4xx, and a value of the wrong type 4xx."

    ROB015 wrong_method Robustness Must
    "a method that a path does not have is answered 405, 404 or 501"
    [Standard("RFC 9110 section 15.5.6")]
    follows ["ROB018"]
    "Each path with methods that the document does not list, an unknown one among them. None may have an effect or be answered 2xx; HEAD and OPTIONS are free."

    ROB016 answers_in_time Robustness Must
    "every request is answered in reasonable time"
    [Purpose("a request that hangs holds a connection and a worker")]
    follows []
    "The limit is --timeout. Inputs are those of the other checks of this suite."

    ROB017 connection_kept Robustness Must
    "every request gets an answer before the connection closes"
    [Standard("RFC 9110 section 15"), Standard("RFC 9112 section 9.6")]
    follows []
    "A connection that closes without an answer is a crash seen from outside. It is tried a second time on a fresh connection before it counts."

    ROB018 no_server_error Robustness Must
    "no malformed request is answered with a 5xx"
    [Standard("RFC 9110 section 15.6"), Purpose("a request that breaks the server is a fault of the server")]
    follows []
    "501 to an unknown method is the one exception."

    ROB019 answers_afterwards Robustness Must
    "after each malformed request the server answers a good one"
    [Purpose("one caller's mistake must not become everybody's outage")]
    follows ["ROB016", "ROB017"]
    "A plain read follows each malformed request, on the same connection where it lives and on a new one."

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
