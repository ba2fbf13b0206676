//! Valid input: accepted, and answered as the document says.

use std::sync::Arc;

use futures_util::future::{FutureExt, LocalBoxFuture};
use proptest::{
    prelude::{Just, Strategy},
    sample::{select, subsequence},
    strategy::SBoxedStrategy,
};
use serde_json::{Value, json};
use spec::{Location, Pointer};

use super::{
    Thoroughness,
    ask::{Ask, existing_by},
    example_bodies, query_parameters,
};
use crate::{
    case::{InputTree, Listed, Property, tree},
    check::{SCH006, SCH012, answer, models, refusal, refusal::Names, seen},
    exchange::Exchange,
    finding::Judgement,
    schema::Valid,
    session::{Session, Stop},
    suite::{canonical, sample::Sample},
    target::{Operation, ParameterPlace, Target, TargetKind},
};

/// Texts that servers trip over, put into one member after the other.
const DELICATE: [&str; 4] = [
    "Zoë 東京",
    "😀",
    "100% \\ 'single' \"double\" <b>&amp;</b>",
    " x ",
];
/// A member that no document names.
const EXTRA: &str = "x_conformance_extra";

/// Valid requests to one operation.
pub(super) struct Accepted {
    target: Arc<Target>,
    names: Arc<Names>,
    sample: Arc<Sample>,
    thoroughness: Thoroughness,
    schema: Option<Location>,
    /// The schema of the body that creates what the operation is about.
    existing: Option<Location>,
}

impl Accepted {
    pub(super) fn new(
        target: &Arc<Target>,
        names: &Arc<Names>,
        sample: &Arc<Sample>,
        thoroughness: Thoroughness,
    ) -> Self {
        let schema = |operation: &Operation| operation.body.as_ref()?.json()?.schema.clone();
        Self {
            target: Arc::clone(target),
            names: Arc::clone(names),
            sample: Arc::clone(sample),
            thoroughness,
            schema: schema(&sample.operation),
            existing: existing_by(target, &sample.operation).and_then(schema),
        }
    }

    fn of_body(&self, value: Value) -> Ask {
        let body = match &self.schema {
            Some(schema) => canonical::value(&self.target, schema, value),
            None => value,
        };
        Ask {
            body: Some(body),
            ..Ask::default()
        }
    }

    fn of_query(&self, name: &str, text: String) -> Ask {
        Ask {
            query: vec![(name.to_owned(), text)],
            body: self.sample.body.clone(),
            ..Ask::default()
        }
    }

    /// The examples of the document with one text after the other replaced by a delicate one, and
    /// with members that the document does not name.
    fn delicate_bodies(&self, schema: &Location) -> Vec<Listed<Value>> {
        let mut found = Vec::new();
        for (number, example) in example_bodies(&self.target, &self.sample.operation)
            .into_iter()
            .enumerate()
        {
            for pointer in text_pointers(&example) {
                for text in DELICATE {
                    let mut changed = example.clone();
                    if let Some(place) = changed.pointer_mut(pointer.as_str()) {
                        *place = json!(text);
                    }
                    found.push(Listed::new(changed, "body", &pointer, text));
                }
            }
            let objects = example.as_object().into_iter().flatten();
            let objects = objects
                .filter(|(_, member)| member.is_object())
                .map(|(name, _)| Pointer::root().child(name));
            let objects = std::iter::once(Pointer::root()).chain(objects);
            for pointer in objects.filter(|_| number == 0) {
                let mut extended = example.clone();
                if let Some(object) = extended.pointer_mut(pointer.as_str()) {
                    object[EXTRA] = json!("not named");
                }
                found.push(Listed::new(extended, "body", &pointer, EXTRA));
            }
        }
        found.retain(|one| self.target.requests.is_valid(schema, &one.input));
        found
    }
}

