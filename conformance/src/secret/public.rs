//! What requests said in the open: a server may repeat it, so no part of it is a secret.

use std::collections::{BTreeMap, BTreeSet};

use super::registry::Group;

/// Groups whose texts are remembered: as long as secrets are.
const GROUPS: usize = 1 << 14;
/// Shorter texts are nothing that a secret could be a part of.
const SHORTEST: usize = 4;

/// Texts by the group of requests that said them, in lower case, as secrets are searched for in
/// either.
#[derive(Debug, Default)]
pub(super) struct Public(BTreeMap<Group, BTreeSet<String>>);

impl Public {
    /// Remembers `texts` of `group`.
    pub(super) fn say(&mut self, group: Group, texts: impl IntoIterator<Item = String>) {
        let said = texts.into_iter().filter(|text| text.len() >= SHORTEST);
        let mut said = said
            .map(|mut text| {
                text.make_ascii_lowercase();
                text
            })
            .peekable();
        if said.peek().is_none() {
            return;
        }
        self.0.entry(group).or_default().extend(said);
        if self.0.len() > GROUPS {
            self.0.pop_first();
        }
    }

    /// Whether `group` said `value`.
    pub(super) fn has_in(&self, group: Group, value: &str) -> bool {
        let mut texts = self.0.get(&group).into_iter().flatten();
        looked_for(value).is_some_and(|value| texts.any(|text| text.contains(&value)))
    }

    /// Whether anybody said `value`.
    pub(super) fn has(&self, value: &str) -> bool {
        let mut texts = self.0.values().flatten();
        looked_for(value).is_some_and(|value| texts.any(|text| text.contains(&value)))
    }
}

/// Whether `text` has `value`, in either case; not if that is too short to say anything.
pub(super) fn is_in(value: &str, text: &str) -> bool {
    looked_for(value).is_some_and(|value| text.to_ascii_lowercase().contains(&value))
}

fn looked_for(value: &str) -> Option<String> {
    let value = value.trim();
    (value.len() >= SHORTEST).then(|| value.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_group_said_is_public_in_either_case_and_in_parts() {
        let mut public = Public::default();
        public.say(Group(1), ["Some Name".to_owned(), "abc".to_owned()]);
        assert!(public.has_in(Group(1), "some name"));
        assert!(public.has_in(Group(1), " NAME "));
        assert!(!public.has_in(Group(2), "name"));
        assert!(public.has("name"));
        assert!(!public.has("abc"));
    }

    #[test]
    fn the_oldest_groups_are_forgotten() {
        let mut public = Public::default();
        for number in 0..=GROUPS as u64 {
            public.say(Group(number), [format!("text {number}")]);
        }
        assert!(!public.has_in(Group(0), "text 0"));
        assert!(public.has_in(Group(1), "text 1"));
    }
}
