//! Lists in pages: which parameters count and bound them.

use serde_json::Value;

use crate::ir::{
    MediaKind, Method, Pages, Parameter, ParameterPlace, Response, StatusRange, TypeRef,
};

/// How to walk the pages of an operation: as `x-pagination` says (`page` and `size` name the parameters,
/// `false` says that there are none), or where both parameters are there and the answer is a bare list.
pub(super) fn pages(
    extension: Option<&Value>,
    parameters: &[Parameter],
    responses: &[Response],
    method: Method,
) -> Option<Pages> {
    if method != Method::Get || extension == Some(&Value::Bool(false)) {
        return None;
    }
    let named = |key: &str, usual: &[&str]| {
        let told = extension.and_then(|extension| extension.get(key)?.as_str());
        parameters.iter().position(|parameter| {
            parameter.place == ParameterPlace::Query
                && matches!(parameter.ty, TypeRef::Integer(_))
                && match told {
                    Some(name) => parameter.wire == name,
                    None => usual.contains(&parameter.wire.as_str()),
                }
        })
    };
    let page = named("page", &["page"])?;
    let size = named("size", &["page_size", "per_page", "pageSize", "perPage"])?;
    let item = responses.iter().find_map(|response| {
        let success = matches!(
            response.status,
            StatusRange::Exactly(200) | StatusRange::Class(2)
        );
        match response.media.as_ref().map(|media| &media.kind) {
            Some(MediaKind::Json(TypeRef::Array(item))) if success => Some((**item).clone()),
            _ => None,
        }
    })?;
    let default_size = parameters[size].default.as_ref().and_then(Value::as_u64);
    Some(Pages {
        page,
        size,
        item,
        default_size,
    })
}
