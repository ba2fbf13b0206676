//! Listed inputs with what each of them shows, and which of them are tried where not all can be.

use std::collections::HashMap;

use spec::Pointer;

/// An input of a list, and what it shows.
#[derive(Clone, Debug)]
pub struct Listed<I> {
    /// The input.
    pub input: I,
    /// Where it shows something: the part of the request, without positions in lists.
    pub place: String,
    /// What it shows there: a keyword that is broken, a bound that is kept, a branch.
    pub point: String,
}

impl<I> Listed<I> {
    /// An input of which nothing is known: one among equals.
    pub fn plain(input: I) -> Self {
        Self {
            input,
            place: String::new(),
            point: String::new(),
        }
    }

    /// An input that shows `point` at `pointer` of `part` of the request.
    pub fn new(input: I, part: &str, pointer: &Pointer, point: &str) -> Self {
        let mut place = part.to_owned();
        for token in pointer.tokens() {
            place.push('/');
            let is_index = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
            place.push_str(if is_index { "*" } else { &token });
        }
        Self {
            input,
            place,
            point: point.to_owned(),
        }
    }
}

/// The places in `listed` of at most `room` inputs, ascending: such as show what no other does at a
/// place that no other touches first, and of those that are alike an evenly spread choice. The same
/// list and room give the same choice.
pub fn choose<I>(listed: &[Listed<I>], room: usize) -> Vec<usize> {
    if listed.len() <= room {
        return (0..listed.len()).collect();
    }
    let mut numbers: HashMap<(&str, &str), usize> = HashMap::new();
    let mut kinds: Vec<Kind> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut points: HashMap<&str, usize> = HashMap::new();
    for (index, one) in listed.iter().enumerate() {
        let kind = *numbers.entry((&one.place, &one.point)).or_insert_with(|| {
            let (next_place, next_point) = (places.len(), points.len());
            kinds.push(Kind {
                place: *places.entry(&one.place).or_insert(next_place),
                point: *points.entry(&one.point).or_insert(next_point),
                inputs: Vec::new(),
                taken: 0,
            });
            kinds.len() - 1
        });
        kinds[kind].inputs.push(index);
    }
    // How often each place and each point is shown by what is chosen.
    let mut by_place = vec![0usize; places.len()];
    let mut by_point = vec![0usize; points.len()];
    for _ in 0..room {
        let next = kinds
            .iter_mut()
            .filter(|kind| kind.taken < kind.inputs.len())
            .min_by_key(|kind| (kind.taken, by_place[kind.place] + by_point[kind.point]));
        let Some(kind) = next else { break };
        kind.taken += 1;
        by_place[kind.place] += 1;
        by_point[kind.point] += 1;
    }
    let mut chosen: Vec<usize> = kinds
        .iter()
        .flat_map(|kind| spread(kind.inputs.len(), kind.taken).map(|place| kind.inputs[place]))
        .collect();
    chosen.sort_unstable();
    chosen
}

/// Inputs that show the same.
struct Kind {
    place: usize,
    point: usize,
    inputs: Vec<usize>,
    taken: usize,
}

/// `room` of `count` indices, evenly spread, first and last among them.
fn spread(count: usize, room: usize) -> impl Iterator<Item = usize> {
    let taken = count.min(room);
    (0..taken).map(move |index| match taken {
        0 | 1 => 0,
        _ => index * (count - 1) / (taken - 1),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn listed(kinds: &[(&str, &str)]) -> Vec<Listed<()>> {
        let one = |(place, point): &(&str, &str)| Listed {
            input: (),
            place: (*place).to_owned(),
            point: (*point).to_owned(),
        };
        kinds.iter().map(one).collect()
    }

    #[test]
    fn inputs_of_one_kind_are_spread() {
        let plain = |count, room| {
            let listed: Vec<Listed<()>> = (0..count).map(|_| Listed::plain(())).collect();
            choose(&listed, room)
        };
        assert_eq!(plain(3, 10), [0, 1, 2]);
        assert_eq!(plain(10, 4), [0, 3, 6, 9]);
        assert_eq!(plain(10, 0), [0; 0]);
        assert_eq!(plain(10, 1), [0]);
    }

    #[test]
    fn new_places_and_points_come_first() {
        let all = listed(&[
            ("/name", "type"),
            ("/name", "type"),
            ("/name", "minLength"),
            ("/list", "type"),
            ("/list", "maxItems"),
        ]);
        // A place and a point that are both new, then what is new in one of them.
        assert_eq!(choose(&all, 2), [0, 4]);
        assert_eq!(choose(&all, 4), [0, 2, 3, 4]);
    }

    #[test]
    fn positions_in_lists_are_one_place() {
        let at = |text| Listed::new((), "body", &Pointer::parse(text).unwrap(), "").place;
        assert_eq!(at("/a/0/b"), at("/a/12/b"));
        assert_eq!(at("/a/0/b"), "body/a/*/b");
        assert_ne!(at("/a/0/b"), at("/a/b"));
    }

    proptest! {
        #[test]
        fn as_many_are_chosen_as_there_is_room_and_every_kind_if_it_fits(
            kinds in prop::collection::vec((0usize..6, 0usize..6), 0..60),
            room in 0usize..80,
        ) {
            let names = ["a", "b", "c", "d", "e", "f"];
            let kinds: Vec<(&str, &str)> =
                kinds.into_iter().map(|(place, point)| (names[place], names[point])).collect();
            let chosen = choose(&listed(&kinds), room);
            prop_assert_eq!(chosen.len(), room.min(kinds.len()));
            prop_assert!(chosen.is_sorted_by(|a, b| a < b));
            let all: BTreeSet<_> = kinds.iter().collect();
            let shown: BTreeSet<_> = chosen.iter().map(|index| &kinds[*index]).collect();
            prop_assert_eq!(shown.len(), all.len().min(room));
        }
    }
}
