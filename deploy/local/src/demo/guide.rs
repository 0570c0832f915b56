//! The sales guide of the demo: the tutorial's example on "Sale to new customer", from the first meeting by way of the
//! quotation to the signature (SG-31).

use serde_json::{Value, json};

use super::cast;
use super::line::id;

/// The type whose sales are led by the guide.
pub const GUIDED: &str = "new-customer";

/// The last stage; none is suggested after it (SG-25).
pub const SIGNING: &str = "signing";

/// What an item suggests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suggests {
    /// Kind, days from the follow-up before, minutes, suggested by itself.
    FollowUp(&'static str, u16, Option<u16>, bool),
    /// What it is written from.
    Document(&'static str),
}

/// An item of the guide.
#[derive(Debug)]
pub struct Item {
    /// Key of its id.
    pub key: &'static str,
    /// Key of its stage.
    pub stage: &'static str,
    /// Its name in English, Norwegian and Dutch.
    pub names: [&'static str; 3],
    /// What it suggests.
    pub suggests: Suggests,
}

/// First meeting.
pub const MEETING: &str = "guide/customer-meeting";
/// Its confirmation, by e-mail.
pub const CONFIRMATION: &str = "guide/meeting-confirmation";
/// Preparing the quotation.
pub const PREPARATION: &str = "guide/quotation-preparation";
/// The quotation itself.
pub const QUOTATION: &str = "guide/quotation-letter";
/// Setting up the contract meeting.
pub const CONTRACT_CALL: &str = "guide/contract-call";
/// The contract meeting; it suggests itself.
pub const CONTRACT_MEETING: &str = "guide/contract-meeting";
/// The contract, signed.
pub const CONTRACT: &str = "guide/signed-contract";

/// Every item, stage by stage.
pub const ITEMS: [Item; 7] = [
    Item {
        key: MEETING,
        stage: "first-meeting",
        names: ["Customer meeting", "Kundemøte", "Klantgesprek"],
        suggests: Suggests::FollowUp("meeting", 7, Some(60), false),
    },
    Item {
        key: CONFIRMATION,
        stage: "first-meeting",
        names: ["Meeting confirmation", "Møtebekreftelse", "Bevestiging van de afspraak"],
        suggests: Suggests::Document("E-mail"),
    },
    Item {
        key: PREPARATION,
        stage: "quotation",
        names: ["Quotation preparation", "Forberede tilbud", "Offerte voorbereiden"],
        suggests: Suggests::FollowUp("to_do", 3, None, false),
    },
    Item {
        key: QUOTATION,
        stage: "quotation",
        names: ["Quotation letter", "Tilbudsbrev", "Offertebrief"],
        suggests: Suggests::Document("Letter"),
    },
    Item {
        key: CONTRACT_CALL,
        stage: SIGNING,
        names: ["Set up contract meeting", "Avtale kontraktsmøte", "Contractbespreking afspreken"],
        suggests: Suggests::FollowUp("call", 2, Some(15), false),
    },
    Item {
        key: CONTRACT_MEETING,
        stage: SIGNING,
        names: ["Contract meeting", "Kontraktsmøte", "Contractbespreking"],
        suggests: Suggests::FollowUp("meeting", 5, Some(90), true),
    },
    Item {
        key: CONTRACT,
        stage: SIGNING,
        names: ["Signed contract", "Signert kontrakt", "Getekend contract"],
        suggests: Suggests::Document("Contract"),
    },
];

impl Item {
    /// The command that adds it, and its body.
    pub(super) fn added(&self) -> (&'static str, Value) {
        let mut body =
            json!({ "id": id(self.key), "stage": id(self.stage), "name": cast::named(self.names) });
        match self.suggests {
            Suggests::FollowUp(kind, offset_days, minutes, auto_suggest) => {
                body["kind"] = kind.into();
                body["offset_days"] = offset_days.into();
                body["auto_suggest"] = auto_suggest.into();
                if let Some(minutes) = minutes {
                    body["duration_minutes"] = minutes.into();
                }
                ("AddSuggestedFollowUp", body)
            }
            Suggests::Document(template) => {
                body["template"] = template.into();
                ("AddSuggestedDocument", body)
            }
        }
    }
}

/// The items of a stage.
pub fn of_stage(stage: &str) -> impl Iterator<Item = &'static Item> {
    ITEMS.iter().filter(move |item| item.stage == stage)
}

/// The names of an item, by its key.
#[must_use]
pub fn named(key: &str) -> Option<[&'static str; 3]> {
    ITEMS.iter().find(|item| item.key == key).map(|item| item.names)
}
