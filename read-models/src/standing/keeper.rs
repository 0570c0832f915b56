//! Who brings a standing up to date: everything only the writer needs, and how far it has come.
//!
//! Each page is applied as a whole and remembers up to where it is complete, so a question that is given up halfway
//! loses nothing, and a tenant too large for one question is filled by several.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::Days;
use http::StatusCode;
use service_runtime::Problem;
use service_runtime::clock::Stopwatch;
use uuid::Uuid;

use super::agenda::{ActivityRow, Agenda, AgendaIndex};
use super::keep::{Held, Keep, Refreshed};
use super::rows::{ACTIVITIES, SALES, Span};
use super::sales::{SaleRow, Sales, day_number};
use super::seats::Seats;
use super::since::{Newest, Since};
use super::{Catalogue, Companies, KeptRows, Mark, Standing, VersionOf};
use crate::ask::{Labels, Snapshot, failed};
use crate::custom_fields::definitions;
use crate::kept_cards::{Shape, rows_at};
use crate::parties::KeptParties;
use crate::targets::KnownTargets;

/// How long one question goes on filling before it asks SQL; the next one goes on from there.
const FILLING: Duration = Duration::from_millis(1500);

/// Of how few sales that changed the rows are read at once: whoever wrote one asks for it next.
const FEW: usize = 16;

impl Held for Standing {
    fn mark(&self) -> &Mark {
        &self.mark
    }
}

/// How far a table was read: everything up to `to`, as whole positions up to `from` and beyond it only as far as
/// current rows go.
#[derive(Debug, Clone, Copy, Default)]
struct Reach {
    from: i64,
    to: i64,
}

/// The writer's side of a tenant's standing.
#[derive(Debug, Default)]
pub(crate) struct Keeper {
    mark: Mark,
    sales: Sales,
    agenda: Agenda,
    catalogue: Option<Arc<Catalogue>>,
    /// None when there are too many.
    targets: Option<Arc<KnownTargets>>,
    /// None when there are too many.
    companies: Option<Arc<Companies>>,
    /// Activities done before this day are left out.
    floor: i32,
    seats: Seats,
    rows: Arc<KeptRows>,
    parties: Arc<KeptParties>,
    index: AgendaIndex,
    sales_reach: Reach,
    activities_reach: Reach,
    /// Streams that were parked when something was read, and may have been brought back since.
    unsure: HashSet<Uuid>,
    /// Sales whose next activity has to be found anew.
    touched: HashSet<Uuid>,
    /// Versions of sales that were read since the last standing, as long as they are few.
    read: Vec<VersionOf>,
}

impl Keep for Keeper {
    type Held = Standing;

    fn reached(&self) -> i64 {
        self.sales_reach.to.max(self.activities_reach.to)
    }

    fn bytes(&self) -> usize {
        let items = self.index.len() * AgendaIndex::BYTES;
        let sales = self.sales.bytes() + self.sales.bytes_remembered();
        let targets = self.targets.as_ref().map_or(0, |targets| targets.bytes());
        let companies = self.companies.as_ref().map_or(0, |companies| companies.bytes());
        let kept = companies + self.rows.bytes() + self.parties.bytes();
        sales + items + targets + self.agenda.owners.bytes() + kept
    }

    async fn refresh(
        &mut self,
        snapshot: &mut Snapshot,
        mark: &Mark,
        limit: usize,
    ) -> Result<Refreshed<Standing>, Problem> {
        if !self.mark.same_tables(mark) || mark.position < self.reached() {
            let rows = Arc::new(KeptRows::beside(limit));
            let parties = Arc::new(KeptParties::beside(limit));
            *self = Self { mark: mark.clone(), rows, parties, ..Self::default() };
        }
        self.unsure.extend(mark.parked.iter().map(|(stream, _)| *stream));
        let newest = self.read_catalogue(snapshot).await?;
        self.pass_over(newest, mark.position);
        let watch = Stopwatch::start();
        while self.sales_reach.to < mark.position || self.activities_reach.to < mark.position {
            if self.bytes() > limit {
                return Ok(Refreshed::TooLarge);
            }
            let full = self.read_page(snapshot, mark.position).await?;
            if full && watch.elapsed() > FILLING {
                return Ok(Refreshed::Partly);
            }
        }
        if !self.read_overtaken(snapshot, mark.position, newest).await? {
            return Ok(Refreshed::Partly);
        }
        self.read_unsure(snapshot, mark).await?;
        self.look_ahead();
        self.mark = mark.clone();
        let Some(standing) = self.show() else { return Ok(Refreshed::Partly) };
        let read = std::mem::take(&mut self.read);
        if read.len() <= FEW
            && let Err(problem) = rows_at(snapshot, &standing, Shape::Whole, &read).await
            && problem.status() == StatusCode::SERVICE_UNAVAILABLE
        {
            return Err(problem);
        }
        // a row that cannot be read fails whoever asks for it, and nobody else
        Ok(Refreshed::Whole(standing))
    }
}

