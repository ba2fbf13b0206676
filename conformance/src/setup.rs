//! From settings to everything that a run or a replay needs: document, target, key, transport and
//! redaction. Files and the environment are read here.

use std::{
    fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use spec::{Document, Style};
use zeroize::Zeroizing;

use crate::{
    bridge::{self, Bridge},
    digest, document,
    embedded::{Config, Embedded},
    exit::Exit,
    redact::Redactor,
    reference::{
        Defect, Server,
        credential_service::store::durable::{Durable, Key},
        skyvern::{self, vault},
    },
    rehearsal,
    seed::Seed,
    settings::{ServerSettings, TargetName},
    target::{AuthScheme, BaseUrl, Bridged, Target, TargetKind},
    transport::{ClientIdentity, Rate, Secret, TlsOptions, Transport, TransportOptions},
};

/// Most bytes of an answer that are read.
const MAX_BODY: usize = 8 * 1024 * 1024;
/// Most requests under way at once for each case at the same time: cases send some together.
const IN_FLIGHT: usize = 8;
/// How long the embedded server waits for the credential service behind it.
const VAULT_TIMEOUT: Duration = Duration::from_secs(1);
/// The path of the document that the URL of a credential service stands for.
const SERVICE_BASE: &str = "/credentials";

/// Where the key of a kind of server comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeySource {
    /// The variable that holds it.
    pub(crate) variable: &'static str,
    /// The option that names a file with it.
    pub(crate) option: &'static str,
    /// What people call it.
    pub(crate) word: &'static str,
    /// What is shown in its place.
    pub(crate) mark: &'static str,
}

/// Of a Skyvern server, and of any other.
pub(crate) const API_KEY: KeySource = KeySource {
    variable: "SKYVERN_API_KEY",
    option: "--api-key-file",
    word: "key",
    mark: "‹key›",
};
/// Of a credential service.
pub(crate) const TOKEN: KeySource = KeySource {
    variable: "CUSTOM_CREDENTIAL_API_TOKEN",
    option: "--token-file",
    word: "token",
    mark: "‹token›",
};

/// Of the credential service behind a Skyvern reference server.
pub(crate) const VAULT_TOKEN: KeySource = KeySource {
    option: "--vault-token-file",
    ..TOKEN
};

impl KeySource {
    /// That of a kind of server.
    pub(crate) fn of(kind: TargetKind) -> Self {
        match kind {
            TargetKind::CredentialService => TOKEN,
            TargetKind::Skyvern | TargetKind::OpenApi => API_KEY,
        }
    }
}

/// Why nothing can be run.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct SetupError {
    /// The exit code.
    pub exit: Exit,
    /// What is wrong.
    pub message: String,
    /// How that is written.
    pub form: Form,
    /// What to do about it.
    pub hint: Option<String>,
}

/// How a message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As a sentence fragment.
    Sentence,
    /// As the diagnostics of a document, with their own headings.
    Diagnostics,
}

impl SetupError {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            message: message.into(),
            form: Form::Sentence,
            hint: None,
        }
    }

    fn document(error: &spec::LoadError) -> Self {
        Self {
            form: Form::Diagnostics,
            ..Self::usage(error.render(Style::Plain).trim_end())
        }
    }

    pub(crate) fn could_not_test(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::CouldNotTest,
            ..Self::usage(message)
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Everything that reaches a server.
pub(crate) struct Ready {
    pub(crate) target: Arc<Target>,
    pub(crate) transport: Transport,
    pub(crate) redactor: Arc<Redactor>,
    /// Lives as long as the run.
    pub(crate) embedded: Option<Embedded>,
    /// The credential service behind the server under test.
    pub(crate) bridge: Option<Bridge>,
}

/// What the server at a URL is reached for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To create and delete things there.
    Change,
    /// To look at what is there.
    Look,
    /// Not at all: another one stands in for it.
    Rehearse,
}

