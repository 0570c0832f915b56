//! Role × ownership × route: what a caller may not see is in no list, no total, no history and no feed, and asked for by
//! its id it is as unknown as what never was (SO-44).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use system_tests::{Fixture, World};

use crate::examples;

const ROLES: [&str; 6] = ["seller", "manager", "admin", "importer", "auditor", "analyst"];

/// Whose sales there are, as they stand to Ola of North: own, own groups, other groups, others; and what each is worth.
const OWNERS: [(&str, &str); 4] =
    [("ola", "1.00"), ("kari", "10.00"), ("per", "100.00"), ("mia", "1000.00")];

/// Four sales with an activity each, and Ola's tokens.
struct Four {
    world: World,
    fixture: Fixture,
    sales: Vec<String>,
    activities: Vec<String>,
}

impl Four {
    async fn set_up() -> Self {
        let world = World::start().await;
        let fixture = Fixture::set_up(&world).await;
        let mia = json!({"id": "mia", "name": "Mia"});
        world.post(&fixture.importer, "/v1/users", &mia).await.expect(201);
        let (mut sales, mut activities) = (Vec::new(), Vec::new());
        for (owner, worth) in OWNERS {
            let amount = json!({"amount": worth, "currency": "EUR"});
            let more = json!({"amount": amount, "owner": owner, "sale_date": "2026-03-20"});
            let sale = fixture.sale(&world, "2026-03-01T08:00:00Z", "Deal", more).await;
            let body = json!({"kind": "to_do", "title": "Call", "owner": owner, "sale": sale, "end": "2026-03-12"});
            let planned = world.post(&fixture.importer, "/v1/activities", &body).await.expect(201);
            activities.push(planned.json()["id"].as_str().unwrap().to_owned());
            sales.push(sale);
        }
        Self { world, fixture, sales, activities }
    }

    /// Ola of North in a role.
    fn ola(&self, role: &str) -> String {
        self.world.token_in("demo", "ola", &[role], &["North"])
    }

    /// Sets the levels of a role on sales, in the order of [`OWNERS`]; activities stay open to all.
    async fn set(&self, role: &str, levels: [&str; 4]) {
        let [own, own_groups, other_groups, others] = levels;
        let body = json!({"role": role, "records": "sales", "own": own, "own_groups": own_groups,
            "other_groups": other_groups, "others": others});
        let path = "/v1/tenants/demo/set-record-rights";
        self.world.post(&self.world.token("eva", "admin"), path, &body).await.expect(200);
    }

    async fn ask(&self, token: &str, path: &str) -> Value {
        self.world.get(token, path).await.expect(200).json()
    }

    /// The owners of the sales a list shows.
    fn owners(list: &Value) -> BTreeSet<String> {
        let sales = list["sales"].as_array().unwrap();
        sales.iter().map(|sale| sale["owner"].as_str().unwrap().to_owned()).collect()
    }

