//! Two people, a sale type with a guide, and what they do that sets a process manager to work: one cause for each.

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use service_runtime::clock::back_off;
use service_runtime::{Clock, ids};
use system_tests::eventually::eventually;
use system_tests::{Fleet, Member};
use uuid::Uuid;

use super::quiet::{WITH_NOTICES, quiet};

/// How long a service may take to do what it was asked, a restart included.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The service that runs the process managers.
pub const COMMAND: Member = Member::Command(0);

/// The people, and the services they work with.
pub struct Office {
    pub fleet: Fleet,
    http: reqwest::Client,
    sale_type: Uuid,
    meeting: Uuid,
}

/// What is there before a process manager is given its cause.
pub struct Scene {
    sale: Uuid,
    activity: Uuid,
}

impl Office {
    /// Opens with one of each service. The first stage wants a meeting; once it is held, another one is suggested, and the
    /// next stage.
    pub async fn open() -> Self {
        let fleet = Fleet::start_told(1, 1, &[WITH_NOTICES]).await;
        let [sale_type, meeting, first, second] = [(); 4].map(|()| ids::new_id());
        let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
        let office = Self { fleet, http, sale_type, meeting };
        for name in ["ola", "kari"] {
            office.ask("/v1/users", json!({"id": name, "name": name, "groups": []})).await;
        }
        for (id, name) in [(first, "First meeting"), (second, "Quotation")] {
            let stage = json!({"id": id, "name": name, "probability": 20});
            office.ask("/v1/stages", stage).await;
        }
        let guided = json!({"id": sale_type, "name": "New", "stages": [first, second], "guide": true,
            "auto_advance": true});
        office.ask("/v1/sale-types", guided).await;
        let add = format!("/v1/sale-types/{sale_type}/add-suggested-follow-up");
        let item =
            json!({"id": meeting, "stage": first, "name": "Customer meeting", "kind": "meeting"});
        office.ask(&add, item).await;
        let next = json!({"stage": first, "name": "Second meeting", "kind": "meeting",
            "auto_suggest": true, "required": false});
        office.ask(&add, next).await;
        quiet(&office.fleet).await;
        office
    }

    /// Asks until it is done.
    async fn ask(&self, path: &str, body: Value) -> Value {
        let key = ids::new_id().to_string();
        for _ in 0..200 {
            if let Some(answer) = self.ask_once(path, &key, &body).await {
                return answer;
            }
            back_off(Duration::from_millis(50)).await;
        }
        panic!("{path} is not done");
    }

    /// Asks once; none when no answer comes, or one that says to come back.
    async fn ask_once(&self, path: &str, key: &str, body: &Value) -> Option<Value> {
        let url = format!("{}{path}", self.fleet.command_urls()[0]);
        let ask = self.http.post(url).bearer_auth(self.fleet.token());
        let answer = ask.header("idempotency-key", key).json(body).send().await.ok()?;
        let status = answer.status();
        let text = answer.text().await.ok()?;
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            return None;
        }
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).ok()
    }

    /// A sale in its first stage, and its meeting of the guide.
    pub async fn scene(&self) -> Scene {
        let [sale, activity] = [(); 2].map(|()| ids::new_id());
        let new = json!({"id": sale, "title": "Fjord ERP", "sale_type": self.sale_type});
        self.ask("/v1/sales", new).await;
        let planned = json!({"id": activity, "sale": sale, "item": self.meeting});
        self.ask("/v1/activities/from-guide-item", planned).await;
        Scene { sale, activity }
    }

    /// Does what sets a process manager to work. The service may die of it before it answers: then the fact is in the log,
    /// or nothing would have followed.
    pub async fn cause(&self, process: &str, scene: &Scene) {
        let Scene { sale, activity } = scene;
        let (path, body) = match process {
            "stalled-sale-reopen" | "stall-follow-up" => {
                let in_a_month = (Clock::system().now() + TimeDelta::days(30)).date_naive();
                let terms = json!({"reopen_date": in_a_month, "reason": "budget"});
                (format!("/v1/sales/{sale}/stall"), terms)
            }
            "activity-reminder" => ("/v1/activities".to_owned(), alarmed(5)),
            "assignment-notice" => {
                (format!("/v1/sales/{sale}/change-owner"), json!({"owner": "kari"}))
            }
            "guide-suggestion" | "stage-advance" => {
                (format!("/v1/activities/{activity}/complete"), json!({}))
            }
            "target-type-cleanup" => {
                (format!("/v1/target-types/{}/delete", self.type_with_a_row().await), json!({}))
            }
            other => panic!("{other} has no cause"),
        };
        let answered = self.ask_once(&path, &ids::new_id().to_string(), &body).await;
        if process == "stalled-sale-reopen" {
            assert!(answered.is_some(), "nothing is due yet");
            self.becomes_due(process).await;
        }
    }

    /// A type of targets, and the company's row of it.
    async fn type_with_a_row(&self) -> Uuid {
        let id = ids::new_id();
        let kind = json!({"id": id, "name": "Sources", "dimension": "source", "unit": "count"});
        self.ask("/v1/target-types", kind).await;
        let row = json!({"target_type": id, "year": 2026, "level": "company"});
        self.ask("/v1/targets", row).await;
        id
    }

    /// The time of all its timers comes.
    pub async fn becomes_due(&self, process: &str) {
        let text = "UPDATE es_ops.timer SET due_at = now() - interval '1 minute' \
                    WHERE process = $1 AND due_at > now()";
        eventually("a timer is set", PATIENCE, async || {
            let update = sqlx::query(text).bind(process).execute(self.fleet.database.owner()).await;
            update.unwrap().rows_affected() > 0
        })
        .await;
    }

    /// Plans a meeting of Ola's whose alarm is still to ring.
    pub async fn meeting_later_on(&self) {
        self.ask("/v1/activities", alarmed(60)).await;
    }

    /// Events of a type in the log.
    pub async fn count(&self, kind: &str) -> i64 {
        let text = "SELECT count(*) FROM es.event WHERE event_type = $1";
        sqlx::query_scalar(text).bind(kind).fetch_one(self.fleet.database.owner()).await.unwrap()
    }
}

/// A meeting of Ola's that begins in so many minutes, with an alarm ten minutes before.
fn alarmed(minutes: i64) -> Value {
    let start = Clock::system().now() + TimeDelta::minutes(minutes);
    json!({"id": ids::new_id(), "kind": "meeting", "title": "Demo", "start": start, "alarm_minutes": 10})
}