impl Keeper {
    fn show(&self) -> Option<Arc<Standing>> {
        let standing = Standing {
            mark: self.mark.clone(),
            sales: self.sales.clone(),
            agenda: self.agenda.clone(),
            seats: self.seats.clone(),
            rows: Arc::clone(&self.rows),
            targets: self.targets.clone(),
            companies: self.companies.clone(),
            parties: Arc::clone(&self.parties),
            floor: self.floor,
            catalogue: Arc::clone(self.catalogue.as_ref()?),
        };
        Some(Arc::new(standing))
    }

    /// Settings, names and rates, when they may have changed. Another zone moves every activity: all begins anew. Answers
    /// how far there is anything to read, where it was looked at.
    async fn read_catalogue(&mut self, snapshot: &mut Snapshot) -> Result<Option<Newest>, Problem> {
        let mut ends = None;
        if self.catalogue.is_some() && self.unsure.is_empty() {
            let Since { changed, targets, companies, contacts, newest } =
                Since::position(snapshot, self.mark.position).await?;
            ends = Some(newest);
            if companies || contacts {
                self.parties = Arc::new(self.parties.emptied());
            }
            if targets {
                self.targets = None;
                self.read_targets(snapshot).await?;
            }
            if companies {
                self.bring_companies_on(snapshot).await?;
            }
            if !changed {
                return Ok(ends);
            }
        } else {
            self.companies = Companies::read(snapshot).await?;
        }
        if !self.unsure.is_empty() {
            self.parties = Arc::new(self.parties.emptied());
        }
        snapshot.read_settings().await?;
        let base = snapshot.base_currency;
        if !self.unsure.is_empty() || self.targets.as_ref().is_none_or(|known| known.base != base) {
            self.read_targets(snapshot).await?;
        }
        let labels = Arc::new(Labels::read(snapshot).await?);
        let own = snapshot.own_of_all().await?;
        let fields = definitions(snapshot).await?;
        let zone = snapshot.zone;
        if self.catalogue.as_ref().is_none_or(|known| known.zone != zone) {
            let yesterday = snapshot.day().checked_sub_days(Days::new(1));
            self.floor = yesterday.map_or(i32::MIN, day_number);
            self.agenda = Agenda::default();
            self.index = AgendaIndex::default();
            self.activities_reach = Reach::default();
            self.touched.extend(self.seats.sales());
        }
        self.catalogue = Some(Arc::new(Catalogue::new(snapshot, labels, own, fields)));
        Ok(ends)
    }

    /// A table without anything new need not be asked what is new.
    fn pass_over(&mut self, newest: Option<Newest>, to: i64) {
        let Some(newest) = newest else { return };
        if newest.sales <= self.sales_reach.to {
            self.sales_reach.to = self.sales_reach.to.max(to);
        }
        if newest.activities <= self.activities_reach.to {
            self.activities_reach.to = self.activities_reach.to.max(to);
        }
    }

    async fn read_targets(&mut self, snapshot: &mut Snapshot) -> Result<(), Problem> {
        self.targets = KnownTargets::read(snapshot).await?.map(Arc::new);
        Ok(())
    }

    /// Reads what changed, or all when the table is ahead of the snapshot. Too many stay too many.
    async fn bring_companies_on(&mut self, snapshot: &mut Snapshot) -> Result<(), Problem> {
        self.companies = match self.companies.clone() {
            Some(known) if snapshot.pin.is_none() => {
                known.brought_on(snapshot, self.mark.position).await?
            }
            Some(_) => Companies::read(snapshot).await?,
            None => None,
        };
        Ok(())
    }