    /// Demands that these owners' sales, and no others, are in every answer.
    async fn shows(&self, token: &str, seen: [bool; 4], what: &str) {
        let expected: BTreeSet<String> =
            (0..4).filter(|at| seen[*at]).map(|at| OWNERS[at].0.to_owned()).collect();
        // the fourth digit from the right is mia's, and so on: an amount names the sales it is the sum of
        let digits: String = (0..4).rev().map(|at| if seen[at] { '1' } else { '0' }).collect();
        let total = format!("{}.00", digits.parse::<u32>().unwrap());
        for moment in ["", "&as_of=2026-03-09"] {
            let list = self.ask(token, &format!("/v1/sales?limit=500{moment}")).await;
            assert_eq!(Self::owners(&list), expected, "{what} {moment}");
            let pipeline = format!("/v1/pipeline?group_by=owner&currency=EUR{moment}");
            let pipeline = self.ask(token, &pipeline).await;
            assert_eq!(Self::owners(&pipeline), expected, "{what} {moment}");
            assert_eq!(pipeline["totals"]["open"]["amount"], total, "{what} {moment}");
            let columns: BTreeSet<String> = pipeline["columns"]
                .as_array()
                .unwrap()
                .iter()
                .map(|column| column["key"].as_str().unwrap().to_owned())
                .collect();
            assert_eq!(columns, expected, "{what} {moment}");
            let range = "from=2026-01-01&to=2026-12-31&group_by=group&currency=EUR";
            let forecast = self.ask(token, &format!("/v1/forecast?{range}{moment}")).await;
            assert_eq!(forecast["totals"]["open"]["amount"], total, "{what} {moment}");
        }
        let diary = "/v1/diary?owner=ola,kari,per,mia&from=2026-03-01&to=2026-03-31";
        let diary = self.ask(token, diary).await;
        assert_eq!(Self::owners(&diary), expected, "{what}");
        assert_eq!(diary["sale_count"], expected.len(), "{what}");
        // one's own activity stays in the diary, also on a sale one does not see
        let own = |at: usize| at == 0 || seen[at];
        let activities = self.ask(token, "/v1/activities?limit=500").await;
        let of: BTreeSet<&str> = activities["activities"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["id"].as_str().unwrap())
            .collect();
        for at in 0..4 {
            assert_eq!(of.contains(self.activities[at].as_str()), own(at), "{what} {at}");
        }
        self.shows_each(token, seen, what).await;
    }

    /// Each by its id: there, or as unknown as what never was.
    async fn shows_each(&self, token: &str, seen: [bool; 4], what: &str) {
        let nowhere = "0198f0a0-0000-7000-8000-00000000dead";
        let nothing = |mut problem: Value| {
            for varies in ["instance", "trace_id"] {
                problem.as_object_mut().unwrap().remove(varies);
            }
            problem
        };
        for kind in ["", "/history", "/guide"] {
            let unknown = self.world.get(token, &format!("/v1/sales/{nowhere}{kind}")).await;
            let unknown = nothing(unknown.expect(404).json());
            for (at, seen) in seen.into_iter().enumerate() {
                let path = format!("/v1/sales/{}{kind}", self.sales[at]);
                let reply = self.world.get(token, &path).await;
                match seen {
                    true => drop(reply.expect(200)),
                    false => assert_eq!(nothing(reply.expect(404).json()), unknown, "{what}"),
                }
                if kind == "/guide" {
                    continue; // of sales only
                }
                let path = format!("/v1/activities/{}{kind}", self.activities[at]);
                let status = self.world.get(token, &path).await.status;
                assert_eq!(status == 200, at == 0 || seen, "{what}: {path}");
            }
        }
    }
}