/// Reads what `settings` name and starts the reference server if they name no URL. Nothing is sent.
pub(crate) fn prepare(
    settings: &ServerSettings,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Ready, SetupError> {
    prepare_for(Purpose::Change, settings, variable)
}

/// As [`prepare`], for a purpose.
pub(crate) fn prepare_for(
    purpose: Purpose,
    settings: &ServerSettings,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Ready, SetupError> {
    if settings.target == TargetName::Openapi && settings.spec.is_none() {
        return Err(SetupError::usage(
            "--target openapi needs the document: --spec FILE",
        ));
    }
    if settings.target == TargetName::Openapi && settings.url.is_none() {
        return Err(SetupError::usage(
            "--target openapi needs the URL of the server",
        ));
    }
    if settings.url.is_some() && !settings.defects.is_empty() {
        return Err(SetupError::usage(
            "--defect is for the embedded server: leave out the URL",
        ));
    }
    let base = settings
        .url
        .as_deref()
        .map(str::parse::<BaseUrl>)
        .transpose();
    let base = base.map_err(|error| SetupError::usage(error.to_string()))?;
    if let Some(base) = base.as_ref().filter(|base| !base.is_loopback())
        && !settings.allow_writes
        && purpose == Purpose::Change
    {
        let message = format!(
            "{} is not this machine, and a run creates and deletes things",
            base.host()
        );
        return Err(SetupError::usage(message).hint("say --allow-writes if that is meant"));
    }
    let document = document::load(settings).map_err(|error| SetupError::document(&error))?;
    let kind = kind(settings.target);
    let bridge = bridge(settings, variable)?;
    let (base, key, embedded) = if let Some(base) = base {
        let file = match settings.target {
            TargetName::CredentialService => &settings.token_file,
            TargetName::Skyvern | TargetName::Openapi => &settings.api_key_file,
        };
        let key = key(KeySource::of(kind), file.as_deref(), variable)?;
        (base, key, None)
    } else {
        let server = settings.target.embedded();
        let vault = bridge.as_ref().map(|bridge| vault::Config {
            // The other suites need no service.
            is_default: false,
            ..bridge.vault(VAULT_TIMEOUT)
        });
        let embedded = start(server, 0, None, vault, None, &settings.defects)?;
        let base = embedded.url().parse::<BaseUrl>();
        let base = base.map_err(|error| SetupError::could_not_test(error.to_string()))?;
        (base, Some(embedded.key().clone()), Some(embedded))
    };
    let rate = rate(settings, &base);
    let mut options = options(settings, rate, variable)?;
    let mut target = target_at(settings.target, document, base, key.is_some());
    let base = target.base.clone();
    let key = key.or_else(|| key_among(&mut options.headers, target.auth.as_ref()));
    target.has_key = key.is_some();
    target.bridged = bridged(settings);
    if embedded.is_none() {
        target = target.of_others();
    }
    let mut hidden = options.headers.clone();
    hidden.extend(bridge.as_ref().map(Bridge::secret_header));
    let redactor = Redactor::new(&base, target.auth.as_ref(), key.as_ref(), &hidden);
    let redactor = redactor.of_source(KeySource::of(kind));
    if purpose == Purpose::Rehearse && embedded.is_none() {
        return rehearsed(settings, target, redactor, bridge);
    }
    let transport = Transport::new(base, target.auth.clone(), key, options)
        .map_err(|error| SetupError::usage(error.to_string()))?;
    Ok(Ready {
        target: Arc::new(target),
        transport,
        redactor: Arc::new(redactor),
        embedded,
        bridge,
    })
}

/// The run against a server that is started to stand in for the one at the URL: requests are made for
/// the latter, and go to the former. For any other API the document answers.
fn rehearsed(
    settings: &ServerSettings,
    mut target: Target,
    redactor: Redactor,
    bridge: Option<Bridge>,
) -> Result<Ready, SetupError> {
    target.has_key = true;
    let vault = bridge.as_ref().map(|bridge| vault::Config {
        is_default: target.bridged == Bridged::ByDefault,
        ..bridge.vault(VAULT_TIMEOUT)
    });
    let embedded = start(settings.target.embedded(), 0, None, vault, None, &[])?;
    let base = embedded.url().parse::<BaseUrl>();
    let base = base.map_err(|error| SetupError::could_not_test(error.to_string()))?;
    let plain = ServerSettings {
        timeout: settings.timeout,
        ..ServerSettings::embedded()
    };
    let options = options(&plain, None, &|_| None)?;
    let key = Some(embedded.key().clone());
    let target = Arc::new(target);
    let transport = Transport::new(target.at(base).base, target.auth.clone(), key, options)
        .map_err(|error| SetupError::usage(error.to_string()))?;
    let transport = match target.kind {
        TargetKind::OpenApi => transport.answered_by(rehearsal::answers(&target)),
        TargetKind::Skyvern | TargetKind::CredentialService => transport,
    };
    Ok(Ready {
        target,
        transport,
        redactor: Arc::new(redactor),
        embedded: Some(embedded),
        bridge,
    })
}

/// The document and what is in it, for commands that send nothing.
pub(crate) fn target(settings: &ServerSettings) -> Result<Arc<Target>, SetupError> {
    let document = document::load(settings).map_err(|error| SetupError::document(&error))?;
    let base = settings.url.as_deref().unwrap_or("http://127.0.0.1");
    let base = base.parse::<BaseUrl>();
    let base = base.map_err(|error| SetupError::usage(error.to_string()))?;
    let mut target = target_at(settings.target, document, base, true);
    target.bridged = bridged(settings);
    Ok(Arc::new(target))
}

/// Which credentials the server under test keeps in the runner.
fn bridged(settings: &ServerSettings) -> Bridged {
    match (&settings.url, settings.bridge_listen) {
        _ if settings.target != TargetName::Skyvern => Bridged::No,
        (None, _) => Bridged::ByName,
        (Some(_), Some(_)) => Bridged::ByDefault,
        (Some(_), None) => Bridged::No,
    }
}

/// Starts the credential service behind the server under test, if the run is to be one.
fn bridge(
    settings: &ServerSettings,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Bridge>, SetupError> {
    if bridged(settings) == Bridged::No {
        return match settings.bridge_listen {
            Some(_) => Err(SetupError::usage(
                "--bridge-listen is for a Skyvern server: leave out --target",
            )),
            None => Ok(None),
        };
    }
    let given = key(TOKEN, settings.token_file.as_deref(), variable)?;
    let token = match (given, &settings.url) {
        (Some(token), _) => token,
        // Nobody else needs to know it.
        (None, None) => Secret::new(digest::word(&[&Seed::fresh().0.to_be_bytes()], 16)),
        (None, Some(_)) => {
            let message = "--bridge-listen needs the token that Skyvern was given";
            let hint = format!("say {} FILE or set {}", TOKEN.option, TOKEN.variable);
            return Err(SetupError::usage(message).hint(hint));
        }
    };
    let listen = settings
        .bridge_listen
        .unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 0).into());
    let config = bridge::Config {
        listen,
        token,
        // So that a server has a quarter of its time left to answer.
        patience: settings.timeout * 3 / 4,
    };
    Bridge::start(config).map(Some).map_err(|error| {
        SetupError::could_not_test(format!("the bridge cannot listen at {listen}: {error}"))
    })
}

/// A target of `document`: of a credential service, the URL is what the document calls
/// [`SERVICE_BASE`].
pub(crate) fn target_at(
    name: TargetName,
    document: Arc<Document>,
    base: BaseUrl,
    has_key: bool,
) -> Target {
    let kind = kind(name);
    let base = match kind {
        TargetKind::CredentialService => base.standing_for(SERVICE_BASE),
        TargetKind::Skyvern | TargetKind::OpenApi => base,
    };
    Target::new(kind, document, base, has_key)
}

pub(crate) fn kind(name: TargetName) -> TargetKind {
    match name {
        TargetName::Skyvern => TargetKind::Skyvern,
        TargetName::CredentialService => TargetKind::CredentialService,
        TargetName::Openapi => TargetKind::OpenApi,
    }
}

/// Starts a reference server with the defects of these names.
pub(crate) fn start(
    server: Server,
    port: u16,
    key: Option<Secret>,
    vault: Option<vault::Config>,
    log: Option<PathBuf>,
    defects: &[String],
) -> Result<Embedded, SetupError> {
    let of_vault = |name: &str| {
        let mut table = Server::Bridged.defects().iter();
        let found = table.find(|defect| defect.name == name);
        found.filter(|_| server == Server::Skyvern)
    };
    let defects = defects
        .iter()
        .map(|name| match of_vault(name) {
            Some(_) if vault.is_none() => {
                let message = format!("the defect `{name}` is one of a server with a vault");
                Err(SetupError::usage(message).hint("say --vault URL"))
            }
            Some(defect) => Ok(defect),
            None => defect(server, name),
        })
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(defect) = defects
        .iter()
        .find(|one| log.is_none() && skyvern::log::holds(one))
    {
        let message = format!("the defect `{}` shows in the log alone", defect.name);
        return Err(SetupError::usage(message)
            .hint("say `serve skyvern --log FILE`, and `run URL --scan-log FILE`"));
    }
    launch(
        Config::new(server, port, key, &defects)
            .behind(vault)
            .logging(log),
    )
}

/// The credential service at `url` as the Skyvern reference server is told of it.
pub(crate) fn vault(
    url: String,
    token: Option<Secret>,
    time_limit: Duration,
) -> Result<vault::Config, SetupError> {
    if !url::Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
        return Err(SetupError::usage(
            "--vault must begin with http:// or https://",
        ));
    }
    let Some(token) = token else {
        let message = "--vault needs the token of the credential service";
        let hint = format!(
            "say {} FILE or set {}",
            VAULT_TOKEN.option, VAULT_TOKEN.variable
        );
        return Err(SetupError::usage(message).hint(hint));
    };
    Ok(vault::Config {
        url,
        token: token.expose().to_owned(),
        is_default: true,
        time_limit,
    })
}

