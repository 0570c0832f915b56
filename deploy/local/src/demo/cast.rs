//! What the demo tenant is before anybody sells: its zone, its people, stages, sale types and rates.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::calendar::{hour, shifted};
use super::line::{Line, id};
use super::words::{COMPETITORS, Home};
use super::{extras, guide};

/// A stage (SO-47).
#[derive(Debug)]
pub struct Stage {
    /// Key of its id.
    pub key: &'static str,
    /// Its name in English, Norwegian and Dutch.
    pub names: [&'static str; 3],
    /// Chance of winning, whole percent.
    pub probability: u8,
}

/// A sale type (SO-45), and how its sales go.
#[derive(Debug)]
pub struct SaleKind {
    /// Key of its id.
    pub key: &'static str,
    /// Its name in English, Norwegian and Dutch.
    pub names: [&'static str; 3],
    /// Group of types.
    pub category: &'static str,
    /// Estimated time: number and unit.
    pub duration: (u16, &'static str),
    /// Keys of its stages, in order.
    pub stages: &'static [&'static str],
    /// Days from registration to the end.
    pub life: (i64, i64),
    /// Amount in hundreds of euros.
    pub hundreds: (i64, i64),
}

impl SaleKind {
    /// Whether its sales are led by the guide.
    #[must_use]
    pub fn is_guided(&self) -> bool {
        self.key == guide::GUIDED
    }

    /// Whether more people than the contact may be named (SK-1).
    #[must_use]
    pub fn stakeholders(&self) -> bool {
        matches!(self.category, "New business")
    }
}

/// Stages of all types, by probability.
pub const STAGES: [Stage; 9] = [
    stage("qualify", ["Qualify", "Kvalifiser", "Kwalificeren"], 10),
    stage("first-meeting", ["First meeting", "Første møte", "Eerste gesprek"], 20),
    stage("develop", ["Develop", "Utvikle", "Ontwikkelen"], 30),
    stage("needs", ["Needs analysis", "Behovsanalyse", "Behoefteanalyse"], 35),
    stage("quotation", ["Quotation", "Tilbud", "Offerte"], 50),
    stage("propose", ["Propose", "Foreslå", "Voorstellen"], 55),
    stage("negotiation", ["Negotiation", "Forhandling", "Onderhandeling"], 65),
    stage("signing", ["Signing of contract", "Kontraktssignering", "Contractondertekening"], 80),
    stage("close", ["Close", "Lukk", "Afsluiten"], 85),
];

/// Sale types; the last one has no stages (SO-3).
pub const KINDS: [SaleKind; 4] = [
    SaleKind {
        key: "new-customer",
        names: ["Sale to new customer", "Salg til ny kunde", "Verkoop aan nieuwe klant"],
        category: "New business",
        duration: (3, "months"),
        stages: &["first-meeting", "needs", "quotation", "negotiation", "signing"],
        life: (35, 130),
        hundreds: (80, 900),
    },
    SaleKind {
        key: "existing-customer",
        names: [
            "Sale to existing customer",
            "Salg til eksisterende kunde",
            "Verkoop aan bestaande klant",
        ],
        category: "Existing customers",
        duration: (6, "weeks"),
        stages: &["needs", "quotation", "signing"],
        life: (14, 60),
        hundreds: (30, 400),
    },
    SaleKind {
        key: "long-process",
        names: ["Long sales process", "Lang salgsprosess", "Lang verkoopproces"],
        category: "New business",
        duration: (8, "months"),
        stages: &["qualify", "develop", "propose", "close"],
        life: (110, 290),
        hundreds: (600, 4_500),
    },
    SaleKind {
        key: "quick-sale",
        names: ["Quick sale", "Hurtigsalg", "Snelle verkoop"],
        category: "Existing customers",
        duration: (10, "days"),
        stages: &[],
        life: (3, 20),
        hundreds: (5, 60),
    },
];

const fn stage(key: &'static str, names: [&'static str; 3], probability: u8) -> Stage {
    Stage { key, names, probability }
}

/// Users: id, name, group.
const USERS: [(&str, &str, &str); 4] = [
    ("ola", "Ola Nordmann", "oslo"),
    ("kari", "Kari Holm", "oslo"),
    ("sanne", "Sanne de Vries", "utrecht"),
    ("joost", "Joost Bakker", "utrecht"),
];

/// Who sells to customers of a country.
#[must_use]
pub fn sellers(home: Home) -> &'static [&'static str] {
    match home {
        Home::Norway => &["ola", "kari"],
        Home::Netherlands => &["sanne", "joost"],
        Home::Britain => &["ola", "sanne", "kari", "joost"],
    }
}

