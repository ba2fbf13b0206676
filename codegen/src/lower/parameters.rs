//! Parameters of an operation, and the pieces of its path.

use openapiv3::{
    Parameter as TypedParameter, ParameterSchemaOrContent, PathStyle, QueryStyle, ReferenceOr,
};
use serde_json::Value;
use spec::Location;

use super::{
    auth::Schemes,
    builder::{Builder, Hint, Use},
    content,
    docs::of_texts,
    operations::not_covered,
    secrets,
    typed::Typed,
};
use crate::{
    ir::{
        Constraints, Docs, Parameter, ParameterEncoding, ParameterPlace, PathPiece, Style, TypeRef,
    },
    names::distinct::{self, Kind},
    report::Reason,
};

/// Names that a method's own arguments have.
pub(super) const ARGUMENTS: &[&str] = &["body", "parameters", "params", "parts"];

/// The parameters of an operation, those of its path item among them, and its path in pieces.
pub(super) fn parameters<'d>(
    builder: &mut Builder<'d>,
    typed: Typed<'d>,
    path: &str,
    operation: &Location,
    places: &[(Location, &ReferenceOr<TypedParameter>)],
    schemes: &Schemes,
    hint: &Hint,
) -> (Vec<Parameter>, Vec<PathPiece>) {
    let mut parameters: Vec<Parameter> = Vec::new();
    let mut given: Vec<Option<String>> = Vec::new();
    for (at, node) in places {
        let Some((at, parameter)) = typed.read(*node, at) else {
            builder
                .report
                .warnings
                .push(not_covered(at, "the parameter cannot be read"));
            continue;
        };
        let Some((parameter, name)) = one(builder, &at, &parameter, schemes, hint) else {
            continue;
        };
        let same =
            |other: &Parameter| other.wire == parameter.wire && other.place == parameter.place;
        // The operation's own parameter replaces the one of its path item.
        if let Some(known) = parameters.iter().position(same) {
            parameters[known] = parameter;
            given[known] = name;
        } else {
            parameters.push(parameter);
            given.push(name);
        }
    }
    let pieces = pieces(path, operation, &mut parameters);
    given.resize(parameters.len(), None);
    keep_path_parameters(builder, &mut parameters, &mut given, &pieces);
    let pieces = self::pieces(path, operation, &mut parameters);
    name(&mut parameters, &given);
    (parameters, pieces)
}

/// One parameter, and the name that the document gives it; `None` if it is not an argument.
fn one(
    builder: &mut Builder<'_>,
    at: &Location,
    parameter: &TypedParameter,
    schemes: &Schemes,
    hint: &Hint,
) -> Option<(Parameter, Option<String>)> {
    let data = parameter.parameter_data_ref();
    let (place, style, reserved) = match parameter {
        TypedParameter::Query {
            style,
            allow_reserved,
            ..
        } => (ParameterPlace::Query, query_style(style), *allow_reserved),
        TypedParameter::Header { .. } => (ParameterPlace::Header, Style::Simple, false),
        TypedParameter::Path { style, .. } => (
            ParameterPlace::Path,
            match style {
                PathStyle::Matrix => Style::Matrix,
                PathStyle::Label => Style::Label,
                PathStyle::Simple => Style::Simple,
            },
            false,
        ),
        TypedParameter::Cookie { .. } => (ParameterPlace::Cookie, Style::Form, false),
    };
    // OpenAPI 3.1, "Parameter Object": these three header parameters are ignored.
    let ignored = ["accept", "content-type", "authorization"];
    if place == ParameterPlace::Header
        && (ignored.contains(&data.name.to_ascii_lowercase().as_str()) || schemes.lifts(&data.name))
    {
        return None;
    }
    let explode = data
        .explode
        .unwrap_or(matches!(style, Style::Form | Style::DeepObject));
    let (schema, encoding) = match &data.format {
        ParameterSchemaOrContent::Schema(_) => (
            Some(at.child("schema")),
            ParameterEncoding::Style {
                style,
                explode,
                allow_reserved: reserved,
            },
        ),
        ParameterSchemaOrContent::Content(content) => {
            let media_type = content.keys().next();
            let schema = media_type
                .map(|media_type| at.join(["content", media_type, "schema"]))
                .filter(|schema| builder.reader.get(schema).is_some());
            let json = media_type.is_some_and(|media_type| content::is_json(media_type));
            let encoding = if json {
                ParameterEncoding::Json
            } else {
                ParameterEncoding::Style {
                    style: Style::Form,
                    explode: false,
                    allow_reserved: reserved,
                }
            };
            (schema, encoding)
        }
    };
    let (used, default, given) = match &schema {
        Some(schema) => {
            let (used, peeled) = builder.use_of(schema, &hint.then(&data.name));
            secrets::classify(&mut builder.report, &data.name, at, &used.ty, &peeled);
            let default = peeled.note("default").cloned();
            (used, default, None)
        }
        None => (builder.any(at, Reason::EmptySchema), None, None),
    };
    let given = data
        .extensions
        .get("x-rust-name")
        .and_then(Value::as_str)
        .map(str::to_owned)
        .or(given);
    Some((argument(at, data, place, encoding, used, default), given))
}

