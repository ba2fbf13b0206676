//! Reading typed members out of a JSON object: strict types, no coercion, all problems at once.
//!
//! A problem names its place and its kind, never the value. What is returned beside a problem is a
//! stand-in; whoever asked for problems drops it.

use serde_json::{Map, Value};

use super::answer::{Fault, Problem};

/// An object at a known place of a request, and where to put what is wrong with it.
pub(super) struct Fields<'a, 'p> {
    members: &'a Map<String, Value>,
    loc: Vec<&'static str>,
    problems: &'p mut Vec<Problem>,
}

impl<'a, 'p> Fields<'a, 'p> {
    /// The members of `value`, which stands at `loc`, unless it is no object.
    pub(super) fn of(
        value: &'a Value,
        loc: Vec<&'static str>,
        problems: &'p mut Vec<Problem>,
    ) -> Option<Self> {
        if let Value::Object(members) = value {
            Some(Self {
                members,
                loc,
                problems,
            })
        } else {
            problems.push(Problem {
                loc,
                fault: Fault::NotObject,
            });
            None
        }
    }

    /// The members of a required object in here, read as the branch of that name where the place
    /// is a union.
    pub(super) fn object(
        &mut self,
        name: &'static str,
        branch: Option<&'static str>,
    ) -> Option<Fields<'a, '_>> {
        let value = self.required(name)?;
        let mut loc = self.loc.clone();
        loc.push(name);
        loc.extend(branch);
        Fields::of(value, loc, self.problems)
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name)
    }

    pub(super) fn report(&mut self, name: &'static str, fault: Fault) {
        let mut loc = self.loc.clone();
        loc.push(name);
        self.problems.push(Problem { loc, fault });
    }

    /// A member that must be there.
    pub(super) fn required(&mut self, name: &'static str) -> Option<&'a Value> {
        let value = self.get(name);
        if value.is_none() {
            self.report(name, Fault::Missing);
        }
        value
    }

    /// A required string.
    pub(super) fn text(&mut self, name: &'static str) -> String {
        match self.required(name) {
            Some(Value::String(text)) => text.clone(),
            Some(_) => {
                self.report(name, Fault::NotString);
                String::new()
            }
            None => String::new(),
        }
    }

    /// A required string of at least one character.
    pub(super) fn filled(&mut self, name: &'static str) -> String {
        if matches!(self.get(name), Some(Value::String(text)) if text.is_empty()) {
            self.report(name, Fault::TooShort);
            return String::new();
        }
        self.text(name)
    }

    /// A string that may be absent or null.
    pub(super) fn optional_text(&mut self, name: &'static str) -> Option<String> {
        match self.get(name) {
            None | Some(Value::Null) => None,
            Some(_) => Some(self.text(name)),
        }
    }

    /// A boolean that may be absent, then false, but not null.
    pub(super) fn flag(&mut self, name: &'static str) -> bool {
        match self.get(name) {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(_) => {
                self.report(name, Fault::NotBoolean);
                false
            }
        }
    }

    /// One of `among`; may be absent, but not null.
    pub(super) fn choice(
        &mut self,
        name: &'static str,
        among: &'static [&'static str],
    ) -> Option<&'static str> {
        let chosen = choose(self.get(name)?, among);
        if chosen.is_none() {
            self.report(name, Fault::NotInEnum);
        }
        chosen
    }

    /// One of `among`; may be absent or null.
    pub(super) fn optional_choice(
        &mut self,
        name: &'static str,
        among: &'static [&'static str],
    ) -> Option<&'static str> {
        match self.get(name) {
            Some(Value::Null) => None,
            _ => self.choice(name, among),
        }
    }

    /// An object of strings; may be absent or null. The problem does not name the member at fault:
    /// its name may be as secret as its value.
    pub(super) fn optional_strings(&mut self, name: &'static str) {
        match self.get(name) {
            None | Some(Value::Null) => {}
            Some(Value::Object(members)) if members.values().all(Value::is_string) => {}
            Some(Value::Object(_)) => self.report(name, Fault::NotString),
            Some(_) => self.report(name, Fault::NotObject),
        }
    }
}

/// The one of `among` that `value` is.
pub(super) fn choose(value: &Value, among: &'static [&'static str]) -> Option<&'static str> {
    let value = value.as_str()?;
    among.iter().copied().find(|possible| *possible == value)
}