/// Opens or makes the database at `path` with the key in the file `key`.
pub(crate) fn store(path: &Path, key: &Path) -> Result<Durable, SetupError> {
    let key = Key::read(key).map_err(|error| {
        SetupError::usage(format!("--store-key-file {}: {error}", key.display()))
    })?;
    Durable::open(path, &key)
        .map_err(|error| SetupError::usage(format!("--store {}: {error}", path.display())))
}

/// Starts the credential service with the defects of these names.
pub(crate) fn start_service(
    port: u16,
    token: Option<Secret>,
    store: Option<Durable>,
    defects: &[String],
) -> Result<Embedded, SetupError> {
    let server = Server::CredentialService;
    let defects = defects
        .iter()
        .map(|name| defect(server, name))
        .collect::<Result<Vec<_>, _>>()?;
    launch(Config::new(server, port, token, &defects).keeping(store))
}

/// Starts a reference server.
pub(crate) fn launch(config: Config) -> Result<Embedded, SetupError> {
    Embedded::start(config).map_err(|error| {
        SetupError::could_not_test(format!(
            "the reference server could not be started: {error}"
        ))
    })
}

/// The defect of the reference server with that name.
pub(crate) fn defect(server: Server, name: &str) -> Result<&'static Defect, SetupError> {
    let table = server.defects();
    table
        .iter()
        .find(|defect| defect.name == name)
        .ok_or_else(|| {
            let error = SetupError::usage(format!("there is no defect `{name}`"));
            let hint = similar(name, table.iter().map(|defect| defect.name)).map_or_else(
                || format!("`serve {} --list-defects` lists them", server.name()),
                |other| format!("did you mean `{other}`?"),
            );
            error.hint(hint)
        })
}

