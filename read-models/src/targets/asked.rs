//! What is asked of targets.

use events::target_type::DEFAULT;
use service_runtime::Problem;
use utoipa::IntoParams;
use uuid::Uuid;

use super::answer::Target;
use crate::ask::{FromGiven, Given, bad};

/// Years that can be asked about.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=9999;

const LEVELS: [&str; 4] = ["company", "group", "user", "all"];

/// Parameters that lists of sales behind figures do without.
pub(crate) const OWN: [&str; 9] =
    ["target_type", "item", "year", "level", "group", "owner", "limit", "cursor", "min_position"];

/// Which targets.
#[derive(Debug, Clone, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TargetsAsked {
    /// Id of their type. Default: the one everybody has (ST-1).
    #[param(value_type = Option<Uuid>)]
    pub target_type: Uuid,
    /// Keys of items; `(none)` for targets of all items together.
    #[param(explode = false)]
    pub item: Option<Vec<String>>,
    /// Calendar year. Default: the year of `today`.
    #[param(minimum = 1900, maximum = 9999)]
    pub year: Option<i32>,
    /// `company`, `group`, `user`, `all`: the sums of groups' users (ST-13).
    #[param(explode = false)]
    pub level: Option<Vec<String>>,
    /// Groups: their own targets and those of their users.
    #[param(explode = false)]
    pub group: Option<Vec<String>>,
    /// Users (`sub`).
    #[param(explode = false)]
    pub owner: Option<Vec<String>>,
}

impl FromGiven for TargetsAsked {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let year = given.take("year", "must be a year from 1900 to 9999")?;
        if year.is_some_and(|year| !YEARS.contains(&year)) {
            return Err(bad("year", "must be a year from 1900 to 9999"));
        }
        let words = "must be company, group, user, all, or several of them separated by commas";
        let level = |text: &str| LEVELS.contains(&text).then(|| text.to_owned());
        Ok(Self {
            target_type: given.take("target_type", "must be a UUID")?.unwrap_or(DEFAULT.0),
            item: given.list("item")?,
            year,
            level: given.list_of("level", words, level)?,
            group: given.list("group")?,
            owner: given.list("owner")?,
        })
    }
}

impl TargetsAsked {
    /// Whether a target is asked about.
    pub fn wants(&self, target: &Target) -> bool {
        let among = |wanted: &Option<Vec<String>>, has: Option<&str>| {
            let wanted = wanted.as_ref();
            wanted.is_none_or(|wanted| has.is_some_and(|has| wanted.iter().any(|one| one == has)))
        };
        let user = target.assignee.as_deref().filter(|_| target.level == "user");
        among(&self.level, Some(target.level))
            && among(&self.item, Some(target.item.as_deref().unwrap_or(crate::ask::ABSENT)))
            && among(&self.group, target.group.as_deref())
            && among(&self.owner, user)
    }
}
