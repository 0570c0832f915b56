//! Diary views, conflicts, lists of activities and what is due, through HTTP (SD-7, SD-12, SD-13, SD-22 to SD-30).

use serde_json::{Value, json};
use system_tests::{Fixture, World};

/// Plans something of an owner; answers its id.
async fn plan(world: &World, owner: &str, body: Value) -> String {
    let token = world.token(owner, "seller");
    let made = world.post(&token, "/v1/activities", &body).await.expect(201).json();
    made["id"].as_str().unwrap().to_owned()
}

fn meeting(title: &str, start: &str, end: &str) -> Value {
    json!({"kind": "meeting", "title": title, "start": start, "end": end})
}

fn call(title: &str, start: &str) -> Value {
    json!({"kind": "call", "title": title, "start": start})
}

async fn ask(world: &World, path: &str) -> Value {
    let token = world.token("mia", "manager");
    world.get(&token, path).await.expect(200).json()
}

async fn refused(world: &World, path: &str, code: &str) {
    let token = world.token("mia", "manager");
    world.get(&token, path).await.expect_problem(400, code);
}

fn titles(answer: &Value, list: &str) -> Vec<String> {
    let rows = answer[list].as_array().unwrap().iter();
    rows.map(|row| row["title"].as_str().unwrap().to_owned()).collect()
}

/// SD-7: overlapping is allowed; the hint tells what is in the way and the first free slot of the same length.
#[tokio::test]
async fn a_conflict_is_marked_and_the_first_free_slot_is_told_sd_7() {
    let world = World::start().await;
    Fixture::set_up(&world).await;
    let nine =
        plan(&world, "ola", meeting("Nine", "2026-03-17T09:00:00Z", "2026-03-17T10:00:00Z")).await;
    plan(&world, "ola", meeting("Ten", "2026-03-17T10:30:00Z", "2026-03-17T11:30:00Z")).await;
    plan(&world, "ola", json!({"kind": "to_do", "title": "Read", "end": "2026-03-17"})).await;
    plan(&world, "kari", meeting("Hers", "2026-03-17T11:30:00Z", "2026-03-17T12:30:00Z")).await;
    let path = "/v1/diary/free?owner=ola&start=2026-03-17T09:30:00Z&end=2026-03-17T10:30:00Z";
    let hint = ask(&world, path).await;
    assert_eq!(
        (&hint["conflict"], titles(&hint, "overlapping")),
        (&json!(true), vec!["Nine".into()])
    );
    assert_eq!(
        hint["free"],
        json!({"start": "2026-03-17T11:30:00Z", "end": "2026-03-17T12:30:00Z"})
    );
    let moved = ask(&world, &format!("{path}&activity={nine}")).await;
    assert_eq!((&moved["conflict"], &moved["free"]), (&json!(false), &moved["wished"]));
    // it may be planned all the same
    plan(&world, "ola", meeting("Over", "2026-03-17T09:30:00Z", "2026-03-17T10:30:00Z")).await;
    let whole = json!({"kind": "meeting", "title": "Fair", "start": "2026-03-17", "all_day": true});
    plan(&world, "ola", whole).await;
    let hint = ask(&world, path).await;
    assert_eq!(hint["free"]["start"], "2026-03-18T08:00:00Z", "SD-4: the working day is taken");
    for (query, code) in [
        ("start=2026-03-17T09:00:00Z", "missing_parameter"),
        ("start=2026-03-17&end=2026-03-17T10:00:00Z", "bad_parameter"),
        ("start=2026-03-17T10:00:00Z&end=2026-03-17T09:00:00Z", "bad_parameter"),
        ("start=2026-03-17T09:00:00Z&end=2026-04-17T09:00:01Z", "bad_parameter"),
        ("start=2026-03-17T09:00:00Z&end=2026-03-17T10:00:00Z&activity=x", "bad_parameter"),
    ] {
        refused(&world, &format!("/v1/diary/free?{query}"), code).await;
    }
    let longest = "start=2026-03-17T09:00:00Z&end=2026-04-17T09:00:00Z";
    ask(&world, &format!("/v1/diary/free?owner=kari&{longest}")).await;
}

