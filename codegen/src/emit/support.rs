//! The runtime support: files that are copied as they are, those only that the client needs.

use crate::ir::{
    Api, Constraints, MediaKind, Operation, ParameterPlace, Presence, Rest, TypeKind, TypeRef,
};

/// Which parts of the support a client needs, beside those that every client does.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Uses {
    pub(super) operations: bool,
    pub(super) patch: bool,
    pub(super) unions: bool,
    pub(super) tagged: bool,
    pub(super) text_enums: bool,
    pub(super) integer_enums: bool,
    pub(super) dates: bool,
    pub(super) numbers: bool,
    pub(super) checks: bool,
    pub(super) patterns: bool,
    pub(super) records: bool,
    pub(super) setters: bool,
    pub(super) pages: bool,
    pub(super) multipart: bool,
    pub(super) bodies: bool,
    pub(super) downloads: bool,
    pub(super) events: bool,
    pub(super) streams: bool,
    pub(super) deprecated: bool,
}

impl Uses {
    /// Looks at everything that the client will hold.
    pub(super) fn of(api: &Api) -> Self {
        let mut uses = Self {
            checks: !super::checks::checked_types(api).is_empty(),
            ..Self::default()
        };
        for def in &api.types {
            uses.deprecated |= def.deprecated;
            match &def.kind {
                TypeKind::Struct(body) => {
                    uses.records = true;
                    uses.setters |= def.in_request;
                    for field in &body.fields {
                        uses.deprecated |= field.deprecated;
                        uses.patch |= field.presence == Presence::Patch;
                        uses.see_type(&field.ty);
                        uses.patterns |= has_pattern(&field.constraints);
                    }
                    if let Rest::Kept { value, .. } = &body.rest {
                        uses.see_type(value);
                    }
                }
                TypeKind::Enum(body) if super::enums::has_integers(body) => {
                    uses.integer_enums = true;
                }
                TypeKind::Enum(_) => uses.text_enums = true,
                TypeKind::Union(body) => {
                    uses.unions = true;
                    uses.tagged |= super::unions::outer_tag(&body.decision).is_some();
                    for variant in &body.variants {
                        uses.see_type(&variant.ty);
                        uses.patterns |= has_pattern(&variant.constraints);
                    }
                }
                TypeKind::Alias(target) => uses.see_type(target),
            }
        }
        for operation in api.groups.iter().flat_map(|group| &group.operations) {
            uses.see_operation(operation);
        }
        uses.patterns &= uses.checks;
        // Unions read names as structs do.
        uses.records |= uses.unions;
        // Their files mention `Patch`.
        uses.patch |= uses.setters || uses.numbers;
        uses
    }

    fn see_type(&mut self, ty: &TypeRef) {
        match ty {
            TypeRef::DateTime | TypeRef::Date => self.dates = true,
            TypeRef::Number => self.numbers = true,
            TypeRef::Array(inner) | TypeRef::Map(inner) | TypeRef::Nullable(inner) => {
                self.see_type(inner);
            }
            TypeRef::Tuple(elements) => elements.iter().for_each(|element| self.see_type(element)),
            _ => {}
        }
    }

    fn see_operation(&mut self, operation: &Operation) {
        self.operations = true;
        self.deprecated |= operation.deprecated;
        self.pages |= operation.pages.is_some();
        for parameter in &operation.parameters {
            self.setters |= parameter.place != ParameterPlace::Path;
            self.deprecated |= parameter.deprecated;
            self.see_type(&parameter.ty);
        }
        if let Some(body) = &operation.body {
            self.setters |= !body.required;
            self.bodies |= match &body.media.kind {
                MediaKind::Json(_) | MediaKind::Multipart(_) => false,
                MediaKind::Text => !body.required,
                MediaKind::Form(_) | MediaKind::Binary | MediaKind::Events => true,
            };
            match &body.media.kind {
                MediaKind::Multipart(parts) => {
                    self.multipart = true;
                    for part in parts {
                        self.see_type(&part.ty);
                    }
                }
                MediaKind::Json(ty) | MediaKind::Form(ty) => self.see_type(ty),
                MediaKind::Binary | MediaKind::Events => self.streams = true,
                MediaKind::Text => {}
            }
        }
        for media in operation
            .responses
            .iter()
            .filter_map(|response| response.media.as_ref())
        {
            match &media.kind {
                MediaKind::Events => self.events = true,
                MediaKind::Binary | MediaKind::Multipart(_) | MediaKind::Form(_) => {
                    self.downloads = true;
                }
                MediaKind::Json(ty) => self.see_type(ty),
                MediaKind::Text => {}
            }
        }
    }

    /// The support files by the names of their modules, sorted.
    pub(super) fn texts(&self) -> Vec<(&'static str, &'static str)> {
        macro_rules! file {
            ($name:literal) => {
                ($name, include_str!(concat!("../support/", $name, ".rs")))
            };
        }
        [
            (self.bodies, file!("bodies")),
            (self.checks, file!("check")),
            (true, file!("answer")),
            (true, file!("decode")),
            (self.dates, file!("date_time")),
            (self.downloads, file!("download")),
            (true, file!("error")),
            (self.events, file!("events")),
            (self.multipart, file!("multipart")),
            (self.numbers, file!("number")),
            (self.integer_enums, file!("integer_enum")),
            (self.text_enums, file!("open_enum")),
            (self.pages, file!("pages")),
            (true, file!("parameters")),
            (self.patch, file!("patch")),
            (true, file!("place")),
            (self.patterns, file!("pattern")),
            (self.records, file!("record")),
            (true, file!("retry")),
            (true, file!("secret")),
            (self.setters, file!("setters")),
            (self.tagged, file!("tagged")),
            (true, file!("transport")),
            (self.unions, file!("union")),
        ]
        .into_iter()
        .filter_map(|(used, file)| used.then_some(file))
        .collect()
    }
}

fn has_pattern(constraints: &Constraints) -> bool {
    constraints.pattern.is_some()
        || constraints
            .each
            .as_ref()
            .is_some_and(|each| has_pattern(each))
}