    /// Whether the page was full, so that another one follows.
    async fn read_page(&mut self, snapshot: &mut Snapshot, to: i64) -> Result<bool, Problem> {
        let tenant_id = snapshot.tenant_id;
        if self.sales_reach.to < to {
            let span = Span { tenant_id, after: self.sales_reach.to, to };
            let (rows, reached) =
                SALES.page(&mut snapshot.tx, span).await.map_err(|e| failed(&e))?;
            self.take_sales(&rows);
            self.sales_reach.to = reached;
            return Ok(reached < to);
        }
        let span = Span { tenant_id, after: self.activities_reach.to, to };
        let (rows, reached) =
            ACTIVITIES.page(&mut snapshot.tx, span).await.map_err(|e| failed(&e))?;
        self.take_activities(&rows);
        self.activities_reach.to = reached;
        Ok(reached < to)
    }

    /// What has changed again beyond the position, in a table that is ahead of it.
    async fn read_overtaken(
        &mut self,
        snapshot: &mut Snapshot,
        to: i64,
        newest: Option<Newest>,
    ) -> Result<bool, Problem> {
        if snapshot.pin.is_some() {
            let tenant_id = snapshot.tenant_id;
            if newest.is_none_or(|newest| newest.sales > to) {
                let span = Span { tenant_id, after: self.sales_reach.from, to };
                let sales = SALES.overtaken(&mut snapshot.tx, span).await;
                let Some(sales) = sales.map_err(|e| failed(&e))? else { return Ok(false) };
                self.take_sales(&sales);
            }
            if newest.is_none_or(|newest| newest.activities > to) {
                let span = Span { tenant_id, after: self.activities_reach.from, to };
                let activities = ACTIVITIES.overtaken(&mut snapshot.tx, span).await;
                let activities = activities.map_err(|e| failed(&e))?;
                let Some(activities) = activities else { return Ok(false) };
                self.take_activities(&activities);
            }
        }
        self.sales_reach = Reach { from: to, to };
        self.activities_reach = Reach { from: to, to };
        Ok(true)
    }

    /// Streams that may have been brought back below the position.
    async fn read_unsure(&mut self, snapshot: &mut Snapshot, mark: &Mark) -> Result<(), Problem> {
        if self.unsure.is_empty() {
            return Ok(());
        }
        let streams: Vec<Uuid> = self.unsure.iter().copied().collect();
        let span = Span { tenant_id: snapshot.tenant_id, after: 0, to: mark.position };
        let sales = SALES.streams(&mut snapshot.tx, span, &streams).await;
        self.take_sales(&sales.map_err(|e| failed(&e))?);
        let activities = ACTIVITIES.streams(&mut snapshot.tx, span, &streams).await;
        self.take_activities(&activities.map_err(|e| failed(&e))?);
        self.unsure = mark.parked.iter().map(|(stream, _)| *stream).collect();
        Ok(())
    }

    fn take_sales(&mut self, rows: &[SaleRow]) {
        for row in rows {
            if self.read.len() <= FEW {
                self.read.push((row.stream_id, row.version));
            }
            let seat = self.seats.of(row.sale_id);
            let taken = self.sales.set(seat, row);
            if seat.is_none() {
                self.seats.insert(row.sale_id, taken);
                self.touched.insert(row.sale_id);
            }
        }
    }

    fn take_activities(&mut self, rows: &[ActivityRow]) {
        let Some(catalogue) = self.catalogue.as_ref() else { return };
        for row in rows {
            let touched = self.agenda.take(&mut self.index, row, self.floor, &catalogue.clock);
            self.touched.extend(touched);
        }
    }

    fn look_ahead(&mut self) {
        let Some(catalogue) = self.catalogue.as_ref() else { return };
        for sale in self.touched.drain() {
            if let Some(seat) = self.seats.of(sale) {
                let ahead = self.agenda.ahead(&self.index, sale, &catalogue.clock);
                self.sales.set_ahead(seat, ahead);
            }
        }
    }
}
