//! The IR as text, one line for each field, variant and argument: for snapshots and for reading.

use std::fmt::{self, Write};

use serde_json::Value;

use super::{
    Api, ArrayRule, AuthScheme, Constraints, Decision, Docs, Enum, Field, IntegerWidth, KeyRule,
    Media, MediaKind, ObjectRule, Operation, Parameter, ParameterEncoding, PathPiece, Presence,
    Rest, StatusRange, Struct, TypeDef, TypeKind, TypeRef, Union,
};

/// Writes a client in a compact form. Not a format to be read by programs.
pub fn dump(api: &Api) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write(&mut out, api);
    out
}

fn write(out: &mut String, api: &Api) -> fmt::Result {
    writeln!(out, "{} {}", api.title, api.version)?;
    for server in &api.servers {
        writeln!(
            out,
            "server {} {}",
            server.url,
            server.name.as_deref().unwrap_or("-")
        )?;
    }
    for auth in &api.auth {
        let scheme = match &auth.scheme {
            AuthScheme::Header(name) => format!("header {name}"),
            AuthScheme::Query(name) => format!("query {name}"),
            AuthScheme::Cookie(name) => format!("cookie {name}"),
            AuthScheme::Bearer => "bearer".to_owned(),
            AuthScheme::Basic => "basic".to_owned(),
        };
        writeln!(out, "auth {} = {scheme}", auth.rust)?;
    }
    for group in &api.groups {
        writeln!(out, "\nmod {}{}", group.module, summary(&group.docs))?;
        for operation in &group.operations {
            write_operation(out, api, operation)?;
        }
    }
    for def in &api.types {
        write_type(out, api, def)?;
    }
    Ok(())
}

fn write_operation(out: &mut String, api: &Api, operation: &Operation) -> fmt::Result {
    write!(out, "  fn {}", operation.rust)?;
    write!(out, " [{}]", operation.stem)?;
    let path: String = operation
        .path
        .iter()
        .map(|piece| match piece {
            PathPiece::Literal(text) => text.clone(),
            PathPiece::Parameter(index) => format!("{{{}}}", operation.parameters[*index].rust),
        })
        .collect();
    write!(out, " {:?} {path}", operation.method)?;
    if operation.deprecated {
        write!(out, " deprecated")?;
    }
    for index in &operation.auth {
        write!(out, " auth={}", api.auth[*index].rust)?;
    }
    if let Some(pages) = &operation.pages {
        let name = |index: usize| &operation.parameters[index].rust;
        write!(out, " pages({}, {}", name(pages.page), name(pages.size))?;
        write!(out, " of {}", ty(api, &pages.item))?;
        match pages.default_size {
            Some(size) => write!(out, ", {size})")?,
            None => write!(out, ")")?,
        }
    }
    writeln!(out, "{}", summary(&operation.docs))?;
    for parameter in &operation.parameters {
        write_parameter(out, api, parameter)?;
    }
    if let Some(body) = &operation.body {
        let mark = if body.required { "" } else { "?" };
        write!(out, "    body{mark}: ")?;
        write_media(out, api, &body.media)?;
    }
    for response in &operation.responses {
        match response.status {
            StatusRange::Exactly(code) => write!(out, "    {code}: ")?,
            StatusRange::Class(class) => write!(out, "    {class}XX: ")?,
            StatusRange::Default => write!(out, "    default: ")?,
        }
        match &response.media {
            Some(media) => write_media(out, api, media)?,
            None => writeln!(out, "-")?,
        }
    }
    Ok(())
}

fn write_parameter(out: &mut String, api: &Api, parameter: &Parameter) -> fmt::Result {
    let place = format!("{:?}", parameter.place).to_lowercase();
    let mark = if parameter.required { "" } else { "?" };
    write!(
        out,
        "    {place} {}{mark}: {}",
        parameter.rust,
        ty(api, &parameter.ty)
    )?;
    renamed(out, &parameter.wire, &parameter.rust)?;
    match parameter.encoding {
        ParameterEncoding::Json => write!(out, " json")?,
        ParameterEncoding::Style {
            style,
            explode,
            allow_reserved,
        } => {
            write!(out, " {}", format!("{style:?}").to_lowercase())?;
            if explode {
                write!(out, "*")?;
            }
            if allow_reserved {
                write!(out, "+")?;
            }
        }
    }
    tail(
        out,
        parameter.default.as_ref(),
        parameter.deprecated,
        &parameter.constraints,
    )?;
    writeln!(out)
}

