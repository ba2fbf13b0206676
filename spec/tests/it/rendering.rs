//! Diagnostics as text: colours, annotations, long lines, control characters, many of a kind.

use std::fmt::Write as _;

use spec::{Document, Style};

fn error(name: &str, text: &str) -> spec::LoadError {
    Document::from_text(name, text, &[]).unwrap_err()
}

#[test]
fn ansi_style_has_escapes_and_plain_has_none() {
    let error = error("a.yaml", "swagger: '2.0'\n");
    assert!(error.render(Style::Ansi).contains("\u{1b}["));
    assert!(!error.render(Style::Plain).contains('\u{1b}'));
}

#[test]
fn annotations_of_github_are_one_line_each() {
    let error = error(
        "dir,a:b/c%.yaml",
        "openapi: 3.1.0\ninfo: {title: 5, version: \"1\"}\npaths: 5\n",
    );
    insta::assert_snapshot!(error.render_github());
}

#[test]
fn a_minified_line_is_cut_around_the_fault() {
    let text = format!(
        "{{\"openapi\":\"3.1.0\",\"info\":{{\"title\":\"{}\",\"version\":7,\"description\":\"{}\"}}}}",
        "word ".repeat(400),
        "word ".repeat(400)
    );
    let rendered = error("a.json", &text).render(Style::Plain);
    assert!(
        rendered.lines().all(|line| line.chars().count() < 200),
        "{rendered}"
    );
    insta::assert_snapshot!(rendered);
}

#[test]
fn control_characters_of_a_document_do_not_reach_the_terminal() {
    let text = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  \"/a\": {get: {deprecated: \"\u{1b}[31m\u{202e}x\"}}\n  \"b\\e[2J\": {}\n";
    let rendered = error("a.yaml", text).render(Style::Plain);
    assert!(!rendered.contains(['\u{1b}', '\u{202e}']), "{rendered:?}");
    insta::assert_snapshot!(rendered);
}

#[test]
fn many_faults_of_a_kind_are_counted() {
    let mut text =
        String::from("openapi: 3.1.0\ninfo: {title: T, version: '1'}\ncomponents:\n  schemas:\n");
    for number in 0..30 {
        let _ = writeln!(text, "    A{number}: {{type: strin, nullable: true}}");
    }
    let error = error("a.yaml", &text);
    assert_eq!(error.diagnostics().len(), 60);
    let rendered = error.render(Style::Plain);
    assert!(
        rendered.contains("error[unknown-type]: 10 more like this"),
        "{rendered}"
    );
    assert!(
        rendered.contains("warning[version-mismatch]: 27 more like this"),
        "{rendered}"
    );
}

#[test]
fn wide_characters_and_tabs_keep_the_column() {
    let text = "{\"openapi\": \"3.1.0\",\t\"info\": {\"title\": \"日本語é\", \"version\": 1}}";
    insta::assert_snapshot!(error("a.json", text).render(Style::Plain));
}
