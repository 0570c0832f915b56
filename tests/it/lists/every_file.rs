//! Every list there is, as both kinds of file (SD-28).

use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};
use serde_json::{Value, json};

use super::Shop;
use super::export::cells;
use super::tables::shop;

/// Questions for all exports that name no record, ready to be asked more.
async fn exports(shop: &Shop) -> Vec<String> {
    let document = shop.world.question("/openapi.json").send().await.expect(200).json();
    let paths = document["paths"].as_object().unwrap().keys();
    let paths = paths.filter(|path| path.ends_with("/export") && !path.contains('{'));
    let needed = |path: &String| match path.as_str() {
        "/v1/sales/grouped/export" => format!("{path}?group_by=owner,status&currency=EUR"),
        _ => format!("{path}?today=2026-03-10"),
    };
    paths.map(needed).collect()
}

/// What a cell of a workbook says in the words of a CSV file.
fn in_words(cell: &Data, beside: &str) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::Bool(mark) => mark.to_string(),
        // as many places as the text has; 15 digits are exact
        Data::Float(number) => {
            let places = beside.split_once('.').map_or(0, |(_, places)| places.len());
            format!("{number:.places$}")
        }
        Data::Int(number) => number.to_string(),
        Data::DateTime(at) => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            if beside.len() == 10 {
                format!("{year:04}-{month:02}-{day:02}")
            } else {
                format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
            }
        }
        Data::String(text) => {
            let active =
                text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
            let number = text.parse::<f64>().is_ok();
            if active && !number { format!("'{text}") } else { text.clone() }
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn both_kinds_of_file_say_the_same_cell_by_cell_of_every_list_and_hold_no_formula_sd_28() {
    let shop = shop().await;
    let exports = exports(&shop).await;
    assert!(exports.len() >= 17, "{exports:?}");
    for path in &exports {
        shop.world.caught_up().await;
        let text = shop.world.get(&shop.fixture.importer, path).await.expect(200);
        let answer = shop
            .world
            .question(&format!("{path}&format=xlsx"))
            .bearer(&shop.fixture.importer)
            .open()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let bytes = answer.bytes().await.unwrap().to_vec();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let name = book.sheet_names()[0].clone();
        assert!(book.worksheet_formula(&name).unwrap().is_empty(), "{path}");
        let sheet: Range<Data> = book.worksheet_range(&name).unwrap();
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).from_reader(text.text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(sheet.height(), rows.len(), "{path}");
        for (at, row) in rows.iter().enumerate() {
            for (column, cell) in row.iter().enumerate() {
                let shown = sheet.get((at, column)).unwrap_or(&Data::Empty);
                let instant = cell.len() > 20 && cell.ends_with('Z') && cell.contains('.');
                let cell = if instant { format!("{}Z", &cell[..19]) } else { cell.to_owned() };
                assert_eq!(in_words(shown, &cell), cell, "{path} row {at}: {}", &rows[0][column]);
                if !matches!(shown, Data::Float(_)) {
                    assert!(!cell.starts_with(['=', '+', '@', '\t', '\r']), "{path}: {cell}");
                }
            }
        }
    }
}

#[tokio::test]
async fn every_export_needs_its_right_a_token_and_parameters_it_knows_sd_28_so_44() {
    let shop = shop().await;
    let take = json!({"role": "seller", "right": "export", "allowed": false});
    let path = "/v1/tenants/demo/set-functional-right";
    shop.world.post(&shop.world.token("eva", "admin"), path, &take).await.expect(200);
    let seller = shop.world.token_in("demo", "ola", &["seller"], &["North"]);
    for path in exports(&shop).await {
        shop.world.get(&seller, &path).await.expect_problem(403, "forbidden");
        shop.world.question(&path).send().await.expect_problem(401, "token_missing");
        for (question, code, name) in [
            ("format=pdf", "bad_parameter", "format"),
            ("limit=5", "unknown_parameter", "limit"),
            ("cursor=x", "unknown_parameter", "cursor"),
            ("colour=red", "unknown_parameter", "colour"),
        ] {
            let reply = shop.world.get(&shop.fixture.importer, &format!("{path}&{question}")).await;
            let problem: Value = reply.expect_problem(400, code).json();
            assert_eq!(problem["errors"][0]["parameter"], name, "{path}&{question}");
        }
        let stranger = shop.world.token_of("elsewhere", "ola", &["manager"]);
        let reply = shop.world.get(&stranger, &path).await.expect(200);
        // what every tenant has from the beginning: a currency, a type of targets, lanes of the board
        let shipped =
            ["currencies", "target-types", "board"].iter().any(|list| path.contains(list));
        assert!(shipped || reply.text.lines().count() == 1, "{path}: headings only");
    }
    let rows = cells(
        &shop.world.get(&shop.fixture.importer, "/v1/sales/export").await.expect(200),
        &["id"],
    );
    assert_eq!(rows.len(), 6);
}
