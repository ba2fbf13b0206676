//! A small server of another API, correct or with one fault.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// User and password.
pub(super) const USER: &str = "keeper:Feed-2-Cats";
/// More than any pet needs.
const MAX_BODY: usize = 1 << 20;

/// In what the server is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// An age above the maximum is taken.
    AnyAge,
    /// What is read has a number where a text should be.
    NumberAsKind,
    /// Anyone can delete.
    OpenDelete,
}

#[derive(Default)]
struct Kept {
    pets: Mutex<(u64, BTreeMap<u64, Value>)>,
    fault: Option<Fault>,
}

/// The server, until this is dropped.
pub(super) struct Pets {
    url: String,
    kept: Arc<Kept>,
    _runtime: tokio::runtime::Runtime,
}

impl Pets {
    pub(super) fn start(fault: Option<Fault>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let kept = Arc::new(Kept {
            fault,
            ..Kept::default()
        });
        let app = Router::new().fallback(answer).with_state(Arc::clone(&kept));
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self {
            url,
            kept,
            _runtime: runtime,
        }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// How many pets there are.
    pub(super) fn count(&self) -> usize {
        self.kept.pets.lock().unwrap().1.len()
    }
}

fn problem(status: StatusCode, title: &str) -> Response {
    let body = json!({"title": title, "status": status.as_u16()}).to_string();
    let kind = (header::CONTENT_TYPE, "application/problem+json");
    (status, [kind], body).into_response()
}

fn found(status: StatusCode, body: &Value) -> Response {
    let kind = (header::CONTENT_TYPE, "application/json");
    (status, [kind], body.to_string()).into_response()
}

async fn answer(State(kept): State<Arc<Kept>>, request: Request) -> Response {
    match respond(&kept, request).await {
        Ok(response) | Err(response) => response,
    }
}

async fn respond(kept: &Kept, request: Request) -> Result<Response, Response> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let id = path.strip_prefix("/pets/");
    let allowed: &[Method] = match id {
        None if path == "/pets" => &[Method::GET, Method::POST],
        Some(id) if !id.is_empty() && !id.contains('/') => {
            &[Method::GET, Method::PUT, Method::DELETE]
        }
        _ => return Err(problem(StatusCode::NOT_FOUND, "there is nothing here")),
    };
    if !allowed.contains(&parts.method) {
        let names: Vec<&str> = allowed.iter().map(Method::as_str).collect();
        let mut refusal = problem(StatusCode::METHOD_NOT_ALLOWED, "not this method");
        let allow = names.join(", ").parse().unwrap();
        refusal.headers_mut().insert(header::ALLOW, allow);
        return Err(refusal);
    }
    let open = kept.fault == Some(Fault::OpenDelete) && parts.method == Method::DELETE;
    if !open && !is_known(&parts.headers) {
        let mut refusal = problem(StatusCode::UNAUTHORIZED, "who are you?");
        let challenge = "Basic realm=\"pets\"".parse().unwrap();
        refusal
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
        return Err(refusal);
    }
    let id = match id {
        None => None,
        Some(id) => Some(
            id.parse::<u64>()
                .ok()
                .filter(|id| *id > 0)
                .ok_or_else(|| problem(StatusCode::BAD_REQUEST, "the id is no number from 1"))?,
        ),
    };
    let pet = if parts.method == Method::POST || parts.method == Method::PUT {
        Some(pet(kept, &parts.headers, body).await?)
    } else {
        None
    };
    let mut guard = kept.pets.lock().unwrap();
    let (last, pets) = &mut *guard;
    let unknown = || problem(StatusCode::NOT_FOUND, "there is no such pet");
    Ok(match (id, pet) {
        (None, None) => {
            let limit = limit(parts.uri.query().unwrap_or_default())?;
            let listed: Vec<Value> = pets.values().take(limit).cloned().collect();
            found(StatusCode::OK, &Value::from(listed))
        }
        (None, Some(mut pet)) => {
            *last += 1;
            pet["id"] = json!(*last);
            pets.insert(*last, pet.clone());
            found(StatusCode::CREATED, &pet)
        }
        (Some(id), Some(mut pet)) => {
            let place = pets.get_mut(&id).ok_or_else(unknown)?;
            pet["id"] = json!(id);
            *place = pet.clone();
            found(StatusCode::OK, &pet)
        }
        (Some(id), None) if parts.method == Method::DELETE => {
            pets.remove(&id).ok_or_else(unknown)?;
            StatusCode::NO_CONTENT.into_response()
        }
        (Some(id), None) => {
            let mut pet = pets.get(&id).ok_or_else(unknown)?.clone();
            if kept.fault == Some(Fault::NumberAsKind) {
                pet["kind"] = json!(7);
            }
            found(StatusCode::OK, &pet)
        }
    })
}

fn is_known(headers: &HeaderMap) -> bool {
    let expected = format!("Basic {}", data_encoding::BASE64.encode(USER.as_bytes()));
    let given = headers.get(header::AUTHORIZATION);
    given.is_some_and(|given| given.as_bytes() == expected.as_bytes())
}

#[expect(
    clippy::result_large_err,
    reason = "the answer is what the caller wants"
)]
fn limit(query: &str) -> Result<usize, Response> {
    let mut limit = 100;
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if name == "limit" {
            limit = value
                .parse()
                .ok()
                .filter(|limit| (1..=100).contains(limit))
                .ok_or_else(|| problem(StatusCode::BAD_REQUEST, "limit is from 1 to 100"))?;
        }
    }
    Ok(limit)
}

/// The pet in a request.
async fn pet(kept: &Kept, headers: &HeaderMap, body: Body) -> Result<Value, Response> {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let is_utf8 = !kind.to_ascii_lowercase().contains("charset=")
        || kind.to_ascii_lowercase().contains("utf-8");
    if !essence.eq_ignore_ascii_case("application/json") || !is_utf8 {
        let title = "send application/json";
        return Err(problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, title));
    }
    let bytes = to_bytes(body, MAX_BODY)
        .await
        .map_err(|_| problem(StatusCode::PAYLOAD_TOO_LARGE, "that is too much"))?;
    let invalid = |title: &str| problem(StatusCode::BAD_REQUEST, title);
    let value: Value = serde_json::from_slice(&bytes).map_err(|_| invalid("that is no JSON"))?;
    let Value::Object(members) = &value else {
        return Err(invalid("a pet is an object"));
    };
    let name = members.get("name").and_then(Value::as_str);
    if !name.is_some_and(|name| (1..=40).contains(&name.chars().count())) {
        return Err(invalid("a name has 1 to 40 characters"));
    }
    if !matches!(
        members.get("kind").and_then(Value::as_str),
        Some("cat" | "dog")
    ) {
        return Err(invalid("a pet is a cat or a dog"));
    }
    if let Some(age) = members.get("age") {
        let age = age.as_f64().filter(|age| age.fract() == 0.0);
        let most = if kept.fault == Some(Fault::AnyAge) {
            f64::MAX
        } else {
            40.0
        };
        if !age.is_some_and(|age| (0.0..=most).contains(&age)) {
            return Err(invalid("an age is a number from 0 to 40"));
        }
    }
    let mut kept = json!({"name": members["name"], "kind": members["kind"]});
    if let Some(age) = members.get("age") {
        kept["age"] = age.clone();
    }
    Ok(kept)
}
