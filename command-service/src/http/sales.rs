//! Commands on sales: one body and one row each (design §4.1).

use domain::Order;
use domain::sale::{MarginFigure, NewSale, SaleChanges, SaleCommand};
use events::sale::{Parties, ReopenCause};
use events::{
    Description, ListKey, Money, Party, Probability, SaleId, SaleTypeId, StageId, UserId,
};
use serde::Deserialize;
use service_runtime::access::Right;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fields::{self, Day, DecimalText, patch};
use super::route::{Asked, BodySchema, CommandRoute, Decoded};
use domain::Refusal;

const CHANGE: Right = Right::ChangeOwnSales;

/// Rows of the command table.
pub const ROUTES: [CommandRoute; 14] = [
    row(
        "RegisterSale",
        "/v1/sales",
        "Register a sale (SO-1)",
        BodySchema::of::<RegisterSale>(),
        register,
    ),
    row(
        "EditSale",
        "/v1/sales/{id}/edit",
        "Edit plain fields (SO-5)",
        BodySchema::of::<EditSale>(),
        edit,
    ),
    row(
        "ChangeOwner",
        "/v1/sales/{id}/change-owner",
        "Hand the sale over",
        BodySchema::of::<ChangeOwner>(),
        change_owner,
    ),
    row(
        "AdvanceStage",
        "/v1/sales/{id}/advance-stage",
        "Go to any stage of the type (SO-6, SO-8)",
        BodySchema::of::<AdvanceStage>(),
        advance_stage,
    ),
    row(
        "OverrideProbability",
        "/v1/sales/{id}/override-probability",
        "Set the probability until the next stage change (SO-7)",
        BodySchema::of::<OverrideProbability>(),
        override_probability,
    ),
    row(
        "ChangeAmount",
        "/v1/sales/{id}/change-amount",
        "Change the amount; cost stays (SO-11)",
        BodySchema::of::<ChangeAmount>(),
        change_amount,
    ),
    row(
        "SetMargin",
        "/v1/sales/{id}/set-margin",
        "Set cost, profit or percent; the others follow (SO-10)",
        BodySchema::of::<SetMargin>(),
        set_margin,
    ),
    row(
        "StallSale",
        "/v1/sales/{id}/stall",
        "Put the sale on hold (SO-13)",
        BodySchema::of::<StallSale>(),
        stall,
    ),
    row(
        "ChangeStallTerms",
        "/v1/sales/{id}/change-stall-terms",
        "Change date or reason of the hold (SO-13)",
        BodySchema::of::<ChangeStallTerms>(),
        change_stall_terms,
    ),
    row(
        "ReopenSale",
        "/v1/sales/{id}/reopen",
        "Open a stalled, sold or lost sale again (SO-16, SO-22)",
        None,
        reopen,
    ),
    row(
        "MarkSold",
        "/v1/sales/{id}/mark-sold",
        "Mark as sold (SO-17)",
        BodySchema::of::<MarkSold>(),
        mark_sold,
    ),
    row(
        "MarkLost",
        "/v1/sales/{id}/mark-lost",
        "Mark as lost (SO-18)",
        BodySchema::of::<MarkLost>(),
        mark_lost,
    ),
    row(
        "CompleteSale",
        "/v1/sales/{id}/complete",
        "Tick a closed sale as completed (SO-21)",
        None,
        complete,
    ),
    row(
        "ClearCompletion",
        "/v1/sales/{id}/clear-completion",
        "Take the tick away (SO-21)",
        None,
        clear_completion,
    ),
];

