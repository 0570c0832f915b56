//! The items every tenant's lists have from the beginning (SO-19, SD-1, SD-5). Facts name them by key, so one is never taken
//! out of here; a tenant that does not want it deletes it.

use std::collections::BTreeMap;

use crate::activity::Kind;
use crate::list::{ListItem, ListName};
use crate::values::{ListKey, LocalName};

/// Key, then the label in English, Norwegian and Dutch.
type Row = (&'static str, &'static str, &'static str, &'static str);

const UNKNOWN: Row = ("unknown", "Unknown", "Ukjent", "Onbekend");

const SOURCES: [Row; 8] = [
    UNKNOWN,
    ("website", "Website", "Nettsted", "Website"),
    ("trade-fair", "Trade fair", "Messe", "Beurs"),
    ("referral", "Referral", "Anbefaling", "Aanbeveling"),
    ("existing-customer", "Existing customer", "Eksisterende kunde", "Bestaande klant"),
    ("cold-call", "Cold call", "Kald telefon", "Koude acquisitie"),
    ("newsletter", "Newsletter", "Nyhetsbrev", "Nieuwsbrief"),
    ("partner", "Partner", "Partner", "Partner"),
];

const REASONS_STALLED: [Row; 5] = [
    UNKNOWN,
    ("budget-next-year", "Budget next year", "Budsjett neste år", "Budget volgend jaar"),
    ("reorganisation", "Reorganisation", "Omorganisering", "Reorganisatie"),
    ("waiting-for-approval", "Waiting for approval", "Venter på godkjenning", "Wacht op akkoord"),
    ("contact-on-leave", "Contact on leave", "Kontakten er borte", "Contact met verlof"),
];

const REASONS_SOLD: [Row; 6] = [
    UNKNOWN,
    ("best-product", "Best product", "Best produkt", "Beste product"),
    ("trust", "Trust", "Tillit", "Vertrouwen"),
    ("price", "Price", "Pris", "Prijs"),
    ("delivery-time", "Delivery time", "Leveringstid", "Levertijd"),
    ("local-support", "Local support", "Lokal støtte", "Lokale ondersteuning"),
];

const REASONS_LOST: [Row; 6] = [
    UNKNOWN,
    ("price", "Price", "Pris", "Prijs"),
    ("competitor", "Competitor", "Konkurrent", "Concurrent"),
    ("no-budget", "No budget", "Ikke budsjett", "Geen budget"),
    ("no-decision", "No decision", "Ingen beslutning", "Geen besluit"),
    ("wrong-time", "Wrong time", "Feil tidspunkt", "Verkeerd moment"),
];

const SALES_ROLES: [Row; 5] = [
    UNKNOWN,
    ("decision-maker", "Decision maker", "Beslutningstaker", "Beslisser"),
    ("influencer", "Influencer", "Påvirker", "Beïnvloeder"),
    ("adviser", "Adviser", "Rådgiver", "Adviseur"),
    ("end-user", "End user", "Sluttbruker", "Eindgebruiker"),
];

const PRIORITIES: [Row; 3] = [
    ("high", "High", "Høy", "Hoog"),
    ("medium", "Medium", "Middels", "Gemiddeld"),
    ("low", "Low", "Lav", "Laag"),
];

const CATEGORIES: [Row; 4] = [
    UNKNOWN,
    ("new-business", "New business", "Nysalg", "Nieuwe klanten"),
    ("renewal", "Renewal", "Fornyelse", "Verlenging"),
    ("additional-sale", "Additional sale", "Mersalg", "Bijverkoop"),
];

const COMPANY_CATEGORIES: [Row; 6] = [
    UNKNOWN,
    ("customer", "Customer", "Kunde", "Klant"),
    ("prospect", "Prospect", "Potensiell kunde", "Prospect"),
    ("partner", "Partner", "Partner", "Partner"),
    ("supplier", "Supplier", "Leverandør", "Leverancier"),
    ("competitor", "Competitor", "Konkurrent", "Concurrent"),
];

const COMPANY_BUSINESSES: [Row; 7] = [
    UNKNOWN,
    ("manufacturing", "Manufacturing", "Industri", "Industrie"),
    ("trade", "Trade", "Handel", "Handel"),
    ("services", "Services", "Tjenester", "Diensten"),
    ("transport", "Transport", "Transport", "Transport"),
    ("construction", "Construction", "Bygg og anlegg", "Bouw"),
    ("public-sector", "Public sector", "Offentlig sektor", "Overheid"),
];

