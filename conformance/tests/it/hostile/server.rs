//! A small server over raw sockets that keeps things, and that can turn hostile: from its first
//! connection on, or once it holds a few of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard},
};

use serde_json::{Value, json};

/// The key that is let in.
pub(super) const KEY: &str = "hunter2-0123456789abcdef";
/// How many things a server holds that turns.
const HELD: usize = 2;
/// Longest body that it reads.
const MOST: usize = 1 << 22;

/// A request, as far as this server cares.
pub(super) struct Request {
    pub(super) method: String,
    pub(super) target: String,
    key: Option<String>,
    body: Vec<u8>,
}

/// What is done instead of answering right.
#[derive(Clone, Copy)]
pub(super) enum Act {
    /// Nothing: it is right all the time.
    None,
    /// A request is answered with these bytes, and the connection stays open.
    Answer(fn(&Request, &World) -> Vec<u8>),
    /// The same, and then it is closed.
    Last(fn(&Request, &World) -> Vec<u8>),
    /// A request is heard, and then this happens to the connection.
    Heard(fn(&mut TcpStream, &World)),
    /// This happens to a connection before anything is read.
    Unheard(fn(&mut TcpStream, &World)),
}

/// When it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Always,
    /// Once it holds a few things.
    Turned,
}

#[derive(Default)]
struct State {
    /// Names by id.
    things: BTreeMap<String, String>,
    last: usize,
    is_calm: bool,
    has_turned: bool,
    /// What it held when it turned.
    held: BTreeSet<String>,
    /// Ids that it was asked to delete.
    asked: BTreeSet<String>,
    /// Ids that it said are gone without deleting them.
    denied: BTreeSet<String>,
    /// Request targets that have nothing to do with things.
    strayed: Vec<String>,
    connections: usize,
}

/// What a server knows.
pub(super) struct World {
    pub(super) key: String,
    act: Act,
    /// Only requests with one of these methods meet it; all if there are none.
    only: &'static [&'static str],
    when: When,
    /// Another origin, to which nobody should go.
    pub(super) elsewhere: SocketAddr,
    state: Mutex<State>,
}

/// A server, for as long as the process lives.
pub(super) struct Server {
    pub(super) url: String,
    pub(super) world: Arc<World>,
    visitors: Arc<World>,
}

impl Server {
    pub(super) fn start(act: Act, only: &'static [&'static str], when: When) -> Self {
        Self::with_key(KEY, act, only, when)
    }

    pub(super) fn with_key(key: &str, act: Act, only: &'static [&'static str], when: When) -> Self {
        let (elsewhere, other) = listener();
        let (here, own) = listener();
        let world = |act, only, when| {
            Arc::new(World {
                key: key.to_owned(),
                act,
                only,
                when,
                elsewhere,
                state: Mutex::default(),
            })
        };
        let visitors = world(Act::None, &[], When::Always);
        let world = world(act, only, when);
        listen(other, Arc::clone(&visitors));
        listen(own, Arc::clone(&world));
        Self {
            url: format!("http://{here}"),
            world,
            visitors,
        }
    }

    /// How many connections the other origin saw.
    pub(super) fn visits(&self) -> usize {
        self.visitors.state().connections
    }
}

fn listener() -> (SocketAddr, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    (listener.local_addr().unwrap(), listener)
}

fn listen(listener: TcpListener, world: Arc<World>) {
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let world = Arc::clone(&world);
            std::thread::spawn(move || {
                let mut stream = stream;
                world.serve(&mut stream);
            });
        }
    });
}

impl World {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// From now on it is right.
    pub(super) fn calm(&self) {
        self.state().is_calm = true;
    }

    /// What it holds and never said to be gone.
    pub(super) fn left(&self) -> Vec<String> {
        let state = self.state();
        let ids = state.things.keys();
        ids.filter(|id| !state.denied.contains(*id))
            .cloned()
            .collect()
    }

    /// What it held when it turned, and was never asked to delete.
    pub(super) fn forgotten(&self) -> Vec<String> {
        let state = self.state();
        state.held.difference(&state.asked).cloned().collect()
    }

    /// What was asked for and has nothing to do with things.
    pub(super) fn strayed(&self) -> Vec<String> {
        self.state().strayed.clone()
    }

    fn serve(&self, stream: &mut TcpStream) {
        self.state().connections += 1;
        loop {
            if let Act::Unheard(act) = self.act
                && self.is_hostile()
            {
                return act(stream, self);
            }
            let Some(request) = heard(stream) else {
                return;
            };
            self.note(&request);
            let meets = self.only.is_empty() || self.only.contains(&&*request.method);
            let act = if meets && self.is_hostile() {
                self.act
            } else {
                Act::None
            };
            let bytes = match act {
                Act::None | Act::Unheard(_) => self.right(&request),
                Act::Answer(act) | Act::Last(act) => act(&request, self),
                Act::Heard(act) => return act(stream, self),
            };
            if !matches!(act, Act::None | Act::Unheard(_)) && bytes.starts_with(b"HTTP/1.1 2") {
                self.deny(&request);
            }
            if stream.write_all(&bytes).is_err() || matches!(act, Act::Last(_)) {
                return;
            }
        }
    }

