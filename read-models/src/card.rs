//! A sale as lists and boards show it.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::actions::icon;
use crate::ask::{InCurrency, Labels, Sight, Snapshot};
use crate::card_tabs::{Involved, Linked, Marks, Tabs};
use crate::figures::Amount;
use crate::parties::{KnownCompany, KnownContact, KnownParties};
use crate::sale::{Fields, Sale, Status};
use crate::standing::{VersionOf, Weigh, converted};
use crate::upcoming::Upcoming;

/// An id with the name to show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Named {
    /// Public id.
    pub id: Uuid,
    /// Name at the moment of the question, else the first known one.
    pub name: Option<String>,
}

/// The company of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct LinkedCompany {
    #[serde(flatten)]
    pub named: Named,
    /// Told on the card of a single sale only.
    #[serde(flatten)]
    pub known: Option<KnownCompany>,
}

/// The contact of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct LinkedContact {
    #[serde(flatten)]
    pub named: Named,
    /// Told on the card of a single sale only.
    #[serde(flatten)]
    pub known: Option<KnownContact>,
}

/// A sale in the currency of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Converted {
    /// Amount.
    pub amount: String,
    /// Weighted amount.
    pub weighted: String,
    /// Profit.
    pub profit: String,
    /// Currency of all of them.
    pub currency: String,
}

/// A sale.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Card {
    /// Public id.
    pub id: Uuid,
    /// Version of the stream: the `ETag`, for `If-Match`.
    pub version: i64,
    /// Sale number.
    #[schema(example = "1001")]
    pub number: String,
    /// Name of the sale.
    pub title: String,
    /// `open`, `stalled`, `won` or `lost`.
    pub status: &'static str,
    /// `coin`, `red-triangle`, `tick` or `cross`: open, stalled, won, lost (SO-27).
    pub icon: &'static str,
    /// Stage; none for a type without stages.
    pub stage: Option<Named>,
    /// Type.
    pub sale_type: Named,
    /// Category, copied from the type.
    pub category: Option<String>,
    /// Responsible user (`sub`).
    pub owner: String,
    /// Their name.
    pub owner_name: Option<String>,
    /// Their primary group when they became owner.
    pub group: Option<String>,
    /// Company linked to.
    pub company: Option<LinkedCompany>,
    /// Contact linked to.
    pub contact: Option<LinkedContact>,
    /// Project linked to.
    pub project: Option<Named>,
    /// Amount in the sale's own currency.
    pub amount: Amount,
    /// Amount by probability, rounded half away from zero.
    pub weighted: Amount,
    /// What it is worth in the currency of the answer; none without a rate.
    pub converted: Option<Converted>,
    /// Whole percent.
    pub probability: i16,
    /// Cost.
    pub total_cost: Amount,
    /// Amount minus cost.
    pub profit: Amount,
    /// Profit in percent of the amount; none when the amount is 0.
    pub profit_percent: Option<String>,
    /// Expected close; the close date once won or lost.
    pub sale_date: NaiveDate,
    /// Start day of the oldest uncompleted activity, whatever the status (SO-35); the reopen date while stalled (SO-15).
    pub next_activity_date: Option<NaiveDate>,
    /// Days since the stage was entered.
    pub days_in_stage: i64,
    /// An uncompleted activity ended before today (SD-15), whatever the status.
    pub overdue_activity: bool,
    /// Open, and the sale date lies in the past.
    pub overdue_sale_date: bool,
    /// While stalled.
    pub reopen_date: Option<NaiveDate>,
    /// While stalled.
    pub stall_reason: Option<String>,
    /// While won or lost.
    pub close_date: Option<NaiveDate>,
    /// Why it was won or lost.
    pub reason: Option<String>,
    /// Who got it.
    pub competitor: Option<String>,
    /// Stage at closing (SO-20).
    pub stage_when_closed: Option<Named>,
    /// Completed tick (SO-21).
    pub completed: bool,
    /// Where it came from.
    pub source: Option<String>,
    /// Id in the system it came from.
    pub external_reference: Option<String>,
    /// Day of registration in the tenant's zone.
    pub registered_on: NaiveDate,
    /// When its newest fact took effect.
    pub updated_at: DateTime<Utc>,
    /// Whether it is a favourite of the reader, as it is now (SO-32).
    pub favourite: bool,
    #[serde(flatten)]
    pub marks: Marks,
}

