//! Sales targets through HTTP: what commands do to rows (ST-1 to ST-19).

mod commands;
mod commands_at_once;
mod commands_reach;
mod commands_types;
mod companies;
mod figures;

use events::target::{Assignee, TargetPlace};
use events::{TargetTypeId, TypeName, UserId, target_type};
use serde_json::{Value, json};
use system_tests::{Fixture, Reply, World};

/// The fixture's users, and tokens of two of them.
pub(crate) struct Targets {
    pub(crate) world: World,
    pub(crate) fixture: Fixture,
    /// A seller of North.
    pub(crate) ola: String,
    /// A manager of North.
    pub(crate) kari: String,
}

impl Targets {
    pub(crate) async fn set_up() -> Self {
        let world = World::start().await;
        let fixture = Fixture::set_up(&world).await;
        let ola = world.token_in("demo", "ola", &["seller"], &["North"]);
        let kari = world.token_in("demo", "kari", &["manager"], &["North"]);
        Self { world, fixture, ola, kari }
    }

    /// Adds a row as Kari; answers its id.
    pub(crate) async fn add(&self, body: Value) -> String {
        let reply = self.world.post(&self.kari, "/v1/targets", &body).await;
        assert_eq!(reply.status, 201, "{body}: {}", reply.text);
        reply.json()["id"].as_str().unwrap().to_owned()
    }

    /// A command on a row.
    pub(crate) async fn on(&self, token: &str, row: &str, command: &str, body: Value) -> Reply {
        self.world.post(token, &format!("/v1/targets/{row}/{command}"), &body).await
    }

    /// Defines a type as the importer; answers its id.
    pub(crate) async fn define(&self, body: Value) -> String {
        let reply = self.world.post(&self.fixture.importer, "/v1/target-types", &body).await;
        assert_eq!(reply.status, 201, "{body}: {}", reply.text);
        reply.json()["id"].as_str().unwrap().to_owned()
    }

    /// Every fact of a row: its type and what it says.
    pub(crate) async fn facts(&self, row: &str) -> Vec<(String, Value)> {
        let tenant = events::TenantSlug::parse("demo").unwrap();
        let stream = events::StreamName::new(events::Aggregate::Target, row);
        let rows = self.world.store().load(&tenant, stream.stream_id(&tenant), 0).await.unwrap();
        rows.into_iter()
            .map(|row| (row.event_type.clone(), serde_json::from_slice(&row.payload).unwrap()))
            .collect()
    }

    /// Types of a row's facts.
    pub(crate) async fn types(&self, row: &str) -> Vec<String> {
        self.facts(row).await.into_iter().map(|(kind, _)| kind).collect()
    }

    /// The figures that were set last.
    pub(crate) async fn cells(&self, row: &str) -> Vec<String> {
        let facts = self.facts(row).await;
        let set = facts.iter().rev().find(|(kind, _)| kind == "target.cells-set");
        let cells = set.map(|(_, said)| said["cells"].clone()).unwrap_or(json!([]));
        serde_json::from_value(cells).unwrap()
    }
}

/// A row of All sales – Amount.
pub(crate) fn place(year: u16, assignee: Assignee) -> TargetPlace {
    TargetPlace { target_type: target_type::DEFAULT, item: None, year, assignee }
}

/// The id of a user's row of All sales – Amount.
pub(crate) fn of_user(year: u16, user: &str) -> String {
    of_user_in(target_type::DEFAULT, year, user)
}

pub(crate) fn of_user_in(target_type: TargetTypeId, year: u16, user: &str) -> String {
    let user = UserId::parse(user).unwrap();
    let assignee = Assignee::User { user, group: None };
    TargetPlace { target_type, item: None, year, assignee }.id().to_string()
}

/// The id of a group's row of All sales – Amount.
pub(crate) fn of_group(year: u16, group: &str) -> String {
    let group = TypeName::parse(group).unwrap();
    place(year, Assignee::Group { group }).id().to_string()
}
