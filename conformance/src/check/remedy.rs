//! What to do to a server that fails a check: one instruction for each, for `explain` and the page of
//! the checks. What comes in is the id of a check.

/// How a server that fails the check `id` is mended: a sentence without its full stop. `None` for a
/// check that has none yet.
pub fn remedy(id: &str) -> Option<&'static str> {
    let found = REMEDIES.iter().find(|(other, _)| *other == id);
    found.map(|(_, remedy)| *remedy)
}

static REMEDIES: &[(&str, &str)] = &[
    (
        "SCH001",
        "Set the status in the handler explicitly, or add the one that is answered to the document",
    ),
    (
        "SCH002",
        "Answer with the JSON response type of the framework instead of a text, and send no body without a type",
    ),
    (
        "SCH003",
        "Serialise answers through the model that the document is made from, so that missing, null and mistyped members cannot leave the server",
    ),
    (
        "SCH004",
        "Set the header where the answer is built, in every branch",
    ),
    (
        "SCH005",
        "Reproduce it with the replay, read the stack trace in the log, and turn the failure into a refusal with 4xx where the input is checked",
    ),
    (
        "SCH006",
        "Loosen the validation to what the document says, or write the stricter rule into the document",
    ),
    (
        "SCH007",
        "Return an empty answer type for 204: no null, no `{}`, no content type",
    ),
    (
        "SCH008",
        "Validate bodies against the schema before anything is done: in strict mode, without coercion of types, unknown keywords included",
    ),
    (
        "SCH009",
        "Declare type and bounds on the path and query parameters, and refuse what does not parse instead of falling back to a default",
    ),
    (
        "SCH010",
        "Register one error handler for all refusals, those of the framework included, that writes the documented shape",
    ),
    (
        "SCH011",
        "Pass the path of the member on from the validator into the error",
    ),
    (
        "SCH012",
        "Regenerate the client (`cargo xtask regenerate`), or correct the document where the answer is meant",
    ),
    (
        "SCH013",
        "Apply the default where the parameter is declared, not somewhere in the handler",
    ),
    (
        "LIF001",
        "Build the answers of create, update and read by the same function, from what was stored",
    ),
    (
        "LIF002",
        "Store texts as they arrive: no trimming, case folding, normalising or escaping",
    ),
    (
        "LIF003",
        "Keep the last four as a text, cut from the number before it goes into the vault, never as an integer",
    ),
    (
        "LIF004",
        "Commit before answering, and list from the same store as reads do, without a cache that lags",
    ),
    (
        "LIF005",
        "Update the row in its place instead of deleting and inserting",
    ),
    (
        "LIF006",
        "Replace all members of the old type in one transaction, and drop caches of the old ones",
    ),
    (
        "LIF007",
        "Write the type together with the credential, wherever a copy of it is kept",
    ),
    (
        "LIF008",
        "Restrict the statement to the id, and look at the number of rows that it changed",
    ),
    (
        "LIF009",
        "Filter what is deleted in every query: read, update, list and search",
    ),
    ("LIF010", "Answer 404 when the delete finds no row"),
    (
        "LIF011",
        "Draw ids from a sequence or at random, never from the number of rows",
    ),
    (
        "LIF012",
        "Keep the state of a request in the request, not in a variable of the module or a shared client",
    ),
    ("LIF013", "Key by id; a name is no key"),
    (
        "LIF014",
        "Keep writes out of reads, also `last used` where it is answered",
    ),
    (
        "LIF015",
        "Order by a unique column (created, then id) before limit and offset are applied",
    ),
    (
        "LIF016",
        "Apply limit and offset after all filters, and answer an empty list behind the end",
    ),
    (
        "LIF017",
        "Filter by type in the query itself, before the pages are cut",
    ),
    (
        "LIF018",
        "Search the public members only, with the wildcards of the search text escaped",
    ),
    (
        "LIF019",
        "Sort by the time of creation, descending, with the id to break ties",
    ),
    (
        "LIF020",
        "Validate everything before the first write, and roll back when a later step fails",
    ),
    (
        "LIF021",
        "Look the id up first, and answer 404 if there is none",
    ),
    (
        "LIF022",
        "Answer from the stored code, with the content as text",
    ),
    (
        "AUT001",
        "Hang the check of the key on the router, so that no operation can be without it",
    ),
    (
        "AUT002",
        "Refuse an empty header, and refuse to start with an empty configured key",
    ),
    (
        "AUT003",
        "Compare the whole key in constant time with the stored one, and refuse by default",
    ),
    (
        "AUT004",
        "Compare lengths and all bytes; no prefix, no truncation",
    ),
    ("AUT005", "Compare bytes, without folding the case"),
    ("AUT006", "Read the key from the documented header only"),
    (
        "AUT007",
        "Raise the refusal with the documented status, through the same error handler as all others",
    ),
    (
        "AUT008",
        "Run the check of the key before body and parameters are parsed",
    ),
    (
        "AUT009",
        "Run the check of the key before anything is looked up",
    ),
    (
        "AUT010",
        "Leave the received key out of messages, headers and echoes of the request",
    ),
    (
        "AUT011",
        "Return right after the refusal, before any side effect or background task",
    ),
    (
        "ROB001",
        "Catch the error of the JSON parser and answer 400 or 422",
    ),
    (
        "ROB002",
        "Parse the whole body, and refuse what stands behind the value",
    ),
    (
        "ROB003",
        "Refuse duplicate members, or hand the very value that was validated to the store",
    ),
    (
        "ROB004",
        "Switch NaN and Infinity off in the parser, and bound numbers",
    ),
    (
        "ROB005",
        "Bound the depth of JSON, and answer 4xx beyond it",
    ),
    (
        "ROB006",
        "Decode bodies strictly as UTF-8, and refuse lone surrogates before they reach the store",
    ),
    ("ROB007", "Refuse NUL where the store cannot keep it"),
    (
        "ROB008",
        "Check that the body is an object before members are read",
    ),
    (
        "ROB009",
        "Look at the content type before the body is parsed, and answer 415",
    ),
    ("ROB010", "Compare the media type without its parameters"),
    (
        "ROB011",
        "Bound the size of bodies in the server or proxy, and answer 413",
    ),
    (
        "ROB012",
        "Bound lengths in the schema, not by cutting in the store",
    ),
    (
        "ROB013",
        "Route by the path as it is decoded once; resolve no dot segments afterwards",
    ),
    (
        "ROB014",
        "Take the first, or refuse: a repeated or unknown query parameter must not raise",
    ),
    (
        "ROB015",
        "Register the paths with their methods, and leave 405 to the framework",
    ),
    (
        "ROB016",
        "Bound the time of parsing, pattern matching and queries",
    ),
    (
        "ROB017",
        "Answer before closing: catch what kills the worker, and read or refuse the body first",
    ),
    (
        "ROB018",
        "Find the unhandled exception in the log, and refuse the input where it is parsed",
    ),
    (
        "ROB019",
        "Keep a broken request from taking its worker, connection pool or lock with it",
    ),
    (
        "RED001",
        "Answer through a model that has no secret members, also in errors: leave the `input` out of validation errors",
    ),
    (
        "RED002",
        "Look for where the request is echoed or logged in another encoding; leave it out instead of encoding it",
    ),
    (
        "RED003",
        "Answer no hash, fingerprint or signature made of the secret; a random id serves as well",
    ),
    (
        "RED004",
        "Answer what the document permits and no more: no lengths, prefixes, masks that keep characters",
    ),
    (
        "RED005",
        "Compute one-time codes where they are used, and answer none",
    ),
    (
        "RED006",
        "Let no branch, length, order or time of the answer depend on the secret",
    ),
    (
        "BRI001",
        "Await the call of the service, and answer success after its 2xx",
    ),
    (
        "BRI002",
        "Call once: no retry of POST, no second handler, no background task beside",
    ),
    (
        "BRI003",
        "Switch retries off for POST, also in the HTTP client",
    ),
    (
        "BRI004",
        "Pass values on as they arrived: no trimming, escaping or conversion of numbers",
    ),
    (
        "BRI005",
        "Build the body from the documented members of the type",
    ),
    (
        "BRI006",
        "Write null and the documented defaults for what was not submitted, not the text of a null",
    ),
    (
        "BRI007",
        "Join base URL and id with one slash, and without a query",
    ),
    (
        "BRI008",
        "Send the configured token in the Authorization header of each call, and nowhere else",
    ),
    (
        "BRI009",
        "Let the HTTP client serialise JSON and set the content type",
    ),
    (
        "BRI010",
        "Keep the separators, order and escapes of the JSON writer that services know",
    ),
    ("BRI011", "Check key and body before the service is called"),
    (
        "BRI012",
        "Send the whole credential as a new one, also members that did not change",
    ),
    ("BRI013", "Delete the old id after the new one is stored"),
    (
        "BRI014",
        "Change the record only after the service has stored the new credential",
    ),
    (
        "BRI015",
        "Keep the id that the service gave last, and delete that one",
    ),
    ("BRI016", "Delete by the id of the record at hand only"),
    (
        "BRI017",
        "Take every 2xx, and read the media type without parameters",
    ),
    ("BRI018", "Keep ids as texts, as long as they come"),
    (
        "BRI019",
        "Percent-encode the id as one segment of the path, dots included, or refuse it",
    ),
    (
        "BRI020",
        "Turn every 4xx and 5xx of the service into an error of the API",
    ),
    ("BRI021", "Refuse an answer without a non-empty id"),
    (
        "BRI022",
        "Bound the time of the call, and turn a dropped connection into an error answer",
    ),
    (
        "BRI023",
        "Switch redirects off in the client that calls the service",
    ),
    (
        "BRI024",
        "Write the record after the service has answered, or roll it back",
    ),
    (
        "BRI025",
        "Let failures of the service pass through the error handler of the API",
    ),
    (
        "BRI026",
        "Tell of a failure by its status only, and never copy the body of the service into an answer",
    ),
    (
        "BRI027",
        "Keep headers of the call out of errors and logs that are answered",
    ),
    ("BRI028", "Take 404 of the service to a delete as done"),
    (
        "BRI029",
        "Drop the record only after the service has deleted",
    ),
    (
        "BRI030",
        "Remember ids that could not be deleted, and delete them with the credential",
    ),
    (
        "BRI031",
        "Release connections and locks also when a call fails",
    ),
    (
        "BRI032",
        "Keep the id in the request that got it, not in a shared object",
    ),
    (
        "CON001",
        "Store each of the forms that the page shows, optional members null or left out",
    ),
    ("CON002", "Set `Content-Type: application/json`"),
    (
        "CON003",
        "Answer `{\"id\": …}` with 200 or 201 to every create",
    ),
    (
        "CON004",
        "Answer one JSON object to GET, also to a request that declares a content type and has no body",
    ),
    ("CON005", "Answer `type` as it was stored"),
    (
        "CON006",
        "Answer required members as texts, never as null or numbers",
    ),
    (
        "CON007",
        "Answer one of the five words, or leave the member out",
    ),
    (
        "CON008",
        "Leave optional members out, or answer null or the stored type",
    ),
    (
        "CON009",
        "Parse JSON with a library, and ignore parameters of the media type",
    ),
    ("CON010", "Store and answer both as they arrived"),
    ("CON011", "Add columns for all six members of a card"),
    (
        "CON012",
        "Add columns for the value and the label of a secret",
    ),
    (
        "CON013",
        "Keep the optional members of a card, the parts of the address included",
    ),
    (
        "CON014",
        "Keep metadata as JSON, with names and values as they are",
    ),
    ("CON015", "Keep key and type of the one-time codes"),
    ("CON016", "Do not trim"),
    (
        "CON017",
        "Use columns and drivers that keep control characters, or encode them",
    ),
    (
        "CON018",
        "Use UTF-8 of four bytes throughout: database, connection and answer",
    ),
    (
        "CON019",
        "Bind parameters instead of building statements, and do not escape for HTML",
    ),
    (
        "CON020",
        "Keep texts of digits as texts in database and serialiser",
    ),
    (
        "CON021",
        "Use columns without a limit of length, or refuse what is too long",
    ),
    ("CON022", "Tell the empty text from null"),
    ("CON023", "Do not fold the case, and use a binary collation"),
    ("CON024", "Look up by the whole id"),
    ("CON025", "Do not delete, expire or rotate what was read"),
    (
        "CON026",
        "Draw ids from letters, digits, hyphen and underscore, as UUIDs are",
    ),
    (
        "CON027",
        "Make a new id for each create, also for equal credentials",
    ),
    (
        "CON028",
        "Draw ids at random or from a sequence that goes on",
    ),
    ("CON029", "Key by id, and keep no state between requests"),
    ("CON030", "Answer 200 or 204 to a delete that was done"),
    (
        "CON031",
        "Delete for good, or filter what is marked as deleted",
    ),
    (
        "CON032",
        "Take an unknown id in a delete for done, and answer 204",
    ),
    ("CON033", "Restrict the delete to the id"),
    ("CON034", "Answer 404 with a short JSON error"),
    (
        "CON035",
        "Compare ids exactly: no prefixes, patterns or folding of case",
    ),
    (
        "CON036",
        "Keep no request in shared variables, and store in one transaction",
    ),
    (
        "CON037",
        "Check the token in a middleware in front of every route",
    ),
    (
        "CON038",
        "Compare the whole token in constant time, and refuse to start without one",
    ),
    ("CON039", "Compare lengths and all bytes"),
    (
        "CON040",
        "Compare the whole rest of the header, without splitting it at spaces or commas",
    ),
    (
        "CON041",
        "Read the token from the Authorization header with the Bearer scheme only",
    ),
    ("CON042", "Answer 401, not 403, 400 or a redirect"),
    ("CON043", "Add `WWW-Authenticate: Bearer` to the 401"),
    ("CON044", "Check the token before path, method and body"),
    ("CON045", "Return right after the refusal"),
    (
        "CON046",
        "Compare the scheme without regard to the case of letters",
    ),
    ("CON047", "Leave the received header out of messages"),
    (
        "CON048",
        "Switch the documentation pages off, or put them behind the token",
    ),
    ("CON049", "Refuse unknown types with 422"),
    ("CON050", "Validate by type before storing"),
    ("CON051", "Validate types strictly, without coercion"),
    ("CON052", "Catch the parser's error, and answer 400 or 422"),
    ("CON053", "Look at the content type, and answer 415"),
    ("CON054", "Use a parser that refuses duplicate members"),
    (
        "CON055",
        "Bound bodies at a size, answer 413 beyond it, and cut nothing",
    ),
    (
        "CON056",
        "Find the exception in the log, and refuse the input instead",
    ),
    (
        "CON057",
        "Route with and without a slash at the end, instead of redirecting",
    ),
    ("CON058", "Leave the input out of validation errors"),
    (
        "CON059",
        "Answer a create with the id only, and quote nothing in errors",
    ),
    (
        "CON060",
        "Draw ids at random, not from a digest of the content",
    ),
    (
        "CON061",
        "Let no other answer depend on the secret: no conflicts by content, no strength hints",
    ),
    (
        "CON062",
        "Add `Cache-Control: no-store` to answers with a secret",
    ),
    (
        "CON063",
        "Answer 2xx to GET on the base URL with the right token",
    ),
    ("CON064", "Register the base URL with and without a slash"),
    (
        "CON065",
        "Put TLS in front of the service, and give Skyvern the https URL",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::CHECKS;

    #[test]
    fn remedies_are_of_checks_and_in_their_order() {
        let ids = REMEDIES.iter().map(|(id, _)| *id);
        let known = CHECKS.iter().map(|check| check.id);
        let known: Vec<&str> = known.filter(|id| remedy(id).is_some()).collect();
        assert_eq!(ids.collect::<Vec<_>>(), known);
        for (id, text) in REMEDIES {
            assert!(!text.ends_with('.') && !text.is_empty(), "{id}");
        }
    }
}
