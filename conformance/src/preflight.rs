//! A few harmless requests before the plan: a wrong URL, a wrong key or a web page is one clear
//! sentence, not a hundred findings.

mod wait;

use std::collections::BTreeSet;

use crate::{
    bridge::{Bridge, probe},
    case::Case,
    exchange::{Exchange, Request, Response, TransportError},
    setup::{KeySource, SetupError},
    target::{Bridged, Operation, Target, TargetKind},
    transport::Transport,
};

pub(crate) use wait::until_started;

/// Most reads that are tried.
const MAX_PROBES: usize = 3;

/// Asks the server something simple, of what `cases` are about if that can be. `Ok` if it can be
/// tested; what it does wrong otherwise is for the checks.
pub(crate) async fn check(
    target: &Target,
    transport: &Transport,
    bridge: Option<&Bridge>,
    cases: &[Case],
) -> Result<(), SetupError> {
    let wanted: BTreeSet<&str> = cases
        .iter()
        .filter_map(|case| case.operation.as_deref())
        .collect();
    let url = target.base.as_str();
    let mut answers = Vec::new();
    let mut last = None;
    for request in reads(target, &wanted) {
        let exchange = transport.send(request).await;
        match &exchange.outcome {
            Ok(_) => answers.push(exchange),
            Err(error @ (TransportError::Connect(_) | TransportError::Tls(_))) => {
                return Err(no_answer(url, error));
            }
            Err(error) => last = Some(no_answer(url, error)),
        }
    }
    if answers.is_empty() {
        return last.map_or(Ok(()), Err);
    }
    if all(&answers, is_web_page) {
        let message = format!("{url} answers with a web page, not with the API");
        return Err(SetupError::could_not_test(message).hint("is the base URL right?"));
    }
    if all(&answers, |response| {
        matches!(response.status, 301 | 302 | 303 | 307 | 308)
    }) {
        let message = format!("{url} answers with redirects{}", destination(&answers[0]));
        return Err(SetupError::could_not_test(message).hint("give the URL that they lead to"));
    }
    if all(&answers, |response| response.status == 429) {
        let message = format!("{url} answers 429 to every request, beyond all patience");
        return Err(SetupError::could_not_test(message).hint("--rate-limit 1/s sends less"));
    }
    if all(&answers, |response| response.truncated) {
        let message = format!("{url} answers with bodies that do not end");
        return Err(SetupError::could_not_test(message));
    }
    let refuses = |response: &Response| matches!(response.status, 401 | 403);
    // A service need not have the connection test; then a read tells.
    let is_service = target.kind == TargetKind::CredentialService;
    if all(&answers, refuses)
        || is_service && answers.iter().filter_map(Exchange::response).any(refuses)
    {
        return Err(refused(target, &answers));
    }
    if all(&answers, |response| response.status == 404)
        && !answers_elsewhere(target, transport, &wanted).await
    {
        let message = format!(
            "{url} knows none of the document's operations (404 on {})",
            name(&answers[0])
        );
        return Err(SetupError::could_not_test(message).hint("is the base URL right?"));
    }
    match bridge.filter(|_| target.bridged == Bridged::ByDefault) {
        Some(bridge) => Box::pin(probe::check(target, transport, bridge)).await,
        None => Ok(()),
    }
}

fn all(answers: &[Exchange], holds: impl Fn(&Response) -> bool) -> bool {
    answers.iter().filter_map(Exchange::response).all(holds)
}

fn name(exchange: &Exchange) -> String {
    format!("{} {}", exchange.request.method, exchange.request.template)
}

fn is_web_page(response: &Response) -> bool {
    response.media_type().as_deref() == Some("text/html")
}

/// The host that a redirect leads to; the rest of it may hold anything.
fn destination(exchange: &Exchange) -> String {
    let location = exchange
        .response()
        .and_then(|response| response.header("location"));
    location
        .and_then(|location| url::Url::parse(location).ok())
        .and_then(|url| {
            url.host_str()
                .map(|host| format!(" to {}://{host}", url.scheme()))
        })
        .unwrap_or_default()
}

