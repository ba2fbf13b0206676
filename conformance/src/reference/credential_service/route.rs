//! Method and path to an operation, or to the 404 or 405 that they deserve.

use axum::http::Method;

use super::answer::Refusal;

/// The path of the base URL.
pub(super) const BASE: &str = "/credentials";

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route<'a> {
    TestConnection,
    Create,
    Read(&'a str),
    Delete(&'a str),
}

/// Ids are compared as they stand in the path: they need no escapes.
pub(super) fn find<'a>(method: &Method, path: &'a str) -> Result<Route<'a>, Refusal> {
    let rest = path.strip_prefix(BASE).ok_or(Refusal::NoRoute)?;
    match (rest, method) {
        ("" | "/", &Method::GET) => Ok(Route::TestConnection),
        ("", &Method::POST) => Ok(Route::Create),
        ("", _) => Err(Refusal::Method("GET, POST")),
        ("/", _) => Err(Refusal::Method("GET")),
        _ => {
            let id = rest.strip_prefix('/').ok_or(Refusal::NoRoute)?;
            match *method {
                _ if id.contains('/') => Err(Refusal::NoRoute),
                Method::GET => Ok(Route::Read(id)),
                Method::DELETE => Ok(Route::Delete(id)),
                _ => Err(Refusal::Method("GET, DELETE")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_methods_have_their_operations() {
        let get = |path| find(&Method::GET, path);
        assert_eq!(get("/credentials"), Ok(Route::TestConnection));
        assert_eq!(get("/credentials/"), Ok(Route::TestConnection));
        assert_eq!(get("/credentials/a"), Ok(Route::Read("a")));
        assert_eq!(get("/credentials/a/b"), Err(Refusal::NoRoute));
        assert_eq!(get("/credentialsa"), Err(Refusal::NoRoute));
        assert_eq!(get("/docs"), Err(Refusal::NoRoute));
        assert_eq!(find(&Method::POST, "/credentials"), Ok(Route::Create));
        assert_eq!(
            find(&Method::DELETE, "/credentials/a"),
            Ok(Route::Delete("a"))
        );
        assert_eq!(
            find(&Method::PUT, "/credentials/a"),
            Err(Refusal::Method("GET, DELETE"))
        );
    }
}
