//! What sales went through, stage by stage, from all their versions: what `analyses/stays/stay.sql` and `whole.sql` tell,
//! in one pass over the past.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::View;
use super::block::{Block, Word};
use super::chosen::Chosen;
use super::words::{Words, index};
use crate::ask::{Filters, InCurrency};
use crate::sale::Status;

/// A sale that is not meant, and a stay there is not.
const NOBODY: u32 = u32::MAX;

/// How a stay in a stage ends, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// To a later stage.
    WentOn,
    /// To an earlier one.
    WentBack,
    /// To one that is neither, or to none.
    Moved,
    Won,
    Lost,
    StillThere,
}

impl Exit {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::WentOn, Self::WentBack, Self::Moved, Self::Won, Self::Lost, Self::StillThere];

    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WentOn => "went_on",
            Self::WentBack => "went_back",
            Self::Moved => "moved",
            Self::Won => "won",
            Self::Lost => "lost",
            Self::StillThere => "still_there",
        }
    }
}

/// What stays are asked for.
pub(crate) struct Passing<'a> {
    /// Which sales.
    pub filters: &'a Filters,
    pub currency: &'a InCurrency,
    /// The stages of each type in their order.
    pub types: &'a HashMap<Uuid, Vec<Uuid>>,
    /// The rank of each stage.
    pub ranks: &'a HashMap<Uuid, i32>,
    /// When a stay has to begin: the first instant, and the first one after.
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    /// When stays end that have not ended.
    pub at: DateTime<Utc>,
}

/// A sale that is meant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Passed {
    pub sale: Uuid,
    pub stream: Uuid,
    /// The version that holds at the moment.
    pub version: i64,
    pub number: i64,
    pub status: Status,
    owner: u32,
}

/// All stays of a sale in one stage that began in the period.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InStage {
    /// Place of the sale among those that are meant.
    sale: u32,
    /// Number of the stage.
    stage: u32,
    /// The stay in another stage that was begun before; [`NOBODY`] for none.
    before: u32,
    pub entries: i64,
    /// Microseconds since 1970 when the first one began.
    pub entered: i64,
    /// When the last one ended; none while it lasts.
    pub left: Option<i64>,
    /// Microseconds of all together.
    pub micros: i64,
    /// How the last one ended.
    pub exit: Exit,
}

/// The stays of all sales that are meant.
#[derive(Debug)]
pub(crate) struct Stays {
    /// A sale and a stage each, in no order.
    pub stays: Vec<InStage>,
    sales: Vec<Passed>,
    stages: Vec<Uuid>,
    owners: Arc<Words>,
}

impl Stays {
    /// The sale of a stay.
    pub fn sale(&self, stay: &InStage) -> &Passed {
        &self.sales[index(stay.sale)]
    }

    /// The place of its sale, below [`sales`](Self::sales).
    pub fn place(stay: &InStage) -> usize {
        index(stay.sale)
    }

    /// How many sales are meant.
    pub fn sales(&self) -> usize {
        self.sales.len()
    }

    /// The stage of a stay.
    pub fn stage(&self, stay: &InStage) -> Uuid {
        self.stages[index(stay.stage)]
    }

    /// `sub` of who owns a sale.
    pub fn owner(&self, sale: &Passed) -> &str {
        self.owners.word(sale.owner).unwrap_or_default()
    }
}

impl View {
    /// The stays of the sales that are meant; none when SQL has to be asked, also where no past is held.
    pub fn stays(&self, today: NaiveDate, asked: &Passing<'_>) -> Option<Stays> {
        let (past, moment, held) = self.past()?;
        let chosen = Chosen::of(asked.filters, self.sales(), today, asked.currency)?;
        let mut place_of = vec![NOBODY; past.met];
        let mut sales = Vec::new();
        self.each(&chosen, |block, (number, at), _| {
            if let Some(place) = place_of.get_mut(held.number(number, at)) {
                *place = count(sales.len());
                sales.push(passed(block, at));
            }
        });
        let mut walk = Walk::of(self, asked, sales.len());
        for (number, block) in past.sales.blocks.iter().enumerate() {
            for at in 0..block.len() {
                let place = place_of.get(past.number(number, at)).copied().unwrap_or(NOBODY);
                if place != NOBODY && past.belongs(number, at, moment) {
                    walk.take(place, Step::of(block, at));
                }
            }
        }
        Some(Stays {
            stays: walk.end(),
            sales,
            stages: self.sales().words(Word::Stage).each(id_of),
            owners: self.sales().shared_words(Word::Owner),
        })
    }
}

/// The id a word is; the absent one's where there is none.
fn id_of(word: Option<&str>) -> Uuid {
    word.and_then(|word| word.parse().ok()).unwrap_or_default()
}

fn passed(block: &Block, at: usize) -> Passed {
    Passed {
        sale: block.sale[at],
        stream: block.stream[at],
        version: block.version[at],
        number: block.number[at],
        status: block.status[at],
        owner: block.words(Word::Owner)[at],
    }
}

