//! What a criterion finds in the tables: one static statement for sales, one for their activities, one for their
//! stakeholders, one each for the companies and contacts they are linked to, at the snapshot's moment. Texts are compared here,
//! because case is folded here and not by a database.

use std::sync::Arc;

use chrono::NaiveDate;
use events::criteria::{About, Bounds, Condition, Field, Kind, Test, TextMatch};
use futures::TryStreamExt;
use rust_decimal::Decimal;
use service_runtime::Problem;
use sqlx::postgres::PgArguments;
use uuid::Uuid;

use super::SaleSet;
use super::known::{Elements, Known, Remembering};
use crate::ask::{InCurrency, Snapshot, add, bind_fractions, failed, moment};
use crate::standing::Linked;
use crate::upcoming::ahead;

/// The statement over what a source tells.
macro_rules! tested {
    ($($source:expr),+) => {
        concat!(
            "SELECT f.element, f.sale_id, CASE $9::text WHEN 'text' THEN f.word END AS text, t.passes FROM (",
            $($source,)+
            include_str!("tested.sql")
        )
    };
}

const SALES: &str =
    tested!(include_str!("of_sale.sql"), ahead!(), include_str!("of_sale_rules.sql"));
const ACTIVITIES: &str =
    tested!(include_str!("of_activity.sql"), include_str!("../activities/seen.sql"));
const STAKEHOLDERS: &str = tested!(include_str!("of_stakeholder.sql"));
const COMPANIES: &str = tested!(include_str!("of_company.sql"));
const CONTACTS: &str = tested!(include_str!("of_contact.sql"));

/// An element, its sale, its text, whether it passes.
type FoundRow = (Uuid, Option<Uuid>, Option<String>, bool);

/// A bound as SQL takes it.
type Bound = Option<(String, bool)>;

/// A test as SQL takes it.
#[derive(Debug, Default)]
struct Asked {
    test: &'static str,
    words: Option<Vec<String>>,
    from: Bound,
    to: Bound,
    days: (Option<NaiveDate>, Option<NaiveDate>),
    text: Option<(TextMatch, String)>,
}

impl Asked {
    fn of(test: &Test, money: Option<&InCurrency>, today: NaiveDate) -> Self {
        let asked = |test| Self { test, ..Self::default() };
        match test {
            Test::Present => asked("present"),
            Test::Yes => Self { words: Some(vec![true.to_string()]), ..asked("among") },
            Test::Among(words) => Self { words: Some(words.clone()), ..asked("among") },
            Test::Text(how, text) => Self { text: Some((*how, text.clone())), ..asked("text") },
            // words are looked up by their index
            Test::Words(_) => asked("none"),
            Test::Number(Bounds { from, to }) => {
                let unit = Decimal::from(10_u32.pow(money.map_or(0, |money| money.asked.places())));
                let bound = |bound: &Option<(Decimal, bool)>| {
                    bound.map(|(number, it)| ((number * unit).to_string(), it))
                };
                Self { from: bound(from), to: bound(to), ..asked("number") }
            }
            Test::Days(days) => Self { days: days.on(today), ..asked("days") },
        }
    }

    fn has(&self, text: Option<&str>) -> bool {
        let holds =
            |(how, wanted): &(TextMatch, String)| text.is_some_and(|text| how.holds(text, wanted));
        self.text.as_ref().is_none_or(holds)
    }

    /// Binds `$8` to `$17`.
    fn bind(&self, to: &mut PgArguments, field: &str, since: Option<i64>) {
        add(to, field);
        add(to, self.test);
        add(to, &self.words);
        for bound in [&self.from, &self.to] {
            add(to, bound.as_ref().map(|(number, _)| number));
            add(to, bound.as_ref().is_some_and(|(_, it)| *it));
        }
        add(to, self.days.0);
        add(to, self.days.1);
        add(to, since);
    }
}

/// What passes the test of a condition, whether or not it is negated.
pub(super) async fn elements(
    snapshot: &mut Snapshot,
    field: &Field,
    condition: &Condition,
    currency: &InCurrency,
) -> Result<Arc<Known>, Problem> {
    let money = (field.kind() == Some(Kind::Money)).then_some(currency);
    let asked = Asked::of(&condition.test, money, snapshot.today);
    // an amount is worth something else tomorrow; what is gone tells nothing of stakeholders; a sale that is shown or
    // hidden takes activities with it
    let lasting = money.is_none()
        && match field.about() {
            About::Sale => true,
            About::Activity => snapshot.sight.is_none(),
            About::Stakeholder => false,
        };
    // in another zone an activity that nobody changed lies on another day
    let zone = snapshot.zone;
    let key = || format!("{field} {asked:?} {zone}");
    let remembering = Remembering::of(snapshot, lasting, key).await?;
    if let Some(known) = remembering.as_is() {
        return Ok(known);
    }
    let custom = matches!(field, Field::Custom(_));
    let mut arguments = moment(snapshot);
    let to = &mut arguments;
    asked.bind(to, if custom { "field" } else { field.word() }, remembering.since());
    let statement = match field.about() {
        About::Activity => ACTIVITIES,
        About::Stakeholder => STAKEHOLDERS,
        About::Sale => {
            add(to, custom.then(|| field.word()));
            bind_fractions(to, currency);
            SALES
        }
    };
    let mut found = remembering.begin(field.about());
    look_up(snapshot, &asked, (statement, arguments), &mut found).await?;
    Ok(remembering.keep(found))
}

/// The companies or contacts that pass the test of a condition, whether or not it is negated.
pub(super) async fn passing(
    snapshot: &mut Snapshot,
    to: Linked,
    field: &Field,
    condition: &Condition,
) -> Result<Arc<SaleSet>, Problem> {
    let asked = Asked::of(&condition.test, None, snapshot.today);
    let remembering = Remembering::of(snapshot, true, || format!("{field} {asked:?}")).await?;
    if let Some(known) = remembering.as_is() {
        return Ok(known.sales());
    }
    let mut arguments = moment(snapshot);
    asked.bind(&mut arguments, field.word(), remembering.since());
    let statement = match to {
        Linked::Company => COMPANIES,
        Linked::Contact => CONTACTS,
    };
    let mut found = remembering.begin(field.about());
    look_up(snapshot, &asked, (statement, arguments), &mut found).await?;
    Ok(remembering.keep(found).sales())
}

/// Adds what passes to what was found before, and takes away what does not any more.
async fn look_up(
    snapshot: &mut Snapshot,
    asked: &Asked,
    (statement, arguments): (&'static str, PgArguments),
    found: &mut Elements,
) -> Result<(), Problem> {
    let mut rows =
        sqlx::query_as_with::<_, FoundRow, _>(statement, arguments).fetch(&mut *snapshot.tx);
    while let Some((element, of, text, passes)) = rows.try_next().await.map_err(|e| failed(&e))? {
        match of.filter(|_| passes && asked.has(text.as_deref())) {
            Some(of) => found.insert(element, of),
            None => found.remove(&element),
        };
    }
    Ok(())
}
