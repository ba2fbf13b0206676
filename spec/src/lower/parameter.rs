//! Parameters and headers: their fields depend on where the parameter stands and on whether it has
//! a schema or a media type (OpenAPI Specification 3.0.4, sections 4.7.12 and 4.7.21).

use openapiv3::{
    Content, CookieStyle, Header, HeaderStyle, Parameter, ParameterData, ParameterSchemaOrContent,
    PathStyle, QueryStyle, ReferenceOr, Schema,
};
use serde_json::{Map, Value};

use super::{
    mark::raise_extensions,
    model::{Node, Shape, members, put, read},
    walk::{At, Walk},
};

/// The styles that the model knows for a place, the first being the default.
const QUERY_STYLES: [&str; 4] = ["form", "spaceDelimited", "pipeDelimited", "deepObject"];
const PATH_STYLES: [&str; 3] = ["simple", "label", "matrix"];

const PLACES: &str = "\"query\", \"header\", \"path\" or \"cookie\"";

impl Node for Parameter {
    fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
        let members = members(raw, at, walk)?;
        let place = members.get("in").and_then(Value::as_str);
        let styles: &[&str] = match place {
            Some("query") => &QUERY_STYLES,
            Some("path") => &PATH_STYLES,
            Some("header" | "cookie") => &[],
            _ => {
                match members.get("in") {
                    Some(place) => walk.wrong(PLACES, place, &at.child("in")),
                    None => walk.missing("in", at),
                }
                return None;
            }
        };
        let style = members.get("style").and_then(Value::as_str);
        // A default that is written out looks like one that is not.
        let style = style.filter(|style| styles.iter().skip(1).any(|known| known == style));

        let (mut without, lacking) = schema_or_content(members);
        if style.is_none() {
            without.push("style");
        }
        if place != Some("query") {
            without.extend(["allowReserved", "allowEmptyValue"]);
        }
        read!(
            members, at, walk, Shape { without: &without, lacking } => extensions;
            location: "in",
            name: "name",
            description: "description",
            required: "required",
            deprecated: "deprecated",
            schema: "schema",
            content: "content",
            example: "example",
            examples: "examples",
            explode: "explode",
            style_name: "style",
            allow_reserved: "allowReserved",
            allow_empty_value: "allowEmptyValue"
        );
        // Known before, to tell what the object has no place for.
        let _: (String, Option<String>) = (location, style_name);
        let format = format(schema, content);
        let parameter_data = ParameterData {
            name,
            description,
            required,
            deprecated,
            format,
            example,
            examples,
            explode,
            extensions,
        };
        Some(match place {
            Some("query") => Self::Query {
                parameter_data,
                allow_reserved,
                style: style.and_then(query_style).unwrap_or_default(),
                allow_empty_value,
            },
            Some("path") => Self::Path {
                parameter_data,
                style: match style {
                    Some("matrix") => PathStyle::Matrix,
                    Some("label") => PathStyle::Label,
                    _ => PathStyle::Simple,
                },
            },
            Some("header") => Self::Header {
                parameter_data,
                style: HeaderStyle::Simple,
            },
            _ => Self::Cookie {
                parameter_data,
                style: CookieStyle::Form,
            },
        })
    }

    fn raise(&self) -> Value {
        let mut members = Map::new();
        let (place, style) = match self {
            Self::Query { style, .. } => ("query", Some(style.raise()).filter(|it| it != "form")),
            Self::Path { style, .. } => match style {
                PathStyle::Matrix => ("path", Some("matrix".into())),
                PathStyle::Label => ("path", Some("label".into())),
                PathStyle::Simple => ("path", None),
            },
            Self::Header { .. } => ("header", None),
            Self::Cookie { .. } => ("cookie", None),
        };
        let data = self.parameter_data_ref();
        put(&mut members, "name", &data.name);
        members.insert("in".to_owned(), place.into());
        put(&mut members, "description", &data.description);
        put(&mut members, "required", &data.required);
        put(&mut members, "deprecated", &data.deprecated);
        put(&mut members, "style", &style);
        put(&mut members, "explode", &data.explode);
        if let Self::Query {
            allow_reserved,
            allow_empty_value,
            ..
        } = self
        {
            put(&mut members, "allowReserved", allow_reserved);
            put(&mut members, "allowEmptyValue", allow_empty_value);
        }
        raise_format(&mut members, &data.format);
        put(&mut members, "example", &data.example);
        put(&mut members, "examples", &data.examples);
        raise_extensions(&mut members, &data.extensions);
        Value::Object(members)
    }
}

impl Node for Header {
    fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
        let members = members(raw, at, walk)?;
        // The one style of a header is the default.
        let (mut without, lacking) = schema_or_content(members);
        without.push("style");
        read!(
            members, at, walk, Shape { without: &without, lacking } => extensions;
            description: "description",
            required: "required",
            deprecated: "deprecated",
            schema: "schema",
            content: "content",
            example: "example",
            examples: "examples"
        );
        let format = format(schema, content);
        Some(Self {
            description,
            style: HeaderStyle::Simple,
            required,
            deprecated,
            format,
            example,
            examples,
            extensions,
        })
    }

    fn raise(&self) -> Value {
        let mut members = Map::new();
        put(&mut members, "description", &self.description);
        put(&mut members, "required", &self.required);
        put(&mut members, "deprecated", &self.deprecated);
        raise_format(&mut members, &self.format);
        put(&mut members, "example", &self.example);
        put(&mut members, "examples", &self.examples);
        raise_extensions(&mut members, &self.extensions);
        Value::Object(members)
    }
}

/// The model holds a schema or a content: which members it has no place for, and whether it has
/// neither.
fn schema_or_content(members: &Map<String, Value>) -> (Vec<&'static str>, Option<&'static str>) {
    let has = |key| members.get(key).is_some_and(|value| !value.is_null());
    if has("schema") {
        return (vec!["content"], None);
    }
    (Vec::new(), (!has("content")).then_some("content"))
}

fn format(
    schema: Option<ReferenceOr<Schema>>,
    content: Option<Content>,
) -> ParameterSchemaOrContent {
    match schema {
        Some(schema) => ParameterSchemaOrContent::Schema(schema),
        None => ParameterSchemaOrContent::Content(content.unwrap_or_default()),
    }
}

fn raise_format(members: &mut Map<String, Value>, format: &ParameterSchemaOrContent) {
    let (key, value) = match format {
        ParameterSchemaOrContent::Schema(schema) => ("schema", schema.raise()),
        ParameterSchemaOrContent::Content(content) => ("content", Node::raise(content)),
    };
    members.insert(key.to_owned(), value);
}

fn query_style(name: &str) -> Option<QueryStyle> {
    Some(match name {
        "form" => QueryStyle::Form,
        "spaceDelimited" => QueryStyle::SpaceDelimited,
        "pipeDelimited" => QueryStyle::PipeDelimited,
        "deepObject" => QueryStyle::DeepObject,
        _ => return None,
    })
}

impl Node for QueryStyle {
    fn lower(raw: &Value, at: &At<'_>, walk: &mut Walk) -> Option<Self> {
        let name = String::lower(raw, at, walk)?;
        let style = query_style(&name);
        if style.is_none() {
            walk.carry(raw, at);
        }
        style
    }

    fn raise(&self) -> Value {
        Value::from(match self {
            Self::Form => "form",
            Self::SpaceDelimited => "spaceDelimited",
            Self::PipeDelimited => "pipeDelimited",
            Self::DeepObject => "deepObject",
        })
    }
}
