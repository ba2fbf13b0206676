//! The client and its builder: the one file of the support that depends on how a caller shows who it is.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::ident;
use super::{EmitError, docs};
use crate::ir::{Api, Auth, AuthScheme};

/// The text of `client.rs`.
pub(super) fn client(api: &Api, header: &str) -> Result<String, EmitError> {
    let names: Vec<_> = api.auth.iter().map(|auth| ident(&auth.rust)).collect();
    let servers = servers(api);
    let stored = api.auth.iter().map(|auth| {
        let (name, ty) = (ident(&auth.rust), stored_type(auth));
        quote!(#name: Option<#ty>,)
    });
    let setters = api.auth.iter().map(setter);
    let built = api.auth.iter().map(|auth| {
        let (name, built) = (ident(&auth.rust), built(auth));
        quote!(#name: #built,)
    });
    let some = !api.auth.is_empty();
    let auth = some.then(|| quote!(pub(crate) auth: Credentials,));
    let built = some.then(|| quote!(auth: Credentials { #(#built)* },));
    let credentials = some.then(|| {
        quote! {
            #[doc = " What the caller shows to be let in."]
            #[derive(Clone, Debug)]
            #[allow(dead_code, reason = "the document may name a scheme that no operation takes")]
            pub(crate) struct Credentials {
                #(pub(crate) #names: Option<Credential>,)*
            }
        }
    });
    let secret = (!api.auth.is_empty()).then(|| {
        quote!(
            use crate::Secret;
        )
    });
    let credential = (!api.auth.is_empty()).then(|| {
        quote!(
            use crate::transport::Credential;
        )
    });
    let mut source =
        super::source::Source::new("The client: where calls go, how, and as whom.".to_owned());
    source.push(
        "Client",
        quote! {
            use std::time::Duration;
            use crate::error::BuildError;
            use crate::retry::RetryPolicy;
            #credential
            use crate::transport::{Settings, Transport};
            #secret

            #[doc = " Calls the API. Cheap to clone: clones share their connections."]
            #[derive(Clone, Debug)]
            pub struct Client {
                pub(crate) transport: Transport,
                #auth
            }

            #credentials

            #[doc = " The settings of a [`Client`] in the making."]
            #[derive(Clone)]
            pub struct ClientBuilder {
                settings: Settings,
                #(#stored)*
            }

            impl std::fmt::Debug for ClientBuilder {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.debug_struct("ClientBuilder").finish_non_exhaustive()
                }
            }

            impl Client {
                #servers

                #[doc = " A client for the server at `base_url`, which may have a path, with the usual settings."]
                pub fn new(base_url: &str) -> Result<Self, BuildError> {
                    Self::builder(base_url).build()
                }

                #[doc = " A client for the server at `base_url`, with settings of its own."]
                pub fn builder(base_url: &str) -> ClientBuilder {
                    ClientBuilder {
                        settings: Settings::new(base_url),
                        #(#names: None,)*
                    }
                }
            }

            impl ClientBuilder {
                #(#setters)*

                #[doc = " How long one attempt may take, from connecting to the end of the answer. Default: 30 s."]
                #[doc = ""]
                #[doc = " For answers that are read piece by piece, how long until they begin."]
                #[must_use]
                pub fn timeout(mut self, timeout: Duration) -> Self {
                    self.settings.timeout = timeout;
                    self
                }

                #[doc = " How long connecting may take. Default: 10 s. Not for a client of [`Self::http_client`]."]
                #[must_use]
                pub fn connect_timeout(mut self, timeout: Duration) -> Self {
                    self.settings.connect_timeout = timeout;
                    self
                }

                #[doc = " The `User-Agent`. Default: name and version of this crate. Not for a client of [`Self::http_client`]."]
                #[must_use]
                pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
                    self.settings.user_agent = Some(user_agent.into());
                    self
                }

                #[doc = " Whether and how calls that are safe to repeat are repeated. Default: twice."]
                #[must_use]
                pub fn retry(mut self, policy: RetryPolicy) -> Self {
                    self.settings.retry = policy;
                    self
                }

                #[doc = " The longest body that is read, in bytes. Default: 16 MiB. Streams have no limit."]
                #[must_use]
                pub fn max_body(mut self, bytes: usize) -> Self {
                    self.settings.max_body = bytes;
                    self
                }

                #[doc = " Takes a client of the HTTP library, with its own TLS, proxies and redirects."]
                #[doc = ""]
                #[doc = " The one that is made otherwise follows no redirects: they could carry a secret elsewhere."]
                #[must_use]
                pub fn http_client(mut self, client: reqwest::Client) -> Self {
                    self.settings.http = Some(client);
                    self
                }

                #[doc = " The client, unless a setting cannot be used."]
                pub fn build(self) -> Result<Client, BuildError> {
                    Ok(Client {
                        #built
                        transport: self.settings.build()?,
                    })
                }
            }
        },
    )?;
    Ok(source.finish_plain(header))
}

fn servers(api: &Api) -> Option<TokenStream> {
    if api.servers.is_empty() {
        return None;
    }
    let mut docs = vec!["The base URLs that the document names.".to_owned()];
    let named: Vec<_> = api
        .servers
        .iter()
        .filter_map(|server| Some(format!("- {}: <{}>", server.name.as_ref()?, server.url)))
        .collect();
    if !named.is_empty() {
        docs.push(named.join("\n"));
    }
    let docs = docs::lines(&docs);
    let urls = api.servers.iter().map(|server| &server.url);
    Some(quote! {
        #docs
        pub const SERVERS: &'static [&'static str] = &[#(#urls),*];
    })
}

fn stored_type(auth: &Auth) -> TokenStream {
    if auth.scheme == AuthScheme::Basic {
        quote!((String, Secret))
    } else {
        quote!(Secret)
    }
}

fn setter(auth: &Auth) -> TokenStream {
    let name = ident(&auth.rust);
    let how = match &auth.scheme {
        AuthScheme::Header(header) => format!("Sent in the header `{header}`."),
        AuthScheme::Query(name) => format!("Sent in the query as `{name}`."),
        AuthScheme::Cookie(name) => format!("Sent in the cookie `{name}`."),
        AuthScheme::Bearer => "Sent as `Authorization: Bearer …` (RFC 6750).".to_owned(),
        AuthScheme::Basic => "Sent as `Authorization: Basic …` (RFC 7617).".to_owned(),
    };
    let docs = docs::with_note(&auth.docs, Some(&how));
    if auth.scheme == AuthScheme::Basic {
        return quote! {
            #docs
            #[must_use]
            pub fn #name(mut self, user: impl Into<String>, password: impl Into<Secret>) -> Self {
                self.#name = Some((user.into(), password.into()));
                self
            }
        };
    }
    quote! {
        #docs
        #[must_use]
        pub fn #name(mut self, secret: impl Into<Secret>) -> Self {
            self.#name = Some(secret.into());
            self
        }
    }
}

/// What makes a credential of what was set.
fn built(auth: &Auth) -> TokenStream {
    let name = ident(&auth.rust);
    let setter = auth.rust.trim_start_matches("r#");
    match &auth.scheme {
        AuthScheme::Header(header) => quote! {
            self.#name
                .map(|secret| Credential::header(#setter, #header, &secret))
                .transpose()?
        },
        AuthScheme::Bearer => quote! {
            self.#name.map(|secret| Credential::bearer(#setter, &secret)).transpose()?
        },
        AuthScheme::Query(query) => {
            quote!(self.#name.map(|secret| Credential::Query(#query, secret)))
        }
        AuthScheme::Cookie(cookie) => {
            quote!(self.#name.map(|secret| Credential::Cookie(#cookie, secret)))
        }
        AuthScheme::Basic => {
            quote!(self.#name.map(|(user, password)| Credential::Basic(user, password)))
        }
    }
}