fn write_media(out: &mut String, api: &Api, media: &Media) -> fmt::Result {
    write!(out, "{} ", media.media_type)?;
    match &media.kind {
        MediaKind::Json(json) => writeln!(out, "{}", ty(api, json)),
        MediaKind::Form(form) => writeln!(out, "form {}", ty(api, form)),
        MediaKind::Text => writeln!(out, "text"),
        MediaKind::Events => writeln!(out, "events"),
        MediaKind::Binary => writeln!(out, "binary"),
        MediaKind::Multipart(parts) => {
            writeln!(out)?;
            for part in parts {
                let mark = if part.required { "" } else { "?" };
                let several = if part.repeated { "several " } else { "" };
                write!(
                    out,
                    "      {}{mark}: {several}{}",
                    part.rust,
                    ty(api, &part.ty)
                )?;
                renamed(out, &part.wire, &part.rust)?;
                writeln!(out)?;
            }
            Ok(())
        }
    }
}

fn write_type(out: &mut String, api: &Api, def: &TypeDef) -> fmt::Result {
    let keyword = match &def.kind {
        TypeKind::Struct(_) => "struct",
        TypeKind::Enum(_) => "enum",
        TypeKind::Union(_) => "union",
        TypeKind::Alias(_) => "type",
    };
    write!(out, "\n{keyword} {}::{}", def.module, def.name)?;
    match (def.in_request, def.in_response) {
        (true, true) => write!(out, " <>")?,
        (true, false) => write!(out, " >")?,
        (false, true) => write!(out, " <")?,
        (false, false) => {}
    }
    if def.holds_secret {
        write!(out, " secret")?;
    }
    if def.deprecated {
        write!(out, " deprecated")?;
    }
    match &def.kind {
        TypeKind::Struct(structure) => {
            tail(out, None, false, &structure.constraints)?;
            writeln!(out)?;
            write_struct(out, api, structure)
        }
        TypeKind::Enum(enumeration) => {
            writeln!(out)?;
            write_enum(out, enumeration)
        }
        TypeKind::Union(union) => {
            writeln!(out)?;
            write_union(out, api, union)
        }
        TypeKind::Alias(alias) => writeln!(out, " = {}", ty(api, alias)),
    }
}

fn write_struct(out: &mut String, api: &Api, structure: &Struct) -> fmt::Result {
    for field in &structure.fields {
        write_field(out, api, field)?;
    }
    match &structure.rest {
        Rest::Ignored => Ok(()),
        Rest::Forbidden => writeln!(out, "  .. forbidden"),
        Rest::Kept { rust, value } => writeln!(out, "  .. {rust}: {}", ty(api, value)),
    }
}

fn write_field(out: &mut String, api: &Api, field: &Field) -> fmt::Result {
    let mark = match field.presence {
        Presence::Required => "",
        Presence::RequiredNullable => "|null",
        Presence::Optional => "?",
        Presence::Patch => "?|null",
    };
    write!(out, "  {}{mark}: {}", field.rust, ty(api, &field.ty))?;
    renamed(out, &field.wire, &field.rust)?;
    if let Some(fixed) = &field.fixed {
        write!(out, " fixed={fixed}")?;
    }
    if field.read_only {
        write!(out, " read-only")?;
    }
    if field.write_only {
        write!(out, " write-only")?;
    }
    tail(
        out,
        field.default.as_ref(),
        field.deprecated,
        &field.constraints,
    )?;
    writeln!(out)
}

