//! One tiny input for each thing that can be wrong, and what a stranger reads about it.

use std::fmt::Write as _;

use spec::{Document, Style};

fn told(name: &str, text: &str) -> String {
    match Document::from_text(name, text, &[]) {
        Ok(document) => document.render(document.warnings(), Style::Plain),
        Err(error) => error.render(Style::Plain),
    }
}

/// A document of the version with one path-less body behind `info`.
fn with(version: &str, rest: &str) -> String {
    format!("openapi: {version}\ninfo: {{title: T, version: '1'}}\n{rest}")
}

macro_rules! told {
    ($($test:ident: $file:literal, $text:expr;)*) => {
        $(#[test] fn $test() { insta::assert_snapshot!(told($file, &$text)); })*
    };
}

// The text.
told! {
    empty: "a.yaml", "";
    blank: "a.json", " \n ";
    only_comments: "a.yaml", "# nothing\n# here\n";
    tab: "a.yaml", "openapi: 3.1.0\ninfo:\n\ttitle: T\n";
    cut_yaml_quote: "a.yaml", "openapi: \"3.1.0\ninfo:\n  title: T\n";
    cut_yaml_bracket: "a.yaml", "openapi: 3.1.0\ntags: [a,\n";
    colon_in_value: "a.yaml", "openapi: 3.1.0\ninfo:\n  title: Pets: an API\n";
    bad_indentation: "a.yaml", "openapi: 3.1.0\ninfo:\n    title: T\n  version: '1'\n";
    value_begins_with_at: "a.yaml", "openapi: 3.1.0\ninfo:\n  title: @home\n";
    unknown_anchor: "a.yaml", "openapi: 3.1.0\ninfo: *shared\n";
    recursive_alias: "a.yaml", "openapi: 3.1.0\nx-a: &a\n  b: *a\n";
    two_documents: "a.yaml", "openapi: 3.1.0\n---\nopenapi: 3.0.0\n";
    infinity: "a.yaml", "openapi: 3.1.0\nx-a: .inf\n";
    wrong_tag: "a.yaml", "openapi: 3.1.0\nx-a: !!int five\n";
    list_as_key: "a.yaml", "openapi: 3.1.0\n? [a, b]\n: c\n";
    merge_key_of_a_string: "a.yaml", "openapi: 3.1.0\nx-a: {<<: b}\n";
    odd_tag: "a.yaml", with("3.1.0", "paths: {}\nx-a: !secret b\n");
    nul: "a.yaml", "openapi: 3.1.0\nx: a\0b\n";
    cut_json: "a.json", "{\"openapi\": \"3.1.0\",\n \"info\": {\"title\": \"T\"";
    cut_json_string: "a.json", "{\"openapi\": \"3.1.0\", \"info\": {\"tit";
    json_trailing_comma: "a.json", "{\"openapi\": \"3.1.0\",}";
    json_single_quotes: "a.json", "{'openapi': '3.1.0'}";
    json_bad_word: "a.json", "{\"openapi\": None}";
    json_twice: "a.json", "{\"openapi\": \"3.1.0\"} {}";
    yaml_named_json: "a.json", "openapi: 3.1.0\n";
    duplicate_key_yaml: "a.yaml", with("3.1.0", "paths:\n  /a: {}\n  /b: {}\n  /a: {}\npaths: {}\n");
    duplicate_key_json: "a.json", "{\"openapi\": \"3.1.0\",\n\"info\": {\"title\": \"T\", \"t\\u0069tle\": \"U\"}}";
    deep_yaml: "a.yaml", format!("a: {}", "[".repeat(5000));
    deep_json: "a.json", format!("[{}", "[".repeat(5000));
}

#[test]
fn an_alias_bomb_is_refused_in_no_time() {
    let mut text = String::from("l0: &l0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let below = format!("*l{}, ", level - 1).repeat(9);
        let _ = writeln!(
            text,
            "l{level}: &l{level} [{}]",
            below.trim_end_matches(", ")
        );
    }
    insta::assert_snapshot!(told("a.yaml", &text));
}

#[test]
fn a_long_string_repeated_is_an_alias_bomb_too() {
    let text = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(1 << 20),
        "*a, ".repeat(100)
    );
    assert!(told("a.yaml", &text).starts_with("error[alias-bomb]"));
}

