//! The leaks that are a matter of when, whose, what, in which form, and where.

use axum::http::StatusCode;
use serde_json::Value;

use super::super::super::answer::Answer;
use super::super::super::route::Operation;
use super::super::Flaw;
use super::kept::{self, Kept};
use super::place::Place::{
    self, Cookie, Etag, FileName, Header, Inner, Loc, Location, Member, Problem, Words,
};
use super::{Story, digest, form, part};

/// Which answers.
#[derive(Clone, Copy, Debug)]
enum When {
    Done(&'static [Operation]),
    /// Gets of an id that was got before.
    Again,
    /// Lists of any page but the first.
    Later,
    /// Gets of what was updated.
    Updated,
    Refused(StatusCode),
}

/// Which secrets.
#[derive(Clone, Copy, Debug)]
enum Whose {
    /// What is stored under the id that is shown, this request included.
    Own,
    /// What this request has.
    Sent,
    /// What was stored before this request.
    Old,
    /// What the request before submitted.
    Previous,
    /// What the credential that was created before has.
    Neighbour,
    /// What was stored before it was deleted.
    Gone,
}

struct Leak {
    flaw: Flaw,
    when: When,
    whose: Whose,
    /// As [`kept::secret`] takes it.
    secret: &'static str,
    form: fn(&str) -> Value,
    place: Place,
}

macro_rules! leaks {
    ($($flaw:ident: $when:expr, $whose:ident $secret:literal, $form:path => $place:expr;)+) => {
        static LEAKS: &[Leak] = &[
            $(Leak {
                flaw: Flaw::$flaw,
                when: $when,
                whose: Whose::$whose,
                secret: $secret,
                form: $form,
                place: $place,
            },)+
        ];
    };
}

const CREATE: When = When::Done(&[Operation::Create]);
const GET: When = When::Done(&[Operation::Get]);
const LIST: When = When::Done(&[Operation::List]);
const UPDATE: When = When::Done(&[Operation::Update]);
const DELETE: When = When::Done(&[Operation::Delete]);
const WRITE: When = When::Done(&[Operation::Create, Operation::Update]);
const READ: When = When::Done(&[Operation::Get, Operation::List]);
const SHOW: When = When::Done(&[
    Operation::Create,
    Operation::Get,
    Operation::Update,
    Operation::List,
]);
const SET_SERVICE: When = When::Done(&[Operation::SetService]);
const INVALID: When = When::Refused(StatusCode::UNPROCESSABLE_ENTITY);
const UNKNOWN: When = When::Refused(StatusCode::NOT_FOUND);
const FORBIDDEN: When = When::Refused(StatusCode::FORBIDDEN);
const WRONG_METHOD: When = When::Refused(StatusCode::METHOD_NOT_ALLOWED);

leaks! {
    CreateEchoesPassword: CREATE, Own "password", form::plain => Inner("password");
    GetShowsMetadata: GET, Own "metadata", form::value => Inner("metadata");
    ListShowsHolder: LIST, Own "card_holder_name", form::plain => Inner("holder");
    ListShowsEmail: LIST, Own "billing_email", form::plain => Inner("email");
    GetShowsPhone: GET, Own "billing_phone", form::plain => Inner("phone");
    CreateShowsAddress: CREATE, Own "billing_address", form::address_in_words => Member("bill_to");
    GetShowsPostalCode: GET, Own "billing_address/postal_code", form::plain => Inner("region");
    UpdateShowsCvv: UPDATE, Own "card_cvv", form::plain => Inner("cvv");
    GetShowsTotpKey: GET, Own "totp", form::plain => Inner("totp");
    ContextIsSecret: READ, Own "*", form::plain => Member("user_context");
    SecretInHeader: CREATE, Own "*", form::plain => Header("x-debug");
    SecretInTiming: UPDATE, Own "secret_value", timing => Header("server-timing");
    HolderInFileName: GET, Own "card_holder_name", form::plain => FileName;
    SecretIsMemberName: GET, Own "*", form::member_name => Member("fields");
    UpdateShowsOld: UPDATE, Old "*", form::plain => Member("replaced");
    PreviousInCreate: CREATE, Previous "*", form::plain => Member("session");
    PreviousInRefusal: INVALID, Previous "*", form::plain => Member("session");
    NeighbourInGet: GET, Neighbour "*", form::plain => Member("next");
    SecondReadShows: When::Again, Own "*", form::plain => Member("cached");
    LaterPagesShow: When::Later, Own "*", form::plain => Inner("preview");
    UpdatedShows: When::Updated, Own "*", form::plain => Member("changed");
    FailedUpdateShowsOld: INVALID, Old "*", form::plain => Member("current");
    TombstoneShows: UNKNOWN, Gone "*", form::plain => Member("was");
    DeleteShowsInHeader: DELETE, Own "*", form::percent => Header("x-deleted");
    LongSecretsShow: CREATE, Own "*", form::only_long => Member("warning");
    ForeignSecretsShow: CREATE, Own "*", form::only_foreign => Member("warning");
    InputEchoed: INVALID, Sent "", form::value => Problem("input");
    ContextEchoed: INVALID, Sent "*", form::plain => Problem("ctx");
    SecretInMessage: INVALID, Sent "*", form::plain => Words;
    SecretInLoc: INVALID, Sent "*", form::plain => Loc;
    MetadataKeyInLoc: INVALID, Sent "metadata", form::first_name => Loc;
    UnknownQuotesSecret: UNKNOWN, Sent "*", form::plain => Words;
    ForbiddenEchoes: FORBIDDEN, Sent "*", form::json_twice => Member("request");
    WrongMethodEchoes: WRONG_METHOD, Sent "*", form::base64 => Member("request");
    MetadataKeysListed: LIST, Own "metadata", form::names => Inner("tags");

    UpperCased: CREATE, Own "*", form::upper => Member("key");
    Reversed: GET, Own "*", form::reversed => Member("key");
    TwiceInJson: UPDATE, Own "*", form::json_twice => Member("log");
    PercentInLocation: CREATE, Own "*", form::percent => Location;
    PercentTwice: GET, Own "*", form::percent_twice => Header("x-original-url");
    WebFormInMember: UPDATE, Own "*", form::web_form => Member("form");
    UserinfoInUrl: GET, Own "password", form::userinfo => Member("tested_url");
    HtmlReferences: GET, Own "*", form::html => Member("label");
    UnitsInHeader: LIST, Own "*", form::units => Header("x-debug");
    QuotedPrintable: GET, Own "*", form::quoted_printable => Member("mail");
    Base64InCookie: CREATE, Own "*", form::base64 => Cookie;
    Base64AfterName: GET, Own "*", form::base64_userinfo => Header("x-upstream-authorization");
    TokenHoldsSecret: CREATE, Own "*", form::base64url_in_token => Member("token");
    Base32Member: GET, Own "*", form::base32 => Member("key");
    HexMember: LIST, Own "*", form::hex => Inner("ref");
    HexWithColons: GET, Own "*", form::hex_colons => Member("fingerprint");
    Utf16Base64: UPDATE, Own "*", form::utf16_base64 => Member("blob");
    Rot13Member: GET, Own "*", form::rot13 => Member("key");
    GzipBase64: CREATE, Own "*", form::gzip_base64 => Member("snapshot");
    CodePoints: GET, Own "*", form::code_points => Member("glyphs");
    CharactersApart: GET, Own "*", form::characters => Member("cells");
    Dashed: GET, Own "*", form::dashed => Member("spelled");
    ZeroWidthBetween: GET, Own "*", form::zero_width => Member("hint");
    NumberOfCard: GET, Own "card_number", form::number => Inner("pan");
    ProvisioningUri: CREATE, Own "totp", form::otpauth => Member("qr_code");
    ServiceTokenBase64: SET_SERVICE, Own "api_token", form::base64 => Header("x-service");
    HalvesInMembers: GET, Own "*", form::first_half => Member("salt");
    HalvesInMembers: GET, Own "*", form::second_half => Inner("pepper");
    HalvesInAnswers: CREATE, Own "*", form::first_half => Member("part");
    HalvesInAnswers: GET, Own "*", form::second_half => Member("part");

    EtagIsMd5: GET, Own "*", digest::md5 => Etag;
    Sha1Member: CREATE, Own "*", digest::sha1 => Member("checksum");
    Sha256InList: LIST, Own "*", digest::sha256 => Inner("fingerprint");
    Sha512Base64: UPDATE, Own "*", digest::sha512_base64 => Member("integrity");
    Sha256Prefix: LIST, Own "*", digest::sha256_prefix => Inner("rev");
    Crc32Member: GET, Own "*", digest::crc32 => Member("crc");
    DigestInRefusal: INVALID, Sent "*", digest::sha256 => Problem("ctx");
    HmacMember: GET, Own "*", digest::hmac => Member("token");
    StretchedHash: GET, Own "password", digest::stretched => Inner("hash");
    UuidOfSecret: CREATE, Own "*", digest::uuid => Member("external_id");
    OneTimeCodeShown: GET, Own "totp", digest::one_time_code => Inner("code");

    IssuerShown: SHOW, Own "card_number", part::issuer => Inner("bin");
    LastFourOfSecret: GET, Own "secret_value", part::last_four => Inner("ends_with");
    LastFourOfPhone: GET, Own "billing_phone", part::last_four => Inner("phone");
    FirstEightOfSecret: LIST, Own "secret_value", part::first_eight => Inner("prefix");
    FirstLetter: GET, Own "password", part::first_letter => Inner("hint");
    EndsShown: LIST, Own "password", part::ends => Inner("password");
    StarsShown: GET, Own "password", part::stars => Inner("password");
    NumberMasked: GET, Own "card_number", part::masked_number => Inner("number");
    MonthShown: LIST, Own "card_exp_month", part::month_as_date => Inner("expires");
    YearShown: GET, Own "card_exp_year", form::plain => Inner("expires");
    InitialsShown: LIST, Own "card_holder_name", part::initials => Inner("holder");
    EmailMasked: GET, Own "billing_email", part::masked_email => Inner("email");
    EmailDomain: LIST, Own "billing_email", part::domain => Inner("mail_host");
    PhoneBeginning: LIST, Own "billing_phone", part::first_three => Inner("dial");
    LengthShown: GET, Own "*", part::length => Member("size");
    LengthInRefusal: INVALID, Sent "*", part::length => Problem("ctx");
    LongOrShort: LIST, Own "password", part::is_long => Inner("ok");
    ClassesShown: GET, Own "password", part::classes => Inner("has");
    StrengthShown: WRITE, Own "password", part::strength => Inner("strength");
    WordsCounted: GET, Own "secret_value", part::words => Inner("words");
    DigitsSummed: GET, Own "card_number", part::digit_sum => Inner("check");
    ExpiredShown: GET, Own "card_exp_year", part::is_over => Inner("expired");
    TotpKeyPresent: SHOW, Own "totp", part::present => Inner("has_totp");
    MetadataCounted: LIST, Own "metadata", part::count => Inner("notes");
    Scrambled: GET, Own "*", form::scrambled => Member("opaque");

    LastFourIsFive: SHOW, Own "card_number", part::last_five => Inner("last_four");
    BrandOfNumber: SHOW, Own "card_number", part::brand => Inner("brand");
}

/// As a description in `Server-Timing`.
fn timing(secret: &str) -> Value {
    Value::String(format!("vault;desc=\"{secret}\";dur=2"))
}

/// Puts in what the leaks that are switched on put in.
pub(super) fn tell(story: &Story, kept: &Kept, answer: &mut Answer) {
    for leak in LEAKS.iter().filter(|leak| story.flaws.has(leak.flaw)) {
        if !applies(leak.when, story, kept, answer) {
            continue;
        }
        for (entry, id) in shown(story, answer) {
            let secrets = match leak.whose {
                Whose::Own => kept.of(&id),
                Whose::Sent => &story.secrets,
                Whose::Old => &story.old,
                Whose::Previous => &story.previous,
                Whose::Neighbour => kept.neighbour(&id),
                Whose::Gone => kept.deleted(&id),
            };
            let told = kept::secret(secrets, leak.secret).map(|secret| (leak.form)(&secret));
            if let Some(told) = told.filter(|told| !told.is_null()) {
                leak.place.put(answer, entry, told);
            }
        }
    }
}

fn applies(when: When, story: &Story, kept: &Kept, answer: &Answer) -> bool {
    let is_done = |operation| answer.status.is_success() && story.operation == Some(operation);
    match when {
        When::Done(operations) => operations.iter().any(|operation| is_done(*operation)),
        When::Again => is_done(Operation::Get) && kept.reads(&story.id) > 1,
        When::Later => is_done(Operation::List) && story.page > 1,
        When::Updated => is_done(Operation::Get) && kept.is_updated(&story.id),
        When::Refused(status) => answer.status == status,
    }
}

/// The credentials that an answer is about: the position in its list, if it is one, and the id.
fn shown(story: &Story, answer: &Answer) -> Vec<(Option<usize>, String)> {
    match &answer.body {
        Some(Value::Array(entries)) => {
            let id = |entry: &Value| {
                entry["credential_id"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            };
            let entries = entries.iter().map(id).enumerate();
            entries.map(|(at, id)| (Some(at), id)).collect()
        }
        _ => vec![(None, story.id.clone())],
    }
}
