//! Variables: `SKYVERN_CONFORMANCE_MAX_TIME` is `--max-time`.

use super::PREFIX;

/// The variable of an option.
pub(super) fn variable(option: &str) -> String {
    format!("{PREFIX}{}", option.replace('-', "_").to_ascii_uppercase())
}

/// The variables that look like options, with the name of the option that they would be.
pub(super) fn options(
    environment: &[(String, String)],
) -> impl Iterator<Item = (String, &str, &str)> {
    environment.iter().filter_map(|(name, value)| {
        let option = name.strip_prefix(PREFIX)?;
        let option = option.replace('_', "-").to_ascii_lowercase();
        Some((option, name.as_str(), value.as_str()))
    })
}
