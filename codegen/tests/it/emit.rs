//! From the IR to files, on a client made by hand that has a bit of everything.

use codegen::emit::{EmitSettings, Extent, emit};
use codegen::files::Files;
use codegen::ir::{
    Api, ArrayRule, Auth, AuthScheme, Constraints, Decision, Docs, Enum, EnumVariant, Field, Group,
    IntegerWidth, KeyFallback, KeyRule, Media, MediaKind, Method, ObjectRule, Operation, Pages,
    Parameter, ParameterEncoding, ParameterPlace, Part, PathPiece, Presence, RequestBody, Response,
    Rest, Server, StatusRange, StringRule, Struct, Style, TypeDef, TypeId, TypeKind, TypeRef,
    Union, UnionVariant,
};
use codegen::{NameLock, Settings};
use serde_json::{Value, json};
use spec::Location;

use crate::ir;

fn docs(text: &str) -> Docs {
    Docs {
        paragraphs: vec![text.to_owned()],
    }
}

fn field(wire: &str, ty: TypeRef, presence: Presence) -> Field {
    Field {
        wire: wire.to_owned(),
        rust: if wire == "type" {
            "r#type".to_owned()
        } else {
            wire.replace('-', "_")
        },
        ty,
        presence,
        default: None,
        fixed: None,
        read_only: false,
        write_only: false,
        docs: Docs::default(),
        deprecated: false,
        constraints: Constraints::default(),
        origin: Location::default(),
    }
}

fn fixed(wire: &str, value: Value) -> Field {
    Field {
        fixed: Some(value),
        ..field(wire, TypeRef::String, Presence::Optional)
    }
}

fn def(name: &str, module: &str, kind: TypeKind) -> TypeDef {
    TypeDef {
        name: name.to_owned(),
        module: module.to_owned(),
        docs: Docs::default(),
        deprecated: false,
        in_request: true,
        in_response: true,
        holds_secret: false,
        kind,
        origin: Location::default(),
    }
}

fn object(fields: Vec<Field>) -> TypeKind {
    TypeKind::Struct(Struct {
        fields,
        rest: Rest::Ignored,
        constraints: Constraints::default(),
    })
}

fn variant(rust: &str, ty: TypeRef) -> UnionVariant {
    UnionVariant {
        rust: rust.to_owned(),
        ty,
        constraints: Constraints::default(),
        docs: Docs::default(),
        origin: Location::default(),
    }
}

fn named(id: usize) -> TypeRef {
    TypeRef::Named {
        id: TypeId(id),
        boxed: false,
    }
}

fn boxed(id: usize) -> TypeRef {
    TypeRef::Named {
        id: TypeId(id),
        boxed: true,
    }
}

fn string_enum(values: &[(&str, &str)], default: Option<usize>) -> TypeKind {
    TypeKind::Enum(Enum {
        variants: values
            .iter()
            .map(|(rust, value)| EnumVariant {
                rust: (*rust).to_owned(),
                value: json!(value),
                docs: Docs::default(),
            })
            .collect(),
        default,
    })
}

fn parameter(wire: &str, place: ParameterPlace, ty: TypeRef, required: bool) -> Parameter {
    let style = match place {
        ParameterPlace::Query | ParameterPlace::Cookie => Style::Form,
        ParameterPlace::Path | ParameterPlace::Header => Style::Simple,
    };
    Parameter {
        wire: wire.to_owned(),
        rust: wire.replace('-', "_"),
        place,
        encoding: ParameterEncoding::Style {
            style,
            explode: style == Style::Form,
            allow_reserved: false,
        },
        required,
        ty,
        default: None,
        docs: Docs::default(),
        deprecated: false,
        constraints: Constraints::default(),
        origin: Location::default(),
    }
}

