//! Lists as workbooks, read back by somebody else's reader (SD-28).

use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};
use serde_json::json;

use super::Shop;

/// The one sheet of a workbook, and the formulas in it.
async fn workbook(shop: &Shop, token: &str, path: &str) -> (Range<Data>, Range<String>) {
    shop.world.caught_up().await;
    let answer = shop.world.question(path).bearer(token).open().await.unwrap();
    assert_eq!(answer.status(), 200);
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    assert_eq!(answer.headers()["content-type"], kind);
    let bytes = answer.bytes().await.unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let names = book.sheet_names();
    assert_eq!(names.len(), 1);
    (book.worksheet_range(&names[0]).unwrap(), book.worksheet_formula(&names[0]).unwrap())
}

/// A cell by row and heading.
fn cell<'a>(sheet: &'a Range<Data>, row: usize, heading: &str) -> &'a Data {
    let headings = sheet.rows().next().unwrap();
    let column = headings.iter().position(|cell| *cell == heading).expect("a column");
    &sheet[(row, column)]
}

#[tokio::test]
async fn a_workbook_holds_numbers_days_and_texts_and_no_formula_sd_28() {
    let shop = Shop::open().await;
    let hostile = "=HYPERLINK(\"http://evil.example\")";
    let party =
        json!({"id": "0198f0a0-0000-7000-8000-0000000000f1", "name": "@Fjord \"& Co\" <AS>"});
    shop.sale(hostile, ("500000.25", "NOK"), "2026-06-10", json!({"company": party})).await;
    shop.sale("Ånes", ("7", "JPY"), "2026-06-11", json!({})).await;
    let path = "/v1/sales/export?format=xlsx&sort=number&currency=EUR";
    let (sheet, formulas) = workbook(&shop, &shop.fixture.importer, path).await;
    assert_eq!(sheet.height(), 3);
    assert!(formulas.is_empty(), "{formulas:?}");
    assert_eq!(cell(&sheet, 1, "title"), &Data::String(hostile.to_owned()));
    assert_eq!(cell(&sheet, 1, "company"), &Data::String("@Fjord \"& Co\" <AS>".to_owned()));
    assert_eq!(cell(&sheet, 1, "number"), &Data::Float(1001.0));
    assert_eq!(cell(&sheet, 1, "amount"), &Data::Float(500_000.25));
    assert_eq!(cell(&sheet, 1, "converted_amount"), &Data::Float(63_385.03));
    assert_eq!(cell(&sheet, 1, "completed"), &Data::Bool(false));
    let Data::DateTime(day) = cell(&sheet, 1, "sale_date") else { panic!("no day") };
    assert_eq!(day.to_ymd_hms_milli(), (2026, 6, 10, 0, 0, 0, 0));
    assert_eq!(cell(&sheet, 2, "title"), &Data::String("Ånes".to_owned()));
    assert_eq!(
        (cell(&sheet, 2, "amount"), cell(&sheet, 2, "company")),
        (&Data::Float(7.0), &Data::Empty)
    );
    assert_eq!(cell(&sheet, 2, "converted_amount"), &Data::Empty, "nobody has a rate");
}

#[tokio::test]
async fn a_workbook_shows_instants_as_the_tenants_clock_does_and_what_a_caller_sees_sd_28_so_44() {
    let shop = Shop::open().await;
    let zone = json!({"time_zone": "Europe/Oslo"});
    let admin = shop.world.token("eva", "admin");
    shop.world.post(&admin, "/v1/tenants/demo/set-time-zone", &zone).await.expect(200);
    for owner in ["ola", "kari"] {
        let body = json!({"kind": "meeting", "title": owner, "start": "2026-07-01T09:00:00Z", "owner": owner});
        shop.world.post(&shop.fixture.importer, "/v1/activities", &body).await.expect(201);
    }
    shop.sellers_see_their_own().await;
    let kari = shop.world.token_in("demo", "kari", &["seller"], &["North"]);
    let (sheet, _) = workbook(&shop, &kari, "/v1/activities/export?format=xlsx").await;
    assert_eq!((sheet.height(), cell(&sheet, 1, "title")), (2, &Data::String("kari".to_owned())));
    let Data::DateTime(start) = cell(&sheet, 1, "start") else { panic!("no instant") };
    assert_eq!(start.to_ymd_hms_milli(), (2026, 7, 1, 11, 0, 0, 0));
    assert_eq!(cell(&sheet, 1, "sale_number"), &Data::Empty);
}
