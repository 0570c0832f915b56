//! What is refused, with which code and at which place.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::problem::Place;

#[derive(Debug, PartialEq, Deserialize)]
struct Money {
    amount: String,
    currency: String,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Name {
    Plain(String),
    Local(BTreeMap<String, String>),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Meeting,
    ToDo,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
struct Stage(Uuid);

#[derive(Debug, PartialEq, Deserialize)]
struct Body {
    title: String,
    #[serde(default)]
    amount: Option<Money>,
    #[serde(default)]
    probability: Option<u8>,
    #[serde(default)]
    stages: Vec<Stage>,
    #[serde(default)]
    kind: Option<Kind>,
    #[serde(default)]
    name: Option<Name>,
    #[serde(default)]
    ranks: BTreeMap<Stage, i64>,
    #[serde(default)]
    all_day: bool,
    #[serde(default)]
    rest: Value,
}

/// Code and place of the refusal of `text`.
fn refused(text: impl AsRef<[u8]>) -> (&'static str, String) {
    let problem = parse_json::<Body>(text.as_ref()).unwrap_err();
    assert_eq!((problem.status().as_u16(), problem.errors().len()), (400, 1));
    assert_eq!(problem.code(), problem.errors()[0].code);
    let Place::Pointer(pointer) = &problem.errors()[0].place else { panic!("{problem:?}") };
    (problem.code(), pointer.clone())
}

#[test]
fn a_body_is_read_into_its_types() {
    let id = "0198c0de-0000-7000-8000-000000000001";
    let text = format!(
        r#" {{"title":"Fjord \u00e6 \ud83d\ude00","amount":{{"amount":"5","currency":"NOK"}},"probability":20,
        "stages":["{id}"],"kind":"to_do","name":{{"nb":"Tilbud"}},"ranks":{{"{id}":-1}},
        "all_day":true,"rest":{{"a":[1.5,null]}}}} "#
    );
    let stage = || Stage(id.parse().unwrap());
    let expected = Body {
        title: "Fjord æ 😀".into(),
        amount: Some(Money { amount: "5".into(), currency: "NOK".into() }),
        probability: Some(20),
        stages: vec![stage()],
        kind: Some(Kind::ToDo),
        name: Some(Name::Local(BTreeMap::from([("nb".into(), "Tilbud".into())]))),
        ranks: BTreeMap::from([(stage(), -1)]),
        all_day: true,
        rest: json!({"a": [1.5, null]}),
    };
    assert_eq!(parse_json::<Body>(text.as_bytes()).unwrap(), expected);
}

/// SO-F2, SO-F3: what a text may hold is said by its type, and a text that says nothing is a line.
#[test]
fn a_text_is_a_line_unless_its_type_says_otherwise() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Card {
        title: String,
        #[serde(default)]
        name: Option<events::TypeName>,
        #[serde(default)]
        text: Option<events::Description>,
        #[serde(default)]
        notes: Vec<events::Lines>,
        #[serde(default)]
        labels: BTreeMap<String, String>,
        #[serde(default)]
        rest: Value,
    }
    let read = |card: &Value| parse_json::<Card>(card.to_string().as_bytes());
    let several = "one\ntwo\r\n\tthree";
    let good = json!({"title": "Team 👩\u{200d}💻", "text": several, "notes": [several], "rest": {"x": several}});
    let card = read(&good).unwrap();
    assert_eq!(card.text.unwrap().as_str(), several);
    assert_eq!((card.notes[0].as_ref(), &card.rest["x"]), (several, &json!(several)));
    for (field, bad, pointer) in [
        ("title", json!(several), "/title"),
        ("title", json!("zero\u{200b}width"), "/title"),
        ("title", json!("\u{202e}gnp.exe"), "/title"),
        ("title", json!("end\u{200d}"), "/title"),
        ("name", json!("one\ntwo"), "/name"),
        ("name", json!("\u{200b}\u{2060}"), "/name"),
        ("text", json!("\u{1b}[31m"), "/text"),
        ("notes", json!(["one", "two\rthree"]), "/notes/1"),
        ("labels", json!({"en": "one\ntwo"}), "/labels/en"),
    ] {
        let mut card = good.clone();
        card[field] = bad;
        let problem = read(&card).unwrap_err();
        assert_eq!((problem.status().as_u16(), problem.code()), (400, "invalid_value"), "{card}");
        assert_eq!(problem.errors()[0].place, Place::Pointer(pointer.into()), "{card}");
    }
    // what shows nothing is empty, for whoever refuses or clears what is empty
    let nothing = read(&json!({"title": "\u{200b} \u{7}\n", "notes": ["\u{200b}"]})).unwrap();
    assert_eq!((nothing.title.as_str(), nothing.notes[0].as_ref()), ("", ""));
}

