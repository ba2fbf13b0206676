//! Bodies of requests and answers: media types come in, how they are read and written goes out.

use openapiv3::{
    Content, ReferenceOr, RequestBody as TypedBody, Response as TypedResponse, Responses,
    StatusCode,
};
use serde_json::Value;
use spec::Location;

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

/// What a media type is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Json,
    Multipart,
    Form,
    Text,
    Binary,
    Events,
}

/// The media type without parameters, in lower case.
fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether content of this type is one JSON text.
pub(super) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
}

fn sort(media_type: &str) -> Sort {
    let essence = essence(media_type);
    match essence.as_str() {
        _ if is_json(media_type) => Sort::Json,
        "application/x-www-form-urlencoded" => Sort::Form,
        "text/event-stream" => Sort::Events,
        "multipart/form-data" => Sort::Multipart,
        _ if essence.starts_with("text/") => Sort::Text,
        _ => Sort::Binary,
    }
}

/// The body of a request.
pub(super) fn body<'d>(
    builder: &mut Builder<'d>,
    typed: Typed<'d>,
    node: &ReferenceOr<TypedBody>,
    at: &Location,
    hint: &Hint,
) -> Option<RequestBody> {
    let Some((at, body)) = typed.read(node, at) else {
        builder
            .report
            .warnings
            .push(not_covered(at, "the request body cannot be read"));
        return None;
    };
    let media = media(
        builder,
        &body.content,
        &at.child("content"),
        &hint.then("body"),
        Direction::Request,
    )?;
    Some(RequestBody {
        required: body.required,
        media,
        docs: of_texts("", body.description.as_deref().unwrap_or_default()),
    })
}

/// The answers, in the order of the status.
pub(super) fn responses<'d>(
    builder: &mut Builder<'d>,
    typed: Typed<'d>,
    responses: &Responses,
    at: &Location,
    hint: &Hint,
) -> Vec<Response> {
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
    let mut all = Vec::new();
    for (index, (status, key, node)) in places.iter().enumerate() {
        let at = at.child(key);
        let Some((at, response)) = typed.read(*node, &at) else {
            builder
                .report
                .warnings
                .push(not_covered(&at, "the response cannot be read"));
            continue;
        };
        let hint = if Some(index) == success {
            hint.then("response")
        } else {
            hint.then("response").then(key)
        };
        let media = if matches!(status, StatusRange::Exactly(204 | 205 | 304)) {
            None
        } else {
            media(
                builder,
                &response.content,
                &at.child("content"),
                &hint,
                Direction::Response,
            )
        };
        all.push(Response {
            status: *status,
            media,
            docs: of_texts("", &response.description),
        });
    }
    all
}

fn is_success(status: StatusRange) -> bool {
    match status {
        StatusRange::Exactly(code) => (200..300).contains(&code),
        StatusRange::Class(class) => class == 2,
        StatusRange::Default => true,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Request,
    Response,
}

/// The media type that is sent or read: JSON before others, then in the order of [`Sort`].
fn media(
    builder: &mut Builder<'_>,
    content: &Content,
    at: &Location,
    hint: &Hint,
    direction: Direction,
) -> Option<Media> {
    let mut best: Option<(Sort, &str)> = None;
    let mut told: Vec<&str> = Vec::new();
    for media_type in content.keys() {
        let mut sort = sort(media_type);
        if essence(media_type) == "*/*" && any_is_json(builder, &at.join([media_type, "schema"])) {
            sort = Sort::Json;
        }
        told.push(media_type);
        if best.is_none_or(|(known, _)| sort < known) {
            best = Some((sort, media_type));
        }
    }
    let (sort, media_type) = best?;
    let others = told
        .iter()
        .filter(|other| essence(other) != essence(media_type));
    let others: Vec<String> = others.map(|other| format!("`{other}`")).collect();
    if !others.is_empty() {
        let what = if direction == Direction::Request {
            "sends"
        } else {
            "reads"
        };
        builder.report.warnings.push(not_covered(
            at,
            &format!(
                "the client {what} `{media_type}`, and not {}",
                others.join(", ")
            ),
        ));
    }
    let schema = at.join([media_type, "schema"]);
    let has_schema = builder.reader.get(&schema).is_some();
    let kind = match sort {
        Sort::Json if !has_schema => {
            MediaKind::Json(builder.any(&at.child(media_type), Reason::EmptySchema).ty)
        }
        Sort::Json => MediaKind::Json(builder.use_of(&schema, hint).0.inner()),
        Sort::Form if has_schema => MediaKind::Form(builder.use_of(&schema, hint).0.inner()),
        Sort::Multipart if direction == Direction::Request && has_schema => {
            match parts(builder, &schema, hint) {
                Some(parts) => MediaKind::Multipart(parts),
                None => MediaKind::Binary,
            }
        }
        Sort::Text => MediaKind::Text,
        Sort::Events if direction == Direction::Response => MediaKind::Events,
        _ => MediaKind::Binary,
    };
    Some(Media {
        media_type: if essence(media_type) == "*/*" {
            match sort {
                Sort::Json => "application/json".to_owned(),
                _ => "application/octet-stream".to_owned(),
            }
        } else {
            media_type.to_owned()
        },
        kind,
    })
}

/// Whether content of any type is JSON by its schema.
fn any_is_json(builder: &mut Builder<'_>, schema: &Location) -> bool {
    if builder.reader.get(schema).is_none() {
        return false;
    }
    let key = Key::new(builder.reader.peel(schema).at);
    let types = builder.features_of(&key).types;
    types != Types::one(JsonType::String)
        && types.without(JsonType::Null) != Types::ANY.without(JsonType::Null)
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
