//! The checks of the bridge suite: what Skyvern asks of the credential service behind it, and what
//! it makes of the answers.

use crate::check::Source::{Observed, Purpose, Standard};

checks! {
    BRI001 create_arrives Bridge Must
    "a create that is answered with success has reached the service"
    [Observed("POST to the base URL of the service"), Purpose("what is not there cannot be used")]
    follows []
    "The runner is the credential service behind the server under test. Each type of credential is created; a create that is answered 2xx must have brought a POST to the base URL of the service before it was answered. Look for types that take another way, and for work that is done after the answer."

    BRI002 sent_once Bridge Must
    "each create, update and delete reaches the service once"
    [Observed("no retry, no idempotency key"), Purpose("a secret that is stored twice is deleted once")]
    follows []
    "A second POST leaves a copy of the secret that nobody knows of: no call carries a key by which the service could tell that it is the same. Judged where the service answered well."

    BRI003 not_retried Bridge Should
    "a call that failed is not made again for the same request"
    [Observed("no retry"), Purpose("the first one may have been done")]
    follows []
    "The service answers an error, or drops the connection, after it may have stored the secret. Without an idempotency key a second POST may store it twice."

    BRI004 values_unchanged Bridge Must
    "every value arrives as it was submitted, character by character"
    [Observed("JSON with every character kept"), Purpose("a password that was changed opens nothing")]
    follows ["BRI009"]
    "White space at the ends, quotes, markup, CR LF, composed and decomposed accents, characters beyond the basic plane, leading zeros and long values are compared after JSON is read. Look for trimming, escaping, normalisation, and columns that cut."

    BRI005 members_documented Bridge Must
    "the body has the members of its type, and no other"
    [Observed("the create bodies of the three types")]
    follows ["BRI009"]
    "A password credential carries username, password, totp, totp_type and non-empty metadata; a card its six card members and whatever of billing and metadata was submitted; a secret its value and label. totp_identifier stays in Skyvern. What is missing here is lost for good: Skyvern keeps no copy."

    BRI006 unset_members Bridge Must
    "what was not submitted is sent in the documented way"
    [Observed("totp null, totp_type none, nulls left out of billing_address, empty texts kept")]
    follows ["BRI009", "BRI005"]
    "Without a TOTP key, totp is null and totp_type is none; an empty label, e-mail or telephone number is sent as an empty text; nulls of a billing address are left out. The text null or None is a value, and a wrong one."

    BRI007 documented_calls Bridge Must
    "the service is asked by POST to its base URL, and by GET and DELETE of an id below it, and by nothing else"
    [Observed("an update is POST and DELETE, never PUT or PATCH; trailing slashes of the base URL are removed")]
    follows []
    "A service routes by method and path. Another method, a slash at the end, or a query are answered 404 or 405 by a service that was built as documented."

    BRI008 token_sent Bridge Must
    "every call carries the token of the service as a bearer token, once"
    [Observed("Authorization: Bearer and the token"), Standard("RFC 6750 section 2.1")]
    follows []
    "Every call is looked at, also those that delete. The token stands in the Authorization header and nowhere else: a query is written to logs (RFC 6750 section 2.3)."

    BRI009 declared_json Bridge Must
    "a body is JSON in UTF-8 and declared as application/json"
    [Observed("Content-Type: application/json"), Standard("RFC 8259 section 8.1")]
    follows []
    "A service that decides by the content type refuses anything else. No member may stand twice."

    BRI010 observed_form Bridge Should
    "calls have the form that services were built against, to the byte"
    [Observed("order of members, a space after comma and colon, escapes beyond ASCII, Content-Length: 0 on DELETE, Accept, Accept-Encoding")]
    follows ["BRI004", "BRI005", "BRI006", "BRI007", "BRI009"]
    "The body is compared with the text that Skyvern is known to write. Another text of the same value is right JSON, but a service that signs, filters or parses loosely has never seen it. Further headers do no harm."

    BRI011 refused_input_stays Bridge Must
    "nothing reaches the service of a request that is refused"
    [Purpose("what the API refuses must not be stored behind its back")]
    follows []
    "Requests with a missing or mistyped member, without the key, malformed, or for an unknown id carry secrets all the same. Look for work that is done before the request is judged."

    BRI012 update_arrives Bridge Must
    "an update that is answered with success has reached the service as a whole new credential"
    [Observed("an update is POST of the new credential, then DELETE of the old one")]
    follows []
    "The POST carries everything, also what did not change: the service knows of no update."

    BRI013 update_deletes_old Bridge Must
    "after an update the old credential is deleted at the service"
    [Observed("DELETE of the old id after the POST"), Purpose("a password that was replaced must not stay")]
    follows ["BRI012"]
    "The id that the service gave for the old credential is deleted once the new one is stored."

    BRI014 failed_update_keeps_old Bridge Must
    "an update that fails at the service leaves the old credential"
    [Purpose("else a failure of the service loses a secret for good")]
    follows []
    "The service refuses the new credential. The old one must not be deleted, and the API must go on showing it. The old one is never deleted before the new one is stored."

    BRI015 delete_arrives Bridge Must
    "a delete that is answered with success has reached the service, with the id of the credential as it is"
    [Observed("DELETE of the id below the base URL"), Purpose("who deletes a credential wants its secret to be gone")]
    follows []
    "Credentials are deleted right after their creation and after updates, which give them another id at the service."

    BRI016 others_untouched Bridge Must
    "nothing is deleted at the service but what was deleted or replaced"
    [Purpose("a credential belongs to whoever created it")]
    follows []
    "Every DELETE that arrives must name an id of the credential that the request is about. A neighbour, or an id that nobody was given, must not be named."

    BRI017 good_answers_accepted Bridge Must
    "every documented answer of the service is a success"
    [Observed("any 2xx of a JSON type with an object that has an id; any 2xx for a delete")]
    follows ["BRI018"]
    "200, 201 and 202, application/json with and without parameters, types that end in +json, further members, and a content coding that the call itself accepts; for a delete also bodies that are no JSON."

    BRI018 id_as_given Bridge Must
    "the id of the service is used as it was given"
    [Observed("a number is turned into text"), Standard("RFC 3986 section 6.2.2.1")]
    follows []
    "Numbers beyond the precision of a double, both cases of letters, every unreserved character, and a long id: the DELETE must name it again. An id that was changed makes the credential unreachable."

    BRI019 odd_id_contained Bridge Should
    "an id with reserved characters leads to no other URL"
    [Standard("RFC 3986 section 2.2"), Observed("the id is pasted into the URL as it is")]
    follows []
    "The service answers ids such as a/b, a?b, a#b and dot segments. A server may refuse them, or encode them; it must not call the URL of something else with them."

    BRI020 errors_are_errors Bridge Must
    "when the service answers an error, the API does not claim success"
    [Observed("a create, update or delete whose call fails is refused"), Purpose("a success without a stored secret is a lie that shows too late")]
    follows ["BRI001", "BRI012", "BRI015"]
    "4xx and 5xx on the POST of a create or an update, and on the DELETE of a delete (but 404, which see BRI028)."

    BRI021 wrong_answers_are_errors Bridge Must
    "when a 2xx of the service has no id, the API does not claim success"
    [Observed("no content, an empty body, text/plain, an id that is missing, null, empty or zero, an array, and an object within another are refused")]
    follows ["BRI001", "BRI012"]
    "Without an id the secret can neither be used nor deleted. An empty id would make the later DELETE address the base URL itself."

    BRI022 silence_is_error Bridge Must
    "when the service drops a call or does not answer it, the API answers that, and no success"
    [Observed("a time-out of 30 seconds"), Purpose("a client must not wait for ever")]
    follows ["BRI001", "BRI012", "BRI015"]
    "The connection is closed before and within the answer, and held open without one. The last is judged where the time limit of this run leaves the server time for its own."

    BRI023 redirect_contained Bridge Must
    "a redirect to another origin takes neither secret nor token there"
    [Standard("RFC 9110 section 15.4"), Purpose("who answers a redirect must not choose who gets the secret")]
    follows []
    "301, 302, 303, 307 and 308 point to another port of the runner. 307 and 308 ask for the same body again. Observed Skyvern 1.0.56 sends it."

    BRI024 nothing_left Bridge Must
    "a create that fails at the service leaves no credential"
    [Purpose("a record without its secret fails when it is used")]
    follows ["BRI020", "BRI021", "BRI022"]
    "After the failure the list is searched for the name. Look for records that are written before the service is asked and not taken back."

    BRI025 failure_told Bridge Should
    "a failure of the service is told as JSON with a text"
    [Observed("detail is a text for errors that are not of the request, error for those that were not handled")]
    follows ["BRI020", "BRI021", "BRI022", "BRI024"]
    "An answer of 4xx or 5xx with detail or error, so that a person knows that the service is at fault."

    BRI026 echo_contained Bridge Must
    "no secret comes back from the API, whatever the service says"
    [Purpose("an error of the service may hold the request that it was asked with")]
    follows []
    "Services echo: in message, error, detail or error_message, in lists of problems, as text, as HTML, and in answers of success. All answers of the API are searched for the submitted secrets in every encoding, as in the redaction suite. Observed Skyvern copies errors of the service into its own."

    BRI027 token_contained Bridge Must
    "the token of the service never comes back from the API"
    [Purpose("with it everything in the service can be read")]
    follows []
    "The service echoes the Authorization header in its errors; no answer of the API may hold it."

    BRI028 gone_is_deleted Bridge Must
    "a credential that the service no longer knows can be deleted"
    [Purpose("what is gone is deleted"), Observed("after a 404 the record stays and cannot be deleted")]
    follows []
    "The service answers the DELETE with 404: somebody deleted it there, or an earlier delete was done and its answer lost. The API must answer success and drop its record."

    BRI029 deletable_after_failure Bridge Must
    "after a delete that failed at the service the credential is still there, and a second delete works"
    [Purpose("else a failure of the service leaves a secret that nobody can delete")]
    follows ["BRI020", "BRI022"]
    "The service fails once and works again. In between the API goes on showing the credential, and the second delete must reach the service."

    BRI030 orphans_deleted Bridge Should
    "an old credential that could not be deleted by an update is deleted later"
    [Purpose("a password that was replaced must not stay for ever")]
    follows ["BRI015"]
    "The service stores the new credential and fails to delete the old one. At the latest the delete of the credential must delete both."

    BRI031 failure_stays_alone Bridge Must
    "after a failure of the service everything else goes on"
    [Purpose("one failed call must not cost the next")]
    follows []
    "After several failures a credential is created, read and deleted, with a service that works."

    BRI032 creates_not_mixed Bridge Must
    "creates at the same time keep what is theirs"
    [Purpose("a mixed-up id gives one user the secret of another")]
    follows []
    "Creates are sent together, and then deleted one by one: each DELETE must name the id that the service gave for that name."
}