impl Card {
    /// The columns that can be chosen.
    pub const COLUMNS: [&str; 48] = [
        "id",
        "version",
        "number",
        "title",
        "status",
        "icon",
        "stage",
        "sale_type",
        "category",
        "owner",
        "owner_name",
        "group",
        "company",
        "contact",
        "project",
        "amount",
        "weighted",
        "converted",
        "probability",
        "total_cost",
        "profit",
        "profit_percent",
        "sale_date",
        "next_activity_date",
        "days_in_stage",
        "overdue_activity",
        "overdue_sale_date",
        "reopen_date",
        "stall_reason",
        "close_date",
        "reason",
        "competitor",
        "stage_when_closed",
        "completed",
        "source",
        "external_reference",
        "registered_on",
        "updated_at",
        "favourite",
        "credited",
        "has_note",
        "active_links",
        "has_stakeholders",
        "visible_for",
        "visible_group",
        "registered_by",
        "updated_by",
        "update_count",
    ];

    /// Whether selections and boards mark it red: an overdue activity, or a sale date that has passed (SF-12, SF-15,
    /// §6-A2).
    pub fn is_red(&self) -> bool {
        self.overdue_activity || self.overdue_sale_date
    }

    /// Adds what is known of the company and the contact it is linked to.
    pub fn acquaint(&mut self, parties: &KnownParties) {
        if let Some(company) = &mut self.company {
            company.known = Some(parties.company(company.named.id));
        }
        if let Some(contact) = &mut self.contact {
            contact.known = Some(parties.contact(contact.named.id));
        }
    }
}

#[derive(Debug, sqlx::FromRow)]
pub(crate) struct CardRow {
    stream_id: Uuid,
    version: i64,
    effective_at: DateTime<Utc>,
    weighted_minor: i64,
    converted_amount: Option<String>,
    converted_weighted: Option<String>,
    converted_profit: Option<String>,
    has_note: bool,
    active_links: i32,
    has_stakeholders: bool,
    #[sqlx(flatten)]
    sale: Sale,
}

/// What a card needs beside its row.
pub(crate) struct Surface<'a> {
    labels: &'a Labels,
    currency: &'a InCurrency,
    today: NaiveDate,
    zone: Tz,
}

impl<'a> Surface<'a> {
    /// The day and zone of a snapshot, with what was loaded from it.
    pub fn of(snapshot: &Snapshot, labels: &'a Labels, currency: &'a InCurrency) -> Self {
        Self { labels, currency, today: snapshot.today, zone: snapshot.zone }
    }

    /// The currency of the answer.
    pub fn currency(&self) -> &'a InCurrency {
        self.currency
    }
}

impl CardRow {
    /// The sale as its row has it.
    pub fn sale(&self) -> &Sale {
        &self.sale
    }

    /// Public id.
    pub fn id(&self) -> Uuid {
        self.sale.sale_id
    }

    /// The log's key of the sale.
    pub fn stream(&self) -> Uuid {
        self.stream_id
    }

    /// Which version it is.
    pub fn version_of(&self) -> VersionOf {
        (self.stream_id, self.version)
    }

    /// Whether a caller sees it, were it the newest version.
    pub fn is_seen(&self, sight: &Sight) -> bool {
        let Sale { owner, owner_group, visible_for, visible_group, .. } = &self.sale;
        sight.sees_sale(owner, owner_group.as_deref(), visible_for, visible_group.as_deref())
    }

    /// What its custom fields hold; loaded only for a single card.
    pub fn fields(&self) -> &Fields {
        &self.sale.fields
    }

    /// The long texts and links; loaded only for a single card.
    pub fn tabs(&self, parties: &KnownParties) -> Tabs {
        let sale = &self.sale;
        let involved = sale.stakeholders.0.iter().cloned();
        Tabs {
            description: sale.description.clone(),
            note: sale.note.clone(),
            links: sale.links.0.iter().cloned().map(Linked::from).collect(),
            stakeholders: involved.map(|one| Involved::of(one, parties)).collect(),
        }
    }

