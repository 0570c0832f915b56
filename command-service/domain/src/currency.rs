//! A currency: its dated rates against the base currency (SO-38).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use events::{CurrencyCode, CurrencyEvent, Event};
use rust_decimal::Decimal;

use crate::{Context, Decider, Decision, Refusal};

/// What may be asked of a currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CurrencyCommand {
    /// `unit` of it = `rate` of the base (SO-38).
    SetRate {
        /// Which currency.
        currency: CurrencyCode,
        /// Above 0.
        rate: Decimal,
        /// 1, 10, 100 …
        unit: i64,
        /// First day it holds; today when left out.
        valid_from: Option<NaiveDate>,
    },
}

/// What is remembered of a currency: the newest word for every first day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Currency {
    rates: BTreeMap<NaiveDate, (Decimal, u32)>,
}

impl Decider for Currency {
    type Command = CurrencyCommand;
    type Event = CurrencyEvent;
    type State = Self;

    fn decide(
        known: &Self,
        command: CurrencyCommand,
        context: &Context<'_>,
    ) -> Result<Decision, Refusal> {
        let CurrencyCommand::SetRate { currency, rate, unit, valid_from } = command;
        if context.references.tenant().base_currency() == currency {
            return Err(Refusal::BaseCurrencyHasNoRate);
        }
        let rate = rate.normalize();
        if rate <= Decimal::ZERO || rate >= Decimal::from(10_000_000_000_u64) || rate.scale() > 10 {
            return Err(Refusal::RateOutOfRange);
        }
        let unit = u32::try_from(unit)
            .ok()
            .filter(|unit| (1..=1_000_000).contains(unit))
            .ok_or(Refusal::UnitOutOfRange)?;
        let valid_from = valid_from.unwrap_or(context.today);
        if known.rates.get(&valid_from) == Some(&(rate, unit)) {
            return Ok(Decision::nothing());
        }
        Ok(Decision::of([Event::Currency(CurrencyEvent::RateSet {
            currency,
            rate,
            unit,
            valid_from,
        })]))
    }

    fn evolve(mut known: Self, event: &CurrencyEvent) -> Self {
        match event {
            CurrencyEvent::RateSet { rate, unit, valid_from, .. } => {
                known.rates.insert(*valid_from, (*rate, *unit));
            }
        }
        known
    }
}
