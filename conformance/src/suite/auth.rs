//! The cases of the suite `auth`: every operation that needs the key, without it and with something
//! else in its place.

use std::sync::Arc;

use crate::{
    case::Case,
    check::{
        AUT001, AUT002, AUT003, AUT004, AUT005, AUT006, AUT007, AUT008, AUT009, AUT010, AUT011,
        Check,
    },
    exchange::Credential,
    plan::Budget,
    suite::sample::Sample,
    target::{AuthPlace, Operation, Target},
};

mod effect;
mod order;
mod variant;

use variant::{Key, Variants};

/// The cases of this suite: none without a key, as every answer would be a refusal.
pub(super) fn cases(target: &Arc<Target>, _budget: &Budget) -> Vec<Case> {
    let Some(auth) = target.auth.as_ref().filter(|_| target.has_key) else {
        return Vec::new();
    };
    let secured: Vec<&Operation> = target
        .operations
        .iter()
        .filter(|operation| operation.secured)
        .collect();
    let samples: Vec<Arc<Sample>> = secured
        .iter()
        .filter_map(|operation| Sample::of(target, operation).map(Arc::new))
        .collect();
    let elsewhere = [
        (Key::InQuery, !matches!(auth.place, AuthPlace::Query(_))),
        (Key::AsBearer, auth.place != AuthPlace::Bearer),
        (Key::InCookie, !matches!(auth.place, AuthPlace::Cookie(_))),
    ];
    let elsewhere: Vec<Key> = elsewhere
        .into_iter()
        .filter_map(|(key, other)| other.then_some(key))
        .collect();
    let groups: [(&'static Check, Vec<Key>); 8] = [
        (&AUT001, vec![Key::Missing]),
        (&AUT002, vec![Key::Empty, Key::Blank]),
        (&AUT003, vec![Key::Wrong]),
        (
            &AUT004,
            vec![Key::WithoutLast, Key::WithoutFirst, Key::Lengthened],
        ),
        (&AUT005, vec![Key::OtherCase]),
        (&AUT006, elsewhere),
        (&AUT007, vec![Key::Missing, Key::Wrong]),
        (&AUT010, vec![Key::Canary]),
    ];
    let mut cases = Vec::new();
    for (check, keys) in groups {
        for sample in &samples {
            let name = sample.operation.name.clone();
            let property = Variants {
                check,
                sample: Arc::clone(sample),
                target: Arc::clone(target),
                keys: keys.clone(),
            };
            cases.push(Case::new(check, &name, property).operation(&name));
        }
    }
    for sample in &samples {
        let name = sample.operation.name.clone();
        if let Some(property) = order::Validation::of(target, sample) {
            cases.push(Case::new(&AUT008, &name, property).operation(&name));
        }
        if let Some(property) = order::Lookup::of(target, sample) {
            cases.push(Case::new(&AUT009, &name, property).operation(&name));
        }
        if let Some(property) = effect::Effect::of(target, sample) {
            cases.push(Case::new(&AUT011, &name, property).operation(&name));
        }
    }
    cases
}

/// The key that is searched for in refusals; made up, so that finding it reveals nothing.
const CANARY: &str = "conformance-canary-7Hq2xR9vKd";

fn canary() -> Credential {
    Credential::Text(CANARY.to_owned())
}