/// SD-12: day, week and month around a day, of several people. SD-22: a group stands for its members.
#[tokio::test]
async fn a_diary_is_viewed_by_day_week_and_month_of_several_people_sd_12_sd_22() {
    let world = World::start().await;
    Fixture::set_up(&world).await;
    for (owner, day) in [("ola", 10), ("kari", 15), ("per", 10), ("ola", 16), ("ola", 31)] {
        let start = format!("2026-03-{day}T09:00:00Z");
        plan(&world, owner, call(&format!("{owner} {day}"), &start)).await;
    }
    let shown = async |query: &str| {
        let path = format!("/v1/diary?days_ahead=0&today=2026-03-01&{query}");
        let diary = ask(&world, &path).await;
        (
            format!("{} {}", diary["from"].as_str().unwrap(), diary["to"].as_str().unwrap()),
            titles(&diary, "activities"),
        )
    };
    let of = |range: &str, titles: &[&str]| {
        (range.to_owned(), titles.iter().map(|title| (*title).to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(
        shown("owner=ola&view=day&date=2026-03-10").await,
        of("2026-03-10 2026-03-10", &["ola 10"])
    );
    assert_eq!(
        shown("members=North&view=week&date=2026-03-10").await,
        of("2026-03-09 2026-03-15", &["ola 10", "kari 15"]),
        "Monday to Sunday, Ola and Kari"
    );
    assert_eq!(
        shown("owner=per&members=North&view=month&date=2026-03-10").await,
        of("2026-03-01 2026-03-31", &["ola 10", "per 10", "kari 15", "ola 16", "ola 31"]).clone()
    );
    let diary = ask(&world, "/v1/diary?members=North&view=day").await;
    assert_eq!(
        diary["people"],
        json!([{"id": "kari", "name": "kari"}, {"id": "ola", "name": "ola"}])
    );
    assert_eq!(shown("members=Nowhere&view=month").await.1, Vec::<String>::new());
    let listed = ask(&world, "/v1/activities?members=South,North&owner=ola").await;
    assert_eq!(listed["activities"].as_array().unwrap().len(), 5);
    for (query, code) in [
        ("view=year", "bad_parameter"),
        ("view=day&from=2026-03-01", "bad_parameter"),
        ("date=2026-03-01", "bad_parameter"),
    ] {
        refused(&world, &format!("/v1/diary?{query}"), code).await;
    }
}

/// Meetings and a call of two people, at two companies.
async fn four_activities(world: &World) {
    let company = |n: u8, name: &str| json!({"id": format!("0198f0a0-0000-7000-8000-0000000000{n:02}"), "name": name});
    for (owner, mut body, of) in [
        ("ola", meeting("One", "2026-03-17T09:00:00Z", "2026-03-17T10:00:00Z"), "Ålesund AS"),
        ("ola", meeting("Two", "2026-03-18T09:00:00Z", "2026-03-18T09:30:00Z"), "Fjord AS"),
        ("kari", meeting("Three", "2026-03-16T09:00:00Z", "2026-03-16T10:30:00Z"), "Fjord AS"),
        ("kari", call("Four", "2026-03-20T09:00:00Z"), "Fjord AS"),
    ] {
        body["company"] = company(if of == "Fjord AS" { 1 } else { 2 }, of);
        body["location"] = json!(format!("Room {owner}"));
        plan(world, owner, body).await;
    }
}

/// SD-23 to SD-26: filtered by columns, grouped, counted, summed.
#[tokio::test]
async fn a_list_is_filtered_grouped_counted_and_summed_sd_23_sd_24_sd_25_sd_26() {
    let world = World::start().await;
    Fixture::set_up(&world).await;
    four_activities(&world).await;
    let sums = |answer: &Value| {
        let (sums, minutes) = (&answer["sums"], &answer["sums"]["minutes"]);
        json!([
            sums["count"],
            minutes["sum"],
            minutes["avg"],
            minutes["min"],
            minutes["max"],
            sums["first_day"]
        ])
    };
    let all = ask(&world, "/v1/activities?sums=true&limit=1").await;
    assert_eq!(
        sums(&all),
        json!([4, 195, 49, 15, 90, "2026-03-16"]),
        "SD-25, SD-26: over all pages"
    );
    let fjord = ask(&world, "/v1/activities?sums=true&company_name=fJORD&kind=meeting").await;
    assert_eq!(sums(&fjord)[0], 2, "SD-23: several columns at once");
    assert_eq!(
        titles(&ask(&world, "/v1/activities?company_name=%C3%85LE").await, "activities"),
        ["One"]
    );
    assert_eq!(
        titles(&ask(&world, "/v1/activities?location=room%20k&title=f").await, "activities"),
        ["Four"]
    );
    let grouped = ask(&world, "/v1/activities?group_by=owner,kind").await;
    let groups: Vec<Value> = grouped["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| {
            json!([
                group["keys"]["owner"],
                group["keys"]["kind"],
                group["count"],
                group["minutes"]["sum"]
            ])
        })
        .collect();
    assert_eq!(
        groups,
        [
            json!(["kari", "call", 1, 15]),
            json!(["kari", "meeting", 1, 90]),
            json!(["ola", "meeting", 2, 90])
        ],
        "SD-24: nested, the order kept"
    );
    assert_eq!(grouped["sums"]["count"], 4);
    let none = ask(&world, "/v1/activities?group_by=company&title=nothing").await;
    assert_eq!((&none["groups"], &none["sums"]["count"]), (&json!([]), &json!(0)));
}

/// SD-24.
#[tokio::test]
async fn a_list_is_grouped_by_three_fields_at_most_sd_24() {
    let world = World::start().await;
    Fixture::set_up(&world).await;
    for query in
        ["group_by=colour", "group_by=owner,owner", "group_by=owner,kind,day,sale", "sums=yes"]
    {
        refused(&world, &format!("/v1/activities?{query}"), "bad_parameter").await;
    }
    ask(&world, "/v1/activities?group_by=owner,kind,day").await;
}

/// SD-29: what belongs to a sale, the finished ones on request, with the columns a client shows (SD-27).
#[tokio::test]
async fn the_activities_of_a_sale_leave_out_finished_ones_unless_asked_sd_29_sd_27() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let sale =
        fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", json!({"owner": "ola"})).await;
    let mut open = call("Open", "2026-03-17T09:00:00Z");
    open["sale"] = json!(sale);
    plan(&world, "ola", open.clone()).await;
    open["title"] = json!("Done");
    let done = plan(&world, "ola", open).await;
    plan(&world, "ola", call("Other", "2026-03-17T09:00:00Z")).await;
    let ola = world.token("ola", "seller");
    world.post(&ola, &format!("/v1/activities/{done}/complete"), &json!({})).await.expect(200);
    let of_sale =
        async |more: &str| ask(&world, &format!("/v1/activities?sale={sale}{more}")).await;
    let open = of_sale("&completed=false").await;
    assert_eq!(titles(&open, "activities"), ["Open"]);
    assert_eq!(of_sale("").await["activities"].as_array().unwrap().len(), 2, "the Completed box");
    for column in
        ["completed", "kind", "start_day", "title", "company", "contact", "owner", "owner_name"]
    {
        assert!(open["activities"][0].get(column).is_some(), "{column}");
    }
}

/// SD-30: of a company all that is linked to it; of a contact those with them and those of their company.
#[tokio::test]
async fn the_activities_of_a_contact_are_those_of_their_company_too_sd_30() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let id = |n: u8| format!("0198f0a0-0000-7000-8000-0000000000{n:02}");
    let (fjord, eva) =
        (json!({"id": id(1), "name": "Fjord AS"}), json!({"id": id(2), "name": "Eva"}));
    let linked = |title: &str, links: &[(&str, &Value)]| {
        let mut body = call(title, "2026-03-17T09:00:00Z");
        for (field, party) in links {
            body[*field] = (*party).clone();
        }
        body
    };
    plan(&world, "ola", linked("With the company", &[("company", &fjord)])).await;
    plan(&world, "ola", linked("With Eva", &[("contact", &eva)])).await;
    plan(&world, "ola", linked("With nobody", &[])).await;
    let company = ask(&world, &format!("/v1/activities?company={}", id(1))).await;
    assert_eq!(titles(&company, "activities"), ["With the company"]);
    let of_contact = async || {
        let answer = ask(&world, &format!("/v1/activities?of_contact={}&sort=title", id(2))).await;
        titles(&answer, "activities")
    };
    assert_eq!(of_contact().await, ["With Eva"], "nobody has said whose contact she is");
    let parties = json!({"company": fjord, "contact": eva});
    fixture.sale(&world, "2026-03-01T08:00:00Z", "Fjord ERP", parties).await;
    assert_eq!(of_contact().await, ["With Eva", "With the company"]);
}