fn argument(
    at: &Location,
    data: &openapiv3::ParameterData,
    place: ParameterPlace,
    encoding: ParameterEncoding,
    used: Use,
    default: Option<Value>,
) -> Parameter {
    Parameter {
        wire: data.name.clone(),
        rust: String::new(),
        place,
        encoding,
        required: place == ParameterPlace::Path || (data.required && !used.nullable),
        ty: used.ty,
        default,
        docs: of_texts("", data.description.as_deref().unwrap_or_default()),
        deprecated: data.deprecated.unwrap_or_default(),
        constraints: used.constraints,
        origin: at.clone(),
    }
}

fn query_style(style: &QueryStyle) -> Style {
    match style {
        QueryStyle::Form => Style::Form,
        QueryStyle::SpaceDelimited => Style::SpaceDelimited,
        QueryStyle::PipeDelimited => Style::PipeDelimited,
        QueryStyle::DeepObject => Style::DeepObject,
    }
}

/// The template in pieces. A parameter that nobody describes is a text.
fn pieces(path: &str, operation: &Location, parameters: &mut Vec<Parameter>) -> Vec<PathPiece> {
    // What follows `#` only makes the key unique.
    let mut rest = path.split('#').next().unwrap_or(path);
    let mut pieces = Vec::new();
    while let Some((literal, tail)) = rest.split_once('{') {
        let Some((name, tail)) = tail.split_once('}') else {
            break;
        };
        if !literal.is_empty() {
            pieces.push(PathPiece::Literal(literal.to_owned()));
        }
        let known = parameters.iter().position(|parameter| {
            parameter.place == ParameterPlace::Path && parameter.wire == name
        });
        let index = known.unwrap_or_else(|| {
            parameters.push(undescribed(name, operation));
            parameters.len() - 1
        });
        pieces.push(PathPiece::Parameter(index));
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(PathPiece::Literal(rest.to_owned()));
    }
    pieces
}

fn undescribed(name: &str, operation: &Location) -> Parameter {
    Parameter {
        wire: name.to_owned(),
        rust: String::new(),
        place: ParameterPlace::Path,
        encoding: ParameterEncoding::Style {
            style: Style::Simple,
            explode: false,
            allow_reserved: false,
        },
        required: true,
        ty: TypeRef::String,
        default: None,
        docs: Docs::default(),
        deprecated: false,
        constraints: Constraints::default(),
        origin: operation.clone(),
    }
}

/// Drops path parameters that the template has no place for.
fn keep_path_parameters(
    builder: &mut Builder<'_>,
    parameters: &mut Vec<Parameter>,
    given: &mut Vec<Option<String>>,
    pieces: &[PathPiece],
) {
    for index in (0..parameters.len()).rev() {
        let in_template = pieces.contains(&PathPiece::Parameter(index));
        if parameters[index].place == ParameterPlace::Path && !in_template {
            let dropped = parameters.remove(index);
            given.remove(index);
            builder.report.warnings.push(not_covered(
                &dropped.origin,
                "the path has no place for this path parameter",
            ));
        }
    }
}

/// Names the arguments; the same name in two places of the request is told apart by the place.
fn name(parameters: &mut [Parameter], given: &[Option<String>]) {
    let open: Vec<usize> = (0..parameters.len())
        .filter(|&index| given[index].is_none())
        .collect();
    let wires: Vec<String> = open
        .iter()
        .map(|&index| {
            let parameter = &parameters[index];
            let twice = parameters
                .iter()
                .enumerate()
                .any(|(other, twin)| other < index && twin.wire == parameter.wire);
            match parameter.place {
                _ if !twice => parameter.wire.clone(),
                ParameterPlace::Path => format!("{} in path", parameter.wire),
                ParameterPlace::Query => format!("{} in query", parameter.wire),
                ParameterPlace::Header => format!("{} in header", parameter.wire),
                ParameterPlace::Cookie => format!("{} in cookie", parameter.wire),
            }
        })
        .collect();
    let mut taken: Vec<&str> = ARGUMENTS.to_vec();
    taken.extend(given.iter().flatten().map(String::as_str));
    let wires: Vec<&str> = wires.iter().map(String::as_str).collect();
    let names = distinct::distinct(Kind::Member, &wires, &taken);
    for (index, name) in open.into_iter().zip(names) {
        parameters[index].rust = name;
    }
    for (parameter, given) in parameters.iter_mut().zip(given) {
        if let Some(given) = given {
            parameter.rust.clone_from(given);
        }
    }
}
