//! How unions are read: by what decides, in whatever order the members come.

use serde_json::{Value, from_str, from_value, json, to_value};
use skyvern_client::models::{
    CreateCredentialRequest, CreateCredentialRequestCredential, CredentialResponse,
    CredentialResponseCredential, CredentialType, CredentialVaultType, ProxyLocation, TotpType,
    ValidationError,
};

fn response(credential: &str) -> serde_json::Result<CredentialResponse> {
    let head = r#""credential_id": "c", "credential_type": "password", "name": "n""#;
    from_str(&format!(r#"{{{head}, "credential": {credential}}}"#))
}

/// The name of the variant.
fn variant(credential: &CredentialResponseCredential) -> &'static str {
    match credential {
        CredentialResponseCredential::Password(_) => "password",
        CredentialResponseCredential::CreditCard(_) => "card",
        CredentialResponseCredential::Secret(_) => "secret",
        _ => "unknown",
    }
}

#[test]
fn the_first_member_that_decides_decides() {
    let table = [
        (r#"{"username": "u"}"#, "password"),
        (r#"{"username": "u", "totp_type": "none"}"#, "password"),
        (r#"{"totp_type": "none", "username": "u"}"#, "password"),
        (r#"{"totp_identifier": null, "username": "u"}"#, "password"),
        (r#"{"new": [1], "username": "u"}"#, "password"),
        (r#"{"last_four": "1111", "brand": "visa"}"#, "card"),
        (r#"{"brand": "visa", "last_four": "1111"}"#, "card"),
        (
            r#"{"new": {"a": 1}, "brand": "visa", "last_four": "1111"}"#,
            "card",
        ),
        (r#"{"secret_label": "l"}"#, "secret"),
        (r#"{"secret_label": null}"#, "secret"),
        (r"{}", "secret"),
        (r#"{"passkey_id": "p"}"#, "unknown"),
    ];
    for (text, expected) in table {
        let read = response(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(variant(&read.credential), expected, "{text}");
    }
}

#[test]
fn an_error_names_the_member_and_quotes_nothing() {
    let table = [
        (r#"{"username": 5}"#, "credential.username", "integer"),
        (
            r#"{"username": {"hunter2": 1}}"#,
            "credential.username",
            "map",
        ),
        (
            r#"{"username": "u", "totp_type": 7}"#,
            "credential.totp_type",
            "integer",
        ),
        (
            r#"{"last_four": "1111"}"#,
            "credential",
            "missing field `brand`",
        ),
        (
            r#""hunter2""#,
            "credential",
            "invalid type: string, expected an object",
        ),
        (
            r"[1]",
            "credential",
            "invalid type: array, expected an object",
        ),
        (r"null", "credential", "null"),
    ];
    for (text, path, reason) in table {
        let value: Value = from_str(text).unwrap();
        let body = json!({"credential_id": "c", "credential_type": "password", "name": "n", "credential": value});
        let error = serde_path_to_error::deserialize::<_, CredentialResponse>(body).unwrap_err();
        assert_eq!(error.path().to_string(), path, "{text}");
        let message = error.inner().to_string();
        assert!(message.contains(reason), "{text}: {message}");
        assert!(!message.contains("hunter2"), "{text}: {message}");
    }
}

#[test]
fn a_member_that_was_set_aside_is_named_too() {
    // `subdivision` decides nothing and comes first; `country` does.
    let body = json!({"subdivision": 5, "country": "US"});
    let error = from_value::<skyvern_client::models::ProxyLocationOrGeoTarget>(body);
    let message = error.unwrap_err().to_string();
    assert_eq!(
        message,
        ".subdivision: invalid type: integer, expected a string"
    );
}

#[test]
fn unknown_shapes_and_values_are_kept_and_written_back() {
    let sent = json!({
        "credential_id": "c", "credential_type": "passkey", "name": "n", "vault_type": "vault of tomorrow",
        "credential": {"passkey_id": "p", "nested": {"deep": [1, 2.5, null]}},
        "proxy_location": "MOON",
    });
    let read: CredentialResponse = from_value(sent.clone()).unwrap();
    assert_eq!(read.credential_type.as_str(), "passkey");
    assert_eq!(
        read.vault_type,
        Some(CredentialVaultType::Unknown("vault of tomorrow".to_owned()))
    );
    let CredentialResponseCredential::Unknown(value) = &read.credential else {
        panic!("{read:?}");
    };
    assert_eq!(value.expose()["passkey_id"], "p");
    assert!(!format!("{read:?}").contains("deep"));
    assert_eq!(to_value(&read).unwrap(), sent);
}

#[test]
fn unknown_members_are_read_over() {
    let read = response(r#"{"username": "u", "new": 1}"#).unwrap();
    assert_eq!(
        to_value(&read).unwrap()["credential"],
        json!({"username": "u"})
    );
}

#[test]
fn a_union_of_an_enum_and_objects_goes_by_type() {
    use skyvern_client::models::ProxyLocationOrGeoTarget as Place;
    let read = |value: Value| from_value::<Place>(value).unwrap();
    assert_eq!(
        read(json!("RESIDENTIAL")),
        Place::ProxyLocation(ProxyLocation::Residential)
    );
    assert!(matches!(
        read(json!({"country": "US"})),
        Place::GeoTarget(_)
    ));
    assert!(matches!(
        read(json!({"city": "x", "country": "US"})),
        Place::GeoTarget(_)
    ));
    assert!(matches!(read(json!({"other": 1})), Place::Object(_)));
}

#[test]
fn a_place_in_an_error_may_be_a_name_or_an_index() {
    let body = json!({"loc": ["body", 0, "secret"], "msg": "m", "type": "t"});
    let read: ValidationError = from_value(body.clone()).unwrap();
    assert_eq!(to_value(read).unwrap(), body);
}

#[test]
fn absent_null_and_a_value_are_three_things() {
    let read = |text: &str| from_str::<CreateCredentialRequest>(text).unwrap();
    let body = |rest: &str| {
        format!(
            r#"{{"name":"n","credential_type":"secret","credential":{{"secret_value":"s"}}{rest}}}"#
        )
    };
    for rest in [
        "",
        r#","proxy_session_id":null"#,
        r#","proxy_session_id":"p""#,
    ] {
        let text = body(rest);
        assert_eq!(serde_json::to_string(&read(&text)).unwrap(), text);
    }
    let request = read(&body("")).with_proxy_session_id(None::<String>);
    assert_eq!(
        serde_json::to_string(&request).unwrap(),
        body(r#","proxy_session_id":null"#)
    );
    let request = request.with_proxy_session_id("p");
    assert_eq!(
        serde_json::to_string(&request).unwrap(),
        body(r#","proxy_session_id":"p""#)
    );
}

#[test]
fn enums_convert_from_and_to_text() {
    assert_eq!(TotpType::from("none").to_string(), "none");
    assert_eq!("new".parse::<CredentialType>().unwrap().as_str(), "new");
    assert!(matches!(
        CreateCredentialRequestCredential::from(skyvern_client::models::SecretCredential::new(
            "s".into()
        )),
        CreateCredentialRequestCredential::Secret(_)
    ));
}