// The kind of document.
told! {
    a_list: "a.yaml", "- a\n";
    a_sentence: "a.txt", "Not Found";
    no_version: "a.yaml", "info: {title: T, version: '1'}\npaths: {}\n";
    misspelt_version: "a.yaml", "openapy: 3.1.0\n";
    swagger_2: "a.yaml", "swagger: '2.0'\ninfo: {title: T, version: '1'}\n";
    openapi_2: "a.yaml", "openapi: 2.0.0\n";
    openapi_3_2: "a.yaml", "openapi: 3.2.0\n";
    openapi_4: "a.yaml", "openapi: 4.0.0\n";
    version_as_number: "a.yaml", "openapi: 3.1\n";
    version_without_patch: "a.yaml", "openapi: '3.1'\ninfo: {title: T, version: '1'}\npaths: {}\n";
    an_overlay: "a.yaml", "overlay: 1.0.0\n";
    async_api: "a.yaml", "asyncapi: 3.0.0\n";
}

// References.
told! {
    unresolved: "a.yaml", with("3.1.0", "components:\n  schemas:\n    Pet: {type: object}\n    Pets:\n      type: array\n      items: {$ref: '#/components/schemas/Pett'}\n");
    unresolved_section: "a.yaml", with("3.1.0", "components:\n  schemas:\n    Pet: {}\n    A: {$ref: '#/component/schemas/Pet'}\n    B: {$ref: '#/definitions/Pet'}\n    C: {$ref: Pet}\n    D: {$ref: '#Pet'}\n    E: {$ref: '#/components/schemas/100%'}\n");
    url: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A: {$ref: 'https://example.com/a.yaml'}\n");
    a_file_without_a_folder: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A: {$ref: 'pet.yaml'}\n");
    wrong_section: "a.yaml", with("3.1.0", "paths:\n  /a:\n    get:\n      parameters: [{$ref: '#/components/schemas/A'}]\n      responses:\n        '200': {$ref: '#/info/title'}\ncomponents:\n  schemas:\n    A: {}\n");
    cycle_of_one: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A: {$ref: '#/components/schemas/A'}\n");
    cycle_of_three: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/C'}\n    C: {$ref: '#/components/schemas/A'}\n    D: {$ref: '#/components/schemas/A'}\n");
    cycle_through_unions: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A:\n      anyOf:\n        - type: string\n        - allOf:\n            - $ref: '#/components/schemas/B'\n    B:\n      oneOf:\n        - $ref: '#/components/schemas/A'\n");
    cycle_of_parameters: "a.yaml", with("3.1.0", "components:\n  parameters:\n    A: {$ref: '#/components/parameters/A'}\n");
    recursion_below_members_is_fine: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A:\n      properties:\n        child: {$ref: '#/components/schemas/A'}\n        children: {type: array, items: {$ref: '#/components/schemas/A'}}\n        any: {anyOf: [{type: string}, {$ref: '#/components/schemas/A'}]}\n");
    ref_siblings_in_3_0: "a.yaml", with("3.0.3", "paths: {}\ncomponents:\n  schemas:\n    A: {type: string}\n    B: {$ref: '#/components/schemas/A', description: D, nullable: true}\n");
    ref_siblings_in_3_1: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A: {type: string}\n    B: {$ref: '#/components/schemas/A', description: D}\n  responses:\n    R: {description: R}\n    S: {$ref: '#/components/responses/R', description: D, headers: {}}\n");
    mapping_to_nothing: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A:\n      oneOf: [{$ref: '#/components/schemas/B'}]\n      discriminator: {propertyName: kind, mapping: {b: B, c: '#/components/schemas/C'}}\n    B: {type: object}\n");
    ids_and_dynamic_references: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A: {$id: 'https://example.com/a', type: object}\n    B: {$ref: 'https://example.com/a'}\n    C: {$dynamicRef: '#node'}\n    D: {$anchor: dee}\n    E: {$ref: '#dee'}\n    F: {$ref: '#de'}\n");
}