fn no_answer(url: &str, error: &TransportError) -> SetupError {
    let message = match error {
        TransportError::Connect(why) => format!("{url} cannot be reached: {why}"),
        TransportError::Tls(why) => format!("no TLS session with {url}: {why}"),
        TransportError::Timeout(limit) => {
            format!(
                "{url} gave no whole answer within {}",
                humantime::format_duration(*limit)
            )
        }
        TransportError::Closed => format!("{url} closes connections without an answer"),
        TransportError::Malformed(why) => format!("{url} does not speak HTTP: {why}"),
        TransportError::Unsendable(why) => format!("nothing can be sent to {url}: {why}"),
    };
    let error = SetupError::could_not_test(message);
    if url.starts_with("https") && error.message.starts_with("no TLS") {
        return error.hint("--cacert PEM trusts another authority");
    }
    error
}

fn refused(target: &Target, answers: &[Exchange]) -> SetupError {
    let status = answers[0].status().unwrap_or_default();
    let count = answers.len();
    let source = KeySource::of(target.kind);
    let word = source.word;
    let what = if target.has_key {
        format!("the server refused our {word}")
    } else {
        format!("the server wants a {word} and none was given")
    };
    let message = format!(
        "{what} ({status} on {}, {count} of {count} probes)",
        name(&answers[0])
    );
    let hint = if target.auth.is_some() {
        format!("set {}, or say {} FILE", source.variable, source.option)
    } else {
        "the document names no way to send a key: say --header-env NAME=VARIABLE".to_owned()
    };
    SetupError::could_not_test(message).hint(hint)
}

/// The operations of `target`, the `wanted` ones first.
fn operations<'a>(target: &'a Target, wanted: &BTreeSet<&str>) -> Vec<&'a Operation> {
    let mut operations: Vec<&Operation> = target.operations.iter().collect();
    operations.sort_by_key(|operation| !wanted.contains(operation.name.as_str()));
    operations
}

/// Reads that need no id: of the document, or else of the base URL itself.
fn reads(target: &Target, wanted: &BTreeSet<&str>) -> Vec<Request> {
    let plain = |operation: &&Operation| {
        operation.method == "GET"
            && operation.path_variables().next().is_none()
            && operation
                .parameters
                .iter()
                .all(|parameter| !parameter.required)
    };
    let mut found: Vec<Request> = operations(target, wanted)
        .into_iter()
        .filter(plain)
        .take(MAX_PROBES)
        .map(|operation| Request::new("GET", &operation.path).operation(&operation.name))
        .collect();
    if target.kind == TargetKind::CredentialService {
        let read = Request::new("GET", "/credentials/{id}");
        found.push(read.path_param("id", "conformance-unknown"));
    }
    if found.is_empty() {
        found.push(Request::new("GET", "/"));
    }
    found
}

/// Whether some operation that takes a body is there. The body cannot be read as JSON, so that
/// nothing can come of it.
async fn answers_elsewhere(
    target: &Target,
    transport: &Transport,
    wanted: &BTreeSet<&str>,
) -> bool {
    let mut operations = operations(target, wanted).into_iter();
    let operation = operations.find(|operation| {
        let json = operation.body.as_ref().and_then(|body| body.json());
        json.is_some() && operation.path_variables().next().is_none()
    });
    let Some(operation) = operation else {
        // A document of reads with ids only: the plan will tell.
        return target
            .operations
            .iter()
            .all(|one| one.path_variables().next().is_some());
    };
    let request = Request::new(&operation.method, &operation.path)
        .operation(&operation.name)
        .bytes(Some("application/json"), "{");
    let exchange = transport.send(request).await;
    !matches!(exchange.status(), None | Some(404 | 405))
}
