//! Overlays: what they change, where what they bring stands, and what is wrong with them.

use serde_json::json;
use spec::{Document, Input, Location, Overlay, OverlayMode, Pointer, Style};

const DOCUMENT: &str = "openapi: 3.1.0
info: {title: T, version: '1'}
components:
  schemas:
    Login:
      type: object
      required: [user]
      properties:
        user: {type: string}
        password: {type: string}
    Card:
      type: object
      properties:
        number: {type: string}
";

fn overlay(actions: &str) -> String {
    format!("overlay: 1.0.0\ninfo: {{title: O, version: '1'}}\nactions:\n{actions}")
}

fn told(overlay: &str) -> String {
    match Document::from_text("api.yaml", DOCUMENT, &[("overlay.yaml", overlay)]) {
        Ok(document) => document.render(document.warnings(), Style::Plain),
        Err(error) => error.render(Style::Plain),
    }
}

fn at(pointer: &str) -> Location {
    Location::root(Pointer::parse(pointer).unwrap())
}

#[test]
fn nodes_that_an_overlay_brings_stand_in_the_overlay() {
    let overlay = overlay(
        "  - target: $.components.schemas.Login.properties.password
    update: {writeOnly: true, format: password}
  - target: $.components.schemas.Login
    update:
      required: [password]
      properties: {otp: {type: string, minLength: 6}}
  - target: $.components.schemas.Card
    remove: true
",
    );
    let document =
        Document::from_text("api.yaml", DOCUMENT, &[("overlay.yaml", &overlay)]).unwrap();
    assert_eq!(
        document.root()["components"]["schemas"],
        json!({"Login": {"type": "object", "required": ["user", "password"], "properties": {
            "user": {"type": "string"},
            "password": {"type": "string", "writeOnly": true, "format": "password"},
            "otp": {"type": "string", "minLength": 6},
        }}})
    );
    let place = |pointer: &str, at_key| document.span(&at(pointer), at_key).unwrap().to_string();
    let login = "/components/schemas/Login";
    assert_eq!(place(login, true), "api.yaml:5:5");
    assert_eq!(
        place(&format!("{login}/required/0"), false),
        "api.yaml:7:18"
    );
    assert_eq!(
        place(&format!("{login}/required/1"), false),
        "overlay.yaml:8:18"
    );
    assert_eq!(
        place(&format!("{login}/properties/password/type"), false),
        "api.yaml:10:26"
    );
    assert_eq!(
        place(&format!("{login}/properties/password/format"), true),
        "overlay.yaml:5:31"
    );
    assert_eq!(
        place(&format!("{login}/properties/otp/minLength"), false),
        "overlay.yaml:9:51"
    );
    assert_eq!(document.span(&at("/components/schemas/Card"), false), None);
}

#[test]
fn elements_behind_removed_ones_keep_their_places() {
    let document = "openapi: 3.1.0
info: {title: T, version: '1'}
paths: {}
tags:
- name: a
- name: b
- name: c
- name: d
";
    let overlay = overlay(
        "  - {target: \"$.tags[?@.name == 'a' || @.name == 'c']\", remove: true}\n  - {target: $.tags, update: {name: e}}\n",
    );
    let document = Document::from_text("api.yaml", document, &[("o.yaml", &overlay)]).unwrap();
    assert_eq!(
        document.root()["tags"],
        json!([{"name": "b"}, {"name": "d"}, {"name": "e"}])
    );
    let place = |pointer: &str| document.span(&at(pointer), false).unwrap().to_string();
    assert_eq!(place("/tags/0/name"), "api.yaml:6:9");
    assert_eq!(place("/tags/1/name"), "api.yaml:8:9");
    assert_eq!(place("/tags/2/name"), "o.yaml:5:37");
}

#[test]
fn a_fault_that_an_overlay_brings_is_told_there() {
    insta::assert_snapshot!(told(&overlay(
        "  - target: $.components.schemas.Login.properties\n    update:\n      otp: {type: strin}\n"
    )));
}