fn operation(rust: &str, stem: &str, method: Method, path: Vec<PathPiece>) -> Operation {
    Operation {
        rust: rust.to_owned(),
        stem: stem.to_owned(),
        operation_id: None,
        method,
        path,
        docs: docs("Does it."),
        deprecated: false,
        parameters: Vec::new(),
        body: None,
        responses: Vec::new(),
        auth: vec![0],
        pages: None,
        origin: Location::default(),
    }
}

fn literal(text: &str) -> PathPiece {
    PathPiece::Literal(text.to_owned())
}

fn answer(status: StatusRange, kind: Option<MediaKind>) -> Response {
    Response {
        status,
        media: kind.map(|kind| Media {
            media_type: match kind {
                MediaKind::Json(_) => "application/json",
                MediaKind::Text => "text/plain",
                MediaKind::Events => "text/event-stream",
                _ => "application/octet-stream",
            }
            .to_owned(),
            kind,
        }),
        docs: docs("An answer"),
    }
}

fn body(media_type: &str, kind: MediaKind, required: bool) -> RequestBody {
    RequestBody {
        required,
        media: Media {
            media_type: media_type.to_owned(),
            kind,
        },
        docs: Docs::default(),
    }
}

/// A little of everything; types are numbered in the order in which they stand here.
fn sample() -> Api {
    let secret = TypeDef {
        holds_secret: true,
        ..def(
            "Login",
            "common",
            object(vec![
                Field {
                    constraints: Constraints {
                        min_length: Some(1),
                        max_length: Some(200),
                        pattern: Some("^[^\\n]+$".to_owned()),
                        ..Constraints::default()
                    },
                    ..field("username", TypeRef::String, Presence::Required)
                },
                field("password", TypeRef::Secret, Presence::Required),
                field("totp", TypeRef::Secret, Presence::Optional),
                Field {
                    default: Some(json!("none")),
                    ..field("totp-type", named(2), Presence::Optional)
                },
                field("note", TypeRef::String, Presence::Patch),
            ]),
        )
    };
    let everything = object(vec![
        field("type", TypeRef::String, Presence::RequiredNullable),
        Field {
            constraints: Constraints {
                minimum: serde_json::Number::from_f64(-1.5),
                multiple_of: Some(5.into()),
                ..Constraints::default()
            },
            ..field(
                "count",
                TypeRef::Integer(IntegerWidth::I64),
                Presence::Optional,
            )
        },
        Field {
            constraints: Constraints {
                exclusive_maximum: Some(10.into()),
                ..Constraints::default()
            },
            ..field("share", TypeRef::Number, Presence::Optional)
        },
        field("at", TypeRef::DateTime, Presence::Optional),
        field("on", TypeRef::Date, Presence::Optional),
        field("level", named(3), Presence::Required),
        Field {
            constraints: Constraints {
                max_items: Some(3),
                unique_items: true,
                each: Some(Box::new(Constraints {
                    max_length: Some(5),
                    ..Constraints::default()
                })),
                ..Constraints::default()
            },
            ..field(
                "tags",
                TypeRef::Array(Box::new(TypeRef::Nullable(Box::new(TypeRef::String)))),
                Presence::Optional,
            )
        },
        field(
            "by_name",
            TypeRef::Map(Box::new(named(0))),
            Presence::Optional,
        ),
        field(
            "pair",
            TypeRef::Tuple(vec![TypeRef::Bool, TypeRef::Null]),
            Presence::Optional,
        ),
        field("any", TypeRef::Any, Presence::Optional),
        field("object", TypeRef::AnyObject, Presence::Optional),
        field("inner", boxed(1), Presence::Optional),
        field("credential", named(4), Presence::Required),
        fixed("kind", json!("everything")),
        fixed("version", json!(-2)),
    ]);
    let kept = TypeKind::Struct(Struct {
        fields: vec![fixed("shape", json!("kept"))],
        rest: Rest::Kept {
            rust: "more".to_owned(),
            value: TypeRef::Number,
        },
        constraints: Constraints {
            max_properties: Some(4),
            ..Constraints::default()
        },
    });
    let by_keys = TypeKind::Union(Union {
        variants: vec![
            variant("Login", named(0)),
            variant("Everything", boxed(1)),
            variant("Text", TypeRef::String),
            variant("Level", named(3)),
            variant("Share", TypeRef::Number),
            variant(
                "List",
                TypeRef::Array(Box::new(TypeRef::Integer(IntegerWidth::I64))),
            ),
        ],
        decision: Decision {
            boolean: None,
            integer: Some(3),
            number: Some(4),
            string: vec![StringRule {
                only: Vec::new(),
                variant: 2,
            }],
            array: Some(ArrayRule::One(5)),
            object: Some(ObjectRule::Keys {
                decisive: vec![
                    KeyRule {
                        wire: "username".to_owned(),
                        json_type: None,
                        value: None,
                        variant: 0,
                    },
                    KeyRule {
                        wire: "count".to_owned(),
                        json_type: Some("integer"),
                        value: None,
                        variant: 1,
                    },
                    KeyRule {
                        wire: "kind".to_owned(),
                        json_type: None,
                        value: Some("everything".to_owned()),
                        variant: 1,
                    },
                ],
                otherwise: vec![KeyFallback {
                    required: vec!["level".to_owned()],
                    variant: 1,
                }],
            }),
        },
    });
    let by_tag = |inside: bool| {
        TypeKind::Union(Union {
            variants: vec![variant("Everything", named(1)), variant("Kept", named(5))],
            decision: Decision {
                string: Vec::new(),
                object: Some(ObjectRule::Tag {
                    wire: if inside { "kind" } else { "outer" }.to_owned(),
                    values: vec![
                        ("everything".to_owned(), 0),
                        ("all".to_owned(), 0),
                        ("kept".to_owned(), 1),
                    ],
                    missing: inside.then(|| {
                        vec![KeyFallback {
                            required: Vec::new(),
                            variant: 1,
                        }]
                    }),
                    bare: if inside { Vec::new() } else { vec![0, 1] },
                }),
                ..Decision::default()
            },
        })
    };
    let either = TypeKind::Union(Union {
        variants: vec![
            variant("Region", named(2)),
            variant("Bools", TypeRef::Array(Box::new(TypeRef::Bool))),
            variant("Texts", TypeRef::Array(Box::new(TypeRef::String))),
        ],
        decision: Decision {
            string: vec![StringRule {
                only: vec!["sms".to_owned(), "none".to_owned()],
                variant: 0,
            }],
            array: Some(ArrayRule::Try(vec![1, 2])),
            ..Decision::default()
        },
    });
    let types = vec![
        secret,
        TypeDef {
            holds_secret: true,
            ..def("Everything", "things", everything)
        },
        def(
            "TotpType",
            "common",
            string_enum(&[("Sms", "sms"), ("None", "none")], Some(1)),
        ),
        def(
            "Level",
            "common",
            TypeKind::Enum(Enum {
                variants: vec![
                    EnumVariant {
                        rust: "Low".to_owned(),
                        value: json!(-1),
                        docs: docs("Not much."),
                    },
                    EnumVariant {
                        rust: "High".to_owned(),
                        value: json!(7),
                        docs: Docs::default(),
                    },
                ],
                default: None,
            }),
        ),
        TypeDef {
            holds_secret: true,
            ..def("Keyed", "things", by_keys)
        },
        def("Kept", "things", kept),
        TypeDef {
            holds_secret: true,
            ..def("Tagged", "things", by_tag(true))
        },
        TypeDef {
            holds_secret: true,
            ..def("OuterTagged", "things", by_tag(false))
        },
        def("Either", "things", either),
        def(
            "Floats",
            "common",
            TypeKind::Alias(TypeRef::Array(Box::new(TypeRef::Number))),
        ),
        // Its name is that of something in the prelude.
        def(
            "Option",
            "common",
            object(vec![field("value", named(9), Presence::Optional)]),
        ),
        def(
            "Serialize",
            "common",
            object(vec![field("option", named(10), Presence::Required)]),
        ),
    ];
    let update = Operation {
        parameters: vec![
            parameter("thing_id", ParameterPlace::Path, TypeRef::String, true),
            parameter("body", ParameterPlace::Query, TypeRef::Bool, true),
            parameter("X-Trace", ParameterPlace::Header, TypeRef::String, false),
            parameter(
                "seen",
                ParameterPlace::Cookie,
                TypeRef::Integer(IntegerWidth::I32),
                false,
            ),
        ]
        .into_iter()
        .map(|p| Parameter {
            rust: p.rust.to_lowercase(),
            ..p
        })
        .collect(),
        body: Some(body("application/json", MediaKind::Json(named(1)), true)),
        responses: vec![
            answer(StatusRange::Exactly(200), Some(MediaKind::Json(named(1)))),
            answer(StatusRange::Exactly(202), Some(MediaKind::Text)),
            answer(StatusRange::Exactly(204), None),
            answer(StatusRange::Exactly(422), Some(MediaKind::Json(named(8)))),
            answer(StatusRange::Class(5), Some(MediaKind::Text)),
            answer(StatusRange::Default, None),
        ],
        ..operation(
            "update_thing",
            "UpdateThing",
            Method::Post,
            vec![
                literal("/things/"),
                PathPiece::Parameter(0),
                literal("/update"),
            ],
        )
    };
    let list = Operation {
        parameters: vec![
            parameter(
                "page",
                ParameterPlace::Query,
                TypeRef::Integer(IntegerWidth::I64),
                false,
            ),
            parameter(
                "page_size",
                ParameterPlace::Query,
                TypeRef::Integer(IntegerWidth::I64),
                false,
            ),
            Parameter {
                encoding: ParameterEncoding::Style {
                    style: Style::DeepObject,
                    explode: true,
                    allow_reserved: true,
                },
                ..parameter("filter", ParameterPlace::Query, TypeRef::AnyObject, false)
            },
        ],
        responses: vec![answer(
            StatusRange::Exactly(200),
            Some(MediaKind::Json(TypeRef::Array(Box::new(named(1))))),
        )],
        pages: Some(Pages {
            page: 0,
            size: 1,
            item: named(1),
            default_size: Some(10),
        }),
        ..operation(
            "list_things",
            "ListThings",
            Method::Get,
            vec![literal("/things")],
        )
    };
    let upload = Operation {
        body: Some(body(
            "multipart/form-data",
            MediaKind::Multipart(vec![
                Part {
                    wire: "file".to_owned(),
                    rust: "file".to_owned(),
                    ty: TypeRef::Binary,
                    repeated: false,
                    required: true,
                    docs: Docs::default(),
                },
                Part {
                    wire: "note".to_owned(),
                    rust: "note".to_owned(),
                    ty: TypeRef::String,
                    repeated: false,
                    required: false,
                    docs: Docs::default(),
                },
            ]),
            true,
        )),
        responses: vec![answer(StatusRange::Exactly(200), Some(MediaKind::Binary))],
        ..operation("upload", "Upload", Method::Post, vec![literal("/upload")])
    };
    let watch = Operation {
        body: Some(body(
            "application/x-www-form-urlencoded",
            MediaKind::Form(named(10)),
            false,
        )),
        responses: vec![
            answer(StatusRange::Exactly(200), Some(MediaKind::Events)),
            answer(StatusRange::Exactly(404), Some(MediaKind::Json(named(8)))),
        ],
        deprecated: true,
        ..operation("watch", "Watch", Method::Post, vec![literal("/watch")])
    };
    Api {
        title: "Things".to_owned(),
        description: Some("All about things.".to_owned()),
        version: "1".to_owned(),
        servers: vec![Server {
            url: "https://things.example".to_owned(),
            name: Some("Production".to_owned()),
        }],
        auth: vec![
            Auth {
                rust: "api_key".to_owned(),
                scheme: AuthScheme::Header("x-api-key".to_owned()),
                docs: docs("The key."),
                origin: Location::default(),
            },
            Auth {
                rust: "login".to_owned(),
                scheme: AuthScheme::Basic,
                docs: docs("User and password."),
                origin: Location::default(),
            },
        ],
        types,
        groups: vec![Group {
            module: "things".to_owned(),
            docs: docs("Things."),
            operations: vec![update, list, upload, watch],
        }],
    }
}

