//! The guide of the worked scenarios (domain §5) on the type NEW: what is suggested in each of its three stages.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::fixture::{Fixture, SET_UP_AT};
use crate::world::World;

/// Ids of the items, by the names the scenarios give them.
#[derive(Debug, Clone, Copy, Default)]
pub struct GuideItems {
    /// FM: customer meeting, 7 days later, an hour.
    pub g1: Uuid,
    /// FM: meeting confirmation.
    pub d1: Uuid,
    /// QT: quotation preparation, a to-do 3 days later.
    pub g2: Uuid,
    /// QT: quotation.
    pub d2: Uuid,
    /// SC: set up contract meeting, a call 2 days later, a quarter of an hour.
    pub g3: Uuid,
    /// SC: contract meeting, 5 days later, an hour and a half, suggested by itself.
    pub g4: Uuid,
    /// SC: signed contract.
    pub d3: Uuid,
}

impl Fixture {
    /// Puts the guide on the type NEW and lets it suggest the next stage.
    ///
    /// # Panics
    /// When something is refused.
    pub async fn guide(&self, world: &World) -> GuideItems {
        let id = |n: u128| Uuid::from_u128(0x0198_f0a0_0000_7000_8000_0000_0000_0100 + n);
        let items = GuideItems {
            g1: id(1),
            d1: id(2),
            g2: id(3),
            d2: id(4),
            g3: id(5),
            g4: id(6),
            d3: id(7),
        };
        for (command, body) in self.worked_items(items) {
            let path = format!("/v1/sale-types/{}/{command}", self.new);
            self.at(world, SET_UP_AT, &path, body).await;
        }
        items
    }

    /// The commands that make the guide, in order: ranks follow it.
    fn worked_items(&self, items: GuideItems) -> [(&'static str, Value); 8] {
        const FOLLOW_UP: &str = "add-suggested-follow-up";
        const DOCUMENT: &str = "add-suggested-document";
        let GuideItems { g1, d1, g2, d2, g3, g4, d3 } = items;
        [
            ("edit", json!({"auto_advance": true})),
            (
                FOLLOW_UP,
                json!({"id": g1, "stage": self.fm, "name": {"en": "Customer meeting", "nb": "Kundemøte"},
                "purpose": "Find out what they need", "kind": "meeting", "offset_days": 7,
                "duration_minutes": 60, "text": "Bring the price list"}),
            ),
            (
                DOCUMENT,
                json!({"id": d1, "stage": self.fm, "name": "Meeting confirmation", "template": "E-mail",
                "subject": "Our meeting", "our_reference": "{sale_number}"}),
            ),
            (
                FOLLOW_UP,
                json!({"id": g2, "stage": self.qt, "name": "Quotation preparation", "kind": "to_do",
                "offset_days": 3}),
            ),
            (
                DOCUMENT,
                json!({"id": d2, "stage": self.qt, "name": "Quotation", "template": "Letter"}),
            ),
            (
                FOLLOW_UP,
                json!({"id": g3, "stage": self.sc, "name": "Set up contract meeting", "kind": "call",
                "offset_days": 2, "duration_minutes": 15}),
            ),
            (
                FOLLOW_UP,
                json!({"id": g4, "stage": self.sc, "name": "Contract meeting", "kind": "meeting",
                "offset_days": 5, "duration_minutes": 90, "auto_suggest": true}),
            ),
            (DOCUMENT, json!({"id": d3, "stage": self.sc, "name": "Signed contract"})),
        ]
    }
}
