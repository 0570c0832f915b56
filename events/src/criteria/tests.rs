//! Criteria as people write them, as JSON, and as nobody should write them.

use chrono::NaiveDate;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;

use super::*;

fn parse(text: &str) -> Result<Criteria, String> {
    Criteria::parse(text).map_err(|fault| fault.to_string())
}

fn one(text: &str) -> Condition {
    let criteria = Criteria::parse(text).unwrap();
    let criterion = &criteria.blocks()[0].criteria()[0];
    criterion.condition_of(criterion.field().kind().unwrap()).unwrap().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn and_binds_within_a_block_and_or_between_blocks_sf_7() {
    let text = r#"status one_of open and amount gt 5000 or title contains "fjord, erp""#;
    let criteria = parse(text).unwrap();
    let written = json!({"any": [
        {"all": [
            {"field": "status", "operator": "one_of", "values": ["open"]},
            {"field": "amount", "operator": "gt", "values": ["5000"]},
        ]},
        {"all": [{"field": "title", "operator": "contains", "values": ["fjord, erp"]}]},
    ]});
    assert_eq!(serde_json::to_value(&criteria).unwrap(), written);
    assert_eq!(serde_json::from_value::<Criteria>(written).unwrap(), criteria);
    assert_eq!(criteria.to_string(), text);
}

#[test]
fn an_empty_value_asks_nothing_and_is_kept_sf_7() {
    for text in ["", "  ", "title contains", "title contains \"\"", "owner one_of \"\",\" \""] {
        assert_eq!(parse(text).unwrap().asking().count(), 0, "{text:?}");
    }
    let criteria = parse("title contains \"\" and amount gt 5 or owner one_of").unwrap();
    assert_eq!(criteria.asking().map(|block| block.len()).collect::<Vec<_>>(), [1]);
    assert_eq!(criteria.blocks().len(), 2);
}

#[test]
fn every_kind_has_the_operators_of_sf_8_and_no_others() {
    for field in Field::ALL {
        let kind = field.kind().unwrap();
        for operator in all_operators() {
            let values = (0..operator.takes().0).map(|_| value_of(kind, operator)).collect();
            let criterion = Criterion::new(field.clone(), operator, values);
            let known = Operator::of(kind).contains(&operator);
            assert_eq!(criterion.is_ok(), known, "{field} {operator}: {criterion:?}");
        }
    }
}

fn all_operators() -> Vec<Operator> {
    let kinds = [Kind::Text, Kind::FullText, Kind::YesNo, Kind::Number, Kind::Date];
    let mut all: Vec<Operator> = kinds.into_iter().flat_map(Operator::of).copied().collect();
    all.extend(Operator::of(Kind::List(Item::Word)));
    all
}

fn value_of(kind: Kind, operator: Operator) -> String {
    let counts = matches!(operator, Operator::Next(_) | Operator::Previous(_));
    let value = match kind {
        Kind::Text | Kind::FullText | Kind::List(Item::Word | Item::User) => "fjord",
        Kind::YesNo => "true",
        Kind::Number | Kind::Money => "5000",
        Kind::Date if counts => "2",
        Kind::Date => "2026-03-10",
        Kind::List(Item::Id | Item::IdOrNone) => "00000000-0000-0000-0000-0000000000f1",
        Kind::List(Item::Of(words)) => words[0],
    };
    value.to_owned()
}

#[test]
fn words_of_fields_and_operators_are_unique() {
    let mut fields: Vec<String> = Field::ALL.iter().map(ToString::to_string).collect();
    let count = fields.len();
    fields.sort();
    fields.dedup();
    assert_eq!(fields.len(), count);
    for field in Field::ALL {
        assert_eq!(Field::parse(&field.to_string()), Ok(field.clone()));
    }
    for operator in all_operators() {
        assert_eq!(Operator::parse(operator.word()), Ok(operator));
    }
}

#[test]
fn days_move_with_today_sf_8() {
    let today = day("2026-03-11"); // a Wednesday
    for (operator, from, to) in [
        ("today", "2026-03-11", "2026-03-11"),
        ("this_week", "2026-03-09", "2026-03-15"),
        ("this_month", "2026-03-01", "2026-03-31"),
        ("this_quarter", "2026-01-01", "2026-03-31"),
        ("this_year", "2026-01-01", "2026-12-31"),
        ("next_days 3", "2026-03-12", "2026-03-14"),
        ("next_weeks 1", "2026-03-16", "2026-03-22"),
        ("next_months 1", "2026-04-01", "2026-04-30"),
        ("next_quarters 2", "2026-04-01", "2026-09-30"),
        ("next_years 1", "2027-01-01", "2027-12-31"),
        ("previous_days 1", "2026-03-10", "2026-03-10"),
        ("previous_weeks 2", "2026-02-23", "2026-03-08"),
        ("previous_months 3", "2025-12-01", "2026-02-28"),
        ("previous_quarters 1", "2025-10-01", "2025-12-31"),
        ("previous_years 1", "2025-01-01", "2025-12-31"),
        ("on 2026-05-17", "2026-05-17", "2026-05-17"),
        ("between 2026-05-17,2026-05-18", "2026-05-17", "2026-05-18"),
    ] {
        let Test::Days(days) = one(&format!("sale_date {operator}")).test else { panic!() };
        assert_eq!(days.on(today), (Some(day(from)), Some(day(to))), "{operator}");
    }
    let open = |text: &str| match one(&format!("sale_date {text}")).test {
        Test::Days(days) => days.on(today),
        other => panic!("{other:?}"),
    };
    assert_eq!(open("before 2026-05-17"), (None, Some(day("2026-05-16"))));
    assert_eq!(open("after 2026-05-17"), (Some(day("2026-05-18")), None));
    assert_eq!(open("before_today"), (None, Some(day("2026-03-10"))));
    assert_eq!(open("after_today"), (Some(day("2026-03-12")), None));
    assert_eq!(Days::Around(Span::Year, 1, 1001).on(NaiveDate::MAX), (None, None));
}

#[test]
fn numbers_are_compared_as_they_are_written_sf_8() {
    let has = |text: &str, number: &str| match one(&format!("amount {text}")) {
        Condition { test: Test::Number(bounds), negated } => {
            bounds.hold(number.parse::<Decimal>().unwrap()) != negated
        }
        other => panic!("{other:?}"),
    };
    assert!(has("gt 5000", "5000.01") && !has("gt 5000", "5000.00"));
    assert!(has("ge 5000", "5000.00") && !has("ge 5000", "4999.99"));
    assert!(has("lt -1.5", "-1.51") && !has("lt -1.5", "-1.5"));
    assert!(has("le 5", "5") && !has("le 5", "5.01"));
    assert!(has("eq 5.00", "5") && !has("ne 5.00", "5") && has("ne 5", "6"));
    assert!(has("between 5,7", "5") && has("between 5,7", "7") && !has("between 5,7", "8"));
    assert!(!has("between 7,5", "6"), "a range that ends before it begins has nothing");
}

#[test]
fn texts_are_compared_without_case_unless_exactly_sf_8() {
    let has = |text: &str, title: &str| match one(&format!("title {text}")) {
        Condition { test: Test::Text(how, wanted), negated } => {
            how.holds(title, &wanted) != negated
        }
        other => panic!("{other:?}"),
    };
    assert!(has("starts_with ÅRE", "åreskutan") && has("not_starts_with x", "åreskutan"));
    assert!(has("contains SKU", "åreskutan") && !has("not_contains sku", "åreskutan"));
    assert!(has("ends_with TAN", "åreskutan") && has("not_ends_with re", "åreskutan"));
    assert!(has("equals ÅRE", "åre") && !has("not_equals åre", "ÅRE"));
    assert!(has("is_exactly Åre", "Åre") && !has("is_exactly Åre", "åre"));
    assert!(has("is_not_exactly Åre", "åre"));
}

#[test]
fn what_cannot_be_asked_is_refused_with_its_reason() {
    let long = "x".repeat(VALUE_CHARS_MAX + 1);
    for (text, reason) in [
        ("colour eq red", "\"colour\" is not a field that can be searched"),
        ("field.Größe eq 1", "\"field.Größe\" is not a field that can be searched"),
        ("amount like 5", "\"like\" is not an operator"),
        ("amount this_day", "\"this_day\" is not an operator"),
        (
            "amount contains 5",
            "contains is not an operator of amount, which is a field of kind money",
        ),
        ("amount gt 5,6", "gt takes one value"),
        ("amount between 5", "between takes two values"),
        ("sale_date today 2026-03-10", "today takes no value"),
        ("amount gt 5e3", "amount: \"5e3\" must be a decimal number"),
        ("sale_date on 2026-02-30", "sale_date: \"2026-02-30\" must be a date"),
        ("sale_date next_days 0", "must be a whole number from 1 to 1000"),
        ("completed is yes", "must be true or false"),
        ("id one_of 7", "must be a UUID"),
        ("status one_of closed", "is not one of the words of this field"),
        ("title", "at character 6: an operator is expected"),
        ("status one_of open and", "at character 23: a field is expected"),
        ("or", "at character 1: a field is expected"),
        ("title contains a b", "at character 18: and, or, or a comma is expected"),
        ("owner one_of ola, and", "at character 19: a value is expected"),
        ("owner one_of ,", "at character 14: a value is expected"),
        ("title contains \"å", "at character 18: a closing quotation mark is expected"),
        (r#"title contains "a\b""#, "at character 19: a quotation mark or a backslash is expected"),
        ("((((", "\"((((\" is not a field that can be searched"),
        (&format!("title contains {long}"), "at most 2048 characters of a value are allowed"),
    ] {
        let refused = parse(text).unwrap_err();
        assert!(refused.contains(reason), "{text}: {refused}");
    }
}

#[test]
fn limits_are_refused_at_one_more() {
    let values = |count: usize| format!("owner one_of {}", vec!["ola"; count].join(","));
    assert!(parse(&values(VALUES_MAX)).is_ok());
    let most = |refused: Result<Criteria, String>| refused.unwrap_err();
    assert_eq!(most(parse(&values(VALUES_MAX + 1))), "at most 1000 values are allowed");
    let joined = |count: usize, with: &str| vec!["completed is true"; count].join(with);
    assert!(parse(&joined(BLOCKS_MAX, " or ")).is_ok());
    assert_eq!(most(parse(&joined(BLOCKS_MAX + 1, " or "))), "at most 20 blocks are allowed");
    assert!(parse(&joined(CRITERIA_MAX, " and ")).is_ok());
    assert_eq!(most(parse(&joined(CRITERIA_MAX + 1, " and "))), "at most 50 criteria are allowed");
    let spread = format!("{} or {}", joined(25, " and "), joined(26, " and "));
    assert_eq!(most(parse(&spread)), "at most 50 criteria are allowed");
    assert_eq!(most(parse(&" ".repeat(TEXT_BYTES_MAX + 1))), "at most 65536 bytes are allowed");
    let ten_thousand = json!({"any": [{"all": [
        {"field": "owner", "operator": "one_of", "values": vec!["ola"; 10_000]}
    ]}]});
    assert!(serde_json::from_value::<Criteria>(ten_thousand).is_err());
    assert!(serde_json::from_value::<Criteria>(json!({"any": [{"all": []}]})).is_err());
}

#[test]
fn a_custom_field_is_checked_when_its_kind_is_known_so_30() {
    let criteria = parse("field.region one_of north and field.region gt 5").unwrap();
    let [first, second] = criteria.blocks()[0].criteria() else { panic!() };
    let kind = Kind::from(crate::FieldKind::List);
    assert!(first.condition_of(kind).unwrap().is_some());
    assert!(matches!(second.condition_of(kind), Err(Fault::OtherKind { .. })));
    let number = parse("field.seats gt many").unwrap();
    let refused = number.blocks()[0].criteria()[0].condition_of(Kind::Number).unwrap_err();
    assert!(matches!(refused, Fault::Value { .. }));
}

/// Any criterion that can be asked.
fn criterion() -> impl Strategy<Value = Criterion> {
    let texts = prop_oneof![
        "[ -~åøœ€]{0,12}",
        Just("and".to_owned()),
        Just("OR".to_owned()),
        Just("a\"b\\c, d".to_owned()),
        Just("\u{2003}\n\t".to_owned()),
    ];
    let text = (prop::sample::select(Operator::of(Kind::Text)), texts.clone()).prop_map(
        |(operator, text)| {
            let values = if operator.takes().1 == 0 { Vec::new() } else { vec![text] };
            Criterion::new(Field::Title, operator, values).unwrap()
        },
    );
    let list = prop::collection::vec(texts, 0..4)
        .prop_map(|values| Criterion::new(Field::Owner, Operator::NotOneOf, values).unwrap());
    let any = prop::sample::select(Field::ALL).prop_flat_map(|field| {
        let kind = field.kind().unwrap();
        prop::sample::select(Operator::of(kind)).prop_map(move |operator| {
            let values = (0..operator.takes().0).map(|_| value_of(kind, operator)).collect();
            Criterion::new(field.clone(), operator, values).unwrap()
        })
    });
    prop_oneof![text, list, any]
}

proptest! {
    #[test]
    fn what_is_written_is_what_is_read_back(
        blocks in prop::collection::vec(prop::collection::vec(criterion(), 1..4), 0..4),
    ) {
        let blocks = blocks.into_iter().map(|all| Block::new(all).unwrap()).collect();
        let criteria = Criteria::new(blocks).unwrap();
        prop_assert_eq!(Criteria::parse(&criteria.to_string()), Ok(criteria.clone()));
        let json = serde_json::to_string(&criteria).unwrap();
        prop_assert_eq!(serde_json::from_str::<Criteria>(&json).unwrap(), criteria);
    }

    #[test]
    fn no_text_is_too_hostile_to_be_refused(text in hostile()) {
        if let Ok(criteria) = Criteria::parse(&text) {
            prop_assert_eq!(Criteria::parse(&criteria.to_string()), Ok(criteria));
        }
    }
}

/// Pieces of the syntax, of SQL and of nothing, in any order.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        prop::sample::select(vec![
            "title",
            "amount",
            "contains",
            "gt",
            "between",
            "one_of",
            "and",
            "or",
            ",",
            "\"",
            "\\",
            " ",
            "'; DROP TABLE sale_version; --",
            "$1",
            "%",
            "\u{0}",
            "\u{202e}",
            "𝕏",
            "(",
            ")",
            "5000",
            "field.",
            "field.region",
            "sale_date",
            "next_days",
            "99999999999999999999",
            "-",
            "open",
            "\r\n",
        ])
        .prop_map(str::to_owned),
        ".{0,8}",
    ];
    prop::collection::vec(pieces, 0..16).prop_map(|pieces| pieces.join(" "))
}