/// The word that `wrong` was probably meant to be.
pub(crate) fn similar<'a>(wrong: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    words
        .map(|word| (strsim::jaro_winkler(wrong, word), word))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| word)
}

/// The key in `file`, or else in the environment, if there is one.
pub(crate) fn key(
    source: KeySource,
    file: Option<&Path>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Secret>, SetupError> {
    let word = source.word;
    let (text, from) = match file {
        Some(path) => (Some(read_key(source, path)?), path.display().to_string()),
        None => (variable(source.variable), source.variable.to_owned()),
    };
    let Some(text) = text.map(Zeroizing::new) else {
        return Ok(None);
    };
    let key = text.trim_end_matches(['\r', '\n']);
    if key.is_empty() {
        return Err(SetupError::usage(format!("the {word} in {from} is empty")));
    }
    if !key.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        let message = format!("the {word} in {from} holds a character that no header can carry");
        return Err(SetupError::usage(message));
    }
    Ok(Some(Secret::new(key.to_owned())))
}

/// Takes the header out of `headers` that carries the key, so that it can be left out, too.
fn key_among(headers: &mut Vec<(String, Secret)>, auth: Option<&AuthScheme>) -> Option<Secret> {
    let auth = auth?;
    let (place, key) = headers
        .iter()
        .enumerate()
        .find_map(|(place, (name, value))| {
            let key = auth.key_in(name, value.expose())?;
            (!key.is_empty()).then_some((place, key))
        })?;
    headers.remove(place);
    Some(Secret::new(key))
}

