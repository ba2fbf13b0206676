//! What lets a caller in: the alternatives of an operation, by what they ask for and not by the names of schemes.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    kind::Kind,
    operation::Operation,
    walk::{Frame, Walk},
};
use crate::{document::Document, location::Location};

/// Everything that one alternative asks for; nothing if it lets everyone in.
type Alternative = BTreeSet<String>;

/// Compares the alternatives of two operations.
pub(super) fn compare(walk: &mut Walk<'_>, frame: Frame, a: &Operation<'_>, b: &Operation<'_>) {
    let (old_at, old) = alternatives(walk.old, a);
    let (new_at, new) = alternatives(walk.new, b);
    // Who has all that an old alternative asks for may have what another one asks for.
    let gone = old
        .iter()
        .filter(|one| !new.iter().any(|other| other.is_subset(one)));
    let come = new
        .iter()
        .filter(|one| !old.iter().any(|other| other.is_subset(one)));
    let now: Vec<String> = new.iter().map(words).collect();
    for alternative in gone {
        let places = (Some(old_at.clone()), Some(new_at.clone()));
        let detail = format!("{}, but with {}", words(alternative), now.join(" or "));
        walk.note(frame, Kind::SecurityRemoved, places.0, places.1, detail);
    }
    for alternative in come {
        let places = (Some(old_at.clone()), Some(new_at.clone()));
        walk.note(
            frame,
            Kind::SecurityAdded,
            places.0,
            places.1,
            words(alternative),
        );
    }
}

fn words(alternative: &Alternative) -> String {
    if alternative.is_empty() {
        return "no credentials".to_owned();
    }
    let words: Vec<&str> = alternative.iter().map(String::as_str).collect();
    words.join(" and ")
}

/// The alternatives in force, and where the operation gives them or should.
fn alternatives(
    document: &Document,
    operation: &Operation<'_>,
) -> (Location, BTreeSet<Alternative>) {
    let (at, list) = match (
        operation.value.get("security"),
        document.root().get("security"),
    ) {
        (Some(list), _) => (operation.at.child("security"), list.as_array()),
        (None, Some(list)) => (operation.at.clone(), list.as_array()),
        (None, None) => (operation.at.clone(), None),
    };
    let mut found: BTreeSet<Alternative> = list
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .map(|schemes| alternative(document, schemes))
        .collect();
    if found.is_empty() {
        found.insert(Alternative::new());
    }
    (at, found)
}

fn alternative(document: &Document, schemes: &Map<String, Value>) -> Alternative {
    let mut asked = Alternative::new();
    for (name, scopes) in schemes {
        let scheme = scheme(document, name);
        let scopes: Vec<&str> = scopes
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        for scope in &scopes {
            asked.insert(format!("{scheme} with scope `{scope}`"));
        }
        if scopes.is_empty() {
            asked.insert(scheme);
        }
    }
    asked
}

/// What a scheme asks for, in words.
fn scheme(document: &Document, name: &str) -> String {
    let at = Location::default().join(["components", "securitySchemes", name]);
    let Some((_, members)) = document.follow(&at) else {
        return format!("`{name}`");
    };
    let text = |name: &str| {
        members
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    match text("type") {
        "apiKey" => format!("a key in {} `{}`", text("in"), text("name")),
        "http" => format!("HTTP {}", text("scheme").to_ascii_lowercase()),
        "openIdConnect" => format!("OpenID Connect of {}", text("openIdConnectUrl")),
        "oauth2" => {
            let flows = members.get("flows").and_then(Value::as_object);
            let flows: Vec<String> = flows
                .into_iter()
                .flatten()
                .map(|(flow, members)| {
                    let urls = ["authorizationUrl", "tokenUrl"];
                    let urls = urls.iter().filter_map(|url| members.get(url)?.as_str());
                    let urls: Vec<&str> = urls.collect();
                    format!("{flow} {}", urls.join(" "))
                })
                .collect();
            format!("OAuth 2.0 ({})", flows.join(", "))
        }
        other => other.to_owned(),
    }
}
