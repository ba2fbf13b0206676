//! Texts of the formats of JSON Schema 2020-12 (Validation, section 7.3) and of the OpenAPI
//! format registry. A format is an annotation: valid values keep it, nothing is refused for it.

use proptest::{prelude::RngExt, test_runner::TestRng};

/// A text of the format, the plainest one first; `None` if the format says nothing about texts.
pub(crate) fn draw(format: &str, rng: &mut TestRng) -> Option<String> {
    let n = |rng: &mut TestRng, low: u32, high: u32| rng.random_range(low..=high);
    Some(match format {
        "date-time" => {
            let offset = ["Z", "Z", "+00:00", "-05:30"][rng.random_range(0..4_usize)];
            let fraction = ["", "", ".5", ".123456"][rng.random_range(0..4_usize)];
            format!("{}T{}{fraction}{offset}", date(rng), time(rng))
        }
        "date" => date(rng),
        "time" => format!("{}Z", time(rng)),
        "duration" => match n(rng, 0, 3) {
            0 => format!("P{}D", n(rng, 0, 30)),
            1 => format!("PT{}M", n(rng, 0, 59)),
            2 => format!("P{}W", n(rng, 1, 52)),
            _ => format!(
                "P{}Y{}M{}DT{}H{}M",
                n(rng, 1, 9),
                n(rng, 1, 11),
                n(rng, 1, 28),
                n(rng, 1, 23),
                n(rng, 1, 59)
            ),
        },
        "email" | "idn-email" => format!("{}@example.{}", word(rng), tld(rng)),
        "hostname" | "idn-hostname" => format!("{}.example.{}", word(rng), tld(rng)),
        "ipv4" | "ip" => format!("192.0.2.{}", n(rng, 0, 255)),
        "ipv6" => format!("2001:db8::{:x}", n(rng, 0, 0xffff)),
        "uri" | "url" | "iri" | "uri-reference" | "iri-reference" => {
            let path = word(rng);
            match n(rng, 0, 3) {
                0 => format!("https://example.{}", tld(rng)),
                1 => format!("https://example.{}/{path}?{}=1", tld(rng), word(rng)),
                _ => format!("https://example.{}/{path}", tld(rng)),
            }
        }
        "uri-template" => format!("https://example.com/{{{}}}", word(rng)),
        "uuid" => format!(
            "{:08x}-{:04x}-4{:03x}-{:x}{:03x}-{:04x}{:08x}",
            rng.random::<u32>(),
            rng.random::<u16>(),
            n(rng, 0, 0xfff),
            n(rng, 8, 11),
            n(rng, 0, 0xfff),
            rng.random::<u16>(),
            rng.random::<u32>(),
        ),
        "json-pointer" => format!("/{}/{}", word(rng), n(rng, 0, 9)),
        "relative-json-pointer" => format!("{}/{}", n(rng, 0, 9), word(rng)),
        "regex" => format!("^{}$", word(rng)),
        "byte" | "base64" | "base64url" => {
            const QUADS: [&str; 6] = ["YQ==", "aGk=", "Zm9v", "MDEyMzQ1", "Zm9vYmFy", "AAAA"];
            QUADS[rng.random_range(0..QUADS.len())].to_owned()
        }
        "unix-time" | "timestamp" => n(rng, 0, 2_000_000_000).to_string(),
        _ => return None,
    })
}

/// Whether texts of the format are drawn by [`draw`].
pub(crate) fn is_known(format: &str) -> bool {
    let mut rng = TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::XorShift);
    draw(format, &mut rng).is_some()
}

fn date(rng: &mut TestRng) -> String {
    match rng.random_range(0..8_u8) {
        0 => "2024-02-29".to_owned(),
        1 => "1970-01-01".to_owned(),
        _ => format!(
            "{:04}-{:02}-{:02}",
            rng.random_range(1970..=2037_u16),
            rng.random_range(1..=12_u8),
            rng.random_range(1..=28_u8)
        ),
    }
}

fn time(rng: &mut TestRng) -> String {
    format!(
        "{:02}:{:02}:{:02}",
        rng.random_range(0..24_u8),
        rng.random_range(0..60_u8),
        rng.random_range(0..60_u8)
    )
}

fn tld(rng: &mut TestRng) -> &'static str {
    ["com", "net", "org"][rng.random_range(0..3_usize)]
}

fn word(rng: &mut TestRng) -> String {
    let length = rng.random_range(1..=8_usize);
    (0..length)
        .map(|_| char::from(rng.random_range(b'a'..=b'z')))
        .collect()
}