type Decode = fn(&Asked<'_>) -> Result<Decoded, Problem>;

const fn row(
    command: &'static str,
    path: &'static str,
    summary: &'static str,
    body: Option<BodySchema>,
    decode: Decode,
) -> CommandRoute {
    CommandRoute { command, path, summary, right: CHANGE, body, decode }
}

/// RegisterSale.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterSale {
    /// The sale's id; made by the server when left out.
    id: Option<Uuid>,
    /// Mandatory name.
    #[schema(min_length = 1, max_length = 219)]
    title: String,
    /// Mandatory type.
    sale_type: Uuid,
    /// Zero in the base currency when left out.
    #[schema(value_type = Option<fields::Money>)]
    amount: Option<Money>,
    /// The caller when left out.
    #[schema(value_type = Option<String>)]
    owner: Option<UserId>,
    /// The type's first stage when left out and the type has a guide.
    stage: Option<Uuid>,
    /// The stage's when left out.
    #[schema(value_type = Option<u8>, maximum = 100)]
    probability: Option<Probability>,
    /// Today plus the type's duration when left out.
    #[schema(value_type = Option<String>, format = Date)]
    sale_date: Option<Day>,
    /// Key of a list item.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    source: Option<ListKey>,
    /// Long text.
    #[schema(value_type = Option<String>, max_length = 65536)]
    description: Option<Description>,
    /// The id in the system it came from.
    #[schema(value_type = Option<String>, max_length = 239)]
    external_reference: Option<events::TypeName>,
    /// Company sold to.
    #[schema(value_type = Option<fields::Party>)]
    company: Option<Party>,
    /// Person at the customer.
    #[schema(value_type = Option<fields::Party>)]
    contact: Option<Party>,
    /// Project it belongs to.
    #[schema(value_type = Option<fields::Party>)]
    project: Option<Party>,
}

fn register(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: RegisterSale = asked.body()?;
    let id = SaleId(asked.new_uuid(body.id)?);
    over_long_title(&body.title, asked)?;
    let new = NewSale {
        title: body.title,
        sale_type: SaleTypeId(body.sale_type),
        amount: body.amount,
        owner: body.owner,
        caller: asked.caller(),
        stage: body.stage.map(StageId),
        probability: body.probability,
        sale_date: body.sale_date.map(|day| day.0),
        source: body.source,
        description: body.description,
        external_reference: body.external_reference.map(String::from),
        parties: Parties { company: body.company, contact: body.contact, project: body.project },
    };
    Ok(Decoded {
        stream: id.stream(),
        order: Order::Sale(SaleCommand::RegisterSale(Box::new(new))),
    })
}

/// An empty title is a refusal of the business (SO-1); an over-long one is a malformed field.
fn over_long_title(title: &str, asked: &Asked<'_>) -> Result<(), Problem> {
    let rule = "must be 1 to 219 characters";
    if title.trim().chars().count() > 219 {
        return Err(Problem::bad_body("invalid_value", format!("{}/title", asked.pointer), rule));
    }
    Ok(())
}

/// EditSale: any of the fields; null clears.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditSale {
    /// New name.
    #[schema(min_length = 1, max_length = 219)]
    title: Option<String>,
    /// New text.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, max_length = 65536)]
    description: Option<Option<Description>>,
    /// New sale date.
    #[schema(value_type = Option<String>, format = Date)]
    sale_date: Option<Day>,
    /// New source.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    source: Option<Option<ListKey>>,
    /// New company.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<fields::Party>)]
    company: Option<Option<Party>>,
    /// New contact.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<fields::Party>)]
    contact: Option<Option<Party>>,
    /// New project.
    #[serde(default, deserialize_with = "patch")]
    #[schema(value_type = Option<fields::Party>)]
    project: Option<Option<Party>>,
}

fn edit(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: EditSale = asked.body()?;
    over_long_title(body.title.as_deref().unwrap_or_default(), asked)?;
    asked.on_sale(SaleCommand::EditSale(Box::new(SaleChanges {
        title: body.title,
        description: body.description,
        sale_date: body.sale_date.map(|day| day.0),
        source: body.source,
        company: body.company,
        contact: body.contact,
        project: body.project,
    })))
}

/// ChangeOwner.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeOwner {
    /// A user of the tenant.
    #[schema(value_type = String)]
    owner: UserId,
}

fn change_owner(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: ChangeOwner = asked.body()?;
    asked.on_sale(SaleCommand::ChangeOwner { owner: body.owner, caller: asked.caller() })
}

/// AdvanceStage.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvanceStage {
    /// Any stage of the sale's type.
    stage: Uuid,
}

fn advance_stage(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: AdvanceStage = asked.body()?;
    asked.on_sale(SaleCommand::AdvanceStage { stage: StageId(body.stage) })
}

