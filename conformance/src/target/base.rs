//! The base URL: where the paths of a document begin.

use std::{fmt, net::IpAddr, str::FromStr};

use url::{Host, Url};

/// An `http` or `https` URL without user info, query and fragment, and without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    url: Url,
    /// The path of the document that the URL stands for; mostly none.
    mount: &'static str,
}

/// Why a text is no base URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// Not a URL at all.
    #[error("`{0}` is not a URL: give one such as http://127.0.0.1:8000")]
    Syntax(String),
    /// Another scheme.
    #[error("the base URL must begin with http:// or https://, not with {0}:")]
    Scheme(String),
    /// User name or password before the host. The text is not repeated: it may hold a password.
    #[error(
        "the base URL must not hold a user name or password: give the key in SKYVERN_API_KEY or --api-key-file"
    )]
    UserInfo,
    /// A query or fragment.
    #[error("the base URL must end before `?` and `#`")]
    Query,
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        let parsed = Url::parse(text).ok().filter(Url::has_host);
        let Some(mut url) = parsed else {
            let scheme = text.split_once("://").map(|(scheme, _)| scheme);
            return Err(match scheme {
                Some(scheme) if !matches!(scheme, "http" | "https") => {
                    BaseUrlError::Scheme(scheme.to_owned())
                }
                // Whatever stands before an @ may be a password.
                _ if text.contains('@') => BaseUrlError::UserInfo,
                _ => BaseUrlError::Syntax(text.to_owned()),
            });
        };
        if !matches!(url.scheme(), "http" | "https") {
            return Err(BaseUrlError::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::UserInfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::Query);
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self { url, mount: "" })
    }
}

impl BaseUrl {
    /// The same URL, as what the document calls `path`: `/credentials/a` of a document is `a` below
    /// the URL, for a `path` of `/credentials`, and paths elsewhere begin at the host.
    #[must_use]
    pub fn standing_for(self, path: &'static str) -> Self {
        Self {
            mount: path,
            ..self
        }
    }

    /// The same URL, as what of the document `other` stands for.
    #[must_use]
    pub(super) fn standing_as(self, other: &Self) -> Self {
        self.standing_for(other.mount)
    }

    /// What goes into a request line for a path of the document, a query behind it.
    pub fn request_target(&self, target: &str) -> String {
        let Some(rest) = target.strip_prefix(self.mount) else {
            return target.to_owned();
        };
        let target = format!("{}{rest}", self.prefix());
        if target.starts_with('/') {
            target
        } else {
            format!("/{target}")
        }
    }

    /// The whole URL of a path of the document, a query behind it.
    pub fn url_of(&self, target: &str) -> String {
        let target = self.request_target(target);
        format!("{}://{}{target}", self.url.scheme(), self.authority())
    }

    /// The host as the URL writes it, without brackets of an IPv6 address.
    pub fn host(&self) -> String {
        match self.url.host() {
            Some(Host::Ipv6(address)) => address.to_string(),
            Some(host) => host.to_string(),
            None => String::new(),
        }
    }

    /// The port, also when it is the scheme's own.
    pub fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(80)
    }

    /// What the `Host` header says: host, and the port unless it is the scheme's own.
    pub fn authority(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Whether connections use TLS.
    pub fn is_tls(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether the host is this machine, by name or address.
    pub fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
            None => false,
        }
    }

    /// The path before the document's paths: empty, or with a slash at its front and none at its end.
    pub fn prefix(&self) -> &str {
        self.url.path().trim_end_matches('/')
    }

    /// The whole URL without a slash at its end.
    pub fn as_str(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_at_the_end_are_dropped() {
        let base: BaseUrl = "http://localhost:8000/".parse().unwrap();
        assert_eq!(base.as_str(), "http://localhost:8000");
        let base: BaseUrl = "https://[::1]/api//".parse().unwrap();
        assert_eq!(
            (base.prefix(), base.port(), base.host().as_str()),
            ("/api", 443, "::1")
        );
        assert!(base.is_loopback() && base.is_tls());
    }

    #[test]
    fn what_is_no_base_url_is_refused() {
        let refused = |text: &str| text.parse::<BaseUrl>().unwrap_err();
        assert_eq!(refused("http://u:hunter2@h/"), BaseUrlError::UserInfo);
        assert_eq!(refused("u:hunter2@h"), BaseUrlError::UserInfo);
        assert_eq!(refused("http://h/?a=1"), BaseUrlError::Query);
        assert_eq!(refused("http://h/#a"), BaseUrlError::Query);
        assert_eq!(refused("ftp://h/"), BaseUrlError::Scheme("ftp".into()));
        assert_eq!(refused("nonsense"), BaseUrlError::Syntax("nonsense".into()));
        assert_eq!(refused("http://"), BaseUrlError::Syntax("http://".into()));
    }

    #[test]
    fn a_url_may_stand_for_a_path_of_the_document() {
        let base: BaseUrl = "http://h/api/vault/".parse().unwrap();
        assert_eq!(base.request_target("/v1/a?b"), "/api/vault/v1/a?b");
        let base = base.standing_for("/credentials");
        assert_eq!(base.request_target("/credentials"), "/api/vault");
        assert_eq!(base.url_of("/credentials/a"), "http://h/api/vault/a");
        assert_eq!(base.request_target("/docs"), "/docs");
        let root: BaseUrl = "http://h".parse().unwrap();
        let root = root.standing_for("/credentials");
        assert_eq!(root.request_target("/credentials"), "/");
        assert_eq!(root.request_target("/credentials?a"), "/?a");
        assert_eq!(root.request_target("/credentials/a"), "/a");
    }

    #[test]
    fn other_machines_are_no_loopback() {
        for text in [
            "http://10.0.0.1",
            "https://localhost.example.org",
            "http://[fe80::1]",
        ] {
            assert!(!text.parse::<BaseUrl>().unwrap().is_loopback(), "{text}");
        }
    }
}