fn write_enum(out: &mut String, enumeration: &Enum) -> fmt::Result {
    for (index, variant) in enumeration.variants.iter().enumerate() {
        write!(out, "  {} = {}", variant.rust, variant.value)?;
        if enumeration.default == Some(index) {
            write!(out, " default")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_union(out: &mut String, api: &Api, union: &Union) -> fmt::Result {
    for variant in &union.variants {
        write!(out, "  {}({})", variant.rust, ty(api, &variant.ty))?;
        tail(out, None, false, &variant.constraints)?;
        writeln!(out)?;
    }
    let name = |index: usize| union.variants[index].rust.as_str();
    write_decision(out, &union.decision, &name)
}

fn write_decision<'a>(
    out: &mut String,
    decision: &Decision,
    name: &impl Fn(usize) -> &'a str,
) -> fmt::Result {
    let scalars = [
        ("boolean", decision.boolean),
        ("integer", decision.integer),
        ("number", decision.number),
    ];
    for (kind, variant) in scalars {
        if let Some(variant) = variant {
            writeln!(out, "  by {kind} -> {}", name(variant))?;
        }
    }
    for rule in &decision.string {
        let only = if rule.only.is_empty() {
            String::new()
        } else {
            format!(" {}", rule.only.join(" | "))
        };
        writeln!(out, "  by string{only} -> {}", name(rule.variant))?;
    }
    let order = |order: &[usize]| {
        order
            .iter()
            .map(|&variant| name(variant))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match &decision.array {
        None => {}
        Some(ArrayRule::One(variant)) => writeln!(out, "  by array -> {}", name(*variant))?,
        Some(ArrayRule::Try(variants)) => writeln!(out, "  try array {}", order(variants))?,
    }
    match &decision.object {
        None => Ok(()),
        Some(ObjectRule::One(variant)) => writeln!(out, "  by object -> {}", name(*variant)),
        Some(ObjectRule::Try(variants)) => writeln!(out, "  try object {}", order(variants)),
        Some(ObjectRule::Tag {
            wire,
            values,
            missing,
            bare,
        }) => {
            for (value, variant) in values {
                let outside = if bare.contains(variant) {
                    " (outside)"
                } else {
                    ""
                };
                writeln!(
                    out,
                    "  by tag {wire}{outside} {value} -> {}",
                    name(*variant)
                )?;
            }
            for fallback in missing.iter().flatten() {
                let required = fallback.required.join(" + ");
                writeln!(out, "  untagged [{required}] -> {}", name(fallback.variant))?;
            }
            Ok(())
        }
        Some(ObjectRule::Keys {
            decisive,
            otherwise,
        }) => {
            for rule in decisive {
                writeln!(out, "  by key {} -> {}", key(rule), name(rule.variant))?;
            }
            for fallback in otherwise {
                let required = fallback.required.join(" + ");
                writeln!(out, "  else [{required}] -> {}", name(fallback.variant))?;
            }
            Ok(())
        }
    }
}

fn key(rule: &KeyRule) -> String {
    match (rule.json_type, &rule.value) {
        (_, Some(value)) => format!("{}={value}", rule.wire),
        (Some(kind), None) => format!("{}:{kind}", rule.wire),
        (None, None) => rule.wire.clone(),
    }
}

fn ty(api: &Api, ty_: &TypeRef) -> String {
    match ty_ {
        TypeRef::Named { id, boxed } => {
            let name = &api.type_def(*id).name;
            if *boxed {
                format!("Box<{name}>")
            } else {
                name.clone()
            }
        }
        TypeRef::String => "String".to_owned(),
        TypeRef::Secret => "Secret".to_owned(),
        TypeRef::Bool => "bool".to_owned(),
        TypeRef::Integer(IntegerWidth::I32) => "i32".to_owned(),
        TypeRef::Integer(IntegerWidth::I64) => "i64".to_owned(),
        TypeRef::Integer(IntegerWidth::U64) => "u64".to_owned(),
        TypeRef::Number => "f64".to_owned(),
        TypeRef::DateTime => "DateTime".to_owned(),
        TypeRef::Date => "Date".to_owned(),
        TypeRef::Binary => "binary".to_owned(),
        TypeRef::Array(item) => format!("[{}]", ty(api, item)),
        TypeRef::Tuple(items) => {
            let items: Vec<String> = items.iter().map(|item| ty(api, item)).collect();
            format!("({})", items.join(", "))
        }
        TypeRef::Map(value) => format!("{{{}}}", ty(api, value)),
        TypeRef::Nullable(inner) => format!("{}|null", ty(api, inner)),
        TypeRef::Null => "null".to_owned(),
        TypeRef::Any => "any".to_owned(),
        TypeRef::AnyObject => "{any}".to_owned(),
    }
}

fn renamed(out: &mut String, wire: &str, rust: &str) -> fmt::Result {
    if wire == rust.trim_start_matches("r#") {
        Ok(())
    } else {
        write!(out, " as {wire:?}")
    }
}

fn tail(
    out: &mut String,
    default: Option<&Value>,
    deprecated: bool,
    constraints: &Constraints,
) -> fmt::Result {
    if let Some(default) = default {
        write!(out, " = {default}")?;
    }
    if deprecated {
        write!(out, " deprecated")?;
    }
    let bounds = bounds(constraints);
    if bounds.is_empty() {
        Ok(())
    } else {
        write!(out, " where {bounds}")
    }
}

fn bounds(constraints: &Constraints) -> String {
    let mut all: Vec<String> = Vec::new();
    let mut add = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            all.push(format!("{name}={value}"));
        }
    };
    let text = |value: &Option<u64>| value.as_ref().map(ToString::to_string);
    let number = |value: &Option<serde_json::Number>| value.as_ref().map(ToString::to_string);
    add("minLength", text(&constraints.min_length));
    add("maxLength", text(&constraints.max_length));
    add("pattern", constraints.pattern.clone());
    add("minimum", number(&constraints.minimum));
    add("maximum", number(&constraints.maximum));
    add("exclusiveMinimum", number(&constraints.exclusive_minimum));
    add("exclusiveMaximum", number(&constraints.exclusive_maximum));
    add("multipleOf", number(&constraints.multiple_of));
    add("minItems", text(&constraints.min_items));
    add("maxItems", text(&constraints.max_items));
    add(
        "uniqueItems",
        constraints.unique_items.then(|| "true".to_owned()),
    );
    add("minProperties", text(&constraints.min_properties));
    add("maxProperties", text(&constraints.max_properties));
    add(
        "each",
        constraints
            .each
            .as_ref()
            .map(|each| format!("({})", self::bounds(each))),
    );
    all.join(" ")
}

/// The first line of a description.
fn summary(docs: &Docs) -> String {
    docs.paragraphs
        .first()
        .and_then(|paragraph| paragraph.lines().next())
        .map_or_else(String::new, |line| format!(" — {line}"))
}
