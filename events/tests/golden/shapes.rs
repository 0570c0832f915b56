//! The stored shapes, pinned: one file per type and version ever written. Files are added, never edited.

use std::collections::BTreeSet;
use std::path::PathBuf;

use events::codec::{current, decode, encode};
use serde_json::Value;

fn golden() -> Vec<(String, i16, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let name = path
                .file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .strip_suffix(".json")
                .unwrap()
                .to_owned();
            let (kind, version) = name.rsplit_once(".v").unwrap();
            let text = std::fs::read(&path).unwrap();
            (kind.to_owned(), version.parse().unwrap(), serde_json::from_slice(&text).unwrap())
        })
        .collect()
}

#[test]
fn every_type_and_version_has_a_golden_file() {
    let files: BTreeSet<_> =
        golden().into_iter().map(|(kind, version, _)| (kind, version)).collect();
    let expected: BTreeSet<_> = current()
        .flat_map(|(kind, newest)| (1..=newest).map(move |version| (kind.to_owned(), version)))
        .collect();
    assert_eq!(files, expected);
}

#[test]
fn every_golden_file_decodes_and_the_newest_encodes_to_the_same_value() {
    for (kind, version, stored) in golden() {
        let event =
            decode(&kind, version, &serde_json::to_vec(&stored).unwrap()).unwrap_or_else(|error| {
                panic!("{kind} v{version}: {error}: {:?}", std::error::Error::source(&error))
            });
        let (written_kind, newest, payload) = encode(&event);
        assert_eq!(written_kind, kind);
        if version == newest {
            let written: Value = serde_json::from_slice(&payload).unwrap();
            assert_eq!(written, stored, "{kind} v{version}");
        }
    }
}

#[test]
fn an_old_shape_means_what_its_newest_shape_says() {
    let files = golden();
    let find = |version: i16| {
        let (kind, version, stored) =
            files.iter().find(|(kind, v, _)| kind == "stage.added" && *v == version).unwrap();
        decode(kind, *version, &serde_json::to_vec(stored).unwrap()).unwrap()
    };
    assert_eq!(find(1), find(2));
}

#[test]
fn unknown_fields_of_a_newer_writer_are_ignored_and_missing_ones_are_not() {
    let added = br#"{"close_date":"2026-03-09","reason":"price","competitor":null,"probability":0,"stage_when_closed":null,"later":1}"#;
    assert!(decode("sale.lost", 1, added).is_ok());
    assert!(decode("sale.lost", 1, br#"{"reason":"price"}"#).is_err());
    assert!(decode("sale.lost", 1, b"not json").is_err());
}

#[test]
fn a_margin_without_percent_comes_back_as_it_was_so_12() {
    let stored = br#"{"amount":{"amount":"0.00","currency":"NOK"},"margin":{"total_cost":"1.00","profit":"-1.00","profit_percent":null}}"#;
    let event = decode("sale.amount-changed", 1, stored).unwrap();
    let (_, _, payload) = encode(&event);
    assert_eq!(
        serde_json::from_slice::<Value>(&payload).unwrap(),
        serde_json::from_slice::<Value>(stored).unwrap()
    );
}

#[test]
fn the_type_of_a_follow_up_is_stored_where_there_is_one_sd_1() {
    let item = r#"{"list":"follow_up_type","key":"harbour-visit","labels":{"en":"Harbour visit"},"rank":90,"kind":"meeting","minutes":120}"#;
    let planned = r#"{"kind":"meeting","slot":{"from_day":"2026-03-17","to_day":"2026-03-17"},"owner":"ola","owner_group":null,
        "title":"Harbour","description":null,"sale":null,"parties":{"company":null,"contact":null,"project":null},
        "alarm_minutes":null,"follow_up_type":"harbour-visit"}"#;
    let suggested = r#"{"id":"0198f0a0-0000-7000-8000-000000000101","stage":"0198f0a0-0000-7000-8000-000000000001","rank":10,
        "name":{"en":"Harbour"},"purpose":null,"required":true,"suggestion":"follow_up","kind":"meeting","auto_suggest":false,
        "offset_days":7,"duration_minutes":null,"text":null,"follow_up_type":"harbour-visit"}"#;
    for (kind, stored) in [
        ("list.item-added", item),
        ("activity.planned", planned),
        ("sale-type.guide-item-added", suggested),
    ] {
        let event = decode(kind, 1, stored.as_bytes()).unwrap();
        let (_, _, payload) = encode(&event);
        let written: Value = serde_json::from_slice(&payload).unwrap();
        assert_eq!(written, serde_json::from_str::<Value>(stored).unwrap(), "{kind}");
    }
}