    /// In the currency of the answer: as SQL converted it, else, for a row that is kept, by the same rule.
    fn converted(&self, on: &Surface<'_>) -> Option<Converted> {
        let by_sql = self.converted_amount.as_ref().zip(self.converted_weighted.as_ref());
        let by_sql = by_sql.zip(self.converted_profit.as_ref());
        let by_sql = by_sql.map(|((amount, weighted), profit)| {
            (on.currency.text(amount), on.currency.text(weighted), on.currency.text(profit))
        });
        let by_rule = || {
            let text = |minor| {
                let minor = converted(on.currency, &self.sale.currency, minor)?;
                Some(on.currency.text(&minor.to_string()))
            };
            let (amount, profit) = (self.sale.amount_minor, self.sale.profit_minor);
            Some((text(amount)?, text(self.weighted_minor)?, text(profit)?))
        };
        let (amount, weighted, profit) = by_sql.or_else(by_rule)?;
        let currency = on.currency.asked.as_str().to_owned();
        Some(Converted { amount, weighted, profit, currency })
    }

    /// The card, as of a day, with what lies ahead.
    pub fn card(&self, on: &Surface<'_>, ahead: Upcoming) -> Card {
        let sale = &self.sale;
        let marks = Marks::of(sale, (self.has_note, self.active_links, self.has_stakeholders));
        let day = |at: DateTime<Utc>| at.with_timezone(&on.zone).date_naive();
        let stage =
            |id: Uuid| Named { id, name: on.labels.stages.get(&id).map(|l| l.name.clone()) };
        let money = |minor| Amount::of(minor, &sale.currency);
        let party =
            |id: Option<Uuid>, name: &Option<String>| id.map(|id| Named { id, name: name.clone() });
        Card {
            id: sale.sale_id,
            version: self.version,
            number: sale.number.to_string(),
            status: sale.status.as_str(),
            icon: icon(sale.status),
            stage: sale.stage_id.map(stage),
            sale_type: Named {
                id: sale.sale_type_id,
                name: on.labels.sale_types.get(&sale.sale_type_id).cloned(),
            },
            owner_name: on.labels.users.get(&sale.owner).cloned(),
            amount: money(sale.amount_minor),
            weighted: money(self.weighted_minor),
            converted: self.converted(on),
            total_cost: money(sale.total_cost_minor),
            profit: money(sale.profit_minor),
            profit_percent: sale.profit_percent.map(|percent| percent.to_string()),
            next_activity_date: sale.reopen_date.or(ahead.next_activity_date),
            days_in_stage: (on.today - day(sale.stage_entered_at)).num_days(),
            overdue_activity: ahead.overdue,
            overdue_sale_date: sale.status == Status::Open && sale.sale_date < on.today,
            stage_when_closed: sale.stage_when_closed.map(stage),
            registered_on: day(sale.registered_at),
            updated_at: self.effective_at,
            title: sale.title.clone(),
            category: sale.category.clone(),
            owner: sale.owner.clone(),
            group: sale.owner_group.clone(),
            company: party(sale.company_id, &sale.company_name)
                .map(|named| LinkedCompany { named, known: None }),
            contact: party(sale.contact_id, &sale.contact_name)
                .map(|named| LinkedContact { named, known: None }),
            project: party(sale.project_id, &sale.project_name),
            probability: sale.probability,
            sale_date: sale.sale_date,
            reopen_date: sale.reopen_date,
            stall_reason: sale.stall_reason.clone(),
            close_date: sale.close_date,
            reason: sale.reason.clone(),
            competitor: sale.competitor.clone(),
            completed: sale.completed,
            source: sale.source.clone(),
            external_reference: sale.external_reference.clone(),
            favourite: false,
            marks,
        }
    }
}

impl Weigh for CardRow {
    fn bytes(&self) -> usize {
        let sale = &self.sale;
        let texts = [
            &sale.description,
            &sale.note,
            &sale.category,
            &sale.owner_group,
            &sale.source,
            &sale.company_name,
            &sale.contact_name,
            &sale.project_name,
            &sale.external_reference,
            &sale.stall_reason,
            &sale.reason,
            &sale.competitor,
            &sale.credited,
            &sale.visible_group,
        ];
        let long = texts.into_iter().flatten().map(String::len).sum::<usize>();
        // links and the like are short texts, two or three of each
        let parts = sale.links.0.len() + sale.stakeholders.0.len() + sale.fields.0.len();
        size_of::<Self>() + long + sale.title.len() + sale.owner.len() + 400 * parts + 200
    }
}
