//! Steps in words, for people who read a failing sequence. Credentials are numbered from 1, in the
//! order of their creation.

use std::fmt;

use super::{
    draft::{Draft, Kind},
    step::{Filter, Mangled, Step, UnknownRole},
};

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create(draft) => write!(f, "create {draft}"),
            Self::CreateNamesake { of, draft } => {
                write!(f, "create {draft}, under the name of credential {}", of + 1)
            }
            Self::CreateTogether(drafts) => {
                f.write_str("at once, create ")?;
                for (number, draft) in drafts.iter().enumerate() {
                    let between = if number == 0 { "" } else { "; " };
                    write!(f, "{between}{draft}")?;
                }
                Ok(())
            }
            Self::CreateRefused(_) => f.write_str("try to create one without its credential"),
            Self::Read(of) => write!(f, "read credential {}", of + 1),
            Self::Update { of, draft } => write!(f, "update credential {} to {draft}", of + 1),
            Self::UpdateRefused { of, .. } => {
                write!(f, "try to update credential {} to nothing", of + 1)
            }
            Self::Delete(of) => write!(f, "delete credential {}", of + 1),
            Self::List(filter) => write!(f, "list {filter}"),
            Self::ListPages(size) => write!(f, "list in pages of {size}"),
            Self::ListPagesOfType(kind) => write!(f, "list all of type {kind} in pages of 2"),
            Self::ListDefault => f.write_str("list the first page"),
            Self::ListBeyond => f.write_str("list a page after the last"),
            Self::Unknown { of, how, role } => {
                let role = match role {
                    UnknownRole::Read => "read",
                    UnknownRole::Update => "update",
                    UnknownRole::Delete => "delete",
                };
                let how = match how {
                    Mangled::WithoutLast => "without its last character",
                    Mangled::OtherEnd => "with another last character",
                    Mangled::Lengthened => "with one more character",
                    Mangled::MadeUp => "made up",
                };
                write!(f, "{role} the id of credential {} {how}", of + 1)
            }
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("everything"),
            Self::Type(kind) => write!(f, "all of type {kind}"),
            Self::Vault(vault) => write!(f, "all of vault {vault}"),
            Self::Name { of, capitals } => {
                let how = if *capitals { " in capitals" } else { "" };
                write!(f, "what the name of credential {}{how} finds", of + 1)
            }
            Self::Shown(of) => {
                let member = "user name, label or brand";
                write!(
                    f,
                    "what a part of the {member} of credential {} finds",
                    of + 1
                )
            }
            Self::LastFour(of) => {
                write!(f, "what the last four digits of credential {} find", of + 1)
            }
            Self::Nowhere => f.write_str("what a text that stands nowhere finds"),
        }
    }
}

impl fmt::Display for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Password {
                username,
                totp_type,
                totp_identifier,
            } => {
                write!(f, "a password of user {username:?}")?;
                if let Some(totp_type) = totp_type {
                    write!(f, ", totp_type {totp_type}")?;
                }
                if let Some(identifier) = totp_identifier {
                    write!(f, ", totp_identifier {identifier:?}")?;
                }
            }
            Kind::Card { number, brand } => write!(f, "a card {number} of brand {brand:?}")?,
            Kind::Secret { label: Some(label) } => write!(f, "a secret of label {label:?}")?,
            Kind::Secret { label: None } => f.write_str("a secret without a label")?,
        }
        if self.suffix.is_empty() {
            Ok(())
        } else {
            write!(f, ", its name ending in {:?}", self.suffix)
        }
    }
}
