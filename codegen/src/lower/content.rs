//! Bodies of requests and answers: media types come in, how they are read and written goes out.

mod choice;

use openapiv3::{
    Content, ReferenceOr, RequestBody as TypedBody, Response as TypedResponse, StatusCode,
};
use serde_json::Value;
use spec::Location;

use self::choice::{Described, Direction, Offer, Sort};
pub(super) use self::choice::{is_json, word};
use super::{
    builder::{Builder, Hint},
    docs::{docs, of_texts},
    operations::not_covered,
    secrets,
    typed::Typed,
};
use crate::{
    ir::{Media, MediaKind, Part, RequestBody, Response, StatusRange, TypeRef},
    names::distinct::{self, Kind},
    report::Reason,
    schema::{JsonType, Key, Types},
};

/// The body of a request, once for each way to write it; the first is the usual one.
pub(super) fn bodies<'d>(
    builder: &mut Builder<'d>,
    typed: Typed<'d>,
    node: &ReferenceOr<TypedBody>,
    at: &Location,
    hint: &Hint,
) -> Vec<RequestBody> {
    let Some((at, body)) = typed.read(node, at) else {
        builder
            .report
            .warnings
            .push(not_covered(at, "the request body cannot be read"));
        return Vec::new();
    };
    let ways = media(
        builder,
        &body.content,
        &at.child("content"),
        &hint.then("body"),
        Direction::Request,
    );
    let with = |media| RequestBody {
        required: body.required,
        media,
        docs: of_texts("", body.description.as_deref().unwrap_or_default()),
    };
    ways.into_iter().map(with).collect()
}

/// The answers of an operation.
pub(super) struct Responses {
    /// In the order of the status.
    pub(super) all: Vec<Response>,
    /// Which of them is *the* answer.
    pub(super) success: Option<usize>,
    /// Other media types in which it may come.
    pub(super) others: Vec<Media>,
}

/// The answers.
pub(super) fn responses<'d>(
    builder: &mut Builder<'d>,
    typed: Typed<'d>,
    responses: &openapiv3::Responses,
    at: &Location,
    hint: &Hint,
) -> Responses {
    let mut places: Vec<(StatusRange, String, &ReferenceOr<TypedResponse>)> = responses
        .responses
        .iter()
        .filter_map(|(status, node)| {
            let key = spec::lower::response_key(responses, status);
            let status = match status {
                StatusCode::Code(code) => StatusRange::Exactly(*code),
                StatusCode::Range(class) => StatusRange::Class(u8::try_from(*class).ok()?),
            };
            Some((status, key, node))
        })
        .collect();
    if let Some(node) = &responses.default {
        places.push((StatusRange::Default, "default".to_owned(), node));
    }
    places.sort_by_key(|(status, _, _)| *status);
    // The first answer of success is *the* response; others are named by their status.
    let success = places.iter().position(|(status, _, _)| is_success(*status));
    let mut answers = Responses {
        all: Vec::new(),
        success: None,
        others: Vec::new(),
    };
    for (index, (status, key, node)) in places.iter().enumerate() {
        let at = at.child(key);
        let Some((at, response)) = typed.read(*node, &at) else {
            builder
                .report
                .warnings
                .push(not_covered(&at, "the response cannot be read"));
            continue;
        };
        let is_success = Some(index) == success;
        let (hint, direction) = if is_success {
            (hint.then("response"), Direction::Success)
        } else {
            (hint.then("response").then(key), Direction::Error)
        };
        let ways = if matches!(status, StatusRange::Exactly(204 | 205 | 304)) {
            Vec::new()
        } else {
            let at = at.child("content");
            media(builder, &response.content, &at, &hint, direction)
        };
        let mut ways = ways.into_iter();
        let media = ways.next();
        if is_success {
            answers.success = Some(answers.all.len());
            answers.others = ways.collect();
        }
        answers.all.push(Response {
            status: *status,
            media,
            docs: of_texts("", &response.description),
        });
    }
    answers
}

fn is_success(status: StatusRange) -> bool {
    match status {
        StatusRange::Exactly(code) => (200..300).contains(&code),
        StatusRange::Class(class) => class == 2,
        StatusRange::Default => true,
    }
}

/// The media types that are sent or read; the first is the usual one, and the only one of an error.
fn media(
    builder: &mut Builder<'_>,
    content: &Content,
    at: &Location,
    hint: &Hint,
    direction: Direction,
) -> Vec<Media> {
    let offers: Vec<Offer<'_>> = content
        .keys()
        .map(|media_type| Offer::new(builder, media_type, at))
        .collect();
    let choice = choice::choose(&offers, direction);
    if let (Some(usual), false) = (choice.ways.first(), choice.left.is_empty()) {
        let what = match direction {
            Direction::Request => "sends",
            Direction::Success | Direction::Error => "reads",
        };
        let left: Vec<String> = choice
            .left
            .iter()
            .map(|other| format!("`{other}`"))
            .collect();
        let message = format!(
            "the client {what} `{}`, and not {}",
            usual.media_type,
            left.join(", ")
        );
        builder.report.warnings.push(not_covered(at, &message));
    }
    let mut all = Vec::new();
    for (index, offer) in choice.ways.into_iter().enumerate() {
        let hint = match index {
            0 => hint.clone(),
            _ => hint.then(&word(offer.media_type)),
        };
        all.push(Media {
            media_type: offer.written().to_owned(),
            kind: kind(builder, offer, at, &hint, direction),
        });
    }
    all
}

