//! A search shows nothing that is not seen, and tells nothing by what it does not show (SO-44).

use serde_json::json;

use super::{Office, encoded};

#[tokio::test]
async fn sales_that_are_not_seen_are_never_found_so_44() {
    let office = Office::full().await;
    office.rights("sales", ["delete", "none", "none", "none"]).await;
    let seller = office.seller();
    let own = ["Fjord ERP", "Harbour", "Bridge", "Tunnel", "Dollars", "Late"];
    for question in [
        "criteria=".to_owned(),
        format!("criteria={}", encoded("title not_contains nothing")),
        format!("criteria={}", encoded("owner not_one_of nobody or amount gt 0")),
        format!("criteria={}", encoded("description is_empty")),
        format!(
            "criteria={}&as_of=2026-03-09",
            encoded("title contains e or title not_contains e")
        ),
        format!("q={}", encoded("-nobody")),
    ] {
        assert_eq!(office.titles_as(&seller, &question).await, own, "{question}");
    }
    for question in ["q=chairs", "q=chairs&as_of=2026-03-09", "typical=forgotten&owner=kari"] {
        assert!(office.titles_as(&seller, question).await.is_empty(), "{question}");
    }
    let hits = office.ask_as(&seller, "/v1/search?q=fjord").await;
    assert_eq!(super::titles(&hits), ["Fjord ERP"]);
    let board = office.ask_as(&seller, "/v1/pipeline?typical=open_this_year").await;
    assert_eq!(board["totals"]["open"]["amount"], "63385.00");
}

#[tokio::test]
async fn activities_that_are_not_seen_tell_nothing_so_44() {
    let office = Office::open().await;
    let sale = office.sale("Deal", ("1000", "EUR"), "2026-06-01", json!({})).await;
    office.plan(&sale, "Secret meeting", "2026-03-20", "kari").await;
    office.plan(&sale, "Open call", "2026-03-21", "ola").await;
    office.rights("activities", ["delete", "none", "none", "none"]).await;
    let seller = office.seller();
    for (criteria, seen) in [
        ("activity.title contains secret", false),
        ("activity.title not_contains secret", true),
        ("activity.owner one_of kari", false),
        ("activity.end on 2026-03-20", false),
        ("activity.title contains call", true),
        ("activity.title contains secret or activity.title contains call", true),
    ] {
        for moment in ["", "&as_of=2026-03-09"] {
            let question = format!("criteria={}{moment}", encoded(criteria));
            let found = office.titles_as(&seller, &question).await;
            assert_eq!(found.len(), usize::from(seen), "{criteria} {moment}");
            let all = office.titles(&question).await;
            assert_eq!(all.len(), usize::from(!criteria.contains("not_")), "{criteria} {moment}");
        }
    }
}