/// Where a version has its sale: while it is won or lost in no stage, while it is stalled in its own.
#[derive(Debug, Clone, Copy)]
struct Step {
    stage: u32,
    /// How it was closed, if it is.
    closed: Option<Exit>,
    sale_type: u32,
    effective: i64,
}

impl Step {
    fn of(block: &Block, at: usize) -> Self {
        let closed = match block.status[at] {
            Status::Open | Status::Stalled => None,
            Status::Won => Some(Exit::Won),
            Status::Lost => Some(Exit::Lost),
        };
        Self {
            stage: if closed.is_some() { Words::NONE } else { block.words(Word::Stage)[at] },
            closed,
            sale_type: block.words(Word::SaleType)[at],
            effective: block.effective[at],
        }
    }

    fn is_other(&self, before: &Self) -> bool {
        self.stage != before.stage || self.closed.is_some() != before.closed.is_some()
    }
}

/// The versions of all sales, each sale's in their order, on their way to stays.
struct Walk {
    /// Of each type the place of each stage in it, by their numbers.
    places: Vec<Vec<Option<i64>>>,
    ranks: Vec<Option<i64>>,
    from: i64,
    until: i64,
    at: i64,
    /// Of each sale where it is, and its newest stay.
    last: Vec<(Option<Step>, u32)>,
    stays: Vec<InStage>,
}

impl Walk {
    fn of(view: &View, asked: &Passing<'_>, sales: usize) -> Self {
        let words = |word: Word| view.sales().words(word).each(id_of);
        let (stages, types) = (words(Word::Stage), words(Word::SaleType));
        let place = |sale_type: &Uuid, stage: &Uuid| {
            let at = asked.types.get(sale_type)?.iter().position(|one| one == stage)?;
            i64::try_from(at).ok()
        };
        let of_type = |sale_type| stages.iter().map(|stage| place(sale_type, stage)).collect();
        let rank = |stage| asked.ranks.get(stage).map(|rank| i64::from(*rank));
        let micros = |at: Option<DateTime<Utc>>| at.map(|at| at.timestamp_micros());
        Self {
            places: types.iter().map(of_type).collect(),
            ranks: stages.iter().map(rank).collect(),
            from: micros(asked.from).unwrap_or(i64::MIN),
            until: micros(asked.until).unwrap_or(i64::MAX),
            at: asked.at.timestamp_micros(),
            last: vec![(None, NOBODY); sales],
            stays: Vec::new(),
        }
    }

    /// The next version of a sale.
    fn take(&mut self, sale: u32, step: Step) {
        let place = index(sale);
        match self.last[place].0 {
            Some(before) if !step.is_other(&before) => {}
            Some(before) => {
                let exit = self.exit(&before, &step);
                self.stay(sale, &before, Some(step.effective), exit);
                self.last[place].0 = Some(step);
            }
            None => self.last[place].0 = Some(step),
        }
    }

    /// Later is what stands later in the type the sale then has, else what has the higher rank.
    fn exit(&self, before: &Step, step: &Step) -> Exit {
        if let Some(closed) = step.closed {
            return closed;
        }
        let (from, to) = (index(before.stage), index(step.stage));
        let apart = |of: &Vec<Option<i64>>| Some((*of.get(to)?)? - (*of.get(from)?)?);
        let by_type = self.places.get(index(step.sale_type)).and_then(apart);
        match by_type.or_else(|| apart(&self.ranks)) {
            Some(ahead) if ahead > 0 => Exit::WentOn,
            Some(ahead) if ahead < 0 => Exit::WentBack,
            Some(_) | None => Exit::Moved,
        }
    }

    /// A stay has ended, or lasts until the moment.
    fn stay(&mut self, sale: u32, step: &Step, left: Option<i64>, exit: Exit) {
        let begun = self.from <= step.effective && step.effective < self.until;
        if step.stage == Words::NONE || !begun {
            return;
        }
        let micros = (left.unwrap_or(self.at) - step.effective).max(0);
        let newest = self.last[index(sale)].1;
        let mut known = newest;
        while known != NOBODY && self.stays[index(known)].stage != step.stage {
            known = self.stays[index(known)].before;
        }
        if known == NOBODY {
            self.last[index(sale)].1 = count(self.stays.len());
            let (stage, entered) = (step.stage, step.effective);
            let before = newest;
            self.stays.push(InStage {
                sale,
                stage,
                before,
                entries: 1,
                entered,
                left,
                micros,
                exit,
            });
            return;
        }
        let stay = &mut self.stays[index(known)];
        (stay.left, stay.exit) = (left, exit);
        stay.entries += 1;
        stay.micros += micros;
    }

    fn end(mut self) -> Vec<InStage> {
        for place in 0..self.last.len() {
            if let Some(step) = self.last[place].0 {
                self.stay(count(place), &step, None, Exit::StillThere);
            }
        }
        self.stays
    }
}

fn count(index: usize) -> u32 {
    u32::try_from(index).expect("invariant: memory is bounded")
}