#[test]
fn an_action_that_matches_nothing() {
    insta::assert_snapshot!(told(&overlay(
        "  - target: $.components.schemas.Login.properties.pasword\n    update: {writeOnly: true}\n  - target: $.components.schemas['Logout']\n    remove: true\n"
    )));
}

#[test]
fn a_miss_may_be_a_warning() {
    let overlay = overlay(
        "  - {target: $.components.schemas.Logout, update: {title: L}}\n  - {target: $.info, update: {title: U}}\n",
    );
    let document = Document::read(
        Input::Text {
            name: "api.yaml",
            text: DOCUMENT,
        },
        &[Overlay {
            input: Input::Text {
                name: "overlay.yaml",
                text: &overlay,
            },
            mode: OverlayMode::MayMatch,
        }],
    )
    .unwrap();
    assert_eq!(document.root()["info"]["title"], "U");
    insta::assert_snapshot!(document.render(document.warnings(), Style::Plain));
}

macro_rules! told {
    ($($test:ident: $text:expr;)*) => {
        $(#[test] fn $test() { insta::assert_snapshot!(told(&$text)); })*
    };
}

told! {
    a_target_that_is_no_path: overlay("  - {target: '$.components[', update: {}}\n");
    a_target_that_is_a_string: overlay("  - {target: $.info.title, update: {a: b}}\n");
    actions_that_do_nothing: overlay("  - {target: $.info}\n  - {target: $.info, updat: {}}\n  - {update: {}}\n  - text\n  - {target: 5, update: {}}\n  - {target: $.info, remove: 'yes'}\n  - {target: $.info, remove: true, update: {}}\n");
    the_whole_document_removed: overlay("  - {target: $, remove: true}\n");
    not_an_overlay: "title: O\n";
    a_document_as_overlay: DOCUMENT;
    version_1_1: "overlay: 1.1.0\ninfo: {title: O, version: '1'}\nactions: []\n";
    version_as_number: "overlay: 1.0\n";
    no_actions: "overlay: 1.0.0\ninfo: {title: O}\n";
    empty_actions: "overlay: 1.0.0\ninfo: {title: O, version: '1'}\naction: []\nactions: []\n";
    broken_yaml: "overlay: 1.0.0\n\tinfo: {}\n";
}

/// `nullable: true`, a list of types, and `anyOf` say the same: an overlay written for one holds for all.
#[test]
fn a_branch_beside_null_is_found_in_every_form() {
    let document = "openapi: 3.0.3
info: {title: T, version: '1'}
paths: {}
components:
  schemas:
    Login:
      type: object
      properties:
        nullable: {type: string, nullable: true}
        listed: {type: [string, 'null']}
        branch: {anyOf: [{type: string}, {type: 'null'}]}
        number: {type: integer, nullable: true}
        map: {type: object, nullable: true, additionalProperties: {type: string}}
";
    let overlay = overlay(
        "  - target: $.components.schemas.Login.properties.*.anyOf[?@.type == 'string']
    update: {format: password}
  - target: $.components.schemas.Login.properties.map.anyOf[?@.type == 'object'].additionalProperties
    update: {format: password}
",
    );
    let load = |mode| {
        let overlays = [Overlay {
            input: Input::Text {
                name: "overlay.yaml",
                text: &overlay,
            },
            mode,
        }];
        let input = Input::Text {
            name: "api.yaml",
            text: document,
        };
        Document::read(input, &overlays)
    };
    let document = load(OverlayMode::MayMatch).unwrap();
    let properties = &document.root()["components"]["schemas"]["Login"]["properties"];
    assert_eq!(properties["nullable"]["format"], "password");
    assert_eq!(properties["listed"]["format"], "password");
    assert_eq!(properties["branch"]["anyOf"][0]["format"], "password");
    assert_eq!(properties["branch"].get("format"), None);
    assert_eq!(properties["number"].get("format"), None);
    assert_eq!(properties["map"].get("format"), None);
    assert_eq!(
        properties["map"]["additionalProperties"]["format"],
        "password"
    );
    // Where an overlay has to match, it is taken by its word.
    assert!(load(OverlayMode::MustMatch).is_err());
}
