//! The fold of a rebuild: the same rules as a run, rows into COPY instead of statements. The columns here and in
//! `insert_activity.sql` are compared by the tests: a rebuilt row equals one that was made live.

use std::collections::HashMap;

use events::{Event, Recorded};
use uuid::Uuid;

use super::row::{Activity, folded};
use super::run::add;
use crate::ApplyError;
use crate::rebuild::{Fold, Row, Sheets, Table};
use crate::version::{Chain, places};

static ACTIVITIES: Table = Table {
    name: "activity_version",
    columns: places!(
        "activity_id, kind, from_day, to_day, starts_at, ends_at, owner, owner_group, title, title_folded, \
         description, sale_stream_id, sale_id, company_id, company_name, contact_id, contact_name, project_id, \
         project_name, alarm_minutes, location, location_folded, company_folded, contact_folded, priority, assigned_by, \
         assignment, series_id, series_number, completed_on, deleted, planned_at, guide_item, template, our_reference, \
         follow_up_type"
    ),
};

/// What was made and not handed out yet.
#[derive(Default)]
pub(super) struct ActivityFold(Chain<Activity>);

impl Fold for ActivityFold {
    fn take(&mut self, event: &Recorded) -> Result<(), ApplyError> {
        match event.decode()? {
            Event::Activity(fact) => add(&mut self.0, &mut HashMap::new(), event, &fact),
            Event::Sale(_)
            | Event::Stage(_)
            | Event::SaleType(_)
            | Event::User(_)
            | Event::Currency(_)
            | Event::Tenant(_)
            | Event::Name(_)
            | Event::List(_)
            | Event::Selection(_)
            | Event::TargetType(_)
            | Event::Target(_)
            | Event::Company(_)
            | Event::Contact(_) => Ok(()),
        }
    }

    fn hand_out(&mut self, open: Option<Uuid>, to: &mut Sheets) {
        for version in self.0.take_final(open) {
            to.row(&ACTIVITIES, |row| {
                version.put(row);
                put(row, &version.row);
            });
        }
    }
}

fn put(row: &mut Row<'_>, activity: &Activity) {
    row.put(activity.activity_id).put(&activity.kind);
    row.put(activity.from_day).put(activity.to_day).put(activity.starts_at).put(activity.ends_at);
    row.put(&activity.owner).put(activity.owner_group.as_deref());
    row.put(&activity.title).put(activity.title.to_lowercase());
    row.put(activity.description.as_deref()).put(activity.sale_stream_id).put(activity.sale_id);
    row.put(activity.company_id).put(activity.company_name.as_deref());
    row.put(activity.contact_id).put(activity.contact_name.as_deref());
    row.put(activity.project_id).put(activity.project_name.as_deref());
    row.put(activity.alarm_minutes).put(activity.location.as_deref());
    row.put(folded(activity.location.as_deref()));
    row.put(folded(activity.company_name.as_deref()));
    row.put(folded(activity.contact_name.as_deref()));
    row.put(activity.priority.as_deref()).put(activity.assigned_by.as_deref());
    row.put(activity.assignment.as_deref());
    row.put(activity.series_id).put(activity.series_number).put(activity.completed_on);
    row.put(activity.deleted).put(activity.planned_at);
    row.put(activity.guide_item).put(activity.template.as_deref());
    row.put(activity.our_reference.as_deref()).put(activity.follow_up_type.as_deref());
}
