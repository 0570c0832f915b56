//! One command as a route: the row of the table that the router, the bulk endpoint, the role check and the
//! OpenAPI document are all made from.

use domain::Order;
use domain::activity::ActivityCommand;
use domain::sale::SaleCommand;
use domain::target::TargetCommand;
use domain::user::Caller;
use events::{
    ActivityId, Aggregate, SaleId, SaleTypeId, StageId, StreamName, TargetId, TypeName, UserId,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use service_runtime::access::Right;
use service_runtime::auth::Actor;
use service_runtime::ids;
use service_runtime::json;
use service_runtime::problem::Problem;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};
use uuid::Uuid;

/// Groups of one user at most.
pub const GROUPS_MAX: usize = 50;

/// Characters of a title at most (design §5).
const TITLE_MAX: usize = 219;

/// A row of the command table.
#[derive(Debug, Clone, Copy)]
pub struct CommandRoute {
    /// Imperative name, `AdvanceStage`; the word of the bulk endpoint.
    pub command: &'static str,
    /// Path with `{id}` where one is needed.
    pub path: &'static str,
    /// One line for the OpenAPI document.
    pub summary: &'static str,
    /// What the caller's roles must allow.
    pub right: Right,
    /// What the body looks like; none for commands without one.
    pub body: Option<BodySchema>,
    /// Body and id to an order, or the 4xx.
    pub decode: Decode,
}

/// Body and id to an order, or the 4xx.
type Decode = fn(&Asked<'_>) -> Result<Decoded, Problem>;

/// A row whose parts need no names: `right` is what a caller's roles must allow, the domain looks at whose it is.
pub(super) const fn row(
    right: Right,
    command: &'static str,
    path: &'static str,
    summary: &'static str,
    body: Option<BodySchema>,
    decode: Decode,
) -> CommandRoute {
    CommandRoute { command, path, summary, right, body, decode }
}

impl CommandRoute {
    /// Whether the route makes something new: 201 and a `Location`.
    pub fn creates(&self) -> bool {
        !self.path.contains('{')
    }
}

/// A body's schema: its name, itself, and what it refers to.
#[derive(Debug, Clone, Copy)]
pub struct BodySchema {
    /// Name in the document's components.
    pub name: fn() -> std::borrow::Cow<'static, str>,
    /// The schema.
    pub schema: fn() -> RefOr<Schema>,
    /// Schemas it refers to.
    pub others: fn(&mut Vec<(String, RefOr<Schema>)>),
}

impl BodySchema {
    /// The schema of a body type.
    pub const fn of<T: ToSchema>() -> Option<Self> {
        Some(Self { name: T::name, schema: T::schema, others: T::schemas })
    }
}

/// What a request, or a line of the bulk endpoint, says.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The id in the path or the line; for creations in bulk, the id to create.
    pub id: Option<&'a str>,
    /// The body as strict JSON.
    pub body: &'a Value,
    /// JSON Pointer of the body in what the client sent: empty, or `/body` in a line of the bulk endpoint.
    pub pointer: &'a str,
    /// Who asks.
    pub actor: &'a Actor,
}

/// An order on its stream.
#[derive(Debug)]
pub struct Decoded {
    /// Where it goes.
    pub stream: StreamName,
    /// What is asked.
    pub order: Order,
}

impl Asked<'_> {
    /// The body as its type.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        json::decode_value(self.body, self.pointer)
    }

    /// Refuses a body with anything in it.
    pub fn no_body(&self) -> Result<(), Problem> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Nothing {}
        self.body::<Nothing>().map(|Nothing {}| ())
    }

    /// The UUID the command is for.
    pub fn uuid(&self) -> Result<Uuid, Problem> {
        let text = self.id.ok_or_else(|| self.malformed_id("the id is missing"))?;
        Uuid::try_parse(text).map_err(|_| self.malformed_id("the id is not a UUID"))
    }

    /// An id that cannot be; in a line of the bulk endpoint it has a place.
    pub fn malformed_id(&self, detail: &'static str) -> Problem {
        let problem = Problem::malformed_id(detail);
        if self.pointer.is_empty() {
            return problem;
        }
        problem.at_pointer("/id", "malformed_id", detail)
    }

    /// The id to create: the one in the body, the one of the line, or a new one.
    pub fn new_uuid(&self, in_body: Option<Uuid>) -> Result<Uuid, Problem> {
        let given = self.id.map(|_| self.uuid()).transpose()?;
        match (in_body, given) {
            (Some(body), Some(line)) if body != line => {
                Err(self.malformed_id("id and body name two different ids"))
            }
            (Some(id), _) | (None, Some(id)) => Ok(id),
            (None, None) => Ok(ids::new_id()),
        }
    }

    /// An order on the sale of the path.
    pub fn on_sale(&self, command: SaleCommand) -> Result<Decoded, Problem> {
        Ok(Decoded { stream: SaleId(self.uuid()?).stream(), order: Order::Sale(command) })
    }

    /// An order on the activity of the path.
    pub fn on_activity(&self, command: ActivityCommand) -> Result<Decoded, Problem> {
        Ok(Decoded { stream: ActivityId(self.uuid()?).stream(), order: Order::Activity(command) })
    }

    /// An order on the target of the path.
    pub fn on_target(&self, command: TargetCommand) -> Result<Decoded, Problem> {
        Ok(Decoded { stream: TargetId(self.uuid()?).stream(), order: Order::Target(command) })
    }

    /// 400: a field holds what cannot be.
    pub fn invalid(&self, field: &str, rule: &'static str) -> Problem {
        Problem::bad_body("invalid_value", format!("{}{field}", self.pointer), rule)
    }

    /// An empty title is a refusal of the business (SO-1, SD-2); an over-long one is a malformed field.
    pub fn title_fits(&self, title: &str) -> Result<(), Problem> {
        if title.trim().chars().count() <= TITLE_MAX {
            return Ok(());
        }
        Err(self.invalid("/title", "must be 1 to 219 characters"))
    }

    /// The stage of the path.
    pub fn stage(&self) -> Result<StageId, Problem> {
        self.uuid().map(StageId)
    }

    /// The sale type of the path.
    pub fn sale_type(&self) -> Result<SaleTypeId, Problem> {
        self.uuid().map(SaleTypeId)
    }

    /// The caller as a user would be added from the token.
    pub fn caller(&self) -> Caller {
        let given = self.actor.name.as_deref().unwrap_or_default();
        let name = TypeName::given(given).or_else(|_| TypeName::given(&short(&self.actor.user)));
        let name = name.unwrap_or_else(|_| {
            TypeName::parse("user").expect("invariant: four letters are a name")
        });
        // a token may carry what is no name of a group here; that is no group of ours
        let named = |group: &String| TypeName::given(group).ok().map(String::from);
        let groups = self.actor.groups.iter().filter_map(named).take(GROUPS_MAX).collect();
        Caller { name, groups }
    }
}

/// At most 239 characters of a subject.
fn short(user: &UserId) -> String {
    user.as_str().chars().take(239).collect()
}

/// The stream of an order on something named by text.
pub fn named(aggregate: Aggregate, id: &str, order: Order) -> Decoded {
    Decoded { stream: StreamName::new(aggregate, id), order }
}