fn read_key(source: KeySource, path: &Path) -> Result<String, SetupError> {
    let option = source.option;
    fs::read_to_string(path).map_err(|error| {
        if !path.exists() {
            let message = format!("{option} names a file that is not there");
            let word = source.word;
            return SetupError::usage(message).hint(format!(
                "it takes the name of a file that holds the {word}; what it was given is not shown, as \
                 it may be the {word} itself"
            ));
        }
        SetupError::usage(format!("{option} {} cannot be read: {error}", path.display()))
    })
}

/// Other machines have other users.
fn rate(settings: &ServerSettings, base: &BaseUrl) -> Option<Rate> {
    let polite = || (!base.is_loopback()).then_some(Rate::POLITE);
    settings.rate.or_else(polite)
}

fn options(
    settings: &ServerSettings,
    rate: Option<Rate>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<TransportOptions, SetupError> {
    let mut headers: Vec<(String, Secret)> = settings
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), Secret::new(value.clone())))
        .collect();
    for (name, from) in &settings.header_env {
        let value = variable(from).ok_or_else(|| {
            // What was written there by mistake may be the value itself.
            SetupError::usage(format!(
                "--header-env {name}: the variable that it names is not set"
            ))
        })?;
        headers.push((name.clone(), Secret::new(value)));
    }
    let proxy = settings.proxy.as_deref().map(url::Url::parse).transpose();
    let proxy = proxy.map_err(|error| SetupError::usage(format!("--proxy is no URL: {error}")))?;
    // It would stand in recordings, and requests that no common client sends could not use it.
    if let Some(proxy) = &proxy
        && (!proxy.username().is_empty() || proxy.password().is_some())
    {
        return Err(SetupError::usage("--proxy takes no user and no password"));
    }
    if let Some(proxy) = proxy.as_ref().filter(|proxy| proxy.scheme() != "http") {
        let message = format!(
            "--proxy must begin with http://, not with {}:",
            proxy.scheme()
        );
        return Err(SetupError::usage(message));
    }
    let identity = match (&settings.cert, &settings.key) {
        (Some(certificates), Some(key)) => Some(ClientIdentity {
            certificates: certificates.clone(),
            key: key.clone(),
        }),
        (None, None) => None,
        _ => return Err(SetupError::usage("--cert and --key go together")),
    };
    Ok(TransportOptions {
        timeout: settings.timeout,
        max_body: MAX_BODY,
        retries: settings.retries,
        in_flight: settings.jobs * IN_FLIGHT,
        rate,
        headers,
        proxy,
        tls: TlsOptions {
            authorities: settings.cacert.clone(),
            identity,
            insecure: settings.insecure,
        },
    })
}
