//! What a run takes from the document before it asks anything: which members of requests are
//! secrets, and why; and what the document leaves unsaid, so that less can be asked or judged.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    schema::{SecretReason, is_secret_name},
    suite::Sample,
    target::{AuthPlace, AuthScheme, Operation, Parameter, ParameterPlace, Target},
};

/// A member of requests that is taken for a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretMember {
    /// The part of the request and where in it, as `body:/credential/password`; `*` stands for any
    /// item or member.
    pub member: String,
    /// Why it is taken for one: `writeOnly`, `format: password`, or its name.
    pub why: String,
    /// The operations that take it.
    pub operations: Vec<String>,
}

/// What the document says and leaves unsaid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The secrets in requests, in the order of the document.
    pub secrets: Vec<SecretMember>,
    /// What cannot be asked or judged for want of what the document does not say: each a sentence
    /// fragment.
    pub notes: Vec<String>,
}

impl About {
    /// Reads the documents of `targets`.
    pub(crate) fn of_all<'a>(targets: impl IntoIterator<Item = &'a Arc<Target>>) -> Self {
        let mut all = Self::default();
        for target in targets {
            let one = Self::of(target);
            all.secrets.extend(one.secrets);
            all.notes.extend(one.notes);
        }
        all
    }

    /// Reads the document of `target`.
    pub fn of(target: &Target) -> Self {
        Self {
            secrets: secrets(target),
            notes: notes(target),
        }
    }
}

fn secrets(target: &Target) -> Vec<SecretMember> {
    let mut found: Vec<SecretMember> = Vec::new();
    let mut tell = |operation: &Operation, member: String, why: String| {
        let known = found
            .iter_mut()
            .find(|one| one.member == member && one.why == why);
        match known {
            Some(known) => known.operations.push(operation.name.clone()),
            None => found.push(SecretMember {
                member,
                why,
                operations: vec![operation.name.clone()],
            }),
        }
    };
    for operation in &target.operations {
        for parameter in &operation.parameters {
            if carries_key(target.auth.as_ref(), parameter) {
                continue;
            }
            let schema = parameter.schema.as_ref();
            let stated = schema
                .map(|schema| target.requests.secrets(schema))
                .unwrap_or_default();
            let stated = stated.first().map(|secret| secret.reason.to_string());
            let called = || is_secret_name(&parameter.name).then(|| SecretReason::Name.to_string());
            if let Some(why) = stated.or_else(called) {
                let place = parameter.place.name();
                tell(operation, format!("{place}:/{}", parameter.name), why);
            }
        }
        let media = operation.body.as_ref().and_then(|body| body.json());
        if let Some(schema) = media.and_then(|media| media.schema.as_ref()) {
            for secret in target.requests.secrets(schema) {
                tell(
                    operation,
                    format!("body:{secret}"),
                    secret.reason.to_string(),
                );
            }
        }
    }
    found
}

/// Whether the parameter is where the key goes.
fn carries_key(auth: Option<&AuthScheme>, parameter: &Parameter) -> bool {
    auth.is_some_and(|auth| match &auth.place {
        AuthPlace::Header(name) => {
            parameter.place == ParameterPlace::Header && name.eq_ignore_ascii_case(&parameter.name)
        }
        AuthPlace::Query(name) => {
            parameter.place == ParameterPlace::Query && *name == parameter.name
        }
        AuthPlace::Cookie(name) => {
            parameter.place == ParameterPlace::Cookie && *name == parameter.name
        }
        _ => false,
    })
}

fn notes(target: &Target) -> Vec<String> {
    let mut notes = Vec::new();
    if target.auth.is_none() {
        notes.push("the document names no key: the suite auth has no cases".to_owned());
    }
    let open: Vec<&str> = target
        .operations
        .iter()
        .filter(|one| !one.lists_refusal())
        .map(|one| one.name.as_str())
        .collect();
    if !open.is_empty() {
        notes.push(format!(
            "no refusal is documented for {}: any 4xx is taken for one, and its shape is not judged",
            named(&open, target.operations.len())
        ));
    }
    for operation in &target.operations {
        if let Err(why) = Sample::make(target, operation) {
            notes.push(format!("{} is left out: {why}", operation.name));
        }
    }
    notes
}

/// Most names that a note tells.
const MOST_NAMES: usize = 6;

fn named(names: &[&str], of: usize) -> String {
    if names.len() == of {
        return "any operation".to_owned();
    }
    let told = names[..names.len().min(MOST_NAMES)].join(", ");
    match names.len() - names.len().min(MOST_NAMES) {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}
