//! Trees of YAML and JSON: shapes, places, and what ends in an error.

use super::*;

fn yaml(text: &str) -> Document {
    Document::yaml(ReportPath::new("t.yaml"), text.to_owned()).unwrap()
}

fn json(text: &str) -> Result<Document, UsageError> {
    Document::json(ReportPath::new("t.json"), text.to_owned())
}

#[test]
fn short_tags_are_long_keys_and_values_know_their_place() {
    let document = yaml("a: 1\nlayers:\n  - !Ref Deps   # layerlint: here\n  - !Sub 'arn:${X}'\n");
    let layers = document.root().unwrap().get("layers").unwrap();
    let found: Vec<_> = layers
        .items()
        .map(|one| {
            let pair = one.only_pair().unwrap();
            let span = pair.value.span();
            (pair.key, pair.value.text().unwrap(), span.line, span.column)
        })
        .collect();
    assert_eq!(found, [("Ref", "Deps", 3, 10), ("Fn::Sub", "arn:${X}", 4, 10)]);
    assert_eq!(document.comments.len(), 1);
    assert!(!document.comments[0].alone);
    assert_eq!(document.root().unwrap().pair("layers").unwrap().key_span().line, 2);
}

#[test]
fn account_ids_keep_their_digits_and_merge_keys_are_followed() {
    let document = yaml("base: &b {id: 012345678901, other: x}\nuse:\n  <<: *b\n  other: y\n");
    let used = document.root().unwrap().get("use").unwrap();
    assert_eq!(used.get("id").unwrap().shape(), Shape::Number);
    assert_eq!(used.get("id").unwrap().scalar(), Some("012345678901"));
    assert_eq!(used.get("other").unwrap().text(), Some("y"));
}

#[test]
fn aliases_are_shared_and_one_inside_itself_is_nothing() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..40 {
        let before = format!("*a{}", level - 1);
        text.push_str(&format!("a{level}: &a{level} [{}]\n", vec![before; 10].join(", ")));
    }
    let document = yaml(&text);
    assert!(document.nodes.len() < 200);
    let own = yaml("a: &a [*a]\n");
    assert_eq!(own.root().unwrap().get("a").unwrap().items().next().unwrap().shape(), Shape::Null);
}

#[test]
fn nesting_ends_in_an_error_with_a_place() {
    for text in ["[".repeat(200_000), "- ".repeat(300_000), "{a: ".repeat(100_000)] {
        assert!(Document::yaml(ReportPath::new("t.yaml"), text).is_err());
    }
    assert!(json(&"[".repeat(200_000)).is_err());
    assert!(json(&"{\"a\":".repeat(100_000)).is_err());
}

#[test]
fn json_may_be_several_values_with_places_in_the_whole_text() {
    let document = json("\u{feff}{\"a\": 1}\n{\"b\": {\"c\": \"ü\"}, \"d\": 2}\n").unwrap();
    assert_eq!(document.roots().count(), 2);
    let second = document.roots().nth(1).unwrap();
    assert_eq!(second.at(&["b", "c"]).unwrap().text(), Some("ü"));
    let span = second.get("d").unwrap().span();
    assert_eq!((span.line, span.column), (2, 24));
}

#[test]
fn keys_written_twice_are_told() {
    assert_eq!(
        yaml("a: 1\nb: 2\na: 3\n")
            .repeated_keys()
            .map(|(key, span)| (key.to_owned(), span.line))
            .collect::<Vec<_>>(),
        [("a".to_owned(), 3)]
    );
    let document = json("{\"a\": 1, \"a\": 2}").unwrap();
    assert_eq!(document.repeated_keys().count(), 1);
    assert_eq!(document.root().unwrap().get("a").unwrap().scalar(), Some("2"));
}

#[test]
fn what_is_broken_says_where() {
    let error = json("{\"a\": 1,}").unwrap_err();
    assert!(error.to_string().starts_with("t.json: not JSON"), "{error}");
    let error = Document::yaml(ReportPath::new("t.yaml"), "a:\n\t- b\n c: [\n".to_owned()).unwrap_err();
    assert!(error.to_string().starts_with("t.yaml: not YAML"), "{error}");
}

#[test]
fn a_long_line_is_measured_in_steps() {
    let text = format!("[{}\"end\"]", "\"äöü\", ".repeat(3000));
    let document = json(&text).unwrap();
    let last = document.root().unwrap().items().last().unwrap();
    assert_eq!(last.span().column, 2 + 3000 * 7);
}