fn levels(bits: u8) -> ([&'static str; 4], [bool; 4]) {
    let seen = [0, 1, 2, 3].map(|at| bits & (1 << at) != 0);
    (seen.map(|seen| if seen { "read" } else { "none" }), seen)
}

#[tokio::test]
async fn every_role_sees_exactly_what_its_record_rights_reach_so_44() {
    let four = Four::set_up().await;
    for role in ROLES {
        let token = four.ola(role);
        four.shows(&token, [true; 4], role).await;
        for bits in [0b0001, 0b0110, 0b1000] {
            let (levels, seen) = levels(bits);
            four.set(role, levels).await;
            four.shows(&token, seen, &format!("{role} {levels:?}")).await;
        }
    }
}

#[tokio::test]
async fn whatever_the_ownerships_a_seller_may_read_the_answers_add_up_to_them_so_44() {
    let four = Four::set_up().await;
    let token = four.ola("seller");
    for bits in 0..16 {
        let (levels, seen) = levels(bits);
        four.set("seller", levels).await;
        four.shows(&token, seen, &format!("{levels:?}")).await;
    }
}

#[tokio::test]
async fn the_event_feed_leaves_out_what_is_not_seen_and_shows_the_hole_so_44() {
    let four = Four::set_up().await;
    let admin = four.world.token("eva", "admin");
    let seller = four.ola("seller");
    let feed = "/v1/events?limit=10000";
    four.world.get(&seller, feed).await.expect_problem(403, "forbidden");
    let give = json!({"role": "seller", "right": "read_event_feed", "allowed": true});
    let path = "/v1/tenants/demo/set-functional-right";
    four.world.post(&admin, path, &give).await.expect(200);
    let all = four.world.get(&four.ola("auditor"), feed).await.expect(200).lines();
    assert_eq!(four.world.get(&seller, feed).await.expect(200).lines(), all);
    four.set("seller", ["delete", "none", "read", "none"]).await;
    let some = four.world.get(&seller, feed).await.expect(200).lines();
    let all = four.world.get(&four.ola("auditor"), feed).await.expect(200).lines();
    // kari's and mia's sale, and the activity on each
    let hidden: Vec<String> = [1, 3]
        .into_iter()
        .flat_map(|at| {
            [format!("sale/{}", four.sales[at]), format!("activity/{}", four.activities[at])]
        })
        .collect();
    let left: Vec<&Value> = all
        .iter()
        .filter(|line| !hidden.iter().any(|stream| line["stream"] == stream.as_str()))
        .collect();
    assert_eq!(some.iter().collect::<Vec<_>>(), left, "every other line, byte for byte");
    assert_eq!(all.len() - some.len(), 4);
    let take = json!({"role": "seller", "right": "read_event_feed", "allowed": false});
    four.world.post(&admin, path, &take).await.expect(200);
    four.world.get(&seller, feed).await.expect_problem(403, "forbidden");
}

#[tokio::test]
async fn no_command_tells_an_unseen_sale_from_an_unknown_one_so_44() {
    let world = World::start().await;
    let fixture = Fixture::set_up(&world).await;
    let examples = examples::all(&world, &fixture).await;
    let per = world.token_in("demo", "per", &["seller"], &["South"]);
    let admin = world.token("eva", "admin");
    let set = async |other_groups: &str| {
        let body = json!({"role": "seller", "records": "sales", "own": "delete",
            "own_groups": "none", "other_groups": other_groups, "others": "none"});
        world.post(&admin, "/v1/tenants/demo/set-record-rights", &body).await.expect(200);
    };
    set("none").await;
    let on_sales: Vec<_> =
        examples.iter().filter(|example| example.path.starts_with("/v1/sales/")).collect();
    assert!(on_sales.len() >= 13);
    for example in &on_sales {
        let before = world.stored().await;
        let refused = world.post(&per, &example.path, &example.body).await;
        refused.expect_problem(404, "not_found");
        let ask = world.command(reqwest::Method::POST, &example.path).bearer(&per);
        let ask = ask.header("if-match", "\"99\"").json(&example.body);
        ask.send().await.expect_problem(404, "not_found");
        assert_eq!(world.stored().await, before, "{}", example.path);
    }
    for level in ["read", "create"] {
        set(level).await;
        for example in &on_sales {
            let refused = world.post(&per, &example.path, &example.body).await;
            refused.expect_problem(403, "not_your_sale");
        }
    }
}

/// What would name an unseen sale finds no such sale: follow-ups and documents of its guide, a favourite (SG-12, SG-13).
#[tokio::test]
async fn nothing_is_created_from_the_guide_of_an_unseen_sale_so_44_so_32() {
    let four = Four::set_up().await;
    let items = four.fixture.guide(&four.world).await;
    four.set("seller", ["delete", "none", "none", "none"]).await;
    let token = four.ola("seller");
    for (path, item) in
        [("/v1/activities/from-guide-item", items.g1), ("/v1/activities/documents", items.d1)]
    {
        for (at, sale) in four.sales.iter().enumerate() {
            let reply = four.world.post(&token, path, &json!({"sale": sale, "item": item})).await;
            match at {
                0 => drop(reply.expect(201)),
                _ => drop(reply.expect_problem(422, "unknown_sale")),
            }
        }
    }
    let favourite = json!({"sale": four.sales[1]});
    let refused = four.world.post(&token, "/v1/users/ola/add-favourite", &favourite).await;
    refused.expect_problem(422, "unknown_sale");
}

#[tokio::test]
async fn rights_count_at_once_and_everywhere_so_44() {
    let four = Four::set_up().await;
    let seller = four.ola("seller");
    let edit = format!("/v1/sales/{}/edit", four.sales[2]);
    let title = json!({"title": "Ours now"});
    four.world.post(&seller, &edit, &title).await.expect_problem(403, "not_your_sale");
    four.set("seller", ["delete", "delete", "update", "none"]).await;
    four.world.post(&seller, &edit, &title).await.expect(200);
    // registering for somebody else needs the level create on what they own
    let for_whom =
        |owner: &str| json!({"title": "Deal", "sale_type": four.fixture.new, "owner": owner});
    four.world.post(&seller, "/v1/sales", &for_whom("per")).await.expect(201);
    let refused = four.world.post(&seller, "/v1/sales", &for_whom("mia")).await;
    refused.expect_problem(403, "not_your_sale");
    let roles = four.ask(&seller, "/v1/roles").await;
    let of_seller = &roles["roles"][0];
    assert_eq!(
        (&of_seller["role"], roles["roles"].as_array().unwrap().len()),
        (&json!("seller"), 6)
    );
    let levels = json!({"own": "delete", "own_groups": "delete", "other_groups": "update", "others": "none"});
    assert_eq!(of_seller["sales"], levels);
    assert_eq!(of_seller["activities"]["others"], "read", "as the contract has it");
    assert_eq!(of_seller["targets"]["own"], "delete");
    let rights = json!(["read_tenant", "change_sales", "export", "plan_for_selections"]);
    assert_eq!(of_seller["rights"], rights);
    // a list maintained by sellers
    let stage = json!({"name": "Pilot", "probability": 1});
    four.world.post(&seller, "/v1/stages", &stage).await.expect_problem(403, "forbidden");
    let give = json!({"role": "seller", "right": "maintain_lists", "allowed": true});
    let path = "/v1/tenants/demo/set-functional-right";
    four.world.post(&four.world.token("eva", "admin"), path, &give).await.expect(200);
    four.world.post(&seller, "/v1/stages", &stage).await.expect(201);
}

#[tokio::test]
async fn a_hidden_sale_is_in_no_answer_for_others_and_in_every_one_for_those_it_is_shown_to_so_31()
{
    let four = Four::set_up().await;
    let hide = |at: usize, body: Value| {
        let path = format!("/v1/sales/{}/set-visibility", four.sales[at]);
        let (world, token) = (&four.world, &four.fixture.importer);
        async move { world.post(token, &path, &body).await.expect(200) }
    };
    hide(1, json!({"visible_for": "owner"})).await;
    hide(2, json!({"visible_for": "group", "visible_group": "South"})).await;
    for role in ["seller", "manager"] {
        four.shows(&four.ola(role), [true, false, false, true], role).await;
    }
    for role in ["admin", "importer", "auditor", "analyst"] {
        four.shows(&four.ola(role), [true; 4], role).await;
    }
    let in_both = four.world.token_in("demo", "ola", &["manager"], &["North", "South"]);
    four.shows(&in_both, [true, false, true, true], "a member of the group").await;
    // the right to see what is hidden is one a tenant may give
    let give = json!({"role": "manager", "right": "see_hidden_sales", "allowed": true});
    let path = "/v1/tenants/demo/set-functional-right";
    four.world.post(&four.world.token("eva", "admin"), path, &give).await.expect(200);
    four.shows(&four.ola("manager"), [true; 4], "with the right").await;
    // a past in which everybody could see it is as hidden as its present
    let before = "/v1/sales?limit=500&as_of=2026-03-09";
    let list = four.ask(&four.ola("seller"), before).await;
    assert_eq!(list["sales"].as_array().unwrap().len(), 2);
    // handed over, it is its new owner's
    let path = format!("/v1/sales/{}/change-owner", four.sales[1]);
    let owner = json!({"owner": "ola"});
    four.world.post(&four.fixture.importer, &path, &owner).await.expect(200);
    let list = four.ask(&four.ola("seller"), "/v1/sales?limit=500").await;
    assert_eq!(list["sales"].as_array().unwrap().len(), 3);
}
