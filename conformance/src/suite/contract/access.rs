//! Every operation of a credential service with something other than the right token.

use std::sync::Arc;

use futures_util::future::{FutureExt, LocalBoxFuture};
use serde::{Deserialize, Serialize};

use super::{
    api::{Api, plain},
    draft::Draft,
};
use crate::{
    case::{Case, Property},
    check::{
        CON037, CON038, CON039, CON040, CON041, CON042, CON043, CON044, CON045, CON046, CON047,
        CON048, Check,
        contract::{self, answered_id, is_safe},
    },
    exchange::{Auth, Credential, Exchange, Request},
    finding::Judgement,
    session::{Session, Stop},
};

/// Which request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Ask {
    Create,
    Read,
    Delete,
    Test,
    /// A create whose body is no JSON.
    Malformed,
    /// A create of nothing that the document knows.
    Invalid,
    /// A create under another content type.
    Foreign,
    ReadUnknown,
    DeleteUnknown,
    /// A path of documentation, at the host or below the base URL.
    Page(Page),
}

/// Where frameworks put documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Page {
    Docs,
    Redoc,
    OpenApi,
    SwaggerUi,
    DocsBelow,
    OpenApiBelow,
}

impl Page {
    const ALL: [Self; 6] = [
        Self::Docs,
        Self::Redoc,
        Self::OpenApi,
        Self::SwaggerUi,
        Self::DocsBelow,
        Self::OpenApiBelow,
    ];

    fn path(self) -> &'static str {
        match self {
            Self::Docs => "/docs",
            Self::Redoc => "/redoc",
            Self::OpenApi => "/openapi.json",
            Self::SwaggerUi => "/swagger-ui/index.html",
            Self::DocsBelow => "/credentials/docs",
            Self::OpenApiBelow => "/credentials/openapi.json",
        }
    }
}

impl Ask {
    const OPERATIONS: [Self; 4] = [Self::Create, Self::Read, Self::Delete, Self::Test];

    fn request(self, api: &Api, body: &serde_json::Value, id: &str) -> Request {
        const UNKNOWN: &str = "conformance-unknown";
        let bytes = || api.create(body).body_bytes().to_vec();
        match self {
            Self::Create => api.create(body),
            Self::Read => api.read(id),
            Self::Delete => api.delete(id),
            Self::Test => api.test(),
            Self::Malformed => {
                let mut bytes = bytes();
                bytes.pop();
                api.create_of(bytes, Some("application/json"))
            }
            Self::Invalid => api.create_of(b"{}".to_vec(), Some("application/json")),
            Self::Foreign => api.create_of(bytes(), Some("text/plain")),
            Self::ReadUnknown => api.read(UNKNOWN),
            Self::DeleteUnknown => api.delete(UNKNOWN),
            Self::Page(page) => plain("GET", page.path()),
        }
    }

    /// The request to which it is compared.
    fn usual(self) -> Self {
        match self {
            Self::ReadUnknown => Self::Read,
            Self::DeleteUnknown => Self::Delete,
            Self::Malformed | Self::Invalid | Self::Foreign => Self::Create,
            other => other,
        }
    }
}

/// What stands in the place of the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Token {
    Missing,
    Empty,
    Blank,
    Wrong,
    WithoutLast,
    WithoutFirst,
    Lengthened,
    OtherCase,
    InQuery,
    InCookie,
    /// In `x-api-key`.
    AsKey,
    /// The whole of `Authorization`: before and after the token.
    Around(String, String),
    Canary,
}

impl Token {
    fn around(before: &str, after: &str) -> Self {
        Self::Around(before.to_owned(), after.to_owned())
    }

    fn auth(&self) -> Auth {
        Auth::Instead(match self {
            Self::Missing => return Auth::None,
            Self::Empty => Credential::Empty,
            Self::Blank => Credential::Blank,
            Self::Wrong => Credential::Wrong,
            Self::WithoutLast => Credential::WithoutLast,
            Self::WithoutFirst => Credential::WithoutFirst,
            Self::Lengthened => Credential::Lengthened,
            Self::OtherCase => Credential::OtherCase,
            Self::InQuery => Credential::InQuery,
            Self::InCookie => Credential::InCookie,
            Self::AsKey => Credential::InHeader("x-api-key".to_owned()),
            Self::Around(before, after) => Credential::Around {
                before: before.clone(),
                after: after.clone(),
            },
            Self::Canary => Credential::Text(contract::TOKEN_CANARY.to_owned()),
        })
    }

    fn words(&self) -> String {
        match self {
            Self::Missing => "no token".to_owned(),
            Self::Empty => "an empty token".to_owned(),
            Self::Blank => "a blank token".to_owned(),
            Self::Wrong | Self::Canary => "a wrong token".to_owned(),
            Self::WithoutLast => "a token that lacks its last character".to_owned(),
            Self::WithoutFirst => "a token that lacks its first character".to_owned(),
            Self::Lengthened => "a token that is one character too long".to_owned(),
            Self::OtherCase => "the token in other letters of case".to_owned(),
            Self::InQuery => "the token in the query".to_owned(),
            Self::InCookie => "the token in a cookie".to_owned(),
            Self::AsKey => "the token in x-api-key".to_owned(),
            Self::Around(before, after) => format!("`{before}‹token›{after}`"),
        }
    }
}

