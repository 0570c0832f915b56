//! Counts and sums of sales by period, key and item, each at the rates of its day: from memory, else by SQL.

use service_runtime::Problem;

use crate::ask::{Snapshot, add, bind_matching, failed, matching};
use crate::standing::{Figures, Key, OfCompany, Periods, Share, Shares, Taken};
use crate::upcoming::ahead;

/// A row as SQL gives it.
#[derive(Debug, sqlx::FromRow)]
struct SqlShare {
    period: Option<String>,
    key: Option<String>,
    item: Option<String>,
    currency: String,
    first_day: chrono::NaiveDate,
    rated: bool,
    count: i64,
    amount: String,
    weighted: String,
    profit: String,
}

/// What a question is grouped by, as SQL has it.
fn word(key: Key) -> Option<&'static str> {
    match key {
        Key::Nothing => None,
        Key::Status => Some("status"),
        Key::Column(word) => Some(word),
    }
}

/// Figures by period, key and item.
pub(crate) async fn shares(snapshot: &mut Snapshot, taken: &Taken<'_>) -> Result<Shares, Problem> {
    let companies = match taken.item.and_then(OfCompany::parse) {
        Some(_) => snapshot.companies().await?,
        None => None,
    };
    let view = snapshot.view();
    let held = view.and_then(|view| view.figures(snapshot.today, taken, companies.as_deref()));
    if let Some(held) = held {
        return Ok(held);
    }
    snapshot.plan_anew().await?;
    let range = taken.periods.map(Periods::range);
    let Some((_, of_day)) = taken.dated.pieces().last() else { return Ok(Shares::default()) };
    let mut arguments = bind_matching(snapshot, taken.filters, of_day);
    add(&mut arguments, word(taken.key));
    add(&mut arguments, taken.item);
    add(&mut arguments, taken.items);
    add(&mut arguments, range.map(|(.., word)| word));
    add(&mut arguments, range.map(|(from, ..)| from));
    add(&mut arguments, range.map(|(_, to, _)| to));
    taken.dated.bind(&mut arguments);
    let rows: Vec<SqlShare> = sqlx::query_as_with(
        concat!(
            include_str!("shares_cells.sql"),
            ahead!(),
            include_str!("shares_rates.sql"),
            " WHERE ($41::date IS NULL OR s.sale_date BETWEEN $41 AND $42::date) AND ($39::text[] IS NULL OR told.item = ANY ($39)) AND ",
            matching!(),
            " GROUP BY 1, 2, 3, 4, 5"
        ),
        arguments,
    )
    .fetch_all(&mut *snapshot.tx)
    .await
    .map_err(|e| failed(&e))?;
    Ok(regrouped(rows, taken))
}

/// The rows of all currencies together, and which of these have no rate.
fn regrouped(rows: Vec<SqlShare>, taken: &Taken<'_>) -> Shares {
    let mut shares = Shares::default();
    let mut places = std::collections::HashMap::new();
    for row in rows {
        let figure = |text: &str| text.parse().unwrap_or_default();
        let figures = Figures {
            count: row.count,
            amount: figure(&row.amount),
            weighted: figure(&row.weighted),
            profit: figure(&row.profit),
        };
        if !row.rated {
            let at = taken.dated.at(row.first_day);
            shares.missing.extend(at.missing([row.currency]));
        }
        let place = |periods: &Periods| {
            periods.names().iter().position(|name| Some(name) == row.period.as_ref())
        };
        let Some(period) = taken.periods.map_or(Some(0), place) else { continue };
        let (key, item) = (row.key, row.item);
        let place = *places.entry((period, key.clone(), item.clone())).or_insert_with(|| {
            let figures = Figures::default();
            shares.shares.push(Share { period, key, item, figures });
            shares.shares.len() - 1
        });
        shares.shares[place].figures.join(&figures);
    }
    shares
}
