//! What is asked of the board: its own parameters, and the saved view that speaks where they are silent.

use events::view::{BoardGroup, BoardView, Summarize};
use service_runtime::Problem;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::ask::{Direction, FromGiven, Given, bad};
use crate::card_page::CardSort;

const CARDS_DEFAULT: i64 = 10;
const CARDS_MAX: i64 = 50;

/// Parameters the board takes for itself; all others go on to the lists behind its figures.
pub(super) const OWN: [&str; 9] = [
    "group_by",
    "subgroup_by",
    "summarize",
    "hide_closed",
    "cards",
    "view",
    "sort",
    "fields",
    "min_position",
];

/// Parameters of the board. What is not given is as the saved view has it, else the default.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BoardParams {
    /// What columns stand for: `stage`, `sale_type`, `owner`, `group` or `status`. Default: `stage`.
    #[param(value_type = Option<String>)]
    group_by: Option<BoardGroup>,
    /// What columns are divided by: the same words, or `none`. Default: `none`.
    #[param(value_type = Option<String>)]
    subgroup_by: Option<Option<BoardGroup>>,
    /// Which figure is the `sum` of a column: `amount` or `weighted`. Default: `amount`.
    #[param(value_type = Option<String>)]
    summarize: Option<Summarize>,
    /// Whether won and lost sales are left out (SF-16): `true` or `false`, the default.
    hide_closed: Option<bool>,
    /// How many cards each column shows, 0 to 50; 2 000 of all columns at most. Default: 10.
    #[param(value_type = Option<i64>, minimum = 0, maximum = 50)]
    cards: i64,
    /// The name of a view that the caller saved. With `selection` and without this, the selection's own view speaks.
    pub(super) view: Option<String>,
    /// A field, `-field` for highest first, as lists of sales have it. Default: `sale_date`.
    #[param(value_type = Option<String>, example = "-amount")]
    sort: Option<CardSort>,
    /// The selection whose sales are asked for, for its view.
    #[param(ignore)]
    pub(super) selection: Option<Uuid>,
}

impl FromGiven for BoardParams {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let words = "must be stage, sale_type, owner, group or status";
        let group = |text: &str| {
            BoardGroup::ALL.into_iter().find(|(word, _)| *word == text).map(|(_, group)| group)
        };
        let group_by = given.text("group_by");
        let group_by =
            group_by.map(|text| group(&text).ok_or_else(|| bad("group_by", words))).transpose()?;
        let subgroup_by = match given.text("subgroup_by") {
            None => None,
            Some(text) if text == "none" => Some(None),
            Some(text) => {
                let words = "must be stage, sale_type, owner, group, status or none";
                Some(Some(group(&text).ok_or_else(|| bad("subgroup_by", words))?))
            }
        };
        let summarize = match given.text("summarize").as_deref() {
            None => None,
            Some("amount") => Some(Summarize::Amount),
            Some("weighted") => Some(Summarize::Weighted),
            Some(_) => return Err(bad("summarize", "must be amount or weighted")),
        };
        let hide_closed = given.take("hide_closed", "must be true or false")?;
        let rule = "must be a whole number from 0 to 50";
        let cards = given.take::<i64>("cards", rule)?.unwrap_or(CARDS_DEFAULT);
        if !(0..=CARDS_MAX).contains(&cards) {
            return Err(bad("cards", rule));
        }
        let sort = match given.left().contains_key("sort") {
            true => Some(CardSort::from_given(given)?),
            false => None,
        };
        // the filters take it; what is no id is theirs to refuse
        let selection = given.left().get("selection").and_then(|id| Uuid::parse_str(id).ok());
        let view = given.text("view");
        Ok(Self { group_by, subgroup_by, summarize, hide_closed, cards, view, sort, selection })
    }
}

/// How the board is looked at, every question settled.
#[derive(Debug, Clone)]
pub(super) struct Looked {
    pub group_by: BoardGroup,
    pub subgroup_by: Option<BoardGroup>,
    pub summarize: Summarize,
    pub hide_closed: bool,
    pub cards: i64,
    pub sort: CardSort,
}

impl BoardParams {
    /// With a saved view behind what is given.
    ///
    /// # Errors
    /// 400: columns would be divided by what they stand for.
    pub(super) fn settle(&self, view: Option<&BoardView>) -> Result<Looked, Problem> {
        let group_by =
            self.group_by.or(view.map(|view| view.group_by)).unwrap_or(BoardGroup::Stage);
        let of_view = view.and_then(|view| view.subgroup_by);
        let subgroup_by = match self.subgroup_by {
            Some(asked) if asked == Some(group_by) => {
                return Err(bad("subgroup_by", "must be another field than columns stand for"));
            }
            Some(asked) => asked,
            // columns that are asked for anew need not be divided as the view's were
            None => of_view.filter(|below| *below != group_by),
        };
        let summarize = self.summarize.or(view.map(|view| view.summarize)).unwrap_or_default();
        let hide_closed = self.hide_closed.or(view.map(|view| view.hide_closed)).unwrap_or(false);
        let of_view = view.and_then(|view| CardSort::parse(view.sort.as_ref()?.as_str()));
        let sort = self.sort.clone().or(of_view).unwrap_or_else(CardSort::by_sale_date);
        Ok(Looked { group_by, subgroup_by, summarize, hide_closed, cards: self.cards, sort })
    }
}

impl Looked {
    /// The order as it is asked for.
    pub fn order(&self) -> String {
        let (field, direction) = self.sort.sort;
        match direction {
            Direction::Up => field.to_owned(),
            Direction::Down => format!("-{field}"),
        }
    }
}
