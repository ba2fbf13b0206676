//! Which servers a run tests: that at the URL, or without one the embedded ones.

use super::ServerArgs;
use crate::{
    reference::{Defect, Server},
    settings::{ServerSettings, TargetName},
    setup::{SetupError, similar},
};

/// What is tested without a URL, in this order; the bridge between them belongs to the first.
const EMBEDDED: [TargetName; 2] = [TargetName::Skyvern, TargetName::CredentialService];

impl ServerArgs {
    /// The servers that `settings` mean, at least one. Without a URL, and where nothing chooses one, all
    /// embedded servers are meant; of those, where defects are named, the ones that have them.
    ///
    /// # Errors
    /// If no embedded server has a defect of that name.
    pub(super) fn servers(
        self,
        settings: ServerSettings,
    ) -> Result<Vec<ServerSettings>, SetupError> {
        let is_chosen = self.target.is_some() || self.spec.is_some() || !self.overlays.is_empty();
        let settings = self.over(settings);
        if is_chosen || settings.url.is_some() || settings.bridge_listen.is_some() {
            return Ok(vec![settings]);
        }
        let mut defects = EMBEDDED.map(|_| Vec::new());
        for name in &settings.defects {
            let of = EMBEDDED
                .iter()
                .position(|target| table(*target).any(|defect| defect.name == name));
            defects[of.ok_or_else(|| unknown(name))?].push(name.clone());
        }
        let is_any = settings.defects.is_empty();
        Ok(EMBEDDED
            .into_iter()
            .zip(defects)
            .filter(|(_, defects)| is_any || !defects.is_empty())
            .map(|(target, defects)| ServerSettings {
                target,
                defects,
                ..settings.clone()
            })
            .collect())
    }
}

/// The defects of the embedded server for `target`.
fn table(target: TargetName) -> impl Iterator<Item = &'static Defect> {
    let servers = Server::ALL.into_iter();
    servers
        .filter(move |server| server.target() == target)
        .flat_map(Server::defects)
}

fn unknown(name: &str) -> SetupError {
    let names = EMBEDDED.into_iter().flat_map(table).map(|one| one.name);
    let hint = similar(name, names).map_or_else(
        || {
            "`serve skyvern --list-defects` and `serve credential-service --list-defects` list them"
                .to_owned()
        },
        |other| format!("did you mean `{other}`?"),
    );
    SetupError::usage(format!("there is no defect `{name}`")).hint(hint)
}
