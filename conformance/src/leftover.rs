//! What runs left on a server: found by the names that they give, where the API lists things, and by
//! the journals of runs that were killed. What has no such name and stands in no journal is somebody
//! else's.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde_json::Value;

use crate::{
    digest,
    exchange::{Exchange, Request},
    given,
    ledger::{Entry, Scope, delete_request, id_text},
    recording::{Leftover, RecordingError, leftovers},
    setup::{self, SetupError},
    target::{BaseUrl, ParameterPlace, Resource, Target},
    transport::Transport,
};

/// How many things a page of a list is asked to hold, if it can be asked.
const PAGE: &str = "100";
/// Most pages of a list that are read.
const MAX_PAGES: usize = 2_000;
/// Most bytes of an id or a name: of longer ones the beginning.
const MAX_TEXT: usize = 4_096;

/// Something that a run left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) variable: String,
    pub(crate) id: String,
    /// Its name, if it was found by that.
    pub(crate) name: Option<String>,
    delete: String,
}

impl Left {
    /// The request that deletes it; `None` if the document knows its operation no more.
    pub(crate) fn deletion(&self, target: &Target) -> Option<Request> {
        let entry = Entry {
            scope: Scope(0),
            variable: self.variable.clone(),
            id: self.id.clone(),
            delete: Some(self.delete.clone()),
        };
        delete_request(target, &entry)
    }
}

/// What is there, by variable and id.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) left: Vec<Left>,
    /// The journals in which some of it stands.
    pub(crate) journals: Vec<Leftover>,
    /// Operations whose lists did not end.
    pub(crate) endless: Vec<String>,
}

/// Looks for what runs left on the server at `transport`: in its lists, and in the journals below
/// `root`.
///
/// # Errors
/// If a list or a journal cannot be read.
pub(crate) async fn find(
    target: &Target,
    transport: &Transport,
    root: &Path,
) -> Result<Found, SetupError> {
    let mut left = BTreeMap::new();
    let mut endless = Vec::new();
    for resource in &target.resources {
        let listed = listed(target, transport, resource).await?;
        if !listed.is_whole {
            endless.extend(resource.list.clone());
        }
        for one in listed.left {
            left.insert((one.variable.clone(), one.id.clone()), one);
        }
    }
    let journals = of(target, root).map_err(|error| SetupError::usage(error.to_string()))?;
    for thing in journals.iter().flat_map(|journal| &journal.things) {
        let key = (thing.variable.clone(), thing.id.clone());
        left.entry(key).or_insert_with(|| Left {
            variable: thing.variable.clone(),
            id: thing.id.clone(),
            name: None,
            delete: thing.delete.clone(),
        });
    }
    Ok(Found {
        left: left.into_values().collect(),
        journals,
        endless,
    })
}

/// The journals of runs against the same server.
fn of(target: &Target, root: &Path) -> Result<Vec<Leftover>, RecordingError> {
    let is_same = |journal: &Leftover| {
        let url = journal.server.url.as_deref();
        let base = url.and_then(|url| url.parse::<BaseUrl>().ok());
        setup::kind(journal.server.target) == target.kind
            && base.is_some_and(|base| base.as_str() == target.base.as_str())
    };
    let mut journals = leftovers(root)?;
    journals.retain(is_same);
    Ok(journals)
}

/// What a list showed.
#[derive(Default)]
struct Listed {
    left: Vec<Left>,
    /// Whether it was read to its end.
    is_whole: bool,
}

/// What of `resource` has a name of ours.
async fn listed(
    target: &Target,
    transport: &Transport,
    resource: &Resource,
) -> Result<Listed, SetupError> {
    let mut listed = Listed {
        is_whole: true,
        ..Listed::default()
    };
    let (Some(list), Some(delete)) = (&resource.list, &resource.delete) else {
        return Ok(listed);
    };
    // Of what stands below another thing, no list can be asked for without that.
    let operation = target.operation(list);
    let Some(operation) = operation.filter(|one| one.path_variables().next().is_none()) else {
        return Ok(listed);
    };
    let takes = |name: &str| {
        let mut parameters = operation.parameters_in(ParameterPlace::Query);
        parameters.any(|parameter| parameter.name == name)
    };
    // By their digests: a server may say anything, and without end.
    let mut seen = BTreeSet::new();
    for page in 1..=MAX_PAGES {
        let mut request =
            Request::new(&operation.method, &operation.path).operation(&operation.name);
        if takes("page") {
            request = request.query("page", &page.to_string());
        }
        if takes("page_size") {
            request = request.query("page_size", PAGE);
        }
        let exchange = transport.send(request).await;
        if !exchange.is_success() {
            return Err(unlisted(target, list, &exchange));
        }
        // What stands beside a create need not be a list.
        let things = things(&exchange).map_or(&[][..], Vec::as_slice);
        let mut fresh = false;
        for thing in things {
            let id = thing.get(&resource.variable).or_else(|| thing.get("id"));
            let Some(id) = id.and_then(id_text) else {
                continue;
            };
            fresh |= seen.insert(digest::number(&[id.as_bytes()]));
            let name = thing.get("name").and_then(Value::as_str);
            if let Some(name) = name.filter(|name| given::beginning(name).is_some()) {
                listed.left.push(Left {
                    variable: resource.variable.clone(),
                    id: beginning(&id),
                    name: Some(beginning(name)),
                    delete: delete.clone(),
                });
            }
        }
        if !fresh || !takes("page") {
            return Ok(listed);
        }
    }
    listed.is_whole = false;
    Ok(listed)
}

fn beginning(text: &str) -> String {
    text[..text.floor_char_boundary(MAX_TEXT)].to_owned()
}

/// What a list holds: an array, or an object with one.
fn things(exchange: &Exchange) -> Option<&Vec<Value>> {
    match exchange.json()? {
        Value::Array(things) => Some(things),
        Value::Object(members) => members.values().find_map(Value::as_array),
        _ => None,
    }
}

fn unlisted(target: &Target, list: &str, exchange: &Exchange) -> SetupError {
    let why = match &exchange.outcome {
        Ok(response) => format!("it answers {}", response.status),
        Err(error) => error.to_string(),
    };
    SetupError::could_not_test(format!("{list} of {} lists nothing: {why}", target.base))
}
