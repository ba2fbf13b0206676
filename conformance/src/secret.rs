//! Secrets of the run: values that the runner makes up for secret members, and the search for them
//! in everything that comes back.
//!
//! [`canary`] makes a value up, [`registry`] remembers which request submitted it in which field,
//! [`scan`] searches what was received. The search does not list encodings: [`view`] undoes them, in
//! any nesting, and [`index`] finds pieces of the plain values, of their digests and of a few other
//! [`form`]s in what comes out. What is too short to be told from chance is weighed in [`evidence`].
//! [`watch`] does all that for a whole run, and [`log`] for what a server writes beside its answers; what
//! requests say in the open, and the document, is no secret.

pub mod canary;
pub mod evidence;
pub mod form;
pub mod index;
mod known;
pub mod log;
mod public;
pub mod registry;
pub mod scan;
pub mod shape;
pub mod totp;
pub mod view;
mod vocabulary;
pub mod watch;