/// A request and the token that it has.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Attempt {
    ask: Ask,
    token: Token,
}

/// Attempts that one check judges.
struct Attempts {
    check: &'static Check,
    api: Arc<Api>,
    listed: Vec<Attempt>,
}

/// The cases about the token: none without one, as every answer would be a refusal.
pub(super) fn cases(api: &Arc<Api>) -> Vec<Case> {
    let crossed = |asks: &[Ask], tokens: &[Token]| -> Vec<Attempt> {
        asks.iter()
            .flat_map(|ask| {
                tokens.iter().map(|token| Attempt {
                    ask: *ask,
                    token: token.clone(),
                })
            })
            .collect()
    };
    let all = &Ask::OPERATIONS[..];
    let behind = [
        "Bearer x",
        " x",
        ",x",
        ", x",
        ";x",
        "; x",
        " Bearer x",
        "=",
        "/x",
        "\tx",
        " Bearer ",
    ];
    let behind = behind.map(|after| Token::around("Bearer ", after));
    let schemes = [
        "", "Basic ", "Token ", "Digest ", "ApiKey ", "Bearer", "Bearer:", "OAuth ",
    ];
    let mut elsewhere: Vec<Token> = schemes.map(|before| Token::around(before, "")).to_vec();
    elsewhere.push(Token::around("Bearer x, Bearer ", ""));
    elsewhere.push(Token::around("Bearer x Bearer ", ""));
    elsewhere.extend([Token::InQuery, Token::InCookie, Token::AsKey]);
    let missing = [Token::Missing];
    let near = [
        Token::WithoutLast,
        Token::WithoutFirst,
        Token::Lengthened,
        Token::OtherCase,
    ];
    let any_case = ["bearer ", "BEARER ", "bEaReR "].map(|before| Token::around(before, ""));
    let before = [
        Ask::Malformed,
        Ask::Invalid,
        Ask::Foreign,
        Ask::ReadUnknown,
        Ask::DeleteUnknown,
    ];
    let groups: [(&'static Check, &str, Vec<Attempt>); 12] = [
        (&CON037, "operations", crossed(all, &missing)),
        (
            &CON038,
            "operations",
            crossed(all, &[Token::Empty, Token::Blank, Token::Wrong]),
        ),
        (&CON039, "operations", crossed(all, &near)),
        (&CON040, "operations", crossed(all, &behind)),
        (&CON041, "operations", crossed(all, &elsewhere)),
        (
            &CON042,
            "operations",
            crossed(all, &[Token::Missing, Token::Empty, Token::Wrong]),
        ),
        (
            &CON043,
            "operations",
            crossed(all, &[Token::Missing, Token::Wrong]),
        ),
        (
            &CON044,
            "operations",
            crossed(&before, &[Token::Missing, Token::Wrong]),
        ),
        (
            &CON045,
            "changes",
            crossed(&[Ask::Create, Ask::Delete], &[Token::Missing, Token::Wrong]),
        ),
        (&CON046, "read", crossed(&[Ask::Read], &any_case)),
        (&CON047, "operations", crossed(all, &[Token::Canary])),
        (
            &CON048,
            "pages",
            crossed(&Page::ALL.map(Ask::Page), &missing),
        ),
    ];
    groups
        .into_iter()
        .map(|(check, subject, attempts)| {
            let property = Attempts {
                check,
                api: Arc::clone(api),
                listed: attempts,
            };
            Case::new(check, subject, property).also(&contract::BY_THE_WAY)
        })
        .collect()
}

impl Property for Attempts {
    type Input = Attempt;

    fn coverage(&self) -> Vec<Attempt> {
        self.listed.clone()
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        input: &'a Attempt,
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        async move {
            let body = Draft::whole()[0].body(&session.unique_name());
            let needs_one = matches!(input.ask.usual(), Ask::Read | Ask::Delete);
            let id = if needs_one {
                let created = session.send(self.api.create(&body).tag("setup")).await?;
                let id = answered_id(&created).ok().filter(|id| is_safe(id));
                let Some(id) = id.filter(|_| created.is_success()) else {
                    return Ok(());
                };
                id
            } else {
                String::new()
            };
            let request = |ask: Ask| ask.request(&self.api, &body, &id);
            if self.check == &CON046 {
                session.send(request(input.ask).tag("usual")).await?;
            }
            if self.check == &CON044 {
                let plain = request(input.ask.usual()).auth(input.token.auth());
                session.send(plain.tag("plain")).await?;
            }
            let asked = request(input.ask).auth(input.token.auth()).tag("asked");
            let asked = session.send(asked).await?;
            if self.check == &CON045 {
                let read = match input.ask {
                    Ask::Delete => Some(id.clone()),
                    // A refusal that gives an id shows what was stored.
                    _ => answered_id(&asked).ok().filter(|id| is_safe(id)),
                };
                if let Some(id) = read {
                    session.send(self.api.read(&id).tag("after")).await?;
                }
            }
            Ok(())
        }
        .boxed_local()
    }

    fn judge(&self, input: &Attempt, exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        contract::judge_wire(exchanges, judgement);
        contract::judge_access(self.check, &input.token.words(), exchanges, judgement);
    }
}