// Types of members.
told! {
    wrong_types: "a.yaml", "openapi: 3.1.0\ninfo:\n  title: 5\n  version: 1.0\ntags: {name: a}\npaths:\n  - /a\n";
    wrong_types_in_an_operation: "a.yaml", with("3.1.0", "paths:\n  /a:\n    get:\n      deprecated: 'true'\n      tags: a\n      parameters: {name: a}\n      responses: [ok]\n    post: null\n");
    wrong_types_in_a_schema: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A:\n      type: object\n      properties:\n        a: {type: string, required: true}\n        b: {type: string, enum: a}\n        c: {type: string, minLength: -1}\n        d: {type: string, maxLength: long}\n        e: {type: array, items: [{type: string}]}\n        f: {allOf: {type: string}}\n        g: text\n        h: {type: [string, null]}\n        i: {type: 5}\n        j: {multipleOf: 0}\n        k: {oneOf: []}\n        l: {enum: []}\n        m: {pattern: 5}\n        n: {required: [5]}\n");
    unknown_types: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A: {type: strin}\n    B: {type: file}\n    C: {type: [string, nul]}\n    D: {type: datetime}\n");
    null_type_in_3_0: "a.yaml", with("3.0.3", "paths: {}\ncomponents:\n  schemas:\n    A: {type: 'null'}\n    B: {type: [string, 'null']}\n    C: {type: integer, exclusiveMinimum: 5}\n    D: true\n    E: {const: 5}\n");
    words_of_3_0_in_3_1: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A: {type: string, nullable: true}\n    B: {type: integer, minimum: 5, exclusiveMinimum: true}\n");
    unknown_members: "a.yaml", with("3.1.0", "paths:\n  /a:\n    gett: {}\n    get:\n      operationid: a\n      response: {}\n      x-mine: 1\nextra: 1\n");
    slips_in_keywords: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A: {type: object, requierd: [a], additionalProperty: false, openapi_extra: {}, min_length: 3}\n");
    missing_members: "a.yaml", "openapi: 3.0.3\ninfo: {titel: T}\ncomponents:\n  parameters:\n    P: {in: query}\n  responses:\n    R: {}\n  requestBodies:\n    B: {}\n  securitySchemes:\n    S: {type: apiKey, name: k}\n";
    null_members: "a.yaml", with("3.1.0", "paths:\n  /a:\n    get:\n      summary:\n      parameters:\n        - {name: null, in: query, schema: {}}\n      responses:\n");
    unknown_values: "a.yaml", with("3.1.0", "components:\n  parameters:\n    A: {name: a, in: body, schema: {}}\n    B: {name: b, in: qeury, schema: {}}\n  securitySchemes:\n    S: {type: basic}\n");
    status_codes: "a.yaml", with("3.1.0", "paths:\n  /a:\n    get:\n      responses:\n        '200': {description: ok}\n        4XX: {description: no}\n        20: {description: no}\n        ok: {description: no}\n");
    paths_without_slash: "a.yaml", with("3.1.0", "paths:\n  pets: {}\n");
    component_names: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A B: {}\n");
    schema_and_content: "a.yaml", with("3.1.0", "components:\n  parameters:\n    A: {name: a, in: query, schema: {}, content: {text/plain: {}}}\n    B: {name: b, in: query}\n    C: {name: c, in: query, content: {}}\n    D: {name: d, in: path, schema: {}}\n");
}

// What operations say together.
told! {
    duplicate_operation_id: "a.yaml", with("3.1.0", "paths:\n  /a:\n    get: {operationId: list}\n  /b:\n    get: {operationId: list}\n");
    path_parameters: "a.yaml", with("3.1.0", "paths:\n  /a/{pet_id}/{name}:\n    parameters:\n      - {name: petId, in: path, required: true, schema: {}}\n    get:\n      parameters:\n        - {name: nam, in: path, required: true, schema: {}}\n");
    same_path: "a.yaml", with("3.1.0", "paths:\n  /a/{b}: {}\n  /a/{c}: {}\n");
    duplicate_parameters: "a.yaml", with("3.1.0", "paths:\n  /a:\n    get:\n      parameters:\n        - {name: a, in: query, schema: {}}\n        - {name: a, in: header, schema: {}}\n        - $ref: '#/components/parameters/A'\ncomponents:\n  parameters:\n    A: {name: a, in: query, schema: {}}\n");
    security: "a.yaml", with("3.1.0", "security: [{apiKey: []}]\ncomponents:\n  securitySchemes:\n    api_key: {type: apiKey, name: k, in: header}\n");
}

// Schemas that contradict themselves.
told! {
    enum_without_a_fitting_value: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A: {type: string, enum: [1, 2]}\n    B: {type: integer, enum: [1, two]}\n    C: {type: string, enum: [yes, NO, true]}\n    D: {type: [string, 'null'], enum: [a, null]}\n    E: {type: integer, enum: [1.0]}\n");
    const_and_default: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A: {type: string, const: 1}\n    B: {type: string, default: 1}\n    C: {type: string, enum: [a], default: b}\n    D: {type: string, default: null}\n");
    empty_ranges: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A: {type: integer, minimum: 5, maximum: 3}\n    B: {type: string, minLength: 5, maxLength: 3}\n    C: {type: array, minItems: 5, maxItems: 5}\n");
    impossible_members: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A: {type: object, properties: {name: {}}, required: [nam, id], additionalProperties: false}\n");
    patterns: "a.yaml", with("3.1.0", "components:\n  schemas:\n    A: {type: string, pattern: '^(a'}\n    B: {type: string, pattern: '[a-'}\n    C: {type: string, pattern: '^(?=.*\\d)(?!x)\\p{L}\\/\\cA$'}\n");
}
