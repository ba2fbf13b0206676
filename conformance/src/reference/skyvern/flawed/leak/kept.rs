//! What leaks remember: the secrets of every credential, of the last request, of what was deleted.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::Value;
use url::form_urlencoded;

use super::super::super::answer::Answer;
use super::super::super::route::Operation;
use super::super::Flaws;
use super::{Asked, Story, route_of};

/// The id of the one setting of a custom credential service.
const SERVICE: &str = "service";

/// Secrets beside the store.
#[derive(Default)]
pub(in super::super) struct Kept {
    /// By id, in the order of their creation.
    credentials: IndexMap<String, Known>,
    deleted: HashMap<String, Value>,
    previous: Value,
    /// How often a main secret was submitted.
    submitted: HashMap<String, usize>,
    /// Answers so far.
    pub(super) answers: usize,
}

#[derive(Default)]
struct Known {
    secrets: Value,
    is_updated: bool,
    reads: usize,
}

impl Kept {
    /// Takes in a request and its answer.
    pub(super) fn learn<'a>(
        &mut self,
        flaws: &'a Flaws,
        asked: &'a Asked,
        body: &'a [u8],
        answer: &Answer,
    ) -> Story<'a> {
        self.answers += 1;
        let route = route_of(asked);
        let operation = route.as_ref().map(|route| route.operation);
        let sent: Value = serde_json::from_slice(body).unwrap_or_default();
        let secrets = secrets_of(&sent);
        let made = answer
            .body
            .as_ref()
            .and_then(|body| body["credential_id"].as_str());
        let id = match operation {
            Some(Operation::Create) => made.unwrap_or_default().to_owned(),
            Some(Operation::GetService | Operation::SetService) => SERVICE.to_owned(),
            _ => route.map(|route| route.credential_id).unwrap_or_default(),
        };
        let old = self.of(&id).clone();
        if answer.status.is_success() {
            self.succeed(operation, &id, &secrets);
        }
        if let Some(main) = main(&secrets) {
            *self.submitted.entry(main.to_owned()).or_default() += 1;
        }
        let page = form_urlencoded::parse(asked.query.as_bytes()).find(|(name, _)| name == "page");
        let previous = if secrets.is_null() {
            self.previous.clone()
        } else {
            std::mem::replace(&mut self.previous, secrets.clone())
        };
        Story {
            flaws,
            operation,
            id,
            page: page.and_then(|(_, page)| page.parse().ok()).unwrap_or(1),
            body,
            sent,
            secrets,
            old,
            previous,
        }
    }

    fn succeed(&mut self, operation: Option<Operation>, id: &str, secrets: &Value) {
        match operation {
            Some(Operation::Create | Operation::SetService) => {
                let known = Known {
                    secrets: secrets.clone(),
                    ..Known::default()
                };
                self.credentials.insert(id.to_owned(), known);
            }
            Some(Operation::Update) => {
                let known = self.credentials.entry(id.to_owned()).or_default();
                known.secrets = secrets.clone();
                known.is_updated = true;
            }
            Some(Operation::Get) => {
                if let Some(known) = self.credentials.get_mut(id) {
                    known.reads += 1;
                }
            }
            _ => {}
        }
    }

    /// Buries what was deleted.
    pub(super) fn forget(&mut self, story: &Story, answer: &Answer) {
        if story.operation == Some(Operation::Delete)
            && answer.status.is_success()
            && let Some(known) = self.credentials.shift_remove(&story.id)
        {
            self.deleted.insert(story.id.clone(), known.secrets);
        }
    }

    /// The secrets of a credential; null when there is none of that id.
    pub(super) fn of(&self, id: &str) -> &Value {
        self.credentials
            .get(id)
            .map_or(&Value::Null, |known| &known.secrets)
    }

    /// The secrets of the credential that was created before.
    pub(super) fn neighbour(&self, id: &str) -> &Value {
        let at = self.credentials.get_index_of(id);
        let before = at.and_then(|at| self.credentials.get_index(at.checked_sub(1)?));
        before.map_or(&Value::Null, |(_, known)| &known.secrets)
    }

    pub(super) fn deleted(&self, id: &str) -> &Value {
        self.deleted.get(id).unwrap_or(&Value::Null)
    }

    pub(super) fn is_updated(&self, id: &str) -> bool {
        self.credentials
            .get(id)
            .is_some_and(|known| known.is_updated)
    }

    pub(super) fn reads(&self, id: &str) -> usize {
        self.credentials.get(id).map_or(0, |known| known.reads)
    }

    /// How many requests have submitted this main secret.
    pub(super) fn submitted(&self, main: &str) -> usize {
        self.submitted.get(main).copied().unwrap_or_default()
    }

    /// Whether a newer credential has the same main secret.
    pub(super) fn is_repeated(&self, id: &str) -> bool {
        let own = main(self.of(id));
        let newer = self
            .credentials
            .iter()
            .rev()
            .take_while(|(other, _)| *other != id);
        newer
            .into_iter()
            .any(|(_, known)| main(&known.secrets) == own)
    }

    /// The other credentials' secrets.
    pub(super) fn others(&self, id: &str) -> impl Iterator<Item = (&str, &Value)> {
        self.credentials
            .iter()
            .filter(move |(other, _)| *other != id)
            .map(|(other, known)| (&**other, &known.secrets))
    }
}

/// The object of a body that has secrets.
pub(super) fn secrets_of(body: &Value) -> Value {
    ["credential", "config"]
        .iter()
        .find_map(|member| body.get(member).filter(|value| value.is_object()))
        .cloned()
        .unwrap_or_default()
}

/// The one secret that every kind of credential has.
pub(super) fn main(secrets: &Value) -> Option<&str> {
    ["password", "card_number", "secret_value", "api_token"]
        .iter()
        .find_map(|member| secrets[member].as_str())
}

/// The secret of that name, a path of members; `*` is the main one, and an empty path everything.
/// What is no text is given as JSON.
pub(super) fn secret(secrets: &Value, path: &str) -> Option<String> {
    if path == "*" {
        return main(secrets).map(str::to_owned);
    }
    let found = path
        .split('/')
        .filter(|member| !member.is_empty())
        .try_fold(secrets, |value, member| value.get(member))?;
    match found {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
