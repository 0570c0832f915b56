//! A list as a workbook (Office Open XML). Rows go to a scratch file as they come; the packed file is another one, which
//! is sent when it is whole. Texts are texts: what looks like a formula is none.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::time::Duration;

use axum::body::Bytes;
use chrono::Datelike;
use chrono_tz::Tz;
use futures::stream::{self, Stream};
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use service_runtime::Problem;
use tokio::io::AsyncReadExt;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{Cell, Pieces};

/// Digits that spreadsheets keep of a number.
const DIGITS_MAX: usize = 15;
/// Workbooks written at once in this process: each fills a scratch file.
const WORKBOOKS_MAX: usize = 2;

/// How long one waits for others before it is refused.
const PATIENCE: Duration = Duration::from_secs(5);

/// Bytes sent at once.
const SENT_AT_ONCE: usize = 64 * 1024;

static WORKBOOKS: Semaphore = Semaphore::const_new(WORKBOOKS_MAX);

/// The file, written when the first byte of it is asked for.
pub(super) async fn bytes<P: Pieces>(
    pieces: P,
    zone: Tz,
) -> Result<impl Stream<Item = Result<Bytes, Problem>> + Send + 'static, Problem> {
    let permit = tokio::time::timeout(PATIENCE, WORKBOOKS.acquire()).await;
    let permit = permit.map_err(|_| Problem::overloaded("other workbooks are being written"))?;
    let permit = permit.map_err(|error| Problem::internal(&error))?;
    let sheet = Sheet::begin(&pieces.headings(), zone).map_err(|error| no_scratch(&error))?;
    let writing = State::Writing(pieces, Box::new(sheet), permit);
    Ok(stream::try_unfold(writing, async |state| {
        let mut file = match state {
            State::Writing(pieces, sheet, permit) => packed(pieces, sheet, permit).await?,
            State::Sending(file) => file,
        };
        let mut sent = vec![0; SENT_AT_ONCE];
        let read = file.read(&mut sent).await.map_err(|error| Problem::internal(&error))?;
        sent.truncate(read);
        Ok((read > 0).then(|| (Bytes::from(sent), State::Sending(file))))
    }))
}

enum State<P> {
    Writing(P, Box<Sheet>, SemaphorePermit<'static>),
    Sending(tokio::fs::File),
}

async fn packed<P: Pieces>(
    mut pieces: P,
    mut sheet: Box<Sheet>,
    permit: SemaphorePermit<'static>,
) -> Result<tokio::fs::File, Problem> {
    loop {
        let rows = pieces.next().await?;
        if rows.is_empty() {
            break;
        }
        sheet.write(&rows).map_err(|error| Problem::internal(&error))?;
    }
    let packed = tokio::task::spawn_blocking(move || sheet.finish()).await;
    drop(permit);
    let file = packed.map_err(|error| Problem::internal(&error))?;
    file.map(tokio::fs::File::from_std).map_err(|error| Problem::internal(&error))
}

/// 503: this machine has no room for scratch files.
fn no_scratch(error: &XlsxError) -> Problem {
    Problem::unavailable("no workbook can be written now", error)
}

/// The one sheet of a workbook, row by row.
struct Sheet {
    book: Workbook,
    next_row: u32,
    zone: Tz,
    day: Format,
    instant: Format,
    /// By places of decimals.
    numbers: [Format; 5],
}

impl Sheet {
    /// With its headings, which stay in sight.
    fn begin(headings: &[&str], zone: Tz) -> Result<Self, XlsxError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet_with_constant_memory()?;
        sheet.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        for (column, heading) in (0..).zip(headings) {
            sheet.write_string_with_format(0, column, *heading, &bold)?;
        }
        let shown = |how: &str| Format::new().set_num_format(how);
        Ok(Self {
            book,
            next_row: 1,
            zone,
            day: shown("yyyy-mm-dd"),
            instant: shown("yyyy-mm-dd hh:mm:ss"),
            numbers: ["0", "0.0", "0.00", "0.000", "0.0000"].map(shown),
        })
    }

    fn write(&mut self, rows: &[Vec<Cell>]) -> Result<(), XlsxError> {
        let sheet = self.book.worksheet_from_index(0)?;
        for row in rows {
            for (column, cell) in (0..).zip(row) {
                let place = (self.next_row, column);
                match cell {
                    Cell::Empty => continue,
                    Cell::Text(text) => sheet.write_string(place.0, place.1, text)?,
                    Cell::Mark(mark) => sheet.write_boolean(place.0, place.1, *mark)?,
                    Cell::Number(digits) => {
                        let held = held(digits);
                        let format = held.and_then(|(_, places)| self.numbers.get(places));
                        match held.zip(format) {
                            Some(((number, _), format)) => {
                                sheet.write_number_with_format(place.0, place.1, number, format)?
                            }
                            None => sheet.write_string(place.0, place.1, digits)?,
                        }
                    }
                    // the calendar of spreadsheets begins in 1900
                    Cell::Day(day) if (1901..=9999).contains(&day.year()) => {
                        sheet.write_datetime_with_format(place.0, place.1, day, &self.day)?
                    }
                    // and knows no zones: what the tenant's clock showed
                    Cell::At(at) if (1901..=9998).contains(&at.year()) => {
                        let shown = at.with_timezone(&self.zone).naive_local();
                        sheet.write_datetime_with_format(place.0, place.1, shown, &self.instant)?
                    }
                    Cell::Day(_) | Cell::At(_) => {
                        sheet.write_string(place.0, place.1, cell.text())?
                    }
                };
            }
            self.next_row += 1;
        }
        Ok(())
    }

    /// Packs it into a scratch file that nobody else can open and that is gone when it is closed.
    fn finish(mut self) -> Result<File, XlsxError> {
        let mut packed = BufWriter::new(tempfile::tempfile()?);
        self.book.save_to_writer(&mut packed)?;
        packed.flush()?;
        let mut file = packed.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

/// A decimal as a spreadsheet holds it, and its places; none when the spreadsheet would lose a digit, so that it is written
/// as text and every figure stays what it is.
fn held(digits: &str) -> Option<(f64, usize)> {
    let significant = digits.chars().filter(char::is_ascii_digit).skip_while(|one| *one == '0');
    if significant.count() > DIGITS_MAX {
        return None;
    }
    let places = digits.split_once('.').map_or(0, |(_, places)| places.len());
    Some((digits.parse().ok()?, places))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_keeps_every_digit_sd_28() {
        assert_eq!(held("-1234.50"), Some((-1234.5, 2)));
        assert_eq!(held("0.00"), Some((0.0, 2)));
        assert!(held("9999999999999.99").is_some(), "15 digits");
        assert_eq!(held("90071992547409.93"), None, "16 digits: a cent would be lost");
    }
}