/// SD-6, SD-8, SD-15, SO-14: what wants attention, page by page.
#[tokio::test]
async fn what_is_due_is_listed_by_day_and_page_sd_6_sd_8_sd_15_so_14() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let mut soon = call("Soon", "2026-03-10T09:05:00Z");
    soon["alarm"] = json!(true);
    plan(&world, "ola", soon).await;
    let mut later = call("Later", "2026-03-10T11:00:00Z");
    later["alarm"] = json!(true);
    plan(&world, "ola", later).await;
    plan(&world, "ola", json!({"kind": "to_do", "title": "Late", "end": "2026-03-08"})).await;
    let hers = plan(&world, "kari", call("Hers", "2026-03-12T09:00:00Z")).await;
    let kari = world.token("kari", "seller");
    let assign = json!({"owner": "ola"});
    world.post(&kari, &format!("/v1/activities/{hers}/assign"), &assign).await.expect(200);
    let amount =
        json!({"amount": {"amount": "1000", "currency": "NOK"}, "sale_date": "2026-03-01"});
    fixture.sale(&world, "2026-03-01T08:00:00Z", "Overdue", amount).await;
    let on_hold = fixture.sale(&world, "2026-03-01T08:00:00Z", "On hold", json!({})).await;
    let terms = json!({"reopen_date": "2026-09-01", "reason": "budget-next-year"});
    fixture.on(&world, &on_hold, "stall", terms).await;
    let due = ask(&world, "/v1/due?owner=ola").await;
    let items: Vec<Value> = due["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| json!([item["kind"], item["title"], item["days_late"]]))
        .collect();
    assert_eq!(
        items,
        [
            json!(["overdue_sale", "Overdue", 9]),
            json!(["overdue_activity", "Late", 2]),
            json!(["alarm", "Soon", 0]),
            json!(["assignment", "Hers", -2]),
            json!(["follow_up", "On hold", -175]),
        ]
    );
    assert_eq!(
        (&due["count"], &due["items"][0]["amount"]["amount"]),
        (&json!(5), &json!("1000.00"))
    );
    world.set_clock("2026-03-10T10:50:00Z");
    let rang = ask(&world, "/v1/due?owner=ola&kind=alarm").await;
    assert_eq!(titles(&rang, "items"), ["Soon", "Later"], "at start minus ten minutes");
    let first = ask(&world, "/v1/due?owner=ola&limit=4").await;
    let cursor = first["next"].as_str().unwrap();
    let second = ask(&world, &format!("/v1/due?owner=ola&limit=4&cursor={cursor}")).await;
    assert_eq!(
        first["items"].as_array().unwrap().len() + second["items"].as_array().unwrap().len(),
        6
    );
    let reopened = ask(&world, "/v1/due?owner=ola&kind=reopen,follow_up&today=2026-09-01").await;
    assert_eq!(reopened["items"][0]["kind"], "reopen");
    assert_eq!(
        titles(&ask(&world, "/v1/due?members=North&kind=assignment").await, "items"),
        ["Hers"]
    );
    refused(&world, "/v1/due?kind=nothing", "bad_parameter").await;
}

/// SD-14: the lists look as many days ahead as they are told.
#[tokio::test]
async fn what_is_planned_ahead_is_listed_within_the_days_asked_for_sd_14() {
    let world = World::start().await;
    Fixture::set_up(&world).await;
    for day in [10, 15, 17, 18] {
        plan(&world, "ola", call(&format!("on {day}"), &format!("2026-03-{day}T09:00:00Z"))).await;
    }
    let ahead = async |days: u8| {
        let path = format!(
            "/v1/diary?owner=ola&view=day&date=2026-03-10&today=2026-03-10&days_ahead={days}"
        );
        titles(&ask(&world, &path).await, "activities")
    };
    assert_eq!(ahead(0).await, ["on 10"]);
    assert_eq!(ahead(7).await, ["on 10", "on 15", "on 17"]);
    assert_eq!(ahead(8).await.len(), 4);
}
