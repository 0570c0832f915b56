//! What an event tells beside the stream it stands in: sales it names, and views that somebody saved for themselves. Every
//! fact is listed, so that nobody adds one without asking what it gives away.

use events::activity::ActivityTerms;
use events::sale::{LinkKind, LinkTarget};
use events::{
    ActivityEvent, DecodeError, Event, Recorded, SaleEvent, SaleId, SelectionEvent, TenantSlug,
    UserEvent,
};
use uuid::Uuid;

/// What one event tells.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The sales it names.
    sales: Vec<SaleId>,
    /// It is about a view that somebody saved for themselves (SF-14).
    pub own_view: bool,
}

impl Told {
    /// By a stored event.
    ///
    /// # Errors
    /// It cannot be read, so nobody knows what it tells.
    pub fn by(event: &Recorded) -> Result<Self, DecodeError> {
        Ok(match event.decode()? {
            Event::Sale(fact) => Self::of_sale(&fact),
            Event::Activity(fact) => Self::of_activity(&fact),
            Event::User(fact) => Self::of_user(&fact),
            Event::Selection(fact) => Self::of_selection(fact),
            Event::Stage(_)
            | Event::SaleType(_)
            | Event::Currency(_)
            | Event::Tenant(_)
            | Event::Name(_)
            | Event::List(_)
            | Event::TargetType(_)
            | Event::Target(_)
            | Event::Company(_)
            | Event::Contact(_) => Self::default(),
        })
    }

    /// The streams of the sales it names.
    pub fn streams(&self, tenant: &TenantSlug) -> impl Iterator<Item = Uuid> {
        self.sales.iter().map(|sale| sale.stream().stream_id(tenant))
    }

    fn naming(sales: impl IntoIterator<Item = SaleId>) -> Self {
        Self { sales: sales.into_iter().collect(), own_view: false }
    }

    fn of_sale(fact: &SaleEvent) -> Self {
        match fact {
            SaleEvent::LinkAdded(link) => Self::linking(&link.to),
            SaleEvent::LinkRemoved(to) => Self::linking(to),
            SaleEvent::Registered(_)
            | SaleEvent::TitleChanged { .. }
            | SaleEvent::DescriptionChanged { .. }
            | SaleEvent::DateChanged { .. }
            | SaleEvent::SourceSet { .. }
            | SaleEvent::PartiesLinked(_)
            | SaleEvent::OwnerChanged { .. }
            | SaleEvent::StageAdvanced { .. }
            | SaleEvent::ProbabilityOverridden { .. }
            | SaleEvent::AmountChanged { .. }
            | SaleEvent::MarginChanged { .. }
            | SaleEvent::Stalled { .. }
            | SaleEvent::StallTermsChanged { .. }
            | SaleEvent::Reopened { .. }
            | SaleEvent::Won { .. }
            | SaleEvent::Lost { .. }
            | SaleEvent::Completed {}
            | SaleEvent::CompletionCleared {}
            | SaleEvent::CreditedSet { .. }
            | SaleEvent::CompetitorSet { .. }
            | SaleEvent::NoteChanged { .. }
            | SaleEvent::VisibilityChanged(_)
            | SaleEvent::StakeholderAdded(_)
            | SaleEvent::StakeholderChanged(_)
            | SaleEvent::StakeholderRemoved { .. }
            | SaleEvent::TypeChanged { .. }
            | SaleEvent::CurrencyChanged { .. }
            | SaleEvent::Deleted {}
            | SaleEvent::CustomFieldSet { .. }
            | SaleEvent::OwnerNoticed { .. }
            | SaleEvent::FollowUpOffered { .. }
            | SaleEvent::GuideItemUsed { .. }
            | SaleEvent::FollowUpSuggested { .. }
            | SaleEvent::FollowUpSuggestionAnswered { .. }
            | SaleEvent::StageSuggested { .. }
            | SaleEvent::StageSuggestionAnswered { .. } => Self::default(),
        }
    }

    /// A link leads to a sale by its id (SO-29).
    fn linking(to: &LinkTarget) -> Self {
        match to.kind() {
            LinkKind::Sale => Self::naming(Uuid::parse_str(to.target()).ok().map(SaleId)),
            LinkKind::Url
            | LinkKind::Activity
            | LinkKind::Document
            | LinkKind::Project
            | LinkKind::Company
            | LinkKind::Contact => Self::default(),
        }
    }

    fn of_activity(fact: &ActivityEvent) -> Self {
        let about = |terms: &ActivityTerms| Self::naming(terms.sale);
        match fact {
            ActivityEvent::Planned { terms, .. }
            | ActivityEvent::Edited(terms)
            | ActivityEvent::DocumentCreated { terms, .. } => about(terms),
            ActivityEvent::Rescheduled { .. }
            | ActivityEvent::Assigned { .. }
            | ActivityEvent::Completed { .. }
            | ActivityEvent::Reopened {}
            | ActivityEvent::Deleted {}
            | ActivityEvent::AlarmSet { .. }
            | ActivityEvent::AssignmentSeen {}
            | ActivityEvent::AssignmentAccepted {}
            | ActivityEvent::AssignmentDeclined { .. }
            | ActivityEvent::ReminderDue { .. }
            | ActivityEvent::AssignmentNoticed { .. } => Self::default(),
        }
    }

    fn of_user(fact: &UserEvent) -> Self {
        match fact {
            UserEvent::FavouriteAdded { sale } | UserEvent::FavouriteRemoved { sale } => {
                Self::naming([*sale])
            }
            UserEvent::ViewSaved { .. } | UserEvent::ViewRemoved { .. } => {
                Self { own_view: true, ..Self::default() }
            }
            UserEvent::Added { .. } | UserEvent::PreferencesSet(_) => Self::default(),
        }
    }

    fn of_selection(fact: SelectionEvent) -> Self {
        match fact {
            SelectionEvent::MembersAdded { sales } | SelectionEvent::MembersRemoved { sales } => {
                Self::naming(sales)
            }
            SelectionEvent::Created { .. }
            | SelectionEvent::Edited(_)
            | SelectionEvent::CriteriaChanged { .. }
            | SelectionEvent::ViewSet { .. }
            | SelectionEvent::Completed {}
            | SelectionEvent::CompletionCleared {}
            | SelectionEvent::Deleted {} => Self::default(),
        }
    }
}
