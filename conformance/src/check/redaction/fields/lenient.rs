//! Members and their texts in bytes that may be JSON, or the beginning of it, or broken: as much as
//! a server could take from them too.

/// How much of a body is looked at.
const MOST: usize = 64 << 10;

/// Calls `each` with every text that is a value, and the names of the members that it is in,
/// outermost first.
pub(super) fn each_member(bytes: &[u8], each: &mut dyn FnMut(&[String], String)) {
    let bytes = &bytes[..bytes.len().min(MOST)];
    // A name for each open object or array; the one of an array's items is the array's.
    let mut open: Vec<(String, Kind)> = Vec::new();
    let mut name: Option<String> = None;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                let end = string_end(bytes, at + 1);
                let text = text(&bytes[at + 1..end]);
                at = end + 1;
                let rest = bytes[at.min(bytes.len())..].trim_ascii_start();
                if rest.first() == Some(&b':') {
                    name = Some(text);
                    at = bytes.len() - rest.len() + 1;
                } else {
                    tell(&open, name.as_ref(), text, each);
                }
            }
            b'{' | b'[' => {
                let kind = if bytes[at] == b'{' {
                    Kind::Object
                } else {
                    Kind::Array
                };
                open.push((name.take().unwrap_or_default(), kind));
                at += 1;
            }
            b'}' | b']' => {
                open.pop();
                name = None;
                at += 1;
            }
            b',' => {
                name = None;
                at += 1;
            }
            byte if byte.is_ascii_digit() => {
                let end = bytes[at..].iter().position(|one| !is_of_number(*one));
                let end = end.map_or(bytes.len(), |length| at + length);
                tell(&open, name.as_ref(), text(&bytes[at..end]), each);
                at = end;
            }
            _ => at += 1,
        }
    }
}

/// What is open around a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Object,
    Array,
}

/// In an object only what stands behind a name is a value: the rest is a name that is cut off.
fn tell(
    open: &[(String, Kind)],
    name: Option<&String>,
    value: String,
    each: &mut dyn FnMut(&[String], String),
) {
    if name.is_none() && open.last().is_some_and(|(_, kind)| *kind == Kind::Object) {
        return;
    }
    let names = open.iter().map(|(name, _)| name).chain(name);
    let path: Vec<String> = names.filter(|name| !name.is_empty()).cloned().collect();
    if !path.is_empty() {
        each(&path, value);
    }
}

fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-')
}

/// Where the string ends that begins at `start`: at its quotation mark, or with the bytes.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len())
}

/// What a JSON string says; what stands there if it is none.
fn text(raw: &[u8]) -> String {
    let quoted = [b"\"", raw, b"\""].concat();
    serde_json::from_slice(&quoted).unwrap_or_else(|_| String::from_utf8_lossy(raw).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        each_member(text.as_bytes(), &mut |path, value| {
            found.push(format!("{} = {value}", path.join("/")));
        });
        found
    }

    #[test]
    fn members_are_found_in_broken_json() {
        let whole = r#"{"a": {"b": "x\"y", "c": [1, "two"]}, "d": "z"}"#;
        let expected = ["a/b = x\"y", "a/c = 1", "a/c = two", "d = z"];
        assert_eq!(members(whole), expected);
        assert_eq!(members(&format!("{{,{}", &whole[1..])), expected);
        assert_eq!(members(&format!("[{whole}]")), expected);
        for end in 0..whole.len() {
            // Nothing is made up, and nothing panics.
            for member in members(&whole[..end]) {
                assert!(
                    expected
                        .iter()
                        .any(|one| one.starts_with(member.trim_end_matches('\\'))),
                    "{member}"
                );
            }
        }
        assert!(members("no json").is_empty());
    }
}
