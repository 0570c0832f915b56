//! A history carried out on the real services: every move is answered as the model says, and everything is shown so.

use std::panic::AssertUnwindSafe;

use command_service::process::{GuideSuggestion, Rules, StageAdvance, Steps as _};
use futures::FutureExt;
use serde_json::{Value, json};
use system_tests::{Fixture, GuideItems, Reply, World};

use super::cast::{Kind, RENEWAL, Suggests, Who, item_id, items};
use super::compare::Answers;
use super::model::{Model, Verdict};
use super::moves::{Move, What};
use super::predict::Ids;

/// Where a history went wrong.
#[derive(Debug)]
pub(super) struct Fault {
    /// How many moves it took.
    pub(super) after: usize,
    /// What was seen instead.
    pub(super) seen: String,
}

/// Carries a history out.
pub(super) async fn play(history: &[Move]) -> Result<(), Fault> {
    let mut play = Play::begin().await;
    for (step, after) in history.iter().zip(1..) {
        // a service that breaks is a fault of the history as well
        let ended = AssertUnwindSafe(play.step(step)).catch_unwind().await;
        let ended = ended.unwrap_or_else(|_| Err("it broke off".to_owned()));
        ended.map_err(|seen| Fault { after, seen })?;
    }
    Ok(())
}

struct Play {
    world: World,
    fixture: Fixture,
    worked: GuideItems,
    model: Model,
    manager: String,
}

impl Play {
    async fn begin() -> Self {
        let world = World::start().await;
        let fixture = Fixture::set_up(&world).await;
        let worked = fixture.guide(&world).await;
        let manager = token(&world, Who::Kari);
        let play = Self { world, fixture, worked, model: Model::new(), manager };
        play.define_renewal().await;
        play
    }

    async fn define_renewal(&self) {
        let body = json!({"id": RENEWAL, "name": "Renewal", "guide": true,
            "stages": [self.fixture.qt, self.fixture.sc]});
        self.set_up("/v1/sale-types", body).await;
        for item in items(Kind::Renewal) {
            let mut body = json!({"id": item_id(item.key, &self.worked), "required": item.required,
                "stage": item.stage.id(&self.fixture), "name": format!("Item {}", item.key)});
            let command = if item.what == Suggests::Document {
                "add-suggested-document"
            } else {
                body["kind"] = json!(item.what.word());
                body["offset_days"] = json!(item.offset);
                body["auto_suggest"] = json!(item.auto);
                if let Some(minutes) = item.minutes {
                    body["duration_minutes"] = json!(minutes);
                }
                "add-suggested-follow-up"
            };
            self.set_up(&format!("/v1/sale-types/{RENEWAL}/{command}"), body).await;
        }
    }

    async fn set_up(&self, path: &str, body: Value) {
        let reply = self.world.post(&self.fixture.importer, path, &body).await;
        assert!(reply.status.is_success(), "{path}: {}", reply.text);
    }

    async fn step(&mut self, step: &Move) -> Result<(), String> {
        let request = step.what.request(&self.model, &self.fixture, &self.worked);
        let expected = self.model.apply(step);
        match (&step.what, request) {
            (What::Days(days), _) => self.pass(*days).await,
            (_, None) => return Err("a move without a request".to_owned()),
            (_, Some((path, body))) => {
                let reply = self.world.post(&token(&self.world, step.by), &path, &body).await;
                answered(&reply, &expected)?;
            }
        }
        self.pump::<GuideSuggestion>().await;
        self.pump::<StageAdvance>().await;
        self.world.caught_up().await;
        let ids = Ids { fixture: &self.fixture, worked: &self.worked };
        let answers = Answers { world: &self.world, token: &self.manager, ids };
        answers.compare(&self.model).await
    }

    /// Days pass, and what was put on hold until then opens again.
    async fn pass(&self, days: i64) {
        self.world.clock.set(self.world.clock.now() + chrono::TimeDelta::days(days));
        let mut process = self.world.command.stalled_sale_reopen();
        process.pump(self.world.clock.now()).await.unwrap();
        process.release().await.unwrap();
    }

    async fn pump<R: Rules>(&self) {
        let mut process = self.world.command.reaction::<R>();
        process.pump(self.world.clock.now()).await.unwrap();
        process.release().await.unwrap();
    }
}

fn token(world: &World, who: Who) -> String {
    world.token_in("demo", who.name(), &[who.role()], &[who.group()])
}

/// Whether a reply is what was expected.
fn answered(reply: &Reply, expected: &Verdict) -> Result<(), String> {
    let body = reply.json();
    let seen = match (reply.status.as_u16(), body["events"].as_array()) {
        (200 | 201, Some(events)) if events.is_empty() => Verdict::Nothing,
        (200 | 201, Some(_)) => Verdict::Done,
        (status, _) => {
            let code = body["code"].as_str().unwrap_or_default();
            let known = match expected {
                Verdict::Refused(reasons) => reasons.contains(&(status, code)),
                Verdict::Done | Verdict::Nothing => false,
            };
            return if known { Ok(()) } else { Err(told(reply, expected)) };
        }
    };
    if seen == *expected { Ok(()) } else { Err(told(reply, expected)) }
}

fn told(reply: &Reply, expected: &Verdict) -> String {
    format!("answered {} {}, expected {expected:?}", reply.status, reply.text)
}
