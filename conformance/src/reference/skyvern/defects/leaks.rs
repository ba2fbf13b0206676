//! The defects that the redaction suite has to find, and the variations that it has to leave alone:
//! rows for the table of the server. "The secret" is the password, the card number, the secret value
//! or the token, whichever a credential has.

/// Hands the rows of a table on to the macro `$table`, with those of the leaks behind them.
macro_rules! with_leaks {
    ($table:ident $($rows:tt)*) => {
        $table! {
            $($rows)*

    CreateEchoesPassword Fault RED001 "create-echoes-password" "a create shows the password";
    GetShowsMetadata Fault RED001 "get-shows-metadata" "a get shows the metadata";
    MetadataKeysListed Fault RED001 "metadata-keys-listed" "a list shows the names of the metadata as tags";
    ListShowsHolder Fault RED001 "list-shows-holder" "a list shows who holds a card";
    ListShowsEmail Fault RED001 "list-shows-email" "a list shows the e-mail address of a bill";
    GetShowsPhone Fault RED001 "get-shows-phone" "a get shows the telephone number of a bill";
    CreateShowsAddress Fault RED001 "create-shows-address" "a create shows the billing address in one line";
    GetShowsPostalCode Fault RED001 "get-shows-postal-code" "a get shows the postal code as a region";
    UpdateShowsCvv Fault RED001 "update-shows-cvv" "an update shows the verification code";
    YearShown Fault RED001 "year-shown" "a get shows the year in which a card expires";
    GetShowsTotpKey Fault RED001 "get-shows-totp-key" "a get shows the TOTP key";
    ProvisioningUri Fault RED001 "provisioning-uri" "a create shows the otpauth URI of the TOTP key";
    ContextIsSecret Fault RED001 "context-is-secret" "reads have the secret as user_context, which validates";
    SecretIsMemberName Fault RED001 "secret-is-member-name" "a get has a member that is named as the secret";
    UnlabelledShows Fault RED001 "unlabelled-shows" "the secret stands for a label that is missing";
    SecretInHeader Fault RED001 "secret-in-header" "a create has the secret in a header";
    SecretInTiming Fault RED001 "secret-in-timing" "an update has the secret in Server-Timing";
    HolderInFileName Fault RED001 "holder-in-file-name" "a get has the holder of a card as a file name in Content-Disposition";
    ReasonQuotes Fault RED001 "reason-quotes" "the reason phrase of a create has the secret";
    UpdateShowsOld Fault RED001 "update-shows-old" "an update shows the secret that it replaces";
    PreviousInCreate Fault RED001 "previous-in-create" "a create shows the secret of the request before";
    PreviousInRefusal Fault RED001 "previous-in-refusal" "a 422 shows the secret of the request before";
    NeighbourInGet Fault RED001 "neighbour-in-get" "a get shows the secret of the credential created before";
    SecondReadShows Fault RED001 "second-read-shows" "a get shows the secret, except the first one";
    LaterPagesShow Fault RED001 "later-pages-show" "a list shows secrets from its second page on";
    UpdatedShows Fault RED001 "updated-shows" "a get shows the secret once it was updated";
    FailedUpdateShowsOld Fault RED001 "failed-update-shows-old" "an update that is refused shows the stored secret";
    TombstoneShows Fault RED001 "tombstone-shows" "the 404 for a deleted credential shows its secret";
    LongSecretsShow Fault RED001 "long-secrets-show" "a create warns of secrets of 100 bytes and more, and quotes them";
    ForeignSecretsShow Fault RED001 "foreign-secrets-show" "a create warns of secrets outside ASCII, and quotes them";
    InputEchoed Fault RED001 "input-echoed" "a 422 has the whole credential as input";
    ContextEchoed Fault RED001 "context-echoed" "a 422 has the secret in ctx, whatever is wrong";
    SecretInMessage Fault RED001 "secret-in-message" "a 422 quotes the secret in its message";
    SecretInLoc Fault RED001 "secret-in-loc" "the loc of a 422 ends with the secret";
    MetadataKeyInLoc Fault RED001 "metadata-key-in-loc" "the loc of a 422 ends with a name of the metadata";
    UnknownQuotesSecret Fault RED001 "unknown-quotes-secret" "the 404 for an unknown id quotes the secret";
    MalformedQuoted Fault RED001 "malformed-quoted" "the 422 for malformed JSON quotes what is around the place";
    WrongTypeQuoted Fault RED001 "wrong-type-quoted" "the 422 for a wrong content type quotes how the body begins";
    OversizedQuoted Fault RED001 "oversized-quoted" "a 413 quotes how the body begins";
    NoRouteQuoted Fault RED001 "no-route-quoted" "the 404 for an unknown path quotes how the body begins";
    UpperCased Fault RED001 "upper-cased" "a create shows the secret in upper case";
    NumberOfCard Fault RED001 "number-of-card" "a get shows the card number as a JSON number";
    ForbiddenEchoes Fault RED001 "forbidden-echoes" "a 403 shows the secret in a JSON text in a JSON text";
    TwiceInJson Fault RED001 "twice-in-json" "an update shows the secret in a JSON text in a JSON text";
    ServiceTokenShown Benign RED001 "service-token-shown" "the setting of the service has the token in its JSON text, as Skyvern's has";

    Reversed Fault RED002 "reversed" "a get shows the secret backwards";
    MalformedReprinted Fault RED002 "malformed-reprinted" "the 422 for malformed JSON has the body as a literal of a programming language";
    UnknownIsPage Fault RED002 "unknown-is-page" "a 404 is a page that quotes the secret, with HTML escapes";
    WrongMethodEchoes Fault RED002 "wrong-method-echoes" "a 405 shows the secret in base64";
    DeleteShowsInHeader Fault RED002 "delete-shows-in-header" "a delete has the secret in a header, percent-encoded";
    PercentInLocation Fault RED002 "percent-in-location" "a create has the secret in Location, percent-encoded";
    PercentTwice Fault RED002 "percent-twice" "a get has the secret in a header, percent-encoded twice";
    WebFormInMember Fault RED002 "web-form-in-member" "an update shows the secret in a text of a web form";
    UserinfoInUrl Fault RED002 "userinfo-in-url" "a get has the password in tested_url, before the host";
    HtmlReferences Fault RED002 "html-references" "a get shows the secret as numeric references of HTML";
    UnitsInHeader Fault RED002 "units-in-header" "a list has a secret in a header, each character as an escape";
    QuotedPrintable Fault RED002 "quoted-printable" "a get shows the secret as quoted-printable";
    Base64InCookie Fault RED002 "base64-in-cookie" "a create has the secret in a cookie, in base64";
    Base64AfterName Fault RED002 "base64-after-name" "a get has the secret in a header, in base64 behind a user name";
    TokenHoldsSecret Fault RED002 "token-holds-secret" "a create shows a token with the secret in base64url";
    Base32Member Fault RED002 "base32-member" "a get shows the secret in base32";
    HexMember Fault RED002 "hex-member" "a list shows secrets in hexadecimal";
    HexWithColons Fault RED002 "hex-with-colons" "a get shows the secret in hexadecimal with colons";
    Utf16Base64 Fault RED002 "utf16-base64" "an update shows the secret as UTF-16 in base64";
    Rot13Member Fault RED002 "rot13-member" "a get shows the secret in rot13";
    GzipBase64 Fault RED002 "gzip-base64" "a create shows the secret compressed, in base64";
    CodePoints Fault RED002 "code-points" "a get shows the secret as a list of numbers";
    CharactersApart Fault RED002 "characters-apart" "a get shows the secret as a list of characters";
    Dashed Fault RED002 "dashed" "a get shows the secret with a dash between characters";
    ZeroWidthBetween Fault RED002 "zero-width-between" "a get shows the secret with invisible characters between";
    ServiceTokenBase64 Fault RED002 "service-token-base64" "setting the service has the token in a header, in base64";

    EtagIsMd5 Fault RED003 "etag-is-md5" "the ETag of a get is the MD5 of the secret";
    Sha1Member Fault RED003 "sha1-member" "a create shows the SHA-1 of the secret";
    Sha256InList Fault RED003 "sha256-in-list" "a list shows the SHA-256 of secrets";
    Sha512Base64 Fault RED003 "sha512-base64" "an update shows the SHA-512 of the secret in base64";
    Sha256Prefix Fault RED003 "sha256-prefix" "a list shows eight digits of the SHA-256 of secrets";
    Crc32Member Fault RED003 "crc32-member" "a get shows the CRC-32 of the secret";
    DigestInRefusal Fault RED003 "digest-in-refusal" "a 422 shows the SHA-256 of the secret";
    RequestDigest Fault RED003 "request-digest" "writes have the SHA-256 of the request body in a header";
    SaltedByName Fault RED006 "salted-by-name" "writes show the SHA-256 of name and secret";
    IdOfSecret Fault RED003 "id-of-secret" "the id is made of the SHA-256 of the secret";

    HalvesInMembers Fault RED004 "halves-in-members" "a get shows each half of the secret in a member of its own";
    HalvesInAnswers Fault RED004 "halves-in-answers" "a create shows one half of the secret, a get the other";
    PiecesInEntries Fault RED004 "pieces-in-entries" "each entry of a list shows a piece of the newest secret";
    IssuerShown Fault RED004 "issuer-shown" "the first six digits of a card number are shown";
    NumberMasked Fault RED004 "number-masked" "a get shows a card number with stars, as long as it is";
    LastFourOfSecret Fault RED004 "last-four-of-secret" "a get shows the last four characters of a secret";
    LastFourOfPhone Fault RED004 "last-four-of-phone" "a get shows the last four digits of a telephone number";
    FirstEightOfSecret Fault RED004 "first-eight-of-secret" "a list shows the first eight characters of secrets";
    EndsShown Fault RED004 "ends-shown" "a list shows the first and the last letter of passwords";
    FirstLetter Fault RED006 "first-letter" "a get shows the first letter of the password";
    MonthShown Fault RED006 "month-shown" "a list shows the month in which a card expires, in a date";
    InitialsShown Fault RED006 "initials-shown" "a list shows the initials of who holds a card";
    EmailMasked Fault RED004 "email-masked" "a get shows an e-mail address with stars";
    EmailDomain Fault RED004 "email-domain" "a list shows the domain of e-mail addresses";
    PhoneBeginning Fault RED004 "phone-beginning" "a list shows how telephone numbers begin";
    LastFourIsFive Fault RED004 "last-four-is-five" "last_four has five characters of the card number";

    OneTimeCodeShown Fault RED005 "one-time-code-shown" "a get shows the code that the TOTP key makes now";

    HmacMember Fault RED006 "hmac-member" "a get shows a keyed hash of the secret";
    StretchedHash Fault RED006 "stretched-hash" "a get shows a slow hash of the password";
    UuidOfSecret Fault RED006 "uuid-of-secret" "a create shows a UUID that is made of the secret";
    EtagOfRecord Fault RED006 "etag-of-record" "the ETag of a write is a digest of everything stored, the secrets too";
    IdEndsBySecret Fault RED006 "id-ends-by-secret" "the last eight digits of an id are made of the secret";
    Scrambled Fault RED006 "scrambled" "a get shows the secret with some bits turned";
    CharacterPerRead Fault RED006 "character-per-read" "each get shows another character of the secret";
    LengthShown Fault RED006 "length-shown" "a get shows how long the secret is";
    LengthInRefusal Fault RED006 "length-in-refusal" "a 422 shows how long the secret is";
    StarsShown Fault RED006 "stars-shown" "a get shows a star for each character of the password";
    LongOrShort Fault RED006 "long-or-short" "a list shows whether passwords have twelve characters";
    ClassesShown Fault RED006 "classes-shown" "a get shows which kinds of characters the password has";
    StrengthShown Fault RED006 "strength-shown" "writes show how strong the password is";
    WordsCounted Fault RED006 "words-counted" "a get shows how many words the secret has";
    DigitsSummed Fault RED006 "digits-summed" "a get shows the sum of the digits of a card number";
    ExpiredShown Fault RED006 "expired-shown" "a get shows whether a card is expired";
    TotpKeyPresent Fault RED006 "totp-key-present" "whether there is a TOTP key is shown";
    MetadataCounted Fault RED006 "metadata-counted" "a list shows how much metadata there is";
    WeakRefused Fault RED006 "weak-refused" "a password without a digit is refused";
    NameInPasswordRefused Fault RED006 "name-in-password-refused" "a password that has the name in it is refused";
    ReuseRefused Fault RED006 "reuse-refused" "a secret that was submitted before is refused";
    ReuseCounted Fault RED006 "reuse-counted" "writes show how often the secret was submitted";
    SameAsBefore Fault RED006 "same-as-before" "an update shows whether the secret is the same as before";
    UnchangedIs202 Fault RED006 "unchanged-is-202" "an update with the secrets of before is answered 202";
    SameAsPrevious Fault RED006 "same-as-previous" "writes show whether the request before had the same secret";
    PasswordIsUsername Fault RED006 "password-is-username" "writes show whether password and user name are the same";
    TwinNamed Fault RED006 "twin-named" "writes name another credential with the same secret";
    SharingCounted Fault RED006 "sharing-counted" "a list shows how many credentials share a secret";
    RankShown Fault RED006 "rank-shown" "a get shows how many secrets sort before this one";
    SearchFindsSecrets Fault RED006 "search-finds-secrets" "the search looks at secrets, too";
    ListDropsRepeats Fault RED006 "list-drops-repeats" "of credentials with the same secret the list has the newest only";
    ListDropsShort Fault RED006 "list-drops-short" "the list lacks credentials with short secrets";
    SortedBySecret Fault RED006 "sorted-by-secret" "the list is sorted by secrets";
    SortedByLength Fault RED006 "sorted-by-length" "the list is sorted by the length of secrets";
    WordsBySecret Fault RED006 "words-by-secret" "the message of a 422 depends on the secret";
    RetryAfterSecret Fault RED006 "retry-after-secret" "refusals have a Retry-After made of the secret";
    FlagBySecret Fault RED006 "flag-by-secret" "a flag of a get is a bit of a hash of the secret";
    AbsentBySecret Fault RED006 "absent-by-secret" "a member that is null is absent when the secret has an odd length";
    PaddedBySecret Fault RED006 "padded-by-secret" "as many spaces follow the body as the secret is long";
    BlankLines Fault RED006 "blank-lines" "a line break precedes the body for each capital of the secret";
    SpacesEncode Fault RED006 "spaces-encode" "spaces between members are bits of a hash of the secret";
    EscapesEncode Fault RED006 "escapes-encode" "escapes in the names of members are bits of a hash of the secret";
    MembersRotated Fault RED006 "members-rotated" "the order of members depends on the secret";
    NumberBySecret Fault RED006 "number-by-secret" "a number is written 1 or 1.0, depending on the secret";
    HeadersCounted Fault RED006 "headers-counted" "how many headers there are depends on the secret";
    HeadersOrdered Fault RED006 "headers-ordered" "the order of two headers depends on the secret";
    ClosesForLong Fault RED006 "closes-for-long" "the connection closes after answers about a long secret";
    ChunkedForForeign Fault RED006 "chunked-for-foreign" "bodies come in chunks when the secret has characters outside ASCII";
    BrandOfNumber Fault RED006 "brand-of-number" "brand is what the card number says, not what was given";

    BodyLogged Fault RED001 "body-logged" "the log has the body of every request";
    RefusalLogged Fault RED001 "refusal-logged" "the log has the body of a request that is refused";
    BodyDigestLogged Fault RED003 "body-digest-logged" "the log has the SHA-256 digest of the body of a request";

    Nonces Benign RED006 "nonces" "headers have random bytes in base64 and in hexadecimal, now more, now less";
    SessionCookies Benign RED006 "session-cookies" "each answer sets a random cookie of a random length";
    Durations Benign RED006 "durations" "each answer says how long it took";
    Dates Benign RED006 "dates" "answers say when they were made";
    RateCounted Benign RED006 "rate-counted" "a header counts requests down";
    BuildNamed Benign RED003 "build-named" "a header has a digest that is always the same";
    EtagOfBody Benign RED003 "etag-of-body" "the ETag is a digest of the body, which is public";
    TraceIds Benign RED006 "trace-ids" "answers have a random UUID";
    SupportCodes Benign RED003 "support-codes" "answers have random numbers, one of six digits";
    ConstantMask Benign RED004 "constant-mask" "eight stars stand for every secret, whatever it is";
    Examples Benign RED001 "examples" "a 422 has examples of a password, a card number and a TOTP key";
    NameQuoted Benign RED001 "name-quoted" "refusals quote the name, which is public";
    MembersShuffled Benign RED006 "members-shuffled" "members stand in a random order";
    RandomPadding Benign RED006 "random-padding" "a random number of spaces follows the body";
    Gzipped Benign RED001 "gzipped" "bodies are compressed for clients that accept it";
        }
    };
}
pub(super) use with_leaks;