/// OverrideProbability.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideProbability {
    /// Whole percent, 0–100.
    #[schema(value_type = u8, maximum = 100)]
    probability: Probability,
}

fn override_probability(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: OverrideProbability = asked.body()?;
    asked.on_sale(SaleCommand::OverrideProbability { probability: body.probability })
}

/// ChangeAmount.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeAmount {
    /// In the sale's currency.
    #[schema(value_type = fields::Money)]
    amount: Money,
}

fn change_amount(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: ChangeAmount = asked.body()?;
    asked.on_sale(SaleCommand::ChangeAmount { amount: body.amount })
}

/// SetMargin: exactly one of the three.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetMargin {
    /// Cost.
    #[schema(value_type = Option<fields::Money>)]
    total_cost: Option<Money>,
    /// Amount minus cost.
    #[schema(value_type = Option<fields::Money>)]
    profit: Option<Money>,
    /// Profit in percent of the amount.
    #[schema(value_type = Option<String>, example = "40")]
    profit_percent: Option<DecimalText>,
}

fn set_margin(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: SetMargin = asked.body()?;
    let figure = match (body.total_cost, body.profit, body.profit_percent) {
        (Some(cost), None, None) => MarginFigure::TotalCost(cost),
        (None, Some(profit), None) => MarginFigure::Profit(profit),
        (None, None, Some(percent)) => MarginFigure::ProfitPercent(percent.0),
        (_, _, _) => {
            return Err(super::answers::refused(&Refusal::ExactlyOneMarginFigure, asked.pointer));
        }
    };
    asked.on_sale(SaleCommand::SetMargin(figure))
}

/// StallSale.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StallSale {
    /// Not before today.
    #[schema(value_type = String, format = Date)]
    reopen_date: Day,
    /// Key of a list item.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,60}$")]
    reason: ListKey,
}

fn stall(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: StallSale = asked.body()?;
    asked.on_sale(SaleCommand::StallSale { reopen_date: body.reopen_date.0, reason: body.reason })
}

/// ChangeStallTerms: any of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeStallTerms {
    /// Not before today.
    #[schema(value_type = Option<String>, format = Date)]
    reopen_date: Option<Day>,
    /// Key of a list item.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    reason: Option<ListKey>,
}

fn change_stall_terms(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: ChangeStallTerms = asked.body()?;
    let reopen_date = body.reopen_date.map(|day| day.0);
    asked.on_sale(SaleCommand::ChangeStallTerms { reopen_date, reason: body.reason })
}

fn reopen(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    asked.on_sale(SaleCommand::ReopenSale { cause: ReopenCause::Manual })
}

/// MarkSold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkSold {
    /// Key of a list item.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,60}$")]
    reason: ListKey,
    /// Today when left out.
    #[schema(value_type = Option<String>, format = Date)]
    close_date: Option<Day>,
    /// Actual value; the estimate when left out.
    #[schema(value_type = Option<fields::Money>)]
    amount: Option<Money>,
}

fn mark_sold(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: MarkSold = asked.body()?;
    let close_date = body.close_date.map(|day| day.0);
    asked.on_sale(SaleCommand::MarkSold { reason: body.reason, close_date, amount: body.amount })
}

/// MarkLost.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkLost {
    /// Key of a list item.
    #[schema(value_type = String, pattern = "^[a-z0-9-]{1,60}$")]
    reason: ListKey,
    /// Today when left out.
    #[schema(value_type = Option<String>, format = Date)]
    close_date: Option<Day>,
    /// Key of a list item.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9-]{1,60}$")]
    competitor: Option<ListKey>,
}

fn mark_lost(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    let body: MarkLost = asked.body()?;
    let close_date = body.close_date.map(|day| day.0);
    asked.on_sale(SaleCommand::MarkLost {
        reason: body.reason,
        close_date,
        competitor: body.competitor,
    })
}

fn complete(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    asked.on_sale(SaleCommand::CompleteSale)
}

fn clear_completion(asked: &Asked<'_>) -> Result<Decoded, Problem> {
    asked.no_body()?;
    asked.on_sale(SaleCommand::ClearCompletion)
}
