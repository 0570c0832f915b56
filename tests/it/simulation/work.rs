//! What people do: commands of several kinds, each under a key of its own, and questions about now and about the past.

use reqwest::Method;
use serde_json::{Value, json};
use service_runtime::ids::new_id;
use system_tests::Reply;

use super::life::{Asked, Life, Told};

/// Keys of an answer that tell when and where it was given, not what was so.
const OF_THE_MOMENT: [&str; 2] = ["position", "as_of_position"];

impl Life {
    /// A command of some kind.
    pub(super) async fn work(&mut self) {
        let body = match self.chance.below(10) {
            0 | 1 => return self.register().await,
            2 => return self.plan().await,
            3 => return self.finish_activity().await,
            4 => ("edited", "edit", json!({"title": format!("title {}", self.told.len())})),
            5 => ("moved", "advance-stage", json!({"stage": self.stage()})),
            6 => ("moved", "change-amount", self.amount()),
            7 => ("closed", "mark-sold", json!({"reason": "price"})),
            8 => ("closed", "stall", json!({"reopen_date": "2030-01-01", "reason": "budget"})),
            _ => ("closed", "reopen", json!({})),
        };
        let (what, command, body) = body;
        let Some(sale) = pick(&mut self.chance, &self.sales) else { return };
        self.carry_out(what, format!("/v1/sales/{sale}/{command}"), body).await;
    }

    fn stage(&mut self) -> uuid::Uuid {
        [self.fixture.fm, self.fixture.qt, self.fixture.sc][self.chance.below(3)]
    }

    fn amount(&mut self) -> Value {
        let amount = (1 + self.chance.below(900)).to_string();
        json!({"amount": {"amount": amount, "currency": "NOK"}})
    }

    async fn register(&mut self) {
        let id = new_id().to_string();
        let title = format!("sale {}", self.sales.len());
        let body = json!({"id": id, "title": title, "sale_type": self.fixture.new});
        self.sales.push(id);
        self.carry_out("registered", "/v1/sales".into(), body).await;
    }

    async fn plan(&mut self) {
        let Some(sale) = pick(&mut self.chance, &self.sales) else { return };
        let id = new_id().to_string();
        let body = json!({"id": id, "kind": "meeting", "title": "Meeting", "sale": sale, "start": "2026-03-17T09:00:00Z"});
        self.activities.push(id);
        self.carry_out("planned", "/v1/activities".into(), body).await;
    }

    async fn finish_activity(&mut self) {
        let Some(id) = pick(&mut self.chance, &self.activities) else { return };
        let word = ["complete", "reopen", "delete"][self.chance.below(3)];
        self.carry_out("planned", format!("/v1/activities/{id}/{word}"), json!({})).await;
    }

    async fn carry_out(&mut self, what: &'static str, path: String, body: Value) {
        let told = Told { key: new_id().to_string(), path, body, answer: Value::Null };
        let reply = self.send(&told).await;
        self.note(what, told, &reply);
    }

    /// What was answered: done, or refused for a reason of the business.
    pub(super) fn note(&mut self, what: &'static str, told: Told, reply: &Reply) {
        if reply.status.is_success() {
            self.saw(what);
            self.told.push(Told { answer: reply.json(), ..told });
        } else {
            assert!([404, 409, 412, 422].contains(&reply.status.as_u16()), "{}", reply.text);
            self.saw("refused");
        }
    }

    pub(super) async fn send(&self, told: &Told) -> Reply {
        self.world
            .command(Method::POST, &told.path)
            .bearer(&self.fixture.importer)
            .header("idempotency-key", &told.key)
            .json(&told.body)
            .send()
            .await
    }

    /// A command that was carried out comes again under its key.
    pub(super) async fn repeat(&mut self) {
        let Some(told) = pick(&mut self.chance, &self.told) else { return };
        let again = self.send(&told).await;
        assert!(again.status.is_success(), "{}", again.text);
        assert_eq!(again.json(), told.answer, "{}", told.path);
        self.saw("repeated");
    }

    /// A question about now: never an older state than the one named.
    pub(super) async fn ask(&mut self) {
        let head = self.world.head().await;
        self.peace().await;
        let path = format!("/v1/pipeline?currency=EUR&min_position={head}");
        let reply =
            self.world.question(&path).bearer(&self.fixture.importer).send().await.expect(200);
        assert!(reply.json()["position"].as_i64().is_none_or(|position| position >= head));
        self.saw("asked");
    }

    /// A question about the past, kept to be asked again at the end.
    pub(super) async fn ask_of_the_past(&mut self) {
        self.peace().await;
        let now: String = sqlx::query_scalar(
            "SELECT to_char(max(recorded_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM es.batch",
        )
        .fetch_one(self.world.database.owner())
        .await
        .unwrap();
        let path = format!("/v1/pipeline?currency=EUR&today=2026-03-10&as_of={now}&known_at={now}");
        let answer = self.answer(&path).await;
        self.asked.push(Asked { path, answer });
        self.saw("asked of the past");
    }

    /// The answer to a question without what belongs to the moment of asking.
    pub(super) async fn answer(&self, path: &str) -> Value {
        let reply = self.world.question(path).bearer(&self.fixture.importer).send().await;
        let mut answer = reply.expect(200).json();
        for key in OF_THE_MOMENT {
            answer.as_object_mut().unwrap().remove(key);
        }
        answer
    }
}

/// One of them, if there is any.
pub(super) fn pick<T: Clone>(chance: &mut crate::faults::seed::Chance, from: &[T]) -> Option<T> {
    if from.is_empty() { None } else { Some(from[chance.below(from.len())].clone()) }
}
