//! Whom the demo sells what to. Every company and person here is made up; the words for kinds of work are
//! those of the trade, in Norwegian, Dutch and English.

/// Where a customer is at home: decides language, currency and who sells there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// Titles in Norwegian, amounts in kroner.
    Norway,
    /// Titles in Dutch, amounts in euros.
    Netherlands,
    /// Titles in English, amounts in pounds.
    Britain,
}

impl Home {
    /// Currency of its amounts.
    #[must_use]
    pub fn currency(self) -> &'static str {
        match self {
            Self::Norway => "NOK",
            Self::Netherlands => "EUR",
            Self::Britain => "GBP",
        }
    }

    /// Its code (ISO 3166-1).
    #[must_use]
    pub fn country(self) -> &'static str {
        match self {
            Self::Norway => "NO",
            Self::Netherlands => "NL",
            Self::Britain => "GB",
        }
    }

    /// What is said there, of an English, a Norwegian and a Dutch name.
    #[must_use]
    pub fn of(self, [en, nb, nl]: [&'static str; 3]) -> &'static str {
        match self {
            Self::Norway => nb,
            Self::Netherlands => nl,
            Self::Britain => en,
        }
    }

    /// What can be sold there.
    #[must_use]
    pub fn products(self) -> &'static [&'static str] {
        match self {
            Self::Norway => &PRODUCTS_NB,
            Self::Netherlands => &PRODUCTS_NL,
            Self::Britain => &PRODUCTS_EN,
        }
    }

    /// First names and family names of its people.
    #[must_use]
    pub fn people(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Norway => (&FIRST_NB, &FAMILY_NB),
            Self::Netherlands => (&FIRST_NL, &FAMILY_NL),
            Self::Britain => (&FIRST_EN, &FAMILY_EN),
        }
    }

    /// Customers there.
    #[must_use]
    pub fn companies(self) -> &'static [&'static str] {
        match self {
            Self::Norway => &COMPANIES_NB,
            Self::Netherlands => &COMPANIES_NL,
            Self::Britain => &COMPANIES_EN,
        }
    }
}

const COMPANIES_NB: [&str; 20] = [
    "Havskum Fisk",
    "Bjørkelia Bygg",
    "Skogtoppen Møbler",
    "Lyngheia Energi",
    "Storelva Meieri",
    "Nattfjord Rederi",
    "Tinderama Sport",
    "Granstua Hotell",
    "Vintersol Reiser",
    "Kvitberg Sement",
    "Rypelyng Apotek",
    "Elvesus Vannverk",
    "Solrenna Tak",
    "Multemyr Barnehager",
    "Rognebær Bakeri",
    "Fonnbreen Transport",
    "Steinkast Entreprenør",
    "Tyttebær Regnskap",
    "Måkeskjær Havn",
    "Ullgenser Strikk",
];

const COMPANIES_NL: [&str; 20] = [
    "Tulpenveld Logistiek",
    "Grachtlicht Hotels",
    "Polderwind Energie",
    "Molenrad Meel",
    "Waterkering Bouw",
    "Fietspad Verhuur",
    "Zilvermeeuw Vishandel",
    "Kaaskop Zuivel",
    "Duinroos Zorg",
    "Veenbries Kwekerij",
    "Sluiswachter Scheepvaart",
    "Klompengang Reizen",
    "Stroopwolk Bakkerij",
    "Dijkgraaf Installaties",
    "Spoelwiel Textiel",
    "Inktvlek Uitgeverij",
    "Kastanjelaan Scholen",
    "Blauwe Brug Drukkerij",
    "Hooiberg Landbouw",
    "Noorderlamp Advies",
];

const COMPANIES_EN: [&str; 12] = [
    "Thistledown Dairies",
    "Lanternfield Books",
    "Copper Kettle Inns",
    "Gullwing Ferries",
    "Oakhollow Joinery",
    "Marrowbridge Clinics",
    "Saltmarsh Brewing",
    "Pennycress Gardens",
    "Fernhill Schools",
    "Wrenfold Insurance",
    "Tidewrack Chandlers",
    "Hazelbrook Trams",
];

const PRODUCTS_NB: [&str; 16] = [
    "nytt kassasystem",
    "lagerstyring",
    "vedlikeholdsavtale",
    "opplæring av ledere",
    "nettbutikk",
    "turnusplanlegging",
    "sensorer i produksjonen",
    "adgangskontroll",
    "rutevalg for varebiler",
    "kundesenter",
    "elektronisk faktura",
    "flåtestyring",
    "prosjektregnskap",
    "energimåling",
    "booking på nett",
    "reservedelslager",
];

const PRODUCTS_NL: [&str; 16] = [
    "nieuw kassasysteem",
    "magazijnbeheer",
    "onderhoudscontract",
    "opleiding leidinggevenden",
    "webwinkel",
    "roosterplanning",
    "sensoren in de productie",
    "toegangscontrole",
    "routeplanning bestelwagens",
    "klantenservice",
    "elektronisch factureren",
    "vlootbeheer",
    "projectadministratie",
    "energiemeting",
    "online reserveren",
    "voorraad reserveonderdelen",
];

const PRODUCTS_EN: [&str; 16] = [
    "point of sale",
    "stock control",
    "maintenance contract",
    "training for team leads",
    "web shop",
    "shift planning",
    "sensors on the line",
    "access control",
    "routes for vans",
    "customer desk",
    "electronic invoices",
    "fleet control",
    "project accounts",
    "energy metering",
    "online booking",
    "spare parts stock",
];

const FIRST_NB: [&str; 8] =
    ["Ingrid", "Sondre", "Marit", "Eirik", "Solveig", "Håkon", "Tuva", "Aksel"];
const FAMILY_NB: [&str; 7] =
    ["Myrvold", "Haugstad", "Lillebø", "Rønningen", "Tveito", "Sandnes", "Åsheim"];
const FIRST_NL: [&str; 8] =
    ["Fenna", "Bram", "Lotte", "Sjoerd", "Maaike", "Ruben", "Anouk", "Teun"];
const FAMILY_NL: [&str; 7] =
    ["van der Laan", "Hoekstra", "de Wit", "Terpstra", "Schouten", "van Beek", "Kuipers"];
const FIRST_EN: [&str; 8] =
    ["Harriet", "Owen", "Priya", "Callum", "Maeve", "Tobias", "Imogen", "Desmond"];
const FAMILY_EN: [&str; 7] =
    ["Ashdown", "Pemberton", "Okafor", "Whitlock", "Marsh", "Llewellyn", "Cartwright"];

/// Where sales come from (SO-F24).
pub const SOURCES: [&str; 7] = [
    "website",
    "trade-fair",
    "referral",
    "existing-customer",
    "cold-call",
    "newsletter",
    "partner",
];
/// Why sales are won (SO-F27).
pub const WON_BECAUSE: [&str; 5] =
    ["best-product", "trust", "price", "delivery-time", "local-support"];
/// Why sales are lost (SO-F28).
pub const LOST_BECAUSE: [&str; 5] =
    ["price", "competitor", "no-budget", "no-decision", "wrong-time"];
/// Who else sells (SO-F25); made up, too.
pub const COMPETITORS: [&str; 4] = ["polarbit", "delta-en-zoon", "greyfinch", "kraftverket-it"];
/// Why sales are put on hold (SO-F23).
pub const STALLED_BECAUSE: [&str; 4] =
    ["budget-next-year", "reorganisation", "waiting-for-approval", "contact-on-leave"];