fn emitted(extent: Extent) -> Files {
    let settings = EmitSettings {
        package: "things-client".to_owned(),
        source: "things.yaml".to_owned(),
        extent,
    };
    emit(&sample(), &settings).expect("the sample is sound")
}

#[test]
fn a_bit_of_everything_reads_well() {
    let files = emitted(Extent::Sources);
    let shown = [
        "src/models/common.rs",
        "src/models/things.rs",
        "src/operations/things.rs",
        "src/client.rs",
    ];
    for path in shown {
        let name = path
            .trim_start_matches("src/")
            .trim_end_matches(".rs")
            .replace('/', "_");
        insta::assert_snapshot!(name, files.get(path).unwrap());
    }
}

/// The models and operations of a client, file after file.
fn shown(files: &Files) -> String {
    let mut text = String::new();
    for (path, file) in files.iter() {
        if path.starts_with("src/models/") || path.starts_with("src/operations/") {
            let body = file
                .split_once("rustfmt_skip)]\n")
                .map_or(file, |(_, body)| body);
            text.push_str(&["// ", path, "\n", body, "\n"].concat());
        }
    }
    text
}

fn settings(package: &str) -> Settings {
    Settings {
        package: package.to_owned(),
        source: format!("{package}.yaml"),
        names: NameLock::default(),
        extent: Extent::Crate,
    }
}

