//! Filters over activities by field name.

use chrono::NaiveDate;
use events::activity::Kind;
use service_runtime::Problem;
use sqlx::postgres::PgArguments;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::ask::{FromGiven, Given, Snapshot, add, bad, day, owners_and_members, reversed};

/// The condition of questions over activities, behind [`entries_sql`](super::entries_sql): `$1` to `$7` the moment, `$8` to
/// `$26` the filters.
macro_rules! matching_activities {
    () => {
        concat!(
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/activities/matching.sql")),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/activities/seen.sql")),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/activities/matching_sales.sql")),
            $crate::ask::sale_is_seen!(),
            "))\n"
        )
    };
}
pub(crate) use matching_activities;

/// Filters; each takes one or more values separated by commas unless it says otherwise.
#[derive(Debug, Clone, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ActivityFilters {
    /// Owners (`sub`).
    #[param(explode = false)]
    owner: Option<Vec<String>>,
    /// Groups of the owners.
    #[param(explode = false)]
    group: Option<Vec<String>>,
    /// Ids of sales.
    #[param(explode = false)]
    sale: Option<Vec<Uuid>>,
    /// Ids of companies.
    #[param(explode = false)]
    company: Option<Vec<Uuid>>,
    /// Ids of contacts.
    #[param(explode = false)]
    contact: Option<Vec<Uuid>>,
    /// Ids of projects.
    #[param(explode = false)]
    project: Option<Vec<Uuid>>,
    /// `meeting`, `to_do`, `call`, `document`.
    #[param(value_type = Option<Vec<String>>, explode = false)]
    kind: Option<Vec<&'static str>>,
    /// Keys of priorities (SD-5).
    #[param(explode = false)]
    priority: Option<Vec<String>>,
    /// Keys of types (SD-1).
    #[param(explode = false)]
    r#type: Option<Vec<String>>,
    /// `true` or `false`.
    completed: Option<bool>,
    /// `true` or `false`: not done, and the end day lies before today (SD-15).
    overdue: Option<bool>,
    /// First day: what ends before it is left out.
    from: Option<NaiveDate>,
    /// Last day: what starts after it is left out.
    to: Option<NaiveDate>,
    /// Beginning of the title, in any case.
    title: Option<String>,
    /// Beginning of the company's name, in any case (SD-23).
    company_name: Option<String>,
    /// Beginning of the contact's name, in any case.
    contact_name: Option<String>,
    /// Beginning of the place, in any case.
    location: Option<String>,
    /// A contact: activities with them, and those of the companies they are linked beside (SD-30).
    of_contact: Option<Uuid>,
    /// First occurrences of series (SD-11).
    #[param(explode = false)]
    series: Option<Vec<Uuid>>,
    /// Groups whose members' activities are shown, beside those of `owner` (SD-22).
    #[param(explode = false)]
    members: Option<Vec<String>>,
}

impl FromGiven for ActivityFilters {
    fn from_given(given: &mut Given) -> Result<Self, Problem> {
        let ids = "must be one or more UUIDs separated by commas";
        let id = |text: &str| Uuid::parse_str(text).ok();
        let kinds =
            "must be meeting, to_do, call, document, or several of them separated by commas";
        let filters = Self {
            owner: given.list("owner")?,
            group: given.list("group")?,
            sale: given.list_of("sale", ids, id)?,
            company: given.list_of("company", ids, id)?,
            contact: given.list_of("contact", ids, id)?,
            project: given.list_of("project", ids, id)?,
            kind: given.list_of("kind", kinds, |text| Kind::parse(text).map(Kind::as_str))?,
            priority: given.list("priority")?,
            r#type: given.list("type")?,
            completed: given.take("completed", "must be true or false")?,
            overdue: given.take("overdue", "must be true or false")?,
            from: day(given, "from")?,
            to: day(given, "to")?,
            title: given.text("title").map(|title| title.to_lowercase()),
            company_name: given.text("company_name").map(|name| name.to_lowercase()),
            contact_name: given.text("contact_name").map(|name| name.to_lowercase()),
            location: given.text("location").map(|place| place.to_lowercase()),
            of_contact: given.take("of_contact", "must be a UUID")?,
            series: given.list_of("series", ids, id)?,
            members: given.list("members")?,
        };
        if reversed(filters.from, filters.to) {
            return Err(bad("from", "must not be after to"));
        }
        Ok(filters)
    }
}

impl ActivityFilters {
    /// The activities of owners, of groups, and of the members of groups.
    pub fn of_people(
        owner: Option<Vec<String>>,
        group: Option<Vec<String>>,
        members: Option<Vec<String>>,
    ) -> Self {
        Self { owner, group, members, ..Self::default() }
    }

    /// The groups that were named stand for their members from now on.
    pub async fn resolve(&mut self, snapshot: &mut Snapshot) -> Result<(), Problem> {
        let members = self.members.take();
        self.owner = owners_and_members(snapshot, self.owner.take(), members.as_deref()).await?;
        Ok(())
    }

    /// Binds `$8` to `$26`, as [`matching_activities`] reads them.
    pub fn bind(&self, to: &mut PgArguments) {
        add(to, &self.owner);
        add(to, &self.group);
        add(to, &self.sale);
        add(to, &self.company);
        add(to, &self.contact);
        add(to, &self.project);
        add(to, &self.kind);
        add(to, self.completed);
        add(to, self.overdue);
        add(to, self.from);
        add(to, self.to);
        add(to, &self.title);
        add(to, &self.priority);
        add(to, &self.company_name);
        add(to, &self.contact_name);
        add(to, &self.location);
        add(to, self.of_contact);
        add(to, &self.series);
        add(to, &self.r#type);
    }
}