/// Types of follow-ups: a row, its kind, how long such follow-ups usually last (SD-1, SD-3). To-dos have days.
const FOLLOW_UP_TYPES: [(Row, Kind, Option<u16>); 8] = [
    (("customer-visit", "Customer visit", "Kundebesøk", "Klantbezoek"), Kind::Meeting, Some(90)),
    (("demonstration", "Demonstration", "Demonstrasjon", "Demonstratie"), Kind::Meeting, Some(60)),
    (("video-meeting", "Video meeting", "Videomøte", "Videovergadering"), Kind::Meeting, Some(30)),
    (
        ("internal-meeting", "Internal meeting", "Internt møte", "Intern overleg"),
        Kind::Meeting,
        None,
    ),
    (("preparation", "Preparation", "Forberedelse", "Voorbereiding"), Kind::ToDo, None),
    (("send-offer", "Send an offer", "Send tilbud", "Offerte sturen"), Kind::ToDo, None),
    (("phone-call", "Phone call", "Telefonsamtale", "Telefoongesprek"), Kind::Call, None),
    (("service-call", "Service call", "Servicesamtale", "Servicegesprek"), Kind::Call, Some(30)),
];

/// A row with the kind and the length of a type of follow-ups.
type Full = (&'static Row, Option<Kind>, Option<u16>);

fn rows(list: ListName) -> Vec<Full> {
    let plain: &'static [Row] = match list {
        ListName::Source => &SOURCES,
        ListName::Competitor | ListName::Credited => &[UNKNOWN],
        ListName::ReasonStalled => &REASONS_STALLED,
        ListName::ReasonSold => &REASONS_SOLD,
        ListName::ReasonLost => &REASONS_LOST,
        ListName::SalesRole => &SALES_ROLES,
        ListName::Priority => &PRIORITIES,
        ListName::SaleTypeCategory => &CATEGORIES,
        ListName::CompanyCategory => &COMPANY_CATEGORIES,
        ListName::CompanyBusiness => &COMPANY_BUSINESSES,
        ListName::FollowUpType => {
            let types = FOLLOW_UP_TYPES.iter();
            return types.map(|(row, kind, minutes)| (row, Some(*kind), *minutes)).collect();
        }
    };
    plain.iter().map(|row| (row, None, None)).collect()
}

/// Whether a list has an item of this key from the beginning.
pub fn is_shipped(list: ListName, key: &ListKey) -> bool {
    rows(list).iter().any(|((known, ..), ..)| *known == key.as_str())
}

/// The items a list has from the beginning, in order; ranks go by ten.
///
/// # Panics
/// Never: the tests read every row.
pub fn shipped(list: ListName) -> Vec<ListItem> {
    let item = |(((key, en, nb, nl), kind, minutes), rank): (Full, i32)| {
        let labels = [("en", *en), ("nb", *nb), ("nl", *nl)];
        let labels: BTreeMap<String, String> =
            labels.into_iter().map(|(of, label)| (of.to_owned(), label.to_owned())).collect();
        ListItem {
            list,
            key: ListKey::parse(key).expect("invariant: shipped keys are keys"),
            labels: LocalName::try_from(labels).expect("invariant: shipped labels are names"),
            rank: rank * 10,
            kind,
            minutes,
        }
    };
    rows(list).into_iter().zip(1..).map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_items_with_labels_in_three_languages() {
        for list in ListName::ALL {
            let items = shipped(list);
            assert!(!items.is_empty(), "{list:?}");
            let mut keys: Vec<_> = items.iter().map(|item| item.key.clone()).collect();
            assert!(keys.iter().all(|key| is_shipped(list, key)));
            keys.sort();
            keys.dedup();
            assert_eq!(keys.len(), items.len(), "{list:?} has a key twice");
        }
        let words: Vec<_> = shipped(ListName::Priority).into_iter().map(|item| item.key).collect();
        let words: Vec<_> = words.iter().map(ListKey::as_str).collect();
        assert_eq!(words, ["high", "medium", "low"], "SD-5");
    }

    #[test]
    fn every_type_of_follow_ups_belongs_to_one_kind_and_nothing_else_has_one_sd_1() {
        for list in ListName::ALL {
            let typed = list == ListName::FollowUpType;
            for item in shipped(list) {
                assert_eq!(item.kind.is_some(), typed, "{item:?}");
                assert!(item.kind != Some(Kind::Document), "{item:?}");
                assert!(item.minutes.is_none() || item.kind != Some(Kind::ToDo), "{item:?}");
            }
        }
    }
}