/// Rates against the euro, one a quarter: currency, unit, and what the unit was worth.
const RATES: [(&str, u32, [&str; 7]); 2] = [
    ("NOK", 100, ["8.61", "8.54", "8.72", "8.66", "8.49", "8.58", "8.63"]),
    ("GBP", 1, ["1.187", "1.174", "1.165", "1.152", "1.149", "1.158", "1.144"]),
];
/// The hour of everything that is there before the first sale.
const OPENS: u32 = 7;
/// Days from one rate to the next.
const RATE_EVERY: i64 = 90;

/// The names of a thing in the three languages.
pub(super) fn named([en, nb, nl]: [&str; 3]) -> Value {
    json!({ "en": en, "nb": nb, "nl": nl })
}

/// What is sent before the first sale, in waves: each wave rests on the one before it.
pub(super) fn waves(first: NaiveDate) -> [Vec<Line>; 4] {
    let open = hour(first, OPENS);
    let line = |command, id: String, body| Line { command, id, effective_at: open, body };
    let zone = line("SetTimeZone", "demo".to_owned(), json!({ "time_zone": "Europe/Oslo" }));
    let users = USERS.map(|(id, name, group)| {
        let body = json!({ "id": id, "name": name, "groups": [group], "primary_group": group });
        line("AddUser", id.to_owned(), body)
    });
    let stages = STAGES.iter().map(|stage| {
        let body = json!({ "name": named(stage.names), "probability": stage.probability });
        line("AddStage", id(stage.key).to_string(), body)
    });
    let kinds = KINDS.iter().map(|kind| {
        let (n, unit) = kind.duration;
        let stages: Vec<_> = kind.stages.iter().map(|key| id(key)).collect();
        let body = json!({ "name": named(kind.names), "category": kind.category,
            "duration": { "n": n, "unit": unit }, "stages": stages, "stakeholders": kind.stakeholders(),
            "auto_advance": kind.is_guided() });
        line("DefineSaleType", id(kind.key).to_string(), body)
    });
    let items = guide::ITEMS.iter().map(|item| {
        let (command, body) = item.added();
        line(command, id(guide::GUIDED).to_string(), body)
    });
    let fields = extras::fields().map(|body| line("DefineCustomField", "demo".to_owned(), body));
    let settings = std::iter::once(zone).chain(fields).collect();
    let competitors = COMPETITORS.map(|key| {
        let body = json!({ "key": key, "labels": label(key) });
        line("AddListItem", "competitor".to_owned(), body)
    });
    let lists = users.into_iter().chain(stages).chain(competitors).chain(rates(first)).collect();
    [settings, lists, kinds.collect(), items.collect()]
}

/// A key as people write the name.
fn label(key: &str) -> String {
    let words = key.split('-').map(|word| match word {
        "en" => word.to_owned(),
        "it" => word.to_uppercase(),
        other => other[..1].to_uppercase() + &other[1..],
    });
    words.collect::<Vec<_>>().join(" ")
}

fn rates(first: NaiveDate) -> impl Iterator<Item = Line> {
    RATES.into_iter().flat_map(move |(currency, unit, rates)| {
        rates.into_iter().zip(0..).map(move |(rate, n)| {
            let day = shifted(first, n * RATE_EVERY);
            let body = json!({ "rate": rate, "unit": unit, "valid_from": day });
            let effective_at = hour(day, OPENS);
            Line { command: "SetRate", id: currency.to_owned(), effective_at, body }
        })
    })
}
