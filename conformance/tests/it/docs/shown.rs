//! What the README shows is what the program prints: numbers and drawn words aside, each line of it, in
//! this order. What is printed beside is left out there.

use crate::{cli::command, docs::read};

/// The block of the README that begins with a line that holds `first`.
fn block(first: &str) -> Vec<String> {
    let page = read("README.md");
    let blocks = page.split("```text\n").skip(1);
    let mut blocks = blocks.map(|block| block.split("```").next().unwrap_or_default());
    let block = blocks.find(|block| block.lines().any(|line| line.contains(first)));
    let block = block.unwrap_or_else(|| panic!("no block of the README holds {first}"));
    block
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with("$ "))
        .map(str::to_owned)
        .collect()
}

/// `line` with its numbers and its words of hexadecimal digits as marks.
fn plain(line: &str) -> String {
    let is_word = |one: char| one.is_ascii_alphanumeric() || one == '.';
    let mut words = Vec::new();
    for word in line.split_inclusive(|one: char| !is_word(one)) {
        let (text, end) = match word.char_indices().last() {
            Some((at, last)) if !is_word(last) => (&word[..at], &word[at..]),
            _ => (word, ""),
        };
        let hexadecimal = text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if hexadecimal {
            words.push(format!("H{end}"));
            continue;
        }
        let mut kept = String::new();
        for one in text.chars() {
            if !one.is_ascii_digit() {
                kept.push(one);
            } else if !kept.ends_with('0') {
                kept.push('0');
            }
        }
        words.push(format!("{}{end}", kept.replace("0.0", "0")));
    }
    // Numbers of other lengths move what stands in columns.
    words
        .concat()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// Asserts that the lines of the README stand in `printed`, in their order.
fn holds(shown: &[String], printed: &str) {
    let mut lines = printed.lines().map(plain);
    for line in shown {
        let wanted = plain(line);
        // The README cuts long lines, within a word mostly.
        let found = match wanted.split_once('…') {
            Some((begin, _)) => {
                let whole = begin.trim_end_matches(|one: char| one.is_ascii_alphanumeric());
                lines.any(|one| one.starts_with(whole))
            }
            None => lines.any(|one| one == wanted),
        };
        assert!(
            found,
            "the README shows a line that is not printed there:\n{line}\n\n{printed}"
        );
    }
}

fn printed(arguments: &[&str]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let output = command(directory.path(), arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn numbers_are_set_aside_and_words_are_not() {
    assert_eq!(
        plain("     Summary [  4.618s] 159 of 159 cases passed · p50 3.6 ms · p99 43 ms"),
        plain("     Summary [ 13.01s] 8 of 8 cases passed · p50 12 ms · p99 4.1 ms"),
    );
    assert_ne!(plain("159 cases passed"), plain("159 cases failed"));
    assert_eq!(plain("replay 977e7a8f"), plain("replay 01234567"));
}

#[test]
fn a_run_prints_what_the_readme_shows() {
    holds(
        &block("embedded skyvern server"),
        &printed(&["run", "--seed", "1"]),
    );
}

#[test]
fn a_finding_is_told_as_the_readme_shows() {
    let shown = read("README.md");
    let line = shown
        .lines()
        .find_map(|line| line.split_once("-- run --seed 1 --defect "));
    let (_, rest) = line.unwrap();
    let run = [
        &["run", "--seed", "1", "--defect"],
        &rest.split(' ').collect::<Vec<_>>()[..],
    ]
    .concat();
    holds(&block("LIF003 the answer"), &printed(&run));
}