#[test]
fn each_feature_reads_well() {
    let mut cases: Vec<_> = std::fs::read_dir(ir::folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    cases.sort();
    let mut snapshots = insta::Settings::clone_current();
    snapshots.set_snapshot_path("../snapshots/emit");
    snapshots.set_prepend_module_to_snapshot(false);
    snapshots.set_omit_expression(true);
    snapshots.bind(|| {
        for case in cases {
            let name = case.file_stem().unwrap().to_string_lossy().into_owned();
            let document = ir::read(&name, &std::fs::read_to_string(&case).unwrap());
            let generated = codegen::generate(&document, &settings(&name)).unwrap();
            parse(&name, &generated.files);
            insta::assert_snapshot!(name.as_str(), shown(&generated.files));
        }
    });
}

/// Every file of Rust must parse as a whole.
fn parse(name: &str, files: &Files) {
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("src/")) {
        if let Err(error) = syn::parse_file(text) {
            panic!("{name}: {path}: {error}");
        }
    }
}

#[test]
fn real_documents_give_files_that_parse_and_are_the_same_every_time() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs");
    if !folder.is_dir() {
        eprintln!("skipped: there are no documents in ../shared/specs");
        return;
    }
    let names = [
        "skyvern-full.json",
        "museum.yaml",
        "swagger-petstore.yaml",
        "oxide-buildomat.json",
        "oai-tictactoe.yaml",
    ];
    for name in names {
        let Ok(document) = spec::Document::load(&folder.join(name), &[]) else {
            panic!("{name} does not load");
        };
        let generated = codegen::generate(&document, &settings("real")).unwrap();
        parse(name, &generated.files);
        assert!(generated.files.lines() > 100);
        for (path, text) in generated.files.iter() {
            let code: String = text
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect();
            assert!(
                !code.contains("untagged") && !code.contains("Option<Option<"),
                "{name}: {path}"
            );
        }
        if name == "museum.yaml" {
            let again = codegen::generate(&document, &settings("real")).unwrap();
            assert_eq!(again.files, generated.files);
        }
    }
}