/// Pointers to all texts in `value`.
fn text_pointers(value: &Value) -> Vec<Pointer> {
    fn collect(at: &Pointer, value: &Value, found: &mut Vec<Pointer>) {
        match value {
            Value::String(_) => found.push(at.clone()),
            Value::Array(items) => items
                .iter()
                .enumerate()
                .for_each(|(index, item)| collect(&at.index(index), item, found)),
            Value::Object(members) => members
                .iter()
                .for_each(|(name, member)| collect(&at.child(name), member, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(&Pointer::root(), value, &mut found);
    found
}

impl Property for Accepted {
    type Input = Ask;

    fn examples(&self) -> Vec<Ask> {
        let create = existing_by(&self.target, &self.sample.operation);
        let existing = create.map(|create| example_bodies(&self.target, create));
        if let Some(existing) = existing.filter(|bodies| !bodies.is_empty()) {
            let ask = |body| Ask {
                existing: Some(body),
                ..Ask::default()
            };
            return existing.into_iter().map(ask).collect();
        }
        let bodies = example_bodies(&self.target, &self.sample.operation);
        if bodies.is_empty() {
            return vec![Ask::default()];
        }
        bodies.into_iter().map(|body| self.of_body(body)).collect()
    }

    fn listed(&self) -> Vec<Listed<Ask>> {
        let requests = &self.target.requests;
        let mut listed = Vec::new();
        if let Some(schema) = &self.schema {
            let covering = requests.coverage(schema).valid.into_iter();
            let covering =
                covering.map(|one| Listed::new(one.value, "body", &one.instance, &one.what));
            let bodies = self.delicate_bodies(schema).into_iter().chain(covering);
            listed.extend(bodies.map(|one| Listed {
                input: self.of_body(one.input),
                place: one.place,
                point: one.point,
            }));
        }
        let mut listed = self.thoroughness.thin(listed);
        for (name, schema) in query_parameters(&self.sample.operation) {
            let pointer = Pointer::root().child(name);
            let valid = requests.valid_texts(schema).into_iter();
            let valid = valid
                .filter_map(|(texts, what)| Some((<[String; 1]>::try_from(texts).ok()?, what)));
            let delicate = DELICATE
                .into_iter()
                .filter(|text| requests.is_valid(schema, &json!(text)))
                .map(|text| ([text.to_owned()], text.to_owned()));
            for ([text], what) in valid.chain(delicate) {
                let ask = self.of_query(name, text);
                listed.push(Listed::new(ask, "query", &pointer, &what));
            }
        }
        listed
    }

    fn simpler(&self, input: &Ask) -> Option<InputTree<Ask>> {
        let target = Arc::clone(&self.target);
        match (&input.query[..], &input.body, &input.existing) {
            ([], Some(body), None) => {
                let schema = self.schema.clone()?;
                let tree = target.requests.simpler(&schema, body.clone())?;
                Some(tree::mapped(tree, move |body| Ask {
                    body: Some(canonical::value(&target, &schema, body)),
                    ..Ask::default()
                }))
            }
            ([], None, Some(existing)) => {
                let schema = self.existing.clone()?;
                let tree = target.requests.simpler(&schema, existing.clone())?;
                Some(tree::mapped(tree, move |body| Ask {
                    existing: Some(canonical::value(&target, &schema, body)),
                    ..Ask::default()
                }))
            }
            ([(name, text)], ..) => {
                let mut parameters = query_parameters(&self.sample.operation);
                let (_, schema) = parameters.find(|(other, _)| other == name)?;
                let tree = target.requests.simpler(schema, json!(text))?;
                let (name, plain, ask) = (name.clone(), text.clone(), input.clone());
                Some(tree::mapped(tree, move |value| Ask {
                    // Only a text is sent as it stands here.
                    query: vec![(
                        name.clone(),
                        value.as_str().map_or_else(|| plain.clone(), str::to_owned),
                    )],
                    ..ask.clone()
                }))
            }
            _ => None,
        }
    }

    fn told(&self, input: &Ask) -> Value {
        input.told()
    }

    fn random(&self) -> Option<SBoxedStrategy<Ask>> {
        let query = random_query(&self.target, &self.sample);
        let Some(schema) = self.schema.clone() else {
            return query.map(|query| {
                query
                    .prop_map(|query| Ask {
                        query,
                        ..Ask::default()
                    })
                    .sboxed()
            });
        };
        let body: Valid = self.target.requests.valid(&schema).ok()?;
        let target = Arc::clone(&self.target);
        let query = query.unwrap_or_else(|| Just(Vec::new()).sboxed());
        let ask = (body, query).prop_map(move |(body, query)| Ask {
            query,
            body: Some(canonical::value(&target, &schema, body)),
            existing: None,
        });
        Some(ask.sboxed())
    }

    fn execute<'a>(
        &'a self,
        session: &'a Session,
        input: &'a Ask,
    ) -> LocalBoxFuture<'a, Result<(), Stop>> {
        input.send(session, &self.sample).boxed_local()
    }

    fn judge(&self, input: &Ask, exchanges: &[Arc<Exchange>], judgement: &mut Judgement) {
        let Some(asked) = seen::tagged(exchanges, "asked") else {
            return;
        };
        let operation = &self.sample.operation;
        answer::judge(&self.target, operation, asked, judgement);
        let Some(response) = asked.response().filter(|one| !one.is_server_error()) else {
            return;
        };
        if let Some(outcome) = models::read(&self.target, &self.names, operation, asked) {
            judgement.settle(&SCH012, outcome.err());
        }
        // Whether something that exists is found belongs to the suite `lifecycle`; whether the key
        // is right, to `auth`. A conflict or a limit comes from what was there before.
        let about_state = match response.status {
            401 | 403 | 409 | 429 => true,
            // A document with both means by 422 that it is invalid, by 400 that it cannot be done.
            400 if self.target.kind == TargetKind::OpenApi => operation.response(422).is_some(),
            404 => operation.is_safe() || operation.path_variables().next().is_some(),
            status => canonical::may_refuse(&self.target, input.body.as_ref(), status),
        };
        if !about_state {
            judgement.settle(&SCH006, refusal::accepted(asked, response, operation));
        }
    }
}

/// Some of the query parameters, each with one of its valid values.
fn random_query(target: &Target, sample: &Sample) -> Option<SBoxedStrategy<Vec<(String, String)>>> {
    let mut pairs: Vec<SBoxedStrategy<(String, String)>> = Vec::new();
    for parameter in sample.operation.parameters_in(ParameterPlace::Query) {
        let schema = parameter.schema.as_ref()?;
        let texts: Vec<String> = target
            .requests
            .valid_texts(schema)
            .into_iter()
            .filter_map(|(texts, _)| <[String; 1]>::try_from(texts).ok())
            .map(|[text]| text)
            .collect();
        if !texts.is_empty() && !parameter.required {
            let name = parameter.name.clone();
            pairs.push(
                select(texts)
                    .prop_map(move |text| (name.clone(), text))
                    .sboxed(),
            );
        }
    }
    if pairs.is_empty() {
        return None;
    }
    let most = pairs.len();
    Some(
        subsequence(pairs, 0..=most)
            .prop_flat_map(|chosen| chosen)
            .sboxed(),
    )
}
