//! The checks of the contract suite: what Skyvern asks of a credential service.

use crate::check::Source::{Document, Observed, Page, Purpose, Standard};

checks! {
    CON001 create_accepted Contract Must
    "every credential that Skyvern sends is stored"
    [Observed("the create fails unless it is answered 2xx"), Page("Create Credential")]
    follows ["CON056", "CON057"]
    "Creates of all three types go out byte for byte as Skyvern writes them: its order of members, escapes for everything beyond ASCII, null for an unset totp, empty labels and telephone numbers, one connection each. Look for members that are wrongly required, limits on the name, and parsers that trip over surrogate pairs."

    CON002 create_is_json Contract Must
    "the answer to a create is declared as JSON"
    [Observed("a create answered under another content type than application/json or application/*+json fails")]
    follows ["CON001"]
    "Parameters behind the media type do no harm."

    CON003 create_gives_id Contract Must
    "the answer to a create is an object with an id"
    [Observed("an id that is missing, null, an empty text, zero or within another member fails the create; a number is taken")]
    follows ["CON001", "CON002"]
    "Also 204 and an empty body have no id. Skyvern turns a number into text."

    CON004 read_answers Contract Must
    "what was stored is read back as a JSON object"
    [Observed("a read fails unless it is answered 2xx with an object that is not empty"), Page("Get Credential")]
    follows ["CON056", "CON057", "CON029", "CON030", "CON031"]
    "Read with exactly the request that Skyvern sends, which declares application/json although it has no body, as soon as the create is answered."

    CON005 read_names_type Contract Must
    "a read names the type that was stored"
    [Observed("a type that is not password, credit_card or secret, in these letters, is refused")]
    follows ["CON004"]
    "Skyvern chooses by it what it looks for in the answer."

    CON006 read_has_texts Contract Must
    "the required members of a read are texts"
    [Observed("a number or null for a user name, password, secret or member of a card is refused")]
    follows ["CON004"]
    "Months, years and verification codes are digits and still texts. Look for columns of a number type and for readers that guess types."

    CON007 read_totp_type Contract Must
    "the totp_type of a read is one of the five, or absent"
    [Observed("null, and any word but authenticator, email, text, passkey and none, is refused")]
    follows ["CON004"]
    "Shows when a create came without one: a service that answers all its columns answers null."

    CON008 read_shape Contract Must
    "optional members of a read are of the type that was stored"
    [Observed("totp and secret_label are texts, metadata and billing_address objects of texts; absent and null are taken")]
    follows ["CON004"]
    "Look for objects that are kept as JSON text and never read back."

    CON009 other_clients Contract Should
    "a create is stored also as other clients write it"
    [Standard("RFC 8259 sections 2, 4 and 7"), Standard("RFC 9110 section 8.3.1")]
    follows ["CON001", "CON056", "CON057"]
    "With a charset behind the media type, with other white space, characters that are not escaped, escapes where none are needed, another order of members, over a kept connection, and without the optional members."

    CON010 login_kept Contract Must
    "user name and password come back as they were stored"
    [Observed("both are used as they are read"), Page("Get Credential")]
    follows ["CON004"]
    "Plain ASCII texts. Look for passwords that are hashed or masked."

    CON011 card_kept Contract Must
    "all six members of a card come back as they were stored"
    [Observed("a read that lacks one is refused")]
    follows ["CON004"]
    "The page speaks of passwords only, and services made after it lose the members of a card."

    CON012 secret_kept Contract Must
    "the value and the label of a secret come back as they were stored"
    [Observed("a read without secret_value is refused")]
    follows ["CON004"]
    "The page speaks of passwords only, and services made after it lose the value."

    CON013 billing_kept Contract Must
    "billing address, e-mail and telephone number come back as they were stored"
    [Observed("they are sent with a card and used as they are read")]
    follows ["CON004"]
    "Every part of the address, together and alone."

    CON014 metadata_kept Contract Must
    "metadata comes back as it was stored"
    [Observed("an object of texts is sent with passwords and cards and used as it is read")]
    follows ["CON004"]
    "Names of any alphabet, one member and many."

    CON015 totp_kept Contract Must
    "TOTP key and type come back as they were stored"
    [Observed("both are used as they are read"), Page("Get Credential")]
    follows ["CON004", "CON007"]
    "Each of the five types, with a key and without."

    CON016 white_space_kept Contract Must
    "white space comes back as it was stored"
    [Purpose("a password with a space at its end is another one without it")]
    follows ["CON004"]
    "Spaces before, behind and within texts, and the spaces of other scripts."

    CON017 line_ends_kept Contract Must
    "control characters come back as they were stored"
    [Purpose("keys and certificates have lines"), Standard("RFC 8259 section 7")]
    follows ["CON004"]
    "CR LF, LF and CR, tabs, NUL and other control characters. Look for text files and for strings that end at NUL."

    CON018 script_kept Contract Must
    "characters beyond ASCII come back as they were stored"
    [Standard("RFC 8259 section 8.1"), Purpose("a composed and a decomposed letter are different passwords")]
    follows ["CON004"]
    "Composed and decomposed letters, signs beyond the basic plane, invisible characters. Look for normalisation, for three-byte UTF-8 and for code pages."

    CON019 marks_kept Contract Must
    "quotes and marks come back as they were stored"
    [Purpose("escapes of one layer must be undone in the same layer")]
    follows ["CON004"]
    "Quotes, backslashes, & < > + %, and texts that look like escapes. Look for texts that are escaped for HTML, SQL, URLs or shells."

    CON020 digits_kept Contract Must
    "texts of digits come back as they were stored"
    [Purpose("03 is not 3 on a card, and no card number fits a floating-point number")]
    follows ["CON004", "CON006"]
    "Leading zeros, long numbers, exponents."

    CON021 length_kept Contract Must
    "long texts come back whole"
    [Observed("texts of any length are sent")]
    follows ["CON004"]
    "10,000 characters, and the lengths at which columns are often cut."

    CON022 empty_kept Contract Must
    "an empty text comes back as one"
    [Observed("an empty label, e-mail address or telephone number is sent as such")]
    follows ["CON004"]
    "Empty is not absent. Look for emptiness taken for null."

    CON023 letters_kept Contract Must
    "letters come back in the case in which they were stored"
    [Purpose("passwords and many user names mind the case")]
    follows ["CON004"]
    "Also for letters whose case is not a matter of one character."

    CON024 many_kept Contract Must
    "of many credentials each is read back as its own"
    [Purpose("an organisation has many credentials")]
    follows ["CON004", "CON056", "CON057"]
    "As many as the profile says, up to a thousand, are stored and then all read, in another order than they came. Look for pages, caches and keys that are too short."

    CON025 lasting Contract Must
    "a credential is read as often as is asked, and other credentials do not change it"
    [Purpose("Skyvern reads a credential for every login")]
    follows ["CON056", "CON057"]
    "Read again at once, after other credentials were stored and deleted, and after one of the same name was stored."

    CON026 id_safe Contract Must
    "an id needs no escapes in a URL"
    [Observed("the id is put into the URL as it is"), Standard("RFC 3986 section 2.3")]
    follows ["CON003"]
    "Letters, digits, - . _ and ~, and not only dots. Anything else reaches another URL than the one that was meant."

    CON027 id_unique Contract Must
    "every create gives a new id"
    [Purpose("two records of Skyvern must not share a credential: to delete one would delete both")]
    follows ["CON003"]
    "Also when the same credential is stored twice."

    CON028 id_not_reused Contract Must
    "the id of a deleted credential is not given again"
    [Purpose("an old record of Skyvern must not lead to another's secret")]
    follows ["CON003", "CON027"]
    "Stored, deleted, stored again, a few times."

    CON029 read_is_own Contract Must
    "a read never shows another credential"
    [Purpose("a secret must not be typed into another's form")]
    follows []
    "After any order of creates, deletes and reads. Only what was stored under the id may come back."

    CON030 delete_answered Contract Must
    "a delete is answered 2xx"
    [Observed("any 2xx will do, whatever the body"), Page("Delete Credential: 200")]
    follows ["CON056", "CON057"]
    "Sent as Skyvern does, with Content-Length: 0 and a content type."

    CON031 deleted_is_gone Contract Must
    "a deleted credential cannot be read"
    [Page("Delete Credential"), Purpose("who deletes a secret wants it gone")]
    follows ["CON030"]
    "At once, and after others were stored. Look for rows that are only marked."

    CON032 delete_again Contract Should
    "a delete of what is gone already is answered 2xx"
    [Observed("after a 404 Skyvern's own record can never be deleted"), Standard("RFC 9110 section 9.2.2")]
    follows ["CON030", "CON056", "CON057"]
    "It happens when an answer is lost on the way. 404 is right by HTTP and of no use to Skyvern."

    CON033 delete_exact Contract Must
    "a delete takes one credential and no other"
    [Purpose("the others are still in use")]
    follows []
    "Of several credentials, also equal ones and ones of the same name, one is deleted; the others are read as before."

    CON034 unknown_refused Contract Must
    "a read of an unknown id is refused"
    [Observed("any object under 2xx is taken for the credential"), Page("Get Credential")]
    follows ["CON056", "CON057"]
    "Ids that nobody gave out."

    CON035 near_ids_apart Contract Must
    "a credential is read under its own id only"
    [Purpose("an id is right as a whole or not at all")]
    follows []
    "The id without its first or last character, with one more, as a pattern. Look for searches by prefix and for LIKE."

    CON036 creates_apart Contract Must
    "creates at the same time are not mixed"
    [Purpose("Skyvern sends creates without waiting for each other")]
    follows ["CON027", "CON056", "CON057"]
    "A handful at once, then each is read. Look for state that requests share."

    CON037 token_required Contract Must
    "without the token nothing is done"
    [Page("authentication by a bearer token"), Standard("RFC 6750 section 3.1")]
    follows []
    "Create, read, delete and the connection test without the header, otherwise as Skyvern sends them."

    CON038 token_compared Contract Must
    "a wrong or empty token opens nothing"
    [Page("authentication by a bearer token")]
    follows ["CON037"]
    "Another token of the same length and alphabet, an empty one and white space."

    CON039 token_whole Contract Must
    "the token opens only as a whole"
    [Purpose("a token is right as a whole or not at all")]
    follows ["CON037", "CON038"]
    "Without its first or last character, with one more, and in other letters of case."

    CON040 token_alone Contract Must
    "a token with anything behind it opens nothing"
    [Standard("RFC 6750 section 2.1"), Purpose("whoever splits the header at a word may find the token in the wrong part")]
    follows ["CON037", "CON038"]
    "The right token followed by a space, a comma or a semicolon and more, and by the word Bearer and more, with and without a space."

    CON041 token_in_its_place Contract Must
    "the token opens nothing in another place or scheme"
    [Standard("RFC 6750 section 2.3"), Page("Authorization: Bearer")]
    follows ["CON037"]
    "Without a scheme, under Basic, Token and others, with the scheme's name run together with it, in the query, in a cookie and in x-api-key. URLs end up in logs."

    CON042 refused_401 Contract Should
    "a request without the right token is answered 401"
    [Standard("RFC 9110 section 15.5.2"), Standard("RFC 6750 section 3.1")]
    follows ["CON037", "CON038", "CON039", "CON040", "CON041"]
    "A missing header is no invalid request: 422 and 400 say that something else is wrong."

    CON043 challenge Contract Should
    "a 401 names the Bearer scheme in WWW-Authenticate"
    [Standard("RFC 9110 section 11.6.1"), Standard("RFC 6750 section 3")]
    follows ["CON042"]
    "Clients that are not Skyvern look there for what they should send."

    CON044 token_first Contract Must
    "without the token nothing else is looked at"
    [Purpose("strangers must reach neither the parser nor the store")]
    follows ["CON037"]
    "Without the token a malformed or invalid body is answered like a good one, and an unknown id like one that exists."

    CON045 refused_without_effect Contract Must
    "a request refused for want of a token has no effect"
    [Standard("RFC 9110 section 15.5.2")]
    follows ["CON037"]
    "After a refused delete the credential is still there, and a refused create gives no id. Look for handlers that act first and check later."

    CON046 scheme_any_case Contract Should
    "the word Bearer is taken in any case of letters"
    [Standard("RFC 9110 section 11.1")]
    follows []
    "Skyvern writes Bearer; other clients do not."

    CON047 token_not_quoted Contract Must
    "a refusal does not quote the token that was sent"
    [Observed("error bodies are copied into Skyvern's own answers and log"), Purpose("a wrong token is often the right one with a slip")]
    follows []
    "Status line, headers and body of the refusal are searched for the token as sent."

    CON048 nothing_open Contract Should
    "documentation and schema are not open to everyone"
    [Purpose("a service that holds secrets tells strangers nothing about itself")]
    follows []
    "/docs, /redoc and /openapi.json, at the host and below the base URL, without the token. Frameworks open them by default."

    CON049 unknown_type_refused Contract Should
    "a credential of an unknown type is refused"
    [Purpose("Skyvern could never read it back"), Document("CreateCredential")]
    follows ["CON056", "CON057"]
    "Words that are near the three types, in other letters of case, and other values."

    CON050 missing_refused Contract Should
    "a credential that lacks a required member is refused"
    [Purpose("Skyvern could never read it back"), Document("CreateCredential")]
    follows ["CON056", "CON057"]
    "Each required member of each type is left out."

    CON051 mistyped_refused Contract Should
    "a credential with a member of a wrong type is refused"
    [Purpose("what comes back must be what was sent"), Document("CreateCredential")]
    follows ["CON056", "CON057"]
    "A number, null, true, a list and an object in the place of each text, and other things in the place of objects."

    CON052 malformed_refused Contract Should
    "a body that is not JSON is refused"
    [Standard("RFC 8259 section 2"), Standard("RFC 9110 section 15.5.1")]
    follows ["CON056", "CON057"]
    "Cut off, with something behind it, with single quotes, with NaN, with broken UTF-8, empty, and JSON that is no object."

    CON053 foreign_refused Contract Should
    "a body that is not declared as JSON is refused"
    [Standard("RFC 9110 section 15.5.16")]
    follows ["CON056", "CON057"]
    "The same bytes as text/plain, as a form, as XML and without a content type."

    CON054 duplicates_refused Contract May
    "a body that names a member twice is refused"
    [Standard("RFC 8259 section 4"), Standard("RFC 7493 section 2.3")]
    follows ["CON056", "CON057"]
    "Most parsers take the last one, some the first: what one layer checked need not be what the next one stores."

    CON055 oversized_answered Contract Should
    "a body of several mebibytes is refused, or stored and read back"
    [Standard("RFC 9110 section 15.5.14")]
    follows ["CON056", "CON057"]
    "Either is right; a failure of the server or a lost connection is not."

    CON056 no_failure Contract Must
    "no request makes the service fail or fall silent"
    [Standard("RFC 9110 section 15.6")]
    follows []
    "Judged of every request of this suite: an answer in time, and none of 5xx. Skyvern waits 30 seconds, and 10 for the connection test."

    CON057 no_redirect Contract Must
    "no request is redirected"
    [Observed("redirects are followed; 307 and 308 have the secrets sent on, to another origin too, and 301 to 303 lose the body")]
    follows []
    "Judged of every request of this suite. Frameworks redirect to the same URL with a slash at its end."

    CON058 errors_are_silent Contract Must
    "no error holds a secret of the request"
    [Observed("message, error, detail or the whole body of an error is copied into Skyvern's own answers and its log")]
    follows []
    "Invalid, malformed and foreign bodies, each with secrets that stand nowhere else, with the token and without. Every answer that is not 2xx is searched for them in any encoding. FastAPI's default 422 quotes its input."

    CON059 answers_are_silent Contract Must
    "no answer holds a secret but the read of its credential"
    [Purpose("a secret comes back to whoever reads it, and nowhere else")]
    follows []
    "Every answer of the run is searched for all secrets that were sent, in any encoding, digests and parts of them too: creates, deletes, the connection test, and reads of others; in a read itself the secret may stand in its own member only."

    CON060 id_opaque Contract Must
    "an id holds nothing of a secret"
    [Purpose("ids stand in URLs and logs")]
    follows []
    "Ids are searched for secrets, parts and digests of them."

    CON061 answers_independent Contract Must
    "no answer but a read depends on a secret"
    [Purpose("what depends on a secret tells something of it")]
    follows ["CON058", "CON059", "CON060"]
    "The same creates, errors and deletes with equal names and other secrets: of another content, length or alphabet, and the same as before. What varies with equal secrets is masked; any other difference is a finding."

    CON062 not_cached Contract Should
    "an answer with a secret forbids that it is stored"
    [Standard("RFC 9111 section 5.2.2.5")]
    follows ["CON004"]
    "Cache-Control: no-store on reads."

    CON063 connection_test Contract Must
    "the connection test is answered 2xx"
    [Observed("GET of the base URL with the token; only 2xx is success"), Page("404 and 405 are said to be success too; Skyvern answers 400 to both")]
    follows ["CON056", "CON057"]
    "Without it, Skyvern's own test of the setting fails although everything else works."

    CON064 connection_test_slash Contract May
    "the connection test is answered 2xx also with a slash at the end of the URL"
    [Observed("a slash at the end of the configured URL is kept in the connection test, and dropped elsewhere")]
    follows ["CON063", "CON056", "CON057"]
    "A URL with a slash at its end is easily pasted into a setting."

    CON065 encrypted_way Contract Should
    "a service on another machine is reached over TLS"
    [Purpose("token and secrets cross the network in every request")]
    follows []
    "Judged from the URL alone, and only if the host is not this machine."
}
