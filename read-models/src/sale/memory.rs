//! The fold of a rebuild: the same rules as a run, rows into COPY instead of statements. The columns here and in
//! `insert_*.sql` are compared by the tests: a rebuilt row equals one that was made live.

use events::Recorded;
use serde::Serialize;
use uuid::Uuid;

use super::row::Sale;
use super::run::{Before, Made, fold};
use super::sale_type::unit_word;
use super::{lists, save_party, save_selection, save_target, texts};
use crate::ApplyError;
use crate::money::weighted;
use crate::rebuild::{Fold, Ids, Jsonb, Row, Sheets, Table};
use crate::version::places;

static SALES: Table = Table {
    name: "sale_version",
    columns: places!(
        "sale_id, number, title, title_folded, description, status, sale_type_id, category, stage_id, \
         stage_entered_at, stage_when_closed, probability, currency, amount_minor, weighted_minor, \
         total_cost_minor, profit_minor, profit_percent, owner, owner_group, sale_date, source, company_id, \
         company_name, contact_id, contact_name, project_id, project_name, external_reference, reopen_date, \
         stall_reason, close_date, reason, competitor, completed, registered_at, credited, note, \
         links, visible_for, visible_group, registered_by, updated_by, update_count, \
         stakeholders, stakeholder_companies, stakeholder_contacts, deleted, fields, suggestions"
    ),
};
static STAGES: Table = Table {
    name: "stage_version",
    columns: places!("stage_id, name, probability, description, rank, deleted"),
};
static SALE_TYPES: Table = Table {
    name: "sale_type_version",
    columns: places!(
        "sale_type_id, name, category, duration_n, duration_unit, stages, guide, auto_advance, stakeholders, items, \
         deleted"
    ),
};
static USERS: Table = Table {
    name: "user_version",
    columns: places!("user_id, name, groups, primary_group, preferences, favourites, views"),
};
static TENANTS: Table = Table {
    name: "tenant_version",
    columns: places!(
        "slug, base_currency, time_zone, fields, rights, diary, features, target_period"
    ),
};
static RATES: Table = Table {
    name: "rate_version",
    columns: "tenant_id, stream_id, version, position, effective_at, recorded_at, currency, rate, unit, valid_from",
};

/// What was made and not handed out yet.
#[derive(Default)]
pub(super) struct SaleFold(Made);

impl Fold for SaleFold {
    fn take(&mut self, event: &Recorded) -> Result<(), ApplyError> {
        fold(&mut self.0, &mut Before::default(), event, &event.decode()?)
    }

    fn hand_out(&mut self, open: Option<Uuid>, to: &mut Sheets) {
        let Self(made) = self;
        for version in made.sales.take_final(open) {
            to.row(&SALES, |row| {
                version.put(row);
                put_sale(row, &version.row);
            });
        }
        texts::hand_out(made.texts.drain(..), to);
        for rate in made.rates.drain(..) {
            to.row(&RATES, |row| {
                rate.place.put(row);
                row.put(rate.row.currency).put(rate.row.rate);
                row.put(rate.row.unit).put(rate.row.valid_from);
            });
        }
        lists::hand_out(made.list_items.drain(..), to);
        hand_out_catalogue(made, open, to);
        save_selection::hand_out(&mut made.selections, open, to);
        save_target::hand_out((&mut made.target_types, &mut made.targets), open, to);
        save_party::hand_out((&mut made.companies, &mut made.contacts), open, to);
    }
}

fn put_sale(row: &mut Row<'_>, sale: &Sale) {
    row.put(sale.sale_id).put(sale.number).put(&sale.title).put(sale.title.to_lowercase());
    row.put(sale.description.as_deref()).put(sale.status.as_str());
    row.put(sale.sale_type_id).put(sale.category.as_deref());
    row.put(sale.stage_id).put(sale.stage_entered_at).put(sale.stage_when_closed);
    row.put(sale.probability).put(&sale.currency);
    row.put(sale.amount_minor).put(weighted(sale.amount_minor, sale.probability));
    row.put(sale.total_cost_minor).put(sale.profit_minor).put(sale.profit_percent);
    row.put(&sale.owner).put(sale.owner_group.as_deref());
    row.put(sale.sale_date).put(sale.source.as_deref());
    row.put(sale.company_id).put(sale.company_name.as_deref());
    row.put(sale.contact_id).put(sale.contact_name.as_deref());
    row.put(sale.project_id).put(sale.project_name.as_deref());
    row.put(sale.external_reference.as_deref());
    row.put(sale.reopen_date).put(sale.stall_reason.as_deref());
    row.put(sale.close_date).put(sale.reason.as_deref()).put(sale.competitor.as_deref());
    row.put(sale.completed).put(sale.registered_at).put(sale.credited.as_deref());
    row.put(sale.note.as_deref()).put(sale.links.json().map(Jsonb));
    row.put(&sale.visible_for).put(sale.visible_group.as_deref());
    row.put(&sale.registered_by).put(&sale.updated_by).put(sale.update_count);
    row.put(sale.stakeholders.json().map(Jsonb)).put(Ids(sale.stakeholders.companies()));
    row.put(Ids(sale.stakeholders.contacts()));
    row.put(sale.deleted).put(sale.fields.json().map(Jsonb));
    row.put(sale.suggestions.json().map(Jsonb));
}

fn hand_out_catalogue(made: &mut Made, open: Option<Uuid>, to: &mut Sheets) {
    for version in made.stages.take_final(open) {
        let terms = &version.row.terms;
        to.row(&STAGES, |row| {
            version.put(row);
            row.put(version.row.stage_id).put(json(&terms.name));
            row.put(i16::from(terms.probability.percent()));
            row.put(terms.description.as_ref().map(|text| text.as_str())).put(terms.rank);
            row.put(version.row.deleted);
        });
    }
    for version in made.sale_types.take_final(open) {
        let terms = &version.row.terms;
        let stages = Ids(terms.stages.iter().map(|stage| stage.0).collect());
        to.row(&SALE_TYPES, |row| {
            version.put(row);
            row.put(version.row.sale_type_id).put(json(&terms.name));
            row.put(terms.category.as_ref().map(|name| name.as_str()));
            row.put(terms.duration.map(|duration| i32::from(duration.n)));
            row.put(terms.duration.map(|duration| unit_word(duration.unit)));
            row.put(stages);
            row.put(terms.guide).put(terms.auto_advance).put(terms.stakeholders);
            row.put(json(&version.row.guide)).put(version.row.deleted);
        });
    }
    for version in made.users.take_final(open) {
        let user = &version.row;
        to.row(&USERS, |row| {
            version.put(row);
            row.put(&user.user_id).put(&user.name).put(json(&user.groups));
            row.put(user.primary_group.as_deref()).put(json(&user.preferences));
            row.put(Ids(user.favourites.clone())).put(json(&user.views));
        });
    }
    for version in made.tenants.take_final(open) {
        let settings = &version.row;
        to.row(&TENANTS, |row| {
            version.put(row);
            row.put(&settings.slug).put(&settings.base_currency).put(&settings.time_zone);
            row.put(Jsonb(settings.fields.clone()));
            row.put(json(&settings.rights));
            row.put(json(&settings.diary)).put(json(&settings.features));
            row.put(settings.target_period.as_str());
        });
    }
}

fn json<T: Serialize + ?Sized>(value: &T) -> Jsonb {
    Jsonb(serde_json::to_string(value).expect("invariant: names are plain text and encode"))
}
