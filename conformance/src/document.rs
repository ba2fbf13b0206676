//! The document under test: the built-in one or a file, overlays applied.

use std::{path::Path, sync::Arc};

use sha2::{Digest, Sha256};
use spec::{Document, Input, LoadError, Overlay, OverlayMode, SourceId};

use crate::{settings::ServerSettings, settings::TargetName, target::Target};

const SKYVERN: Input<'_> = Input::Text {
    name: "spec/openapi/skyvern.yaml",
    text: include_str!("../../spec/openapi/skyvern.yaml"),
};
const SKYVERN_OVERLAY: Input<'_> = Input::Text {
    name: "spec/overlays/skyvern.yaml",
    text: include_str!("../../spec/overlays/skyvern.yaml"),
};

const SERVICE: Input<'_> = Input::Text {
    name: "spec/openapi/credential-service.yaml",
    text: include_str!("../../spec/openapi/credential-service.yaml"),
};
const SERVICE_OVERLAY: Input<'_> = Input::Text {
    name: "spec/overlays/credential-service.yaml",
    text: include_str!("../../spec/overlays/credential-service.yaml"),
};

/// Reads the document that `settings` ask for. The built-in overlay of a target applies to any
/// document of it, as far as it matches.
///
/// # Errors
/// Everything that is wrong with the document or an overlay.
pub fn load(settings: &ServerSettings) -> Result<Arc<Document>, LoadError> {
    let spec = settings.spec.as_deref();
    let mut overlays = Vec::new();
    let (built_in, overlay) = match settings.target {
        TargetName::Skyvern => (SKYVERN, Some(SKYVERN_OVERLAY)),
        TargetName::CredentialService => (SERVICE, Some(SERVICE_OVERLAY)),
        TargetName::Openapi => (SKYVERN, None),
    };
    if let Some(input) = overlay {
        overlays.push(Overlay {
            input,
            mode: if spec.is_some() {
                OverlayMode::MayMatch
            } else {
                OverlayMode::MustMatch
            },
        });
    }
    overlays.extend(settings.overlays.iter().map(|path| Overlay {
        input: Input::File(path),
        mode: OverlayMode::MustMatch,
    }));
    let input = spec.map_or(built_in, |path: &Path| Input::File(path));
    Document::read(input, &overlays).map(Arc::new)
}

/// Title, version, number of operations and digest, for the head of a report.
pub fn describe(target: &Target) -> String {
    let document = &target.document;
    let info = |member: &str| {
        let value = document.root().pointer(&format!("/info/{member}"));
        value
            .and_then(serde_json::Value::as_str)
            .unwrap_or("?")
            .to_owned()
    };
    let text = document.sources().text(SourceId::ROOT);
    // As `sha256sum` prints it, shortened.
    let digest = Sha256::digest(text);
    let digest = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
    let count = target.operations.len();
    format!(
        "{} {}, {count} operation{}, sha256 {digest:08x}",
        info("title"),
        info("version"),
        if count == 1 { "" } else { "s" },
    )
}
