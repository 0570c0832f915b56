//! The cards of a list at the rates of each sale's own day (`rates=sale_date`): what adds up to the figures of targets.

use std::collections::HashMap;

use events::SaleId;
use service_runtime::{Actor, Problem};
use uuid::Uuid;

use crate::ask::{Dated, InCurrency, RatesOf, RatesParam, Snapshot, add, coordinates, failed};
use crate::card::{Card, Converted};

/// A sale's amount, weighted amount and profit in minor units; none without a rate on its day.
type Worth = (Uuid, Option<String>, Option<String>, Option<String>);

/// Converts cards anew, if they are to be at the rates of their sale dates.
pub(crate) async fn rated(
    snapshot: &mut Snapshot,
    actor: &Actor,
    rates: RatesParam,
    currency: &InCurrency,
    cards: &mut [Card],
) -> Result<(), Problem> {
    let days = cards.iter().map(|card| card.sale_date);
    let (RatesOf::SaleDate, Some(from), Some(to)) = (rates.rates, days.clone().min(), days.max())
    else {
        return Ok(());
    };
    let by_day = snapshot.rates_by_day().await?;
    let dated = Dated::of(&by_day, currency.asked, (from, to));
    let streams = cards.iter().map(|card| SaleId(card.id).stream().stream_id(&actor.tenant));
    let mut arguments = coordinates(snapshot);
    dated.bind(&mut arguments);
    add(&mut arguments, streams.collect::<Vec<Uuid>>());
    let worth: Vec<Worth> = sqlx::query_as_with(include_str!("card_rates.sql"), arguments)
        .fetch_all(&mut *snapshot.tx)
        .await
        .map_err(|e| failed(&e))?;
    let mut worth: HashMap<Uuid, _> = worth
        .into_iter()
        .map(|(id, amount, weighted, profit)| (id, (amount, weighted, profit)))
        .collect();
    for card in cards {
        card.converted = worth.remove(&card.id).and_then(|(amount, weighted, profit)| {
            Some(Converted {
                amount: currency.text(&amount?),
                weighted: currency.text(&weighted?),
                profit: currency.text(&profit?),
                currency: currency.asked.as_str().to_owned(),
            })
        });
    }
    Ok(())
}
