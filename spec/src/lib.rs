//! Reads OpenAPI documents: YAML or JSON text comes in, a [`Document`] goes out.
//!
//! The raw JSON value is the truth; every node of it has a [`Location`] that a
//! [`Diagnostic`] can be rendered at. Nothing here decides how code is generated
//! or how a server is tested.

pub mod account;
mod check;
pub mod diagnostic;
pub mod diff;
pub mod document;
pub mod location;
pub mod lower;
pub mod overlay;
mod read;
mod references;
pub mod render;
mod similar;
pub mod skeleton;
pub mod source;

pub use account::Account;
pub use diagnostic::{Diagnostic, Diagnostics, LoadError, Severity};
pub use diff::Difference;
pub use document::{Document, Input, Overlay, Version};
pub use location::{Location, Pointer, SourceId};
pub use lower::Lowered;
pub use overlay::OverlayMode;
pub use render::Style;
pub use source::{Sources, Span};
