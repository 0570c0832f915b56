//! Who and what the histories are about: three users and an administrator, three stages, two types with a guide and one
//! without, ten items.

use system_tests::{Fixture, GuideItems};
use uuid::Uuid;

/// Somebody who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    /// A seller of North.
    Ola,
    /// The manager, of North.
    Kari,
    /// A seller of South.
    Per,
    /// The administrator; owns nothing.
    Eva,
}

impl Who {
    pub(super) const SELLING: [Self; 3] = [Self::Ola, Self::Kari, Self::Per];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ola => "ola",
            Self::Kari => "kari",
            Self::Per => "per",
            Self::Eva => "eva",
        }
    }

    pub(super) fn role(self) -> &'static str {
        match self {
            Self::Ola | Self::Per => "seller",
            Self::Kari => "manager",
            Self::Eva => "admin",
        }
    }

    pub(super) fn group(self) -> &'static str {
        if self == Self::Per { "South" } else { "North" }
    }

    /// Whether they change what is not theirs.
    pub(super) fn leads(self) -> bool {
        matches!(self, Self::Kari | Self::Eva)
    }
}

/// A stage of the fixture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Fm,
    Qt,
    Sc,
}

impl Stage {
    pub(super) const ALL: [Self; 3] = [Self::Fm, Self::Qt, Self::Sc];

    pub(super) fn probability(self) -> i128 {
        match self {
            Self::Fm => 20,
            Self::Qt => 50,
            Self::Sc => 80,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Fm => "First meeting",
            Self::Qt => "Quotation",
            Self::Sc => "Signing of contract",
        }
    }

    pub(super) fn id(self, fixture: &Fixture) -> Uuid {
        match self {
            Self::Fm => fixture.fm,
            Self::Qt => fixture.qt,
            Self::Sc => fixture.sc,
        }
    }
}

/// A sale type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// FM, QT, SC; three months; suggests stages.
    New,
    /// QT, SC; no duration.
    Renewal,
    /// Nothing.
    Simple,
}

/// The id of the type the fixture does not have.
pub(super) const RENEWAL: Uuid = Uuid::from_u128(0x0198_f0a0_0000_7000_8000_0000_0000_0300);

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::New, Self::Renewal, Self::Simple];

    pub(super) fn id(self, fixture: &Fixture) -> Uuid {
        match self {
            Self::New => fixture.new,
            Self::Renewal => RENEWAL,
            Self::Simple => fixture.simple,
        }
    }

    pub(super) fn stages(self) -> &'static [Stage] {
        match self {
            Self::New => &Stage::ALL,
            Self::Renewal => &[Stage::Qt, Stage::Sc],
            Self::Simple => &[],
        }
    }
}

/// What an item suggests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suggests {
    Meeting,
    ToDo,
    Call,
    Document,
}

impl Suggests {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Meeting => "meeting",
            Self::ToDo => "to_do",
            Self::Call => "call",
            Self::Document => "document",
        }
    }

    /// How long it lasts when nothing is said, minutes.
    pub(super) fn usual(self) -> i64 {
        if self == Self::Call { 15 } else { 60 }
    }
}

/// An item as it is now.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Item {
    pub(super) key: usize,
    pub(super) stage: Stage,
    pub(super) rank: i32,
    pub(super) what: Suggests,
    pub(super) offset: i64,
    pub(super) minutes: Option<i64>,
    pub(super) auto: bool,
    pub(super) required: bool,
}

/// Items of all guides; the first seven are those of the worked scenarios.
pub(super) const ITEMS: usize = 10;

/// The items of a type in the beginning.
pub(super) fn items(kind: Kind) -> Vec<Item> {
    use Suggests::{Call, Document, Meeting, ToDo};
    let item = |key, stage, rank, what, offset, minutes| Item {
        key,
        stage,
        rank,
        what,
        offset,
        minutes,
        auto: matches!(key, 5 | 9),
        required: key != 7,
    };
    match kind {
        Kind::New => vec![
            item(0, Stage::Fm, 10, Meeting, 7, Some(60)),
            item(1, Stage::Fm, 20, Document, 0, None),
            item(2, Stage::Qt, 10, ToDo, 3, None),
            item(3, Stage::Qt, 20, Document, 0, None),
            item(4, Stage::Sc, 10, Call, 2, Some(15)),
            item(5, Stage::Sc, 20, Meeting, 5, Some(90)),
            item(6, Stage::Sc, 30, Document, 0, None),
        ],
        Kind::Renewal => vec![
            item(7, Stage::Qt, 10, Call, 1, Some(20)),
            item(8, Stage::Qt, 20, Document, 0, None),
            item(9, Stage::Sc, 10, Meeting, 4, None),
        ],
        Kind::Simple => Vec::new(),
    }
}

/// The type an item belongs to.
pub(super) fn kind_of(item: usize) -> Kind {
    if item < 7 { Kind::New } else { Kind::Renewal }
}

/// The public id of an item.
pub(super) fn item_id(item: usize, worked: &GuideItems) -> Uuid {
    let GuideItems { g1, d1, g2, d2, g3, g4, d3 } = *worked;
    let own = |n: u128| Uuid::from_u128(0x0198_f0a0_0000_7000_8000_0000_0000_0310 + n);
    [g1, d1, g2, d2, g3, g4, d3, own(7), own(8), own(9)][item]
}

/// The public id of the `n`th sale of a history.
pub(super) fn sale_id(n: usize) -> Uuid {
    Uuid::from_u128(0x0198_f0a0_0000_7000_8000_0000_0001_0000 + u128::try_from(n).unwrap())
}

/// The public id of the `n`th activity of a history.
pub(super) fn activity_id(n: usize) -> Uuid {
    Uuid::from_u128(0x0198_f0a0_0000_7000_8000_0000_0002_0000 + u128::try_from(n).unwrap())
}