/// How content of a media type is read and written.
fn kind(
    builder: &mut Builder<'_>,
    offer: &Offer<'_>,
    at: &Location,
    hint: &Hint,
    direction: Direction,
) -> MediaKind {
    let media_type = offer.media_type;
    let schema = at.join([media_type, "schema"]);
    match offer.sort {
        Sort::Json if offer.content == Described::Nothing => {
            MediaKind::Json(builder.any(&at.child(media_type), Reason::EmptySchema).ty)
        }
        Sort::Json => MediaKind::Json(builder.use_of(&schema, hint).0.inner()),
        Sort::Form if offer.content != Described::Nothing => {
            MediaKind::Form(builder.use_of(&schema, hint).0.inner())
        }
        Sort::Multipart
            if direction == Direction::Request && offer.content != Described::Nothing =>
        {
            match parts(builder, &schema, hint) {
                Some(parts) => MediaKind::Multipart(parts),
                None => MediaKind::Binary,
            }
        }
        Sort::Text => MediaKind::Text,
        Sort::Events if direction != Direction::Request => MediaKind::Events,
        _ => MediaKind::Binary,
    }
}

/// The parts of a multipart body: the members of an object.
fn parts(builder: &mut Builder<'_>, at: &Location, hint: &Hint) -> Option<Vec<Part>> {
    let peeled = builder.reader.peel(at);
    let schema = builder.reader.schema(&Key::new(peeled.at.clone()));
    if !schema.has_properties() {
        return None;
    }
    let hint = match &peeled.anchor {
        Some(anchor) => Hint::new(super::builder::Owner::Anchor(anchor.clone())),
        None => hint.clone(),
    };
    builder.multipart.insert(peeled.at.clone());
    let required = schema.required();
    let mut parts = Vec::new();
    for (wire, places) in schema.properties() {
        let Some(place) = places.last() else {
            continue;
        };
        let peeled = builder.reader.peel(place);
        let member = builder.reader.schema(&Key::new(peeled.at.clone()));
        let is_list = member.types().map(|types| types.without(JsonType::Null))
            == Some(Types::one(JsonType::Array));
        let element = member.items().filter(|_| is_list);
        let value = element.as_ref().unwrap_or(place);
        let ty = if is_binary(builder, value) {
            TypeRef::Binary
        } else {
            let hint = hint.then(wire);
            let hint = if element.is_some() {
                hint.then("item")
            } else {
                hint
            };
            let (used, peeled) = builder.use_of(value, &hint);
            secrets::classify(&mut builder.report, wire, place, &used.ty, &peeled);
            used.ty
        };
        parts.push(Part {
            wire: wire.to_owned(),
            rust: String::new(),
            ty,
            repeated: element.is_some(),
            required: required.contains(wire) && !peeled.nullable,
            docs: docs(None, peeled.note("description")),
        });
    }
    let wires: Vec<String> = parts.iter().map(|part| part.wire.clone()).collect();
    let wires: Vec<&str> = wires.iter().map(String::as_str).collect();
    let names = distinct::distinct(Kind::Member, &wires, &[]);
    for (part, name) in parts.iter_mut().zip(names) {
        part.rust = name;
    }
    Some(parts)
}

/// Whether a part is a file: `format: binary` (3.0), `contentMediaType` without an encoding, or no schema (3.1).
fn is_binary(builder: &mut Builder<'_>, at: &Location) -> bool {
    let peeled = builder.reader.peel(at);
    let note = |keyword: &str| peeled.note_anywhere(keyword).and_then(Value::as_str);
    if note("format") == Some("binary") {
        return true;
    }
    let key = Key::new(peeled.at.clone());
    let types = builder.features_of(&key).types;
    if note("contentMediaType").is_some() && note("contentEncoding").is_none() {
        return types == Types::one(JsonType::String)
            || types.without(JsonType::Null) == Types::ANY.without(JsonType::Null);
    }
    // OpenAPI 3.1, "Encoding Object": no type means `application/octet-stream`.
    builder
        .reader
        .get(&peeled.at)
        .and_then(Value::as_object)
        .is_some_and(|map| {
            !builder.reader.schema(&key).is_3_0()
                && map.keys().all(|keyword| {
                    matches!(
                        keyword.as_str(),
                        "description" | "title" | "example" | "examples"
                    )
                })
        })
}
