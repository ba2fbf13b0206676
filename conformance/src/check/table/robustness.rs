//! The checks of the robustness suite: requests that no polite client sends.

use crate::check::Source::{Document, Observed, Purpose, Standard};

checks! {
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
}