#[test]
fn what_is_not_json_is_malformed() {
    let cases: [(&[u8], &str); 22] = [
        (b"", ""),
        (b" \n\t", ""),
        (b"{", ""),
        (br#"{"title":"a""#, ""),
        (br#"{"title":"a"#, "/title"),
        (br#"{"title":"a"} x"#, ""),
        (br#"{"title":"a"}{"title":"a"}"#, ""),
        (br#"{"title":"a",}"#, ""),
        (br#"{'title':'a'}"#, ""),
        (br#"{"title":"a","title":"a"}"#, "/title"),
        (br#"{"title":"a","amount":{"currency":"NOK","curr\u0065ncy":"EUR"}}"#, "/amount/currency"),
        (br#"{"title":"a","rest":[{},{"x":1,"x":1}]}"#, "/rest/1/x"),
        (b"{\"title\":\"\xff\"}", ""),
        (b"\xef\xbb\xbf{\"title\":\"a\"}", ""),
        (br#"{"title":"\ud800"}"#, "/title"),
        (br#"{"title":"\udc00 a"}"#, "/title"),
        (br#"{"title":"\ud800\ud800"}"#, "/title"),
        (br#"{"title":"a\u0000b"}"#, "/title"),
        (br#"{"title":"a","rest":{"\u0000":1}}"#, "/rest/\0"),
        (b"{\"title\":\"a\nb\"}", "/title"),
        (br#"{"title":"a","probability":1e999}"#, "/probability"),
        (br#"{"title":"a","probability":NaN}"#, "/probability"),
    ];
    for (text, pointer) in cases {
        let shown = String::from_utf8_lossy(text);
        assert_eq!(refused(text), ("malformed_body", pointer.to_owned()), "{shown}");
    }
}

#[test]
fn nesting_ends_at_32_levels() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(parse_value(nested(32).as_bytes()).is_ok());
    assert_eq!(parse_value(nested(33).as_bytes()).unwrap_err().code(), "malformed_body");
    assert_eq!(parse_value(nested(100_000).as_bytes()).unwrap_err().code(), "malformed_body");
    let objects = |levels: usize| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
    assert!(parse_value(objects(32).as_bytes()).is_ok());
    assert!(parse_value(objects(33).as_bytes()).is_err());
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    let cases = [
        (r#"{}"#, "missing_field", "/title"),
        (r#"{"title":"a","amount":{"amount":"1"}}"#, "missing_field", "/amount/currency"),
        (r#"{"title":"a","colour":"red"}"#, "unknown_field", "/colour"),
        (r#"{"title":"a","a/b~c":1}"#, "unknown_field", "/a~1b~0c"),
        (
            r#"{"title":"a","amount":{"amount":"1","currency":"NOK","x":1}}"#,
            "unknown_field",
            "/amount/x",
        ),
        (r#"{"title":null}"#, "wrong_type", "/title"),
        (r#"{"title":1}"#, "wrong_type", "/title"),
        (r#"{"title":["a"]}"#, "wrong_type", "/title"),
        (r#"{"title":"a","probability":"20"}"#, "wrong_type", "/probability"),
        (r#"{"title":"a","probability":20.0}"#, "wrong_type", "/probability"),
        (r#"{"title":"a","probability":256}"#, "invalid_value", "/probability"),
        (r#"{"title":"a","probability":-1}"#, "invalid_value", "/probability"),
        (r#"{"title":"a","probability":99999999999999999999}"#, "wrong_type", "/probability"),
        (r#"{"title":"a","amount":["1","NOK"]}"#, "wrong_type", "/amount"),
        (r#"{"title":"a","amount":"1 NOK"}"#, "wrong_type", "/amount"),
        (r#"{"title":"a","stages":["1"]}"#, "invalid_value", "/stages/0"),
        (r#"{"title":"a","stages":{}}"#, "wrong_type", "/stages"),
        (r#"{"title":"a","ranks":{"x":1}}"#, "invalid_value", "/ranks"),
        (r#"{"title":"a","kind":"party"}"#, "invalid_value", "/kind"),
        (r#"{"title":"a","kind":7}"#, "wrong_type", "/kind"),
        (r#"{"title":"a","kind":{"meeting":{}}}"#, "wrong_type", "/kind/meeting"),
        (r#"{"title":"a","name":7}"#, "invalid_value", "/name"),
        (r#"{"title":"a","all_day":0}"#, "wrong_type", "/all_day"),
        (r#"["a"]"#, "wrong_type", ""),
        (r#""a""#, "wrong_type", ""),
        (r#"null"#, "wrong_type", ""),
    ];
    for (text, code, pointer) in cases {
        assert_eq!(refused(text), (code, pointer.to_owned()), "{text}");
    }
}

#[test]
fn a_refusal_speaks_of_json_and_repeats_little() {
    let detail = |text: &str| parse_json::<Body>(text.as_bytes()).unwrap_err().detail().to_owned();
    assert_eq!(detail("[]"), "found an array, expected an object");
    assert_eq!(
        detail(r#"{"title":"a","probability":-1}"#),
        "found integer `-1`, expected a whole number, not negative"
    );
    let long = format!(r#"{{"title":"a","probability":"{}"}}"#, "x".repeat(10_000));
    assert!(detail(&long).len() < 200);
}

#[test]
fn the_place_of_a_part_is_told_from_the_root() {
    let line = parse_value(br#"{"body":{"title":1}}"#).unwrap();
    let problem = decode_value::<Body>(&line["body"], "/body").unwrap_err();
    assert_eq!(problem.errors()[0].place, Place::Pointer("/body/title".into()));
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        "[^\u{0}]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[^\u{0}]{0,6}", inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_json_says_is_read_and_keeps_its_fingerprint(value in any_json()) {
        for text in [value.to_string(), serde_json::to_string_pretty(&value).unwrap()] {
            let read = parse_value(text.as_bytes()).unwrap();
            prop_assert_eq!(&read, &value);
            prop_assert_eq!(fingerprint(&read), fingerprint(&value));
            prop_assert_eq!(decode_value::<Value>(&read, "").unwrap(), value.clone());
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        parse_json::<Body>(&bytes).ok();
    }

    #[test]
    fn a_text_cut_anywhere_is_refused(value in any_json(), cut in any::<prop::sample::Index>()) {
        let text = json!({ "rest": value }).to_string();
        let cut = cut.index(text.len());
        prop_assert!(parse_value(&text.as_bytes()[..cut]).is_err());
    }
}