    fn deny(&self, request: &Request) {
        if let Some(id) = request.target.strip_prefix("/things/")
            && request.method == "DELETE"
        {
            self.state().denied.insert(id.to_owned());
        }
    }

    fn is_hostile(&self) -> bool {
        let state = self.state();
        !state.is_calm && (self.when == When::Always || state.has_turned)
    }

    /// Takes note of what it was asked for.
    fn note(&self, request: &Request) {
        let path = request.target.split('?').next().unwrap_or_default();
        let id = path.strip_prefix("/things/");
        let mut state = self.state();
        if request.method == "DELETE" {
            state.asked.extend(id.map(str::to_owned));
        }
        // What a proxy on the way may resolve leads elsewhere.
        let leaves = matches!(id, Some("" | "." | "..")) || id.is_some_and(|id| id.contains('/'));
        if leaves || path != "/things" && id.is_none() {
            state.strayed.push(format!("{} {path}", request.method));
        }
    }

    /// The right answer.
    pub(super) fn right(&self, request: &Request) -> Vec<u8> {
        let refusal = |status: u16| answer(status, &json!({"detail": "no"}).to_string());
        if request.key.as_ref() != Some(&self.key) {
            return refusal(401);
        }
        let (path, query) = request
            .target
            .split_once('?')
            .unwrap_or((&request.target, ""));
        let mut state = self.state();
        let thing = |id: &str, name: &str| json!({"thing_id": id, "name": name});
        match (&*request.method, path.strip_prefix("/things")) {
            ("POST", Some("")) => {
                let Some(name) = named(&request.body) else {
                    return refusal(422);
                };
                state.last += 1;
                let id = format!("thing_{}", state.last);
                state.things.insert(id.clone(), name.clone());
                if self.when == When::Turned && !state.has_turned && state.things.len() >= HELD {
                    state.has_turned = true;
                    state.held = state.things.keys().cloned().collect();
                }
                answer(201, &thing(&id, &name).to_string())
            }
            ("GET", Some("")) => {
                let Some((page, size)) = page(query) else {
                    return refusal(422);
                };
                let things = state.things.iter().skip((page - 1) * size).take(size);
                let things: Vec<Value> = things.map(|(id, name)| thing(id, name)).collect();
                answer(200, &json!(things).to_string())
            }
            ("GET", Some(id)) => match state.things.get(id.trim_start_matches('/')) {
                Some(name) => answer(200, &thing(id.trim_start_matches('/'), name).to_string()),
                None => refusal(404),
            },
            ("DELETE", Some(id)) => match state.things.remove(id.trim_start_matches('/')) {
                Some(_) => answer(204, ""),
                None => refusal(404),
            },
            _ => refusal(404),
        }
    }
}

/// The name in a body that is as the document wants it.
fn named(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let name = body.get("name")?.as_str()?;
    if !(1..=80).contains(&name.chars().count()) {
        return None;
    }
    match body.get("token") {
        None => {}
        Some(Value::String(token)) if token.chars().count() >= 12 => {}
        Some(_) => return None,
    }
    Some(name.to_owned())
}

/// Page and size in a query that is as the document wants it.
fn page(query: &str) -> Option<(usize, usize)> {
    let (mut page, mut size) = (1, 10);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=')?;
        match name {
            "page" => page = value.parse().ok().filter(|page| *page >= 1)?,
            "page_size" => size = value.parse().ok().filter(|size| (1..=100).contains(size))?,
            _ => {}
        }
    }
    Some((page, size))
}

/// An answer with this JSON.
pub(super) fn answer(status: u16, body: &str) -> Vec<u8> {
    if status == 204 {
        return b"HTTP/1.1 204 No Content\r\n\r\n".to_vec();
    }
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The next request on a connection; `None` if there is none.
fn heard(stream: &mut TcpStream) -> Option<Request> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let fields = || lines.clone().filter_map(|line| line.split_once(": "));
    let field = |name: &str| {
        let mut fields = fields().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        fields.next().map(|(_, value)| value.to_owned())
    };
    let length = field("content-length").and_then(|text| text.parse().ok());
    let mut body = vec![0; length.unwrap_or(0).min(MOST)];
    stream.read_exact(&mut body).ok()?;
    Some(Request {
        method,
        target,
        key: field("x-api-key"),
        body,
    })
}
